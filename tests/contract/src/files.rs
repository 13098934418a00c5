//! A case in the city's files, and who applies, as tests of the contract want them.

use jiff::Timestamp;
use jiff::civil::date;
use lotus_domain::account::{Account, AccountId, Mandate, MandateKind, Profile};
use lotus_domain::applicant::Applicant;
use lotus_domain::case::CaseNumber;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::hook::{CaseCover, CaseEntry};
use lotus_domain::text::Text;
use lotus_runtime::Caller;

/// A case in the files.
#[derive(Debug, Clone)]
pub struct Filed {
    /// In which district.
    pub division: String,
    /// Which plugin's it is.
    pub plugin: String,
    /// Its cover.
    pub cover: CaseCover,
    /// What the applicant gave.
    pub fields: Vec<FieldValue>,
    /// Its history.
    pub history: Vec<CaseEntry>,
    /// Remarks for staff.
    pub notes: Vec<Text>,
    /// Its applicant wants no messages.
    pub opted_out: bool,
}

/// A sound case number of 禹州 with these eight characters of base 32.
pub fn number(random: &str) -> String {
    let body = format!("4110812026042829{random}");
    let checked = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().map(|check| format!("{body}{check}"));
    checked.into_iter().find(|number| CaseNumber::parse(number).is_ok()).expect("one check character fits")
}

impl Filed {
    /// A submitted case of a plugin in 禹州, due on a day of May 2026.
    pub fn of(plugin: &str, random: &str, day: i8) -> Self {
        let submitted = Timestamp::from_second(1_777_000_000).expect("a moment");
        let field =
            |name: &str, value: &str| FieldValue { name: name.to_owned(), value: Value::Text(value.to_owned()) };
        Self {
            division: "411081".to_owned(),
            plugin: plugin.to_owned(),
            cover: CaseCover {
                number: number(random),
                service: "kiln-loan".to_owned(),
                state: "submitted".to_owned(),
                submitted,
                due: Some(date(2026, 5, day)),
                revision: 1,
            },
            fields: vec![field("kiln", "神垕镇一号窑"), field("telephone", "13800000000")],
            history: vec![CaseEntry {
                at: submitted,
                action: "submit".to_owned(),
                from: None,
                to: "submitted".to_owned(),
                reason: None,
                basis: None,
            }],
            notes: Vec::new(),
            opted_out: false,
        }
    }

    /// Whether it is the caller's own.
    pub fn is_of(&self, caller: &Caller) -> bool {
        self.division == caller.division.as_str() && self.plugin == caller.plugin
    }
}

/// 李莲花, alone or for 莲城瓷业.
pub fn applicant(for_enterprise: bool) -> Applicant {
    let profile =
        Profile {
            name: "李莲花".to_owned(), identity_number: Some("11010519491231002X".to_owned()), telephone: None
        };
    let created = Timestamp::from_second(1_772_000_000).expect("a moment");
    let account = Account { id: AccountId("a-1".to_owned()), provider: "省统一认证".to_owned(), profile, created };
    let mandate = Mandate {
        enterprise: "莲城瓷业".to_owned(),
        credit_code: "91350100M000100Y43".to_owned(),
        kind: MandateKind::LegalRepresentative,
        until: None,
    };
    Applicant::of(&account, for_enterprise.then_some(&mandate))
}
