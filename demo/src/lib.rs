//! The demonstration city: Xuchang, its ten tenants, their items and the working-day calendar, embedded in the program.
//!
//! Plausible, not official. Invariant: what [`city`] returns has passed the domain's own checks, and an error names the
//! file that it stands in.

mod account;
mod intermediary;
mod licence;
pub mod load;
pub mod load_facts;
mod monitoring;
mod offered;
mod policy;
mod rating;
mod supervisor;

use std::collections::BTreeSet;

use lotus_domain::appointment::{CounterError, Halls};
use lotus_domain::calendar::CalendarYear;
use lotus_domain::catalog::{DistrictItem, ItemError};
use lotus_domain::district::{District, DistrictError, Division};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::offered::Offered;
pub use account::{ReadyAccount, accounts};
pub use intermediary::{Intermediaries, intermediaries};
pub use licence::licences;
pub use monitoring::{Months, monitoring};
pub use policy::{fact_files, policies};
pub use rating::ratings;
pub use supervisor::supervisors;

/// File name and text of every item, laid by `build.rs`.
const ITEMS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/items.rs"));

/// Everything that a demonstration starts with.
#[derive(Debug, Clone)]
pub struct City {
    /// The tenants, the city first.
    pub districts: Vec<District>,
    /// Each item in each district that offers it, by file name.
    pub items: Vec<DistrictItem>,
    /// The published years.
    pub calendar: Vec<CalendarYear>,
    /// Counters and townships of each tenant.
    pub halls: Vec<Halls>,
}

/// A data file that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("demo/data/{file}: {problem}")]
pub struct DemoError {
    /// Which file, below `demo/data`.
    pub file: String,
    /// What is wrong with it.
    #[source]
    pub problem: Problem,
}

/// What can be wrong with a data file.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// No TOML, or not of the shape that the domain's types give.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A district's data break a rule.
    #[error(transparent)]
    District(#[from] DistrictError),
    /// An item's data break a rule.
    #[error(transparent)]
    Item(#[from] ItemError),
    /// A counter's data break a rule.
    #[error(transparent)]
    Counter(#[from] CounterError),
    /// Two tenants with the same division code.
    #[error("the division {0} stands twice")]
    SameDivision(Division),
    /// Two items with the same implementation code.
    #[error("the implementation code {0} stands twice: its basic code is another item's too")]
    SameCode(String),
    /// An item is offered by nobody we know.
    #[error("offered in {0}, which is no tenant of districts.toml")]
    NoTenant(String),
    /// An override for a district that does not offer the item.
    #[error("an override for {0}, which does not offer the item")]
    NotOffered(String),
    /// An override that promises less.
    #[error("the override for {0} promises a longer time than the item")]
    LongerPromise(Division),
    /// An account's data break a rule.
    #[error("the account {0}: {1}")]
    Account(String, String),
    /// An intermediary's data break a rule.
    #[error("the intermediary {0}: {1}")]
    Intermediary(String, String),
    /// A licence's data break a rule.
    #[error("the licence {0}: {1}")]
    Licence(String, String),
    /// A policy's data, or facts, break a rule.
    #[error("the policy {0}: {1}")]
    Policy(String, String),
    /// An implementation code in the file.
    #[error("`code` is derived from `basic_code` and the division; leave it out")]
    CodeGiven,
}

impl Problem {
    fn in_file(self, file: &str) -> DemoError {
        DemoError { file: file.to_owned(), problem: self }
    }
}

/// Reads and checks the embedded files.
pub fn city() -> Result<City, DemoError> {
    let districts = districts("districts.toml", include_str!("../data/districts.toml"))?;
    let calendar: CalendarFile = read("calendar.toml", include_str!("../data/calendar.toml"))?;
    let items = items(ITEMS, &districts)?;
    let halls = halls("halls.toml", include_str!("../data/halls.toml"), &districts)?;
    Ok(City { districts, items, calendar: calendar.year, halls })
}

/// `districts.toml`: an array of tables named `district`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DistrictsFile {
    district: Vec<District>,
}

/// `calendar.toml`: an array of tables named `year`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    year: Vec<CalendarYear>,
}

/// `halls.toml`: an array of tables named `halls`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HallsFile {
    halls: Vec<Halls>,
}

fn halls(file: &str, text: &str, districts: &[District]) -> Result<Vec<Halls>, DemoError> {
    let halls = read::<HallsFile>(file, text)?.halls;
    for one in &halls {
        if !districts.iter().any(|district| district.division == one.division) {
            return Err(Problem::NoTenant(one.division.to_string()).in_file(file));
        }
        for counter in &one.counters {
            counter.check().map_err(|source| Problem::Counter(source).in_file(file))?;
        }
    }
    Ok(halls)
}

fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, DemoError> {
    toml::from_str(text).map_err(|source| Problem::Toml(source).in_file(file))
}

fn districts(file: &str, text: &str) -> Result<Vec<District>, DemoError> {
    let districts = read::<DistrictsFile>(file, text)?.district;
    let mut seen = BTreeSet::new();
    for district in &districts {
        district.check().map_err(|source| Problem::District(source).in_file(file))?;
        if !seen.insert(&district.division) {
            return Err(Problem::SameDivision(district.division.clone()).in_file(file));
        }
    }
    Ok(districts)
}

fn items(files: &[(&str, &str)], districts: &[District]) -> Result<Vec<DistrictItem>, DemoError> {
    let mut items = Vec::new();
    let mut codes = BTreeSet::new();
    for (name, text) in files {
        let file = format!("items/{name}");
        for item in Offered::read(&file, text)?.items(&file, districts)? {
            if !codes.insert(item.item.code.clone()) {
                return Err(Problem::SameCode(item.item.code).in_file(&file));
            }
            items.push(item);
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests;
