//! Bookings, waiting numbers and home visits under load, on both databases.
#![allow(clippy::unwrap_used, reason = "tests can't go on")]

#[macro_use]
mod city;

use std::collections::BTreeSet;

use city::{Kept, case, division};
use jiff::Timestamp;
use jiff::civil::{date, time};
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::appointment::{Booking, BookingState, Halls, NotBooked, Township};
use lotus_domain::text::Text;
use lotus_domain::visit::{Visit, VisitBody, VisitReason, VisitState};
use lotus_store::{Became, NewCase};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

fn booking(id: &str, account: Option<&str>, matter: &str) -> Booking {
    Booking {
        id: id.to_owned(),
        counter: Slug::parse("comprehensive").unwrap(),
        day: date(2026, 3, 2),
        from: time(9, 0, 0, 0),
        account: account.map(|account| AccountId(account.to_owned())),
        matter: matter.to_owned(),
        state: BookingState::Booked,
        number: None,
        made: at(0),
        case: None,
    }
}

fn visit(id: &str, account: &str) -> Visit {
    let body = VisitBody {
        township: "神垕镇".to_owned(),
        address: "老街 1 号".to_owned(),
        reason: VisitReason::Disability,
        words: String::new(),
        matter: "残疾人证办理".to_owned(),
        telephone: "13912345678".to_owned(),
    };
    let (day, state) = (date(2026, 3, 3), VisitState::Ordered);
    Visit { id: id.to_owned(), account: AccountId(account.to_owned()), day, state, body, made: at(0), case: None }
}

fn answers(random: u64) -> NewCase {
    let (case, first) = case(random);
    let token = lotus_domain::chain::Hash::of(case.number.as_str().as_bytes());
    NewCase { case, first, token, record: None, notices: Vec::new() }
}

on_both! {
    async fn sixty_four_at_once_for_the_last_places_get_as_many_as_there_are(kept: Kept) {
        let mut trying = Vec::new();
        for person in 0..64 {
            let store = kept.store.clone();
            trying.push(tokio::spawn(async move {
                let new = booking(&format!("b{person}"), Some(&format!("p{person}")), "户口迁移");
                store.booking_book(division("411081"), new, 5, at(100), None).await.unwrap()
            }));
        }
        let mut booked = 0;
        for one in trying {
            match one.await.unwrap() {
                Ok(()) => booked += 1,
                Err(not) => assert_eq!(not, NotBooked::Full),
            }
        }
        assert_eq!(booked, 5);
        let day = date(2026, 3, 2);
        let taken = kept.store.booking_taken(&division("411081"), day, day).await.unwrap();
        assert_eq!(taken, vec![(Slug::parse("comprehensive").unwrap(), day, time(9, 0, 0, 0), 5)]);
        // A place that is given back is booked again, once.
        let one = kept.store.booking_list_day(&division("411081"), day).await.unwrap().remove(0);
        let holder = one.account.unwrap();
        assert!(kept.store.booking_cancel(division("411081"), holder.clone(), one.id.clone()).await.unwrap());
        assert!(!kept.store.booking_cancel(division("411081"), holder, one.id).await.unwrap());
        let late = booking("late", Some("late"), "户口迁移");
        assert_eq!(kept.store.booking_book(division("411081"), late, 5, at(100), None).await.unwrap(), Ok(()));
        let later = booking("later", Some("later"), "户口迁移");
        assert_eq!(kept.store.booking_book(division("411081"), later, 5, at(100), None).await.unwrap(), Err(NotBooked::Full));
    }

    async fn one_person_has_one_open_booking_for_a_matter_however_often_they_click(kept: Kept) {
        let mut clicks = Vec::new();
        for click in 0..16 {
            let store = kept.store.clone();
            clicks.push(tokio::spawn(async move {
                let new = booking(&format!("b{click}"), Some("one"), "户口迁移");
                store.booking_book(division("411081"), new, 50, at(100), None).await.unwrap()
            }));
        }
        let mut booked = 0;
        for one in clicks {
            booked += usize::from(one.await.unwrap().is_ok());
        }
        assert_eq!(booked, 1);
        let other = booking("other", Some("one"), "残疾人证办理");
        assert_eq!(kept.store.booking_book(division("411081"), other, 50, at(100), None).await.unwrap(), Ok(()));
    }

    async fn every_waiting_number_is_given_once_and_called_once_in_order(kept: Kept) {
        let (place, day) = (division("411081"), date(2026, 3, 2));
        kept.store.booking_book(place.clone(), booking("booked", Some("one"), "户口迁移"), 5, at(100), None).await.unwrap().unwrap();
        let mut coming = Vec::new();
        for person in 0..24 {
            let store = kept.store.clone();
            coming.push(tokio::spawn(async move {
                store.booking_walk_in(division("411081"), booking(&format!("w{person}"), None, ""), at(50)).await.unwrap()
            }));
        }
        let mut numbers = BTreeSet::new();
        for one in coming {
            numbers.insert(one.await.unwrap());
        }
        assert_eq!(numbers, (1..=24).collect());
        let arrive = |day| kept.store.booking_arrive(place.clone(), "booked".into(), day);
        assert_eq!(arrive(date(2026, 3, 3)).await.unwrap(), None, "on another day");
        assert_eq!(arrive(day).await.unwrap(), Some(25));
        assert_eq!(arrive(day).await.unwrap(), None, "once");
        let counter = Slug::parse("comprehensive").unwrap();
        let mut calling = Vec::new();
        for _ in 0..30 {
            let (store, counter) = (kept.store.clone(), counter.clone());
            calling.push(tokio::spawn(async move {
                store.booking_call(division("411081"), counter, day).await.unwrap().map(|called| called.number.unwrap())
            }));
        }
        let mut called = Vec::new();
        for one in calling {
            called.extend(one.await.unwrap());
        }
        called.sort_unstable();
        assert_eq!(called, (1..=25).collect::<Vec<_>>());
    }

    async fn who_does_not_come_is_marked_after_the_time_and_frees_the_place(kept: Kept) {
        let (place, one) = (division("411081"), AccountId("one".into()));
        kept.store.booking_book(place.clone(), booking("a", Some("one"), "户口迁移"), 1, at(100), None).await.unwrap().unwrap();
        assert_eq!(kept.store.booking_miss(place.clone(), at(100)).await.unwrap(), 0, "not before");
        assert_eq!(kept.store.booking_miss(place.clone(), at(101)).await.unwrap(), 1);
        assert_eq!(kept.store.booking_miss(place.clone(), at(101)).await.unwrap(), 0, "once");
        assert_eq!(kept.store.booking_missed(&place, &one, at(0)).await.unwrap(), vec![at(100)]);
        assert_eq!(kept.store.booking_missed(&place, &one, at(101)).await.unwrap(), vec![]);
        let again = booking("b", Some("two"), "户口迁移");
        assert_eq!(kept.store.booking_book(place, again, 1, at(100), None).await.unwrap(), Ok(()));
    }

    async fn halls_are_kept_and_visits_are_sealed_and_their_owners(kept: Kept) {
        let place = division("411081");
        let start = Township { name: Text::zh("政务服务中心"), latitude: 34.14, longitude: 113.48 };
        let halls = Halls { division: place.clone(), start, counters: Vec::new(), townships: Vec::new() };
        kept.store.halls_put(halls.clone()).await.unwrap();
        assert_eq!(kept.store.halls_get(&place).await.unwrap(), Some(halls));
        assert_eq!(kept.store.halls_get(&division("411082")).await.unwrap(), None);
        for (id, account) in [("v1", "one"), ("v2", "two")] {
            kept.store.visit_put(place.clone(), visit(id, account), None).await.unwrap();
        }
        let everything = kept.dump_of(&["visit_order"]).await;
        for secret in ["老街", "13912345678"] {
            assert!(!everything.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
        let (one, two) = (AccountId("one".into()), AccountId("two".into()));
        let move_on = |id: &str, account, to| kept.store.visit_move(place.clone(), id.to_owned(), account, to);
        assert!(!move_on("v1", Some(two), VisitState::Cancelled).await.unwrap(), "another's");
        assert!(move_on("v1", Some(one.clone()), VisitState::Cancelled).await.unwrap());
        assert!(move_on("v2", None, VisitState::Done).await.unwrap());
        assert!(!move_on("v2", None, VisitState::Done).await.unwrap(), "once");
        let day = kept.store.visit_list_day(&place, date(2026, 3, 3)).await.unwrap();
        assert_eq!(day.len(), 1, "what was cancelled is nobody's way");
        let mine = kept.store.visit_list_account(&place, &one, 9).await.unwrap();
        assert_eq!(mine, vec![Visit { state: VisitState::Cancelled, ..visit("v1", "one") }]);
    }

    async fn a_booking_begins_with_its_case_or_not_at_all_and_what_its_case_was_not_told_is_found(kept: Kept) {
        let (place, store) = (division("411081"), &kept.store);
        let book = |id: &str, random| {
            store.booking_book(place.clone(), booking(id, Some(id), "户口迁移"), 1, at(100), Some(answers(random)))
        };
        book("a", 1).await.unwrap().unwrap();
        assert_eq!(book("b", 2).await.unwrap(), Err(NotBooked::Full));
        let (first, second) = (answers(1).case.number, answers(2).case.number);
        assert!(store.case_get(&place, &first).await.unwrap().is_some());
        assert_eq!(store.case_get(&place, &second).await.unwrap(), None, "what is refused has no case");
        let mine = store.booking_list_account(&place, &AccountId("a".into()), 9).await.unwrap();
        assert_eq!(mine.iter().map(|booking| booking.case.clone()).collect::<Vec<_>>(), [Some(first.clone())]);
        assert_eq!(store.convenience_list_behind(&place, 9).await.unwrap(), []);

        assert_eq!(store.booking_miss(place.clone(), at(101)).await.unwrap(), 1);
        let behind = store.convenience_list_behind(&place, 9).await.unwrap().remove(0);
        assert_eq!((&behind.number, behind.became), (&first, Became::Booking(BookingState::Missed)));
        assert_eq!(store.convenience_list_behind(&division("411082"), 9).await.unwrap(), []);
        // Whoever read it before it changed again has not told its case of the last change.
        store.convenience_told(place.clone(), first.clone(), behind.changes - 1).await.unwrap();
        assert_eq!(store.convenience_list_behind(&place, 9).await.unwrap().len(), 1);
        store.convenience_told(place.clone(), first, behind.changes).await.unwrap();
        assert_eq!(store.convenience_list_behind(&place, 9).await.unwrap(), []);
    }

    async fn a_row_follows_a_step_that_is_made_at_its_case(kept: Kept) {
        let (place, store) = (division("411081"), &kept.store);
        let follow = |random, state: &str| {
            store.convenience_follow(place.clone(), answers(random).case.number, state.to_owned())
        };
        let new = booking("a", Some("a"), "户口迁移");
        store.booking_book(place.clone(), new, 1, at(100), Some(answers(1))).await.unwrap().unwrap();
        follow(1, "cancelled").await.unwrap();
        let new = booking("b", Some("b"), "户口迁移");
        let booked = store.booking_book(place.clone(), new, 1, at(100), Some(answers(2))).await.unwrap();
        assert_eq!(booked, Ok(()), "its place is free");
        follow(2, "arrived").await.unwrap();
        let day = store.booking_list_day(&place, date(2026, 3, 2)).await.unwrap();
        let of = |id: &str| day.iter().find(|booking| booking.id == id).map(|booking| (booking.state, booking.number));
        assert_eq!(of("a"), Some((BookingState::Cancelled, None)));
        assert_eq!(of("b"), Some((BookingState::Waiting, Some(1))), "with a number as at the counter");

        for (random, id) in [(3, "v1"), (4, "v2"), (5, "v3")] {
            store.visit_put(place.clone(), visit(id, "one"), Some(answers(random))).await.unwrap();
        }
        let mut planned = store.visit_plan(place.clone(), date(2026, 3, 3)).await.unwrap();
        planned.sort();
        assert_eq!(planned, ["v1", "v2", "v3"]);
        assert_eq!(store.visit_plan(place.clone(), date(2026, 3, 3)).await.unwrap(), Vec::<String>::new(), "once");
        for (random, state) in [(3, "declined"), (4, "asked"), (5, "visited")] {
            follow(random, state).await.unwrap();
            follow(random, state).await.unwrap();
        }
        let mine = store.visit_list_account(&place, &AccountId("one".into()), 9).await.unwrap();
        let states: Vec<_> = mine.iter().map(|visit| visit.state).collect();
        assert_eq!(states, [VisitState::Cancelled, VisitState::Ordered, VisitState::Done]);
        assert_eq!(mine.first().and_then(|visit| visit.case.clone()), Some(answers(3).case.number));
    }
}
