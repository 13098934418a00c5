//! The working-day calendar 工作日历: dated data with make-up days, and the arithmetic of deadlines on it.
//!
//! Every lookup is a table access: the n-th working day after a day is read, not counted. Invariant: a year without
//! published data is computed from weekends and every result that touches it says that it is provisional.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::law::{Period, TimeUnit};

/// One published year: what is off though a weekday, and what is worked though a weekend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarYear {
    /// The year.
    pub year: i16,
    /// Who published it, for the record.
    pub source: String,
    /// Days off 放假, first and last included.
    pub off: Vec<(Date, Date)>,
    /// Make-up working days 调休上班.
    pub working: Vec<Date>,
}

/// A computed day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedDay {
    /// The day.
    pub day: Date,
    /// A year on the way is not yet published.
    pub provisional: bool,
}

/// Why a day can't be computed.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum CalendarError {
    /// Outside the years that the calendar covers.
    #[error("outside the years that the working-day calendar covers")]
    OutOfRange,
}

/// Working days of a city over a run of years.
#[derive(Debug, Clone)]
pub struct Calendar {
    first: Date,
    /// For each day since `first`: working days up to and including it.
    upto: Vec<u32>,
    /// For each day since `first`: whether it is one.
    working: Vec<bool>,
    /// Days since `first` of each working day, in order.
    days: Vec<u32>,
    /// Days since `first` from which on years are provisional, as half-open runs.
    provisional: Vec<(u32, u32)>,
}

impl Calendar {
    /// Lays the table for `from..=to`, published years as given, the others from weekends.
    pub fn new(from: i16, to: i16, published: &[CalendarYear]) -> Result<Self, CalendarError> {
        let first = Date::new(from, 1, 1).map_err(|_| CalendarError::OutOfRange)?;
        let last = Date::new(to, 12, 31).map_err(|_| CalendarError::OutOfRange)?;
        let mut calendar =
            Self { first, upto: Vec::new(), working: Vec::new(), days: Vec::new(), provisional: Vec::new() };
        let mut count = 0;
        for (index, day) in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).enumerate() {
            let index = u32::try_from(index).map_err(|_| CalendarError::OutOfRange)?;
            let year = published.iter().find(|year| year.year == day.year());
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            let works = match year {
                Some(year) if year.working.contains(&day) => true,
                Some(year) if year.off.iter().any(|(from, to)| (*from..=*to).contains(&day)) => false,
                _ => !weekend,
            };
            if works {
                count += 1;
                calendar.days.push(index);
            }
            calendar.upto.push(count);
            calendar.working.push(works);
            if year.is_none() {
                match calendar.provisional.last_mut() {
                    Some((_, end)) if *end == index => *end += 1,
                    _ => calendar.provisional.push((index, index + 1)),
                }
            }
        }
        Ok(calendar)
    }

    fn index(&self, day: Date) -> Result<usize, CalendarError> {
        let days = (day - self.first).get_days();
        let index = usize::try_from(days).map_err(|_| CalendarError::OutOfRange)?;
        if index < self.upto.len() { Ok(index) } else { Err(CalendarError::OutOfRange) }
    }

    fn day_at(&self, index: u32) -> Result<Date, CalendarError> {
        self.first.checked_add(jiff::Span::new().days(i64::from(index))).map_err(|_| CalendarError::OutOfRange)
    }

    fn touches_provisional(&self, from: u32, to: u32) -> bool {
        let (from, to) = (from.min(to), from.max(to));
        self.provisional.iter().any(|(start, end)| from < *end && to >= *start)
    }

    /// Whether this is a working day.
    pub fn is_working_day(&self, day: Date) -> Result<bool, CalendarError> {
        let index = self.index(day)?;
        self.working.get(index).copied().ok_or(CalendarError::OutOfRange)
    }

    /// The day `days` working days after `start`, before it where negative; the start itself is not counted
    /// (Civil Code, article 201). Nought working days is the start itself.
    pub fn add_working_days(&self, start: Date, days: i32) -> Result<CountedDay, CalendarError> {
        let index = self.index(start)?;
        if days == 0 {
            let at = u32::try_from(index).map_err(|_| CalendarError::OutOfRange)?;
            return Ok(CountedDay { day: start, provisional: self.touches_provisional(at, at) });
        }
        let upto = i64::from(*self.upto.get(index).ok_or(CalendarError::OutOfRange)?);
        // `days[n - 1]` is the n-th working day; before the start, a working start does not count itself.
        let nth = if days > 0 {
            upto + i64::from(days)
        } else {
            let before = upto - i64::from(self.working.get(index).copied().unwrap_or(false));
            before + i64::from(days) + 1
        };
        let at = usize::try_from(nth - 1).map_err(|_| CalendarError::OutOfRange)?;
        let target = *self.days.get(at).ok_or(CalendarError::OutOfRange)?;
        let start = u32::try_from(index).map_err(|_| CalendarError::OutOfRange)?;
        Ok(CountedDay { day: self.day_at(target)?, provisional: self.touches_provisional(start, target) })
    }

    /// Working days after `start` up to and including `end`; negative where `end` is earlier.
    pub fn count_working_days(&self, start: Date, end: Date) -> Result<i32, CalendarError> {
        let upto = |day| {
            let index = self.index(day)?;
            self.upto.get(index).copied().map(i64::from).ok_or(CalendarError::OutOfRange)
        };
        i32::try_from(upto(end)? - upto(start)?).map_err(|_| CalendarError::OutOfRange)
    }

    /// The last day of a period that begins on `start`; the first day is not counted, and a period in calendar units
    /// that ends on a day off runs to the next working day (Civil Code, article 203).
    pub fn deadline(&self, start: Date, period: Period) -> Result<CountedDay, CalendarError> {
        let amount = i32::try_from(period.amount).map_err(|_| CalendarError::OutOfRange)?;
        let span = match period.unit {
            TimeUnit::WorkingDay => return self.add_working_days(start, amount),
            TimeUnit::Hour => jiff::Span::new().days(i64::from(period.amount.div_ceil(24))),
            TimeUnit::Day => jiff::Span::new().days(amount),
            TimeUnit::Month => jiff::Span::new().months(amount),
            TimeUnit::Year => jiff::Span::new().years(amount),
        };
        let end = start.checked_add(span).map_err(|_| CalendarError::OutOfRange)?;
        let at = self.index(end)?;
        let from = u32::try_from(self.index(start)?).map_err(|_| CalendarError::OutOfRange)?;
        if self.is_working_day(end)? || period.amount == 0 {
            let to = u32::try_from(at).map_err(|_| CalendarError::OutOfRange)?;
            return Ok(CountedDay { day: end, provisional: self.touches_provisional(from, to) });
        }
        let next = self.add_working_days(end, 1)?;
        let to = u32::try_from(self.index(next.day)?).map_err(|_| CalendarError::OutOfRange)?;
        Ok(CountedDay { day: next.day, provisional: self.touches_provisional(from, to) })
    }

    /// Working days of a year.
    pub fn working_days_of(&self, year: i16) -> Result<u32, CalendarError> {
        let first = Date::new(year, 1, 1).map_err(|_| CalendarError::OutOfRange)?;
        let last = Date::new(year, 12, 31).map_err(|_| CalendarError::OutOfRange)?;
        let within = self.count_working_days(first, last)?;
        let within = u32::try_from(within).map_err(|_| CalendarError::OutOfRange)?;
        Ok(within + u32::from(self.is_working_day(first)?))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// 2026 as the State Council published it.
    pub(crate) fn year_2026() -> CalendarYear {
        CalendarYear {
            year: 2026,
            source: "国务院办公厅关于2026年部分节假日安排的通知".to_owned(),
            off: vec![
                (date(2026, 1, 1), date(2026, 1, 3)),
                (date(2026, 2, 15), date(2026, 2, 23)),
                (date(2026, 4, 4), date(2026, 4, 6)),
                (date(2026, 5, 1), date(2026, 5, 5)),
                (date(2026, 6, 19), date(2026, 6, 21)),
                (date(2026, 9, 25), date(2026, 9, 27)),
                (date(2026, 10, 1), date(2026, 10, 7)),
            ],
            working: vec![
                date(2026, 1, 4),
                date(2026, 2, 14),
                date(2026, 2, 28),
                date(2026, 5, 9),
                date(2026, 9, 20),
                date(2026, 10, 10),
            ],
        }
    }

    fn calendar() -> Calendar {
        Calendar::new(2025, 2028, &[year_2026()]).unwrap()
    }

    #[test]
    fn the_year_2026_has_the_248_working_days_that_were_published() {
        assert_eq!(calendar().working_days_of(2026), Ok(248));
    }

    #[test]
    fn a_make_up_saturday_counts_and_the_spring_festival_does_not() {
        let calendar = calendar();
        assert_eq!(calendar.is_working_day(date(2026, 2, 14)), Ok(true));
        let day = calendar.add_working_days(date(2026, 2, 13), 2).unwrap();
        assert_eq!(day, CountedDay { day: date(2026, 2, 24), provisional: false });
    }

    #[test]
    fn what_reaches_into_an_unpublished_year_says_so() {
        let day = calendar().add_working_days(date(2026, 12, 30), 5).unwrap();
        assert!(day.provisional);
    }

    #[test]
    fn a_calendar_deadline_on_a_day_off_runs_to_the_next_working_day() {
        let month = Period { amount: 1, unit: TimeUnit::Month };
        assert_eq!(calendar().deadline(date(2026, 9, 1), month).unwrap().day, date(2026, 10, 8));
    }

    #[test]
    fn outside_its_years_it_says_so() {
        assert_eq!(calendar().is_working_day(date(2040, 1, 1)), Err(CalendarError::OutOfRange));
        assert_eq!(calendar().add_working_days(date(2028, 12, 1), 400), Err(CalendarError::OutOfRange));
    }

    proptest! {
        #[test]
        fn adding_then_counting_gives_back(start in 0_i64..1000, days in 1_i32..200) {
            let calendar = calendar();
            let start = date(2025, 3, 1).checked_add(jiff::Span::new().days(start)).unwrap();
            let end = calendar.add_working_days(start, days).unwrap().day;
            prop_assert_eq!(calendar.count_working_days(start, end), Ok(days));
            prop_assert_eq!(calendar.is_working_day(end), Ok(true));
        }

        #[test]
        fn going_back_lands_on_the_working_day_before(start in 300_i64..1000, days in 1_i32..100) {
            let calendar = calendar();
            let start = date(2025, 3, 1).checked_add(jiff::Span::new().days(start)).unwrap();
            let back = calendar.add_working_days(start, -days).unwrap().day;
            prop_assert!(back < start);
            prop_assert_eq!(calendar.is_working_day(back), Ok(true));
            let counted = calendar.count_working_days(back, start).unwrap();
            let start_works = i32::from(calendar.is_working_day(start).unwrap());
            prop_assert_eq!(counted, days - 1 + start_works);
        }
    }
}
