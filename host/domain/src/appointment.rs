//! Counters 窗口, their hours, the slots that can be booked 预约, and what became of a booking (article 27).
//!
//! Hours are dated data. On a working day, make-up days among them, a counter has its ordinary hours and may have
//! extended ones 延时服务; on a day off it may have off-hours 错时服务. Slots are computed from them, never stored.
//!
//! Invariant: a slot lies whole within hours that its counter has on that day, and no two slots of a counter overlap.

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::account::AccountId;
use crate::calendar::{Calendar, CalendarError};
use crate::case::CaseNumber;
use crate::district::Division;
use crate::text::Text;

/// When a run of hours holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoursKind {
    /// 正常: on working days.
    Ordinary,
    /// 延时: on working days, before or after the ordinary ones.
    Extended,
    /// 错时: on days off.
    Off,
}

/// A run of hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// On which days.
    pub kind: HoursKind,
    /// Only on these weekdays, Monday is 1; empty is every day of its kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<i8>,
    /// From this time on.
    pub from: Time,
    /// Until this time.
    pub to: Time,
    /// The first day on which it holds.
    pub since: Date,
    /// The last; none is for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// A counter 窗口.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// Unique in its district.
    pub id: Slug,
    /// What it is called and where it is.
    pub title: Text,
    /// Whose it is.
    pub department: Text,
    /// Minutes of a slot.
    pub slot_minutes: u16,
    /// How many can be booked in one slot.
    pub capacity: u16,
    /// Its hours.
    pub hours: Vec<Hours>,
}

/// What is wrong with a counter's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the counter {id}: {problem}")]
pub struct CounterError {
    /// Which.
    pub id: String,
    /// What is wrong.
    pub problem: &'static str,
}

/// A slot: a run of minutes at one counter, with how many places it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The day.
    pub day: Date,
    /// Its beginning, in the city's time.
    pub from: Time,
    /// Its end.
    pub to: Time,
    /// Places in all.
    pub capacity: u16,
}

impl Counter {
    /// Checks what this module promises.
    pub fn check(&self) -> Result<(), CounterError> {
        let wrong = |problem| Err(CounterError { id: self.id.to_string(), problem });
        if !(5..=240).contains(&self.slot_minutes) || !(1..=200).contains(&self.capacity) {
            return wrong("a slot has 5 to 240 minutes and 1 to 200 places");
        }
        if self.hours.is_empty() || self.hours.len() > 50 {
            return wrong("a counter has 1 to 50 runs of hours");
        }
        for (at, hours) in self.hours.iter().enumerate() {
            if hours.from >= hours.to || hours.until.is_some_and(|until| until < hours.since) {
                return wrong("a run of hours ends after it begins");
            }
            if hours.weekdays.iter().any(|day| !(1..=7).contains(day)) {
                return wrong("a weekday is 1 (Monday) to 7");
            }
            if self.hours.iter().skip(at + 1).any(|other| hours.overlaps(other)) {
                return wrong("two runs of hours overlap");
            }
        }
        Ok(())
    }

    /// The slots of a day, in order.
    pub fn slots(&self, day: Date, calendar: &Calendar) -> Result<Vec<Slot>, CalendarError> {
        let works = calendar.is_working_day(day)?;
        let mut slots = Vec::new();
        for hours in self.hours.iter().filter(|hours| hours.holds(day, works)) {
            let length = i64::from(self.slot_minutes);
            let (mut from, end) = (minutes(hours.from), minutes(hours.to));
            while from + length <= end {
                slots.extend(time(from).zip(time(from + length)).map(|(from, to)| Slot {
                    day,
                    from,
                    to,
                    capacity: self.capacity,
                }));
                from += length;
            }
        }
        slots.sort_unstable();
        Ok(slots)
    }

    /// The slot that begins then, if there is one.
    pub fn slot(&self, day: Date, from: Time, calendar: &Calendar) -> Result<Option<Slot>, CalendarError> {
        Ok(self.slots(day, calendar)?.into_iter().find(|slot| slot.from == from))
    }
}

fn minutes(time: Time) -> i64 {
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}

fn time(minutes: i64) -> Option<Time> {
    Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()
}

impl Hours {
    /// Whether it holds on a day.
    fn holds(&self, day: Date, works: bool) -> bool {
        let of_its_kind = works != (self.kind == HoursKind::Off);
        let weekday = day.weekday().to_monday_one_offset();
        let in_time = self.since <= day && self.until.is_none_or(|until| day <= until);
        of_its_kind && in_time && (self.weekdays.is_empty() || self.weekdays.contains(&weekday))
    }

    /// Whether there can be a moment that is in both.
    fn overlaps(&self, other: &Self) -> bool {
        let days = (self.kind == HoursKind::Off) == (other.kind == HoursKind::Off);
        let weekdays = self.weekdays.is_empty()
            || other.weekdays.is_empty()
            || self.weekdays.iter().any(|day| other.weekdays.contains(day));
        let dates =
            self.until.is_none_or(|until| other.since <= until) && other.until.is_none_or(|until| self.since <= until);
        days && weekdays && dates && self.from < other.to && other.from < self.to
    }
}

impl Slot {
    /// The moment at which it begins.
    pub fn begins(&self, zone: &TimeZone) -> Option<Timestamp> {
        moment(self.day, self.from, zone)
    }
}

/// The moment of a time of the city's.
pub fn moment(day: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(day.to_datetime(time)).ok()
}

/// Whether a weekday is one of the weekend, for pages.
pub fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// What became of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BookingState {
    /// Booked, and not yet come.
    Booked,
    /// Came, has a waiting number.
    Waiting,
    /// Was called to the counter.
    Called,
    /// Cancelled by whoever booked.
    Cancelled,
    /// Did not come.
    Missed,
}

impl BookingState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Booked, Self::Waiting, Self::Called, Self::Cancelled, Self::Missed];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Waiting => "waiting",
            Self::Called => "called",
            Self::Cancelled => "cancelled",
            Self::Missed => "missed",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Booked => ("已预约", "Booked"),
            Self::Waiting => ("已取号", "Waiting"),
            Self::Called => ("已叫号", "Called"),
            Self::Cancelled => ("已取消", "Cancelled"),
            Self::Missed => ("爽约", "Missed"),
        };
        Text::new(zh, en)
    }

    /// The step by which the booking's case comes nearer to this, from the state that it is in; none where it is there.
    pub fn step_from(self, state: &str) -> Option<&'static str> {
        match (self, state) {
            (Self::Waiting | Self::Called, "booked") => Some("arrive"),
            (Self::Called, "arrived") => Some("serve"),
            (Self::Cancelled, "booked") => Some("cancel"),
            (Self::Missed, "booked" | "arrived") => Some("miss"),
            _ => None,
        }
    }
}

/// A booking, or somebody who came without one and took a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// 12 hexadecimal characters of randomness.
    pub id: String,
    /// At which counter.
    pub counter: Slug,
    /// The day.
    pub day: Date,
    /// The slot's beginning.
    pub from: Time,
    /// Whose; none came without a booking.
    pub account: Option<AccountId>,
    /// For which item or matter, as the person said.
    pub matter: String,
    /// What became of it.
    pub state: BookingState,
    /// The waiting number of the day, once there.
    pub number: Option<u32>,
    /// When it was made.
    pub made: Timestamp,
    /// The case that answers for it; none for somebody who came without a booking.
    pub case: Option<CaseNumber>,
}

/// Why a place can't be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBooked {
    /// Every place is taken.
    #[error("every place of this slot is taken")]
    Full,
    /// One open booking for each person and matter.
    #[error("there is an open booking for this matter already")]
    HasOne,
    /// Missed too many.
    #[error("booking online is suspended until {0}")]
    Suspended(Date),
    /// No such slot, over, or too far ahead.
    #[error("there is no such slot to be booked")]
    NoSlot,
}

/// Where a district's people come together, with its place on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Township {
    /// Its name, e.g. 神垕镇.
    pub name: Text,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// The counters of a district, and the townships that home visits go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Halls {
    /// Whose.
    pub division: Division,
    /// Where visits start: the hall.
    pub start: Township,
    /// Its counters.
    pub counters: Vec<Counter>,
    /// Its townships.
    pub townships: Vec<Township>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::tests::year_2026;
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    fn hours(kind: HoursKind, from: Time, to: Time) -> Hours {
        Hours { kind, weekdays: Vec::new(), from, to, since: date(2026, 1, 1), until: None }
    }

    fn counter() -> Counter {
        Counter {
            id: Slug::parse("comprehensive").unwrap(),
            title: Text::zh("综合窗口"),
            department: Text::zh("政务服务中心"),
            slot_minutes: 30,
            capacity: 3,
            hours: vec![
                hours(HoursKind::Ordinary, time(9, 0, 0, 0), time(12, 0, 0, 0)),
                hours(HoursKind::Extended, time(17, 0, 0, 0), time(18, 0, 0, 0)),
                hours(HoursKind::Off, time(9, 0, 0, 0), time(10, 0, 0, 0)),
            ],
        }
    }

    fn calendar() -> Calendar {
        Calendar::new(2025, 2027, &[year_2026()]).unwrap()
    }

    fn starts(day: Date) -> Vec<String> {
        let slots = counter().slots(day, &calendar()).unwrap();
        slots.iter().map(|slot| format!("{:02}:{:02}", slot.from.hour(), slot.from.minute())).collect()
    }

    #[test]
    fn a_make_up_saturday_has_ordinary_hours_and_a_holiday_weekday_off_hours() {
        let working = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "17:00", "17:30"];
        assert_eq!(starts(date(2026, 3, 2)), working);
        assert_eq!(starts(date(2026, 2, 28)), working, "a make-up Saturday");
        assert_eq!(starts(date(2026, 10, 1)), ["09:00", "09:30"], "the National Day, a Thursday");
        assert_eq!(starts(date(2026, 3, 1)), ["09:00", "09:30"], "a Sunday");
        assert_eq!(starts(date(2025, 12, 31)).len(), 0, "before the hours hold");
    }

    #[test]
    fn whatever_became_of_a_booking_its_case_gets_there_by_its_own_definition() {
        let definition = crate::kind::shipped("appointment").unwrap();
        for state in BookingState::ALL {
            let mut at = definition.initial.to_string();
            while let Some(step) = state.step_from(&at) {
                let step = definition.transition(step).unwrap();
                assert!(step.from.iter().any(|from| from.as_str() == at), "{state:?} from {at}");
                at = step.to.as_ref().unwrap().to_string();
            }
            assert_eq!(at == "booked", state == BookingState::Booked, "{state:?}");
        }
    }

    #[test]
    fn hours_that_overlap_or_end_before_they_begin_are_refused() {
        assert_eq!(counter().check(), Ok(()));
        let mut overlapping = counter();
        overlapping.hours.push(hours(HoursKind::Extended, time(11, 0, 0, 0), time(13, 0, 0, 0)));
        assert!(overlapping.check().is_err());
        if let Some(last) = overlapping.hours.last_mut() {
            last.weekdays = vec![6];
            last.kind = HoursKind::Off;
            last.from = time(11, 0, 0, 0);
        }
        assert_eq!(overlapping.check(), Ok(()), "never on the same day");
        let mut backwards = counter();
        backwards.hours.push(hours(HoursKind::Off, time(15, 0, 0, 0), time(14, 0, 0, 0)));
        assert!(backwards.check().is_err());
    }

    proptest! {
        #[test]
        fn slots_lie_within_hours_of_their_day_and_never_overlap(
            days in 0_i64..700,
            length in 5_u16..=240,
            runs in proptest::collection::vec((0_usize..3, 0_i8..23, 0_i8..60, 1_i64..600, 0_i8..8), 1..8),
        ) {
            let day = date(2026, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let mut counter = Counter { slot_minutes: length, hours: Vec::new(), ..counter() };
            for (kind, hour, minute, long, weekday) in runs {
                let kind = [HoursKind::Ordinary, HoursKind::Extended, HoursKind::Off][kind];
                let from = time(hour, minute, 0, 0);
                let Some(to) = super::time(minutes(from) + long) else { continue };
                let weekdays = if weekday == 0 { Vec::new() } else { vec![weekday] };
                counter.hours.push(Hours { weekdays, ..hours(kind, from, to) });
                if counter.check().is_err() {
                    counter.hours.pop();
                }
            }
            prop_assume!(counter.check().is_ok());
            let calendar = calendar();
            let works = calendar.is_working_day(day).unwrap();
            let slots = counter.slots(day, &calendar).unwrap();
            for slot in &slots {
                prop_assert_eq!(minutes(slot.to) - minutes(slot.from), i64::from(length));
                let within = counter.hours.iter().any(|hours| {
                    (hours.kind == HoursKind::Off) != works && hours.from <= slot.from && slot.to <= hours.to
                });
                prop_assert!(within, "{:?} on a day that works: {}", slot, works);
                prop_assert_eq!(counter.slot(day, slot.from, &calendar).unwrap(), Some(*slot));
            }
            for pair in slots.windows(2) {
                prop_assert!(pair[0].to <= pair[1].from);
            }
            // And none is left out: what is over in a run is shorter than a slot.
            let open: i64 = counter.hours.iter().filter(|hours| hours.holds(day, works))
                .map(|hours| (minutes(hours.to) - minutes(hours.from)) / i64::from(length)).sum();
            prop_assert_eq!(i64::try_from(slots.len()).unwrap(), open);
        }
    }
}
