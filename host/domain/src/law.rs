//! What the law counts in: legal bases, periods and money.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// Where in the law something stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// Title of the law, regulation or published policy, e.g. 《许昌市政务服务条例》.
    pub title: String,
    /// Article, e.g. `第二十九条`; absent where the whole document is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
}

/// The units of time limits (GB/T 39046: day, working day, month, year; hours for what is urgent).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeUnit {
    /// Calendar days.
    Day,
    /// Working days by the city's calendar.
    WorkingDay,
    /// Calendar months.
    Month,
    /// Calendar years.
    Year,
    /// Hours.
    Hour,
}

/// A length of time as the regulation counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many; 0 means at once.
    pub amount: u32,
    /// Of what.
    pub unit: TimeUnit,
}

impl Period {
    /// So many working days.
    pub const fn working_days(amount: u32) -> Self {
        Self { amount, unit: TimeUnit::WorkingDay }
    }

    /// The shortest and the longest that this period can be, in hours: what makes two units comparable.
    fn span_in_hours(self) -> (u64, u64) {
        let n = u64::from(self.amount);
        match self.unit {
            TimeUnit::Hour => (n, n),
            TimeUnit::Day => (24 * n, 24 * n),
            // The longest run of days off is nine (Spring Festival 2026), and a week has five working days.
            TimeUnit::WorkingDay => (24 * n, 24 * (n + 2 * n.div_ceil(5) + 9 * n.div_ceil(60))),
            TimeUnit::Month => (24 * 28 * n, 24 * 31 * n),
            TimeUnit::Year => (24 * 365 * n, 24 * 366 * n),
        }
    }

    /// Whether this period is certainly no longer than the other: a promise may tighten the statutory time, never
    /// lengthen it. Exact within one unit, cautious across units.
    pub fn within(self, other: Self) -> bool {
        if self.unit == other.unit || self.amount == 0 {
            self.amount <= other.amount || self.amount == 0
        } else {
            self.span_in_hours().1 <= other.span_in_hours().0
        }
    }
}

/// Money in whole fen 分, never a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// A text that is no amount in yuan.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an amount in yuan with at most two decimals")]
pub struct NotMoney;

impl Fen {
    /// Parses yuan as people type them: digits, separators `,` between them, at most two decimals.
    pub fn parse_yuan(text: &str) -> Result<Self, NotMoney> {
        let plain: String = text.trim().chars().filter(|c| *c != ',' && *c != '，').collect();
        let (negative, digits) = plain.strip_prefix('-').map_or((false, plain.as_str()), |rest| (true, rest));
        let (yuan, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if yuan.is_empty() || !numeric(yuan) || !numeric(fraction) || fraction.len() > 2 {
            return Err(NotMoney);
        }
        let yuan: i64 = yuan.parse().map_err(|_| NotMoney)?;
        let cents: i64 = format!("{fraction:0<2}").parse().map_err(|_| NotMoney)?;
        let fen = yuan.checked_mul(100).and_then(|fen| fen.checked_add(cents)).ok_or(NotMoney)?;
        Ok(Self(if negative { -fen } else { fen }))
    }
}

impl std::fmt::Display for Fen {
    /// Yuan with two decimals and separators: `1,234,567.00`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let whole = (self.0.unsigned_abs() / 100).to_string();
        let mut grouped = String::with_capacity(whole.len() + whole.len() / 3);
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{grouped}.{:02}", self.0.unsigned_abs() % 100)
    }
}

/// A reasoned no that a person reads; not an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why not, in plain words.
    pub reason: Text,
    /// The law it stands on.
    pub basis: Option<LegalBasis>,
    /// What the person can do now.
    pub next_step: Option<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_promise_may_be_shorter_than_the_law_in_another_unit() {
        let month = Period { amount: 1, unit: TimeUnit::Month };
        assert!(Period::working_days(10).within(Period::working_days(20)));
        assert!(!Period::working_days(21).within(Period::working_days(20)));
        assert!(Period { amount: 20, unit: TimeUnit::Day }.within(month));
        assert!(!Period::working_days(25).within(month), "25 working days can be longer than a month");
    }

    #[test]
    fn yuan_are_read_as_people_type_them() {
        assert_eq!(Fen::parse_yuan("2,000,000"), Ok(Fen(200_000_000)));
        assert_eq!(Fen::parse_yuan("12.5"), Ok(Fen(1250)));
        assert_eq!(Fen::parse_yuan("12.345"), Err(NotMoney));
        assert_eq!(Fen::parse_yuan("十万"), Err(NotMoney));
        assert_eq!(Fen::parse_yuan("99999999999999999999"), Err(NotMoney));
    }

    proptest! {
        #[test]
        fn money_shown_is_money_read(fen in -1_000_000_000_000_i64..1_000_000_000_000) {
            prop_assert_eq!(Fen::parse_yuan(&Fen(fen).to_string()), Ok(Fen(fen)));
        }
    }
}
