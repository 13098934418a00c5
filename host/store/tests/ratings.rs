//! Ratings: given once, counted when they are locked and not before, taken out when they are misjudged; on both databases.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

#[macro_use]
mod city;

use city::{Kept, division};
use jiff::{SignedDuration, Timestamp};
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::case::{Actor, CaseNumber, Event, Happening};
use lotus_domain::chain::Hash;
use lotus_domain::kind::{Role, shipped};
use lotus_domain::mark::Mark;
use lotus_domain::rating::{Body, Cell, Channel, Grade, RECTIFICATION, Rated, Rater, Rating, Screening, Standing};
use lotus_domain::text::Text;
use lotus_store::{Called, Device, NewCase, NewRating, Rate, Step};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

fn rating(id: u32, grade: Grade, locked: bool) -> Rating {
    Rating {
        id: format!("{id:016x}"),
        of: Rated::Visit(format!("{id:012x}")),
        department: "文化广电和旅游局".into(),
        item: Some("XC01".into()),
        month: "2026-02".into(),
        grade,
        tags: vec!["slow".into()],
        channel: Channel::Mobile,
        named: false,
        made: at(i64::from(id)),
        locks: at(i64::from(id) + if locked { 0 } else { 600 }),
        locked,
        standing: Standing::Counted,
        rated: vec!["handler-1".into()],
        body: Body {
            text: "等了很久".into(),
            rater: Rater { account: Some(AccountId("someone".into())), ..Rater::default() },
            ..Body::default()
        },
        screening: Screening::Clean,
        public_text: Some("等了很久".into()),
        rectification: None,
        rectified: None,
        outcome: None,
    }
}

fn new(rating: Rating, rectification: Option<NewCase>) -> NewRating {
    NewRating {
        since: rating.made - SignedDuration::from_hours(1),
        rating,
        client: "127.0.0.1".into(),
        rater: Some("someone".into()),
        held_from: 3,
        most: 5,
        rectification,
    }
}

fn rectification(random: u64) -> NewCase {
    let (mut case, first) = city::case(random);
    case.definition = shipped(RECTIFICATION).unwrap().clone();
    case.state = case.definition.initial.to_string();
    case.number = CaseNumber::new(&division("411081"), jiff::civil::date(2026, 3, 1), case.definition.code, random);
    let first = Event::seal(&case.number, None, Happening { to: case.state.clone(), ..first.happening });
    let token = Hash::of(case.number.as_str().as_bytes());
    NewCase { case, first, token, record: None, notices: Vec::new() }
}

/// A step of a case into a state, for a reason.
fn step(new: &NewCase, after: &Event, to: &str, reason: &str) -> Step {
    let happening = Happening {
        at: at(1000),
        actor: Actor { role: Role::Supervision, account: Some("officer".into()) },
        action: "step".into(),
        from: Some(new.case.state.clone()),
        to: to.into(),
        reason: Some(Text::zh(reason)),
        basis: None,
        remark: None,
    };
    let event = Event::seal(&new.case.number, Some(after), happening);
    let mut case = new.case.clone();
    (case.state, case.revision) = (to.into(), event.sequence);
    Step::new(case, event)
}

async fn counted(kept: &Kept) -> Vec<Cell> {
    kept.store.rating_count_list(&division("411081"), "2026-01", "2026-12", 100).await.unwrap()
}

on_both! {
    async fn a_rating_is_given_once_corrected_by_its_rater_and_counts_when_it_is_locked(kept: Kept) {
        let here = division("411081");
        let put = async |new: NewRating| kept.store.rating_put(here.clone(), new).await.unwrap();
        let first = rating(1, Grade::VeryDissatisfied, false);
        assert_eq!(put(new(first.clone(), None)).await, Rate::New(Standing::Counted));
        assert!(counted(&kept).await.is_empty(), "not before it is locked");
        assert!(kept.store.rating_list_department(&here, None, 10).await.unwrap().is_empty(), "nor is it read");

        let corrected = Rating { id: "2".into(), grade: Grade::Dissatisfied, made: at(60), ..first.clone() };
        let another = NewRating { rater: Some("another".into()), ..new(corrected.clone(), None) };
        assert!(matches!(put(another).await, Rate::Before(_)));
        assert_eq!(put(new(corrected.clone(), None)).await, Rate::Corrected);
        let late = Rating { made: at(3600), ..corrected.clone() };
        assert!(matches!(put(new(late, None)).await, Rate::Before(_)), "not once the time is over");

        // What was read before it was corrected locks nothing.
        assert!(!kept.store.rating_lock(here.clone(), first.clone(), Some(rectification(1))).await.unwrap());
        let due = kept.store.rating_list_due(&here, at(700), 10).await.unwrap();
        assert_eq!(due.len(), 1);
        let (one, other) = tokio::join!(
            kept.store.rating_lock(here.clone(), due[0].clone(), Some(rectification(2))),
            kept.store.rating_lock(here.clone(), due[0].clone(), Some(rectification(3))),
        );
        assert!(one.unwrap() != other.unwrap(), "two hosts lock it once");
        let cells = counted(&kept).await;
        assert_eq!((cells.len(), cells[0].counts.grades), (1, [0, 0, 0, 1, 0]));
        let kept_now = kept.store.rating_of(&here, &first.of).await.unwrap().unwrap();
        assert!(kept_now.locked && kept_now.rectification.is_some());
        assert_eq!(kept_now.rectified.as_deref(), Some("to-verify"));
        assert_eq!(kept.store.rating_list_rater(&here, &AccountId("someone".into()), 10).await.unwrap().len(), 1);
        assert!(kept.store.rating_list_rater(&here, &AccountId("another".into()), 10).await.unwrap().is_empty());
        assert!(kept.store.rating_of(&division("411082"), &first.of).await.unwrap().is_none(), "another district's");
    }

    async fn too_many_from_one_place_are_held_and_then_not_taken(kept: Kept) {
        use Rate::{New, TooMany};
        use Standing::{Counted, Held};
        let here = division("411081");
        let mut became = Vec::new();
        for id in 0..7 {
            let given = new(rating(id, Grade::VeryDissatisfied, true), Some(rectification(u64::from(id) + 10)));
            became.push(kept.store.rating_put(here.clone(), given).await.unwrap());
        }
        assert_eq!(became, [New(Counted), New(Counted), New(Counted), New(Held), New(Held), TooMany, TooMany]);
        assert_eq!(counted(&kept).await[0].counts.total(), 3);
        let held = kept.store.rating_list_held(&here, 10).await.unwrap();
        assert_eq!(held.len(), 2);
        assert!(held.iter().all(|one| one.rectification.is_none()));
        let counts = Rating { standing: Counted, ..held[0].clone() };
        assert!(kept.store.rating_check(here.clone(), counts.clone(), Some(rectification(40))).await.unwrap());
        assert!(!kept.store.rating_check(here.clone(), counts, Some(rectification(41))).await.unwrap(), "once");
        let not = Rating { standing: Standing::Discarded, ..held[1].clone() };
        assert!(kept.store.rating_check(here.clone(), not, None).await.unwrap());
        assert_eq!(counted(&kept).await[0].counts.total(), 4);
    }

    async fn what_becomes_of_its_case_becomes_of_the_rating_and_of_what_counts(kept: Kept) {
        let here = division("411081");
        let (one, other) = (rectification(50), rectification(51));
        for (id, case) in [(1, &one), (2, &other)] {
            let given = new(rating(id, Grade::Dissatisfied, true), Some(case.clone()));
            kept.store.rating_put(here.clone(), given).await.unwrap();
        }
        assert_eq!(kept.store.rating_people(&here, &one.case.number).await.unwrap(), ["handler-1"]);
        let misjudged = step(&one, &one.first, "misjudged", "与本部门无关");
        assert!(kept.store.case_append(here.clone(), misjudged.clone()).await.unwrap());
        assert!(!kept.store.case_append(here.clone(), misjudged).await.unwrap());
        let found = kept.store.rating_put_right_by(&here, &one.case.number).await.unwrap().unwrap();
        assert_eq!((found.standing, found.body.why.as_deref()), (Standing::Misjudged, Some("与本部门无关")));
        assert_eq!(found.public_text, None, "what is misjudged is public no more");
        let published = step(&other, &other.first, "published", "已培训，电话13900000001");
        assert!(kept.store.case_append(here.clone(), published).await.unwrap());
        let cells = counted(&kept).await;
        assert_eq!((cells[0].counts.grades, cells[0].counts.rectified), ([0, 0, 0, 1, 0], 1));
        let public = kept.store.rating_list_public(&here, None, Some("XC01"), 10).await.unwrap();
        assert_eq!(public.len(), 1);
        assert_eq!(public[0].outcome.as_deref(), Some("已培训，电话***********"));
        assert!(kept.store.rating_list_public(&here, Some("商务局"), None, 10).await.unwrap().is_empty());
        let rated = kept.store.rating_list_rectified(&here, "published", None, 10).await.unwrap();
        assert_eq!(rated.len(), 1);
    }

    async fn a_text_that_waits_is_decided_once_and_calls_and_tablets_are_found_by_what_is_known_of_them(kept: Kept) {
        let here = division("411081");
        let waits = Rating { screening: Screening::Held, public_text: None, ..rating(1, Grade::Satisfied, true) };
        kept.store.rating_put(here.clone(), new(waits.clone(), None)).await.unwrap();
        assert_eq!(kept.store.rating_list_texts(&here, 10).await.unwrap().len(), 1);
        let text = Some("某科长很好".to_owned());
        assert!(kept.store.rating_text_decide(here.clone(), waits.id.clone(), text).await.unwrap());
        assert!(!kept.store.rating_text_decide(here.clone(), waits.id.clone(), None).await.unwrap());
        assert_eq!(kept.store.rating_import(here.clone(), vec![waits, rating(9, Grade::Satisfied, true)]).await.unwrap(), 1);

        let mark = |number: &str| Mark::telephone(number).unwrap();
        let call = Called { id: "c1".into(), department: "商务局".into(), by: "desk".into(), at: at(0) };
        kept.store.rating_call_put(here.clone(), call.clone(), mark("13900000001")).await.unwrap();
        let since = at(-60);
        assert_eq!(kept.store.rating_call_list(&here, &mark("139 0000 0001"), since, 10).await.unwrap(), [call]);
        assert!(kept.store.rating_call_list(&here, &mark("13900000002"), since, 10).await.unwrap().is_empty());

        let device = Device {
            id: "tablet-1".into(),
            counter: Slug::parse("comprehensive").unwrap(),
            issued: at(0),
            issued_by: "admin".into(),
            ended: None,
        };
        let secret = Hash::of(b"code");
        kept.store.rating_device_put(here.clone(), device.clone(), secret).await.unwrap();
        assert_eq!(kept.store.rating_device_of(&here, &secret).await.unwrap(), Some(device));
        assert!(kept.store.rating_device_end(here.clone(), "tablet-1".into(), at(5)).await.unwrap());
        assert_eq!(kept.store.rating_device_of(&here, &secret).await.unwrap(), None, "out of use");
        assert!(kept.store.rating_device_list(&here, 10).await.unwrap()[0].ended.is_some());
    }
}
