//! The catalogue of intermediary services, the intermediaries on the list, and what stands in their credit records.

use lotus_domain::intermediary::credit::CreditEvent;
use lotus_domain::intermediary::{Listing, ServiceType};
use serde::Deserialize;

use crate::{DemoError, Problem, read};

/// What a demonstration's list begins with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intermediaries {
    /// The catalogue.
    #[serde(rename = "service")]
    pub services: Vec<ServiceType>,
    /// The list.
    #[serde(rename = "intermediary")]
    pub listings: Vec<Listing>,
    /// Credit events.
    #[serde(rename = "credit")]
    pub events: Vec<CreditEvent>,
}

/// Reads and checks the embedded list.
pub fn intermediaries() -> Result<Intermediaries, DemoError> {
    const FILE: &str = "intermediaries.toml";
    let all: Intermediaries = read(FILE, include_str!("../data/intermediaries.toml"))?;
    for listing in &all.listings {
        let broken = |error: &dyn std::error::Error| Problem::Intermediary(listing.code.clone(), error.to_string());
        listing.check(&all.services).map_err(|error| broken(&error).in_file(FILE))?;
    }
    for event in &all.events {
        if !all.listings.iter().any(|listing| listing.code == event.code) {
            return Err(Problem::Intermediary(event.code.clone(), "it is not on the list".to_owned()).in_file(FILE));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use lotus_domain::intermediary::credit::{Standing, record};
    use std::collections::BTreeSet;

    #[test]
    fn ninety_are_on_the_list_of_whom_three_were_put_off_and_every_item_that_needs_one_finds_one() {
        let all = intermediaries().unwrap();
        let codes: BTreeSet<&str> = all.listings.iter().map(|listing| listing.code.as_str()).collect();
        let names: BTreeSet<&str> = all.listings.iter().map(|listing| listing.name.as_str()).collect();
        assert_eq!((codes.len(), names.len(), all.listings.len()), (90, 90, 90));
        let standing = |code: &str| {
            let events: Vec<CreditEvent> = all.events.iter().filter(|event| event.code == code).cloned().collect();
            record(&events, &[], date(2026, 3, 2)).standing
        };
        let standings: Vec<Standing> = codes.iter().map(|code| standing(code)).collect();
        let count = |name: &str| standings.iter().filter(|standing| standing.name() == name).count();
        assert_eq!((count("exited"), count("suspended"), count("warned"), count("listed")), (3, 1, 1, 85));
        let items = crate::city().unwrap().items;
        for item in &items {
            for service in &item.item.intermediary_services {
                let known = all.services.iter().find(|known| known.title == *service);
                let known = known.unwrap_or_else(|| panic!("{} is in no catalogue", service.zh));
                assert!(known.items.contains(&item.item.basic_code), "{}", item.item.code);
                let offers = |listing: &&Listing| {
                    listing.offer(&known.id).is_some()
                        && (listing.serves(&item.division) || item.division.as_str() == "411000")
                };
                assert!(all.listings.iter().filter(offers).count() >= 2, "{} in {}", service.zh, item.division);
            }
        }
    }
}
