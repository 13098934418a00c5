//! A file of `data/items`: one item, the districts that offer it, and what differs there.
//!
//! Invariant: an implementation code is always the basic code, `-` and the division, so it can't be mistyped, and an
//! override only tightens the promise.

use std::collections::BTreeMap;

use lotus_domain::catalog::{DistrictItem, Item};
use lotus_domain::district::{District, Division};
use lotus_domain::law::Period;
use lotus_domain::text::Text;
use serde::Deserialize;

use crate::{DemoError, Problem};

/// Stands for every district but the city itself, whose own items every district shows anyway.
const EVERY_DISTRICT: &str = "*";

/// An item as its file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Offered {
    /// `["*"]` or division codes.
    districts: Vec<String>,
    /// The fields of [`Item`] but `code`, which is derived.
    item: toml::Table,
    /// By division code.
    #[serde(default)]
    overrides: BTreeMap<String, Override>,
}

/// What one district does better or elsewhere.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Override {
    promised: Option<Period>,
    counter: Option<Text>,
}

impl Offered {
    /// Reads a file.
    pub(crate) fn read(file: &str, text: &str) -> Result<Self, DemoError> {
        toml::from_str(text).map_err(|source| Problem::Toml(source).in_file(file))
    }

    /// The item in each district that offers it, checked.
    pub(crate) fn items(self, file: &str, tenants: &[District]) -> Result<Vec<DistrictItem>, DemoError> {
        let divisions = self.divisions(tenants).map_err(|problem| problem.in_file(file))?;
        if let Some(code) = self.overrides.keys().find(|code| !divisions.iter().any(|d| d.as_str() == code.as_str())) {
            return Err(Problem::NotOffered(code.clone()).in_file(file));
        }
        divisions.into_iter().map(|division| self.item_in(division).map_err(|problem| problem.in_file(file))).collect()
    }

    fn divisions(&self, tenants: &[District]) -> Result<Vec<Division>, Problem> {
        if matches!(self.districts.as_slice(), [all] if all == EVERY_DISTRICT) {
            return Ok(tenants.iter().filter(|tenant| !tenant.is_city).map(|tenant| tenant.division.clone()).collect());
        }
        self.districts
            .iter()
            .map(|code| {
                let tenant = tenants.iter().find(|tenant| tenant.division.as_str() == code);
                tenant.map(|tenant| tenant.division.clone()).ok_or_else(|| Problem::NoTenant(code.clone()))
            })
            .collect()
    }

    fn item_in(&self, division: Division) -> Result<DistrictItem, Problem> {
        let mut fields = self.item.clone();
        let basic_code = fields.get("basic_code").and_then(toml::Value::as_str).unwrap_or_default();
        let code = format!("{basic_code}-{division}");
        if fields.insert("code".to_owned(), code.into()).is_some() {
            return Err(Problem::CodeGiven);
        }
        let mut item: Item = fields.try_into()?;
        if let Some(here) = self.overrides.get(division.as_str()) {
            if let Some(promised) = here.promised {
                if !promised.within(item.promised) {
                    return Err(Problem::LongerPromise(division));
                }
                item.promised = promised;
            }
            if let Some(counter) = &here.counter {
                item.counter = Some(counter.clone());
            }
        }
        item.check()?;
        Ok(DistrictItem { division, item })
    }
}
