//! Whose turn it is to help, under load and from two hosts at once; tutoring sessions; on both databases.
#![allow(clippy::unwrap_used, reason = "tests can't go on")]

#[macro_use]
mod city;

use std::collections::BTreeMap;

use city::{Kept, division};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use lotus_domain::account::AccountId;
use lotus_domain::assistance::KIND;
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::kind::shipped;
use lotus_domain::material::Holder;
use lotus_domain::tutoring::{Code, LONGEST, Party, Remark, Session};
use lotus_store::{NewCase, Opened, Store};

const HELPERS: [&str; 4] = ["h1", "h2", "h3", "h4"];

fn helpers() -> Vec<AccountId> {
    HELPERS.iter().map(|helper| AccountId((*helper).to_owned())).collect()
}

fn plain(random: u64) -> NewCase {
    let (case, first) = city::case(random);
    let token = Hash::of(case.number.as_str().as_bytes());
    NewCase { case, first, token, record: None, notices: Vec::new() }
}

fn asked(random: u64) -> NewCase {
    let mut new = plain(random);
    new.case.definition = shipped(KIND).unwrap().clone();
    new.case.state = new.case.definition.initial.to_string();
    new.case.number = CaseNumber::new(&division("411081"), date(2026, 3, 1), new.case.definition.code, random);
    new.token = Hash::of(new.case.number.as_str().as_bytes());
    new
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

fn session(id: &str, holder: u8, code: u32) -> Session {
    Session {
        id: id.to_owned(),
        code: Code::new(code).hash(),
        holder: Holder::Browser(Hash([holder; 32])),
        subject: "items/A".to_owned(),
        started: at(0),
        ends: at(0) + LONGEST,
        helper: None,
        ended: None,
    }
}

fn said(words: &str, second: i64) -> Remark {
    Remark { sequence: 0, at: at(second), by: Party::Helper, field: Some("name".into()), words: words.to_owned() }
}

async fn counted(store: &Store) -> BTreeMap<String, u64> {
    let counted = store.case_count_assigned(&division("411081")).await.unwrap();
    counted.into_iter().map(|(account, count)| (account.0, count)).collect()
}

on_both! {
    async fn two_hosts_at_once_give_no_helper_more_than_their_turn(kept: Kept) {
        let other = Store::open(&kept.config, city::keyring()).await.unwrap();
        let mut asking = Vec::new();
        for random in 0..40 {
            let store = if random % 2 == 0 { kept.store.clone() } else { other.clone() };
            asking.push(tokio::spawn(async move {
                store.assistance_open(division("411081"), asked(random), helpers(), None).await.unwrap()
            }));
        }
        for one in asking {
            assert_eq!(one.await.unwrap(), Opened::New);
        }
        let all = counted(&kept.store).await;
        assert!(HELPERS.iter().all(|helper| all.get(*helper) == Some(&10)), "{all:?}");
    }

    async fn one_application_has_one_open_assistance_and_one_form_one_case(kept: Kept) {
        let whole = plain(100);
        let parent = whole.case.number.clone();
        kept.store.case_open(division("411081"), whole).await.unwrap();
        let mut first = asked(101);
        first.case.parent = Some(parent.clone());
        let mut second = asked(102);
        second.case.parent = Some(parent);
        let open = |new: NewCase| kept.store.assistance_open(division("411081"), new, helpers(), None);
        assert_eq!(open(first.clone()).await.unwrap(), Opened::New);
        assert_eq!(open(first.clone()).await.unwrap(), Opened::Before(first.case.number.clone()), "the same form");
        assert_eq!(open(second).await.unwrap(), Opened::Before(first.case.number), "another form");
        assert_eq!(counted(&kept.store).await, BTreeMap::from([("h1".to_owned(), 1)]));
    }

    async fn where_nobody_helps_a_case_is_opened_and_waits(kept: Kept) {
        let opened = kept.store.assistance_open(division("411081"), asked(1), Vec::new(), None).await.unwrap();
        assert_eq!(opened, Opened::New);
        assert!(counted(&kept.store).await.is_empty());
        let code = shipped(KIND).unwrap().code;
        let assign = |helpers: Vec<AccountId>| kept.store.assistance_assign(division("411081"), code, helpers);
        assert_eq!(assign(Vec::new()).await.unwrap(), []);
        let given = assign(helpers()).await.unwrap();
        assert_eq!(given.iter().map(|(_, helper)| helper.0.as_str()).collect::<Vec<_>>(), ["h1"]);
        assert_eq!(assign(helpers()).await.unwrap(), [], "it has its helper");
        let without = helpers().split_off(1);
        assert_eq!(assign(without).await.unwrap().len(), 1, "who helps no more has nothing");
        assert_eq!(counted(&kept.store).await, BTreeMap::from([("h2".to_owned(), 1)]));
    }

    async fn a_code_lets_one_helper_in_and_a_session_that_is_over_takes_no_word(kept: Kept) {
        let here = division("411081");
        let store = &kept.store;
        assert!(store.tutoring_begin(here.clone(), session("a", 1, 7)).await.unwrap());
        assert!(!store.tutoring_begin(here.clone(), session("b", 1, 8)).await.unwrap(), "one for each draft");
        assert!(!store.tutoring_begin(here.clone(), session("c", 2, 7)).await.unwrap(), "one for each code");
        let join = |code: u32, helper: &str, second| {
            store.tutoring_join(here.clone(), Code::new(code).hash(), AccountId(helper.to_owned()), at(second))
        };
        assert_eq!(join(9, "h1", 1).await.unwrap(), None);
        assert_eq!(join(7, "h1", 1).await.unwrap().unwrap().id, "a");
        assert!(join(7, "h1", 2).await.unwrap().is_some(), "the same helper may come again");
        assert_eq!(join(7, "h2", 2).await.unwrap(), None, "another may not");
        assert!(store.tutoring_say(here.clone(), "a".into(), said("请看这里", 3)).await.unwrap());
        assert!(store.tutoring_say(here.clone(), "a".into(), said("", 4)).await.unwrap());
        let words = store.tutoring_said(&here, "a").await.unwrap();
        assert_eq!(words.iter().map(|one| one.sequence).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(words.first().unwrap().words, "请看这里");
        let over = at(0) + LONGEST;
        assert!(!store.tutoring_say(here.clone(), "a".into(), Remark { at: over, ..said("", 0) }).await.unwrap());
        assert_eq!(store.tutoring_list_over(&here, over, 10).await.unwrap().len(), 1);
        assert!(store.tutoring_end(here.clone(), "a".into(), over).await.unwrap());
        assert!(!store.tutoring_end(here.clone(), "a".into(), over).await.unwrap(), "once");
        assert_eq!(store.tutoring_sweep(here.clone(), over + SignedDuration::from_secs(1)).await.unwrap(), 1);
        assert!(store.tutoring_said(&here, "a").await.unwrap().is_empty());
    }

    async fn a_session_that_ran_out_makes_room_for_the_next(kept: Kept) {
        let here = division("411081");
        assert!(kept.store.tutoring_begin(here.clone(), session("a", 1, 7)).await.unwrap());
        let started = at(0) + LONGEST;
        let next = Session { started, ends: started + LONGEST, ..session("b", 1, 8) };
        assert!(kept.store.tutoring_begin(here.clone(), next).await.unwrap());
        let found = kept.store.tutoring_of(&here, &Holder::Browser(Hash([1; 32])), "items/A").await.unwrap();
        assert_eq!(found.unwrap().id, "b");
    }
}
