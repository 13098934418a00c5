//! The ready accounts of a demonstration: people named by what they show.

use jiff::Timestamp;
use lotus_domain::access::{Held, Role};
use lotus_domain::account::{Mandate, Profile};
use lotus_domain::applicant::{CreditCode, IdentityNumber};
use lotus_domain::district::Division;
use lotus_domain::text::Text;
use serde::Deserialize;

use crate::{DemoError, Problem, read};

/// One of them.
#[derive(Debug, Clone)]
pub struct ReadyAccount {
    /// What it is chosen by.
    pub subject: String,
    /// Who it is.
    pub profile: Profile,
    /// What it shows.
    pub note: Text,
    /// The roles that it holds.
    pub roles: Vec<Held>,
    /// For whom it may act.
    pub mandates: Vec<Mandate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountsFile {
    account: Vec<AccountForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountForm {
    subject: String,
    name: String,
    note: Text,
    identity_number: String,
    telephone: String,
    #[serde(default)]
    roles: Vec<RoleForm>,
    #[serde(default)]
    mandates: Vec<Mandate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleForm {
    role: Role,
    division: Division,
    department: Option<String>,
    until: Option<Timestamp>,
}

/// Reads and checks the embedded accounts.
pub fn accounts() -> Result<Vec<ReadyAccount>, DemoError> {
    const FILE: &str = "accounts.toml";
    let file: AccountsFile = read(FILE, include_str!("../data/accounts.toml"))?;
    file.account
        .into_iter()
        .map(|form| {
            let broken = |problem: &str| Problem::Account(form.subject.clone(), problem.to_owned()).in_file(FILE);
            if IdentityNumber::parse(&form.identity_number).is_err() {
                return Err(broken("its identity number is none"));
            }
            if form.mandates.iter().any(|mandate| CreditCode::parse(&mandate.credit_code).is_err()) {
                return Err(broken("a mandate's credit code is none"));
            }
            let held = |role: RoleForm| Held {
                role: role.role,
                division: role.division,
                department: role.department,
                until: role.until,
            };
            Ok(ReadyAccount {
                profile: Profile {
                    name: form.name,
                    identity_number: Some(form.identity_number),
                    telephone: Some(form.telephone),
                },
                note: form.note,
                roles: form.roles.into_iter().map(held).collect(),
                mandates: form.mandates,
                subject: form.subject,
            })
        })
        .collect()
}
