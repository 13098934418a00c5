//! The demonstration's invited supervisors: whom each speaks for, by district.

use std::collections::BTreeMap;

use lotus_domain::district::Division;
use lotus_domain::supervisor::Supervisor;
use serde::Deserialize;

use crate::{DemoError, read};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SupervisorsFile {
    supervisor: Vec<Supervisor>,
}

/// Reads the embedded supervisors, by district.
pub fn supervisors() -> Result<BTreeMap<Division, Vec<Supervisor>>, DemoError> {
    let file: SupervisorsFile = read("supervisors.toml", include_str!("../data/supervisors.toml"))?;
    let mut all: BTreeMap<Division, Vec<Supervisor>> = BTreeMap::new();
    for supervisor in file.supervisor {
        all.entry(supervisor.division.clone()).or_default().push(supervisor);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_four_supervisors_serve_in_districts_that_there_are() {
        let all = supervisors().unwrap();
        let districts = crate::city().unwrap().districts;
        assert_eq!(all.values().map(Vec::len).sum::<usize>(), 24);
        for (division, here) in &all {
            assert!(districts.iter().any(|district| district.division == *division), "{division}");
            assert!(here.iter().all(|one| one.since < one.until));
        }
    }
}
