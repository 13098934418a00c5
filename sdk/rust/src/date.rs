//! Dates and periods, made and written out.

use std::fmt;

use crate::types::{Date, LegalBasis, Period, Text, TimeUnit};

impl Date {
    /// A calendar date; the host refuses one that does not exist.
    pub const fn new(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }

    /// `2026年9月1日` and `2026-09-01`.
    pub fn in_words(self) -> Text {
        Text::new(format!("{}年{}月{}日", self.year, self.month, self.day), self.to_string())
    }
}

/// ISO 8601: `2026-09-01`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Period {
    /// At once 即办.
    pub const AT_ONCE: Self = Self { amount: 0, unit: TimeUnit::WorkingDay };

    /// Working days 工作日 by the city's calendar.
    pub const fn working_days(amount: u32) -> Self {
        Self { amount, unit: TimeUnit::WorkingDay }
    }

    /// Calendar months.
    pub const fn months(amount: u32) -> Self {
        Self { amount, unit: TimeUnit::Month }
    }
}

impl LegalBasis {
    /// A whole document.
    pub fn document(title: impl Into<String>) -> Self {
        Self { title: title.into(), article: None }
    }

    /// One article of it.
    pub fn article(title: impl Into<String>, article: impl Into<String>) -> Self {
        Self { title: title.into(), article: Some(article.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_in_both_languages() {
        let date = Date::new(2026, 9, 1).in_words();
        assert_eq!((date.zh.as_str(), date.en.as_deref()), ("2026年9月1日", Some("2026-09-01")));
    }
}
