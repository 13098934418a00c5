//! What each event of a case adds to the tallies.
//!
//! Invariant: what an event adds depends on the events before it, the case's definition and the calendar alone. So it can
//! be added when the event is there, or all over again from the first, with the same sums.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::tally::{Counted, bucket_of, measure};
use crate::calendar::Calendar;
use crate::case::Subject;
use crate::clock::{Clocks, Office};
use crate::kind::{Clock, Definition, Meaning, Role};
use crate::supervision::Rules;

/// The kinds whose cases are applications for an item: what articles 31 to 37 promise.
const APPLICATION: &str = "application";
/// The kinds of grievance that speak against a service.
const AGAINST: [&str; 2] = ["complaint", "urgent"];
/// The kinds of grievance; their numbers are not of the item's handling.
const GRIEVANCES: [&str; 4] = ["complaint", "urgent", "question", "help"];
/// The kind of the cases that answer for bookings.
const BOOKING: &str = "appointment";

/// By what is counted.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'a> {
    /// Working days.
    pub calendar: &'a Calendar,
    /// The city's zone.
    pub zone: &'a TimeZone,
}

/// An event as far as it is counted: none of what people said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Its place, from 1.
    pub sequence: u32,
    /// When.
    pub at: Timestamp,
    /// As what somebody acted.
    pub role: Role,
    /// The transition, or `submit`.
    pub action: String,
    /// Into which state.
    pub to: String,
}

/// Under which item a case's events are counted: an implementation code for an application, `service:…` for a district's
/// service, the item of a grievance or nothing, nothing for a booking, `kind:…` for all else.
pub fn item_key(subject: &Subject, kind: &str) -> String {
    if let Subject::Service { service, .. } = subject {
        return format!("service:{service}");
    }
    if GRIEVANCES.contains(&kind) || kind == BOOKING {
        return subject.item().unwrap_or_default().to_owned();
    }
    match subject {
        Subject::Item { code, .. } if kind == APPLICATION => code.clone(),
        _ => format!("kind:{kind}"),
    }
}

/// Where a case is, as far as counting needs it.
struct Walk<'a> {
    counting: Counting<'a>,
    definition: &'a Definition,
    clocks: Clocks,
    /// Working days that the promise did not run after it had begun.
    away: i64,
    state: Option<String>,
    since: Timestamp,
    was_corrected: bool,
    is_decided: bool,
}

impl Walk<'_> {
    /// Working days from one moment's day to another's, the first not counted; none where the calendar does not reach.
    fn days(&self, from: Timestamp, to: Timestamp) -> i64 {
        let day = |at: Timestamp| at.to_zoned_datetime(self.counting.zone.clone()).date();
        let days = self.counting.calendar.count_working_days(day(from), day(to));
        days.map_or(0, |days| i64::from(days).max(0))
    }

    fn step(&mut self, event: &Happened, count: &mut dyn FnMut(&str, i64)) {
        let means = self.definition.transition(&event.action).and_then(|step| step.means);
        match &self.state {
            None => {
                count(measure::RECEIVED, 1);
                count(measure::ONLINE, i64::from(event.role == Role::Applicant));
            }
            Some(state) => self.stayed(state, event, count),
        }
        match means {
            Some(Meaning::Accepted) => {
                count(measure::ACCEPTED, 1);
                count(measure::DEEMED, i64::from(event.role == Role::System));
            }
            Some(Meaning::CorrectionAsked) => {
                count(measure::CORRECTIONS, 1);
                count(measure::CORRECTED, i64::from(!self.was_corrected));
                self.was_corrected = true;
            }
            Some(Meaning::NotAccepted) => count(measure::NOT_ACCEPTED, 1),
            Some(Meaning::Withdrawn) => count(measure::WITHDRAWN, 1),
            Some(Meaning::Granted | Meaning::Refused) if !self.is_decided => {
                self.is_decided = true;
                self.decided(event.at, means == Some(Meaning::Granted), count);
            }
            _ => {}
        }
        self.moved(event);
    }

    /// Time spent in a state, where somebody in the city had something to do.
    fn stayed(&self, state: &str, event: &Happened, count: &mut dyn FnMut(&str, i64)) {
        let open = self.definition.state(state).filter(|state| state.is_open() && state.clock != Clock::Paused);
        if open.is_some() {
            count(&format!("{}{state}", measure::STAY), self.days(self.since, event.at));
            count(&format!("{}{state}", measure::LEFT), 1);
        }
    }

    fn decided(&self, at: Timestamp, granted: bool, count: &mut dyn FnMut(&str, i64)) {
        count(measure::DECIDED, 1);
        count(if granted { measure::GRANTED } else { measure::REFUSED }, 1);
        let (Some(started), Some(promised)) = (self.clocks.started, self.clocks.promised) else { return };
        // What is decided while the clock stands still has used no more than until it stopped.
        let until = self.clocks.away.unwrap_or(at);
        let used = (self.days(started, until) - self.away).max(0);
        let days = self
            .counting
            .calendar
            .count_working_days(started.to_zoned_datetime(self.counting.zone.clone()).date(), promised.day());
        count(measure::TIMED, 1);
        count(measure::OVERDUE, i64::from(until >= promised.at()));
        count(measure::USED, used);
        count(measure::USED_SQUARES, used.saturating_mul(used));
        count(measure::PROMISED, days.map_or(0, |days| (i64::from(days) - self.away).max(0)));
        count(&bucket_of(used), 1);
    }

    fn moved(&mut self, event: &Happened) {
        let rules = Rules::default();
        let office = Office { calendar: self.counting.calendar, zone: self.counting.zone, rules: &rules };
        if let Some(into) = self.definition.state(&event.to) {
            if into.clock == Clock::Running
                && let Some(away) = self.clocks.away
            {
                self.away += self.days(away, event.at);
            }
            let step = self.definition.transition(&event.action);
            let moved = match self.state {
                None => Clocks::begin(office, self.definition, event.at),
                Some(_) => self.clocks.after(office, self.definition, step, into, event.at),
            };
            // Beyond the calendar's years no deadline can be said: the clocks stay as they were.
            if let Ok(clocks) = moved {
                self.clocks = clocks;
            }
        }
        self.state = Some(event.to.clone());
        self.since = event.at;
    }
}

/// What the events after a place add, given all of a case's events in their order.
pub fn tallied(
    counting: Counting<'_>,
    definition: &Definition,
    (item, department): (&str, &str),
    events: &[Happened],
    after: u32,
) -> Vec<Counted> {
    let kind = definition.id.as_str();
    let is_grievance = GRIEVANCES.contains(&kind);
    let mut walk = Walk {
        counting,
        definition,
        clocks: Clocks::default(),
        away: 0,
        state: None,
        since: Timestamp::UNIX_EPOCH,
        was_corrected: false,
        is_decided: false,
    };
    let mut all = Vec::new();
    for event in events {
        let is_first = walk.state.is_none();
        let day = event.at.to_zoned_datetime(counting.zone.clone()).date();
        let mut count = |what: &str, by: i64| {
            if event.sequence > after && by != 0 {
                let (item, department) = (item.to_owned(), department.to_owned());
                all.push(Counted { day, item, department, measure: what.to_owned(), by });
            }
        };
        if is_grievance {
            // A grievance is experience, whatever item it is about.
            let against = AGAINST.contains(&kind);
            count(measure::GRIEVANCES, i64::from(is_first && against));
            count(measure::UNSATISFIED, i64::from(against && matches!(event.action.as_str(), "object" | "appeal")));
            walk.state = Some(event.to.clone());
        } else if kind == BOOKING {
            count(measure::BOOKINGS, i64::from(is_first));
            count(measure::MISSED, i64::from(event.action == "miss"));
            walk.state = Some(event.to.clone());
        } else {
            walk.step(event, &mut count);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::tests::year_2026;
    use crate::kind::shipped;
    use crate::monitoring::Tally;
    use proptest::prelude::*;

    fn events(steps: &[(&str, Role, &str)]) -> Vec<Happened> {
        let definition = shipped("application").unwrap();
        let mut state = definition.initial.to_string();
        let mut all = Vec::new();
        for (at, (action, role, moment)) in steps.iter().enumerate() {
            if let Some(step) = definition.transition(action) {
                state = step.target(&state).to_owned();
            }
            all.push(Happened {
                sequence: u32::try_from(at).unwrap() + 1,
                at: format!("{moment}+08:00").parse().unwrap(),
                role: *role,
                action: (*action).to_owned(),
                to: state.clone(),
            });
        }
        all
    }

    fn sum(events: &[Happened], after: u32) -> Tally {
        let calendar = Calendar::new(2025, 2028, &[year_2026()]).unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let counting = Counting { calendar: &calendar, zone: &zone };
        let mut tally = Tally::default();
        for counted in tallied(counting, shipped("application").unwrap(), ("X", "局"), events, after) {
            tally.add(&counted.measure, counted.by);
        }
        tally
    }

    const WAY: &[(&str, Role, &str)] = &[
        ("submit", Role::Applicant, "2026-03-02T10:00:00"),
        ("pre-review", Role::Clerk, "2026-03-02T11:00:00"),
        ("return", Role::Clerk, "2026-03-02T12:00:00"),
        ("resubmit", Role::Applicant, "2026-03-03T09:00:00"),
        ("pass", Role::Clerk, "2026-03-03T10:00:00"),
        ("accept", Role::Clerk, "2026-03-03T11:00:00"),
        ("review", Role::Handler, "2026-03-04T09:00:00"),
        ("begin-special", Role::Handler, "2026-03-05T09:00:00"),
        ("end-special", Role::Handler, "2026-03-10T09:00:00"),
        ("grant", Role::Handler, "2026-03-12T09:00:00"),
        ("complete", Role::Handler, "2026-03-12T10:00:00"),
    ];

    #[test]
    fn what_a_case_adds_is_what_its_clock_would_say() {
        let tally = sum(&events(WAY), 0);
        let counts = [
            (measure::RECEIVED, 1),
            (measure::ONLINE, 1),
            (measure::ACCEPTED, 1),
            (measure::DEEMED, 0),
            (measure::CORRECTIONS, 1),
            (measure::DECIDED, 1),
            (measure::GRANTED, 1),
            (measure::OVERDUE, 0),
            // From Tuesday the third to Thursday the twelfth are seven working days, of which three stood still.
            (measure::USED, 4),
            ("used-04", 1),
            ("stay-review", 3),
        ];
        for (what, expected) in counts {
            assert_eq!(tally.get(what), expected, "{what}: {tally:?}");
        }
        assert_eq!(tally.get("left-special"), 0, "nobody in the city had it then");
    }

    #[test]
    fn nobody_saying_anything_in_time_is_counted_as_that() {
        let steps = [
            ("submit", Role::Applicant, "2026-03-02T10:00:00"),
            ("deem-accepted", Role::System, "2026-03-10T00:00:00"),
        ];
        assert_eq!(sum(&events(&steps), 0).get(measure::DEEMED), 1);
    }

    proptest! {
        #[test]
        fn events_counted_as_they_come_make_the_sums_of_all_at_once(mut cuts in proptest::collection::vec(0_u32..12, 0..6)) {
            let all = events(WAY);
            cuts.push(u32::try_from(all.len()).unwrap());
            cuts.sort_unstable();
            let mut together = Tally::default();
            let mut after = 0;
            for cut in cuts {
                let seen: Vec<_> = all.iter().filter(|event| event.sequence <= cut).cloned().collect();
                together.merge(&sum(&seen, after));
                after = after.max(cut);
            }
            prop_assert_eq!(together, sum(&all, 0));
        }
    }
}
