//! A calendar month, as tallies and bulletins name it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A month; shown, parsed and stored as `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    /// Its first day.
    first: Date,
}

/// A text that is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written as in 2026-03, from 2000-01 to 2199-12")]
pub struct NotAMonth;

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self { first: day.first_of_month() }
    }

    /// Reads `2026-03`.
    pub fn parse(text: &str) -> Result<Self, NotAMonth> {
        let (year, month) = text.split_once('-').ok_or(NotAMonth)?;
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(NotAMonth);
        }
        let year: i16 = year.parse().map_err(|_| NotAMonth)?;
        let month: i8 = month.parse().map_err(|_| NotAMonth)?;
        if !(2000..=2199).contains(&year) {
            return Err(NotAMonth);
        }
        Date::new(year, month, 1).map(Self::of).map_err(|_| NotAMonth)
    }

    /// Its first day.
    pub const fn first(self) -> Date {
        self.first
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.first.last_of_month()
    }

    /// The month so many months later; earlier where negative.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self { first: self.first.saturating_add(jiff::Span::new().months(months)).first_of_month() }
    }

    /// Its year.
    pub fn year(self) -> i16 {
        self.first.year()
    }

    /// From 1.
    pub fn number(self) -> i8 {
        self.first.month()
    }

    /// `2026年3月`
    pub fn zh(self) -> String {
        format!("{}年{}月", self.year(), self.number())
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl TryFrom<String> for Month {
    type Error = NotAMonth;

    fn try_from(text: String) -> Result<Self, NotAMonth> {
        Self::parse(&text)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_read_as_they_are_written_and_go_over_the_year() {
        let january = Month::parse("2026-01").unwrap();
        assert_eq!(january.plus(-1).to_string(), "2025-12");
        assert_eq!(january.plus(13).to_string(), "2027-02");
        assert_eq!(january.plus(1).last().to_string(), "2026-02-28");
        for wrong in ["2026-1", "2026-13", "26-01", "2026-00", "1999-12", "2026-01-01", "", "2026/01"] {
            assert_eq!(Month::parse(wrong), Err(NotAMonth), "{wrong}");
        }
    }
}
