//! Licences 证照 with a day on which they expire, and when their holders are told (article 28).
//!
//! Told 90, 30 and 7 days before, each once. Invariant: which stage is due depends on the day, the expiry and what was
//! told already, and on nothing that a restart or a clock that is set back could change.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::district::Division;
use crate::notice::Contact;
use crate::text::Text;

/// Days before the expiry on which holders are told, the earliest first.
pub const STAGES: [u32; 3] = [90, 30, 7];

/// Who holds a licence. Sensitive: stored sealed, found again by blind index.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// A person, by identity number.
    Person(String),
    /// An enterprise, by credit code.
    Enterprise(String),
}

impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Person(_) => "Person(…)",
            Self::Enterprise(_) => "Enterprise(…)",
        })
    }
}

impl Holder {
    /// What a holder is found again by.
    pub fn name(&self) -> String {
        match self {
            Self::Person(number) => format!("person/{number}"),
            Self::Enterprise(code) => format!("enterprise/{code}"),
        }
    }
}

/// A licence, as the body that issued it keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    /// In which district it was issued.
    pub division: Division,
    /// What the platform calls it; stands in addresses and keys, names nobody.
    pub id: Slug,
    /// Its kind, e.g. `food-licence`: what holders are warned by.
    pub kind: Slug,
    /// What it is called.
    pub title: Text,
    /// 证照编号
    pub number: String,
    /// Who holds it.
    pub holder: Holder,
    /// Where the holder can be reached without an account.
    #[serde(default)]
    pub contact: Contact,
    /// Its last day.
    pub expires: Date,
}

impl Licence {
    /// Days until its last day, negative where it is over.
    pub fn left(&self, today: Date) -> i32 {
        (self.expires - today).get_days()
    }
}

/// What is told of a licence today, and when to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling {
    /// The stage that is due, in days.
    pub now: Option<u32>,
    /// The first day of the next stage.
    pub next: Option<Date>,
}

/// What is due of a licence that expires on a day, when the smallest stage that was told is `told`. Where a host was away
/// over several stages only the last is told; what is over is told no more.
pub fn telling(expires: Date, told: Option<u32>, today: Date) -> Telling {
    let left = (expires - today).get_days();
    let open = |stage: &u32| told.is_none_or(|told| *stage < told);
    let reached = |stage: &u32| i64::from(left) <= i64::from(*stage);
    let now = STAGES.iter().rev().copied().find(|stage| left >= 0 && open(stage) && reached(stage));
    let after = now.or(told);
    let next = STAGES.iter().copied().filter(|stage| after.is_none_or(|after| *stage < after));
    let day = |stage: u32| expires.checked_sub(jiff::Span::new().days(i64::from(stage))).ok();
    let next = if left < 0 { None } else { next.filter_map(day).min() };
    Telling { now, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn holders_are_told_ninety_thirty_and_seven_days_before() {
        let expires = date(2026, 12, 31);
        let first = telling(expires, None, date(2026, 1, 1));
        assert_eq!(first, Telling { now: None, next: Some(date(2026, 10, 2)) });
        let ninety = telling(expires, None, date(2026, 10, 2));
        assert_eq!(ninety, Telling { now: Some(90), next: Some(date(2026, 12, 1)) });
        assert_eq!(telling(expires, Some(90), date(2026, 10, 2)).now, None, "once");
        assert_eq!(telling(expires, Some(90), date(2026, 12, 1)).now, Some(30));
        assert_eq!(telling(expires, Some(30), date(2026, 12, 24)), Telling { now: Some(7), next: None });
        assert_eq!(telling(expires, Some(7), date(2026, 12, 31)).now, None);
        assert_eq!(telling(expires, None, date(2027, 1, 1)), Telling { now: None, next: None }, "over");
    }

    #[test]
    fn after_a_long_outage_only_the_last_stage_is_told() {
        assert_eq!(telling(date(2026, 12, 31), None, date(2026, 12, 28)), Telling { now: Some(7), next: None });
    }

    proptest! {
        #[test]
        fn whatever_the_clock_does_each_stage_is_told_once(days in proptest::collection::vec(-200_i64..20, 1..60)) {
            let expires = date(2026, 12, 31);
            let (mut told, mut stages) = (None, Vec::new());
            for day in days {
                let today = expires.checked_add(jiff::Span::new().days(day)).unwrap();
                if let Some(stage) = telling(expires, told, today).now {
                    stages.push(stage);
                    told = Some(stage);
                }
            }
            prop_assert!(stages.is_sorted_by(|one, next| one > next), "{:?}", stages);
        }
    }
}
