//! Counts of applications per year and service, and the day by which an answer comes.

use lotus_sdk::log::{self, Level};
use lotus_sdk::prelude::*;
use lotus_sdk::{calendar, count_up, storage};

/// `applications/2026/studio-award`
fn key(year: u16, service: &str) -> String {
    format!("applications/{year}/{service}")
}

/// Counts an application. An application is never lost for a count: where storage is away, the log says so.
pub(crate) fn count(year: u16, service: &str) {
    match count_up(&key(year, service)) {
        Ok(count) => log::write(Level::Info, &format!("{service}: application {count} of {year}")),
        Err(error) => log::write(Level::Warn, &format!("{service}: not counted: {error:?}")),
    }
}

/// How many applications this year has seen; none where storage is away.
pub(crate) fn counted(year: u16, service: &str) -> Option<u64> {
    match storage::get(&key(year, service)) {
        Ok(Some(entry)) => String::from_utf8(entry.value).ok()?.parse().ok(),
        Ok(None) => Some(0),
        Err(error) => {
            log::write(Level::Warn, &format!("{service}: count not read: {error:?}"));
            None
        }
    }
}

/// The sentence that says when the answer comes: by a date where the calendar knows it, else in working days.
pub(crate) fn answer_by(today: Date, days: u32) -> Text {
    let counted = i32::try_from(days).ok().and_then(|days| calendar::add_working_days(today, days).ok());
    counted.map_or_else(|| within(days), |counted| by_day(counted.day, counted.provisional))
}

fn within(days: u32) -> Text {
    Text::new(
        format!("我们将在 {days} 个工作日内答复。"),
        format!("You will have an answer within {days} working days."),
    )
}

fn by_day(day: Date, provisional: bool) -> Text {
    let day = day.in_words();
    let (zh, en) = (&day.zh, day.en.as_deref().unwrap_or(&day.zh));
    if provisional {
        Text::new(
            format!("我们预计在{zh}前答复（该年度放假安排公布后可能调整）。"),
            format!("You should have an answer by {en}; the day may move once that year's holidays are published."),
        )
    } else {
        Text::new(format!("我们将在{zh}前答复。"), format!("You will have an answer by {en}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_may_move_is_said_to() {
        assert_eq!(by_day(Date::new(2026, 9, 1), false).zh, "我们将在2026年9月1日前答复。");
        assert!(by_day(Date::new(2027, 1, 4), true).zh.contains("可能调整"));
    }

    #[test]
    fn counts_are_kept_per_year_and_service() {
        assert_eq!(key(2026, "studio-award"), "applications/2026/studio-award");
    }
}
