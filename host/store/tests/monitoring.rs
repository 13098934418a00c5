//! Counting on both databases: each event once, whoever counts and however often; all over again gives the same; of one matter
//! one case; a bulletin stays as it was published.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

#[macro_use]
mod city;

use std::collections::BTreeMap;
use std::sync::Arc;

use city::{Kept, case, clocks, division};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use lotus_domain::Slug;
use lotus_domain::audit::Done;
use lotus_domain::calendar::Calendar;
use lotus_domain::case::{Actor, Case, Event};
use lotus_domain::chain::Hash;
use lotus_domain::kind::Role;
use lotus_domain::law::Period;
use lotus_domain::monitoring::{Grain, Matter, Month, Tally, Unusual, measure};
use lotus_domain::text::Text;
use lotus_store::{Anomaly, BulletinKept, CaseFile, NewCase, Slice, Step, Store, Tallied};

fn yuzhou() -> lotus_domain::district::Division {
    division("411081")
}

async fn fold(store: &Store, limit: u32) -> Tallied {
    let calendar = Arc::new(Calendar::new(2025, 2028, &[]).unwrap());
    store.tally_fold(yuzhou(), calendar, TimeZone::fixed(jiff::tz::offset(8)), limit).await.unwrap()
}

async fn all_folded(store: &Store, limit: u32) {
    while store.tally_is_behind(&yuzhou()).await.unwrap() {
        fold(store, limit).await;
    }
}

type Series = BTreeMap<Matter, BTreeMap<String, Tally>>;

async fn counted(store: &Store) -> (Series, Series) {
    let months = Slice::Months(Month::parse("2025-01").unwrap(), Month::parse("2027-12").unwrap());
    let days = Slice::Days(date(2025, 1, 1), date(2027, 12, 31));
    let read = async |slice| store.tally_list_series(&yuzhou(), &slice).await.unwrap();
    (read(months).await, read(days).await)
}

/// What follows on a case: take it, answer it.
fn next(case: &Case, last: &Event, action: &str, days: i64) -> (Case, Event) {
    let at = case.submitted.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap();
    let actor = Actor { role: Role::Handler, account: None };
    let happening = case.happening(action, actor, at, Some(Text::zh("已核实")), None).unwrap();
    let event = Event::seal(&case.number, Some(last), happening);
    let after = Case {
        state: event.happening.to.clone(),
        revision: event.sequence,
        clocks: clocks(Period::working_days(5)),
        ..case.clone()
    };
    (after, event)
}

/// A case with its first event, its taking and its answer after so many days.
fn whole(random: u64, days: i64) -> Vec<(Case, Event)> {
    let (begun, first) = case(random);
    let (taken, second) = next(&begun, &first, "take", 1);
    let (answered, third) = next(&taken, &second, "answer", days);
    vec![(begun, first), (taken, second), (answered, third)]
}

fn found(id: u64, start: jiff::civil::Date) -> (Anomaly, NewCase) {
    let (case, first) = case(id);
    let find = Unusual {
        indicator: Slug::parse("used-mean").unwrap(),
        family: Slug::parse("time").unwrap(),
        grain: Grain::Month,
        start,
        matter: Matter { item: "XC01-411081".to_owned(), department: "市场监督管理局".to_owned() },
        value: 9.2,
        usual: 4.1,
        spread: 0.4,
        days: 21,
        periods: 12,
        volume: 30,
        chance: 1e-6,
        slowed: None,
        course: vec![(start, Some(9.2))],
    };
    let anomaly = Anomaly {
        id: format!("{id:016x}"),
        found: Timestamp::from_second(1_772_000_000).unwrap(),
        ended: None,
        number: case.number.clone(),
        find,
        sentence: Text::new("平均用时 9.2 个工作日，往常 4.1 个工作日。", "9.2, usually 4.1."),
    };
    let token = Hash::of(case.number.as_str().as_bytes());
    (anomaly, NewCase { case, first, token, record: None, notices: Vec::new() })
}

on_both! {
    async fn events_are_counted_once_however_many_count_at_once_and_all_over_again_gives_the_same(kept: Kept) {
        let store = kept.store.clone();
        let cases: Vec<_> = (0..60).map(|at| whole(at, 2 + i64::try_from(at % 17).unwrap())).collect();
        // Cases come in and move on while four count.
        let counting: Vec<_> = (0..4_u32).map(|at| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..40 {
                    fold(&store, 3 + at).await;
                    tokio::task::yield_now().await;
                }
            })
        }).collect();
        for steps in &cases {
            let (begun, first) = &steps[0];
            let file = CaseFile { case: begun.clone(), events: vec![first.clone()] };
            store.case_import(yuzhou(), vec![file]).await.unwrap();
        }
        for place in [1, 2] {
            for steps in &cases {
                let (after, event) = steps[place].clone();
                assert!(store.case_append(yuzhou(), Step::new(after, event)).await.unwrap());
            }
        }
        for one in counting {
            one.await.unwrap();
        }
        all_folded(&store, 7).await;
        let (months, days) = counted(&store).await;
        let mut sum = Tally::default();
        months.values().flat_map(BTreeMap::values).for_each(|tally| sum.merge(tally));
        assert_eq!((sum.get(measure::RECEIVED), sum.get(measure::DECIDED), sum.get(measure::TIMED)), (60, 60, 60));
        let mut by_day = Tally::default();
        days.values().flat_map(BTreeMap::values).for_each(|tally| by_day.merge(tally));
        assert_eq!(by_day, sum, "days and months are the same counts");
        assert_eq!(fold(&store, 100).await, Tallied::default(), "nothing is left to count");

        for limit in [1, 13, 500] {
            store.tally_forget(yuzhou()).await.unwrap();
            assert!(counted(&store).await.0.is_empty());
            all_folded(&store, limit).await;
            assert_eq!(counted(&store).await, (months.clone(), days.clone()), "by {limit}");
        }
    }

    async fn of_one_matter_one_case_is_open_and_what_came_before_its_end_is_not_found_again(kept: Kept) {
        let store = &kept.store;
        let march = date(2026, 3, 1);
        let trying: Vec<_> = (1..9).map(|id| {
            let (store, (anomaly, new)) = (store.clone(), found(id, march));
            tokio::spawn(async move { store.anomaly_open(yuzhou(), anomaly, new).await.unwrap() })
        }).collect();
        let mut opened = 0;
        for one in trying {
            opened += usize::from(one.await.unwrap());
        }
        assert_eq!(opened, 1);
        let list = store.anomaly_list(&yuzhou(), Timestamp::MAX, date(9999, 1, 1), 10).await.unwrap();
        assert_eq!(list.len(), 1);
        assert!(store.case_get(&yuzhou(), &list[0].number).await.unwrap().is_some(), "its case is there");
        let open = store.case_list_worklist(&yuzhou(), None, None, 50).await.unwrap();
        assert_eq!(open.len(), 1, "and no case of those that were late");

        assert!(store.anomaly_end(yuzhou(), list[0].id.clone(), date(2026, 4, 20)).await.unwrap());
        assert!(!store.anomaly_end(yuzhou(), list[0].id.clone(), date(2026, 4, 21)).await.unwrap(), "it ends once");
        let open = async |id, start| {
            let (anomaly, new) = found(id, start);
            store.anomaly_open(yuzhou(), anomaly, new).await.unwrap()
        };
        assert!(!open(20, march).await, "March was dealt with");
        assert!(!open(21, date(2026, 4, 1)).await, "so was April: it ended within");
        assert!(open(22, date(2026, 5, 1)).await, "May is a new matter");
        assert_eq!(store.anomaly_get(&yuzhou(), &format!("{:016x}", 22)).await.unwrap().unwrap().find, found(22, date(2026, 5, 1)).0.find);
    }

    async fn a_bulletin_is_published_once_and_its_hash_stands_in_the_audit_chain(kept: Kept) {
        let store = &kept.store;
        let month = Month::parse("2026-03").unwrap();
        let bulletin = |body: &str| BulletinKept {
            month,
            made: Timestamp::from_second(1_775_000_000).unwrap(),
            body: body.to_owned(),
            hash: Hash::of(body.as_bytes()),
        };
        let done = |hash: Hash| Done {
            at: Timestamp::from_second(1_775_000_000).unwrap(),
            actor: None,
            action: "bulletin-published".to_owned(),
            subject: "411081-2026-03".to_owned(),
            outcome: hash.to_string(),
            client: None,
        };
        let first = bulletin("{\"a\":1}");
        assert!(store.bulletin_publish(yuzhou(), first.clone(), done(first.hash)).await.unwrap());
        let second = bulletin("{\"a\":2}");
        assert!(!store.bulletin_publish(yuzhou(), second.clone(), done(second.hash)).await.unwrap());
        assert_eq!(store.bulletin_get(&yuzhou(), month).await.unwrap(), Some(first.clone()));
        assert_eq!(store.bulletin_list(&yuzhou(), 5).await.unwrap(), [(month, first.hash)]);
        let chain = store.audit_list(&yuzhou(), 0, 10).await.unwrap();
        assert_eq!(chain.len(), 1, "what was not published is not in the chain");
        assert_eq!(chain[0].done.outcome, first.hash.to_string());
    }

    async fn guides_and_a_demonstration_stand_beside_what_happened_and_are_put_in_place_of_themselves(kept: Kept) {
        let store = &kept.store;
        let month = Month::parse("2026-03").unwrap();
        let matter = Matter { item: "XC01-411081".to_owned(), department: "市场监督管理局".to_owned() };
        let tally = |what: &str, by: i64| {
            let mut tally = Tally::default();
            tally.add(what, by);
            BTreeMap::from([(matter.clone(), tally)])
        };
        for sound in [0, 1] {
            let mut guides = tally(measure::ITEMS, 1);
            guides.get_mut(&matter).unwrap().add(measure::SOUND, sound);
            store.tally_put_guides(yuzhou(), month, guides).await.unwrap();
        }
        assert!(!store.tally_is_demonstration(&yuzhou()).await.unwrap());
        let months = BTreeMap::from([(month, tally(measure::RECEIVED, 40))]);
        store.tally_put_demonstration(yuzhou(), months).await.unwrap();
        assert!(store.tally_is_demonstration(&yuzhou()).await.unwrap());
        store.tally_forget(yuzhou()).await.unwrap();
        let months = store.tally_list_months(&yuzhou(), month, month).await.unwrap();
        let sums = &months[&month];
        assert_eq!([measure::ITEMS, measure::SOUND, measure::RECEIVED].map(|what| sums.get(what)), [1, 1, 40]);
        assert_eq!(store.tally_list_matters(&yuzhou(), month).await.unwrap()[&matter].get(measure::RECEIVED), 40);
    }

    async fn ratings_count_with_the_month_that_they_were_given_in(kept: Kept) {
        kept.tamper(
            "INSERT INTO rating_count (division, month, department, item, grade_1, grade_2, grade_3, grade_4, grade_5,
                 rectified)
             VALUES ('411081', '2026-03', '市场监督管理局', 'XC01-411081', 5, 3, 1, 1, 0, 0),
                 ('411081', '2026-04', '市场监督管理局', '', 1, 0, 0, 0, 0, 0)",
        )
        .await;
        let march = Month::parse("2026-03").unwrap();
        let months = kept.store.tally_list_months(&yuzhou(), march, march.plus(1)).await.unwrap();
        let sums = [measure::RATED, measure::RATED_WELL, measure::GRADES].map(|what| months[&march].get(what));
        assert_eq!(sums, [10, 9, 5 * 5 + 3 * 4 + 3 + 2]);
        assert_eq!(months[&march.plus(1)].get(measure::RATED), 1);
        let matter = Matter { item: "XC01-411081".to_owned(), department: "市场监督管理局".to_owned() };
        assert_eq!(kept.store.tally_list_matters(&yuzhou(), march).await.unwrap()[&matter].get(measure::RATED), 10);
    }
}
