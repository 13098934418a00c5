//! A year of cases to fill a store with: 300,000 of them make 1.2 million events, as a city of this size has.
//!
//! Plausible people and enterprises, no real ones; the same seed gives the same city. Invariant: every case is what the
//! engine itself would have made of it: its history verifies, its clocks are the fold of its events.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lotus_domain::calendar::{Calendar, CalendarError};
use lotus_domain::case::{Actor, Application, Case, CaseNumber, Event, FollowSecret, Happening, Subject};
use lotus_domain::catalog::DistrictItem;
use lotus_domain::clock::{Clocks, Office};
use lotus_domain::district::Division;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::kind::{Definition, Role, shipped};
use lotus_domain::rating::Rating;
use lotus_domain::supervision::Rules;
use lotus_domain::text::Text;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::City;

/// Family names by how many bear them, the commonest of the 2020 census of names.
const FAMILY: &[&str] =
    &["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭"];
/// Characters that given names are made of.
const GIVEN: &[&str] =
    &["伟", "芳", "娜", "敏", "静", "磊", "强", "洋", "艳", "勇", "杰", "娟", "涛", "明", "超", "兰", "霞", "平"];

/// An application's way, and how long after the step before each is made, in hours.
const APPLICATION: &[(&str, Role, i64)] = &[
    ("pre-review", Role::Clerk, 4),
    ("pass", Role::Clerk, 2),
    ("accept", Role::Clerk, 20),
    ("review", Role::Handler, 24),
    ("grant", Role::Handler, 30),
    ("complete", Role::Handler, 4),
];
/// A value-added service's.
const SERVICE: &[(&str, Role, i64)] = &[("take", Role::Handler, 8), ("answer", Role::Handler, 40)];

/// Makes cases of one district, one after another.
pub struct Load<'a> {
    random: StdRng,
    division: Division,
    items: Vec<&'a DistrictItem>,
    calendar: Calendar,
    zone: TimeZone,
    rules: Rules,
    now: Timestamp,
    /// Of how many cases one is still open.
    one_open_in: usize,
    made: usize,
}

impl std::fmt::Debug for Load<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Load").field("division", &self.division).field("made", &self.made).finish_non_exhaustive()
    }
}

impl<'a> Load<'a> {
    /// Cases of this district in the year before `now`, of which one in so many is still open.
    pub fn new(city: &'a City, division: &Division, now: Timestamp, one_open_in: usize) -> Result<Self, CalendarError> {
        Ok(Self {
            random: StdRng::seed_from_u64(20_260_101),
            division: division.clone(),
            items: city.items.iter().filter(|item| item.division == *division).collect(),
            calendar: Calendar::new(2020, 2040, &city.calendar)?,
            zone: TimeZone::fixed(jiff::tz::offset(8)),
            rules: Rules::default(),
            now,
            one_open_in: one_open_in.max(1),
            made: 0,
        })
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.random.random_range(0..of.len().max(1))).copied()
    }

    fn name(&mut self) -> String {
        let parts = [self.pick(FAMILY), self.pick(GIVEN), self.pick(GIVEN)];
        parts.into_iter().flatten().collect()
    }

    fn after(&mut self, at: Timestamp, hours: i64) -> Timestamp {
        let minutes = self.random.random_range(1..=hours * 60);
        at.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap_or(at)
    }

    /// How its applicant rates a case that was made, in the shares of a real city; not everybody does.
    pub fn rating(&mut self, case: &Case, events: &[Event]) -> Option<Rating> {
        let day = self.zone.to_datetime(events.last()?.happening.at).date();
        crate::rating::of_case(&mut self.random, case, events, day)
    }

    /// The next case with its history, as the engine would have made it.
    fn make(&mut self) -> Result<(Case, Vec<Event>), CalendarError> {
        let is_open = self.made.is_multiple_of(self.one_open_in);
        self.made += 1;
        let hours = if is_open { 40 } else { 365 * 24 };
        let least = if is_open { 0 } else { 150 * 60 };
        let before = jiff::SignedDuration::from_mins(self.random.random_range(least + 1..=least + hours * 60));
        let begun = self.now.checked_sub(before).unwrap_or(self.now);
        let begun = Timestamp::from_millisecond(begun.as_millisecond()).unwrap_or(begun);
        let items = std::mem::take(&mut self.items);
        let item = self.pick(&items);
        self.items = items;
        // A quarter are applications of up to seven events, the others services of three: four on average.
        let item = item.filter(|_| self.made.is_multiple_of(4));
        let (definition, way) = match item {
            Some(item) => (shipped("application").map(|kind| item.item.definition(kind.clone())), APPLICATION),
            None => (shipped("service").cloned(), SERVICE),
        };
        let definition = definition.ok_or(CalendarError::OutOfRange)?;
        let (case, first) = self.begun(item, definition, begun)?;
        let mut events = vec![first];
        let mut case = case;
        let steps = if is_open { self.random.random_range(0..way.len()) } else { way.len() };
        let mut at = begun;
        for (action, by, hours) in way.iter().take(steps) {
            at = self.after(at, *hours);
            if at > self.now {
                break;
            }
            let actor = Actor { role: *by, account: Some(format!("load-{}", by.name())) };
            let Ok(happening) = case.happening(action, actor, at, None, None) else { break };
            let event = Event::seal(&case.number, events.last(), happening);
            let office = Office { calendar: &self.calendar, zone: &self.zone, rules: &self.rules };
            case = case.after(office, &event)?;
            events.push(event);
        }
        Ok((case, events))
    }

    fn begun(
        &mut self,
        item: Option<&DistrictItem>,
        definition: Definition,
        at: Timestamp,
    ) -> Result<(Case, Event), CalendarError> {
        let name = self.name();
        let telephone = format!("199{:08}", self.random.random_range(0..100_000_000_u32));
        let office = Office { calendar: &self.calendar, zone: &self.zone, rules: &self.rules };
        let number = CaseNumber::new(&self.division, office.day(at), definition.code, self.random.random());
        let first = Event::seal(
            &number,
            None,
            Happening {
                at,
                actor: Actor { role: Role::Applicant, account: None },
                action: "submit".to_owned(),
                from: None,
                to: definition.initial.to_string(),
                reason: None,
                basis: definition.basis.clone(),
                remark: None,
            },
        );
        let text =
            |field: &str, value: &str| FieldValue { name: field.to_owned(), value: Value::Text(value.to_owned()) };
        let subject = match item {
            Some(DistrictItem { item, .. }) => Subject::Item {
                code: item.code.clone(),
                version: item.version,
                title: item.name.clone(),
                department: item.department.clone(),
                joint: Vec::new(),
            },
            None => Subject::Service {
                service: "load".to_owned(),
                title: Text::zh("增值服务"),
                department: Text::zh("营商环境和社会信用建设中心"),
                package: "00".repeat(32),
            },
        };
        let case = Case {
            division: self.division.clone(),
            number,
            title: Text::zh(format!("{}：{name}", subject.title().zh)),
            message: None,
            subject,
            state: definition.initial.to_string(),
            clocks: Clocks::begin(office, &definition, at)?,
            definition,
            application: Application {
                values: vec![text("name", &name), text("telephone", &telephone)],
                labels: vec![("name".to_owned(), Text::zh("姓名")), ("telephone".to_owned(), Text::zh("手机号码"))],
                options: Vec::new(),
            },
            revision: 1,
            submitted: at,
            priority: 0,
            parent: None,
            assigned: None,
            secret: FollowSecret::new(self.random.random()).hash(),
            account: None,
        };
        Ok((case, first))
    }
}

impl Iterator for Load<'_> {
    type Item = Result<(Case, Vec<Event>), CalendarError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.make())
    }
}

#[cfg(test)]
mod tests {
    use lotus_domain::case::History;

    use super::*;

    #[test]
    fn what_is_made_is_what_the_engine_would_have_made() {
        let city = crate::city().unwrap();
        let division = Division::parse("411081").unwrap();
        let now = "2026-11-02T10:00:00+08:00".parse().unwrap();
        let mut events = 0;
        let mut open = 0;
        for made in Load::new(&city, &division, now, 10).unwrap().take(4000) {
            let (case, history) = made.unwrap();
            assert_eq!(History(history.clone()).verify(&case.number), Ok(case.state.as_str()));
            assert_eq!(case.revision as usize, history.len());
            assert!(history.iter().all(|event| event.happening.at <= now));
            events += history.len();
            open += usize::from(case.is_open());
        }
        assert!((14_000..17_000).contains(&events), "about four events a case: {events}");
        assert!((400..1500).contains(&open), "{open}");
    }
}
