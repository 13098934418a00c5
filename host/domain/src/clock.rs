//! The legal clock 办理时限 of a case: when its promise, its statutory time and its current step end, what pauses them
//! and what gives time back (Administrative Licence Law, articles 32, 42, 44, 45).
//!
//! Invariant: a [`Deadline`] comes from a calendar and nothing else, and pausing never shortens what is left.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::calendar::{Calendar, CalendarError};
use crate::kind::{Clock, Definition, State, Transition};
use crate::law::{Period, TimeUnit};
use crate::supervision::{Ground, Level, Rules};

/// By what a city counts time: its working days, its zone, and when it wants to be warned.
#[derive(Debug, Clone, Copy)]
pub struct Office<'a> {
    /// Its working days.
    pub calendar: &'a Calendar,
    /// Its zone.
    pub zone: &'a TimeZone,
    /// When a deadline is near.
    pub rules: &'a Rules,
}

impl Office<'_> {
    /// The day of a moment.
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned_datetime(self.zone.clone()).date()
    }

    /// The moment at which a day begins.
    fn start(&self, day: Date) -> Result<Timestamp, CalendarError> {
        self.zone.to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| CalendarError::OutOfRange)
    }

    /// The moment at which a day ends: a term that ends on a day ends with it (Civil Code, article 203).
    fn end(&self, day: Date) -> Result<Timestamp, CalendarError> {
        self.start(day.tomorrow().map_err(|_| CalendarError::OutOfRange)?)
    }
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// From then on it is late.
    at: Timestamp,
    /// The last day on which it is not.
    day: Date,
    /// From then on it is near.
    near: Timestamp,
    /// A year on the way is not yet published.
    provisional: bool,
}

impl Deadline {
    /// The end of a period that begins now; the day on which it begins is not counted, hours are (Civil Code, article
    /// 201).
    pub fn new(office: Office<'_>, begins: Timestamp, period: Period) -> Result<Self, CalendarError> {
        if period.unit == TimeUnit::Hour {
            return Self::hours(office, begins, period);
        }
        let counted = office.calendar.deadline(office.day(begins), period)?;
        Self::on(office, counted.day, period, counted.provisional)
    }

    fn hours(office: Office<'_>, begins: Timestamp, period: Period) -> Result<Self, CalendarError> {
        let length = i64::from(period.amount) * 3600;
        let after = |seconds: i64| {
            begins.checked_add(jiff::SignedDuration::from_secs(seconds)).map_err(|_| CalendarError::OutOfRange)
        };
        let at = after(length)?;
        let day = office.day(at.checked_sub(jiff::SignedDuration::from_millis(1)).unwrap_or(at));
        let near = after(length - length * i64::from(office.rules.near_percent) / 100)?;
        Ok(Self { at, day, near, provisional: false })
    }

    /// The deadline that ends with this day.
    fn on(office: Office<'_>, day: Date, period: Period, provisional: bool) -> Result<Self, CalendarError> {
        let amount = i32::try_from(period.amount).map_err(|_| CalendarError::OutOfRange)?;
        let percent = i32::from(office.rules.near_percent);
        let least = i32::from(office.rules.near_working_days);
        let near = match period.unit {
            // What is due on the next working day is near on the day itself, not from its first minute.
            TimeUnit::WorkingDay if amount <= least => day,
            TimeUnit::WorkingDay => office.calendar.add_working_days(day, -(amount * percent / 100).max(least))?.day,
            TimeUnit::Hour | TimeUnit::Day | TimeUnit::Month | TimeUnit::Year => {
                let days = amount
                    * match period.unit {
                        TimeUnit::Month => 30,
                        TimeUnit::Year => 365,
                        _ => 1,
                    };
                let back = i64::from((days * percent / 100).min(days));
                day.checked_sub(jiff::Span::new().days(back)).map_err(|_| CalendarError::OutOfRange)?
            }
        };
        Ok(Self { at: office.end(day)?, day, near: office.start(near)?, provisional })
    }

    /// The same, so much later.
    fn extended(self, office: Office<'_>, of: Period, by: Period) -> Result<Self, CalendarError> {
        if of.unit == TimeUnit::Hour {
            return Self::new(office, self.at, by);
        }
        let counted = office.calendar.deadline(self.day, by)?;
        let length = if of.unit == by.unit { of.amount + by.amount } else { of.amount };
        Self::on(office, counted.day, Period { amount: length, ..of }, self.provisional || counted.provisional)
    }

    /// The same, with the time between two moments given back.
    fn given_back(
        self,
        office: Office<'_>,
        of: Period,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Self, CalendarError> {
        let (first, last) = (office.day(from), office.day(until));
        match of.unit {
            TimeUnit::Hour => {
                let away = until.duration_since(from);
                let later = |at: Timestamp| at.checked_add(away).map_err(|_| CalendarError::OutOfRange);
                let at = later(self.at)?;
                Ok(Self { at, day: office.day(at), near: later(self.near)?, ..self })
            }
            TimeUnit::WorkingDay => {
                let days = office.calendar.count_working_days(first, last)?;
                let counted = office.calendar.add_working_days(self.day, days)?;
                Self::on(office, counted.day, of, self.provisional || counted.provisional)
            }
            TimeUnit::Day | TimeUnit::Month | TimeUnit::Year => {
                let away = (last - first).get_days();
                let away = Period { amount: u32::try_from(away).unwrap_or(0), unit: TimeUnit::Day };
                let counted = office.calendar.deadline(self.day, away)?;
                Self::on(office, counted.day, of, self.provisional || counted.provisional)
            }
        }
    }

    /// From then on it is late.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The last day on which it is not.
    pub const fn day(&self) -> Date {
        self.day
    }

    /// From then on it is near.
    pub const fn near(&self) -> Timestamp {
        self.near
    }

    /// A year on the way is not yet published: computed from weekends alone.
    pub const fn provisional(&self) -> bool {
        self.provisional
    }
}

/// The limit of the step that a case is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepClock {
    /// The limit's name in the definition.
    pub name: Slug,
    /// When it ends.
    pub deadline: Deadline,
    /// Its end is nobody's lateness.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lapses: bool,
}

/// A case's clocks: the fold of its events over its definition and the calendar, kept beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// When the promise began to run; none before.
    pub started: Option<Timestamp>,
    /// The end of the promise 承诺时限.
    pub promised: Option<Deadline>,
    /// The end of the statutory time 法定时限.
    pub statutory: Option<Deadline>,
    /// The end of the step.
    pub step: Option<StepClock>,
    /// Since when the promise does not run though it had begun.
    pub away: Option<Timestamp>,
    /// It was extended already.
    #[serde(default)]
    pub extended: bool,
    /// The promise runs now.
    #[serde(default)]
    pub running: bool,
}

/// Something that supervision sees at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// How grave it is.
    pub level: Level,
    /// What it is.
    pub ground: Ground,
    /// The deadline that it is about.
    pub deadline: Deadline,
}

impl Clocks {
    /// The clocks of a case that begins now in its first state.
    pub fn begin(office: Office<'_>, definition: &Definition, at: Timestamp) -> Result<Self, CalendarError> {
        let Some(state) = definition.state(definition.initial.as_str()) else { return Ok(Self::default()) };
        Self::default().entered(office, definition, state, at)
    }

    /// The clocks after a transition into a state.
    pub fn after(
        &self,
        office: Office<'_>,
        definition: &Definition,
        step: Option<&Transition>,
        into: &State,
        at: Timestamp,
    ) -> Result<Self, CalendarError> {
        let mut clocks = self.clone();
        if let Some(by) = step.and_then(|step| step.extends).filter(|_| !clocks.extended) {
            let later = |deadline: Option<Deadline>, of: Period| {
                deadline.map(|deadline| deadline.extended(office, of, by)).transpose()
            };
            clocks.promised = later(clocks.promised, definition.promised)?;
            clocks.statutory = later(clocks.statutory, definition.statutory.unwrap_or(definition.promised))?;
            clocks.extended = true;
        }
        clocks.entered(office, definition, into, at)
    }

    fn entered(
        mut self,
        office: Office<'_>,
        definition: &Definition,
        state: &State,
        at: Timestamp,
    ) -> Result<Self, CalendarError> {
        let statutory = definition.statutory;
        self.running = state.clock == Clock::Running;
        match (self.running, self.started, self.away) {
            (true, None, _) => {
                self.started = Some(at);
                self.promised = Some(Deadline::new(office, at, definition.promised)?);
                self.statutory = statutory.map(|period| Deadline::new(office, at, period)).transpose()?;
            }
            (true, Some(_), Some(away)) => {
                let back = |deadline: Option<Deadline>, of: Period| {
                    deadline.map(|deadline| deadline.given_back(office, of, away, at)).transpose()
                };
                self.promised = back(self.promised, definition.promised)?;
                self.statutory = back(self.statutory, statutory.unwrap_or(definition.promised))?;
                self.away = None;
            }
            (false, Some(_), None) => self.away = Some(at),
            (true, Some(_), None) | (false, _, _) => {}
        }
        self.step = match &state.limit {
            None => None,
            Some(limit) => {
                // Moving among states that share a limit does not begin it anew.
                let same = self.step.take().filter(|step| step.name == limit.name);
                let begun = || {
                    let deadline = Deadline::new(office, at, limit.within)?;
                    Ok(StepClock { name: limit.name.clone(), deadline, lapses: limit.lapses })
                };
                Some(same.map_or_else(begun, Ok)?)
            }
        };
        Ok(self)
    }

    /// The same, with a step that began then and ends with this day at the latest.
    pub fn step_until(mut self, office: Office<'_>, began: Timestamp, day: Date) -> Result<Self, CalendarError> {
        if let Some(step) = self.step.as_mut().filter(|step| day < step.deadline.day) {
            let days = (day - office.day(began)).get_days().max(0);
            let length = Period { amount: u32::try_from(days).unwrap_or(0), unit: TimeUnit::Day };
            step.deadline = Deadline::on(office, day, length, false)?;
        }
        Ok(self)
    }

    /// The deadline that comes next among those that count now.
    pub fn due(&self) -> Option<Deadline> {
        let promised = self.promised.filter(|_| self.running);
        let step = self.step.as_ref().map(|step| step.deadline);
        [promised, step].into_iter().flatten().min_by_key(|deadline| deadline.at)
    }

    /// What supervision sees now: each kind of deadline at its gravest.
    pub fn seen(&self, now: Timestamp) -> Vec<Seen> {
        let mut seen = Vec::new();
        let mut see = |deadline: Deadline, near: Option<Ground>, level: Level, late: Ground| {
            if now >= deadline.at {
                seen.push(Seen { level, ground: late, deadline });
            } else if let Some(ground) = near.filter(|_| now >= deadline.near) {
                seen.push(Seen { level: Level::Reminder, ground, deadline });
            }
        };
        if self.running {
            if let Some(promised) = self.promised {
                see(promised, Some(Ground::PromiseNear), Level::Red, Ground::PromiseOverdue);
            }
            if let Some(statutory) = self.statutory {
                see(statutory, None, Level::Notice, Ground::StatutoryOverdue);
            }
        }
        if let Some(step) = self.step.as_ref().filter(|step| !step.lapses) {
            see(step.deadline, Some(Ground::StepNear), Level::Yellow, Ground::StepOverdue);
        }
        seen
    }

    /// The first moment after `since` at which supervision sees something new; the first of all where none is given.
    pub fn next(&self, since: Option<Timestamp>) -> Option<Timestamp> {
        let promised = self.promised.filter(|_| self.running);
        let statutory = self.statutory.filter(|_| self.running);
        let step = self.step.as_ref().map(|step| step.deadline);
        let moments = [promised, step].into_iter().flatten().flat_map(|deadline| [deadline.near, deadline.at]);
        let moments = moments.chain(statutory.map(|deadline| deadline.at));
        moments.filter(|moment| since.is_none_or(|since| *moment > since)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::tests::year_2026;
    use crate::kind::shipped;
    use proptest::prelude::*;

    struct City {
        calendar: Calendar,
        zone: TimeZone,
        rules: Rules,
    }

    impl City {
        fn new() -> Self {
            let zone = TimeZone::fixed(jiff::tz::offset(8));
            Self { calendar: Calendar::new(2025, 2028, &[year_2026()]).unwrap(), zone, rules: Rules::default() }
        }

        fn office(&self) -> Office<'_> {
            Office { calendar: &self.calendar, zone: &self.zone, rules: &self.rules }
        }
    }

    fn at(text: &str) -> Timestamp {
        format!("{text}+08:00").parse().unwrap()
    }

    /// An application's clocks, moved through its transitions at these moments.
    fn application(city: &City, steps: &[(&str, &str)]) -> Clocks {
        let definition = shipped("application").unwrap();
        let mut state = definition.initial.to_string();
        let mut clocks = Clocks::default();
        for (step, moment) in steps {
            let at = at(moment);
            if *step == "submit" {
                clocks = Clocks::begin(city.office(), definition, at).unwrap();
                continue;
            }
            let step = definition.transition(step).unwrap();
            assert!(step.leaves(&state), "{} from {state}", step.id);
            state = step.target(&state).to_owned();
            let into = definition.state(&state).unwrap();
            clocks = clocks.after(city.office(), definition, Some(step), into, at).unwrap();
        }
        clocks
    }

    #[test]
    fn a_correction_notice_is_due_five_working_days_after_the_application_whatever_the_step() {
        let city = City::new();
        let submitted = application(&city, &[("submit", "2026-02-12T10:00:00")]);
        // 13 and 14 February are working days, then the Spring Festival until the 23rd, then 24, 25, 26.
        let due = submitted.due().unwrap();
        assert_eq!(due.day().to_string(), "2026-02-26");
        assert_eq!(due.at(), at("2026-02-27T00:00:00"));
        let received = application(
            &city,
            &[
                ("submit", "2026-02-12T10:00:00"),
                ("pre-review", "2026-02-13T09:00:00"),
                ("pass", "2026-02-24T09:00:00"),
            ],
        );
        assert_eq!(received.due(), Some(due));
    }

    #[test]
    fn the_promise_runs_from_acceptance_and_a_special_procedure_stops_it() {
        let city = City::new();
        let steps = [
            ("submit", "2026-03-02T10:00:00"),
            ("pre-review", "2026-03-02T10:30:00"),
            ("pass", "2026-03-02T11:00:00"),
            ("accept", "2026-03-03T09:00:00"),
            ("review", "2026-03-03T10:00:00"),
        ];
        let running = application(&city, &steps);
        assert_eq!(running.promised.unwrap().day().to_string(), "2026-03-31");
        let paused = application(&city, &[&steps[..], &[("begin-special", "2026-03-10T09:00:00")]].concat());
        assert_eq!(paused.due(), None);
        assert!(paused.seen(at("2027-01-01T00:00:00")).is_empty(), "a paused clock warns nobody");
        let resumed = [&steps[..], &[("begin-special", "2026-03-10T09:00:00"), ("end-special", "2026-03-17T16:00:00")]];
        let resumed = application(&city, &resumed.concat());
        assert_eq!(resumed.promised.unwrap().day().to_string(), "2026-04-08");
    }

    #[test]
    fn an_extension_is_given_once() {
        let city = City::new();
        let mut steps = vec![
            ("submit", "2026-03-02T10:00:00"),
            ("pre-review", "2026-03-02T10:30:00"),
            ("pass", "2026-03-02T11:00:00"),
            ("accept", "2026-03-03T09:00:00"),
            ("review", "2026-03-03T10:00:00"),
            ("ask-extension", "2026-03-20T10:00:00"),
            ("extend", "2026-03-20T11:00:00"),
        ];
        let once = application(&city, &steps);
        assert_eq!(once.promised.unwrap().day().to_string(), "2026-04-15");
        assert_eq!(once.promised, once.statutory);
        steps.extend([("ask-extension", "2026-04-10T10:00:00"), ("extend", "2026-04-10T11:00:00")]);
        assert_eq!(application(&city, &steps).promised, once.promised);
    }

    #[test]
    fn a_deadline_warns_before_it_is_late() {
        let city = City::new();
        let deadline = Deadline::new(city.office(), at("2026-03-03T09:00:00"), Period::working_days(20)).unwrap();
        assert_eq!(deadline.near(), at("2026-03-25T00:00:00"), "a fifth of the time is left");
        let short = Deadline::new(city.office(), at("2026-03-03T09:00:00"), Period::working_days(3)).unwrap();
        assert_eq!(short.near(), at("2026-03-05T00:00:00"), "one working day is left");
        let urgent = Period { amount: 2, unit: TimeUnit::Hour };
        let urgent = Deadline::new(city.office(), at("2026-03-03T23:00:00"), urgent).unwrap();
        assert_eq!((urgent.at(), urgent.near()), (at("2026-03-04T01:00:00"), at("2026-03-04T00:36:00")));
    }

    #[test]
    fn supervision_sees_each_deadline_at_its_gravest() {
        let city = City::new();
        let clocks = application(
            &city,
            &[
                ("submit", "2026-03-02T10:00:00"),
                ("pre-review", "2026-03-02T10:30:00"),
                ("pass", "2026-03-02T11:00:00"),
                ("accept", "2026-03-03T09:00:00"),
            ],
        );
        let levels = |moment: &str| clocks.seen(at(moment)).iter().map(|seen| seen.level).collect::<Vec<_>>();
        assert_eq!(levels("2026-03-24T23:59:59"), []);
        assert_eq!(levels("2026-03-25T00:00:00"), [Level::Reminder]);
        assert_eq!(levels("2026-04-01T00:00:00"), [Level::Red, Level::Notice]);
        assert_eq!(clocks.next(None), Some(at("2026-03-25T00:00:00")));
        assert_eq!(clocks.next(Some(at("2026-03-25T00:00:00"))), Some(at("2026-04-01T00:00:00")));
        assert_eq!(clocks.next(Some(at("2026-04-01T00:00:00"))), None);
    }

    proptest! {
        #[test]
        fn pausing_never_shortens_what_is_left(
            begins in 0_i64..400 * 24, pause in 0_i64..60 * 24, resume in 0_i64..200 * 24, amount in 1_u32..60,
            unit in prop::sample::select(vec![TimeUnit::Hour, TimeUnit::WorkingDay, TimeUnit::Day, TimeUnit::Month]),
        ) {
            let city = City::new();
            let office = city.office();
            let amount = if unit == TimeUnit::Month { amount % 6 + 1 } else { amount };
            let period = Period { amount, unit };
            let hours = |start: Timestamp, hours: i64| start.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
            let begins = hours(at("2025-03-01T09:00:00"), begins);
            let paused = hours(begins, pause);
            let resumed = hours(paused, resume);
            let before = Deadline::new(office, begins, period).unwrap();
            let after = before.given_back(office, period, paused, resumed).unwrap();
            match unit {
                TimeUnit::Hour => prop_assert_eq!(after.at.duration_since(resumed), before.at.duration_since(paused)),
                TimeUnit::WorkingDay => prop_assert_eq!(
                    city.calendar.count_working_days(office.day(resumed), after.day),
                    city.calendar.count_working_days(office.day(paused), before.day)
                ),
                _ => {
                    let left = |due: Date, from: Timestamp| (due - office.day(from)).get_days();
                    prop_assert!(left(after.day, resumed) >= left(before.day, paused));
                }
            }
            prop_assert!(after.near <= after.at);
        }
    }
}
