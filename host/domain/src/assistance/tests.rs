//! Offers, mandates and turns, by example and by property.

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::calendar::{Calendar, tests::year_2026};
use crate::case::{Actor, CaseNumber, FollowSecret, Happening, Subject};
use crate::clock::Clocks;
use crate::district::Division;
use crate::kind::{Role, shipped};
use crate::supervision::Rules;

const TODAY: Date = date(2026, 3, 3);

fn born(day: Date) -> Facts {
    Facts { birthday: Some(day), ..Facts::default() }
}

fn item(themes: &[&str], joint: &[&str]) -> Item {
    let text = |name: &&str| serde_json::json!({ "zh": name });
    let period = serde_json::json!({ "amount": 5, "unit": "working-day" });
    serde_json::from_value(serde_json::json!({
        "code": "A", "basic_code": "A", "name": { "zh": "某事项" }, "summary": { "zh": "某" }, "item_type": "01",
        "basis": [], "level": "4", "body": "1", "department": { "zh": "某局" }, "served": ["natural-person"],
        "joint_bodies": joint.iter().map(text).collect::<Vec<_>>(), "handling": "promised", "statutory": period,
        "themes": themes.iter().map(text).collect::<Vec<_>>(), "promised": period, "conditions": [], "process": [],
        "result": { "name": { "zh": "证" } }, "channels": [], "visits": 0
    }))
    .unwrap()
}

fn ways(facts: &Facts, item: Option<&Item>) -> Vec<Way> {
    offers(facts, item, TODAY).iter().map(|offer| offer.way).collect()
}

#[test]
fn somebody_is_elderly_from_the_sixtieth_birthday_on() {
    assert!(born(date(1966, 3, 3)).is_elderly(TODAY));
    assert!(!born(date(1966, 3, 4)).is_elderly(TODAY));
    assert!(!Facts::default().is_elderly(TODAY));
    assert!(Facts::of_number(Some("11010519491231002X")).is_elderly(TODAY), "nobody has to say so");
}

#[test]
fn each_of_the_four_ways_is_offered_to_whom_the_regulation_says() {
    assert_eq!(ways(&Facts::default(), None), [Way::Other]);
    assert_eq!(ways(&Facts::default(), Some(&item(&["开办企业"], &[]))), [Way::Complex, Way::Other]);
    assert_eq!(ways(&Facts::default(), Some(&item(&[], &["税务局"]))), [Way::Complex, Way::Other]);
    assert_eq!(ways(&Facts::default(), Some(&item(&["老年生活"], &[]))), [Way::Other]);
    for project in Project::ALL {
        let facts = Facts { project: Some(project), ..Facts::default() };
        assert_eq!(ways(&facts, None), [Way::Project, Way::Other]);
    }
    for care in Care::ALL {
        let facts = Facts { cares: BTreeSet::from([care]), ..Facts::default() };
        let offers = offers(&facts, None, TODAY);
        assert!(offers[0].first && offers[0].reason.zh.contains(&care.title().zh), "{offers:?}");
    }
}

#[test]
fn what_was_given_in_a_form_is_read_as_facts() {
    let given = |name: &str, value| FieldValue { name: name.to_owned(), value };
    let facts = Facts::of(&[
        given("identity-number", Value::Text("11010519491231002X".into())),
        given("care", Value::Options(vec!["pregnant".into(), "nonsense".into()])),
        given("project", Value::Options(vec!["key".into()])),
    ]);
    assert_eq!(facts.cares(TODAY), BTreeSet::from([Care::Elderly, Care::Pregnant]));
    assert_eq!(facts.project, Some(Project::Key));
}

proptest! {
    #[test]
    fn whatever_is_added_nothing_of_the_regulations_offers_is_taken_away(
        year in 1930_i16..2020, cares in proptest::collection::btree_set(0_usize..4, 0..4), added in 0_usize..5
    ) {
        let cares = cares.into_iter().map(|at| Care::ALL[at]).collect();
        let facts = Facts { cares, ..born(date(year, 6, 1)) };
        let own = offers(&facts, None, TODAY);
        let more = (0..added).map(|at| {
            let text = Text::zh(format!("{at}"));
            ("p".to_owned(), HelpOffer { kind: HelpKind::OnBehalf, title: text.clone(), reason: text })
        });
        let all = with_added(own.clone(), more);
        prop_assert_eq!(&all[..own.len()], &own[..]);
        prop_assert_eq!(all.len(), own.len() + added);
        prop_assert!(all[own.len()..].iter().all(|offer| !offer.first), "no plugin says who comes first");
        prop_assert_eq!(own.iter().any(|offer| offer.first), !facts.cares(TODAY).is_empty());
    }

    #[test]
    fn helpers_never_differ_by_more_than_one_case_whoever_asks_in_which_order(helpers in 1_usize..12, cases in 0_usize..60) {
        let helpers: Vec<AccountId> = (0..helpers).map(|at| AccountId(format!("h{at:02}"))).collect();
        let mut open: BTreeMap<AccountId, u64> = BTreeMap::new();
        for _ in 0..cases {
            let counted: Vec<(AccountId, u64)> = open.iter().map(|(account, count)| (account.clone(), *count)).collect();
            let next = next_helper(&helpers, &counted).unwrap().clone();
            let mut turned = helpers.clone();
            turned.reverse();
            prop_assert_eq!(next_helper(&turned, &counted), Some(&next), "the order of the list decides nothing");
            *open.entry(next).or_default() += 1;
        }
        let counts: Vec<u64> = helpers.iter().map(|helper| open.get(helper).copied().unwrap_or(0)).collect();
        prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
    }
}

#[test]
fn where_nobody_helps_it_is_nobodys_turn() {
    assert_eq!(next_helper(&[], &[(AccountId("a".into()), 3)]), None);
}

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
    format!("{text}T09:00:00+08:00").parse().unwrap()
}

/// A case of assistance, asked for on 3 March 2026, moved through these steps.
fn moved(city: &City, until: Date, steps: &[(&str, &str, Role)]) -> (Case, Vec<Event>) {
    let definition = shipped(KIND).unwrap().clone();
    let division = Division::parse("411081").unwrap();
    let number = CaseNumber::new(&division, TODAY, definition.code, 7);
    let values = vec![FieldValue { name: "until".to_owned(), value: Value::Date(until) }];
    let mut case = Case {
        division,
        number: number.clone(),
        title: Text::zh("帮办代办"),
        message: None,
        subject: Subject::Matter {
            title: Text::zh("帮办代办"), department: Text::zh("政务服务中心"), item: None
        },
        state: definition.initial.to_string(),
        clocks: Clocks::begin(city.office(), &definition, at("2026-03-03")).unwrap(),
        definition,
        application: Application { values, labels: Vec::new(), options: Vec::new() },
        revision: 1,
        submitted: at("2026-03-03"),
        priority: 0,
        parent: None,
        assigned: None,
        secret: FollowSecret::new(1).hash(),
        account: None,
    };
    let first = Happening {
        at: case.submitted,
        actor: Actor { role: Role::Applicant, account: None },
        action: "submit".to_owned(),
        from: None,
        to: case.state.clone(),
        reason: None,
        basis: None,
        remark: None,
    };
    let mut events = vec![Event::seal(&number, None, first)];
    for (step, day, role) in steps {
        let actor = Actor { role: *role, account: None };
        let happening = case.happening(step, actor, at(day), Some(Text::zh("因故")), None).unwrap();
        let event = Event::seal(&number, events.last(), happening);
        case = case.after(city.office(), &event).unwrap();
        events.push(event);
    }
    (case, events)
}

fn ends(case: &Case) -> String {
    case.clocks.step.as_ref().unwrap().deadline.day().to_string()
}

#[test]
fn a_mandate_ends_with_its_own_day_where_that_is_earlier_than_the_kinds() {
    let city = City::new();
    let (case, _) = moved(&city, date(2026, 4, 1), &[("accept", "2026-03-04", Role::Helper)]);
    assert_eq!(ends(&case), "2026-04-01");
    assert!(holds(&case));
    let (noted, _) =
        moved(&city, date(2026, 4, 1), &[("accept", "2026-03-04", Role::Helper), ("note", "2026-03-20", Role::Helper)]);
    assert_eq!(ends(&noted), "2026-04-01", "a note changes no mandate");
    let (long, _) = moved(&city, date(2027, 3, 1), &[("accept", "2026-03-04", Role::Helper)]);
    assert_eq!(ends(&long), "2026-09-04", "no mandate is longer than the kind lets it be");
}

#[test]
fn a_renewed_mandate_holds_as_long_again_as_it_was_first_given_for() {
    let city = City::new();
    let suspended = [("accept", "2026-03-04", Role::Helper), ("suspend", "2026-03-20", Role::Helper)];
    let (case, _) = moved(&city, date(2026, 4, 2), &suspended);
    assert!(!holds(&case), "a suspended mandate lets nobody look");
    let renewed = [suspended[0], suspended[1], ("renew", "2026-05-06", Role::Applicant)];
    let (case, _) = moved(&city, date(2026, 4, 2), &renewed);
    assert_eq!(ends(&case), "2026-06-05", "thirty days again");
    assert!(holds(&case));
}

#[test]
fn the_end_of_a_mandate_is_nobodys_lateness() {
    let city = City::new();
    let (case, _) = moved(&city, date(2026, 4, 1), &[("accept", "2026-03-04", Role::Helper)]);
    let late = at("2026-04-03");
    assert!(case.clocks.seen(late).is_empty());
    let over = case.clocks.step.as_ref().unwrap().deadline.at();
    assert!(case.clocks.next(None).is_some_and(|next| next <= over), "but the platform looks, and ends it");
}

#[test]
fn the_five_papers_come_with_their_events() {
    let city = City::new();
    let steps = [
        ("accept", "2026-03-04", Role::Helper),
        ("suspend", "2026-03-20", Role::Helper),
        ("renew", "2026-03-21", Role::Applicant),
        ("end", "2026-03-25", Role::Helper),
    ];
    let (case, events) = moved(&city, date(2026, 4, 1), &steps);
    let all: Vec<PaperKind> = papers(&case, &events).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(all, PaperKind::ALL);
    let (case, events) = moved(&city, date(2026, 4, 1), &[("withdraw", "2026-03-04", Role::Applicant)]);
    assert!(papers(&case, &events).is_empty(), "what was never taken up has no papers");
}

#[test]
fn the_form_asks_for_scope_end_and_the_mandate_itself() {
    let form = form(Known::default(), None, shipped(KIND).unwrap(), TODAY);
    form.check().unwrap();
    let errors = form.read(&crate::form::Typed::new()).unwrap_err();
    let wrong: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    for needed in ["name", "identity-number", "telephone", "scope", "until", "mandate"] {
        assert!(wrong.contains(&needed), "{needed}: {wrong:?}");
    }
    let day = |day: &str| {
        let typed = std::iter::once(("until".to_owned(), vec![day.to_owned()])).collect();
        form.read(&typed).unwrap_err().iter().all(|error| error.field != "until")
    };
    assert!(day("2026-03-03") && day("2026-09-03"));
    assert!(!day("2026-03-02") && !day("2026-09-04"));
}
