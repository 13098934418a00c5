//! Bookings, waiting numbers and home visits under load, on both databases.
#![allow(clippy::unwrap_used, reason = "tests can't go on")]

#[macro_use]
mod city;

use std::collections::BTreeSet;

use city::{Kept, division};
use jiff::Timestamp;
use jiff::civil::{date, time};
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::appointment::{Booking, BookingState, Halls, NotBooked, Township};
use lotus_domain::text::Text;
use lotus_domain::visit::{Visit, VisitBody, VisitReason, VisitState};

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
}
