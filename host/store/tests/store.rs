//! What the store promises, on both databases: every test is written once and run on each.
#![allow(clippy::unwrap_used, reason = "tests can't go on")]

#[macro_use]
mod city;

use std::collections::BTreeMap;
use std::time::Duration;

use city::{Kept, activation, case, clocks, division, event_after, item, keyring, package, record};
use lotus_domain::case::{BrokenHistory, CaseNumber, History};
use lotus_domain::chain::Hash;
use lotus_domain::clock::Clocks;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::law::Period;
use lotus_domain::record::CallRecord;
use lotus_domain::storage::{Expectation, Quota, StorageRefusal};
use lotus_domain::text::Text;
use lotus_store::{Keyring, KeyringError, NewCase, Opened, Step, Store, StoreConfig, StoreError, Suite};

fn new_case(random: u64) -> NewCase {
    let (case, first) = case(random);
    NewCase { case, first, token: Hash::of(&random.to_be_bytes()), record: None, notices: Vec::new() }
}

on_both! {
    async fn what_is_written_is_there_after_opening_again(kept: Kept) {
        let yuzhou = division("411081");
        kept.store.item_publish(yuzhou.clone(), vec![item("XC01-411081", 1)]).await.unwrap();
        kept.store.case_open(yuzhou.clone(), new_case(1)).await.unwrap();
        let number = new_case(1).case.number;
        let store = kept.reopened().await;
        assert_eq!(store.item_list(&yuzhou).await.unwrap(), [item("XC01-411081", 1)]);
        let file = store.case_get(&yuzhou, &number).await.unwrap().unwrap();
        assert_eq!(file.case, new_case(1).case);
        assert_eq!(History(file.events).verify(&number), Ok("submitted"));
    }

    async fn the_newest_version_of_an_item_is_shown_and_a_published_one_never_changes(kept: Kept) {
        let yuzhou = division("411081");
        let mut changed = item("XC01-411081", 1);
        kept.store.item_publish(yuzhou.clone(), vec![item("XC01-411081", 1), item("XC02-411081", 1)]).await.unwrap();
        kept.store.item_publish(yuzhou.clone(), vec![item("XC01-411081", 2)]).await.unwrap();
        changed.item.name.zh = "改名".to_owned();
        kept.store.item_publish(yuzhou.clone(), vec![changed]).await.unwrap();
        let shown: Vec<u32> = kept.store.item_list(&yuzhou).await.unwrap().iter().map(|i| i.item.version).collect();
        assert_eq!(shown, [2, 1]);
        let first = kept.store.item_version(&yuzhou, "XC01-411081", 1).await.unwrap();
        assert_eq!(first, Some(item("XC01-411081", 1)));
        assert_eq!(kept.store.item_list(&division("411082")).await.unwrap(), []);
    }

    async fn one_form_opens_one_case_however_often_it_comes(kept: Kept) {
        let yuzhou = division("411081");
        let mut attempts = Vec::new();
        for random in 0..20 {
            // The same token each time, another number each time: what twenty impatient clicks are.
            let new = NewCase { token: Hash::of(b"one form"), ..new_case(random) };
            let (store, yuzhou) = (kept.store.clone(), yuzhou.clone());
            attempts.push(tokio::spawn(async move { (new.case.number.clone(), store.case_open(yuzhou, new).await.unwrap()) }));
        }
        let mut opened = Vec::new();
        let mut before = Vec::new();
        for attempt in attempts {
            match attempt.await.unwrap() {
                (number, Opened::New) => opened.push(number),
                (_, Opened::Before(number)) => before.push(number),
            }
        }
        assert_eq!((opened.len(), before.len()), (1, 19));
        assert!(before.iter().all(|number| *number == opened[0]));
        assert_eq!(kept.store.case_find(&yuzhou, &Hash::of(b"one form")).await.unwrap(), Some(opened[0].clone()));
        assert_eq!(kept.store.case_list_worklist(&yuzhou, None, None, 100).await.unwrap().len(), 1);
    }

    async fn of_two_who_act_at_once_one_is_told_that_the_other_was_faster(kept: Kept) {
        let yuzhou = division("411081");
        let new = new_case(7);
        kept.store.case_open(yuzhou.clone(), new.clone()).await.unwrap();
        let (one, other) = (event_after(&new, "take", "in-hand"), event_after(&new, "withdraw", "withdrawn"));
        let append = |event: lotus_domain::case::Event| {
            let mut case = new.case.clone();
            case.state.clone_from(&event.happening.to);
            case.revision = event.sequence;
            kept.store.case_append(yuzhou.clone(), Step::new(case, event))
        };
        let (one, other) = tokio::join!(append(one), append(other));
        assert_ne!(one.unwrap(), other.unwrap());
        let file = kept.store.case_get(&yuzhou, &new.case.number).await.unwrap().unwrap();
        assert_eq!(file.events.len(), 2);
        assert_eq!(History(file.events).verify(&new.case.number), Ok(file.case.state.as_str()));
    }

    async fn open_cases_are_listed_by_their_due_day_page_by_page_and_closed_ones_are_not(kept: Kept) {
        let yuzhou = division("411081");
        let mut wanted = Vec::new();
        for random in 0..25_u64 {
            let mut new = new_case(random);
            let days = u32::try_from(random * 7 % 25).unwrap();
            new.case.clocks = if random % 5 == 0 { Clocks::default() } else { clocks(Period::working_days(days)) };
            new.case.priority = u8::from(random == 7);
            if random % 6 == 0 {
                new.case.state = "answered".to_owned();
            } else {
                let due = new.case.due().map_or_else(|| "9999".to_owned(), |due| due.to_string());
                wanted.push((random != 7, due, new.case.number.clone()));
            }
            kept.store.case_open(yuzhou.clone(), new).await.unwrap();
        }
        wanted.sort();
        let mut listed: Vec<CaseNumber> = Vec::new();
        loop {
            let page = kept.store.case_list_worklist(&yuzhou, None, listed.last(), 4).await.unwrap();
            if page.is_empty() {
                break;
            }
            listed.extend(page.into_iter().map(|case| case.number));
        }
        assert_eq!(listed, wanted.into_iter().map(|(_, _, number)| number).collect::<Vec<_>>());
    }

    async fn a_case_of_one_district_is_not_there_for_another(kept: Kept) {
        kept.store.case_open(division("411081"), new_case(1)).await.unwrap();
        let number = new_case(1).case.number;
        assert!(kept.store.case_get(&division("411082"), &number).await.unwrap().is_none());
        assert!(kept.store.case_list_worklist(&division("411082"), None, None, 10).await.unwrap().is_empty());
    }

    async fn an_event_altered_in_the_database_is_found(kept: Kept) {
        let yuzhou = division("411081");
        let new = new_case(3);
        kept.store.case_open(yuzhou.clone(), new.clone()).await.unwrap();
        kept.tamper("UPDATE case_event SET to_state = 'answered'").await;
        let file = kept.store.case_get(&yuzhou, &new.case.number).await.unwrap().unwrap();
        assert_eq!(History(file.events).verify(&new.case.number), Err(BrokenHistory::Altered(1)));
    }

    async fn the_call_that_opened_a_case_is_kept_with_it(kept: Kept) {
        let yuzhou = division("411081");
        let number = new_case(9).case.number;
        let decided = record("services.submit", "answer", Some(&number));
        kept.store.case_open(yuzhou.clone(), NewCase { record: Some(decided.clone()), ..new_case(9) }).await.unwrap();
        assert_eq!(kept.store.record_list_case(&yuzhou, &number).await.unwrap(), [decided]);
    }

    async fn failures_are_listed_newest_first_and_odd_characters_survive(kept: Kept) {
        let yuzhou = division("411081");
        for ending in ["answer", "trap", "timed-out"] {
            kept.store.record_append(yuzhou.clone(), record("zones.render", ending, None)).await.unwrap();
        }
        let failures = kept.store.record_list_failures(&yuzhou, 10).await.unwrap();
        let endings: Vec<&str> = failures.iter().map(|failure| failure.ending.name()).collect();
        assert_eq!(endings, ["timed-out", "trap"]);
        assert!(failures[0].message.as_ref().unwrap().contains('␀'), "PostgreSQL takes no NUL in a text");
    }

    async fn a_plugins_keys_are_its_own_in_its_district(kept: Kept) {
        let set = |district: &str, plugin: &str, value: &str| kept.store.storage_set(
            division(district), plugin.to_owned(), "k".to_owned(), value.as_bytes().to_vec(), Expectation::Any, 1000,
        );
        set("411081", "a.b", "one").await.unwrap().unwrap();
        set("411082", "a.b", "two").await.unwrap().unwrap();
        set("411081", "a.c", "three").await.unwrap().unwrap();
        let get = async |district: &str, plugin: &str| {
            kept.store.storage_get(&division(district), plugin, "k").await.unwrap().map(|entry| entry.value)
        };
        assert_eq!(get("411081", "a.b").await.as_deref(), Some(b"one".as_slice()));
        assert_eq!(get("411082", "a.b").await.as_deref(), Some(b"two".as_slice()));
        assert_eq!(get("411082", "a.c").await, None);
    }

    async fn a_stale_writer_is_noticed_even_after_a_key_was_removed(kept: Kept) {
        let (district, plugin, key) = (division("411081"), "a.b".to_owned(), "k".to_owned());
        let set = |value: &[u8], expect| kept.store.storage_set(
            district.clone(), plugin.clone(), key.clone(), value.to_vec(), expect, 1000,
        );
        let first = set(b"1", Expectation::Absent).await.unwrap().unwrap();
        assert_eq!(set(b"2", Expectation::Absent).await.unwrap(), Err(StorageRefusal::Conflict(Some(first))));
        let second = set(b"2", Expectation::Version(first)).await.unwrap().unwrap();
        assert_eq!(set(b"3", Expectation::Version(first)).await.unwrap(), Err(StorageRefusal::Conflict(Some(second))));
        let removed = kept.store.storage_remove(district.clone(), plugin.clone(), key.clone(), Expectation::Version(second));
        assert_eq!(removed.await.unwrap(), Ok(true));
        let again = set(b"4", Expectation::Absent).await.unwrap().unwrap();
        assert!(again > second, "a version is never given twice");
    }

    async fn a_quota_holds_against_writers_at_the_same_time(kept: Kept) {
        let mut writers = Vec::new();
        for index in 0..40 {
            let store = kept.store.clone();
            writers.push(tokio::spawn(async move {
                let key = format!("key/{index:02}");
                store.storage_set(division("411081"), "a.b".to_owned(), key, vec![0; 94], Expectation::Any, 1000).await.unwrap()
            }));
        }
        let mut written = 0;
        for writer in writers {
            match writer.await.unwrap() {
                Ok(_) => written += 1,
                Err(refusal) => assert!(matches!(refusal, StorageRefusal::OverQuota(Quota { limit: 1000, .. }))),
            }
        }
        assert_eq!(written, 10, "each takes 100 bytes of 1,000");
        let used = kept.store.storage_usage(&division("411081"), "a.b", 1000).await.unwrap();
        assert_eq!(used, Quota { limit: 1000, used: 1000 });
        let removed = kept.store.storage_remove(division("411081"), "a.c".into(), "x".into(), Expectation::Any).await;
        assert_eq!(removed.unwrap(), Ok(false));
    }

    async fn a_scan_goes_through_a_prefix_in_bytewise_order_and_nothing_else(kept: Kept) {
        let keys = ["a", "a/1", "a/2", "a/钧", "a/\u{10ffff}", "a0", "b", "\u{0}"];
        for key in keys {
            let set = kept.store.storage_set(
                division("411081"), "a.b".into(), key.into(), vec![1], Expectation::Any, 10_000,
            );
            set.await.unwrap().unwrap();
        }
        let scan = async |prefix: &str, after: Option<&str>, limit| {
            let page = kept.store.storage_scan(&division("411081"), "a.b", prefix, after, limit).await.unwrap();
            (page.entries.into_iter().map(|entry| entry.key).collect::<Vec<_>>(), page.next)
        };
        assert_eq!(scan("a/", None, 3).await, (vec!["a/1".into(), "a/2".into(), "a/钧".into()], Some("a/钧".into())));
        assert_eq!(scan("a/", Some("a/钧"), 3).await, (vec!["a/\u{10ffff}".to_owned()], None));
        assert_eq!(scan("", None, 100).await.0.len(), keys.len());
        assert_eq!(scan("%", None, 100).await.0.len(), 0);
    }

    async fn every_change_of_what_serves_is_counted(kept: Kept) {
        let before = kept.store.generation().await.unwrap();
        let package = package();
        kept.store.package_put(package.clone()).await.unwrap();
        kept.store.package_put(package.clone()).await.unwrap();
        kept.store.activation_put(activation("411081", &package)).await.unwrap();
        assert_eq!(kept.store.activation_list().await.unwrap(), [activation("411081", &package)]);
        let found = kept.store.package_get(&package.digest).await.unwrap().unwrap();
        assert_eq!((found.source, found.component), (package.source.clone(), package.component.clone()));
        assert!(kept.store.activation_remove(division("411081"), package.manifest.id.clone()).await.unwrap());
        assert!(!kept.store.activation_remove(division("411081"), package.manifest.id).await.unwrap());
        assert!(kept.store.generation().await.unwrap() > before + 1);
    }

    async fn a_write_that_fails_costs_its_neighbours_nothing(kept: Kept) {
        let yuzhou = division("411081");
        let taken = record("zones.render", "trap", None);
        kept.store.record_append(yuzhou.clone(), taken.clone()).await.unwrap();
        let mut writes = Vec::new();
        for random in 100..140_u64 {
            let (store, yuzhou, taken) = (kept.store.clone(), yuzhou.clone(), taken.clone());
            writes.push(tokio::spawn(async move {
                // Every fourth wants an id that is taken; it must fail alone, and whole.
                let record = (random % 4 == 0).then_some(taken);
                store.case_open(yuzhou, NewCase { record, ..new_case(random) }).await
            }));
        }
        let mut failed = 0;
        for write in writes {
            match write.await.unwrap() {
                Ok(opened) => assert_eq!(opened, Opened::New),
                Err(error) => {
                    assert!(matches!(error, StoreError::Exists(_)), "{error}");
                    failed += 1;
                }
            }
        }
        assert_eq!(failed, 10);
        assert_eq!(kept.store.case_list_worklist(&yuzhou, None, None, 100).await.unwrap().len(), 30);
    }

    async fn nothing_that_people_gave_stands_open_in_the_database(kept: Kept) {
        let yuzhou = division("411081");
        let mut new = new_case(11);
        let secrets = ["11010519491231002X", "13912345678", "莲城瓷业"];
        new.case.title.zh = format!("{}：奖补", secrets[2]);
        new.case.application.values.push(FieldValue { name: "id".into(), value: Value::Text(secrets[0].into()) });
        new.first = event_after(&new, secrets[1], "in-hand");
        new.first.sequence = 1;
        new.first.happening.action = "submit".into();
        new.first.happening.reason = Some(Text::zh(secrets[1]));
        let transcript = secrets.join(" ").into_bytes();
        new.record = Some(CallRecord { transcript, ..record("services.submit", "answer", Some(&new.case.number)) });
        kept.store.case_open(yuzhou.clone(), new.clone()).await.unwrap();
        let set = kept.store.storage_set(
            yuzhou.clone(), "a.b".into(), "k".into(), secrets.join(" ").into_bytes(), Expectation::Any, 1000,
        );
        set.await.unwrap().unwrap();
        let everything = kept.dump().await;
        assert!(everything.len() > 1000);
        for secret in secrets {
            assert!(!everything.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
        let file = kept.store.case_get(&yuzhou, &new.case.number).await.unwrap().unwrap();
        assert_eq!(file.case.application, new.case.application);
    }

    async fn keys_are_rotated_under_load_and_nothing_is_lost(kept: Kept) {
        let yuzhou = division("411081");
        // Another replica, which learns of the new keys only when it meets them.
        let replica = Store::open(&kept.config, keyring()).await.unwrap();
        kept.store.case_open(yuzhou.clone(), new_case(500)).await.unwrap();
        replica.case_get(&yuzhou, &new_case(500).case.number).await.unwrap().unwrap();
        let mut writers = Vec::new();
        for random in 600..700_u64 {
            let (store, yuzhou) = (kept.store.clone(), yuzhou.clone());
            writers.push(tokio::spawn(async move { store.case_open(yuzhou, new_case(random)).await.unwrap() }));
            if random % 25 == 0 {
                assert!(kept.store.keys_rotate(&division("411081")).await.unwrap() > 1);
            }
        }
        for writer in writers {
            assert_eq!(writer.await.unwrap(), Opened::New);
        }
        for random in (600..700_u64).chain([500]) {
            let number = new_case(random).case.number;
            let file = replica.case_get(&yuzhou, &number).await.unwrap().unwrap();
            assert_eq!(file.case, new_case(random).case);
        }
    }

    async fn a_keyring_that_is_not_the_one_it_was_is_refused_at_the_start(kept: Kept) {
        kept.store.district_put(vec![city::district("411081")]).await.unwrap();
        kept.store.case_open(division("411081"), new_case(1)).await.unwrap();
        let other = Keyring::parse(&Keyring::generate("other", Suite::Sm4Gcm)).unwrap();
        let error = Store::open(&kept.config, other).await.unwrap_err();
        assert!(matches!(error, StoreError::Keyring(KeyringError::Missing(_))), "{error}");
        let both = format!("{}{}", Keyring::generate("other", Suite::Sm4Gcm), city::KEYRING);
        let store = Store::open(&kept.config, Keyring::parse(&both).unwrap()).await.unwrap();
        store.keys_rotate(&division("411081")).await.unwrap();
        // Everything is wrapped under the new key now: the old one may go.
        let new = both.split("[[key]]").take(2).collect::<Vec<_>>().join("[[key]]");
        let store = Store::open(&kept.config, Keyring::parse(&new).unwrap()).await.unwrap();
        assert!(store.case_get(&division("411081"), &new_case(1).case.number).await.unwrap().is_some());
    }

    async fn a_schema_of_a_newer_host_is_refused_with_what_to_do(kept: Kept) {
        kept.tamper(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'from the future', TRUE, '', 0)",
        ).await;
        let error = Store::open(&kept.config, keyring()).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer(9999)), "{error}");
        assert!(error.to_string().contains("start the newer version"));
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("lotus.db");
    std::fs::write(&file, "this is a letter, not a database. ".repeat(100)).unwrap();
    assert!(Store::open(&StoreConfig::sqlite(&file), keyring()).await.is_err());
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("this is a letter"), "and is left as it was");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be_away() {
    // Port 9 (discard) on loopback: nobody answers.
    let config = StoreConfig::postgres("postgres://lotus@127.0.0.1:9/lotus");
    let error =
        tokio::time::timeout(Duration::from_secs(10), Store::open(&config, keyring())).await.unwrap().unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    let error = Store::open(&StoreConfig::postgres("mysql://nowhere"), keyring()).await.unwrap_err();
    assert!(matches!(error, StoreError::Address(_) | StoreError::Unavailable(_)), "{error}");
}

#[tokio::test]
#[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
async fn both_databases_have_the_same_tables_and_columns() {
    let (sqlite, postgres) = (Kept::sqlite().await, Kept::postgres().await);
    let plain: BTreeMap<String, Vec<String>> = sqlite.columns().await;
    assert_eq!(plain, postgres.columns().await);
    assert!(plain.len() >= 10, "{plain:?}");
}
