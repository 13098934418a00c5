//! The ready accounts' licences: with a last day counted from the day on which a demonstration begins.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lotus_domain::Slug;
use lotus_domain::applicant::{CreditCode, IdentityNumber};
use lotus_domain::district::Division;
use lotus_domain::licence::{Holder, Licence};
use lotus_domain::notice::Contact;
use lotus_domain::text::Text;
use serde::Deserialize;

use crate::{DemoError, Problem, read};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LicencesFile {
    licence: Vec<LicenceForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LicenceForm {
    division: Division,
    id: Slug,
    kind: Slug,
    title: Text,
    number: String,
    identity_number: Option<String>,
    credit_code: Option<String>,
    #[serde(default)]
    contact: Contact,
    /// Days from today; negative is over.
    expires_in: i64,
}

/// Reads and checks the embedded licences, as they stand on a day, by district.
pub fn licences(today: Date) -> Result<BTreeMap<Division, Vec<Licence>>, DemoError> {
    const FILE: &str = "licences.toml";
    let file: LicencesFile = read(FILE, include_str!("../data/licences.toml"))?;
    let mut licences: BTreeMap<Division, Vec<Licence>> = BTreeMap::new();
    for form in file.licence {
        let broken = |problem: &str| Problem::Licence(form.id.to_string(), problem.to_owned()).in_file(FILE);
        let holder = match (&form.identity_number, &form.credit_code) {
            (Some(number), None) if IdentityNumber::parse(number).is_ok() => Holder::Person(number.clone()),
            (None, Some(code)) if CreditCode::parse(code).is_ok() => Holder::Enterprise(code.clone()),
            _ => return Err(broken("one holder is needed: an identity number or a credit code")),
        };
        let expires = today.checked_add(jiff::Span::new().days(form.expires_in));
        let expires = expires.map_err(|_| broken("its last day is no day"))?;
        licences.entry(form.division.clone()).or_default().push(Licence {
            division: form.division,
            id: form.id,
            kind: form.kind,
            title: form.title,
            number: form.number,
            holder,
            contact: form.contact,
            expires,
        });
    }
    Ok(licences)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_are_about_to_expire_some_later_and_one_is_over() {
        let today = jiff::civil::date(2026, 3, 2);
        let all: Vec<Licence> = licences(today).unwrap().into_values().flatten().collect();
        assert!(all.iter().any(|licence| licence.left(today) < 0));
        assert!(all.iter().any(|licence| (0..=90).contains(&licence.left(today))));
        assert!(all.iter().all(|licence| licence.title.en.is_some()));
    }
}
