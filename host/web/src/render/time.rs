//! Dates, moments and time limits as people say them. Everything is taken by reference: that is how templates hand it over.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lotus_domain::law::{Fen, Period, TimeUnit};

use crate::language::Words;

impl Words {
    /// A day with its weekday: 2026年3月2日 星期一.
    pub(crate) fn day(self, day: &Date) -> String {
        let weekday = self.t(&format!("weekday-{}", day.weekday().to_monday_one_offset()));
        let month = self.t(&format!("month-{}", day.month()));
        self.with(
            "day",
            &[("year", &day.year().to_string()), ("month", &month), ("day", &day.day()), ("weekday", &weekday)],
        )
    }

    /// A moment in the city's time: the day, hours and minutes.
    pub(crate) fn moment(self, at: &Timestamp, zone: &TimeZone) -> String {
        let local = zone.to_datetime(*at);
        let clock = format!("{:02}:{:02}", local.hour(), local.minute());
        self.with("moment", &[("day", &self.day(&local.date())), ("clock", &clock)])
    }

    /// A time limit; nought is at once.
    pub(crate) fn period(self, period: &Period) -> String {
        let unit = match period.unit {
            _ if period.amount == 0 => return self.t("period-at-once"),
            TimeUnit::Day => "period-day",
            TimeUnit::WorkingDay => "period-working-day",
            TimeUnit::Month => "period-month",
            TimeUnit::Year => "period-year",
            TimeUnit::Hour => "period-hour",
        };
        self.t1(unit, "n", period.amount)
    }

    /// Working days that are left: 还剩 2 个工作日, 今天到期, 已超期 1 个工作日.
    pub(crate) fn left(self, days: &i32) -> String {
        match *days {
            0 => self.t("left-today"),
            1.. => self.t1("left-days", "n", days),
            _ => self.t1("left-over", "n", days.saturating_abs()),
        }
    }

    /// Money.
    pub(crate) fn money(self, fen: &Fen) -> String {
        let shown = fen.to_string();
        self.t1("money", "amount", shown.strip_suffix(".00").unwrap_or(&shown))
    }
}

/// How pressing what is left is, for the style sheet; the words say it too.
pub(crate) fn urgency(left: Option<i32>) -> &'static str {
    match left {
        None => "still",
        Some(..0) => "over",
        Some(0..=1) => "soon",
        Some(_) => "calm",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use lotus_domain::text::Language;

    #[test]
    fn a_day_has_its_weekday_and_what_is_left_is_said_in_words() {
        let (zh, en) = (Words::of(Language::Zh), Words::of(Language::En));
        assert_eq!(zh.day(&date(2026, 3, 2)), "2026年3月2日（星期一）");
        assert_eq!(en.day(&date(2026, 3, 2)), "Monday, 2 March 2026");
        assert_eq!(
            (zh.left(&2), zh.left(&0), zh.left(&-1)),
            ("还剩 2 个工作日".into(), "今天到期".into(), "已超期 1 个工作日".into())
        );
        assert_eq!(en.left(&1), "1 working day left");
        assert_eq!(zh.period(&Period::working_days(0)), "当场办结");
        assert_eq!(zh.money(&Fen(5_000_000)), "50,000 元");
        assert_eq!(en.money(&Fen(1_250)), "12.50 yuan");
    }

    #[test]
    fn a_moment_is_shown_in_the_citys_time() {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let at: Timestamp = "2026-11-24T16:05:00Z".parse().unwrap();
        assert_eq!(Words::of(Language::Zh).moment(&at, &zone), "2026年11月25日（星期三）00:05");
    }
}
