//! Cases are found again by keyed hashes alone; what is sealed comes under the newest key while everybody works. On both
//! databases.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

#[macro_use]
mod city;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use city::{Kept, case, division, event_after, keyring, record};
use jiff::Timestamp;
use lotus_domain::account::{Account, AccountId, Mandate, MandateKind, Profile};
use lotus_domain::case::{History, Subject};
use lotus_domain::chain::Hash;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::mark::Mark;
use lotus_domain::storage::Expectation;
use lotus_store::{NewCase, Opened, Pace, Step, Store};

const IDENTITY: &str = "11010519491231002X";

fn new_case(random: u64, given: &[(&str, &str)]) -> NewCase {
    let (mut case, first) = case(random);
    case.application.values.extend(
        given.iter().map(|(name, text)| FieldValue { name: (*name).into(), value: Value::Text((*text).into()) }),
    );
    NewCase { case, first, token: Hash::of(&random.to_be_bytes()), record: None, notices: Vec::new() }
}

fn account(id: &str, name: &str, telephone: &str) -> Account {
    Account {
        id: AccountId(id.into()),
        provider: "province".into(),
        profile: Profile {
            name: name.into(),
            identity_number: Some(IDENTITY.into()),
            telephone: Some(telephone.into()),
        },
        created: Timestamp::from_second(1_772_000_000).unwrap(),
    }
}

/// As fast as a test may.
const PACE: Pace = Pace { batch: 7, pause: Duration::ZERO, settle: Duration::from_millis(300) };

/// Rows that an old key is still needed for.
async fn old(store: &Store, code: &str) -> u64 {
    store.reseal_count(&division(code)).await.unwrap().iter().map(|count| count.old).sum()
}

on_both! {
    async fn a_case_is_found_by_what_was_typed_into_it_however_it_is_written(kept: Kept) {
        let yuzhou = division("411081");
        let given = [("contact", "李莲花"), ("telephone", "+86 138-0000-0000"), ("code", "91350100M000100Y43")];
        kept.store.case_open(yuzhou.clone(), new_case(1, &given)).await.unwrap();
        kept.store.case_open(yuzhou.clone(), new_case(2, &[("identity", IDENTITY)])).await.unwrap();
        let found = async |text: &str| {
            let found = kept.store.case_list_marked(&yuzhou, &Mark::all(text), &[], None, 10).await.unwrap();
            found.into_iter().map(|case| case.number).collect::<Vec<_>>()
        };
        let (one, two) = (vec![new_case(1, &[]).case.number], vec![new_case(2, &[]).case.number]);
        for text in ["13800000000", "138 0000 0000", "李 莲花", "91350100m000100y43"] {
            assert_eq!(found(text).await, one, "{text}");
        }
        assert_eq!(found("11010519491231002x").await, two);
        assert!(found("李莲").await.is_empty() && found("13800000001").await.is_empty());
        let elsewhere = division("411082");
        let there = kept.store.case_list_marked(&elsewhere, &Mark::all("13800000000"), &[], None, 10).await.unwrap();
        assert!(there.is_empty(), "another district finds nothing");
        let everything = kept.dump_of(&["case_mark", "case_file"]).await;
        for secret in ["13800000000", "138-0000", "李莲花", IDENTITY, "91350100M000100Y43"] {
            assert!(!everything.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
    }

    async fn a_case_is_found_by_whose_it_is_within_the_departments_asked_for(kept: Kept) {
        let (city, yuzhou) = (division("411000"), division("411081"));
        kept.store.account_put(city.clone(), account("one", "李莲花", "13912345678"), "sub".into()).await.unwrap();
        let marked = async |text: &str| kept.store.account_list_marked(&city, &Mark::all(text)).await.unwrap();
        for text in ["李莲花", "139 1234 5678", IDENTITY] {
            assert_eq!(marked(text).await, [AccountId("one".into())], "{text}");
        }
        kept.store.account_put(city.clone(), account("two", "李莲花", "13700000000"), "sub".into()).await.unwrap();
        assert!(marked("13912345678").await.is_empty(), "what the provider says now holds");
        for random in 0..3 {
            let mut new = new_case(random, &[]);
            new.case.account = Some(AccountId("one".into()));
            let Subject::Service { department, .. } = &mut new.case.subject else { panic!() };
            department.zh = if random == 0 { "商务局".into() } else { "教育局".into() };
            assert_eq!(kept.store.case_open(yuzhou.clone(), new).await.unwrap(), Opened::New);
        }
        let accounts = marked("13700000000").await;
        let within = async |departments: Option<&[&str]>, limit| {
            let departments = departments.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
            let departments: Option<&BTreeSet<String>> = departments.as_ref();
            kept.store.case_list_marked(&yuzhou, &[], &accounts, departments, limit).await.unwrap().len()
        };
        assert_eq!(within(None, 10).await, 3);
        assert_eq!(within(None, 2).await, 2, "no more than asked for");
        assert_eq!((within(Some(&["商务局"]), 10).await, within(Some(&["教育局"]), 10).await), (1, 2));
        assert_eq!((within(Some(&[]), 10).await, within(Some(&["民政局"]), 10).await), (0, 0));
    }

    async fn under_load_everything_comes_under_the_new_key_and_the_old_one_is_needed_no_more(kept: Kept) {
        let (city, yuzhou) = (division("411000"), division("411081"));
        kept.store.account_put(city.clone(), account("one", "李莲花", "13912345678"), "sub".into()).await.unwrap();
        kept.store.second_factor_propose(city.clone(), AccountId("one".into()), b"secret".to_vec()).await.unwrap();
        let mandate = Mandate {
            enterprise: "莲城瓷业".into(),
            credit_code: "A".into(),
            kind: MandateKind::LegalRepresentative,
            until: None,
        };
        kept.store.mandate_put(city.clone(), AccountId("one".into()), vec![mandate.clone()]).await.unwrap();
        for random in 0..60 {
            let new = NewCase { record: Some(record("submit", "answer", None)), ..new_case(random, &[("n", "李莲花")]) };
            kept.store.case_open(yuzhou.clone(), new).await.unwrap();
        }
        let set = |store: Store, key: String, value: Vec<u8>| async move {
            let set = store.storage_set(division("411081"), "p".into(), key, value, Expectation::Any, 1 << 20).await;
            set.unwrap().unwrap()
        };
        for at in 0..30 {
            set(kept.store.clone(), format!("key-{at}"), vec![at]).await;
        }
        // Six who write without a pause, each into its own cases and keys.
        let ending = Arc::new(AtomicBool::new(false));
        let mut writers = Vec::new();
        for writer in 1..=6_u64 {
            let (store, yuzhou, ending) = (kept.store.clone(), yuzhou.clone(), Arc::clone(&ending));
            writers.push(tokio::spawn(async move {
                let mut written = 0_u64;
                while !ending.load(Ordering::Relaxed) || written < 5 {
                    let new = new_case(writer * 1_000_000 + written, &[("telephone", "13800000000")]);
                    store.case_open(yuzhou.clone(), new.clone()).await.unwrap();
                    let event = event_after(&new, "take", "in-hand");
                    let mut moved = new.case.clone();
                    (moved.state, moved.revision) = ("in-hand".into(), 2);
                    assert!(store.case_append(yuzhou.clone(), Step::new(moved, event)).await.unwrap());
                    set(store.clone(), format!("key-{}", written % 30), written.to_be_bytes().to_vec()).await;
                    written += 1;
                }
                written
            }));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        for code in ["411000", "411081"] {
            assert_eq!(kept.store.keys_rotate(&division(code)).await.unwrap(), 2);
        }
        assert!(old(&kept.store, "411081").await >= 60);
        // Two replicas at once: one is at it, the other leaves it alone.
        let (store, there) = (kept.store.clone(), yuzhou.clone());
        let other = tokio::spawn(async move { store.reseal(&there, "other", PACE).await.unwrap() });
        let own = kept.store.reseal(&yuzhou, "one", PACE).await.unwrap();
        let other = other.await.unwrap();
        assert!(own.min(other) == 0 && own.max(other) > 100, "{own} {other}");
        assert_eq!(kept.store.reseal(&city, "one", PACE).await.unwrap(), 3);
        ending.store(true, Ordering::Relaxed);
        let mut written = Vec::new();
        for writer in writers {
            written.push(writer.await.unwrap());
        }
        assert_eq!((old(&kept.store, "411000").await, old(&kept.store, "411081").await), (0, 0));
        assert_eq!(kept.store.reseal(&yuzhou, "one", PACE).await.unwrap(), 0, "done");
        // The proof: without the old key everything opens.
        kept.tamper("DELETE FROM data_key WHERE id = 1").await;
        let store = kept.reopened().await;
        let numbers = (0..60).chain((1..=6_u64).zip(&written).flat_map(|(writer, written)| {
            (0..*written).map(move |at| writer * 1_000_000 + at)
        }));
        let mut cases = 0;
        for random in numbers {
            let number = new_case(random, &[]).case.number;
            let file = store.case_get(&yuzhou, &number).await.unwrap().unwrap();
            assert_eq!(History(file.events).verify(&number), Ok(file.case.state.as_str()));
            assert_eq!(file.case.application.values.len(), 2);
            cases += 1;
        }
        assert_eq!(cases, 60 + written.iter().sum::<u64>());
        assert_eq!(store.storage_scan(&yuzhou, "p", "", None, 100).await.unwrap().entries.len(), 30);
        assert_eq!(store.account_get(&city, &AccountId("one".into())).await.unwrap().unwrap().profile.name, "李莲花");
        assert_eq!(store.mandate_list(&city, &AccountId("one".into())).await.unwrap(), [mandate]);
        let factor = store.second_factor_get(&city, &AccountId("one".into())).await.unwrap().unwrap();
        assert_eq!(factor.secret, b"secret");
        let found = store.case_list_marked(&yuzhou, &Mark::all("李莲花"), &[], None, 100).await.unwrap();
        assert_eq!(found.len(), 60, "blind indexes have a key of their own");
    }

    async fn who_is_gone_while_sealing_anew_is_followed_by_another(kept: Kept) {
        let yuzhou = division("411081");
        for random in 0..20 {
            kept.store.case_open(yuzhou.clone(), new_case(random, &[])).await.unwrap();
        }
        kept.store.keys_rotate(&yuzhou).await.unwrap();
        let slow = Pace { pause: Duration::from_mins(1), ..PACE };
        let gone = tokio::time::timeout(Duration::from_millis(200), kept.store.reseal(&yuzhou, "gone", slow)).await;
        assert!(gone.is_err(), "cut off in the middle");
        assert_eq!(kept.store.reseal(&yuzhou, "next", PACE).await.unwrap(), 0, "it is still held");
        kept.tamper("UPDATE reseal SET held_until = 0").await;
        assert!(kept.store.reseal(&yuzhou, "next", PACE).await.unwrap() > 0);
        assert_eq!(old(&kept.store, "411081").await, 0);
        // A second rotation begins anew, whoever did the first.
        assert_eq!(kept.store.keys_rotate(&yuzhou).await.unwrap(), 3);
        assert!(old(&kept.store, "411081").await > 0);
        assert!(kept.store.reseal(&yuzhou, "third", PACE).await.unwrap() > 0);
        assert_eq!(old(&kept.store, "411081").await, 0);
        assert!(Store::open(&kept.config, keyring()).await.is_ok());
    }
}
