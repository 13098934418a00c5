//! The demonstration's policies (article 30), and what registers know of its ready accounts.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lotus_domain::applicant::{CreditCode, IdentityNumber};
use lotus_domain::district::Division;
use lotus_domain::licence::Holder;
use lotus_domain::policy::{Fact, FactName, FactValue, Facts, Policy};
use lotus_domain::text::Text;
use serde::Deserialize;

use crate::{DemoError, Problem, read};

/// File name and text of each tenant's policies.
const FILES: [(&str, &str); 10] = [
    ("policies/xuchang.toml", include_str!("../data/policies/xuchang.toml")),
    ("policies/weidu.toml", include_str!("../data/policies/weidu.toml")),
    ("policies/jianan.toml", include_str!("../data/policies/jianan.toml")),
    ("policies/yanling.toml", include_str!("../data/policies/yanling.toml")),
    ("policies/xiangcheng.toml", include_str!("../data/policies/xiangcheng.toml")),
    ("policies/yuzhou.toml", include_str!("../data/policies/yuzhou.toml")),
    ("policies/changge.toml", include_str!("../data/policies/changge.toml")),
    ("policies/shifanqu.toml", include_str!("../data/policies/shifanqu.toml")),
    ("policies/jingkaiqu.toml", include_str!("../data/policies/jingkaiqu.toml")),
    ("policies/dongchengqu.toml", include_str!("../data/policies/dongchengqu.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PoliciesFile {
    policy: Vec<Policy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsFile {
    file: Vec<FileForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    division: Division,
    identity_number: Option<String>,
    credit_code: Option<String>,
    /// When the registers were asked.
    as_of: Timestamp,
    /// As people type them: yuan, per cent, days; several words divided by spaces.
    facts: std::collections::BTreeMap<String, String>,
}

/// Reads and checks the embedded policies.
pub fn policies() -> Result<Vec<Policy>, DemoError> {
    let mut policies = Vec::new();
    let mut seen = BTreeSet::new();
    for (file, text) in FILES {
        for policy in read::<PoliciesFile>(file, text)?.policy {
            let named = format!("{} {}", policy.division, policy.id);
            policy.check().map_err(|error| Problem::Policy(named.clone(), error.to_string()).in_file(file))?;
            if !seen.insert(named.clone()) {
                return Err(Problem::Policy(named, "it stands twice".to_owned()).in_file(file));
            }
            policies.push(policy);
        }
    }
    Ok(policies)
}

/// What registers know of the ready accounts and their enterprises, by district.
pub fn fact_files() -> Result<Vec<(Division, Holder, Facts)>, DemoError> {
    const FILE: &str = "facts.toml";
    let file: FactsFile = read(FILE, include_str!("../data/facts.toml"))?;
    let mut files = Vec::new();
    for form in file.file {
        let broken = |problem: String| Problem::Policy(form.division.to_string(), problem).in_file(FILE);
        let holder = match (&form.identity_number, &form.credit_code) {
            (Some(number), None) if IdentityNumber::parse(number).is_ok() => Holder::Person(number.clone()),
            (None, Some(code)) if CreditCode::parse(code).is_ok() => Holder::Enterprise(code.clone()),
            _ => return Err(broken("one holder is needed: an identity number or a credit code".to_owned())),
        };
        let mut facts = Facts::default();
        for (name, typed) in &form.facts {
            let name = FactName::parse(name).map_err(|error| broken(error.to_string()))?;
            let words: Vec<String> = typed.split_whitespace().map(ToOwned::to_owned).collect();
            let value = FactValue::read(name, &words).map_err(|error| broken(format!("{name}: {error}")))?;
            let source: Text = name.kind().source.clone();
            let fact = Fact { value, source, as_of: form.as_of, declared: false };
            facts.learn(name, fact).map_err(|error| broken(format!("{name}: {error}")))?;
        }
        files.push((form.division, holder, facts));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use lotus_domain::catalog::Served;
    use lotus_domain::policy::{Names, Verdict, Way};

    #[test]
    fn there_are_a_hundred_and_twenty_policies_in_ten_districts_in_both_languages() {
        let policies = policies().unwrap();
        assert_eq!(policies.len(), 120);
        let districts: BTreeSet<_> = policies.iter().map(|policy| policy.division.clone()).collect();
        assert_eq!(districts.len(), 10);
        for way in [Way::Direct, Way::OnClaim] {
            assert!(policies.iter().filter(|policy| policy.way == way).count() >= 40);
        }
        for served in [Served::NaturalPerson, Served::Enterprise] {
            assert!(policies.iter().filter(|policy| policy.serves(served)).count() >= 30);
        }
        for policy in &policies {
            assert!(policy.title.en.is_some() && policy.summary.en.is_some(), "{}", policy.id);
            assert!(policy.procedure.len() >= 3 && policy.document.is_some(), "{}", policy.id);
            for condition in policy.condition.in_words(&Names::default()) {
                assert!(condition.en.is_some_and(|en| !en.is_empty()), "{}", policy.id);
            }
        }
    }

    #[test]
    fn the_ready_accounts_meet_some_policies_and_nearly_meet_others() {
        let (policies, files) = (policies().unwrap(), fact_files().unwrap());
        let today = date(2026, 4, 27);
        let mut open = 0;
        for (division, holder, facts) in files {
            let kind = match holder {
                Holder::Person(_) => Served::NaturalPerson,
                Holder::Enterprise(_) => Served::Enterprise,
            };
            let matches = policies.iter().filter(|policy| policy.serves(kind) && policy.division == division);
            let found: Vec<_> = matches.map(|policy| policy.matched(&facts, today, &Names::default())).collect();
            assert!(found.iter().any(|found| found.verdict == Verdict::Met), "{division} {holder:?}");
            assert!(found.iter().any(lotus_domain::policy::Match::is_near_miss), "{division} {holder:?}");
            open += found.iter().filter(|found| found.verdict == Verdict::Unknown).count();
        }
        assert!(open > 0, "of some nobody knows yet");
    }
}
