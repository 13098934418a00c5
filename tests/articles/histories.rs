//! Histories: whatever is done to one behind the city's back is found and named, and one of twenty thousand events is
//! still worked with.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use std::collections::BTreeMap;

use lotus_articles::{applied, state, step};
use lotus_domain::audit::Done;
use lotus_domain::case::{Actor, Case, CaseNumber, Event, FollowSecret, Happening};
use lotus_domain::district::Division;
use lotus_domain::kind::Role;
use lotus_domain::supervision::{Card, CardState, Evidence, Ground, Level};
use lotus_domain::text::Text;
use lotus_journeys::City;
use lotus_platform::{CaseFile, Keyring, PLUGIN_NOTE, Store, StoreConfig, verify_division};
use reqwest::StatusCode;

const KEYRING: &str =
    "[[key]]\nid = \"test\"\nsecret = \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\n";

fn yuzhou() -> Division {
    Division::parse("411081").unwrap()
}

/// A district's store with cases of a year, those with most events first.
async fn filled(directory: &tempfile::TempDir) -> (Store, Vec<CaseFile>) {
    let config = StoreConfig::sqlite(directory.path().join("lotus.db"));
    let store = Store::open(&config, Keyring::parse(KEYRING).unwrap()).await.unwrap();
    let city = lotus_demo::city().unwrap();
    let now = "2026-11-02T10:00:00+08:00".parse().unwrap();
    let load = lotus_demo::load::Load::new(&city, &yuzhou(), now, 1_000).unwrap().take(80);
    let mut files: Vec<CaseFile> = load
        .map(|made| {
            let (case, events) = made.unwrap();
            CaseFile { case, events }
        })
        .collect();
    store.case_import(yuzhou(), files.clone()).await.unwrap();
    files.sort_by_key(|file| std::cmp::Reverse(file.events.len()));
    for action in ["sign-in", "role-given", "sign-out"] {
        let done = Done {
            at: now,
            actor: Some("a".to_owned()),
            action: action.to_owned(),
            subject: "b".to_owned(),
            outcome: "done".to_owned(),
            client: None,
        };
        store.audit_append(yuzhou(), done).await.unwrap();
    }
    (store, files)
}

fn card(file: &CaseFile) -> Card {
    Card {
        division: yuzhou(),
        number: file.case.number.clone(),
        department: file.case.subject.department().to_owned(),
        level: Level::Red,
        ground: Ground::PromiseOverdue,
        about: file.case.submitted,
        given: file.case.submitted,
        evidence: vec![Evidence { event: 1, hash: file.events[0].hash }],
        state: CardState::Given,
        answer: None,
    }
}

/// What the verification says of each case, and of what is no case's under an empty name.
async fn found(store: &Store) -> (lotus_platform::Verified, BTreeMap<String, Vec<String>>) {
    let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let yuzhou = yuzhou();
    let verified = verify_division(store, &yuzhou, |flaw| {
        let flaw = flaw.to_string();
        let (place, what) = match flaw.strip_prefix("case ") {
            Some(of_case) => of_case.split_at(25),
            None => ("", flaw.as_str()),
        };
        said.entry(place.to_owned()).or_default().push(what.trim_start_matches(": ").to_owned());
    });
    let verified = verified.await.unwrap();
    (verified, said)
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_sqlite), ignore = "SQLite's shell is not installed: apt-get install sqlite3")]
async fn every_event_that_was_altered_removed_inserted_or_reordered_is_found_and_named() {
    let directory = tempfile::tempdir().unwrap();
    let (store, files) = filled(&directory).await;
    store.card_put(yuzhou(), vec![card(&files[12])]).await.unwrap();
    let events: usize = files.iter().map(|file| file.events.len()).sum();
    let (whole, said) = found(&store).await;
    assert!(said.is_empty(), "{said:?}");
    assert_eq!((whole.cases, whole.events, whole.cards, whole.entries), (80, events as u64, 1, 3));

    let number = |at: usize| files[at].case.number.to_string();
    let length = |at: usize| files[at].events.len();
    assert!((0..13).all(|at| length(at) >= 5), "they have enough events");
    let of = |at: usize| format!("division = '411081' AND number = '{}'", number(at));
    let last = |at: usize| format!("{} AND sequence = {}", of(at), length(at));
    let columns = "at, role, account, action, from_state, to_state, reason, basis, remark, previous, hash";
    let copy = |at: usize, from: usize, to: usize| {
        format!(
            "INSERT INTO case_event (division, number, sequence, {columns}) SELECT division, number, {to}, {columns}
             FROM case_event WHERE {} AND sequence = {from};",
            of(at)
        )
    };
    let done = [
        // Altered: a moment, an actor, a sealed word.
        format!("UPDATE case_event SET at = at + 1 WHERE {} AND sequence = 2;", of(0)),
        format!("UPDATE case_event SET account = 'somebody' WHERE {} AND sequence = 3;", of(1)),
        format!("UPDATE case_event SET remark = x'00' WHERE {} AND sequence = 2;", of(2)),
        // Removed: between, and at the end.
        format!("DELETE FROM case_event WHERE {} AND sequence = 2;", of(3)),
        format!("DELETE FROM case_event WHERE {};", last(4)),
        // Inserted: between, with the numbers put right, and at the end.
        format!("UPDATE case_event SET sequence = sequence + 100 WHERE {} AND sequence >= 3;", of(5)),
        format!("UPDATE case_event SET sequence = sequence - 99 WHERE {} AND sequence > 100;", of(5)),
        copy(5, 2, 3),
        copy(6, length(6), length(6) + 1),
        // Reordered.
        format!("UPDATE case_event SET sequence = 102 WHERE {} AND sequence = 2;", of(7)),
        format!("UPDATE case_event SET sequence = 2 WHERE {} AND sequence = 3;", of(7)),
        format!("UPDATE case_event SET sequence = 3 WHERE {} AND sequence = 102;", of(7)),
        // The case beside its events.
        format!("UPDATE case_file SET state = 'submitted' WHERE {};", of(8)),
        format!("UPDATE case_file SET revision = revision + 2 WHERE {};", of(9)),
        format!("DELETE FROM case_file WHERE {};", of(10)),
        format!("DELETE FROM case_event WHERE {};", of(11)),
        // The evidence of a card.
        format!("UPDATE supervision_card SET evidence = replace(evidence, '\"]', '0\"]') WHERE {};", of(12)),
        "UPDATE audit_entry SET subject = 'c' WHERE division = '411081' AND sequence = 2;".to_owned(),
        "DELETE FROM audit_entry WHERE division = '411081' AND sequence = 3;".to_owned(),
    ];
    let hash = files[12].events[0].hash.to_string();
    let other = format!("{}{}", if hash.starts_with('0') { '1' } else { '0' }, &hash[1..]);
    let done: Vec<String> = done
        .into_iter()
        .map(|statement| {
            if statement.contains("supervision_card") {
                let of = of(12);
                format!("UPDATE supervision_card SET evidence = replace(evidence, '{hash}', '{other}') WHERE {of};")
            } else {
                statement
            }
        })
        .collect();
    lotus_test_services::sqlite::run(&directory.path().join("lotus.db"), &done.join("\n")).unwrap();

    let (broken, said) = found(&store).await;
    let all = |at: usize| said.get(&number(at)).cloned().unwrap_or_default();
    assert_eq!(all(0), ["event 2 was altered"]);
    assert_eq!(all(1), ["event 3 was altered"]);
    assert_eq!(all(2), ["event 2 was altered"]);
    assert_eq!(all(3), ["event 3 stands where event 2 should"]);
    assert_eq!(all(4), [format!("event {} is missing at the end", length(4))]);
    assert_eq!(all(5)[0], "event 3 was moved: it was sealed as event 2");
    assert!(all(5).contains(&"event 4 was moved: it was sealed as event 3".to_owned()), "{:?}", all(5));
    // A copy beside its original: which of the two was there first, nothing says.
    assert!(all(5).iter().any(|said| said.ends_with("was inserted")), "{:?}", all(5));
    let beyond = format!("event {} was inserted at the end: the case does not know it", length(6) + 1);
    assert!(all(6).contains(&beyond), "{:?}", all(6));
    assert!(all(7).contains(&"event 2 was moved: it was sealed as event 3".to_owned()), "{:?}", all(7));
    assert!(all(7).contains(&"event 3 was moved: it was sealed as event 2".to_owned()), "{:?}", all(7));
    let folds = &files[8].case.state;
    let says = format!("the case says that it is in the state “submitted”, but its events fold to “{folds}”");
    assert_eq!(all(8), [says]);
    assert_eq!(all(9), [format!("event {} to {} is missing at the end", length(9) + 1, length(9) + 2)]);
    assert_eq!(all(10), [format!("is not there, but {} of its events are", length(10))].map(|said| format!(" {said}")));
    assert_eq!(all(11), ["the history is empty"]);
    assert_eq!(all(12), ["the card “red promise-overdue” stands on event 1, which is not what it was"]);
    assert_eq!(said[""], ["audit chain: entry 2 was altered", "audit chain: 3 entries were added, but the last is 2"]);
    assert_eq!(said.len(), 14, "nothing else is broken: {said:?}");
    assert_eq!(broken.flaws, said.values().map(|flaws| flaws.len() as u64).sum::<u64>());
}

/// A copy of a case with its own number and secret and so many remarks more, as a plugin makes them that never stops.
fn lengthened(file: &CaseFile, remarks: usize) -> (CaseFile, FollowSecret) {
    let secret = FollowSecret::new(0x0001_2345_6789_abcd);
    let number = CaseNumber::new(&yuzhou(), jiff::civil::date(2026, 3, 3), file.case.definition.code, 77);
    let remark = Happening {
        at: file.events.last().unwrap().happening.at,
        actor: Actor { role: Role::System, account: Some("plugin/cn.example".to_owned()) },
        action: PLUGIN_NOTE.to_owned(),
        from: Some(file.case.state.clone()),
        to: file.case.state.clone(),
        reason: None,
        basis: None,
        remark: Some(Text::zh("看过")),
    };
    let happenings = file.events.iter().map(|event| event.happening.clone());
    let mut events: Vec<Event> = Vec::new();
    for happening in happenings.chain(std::iter::repeat_n(remark, remarks)) {
        events.push(Event::seal(&number, events.last(), happening));
    }
    let revision = u32::try_from(events.len()).unwrap();
    let case = Case { number, revision, secret: secret.hash(), ..file.case.clone() };
    (CaseFile { case, events }, secret)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_of_twenty_thousand_events_is_seen_by_parts_and_still_moves() {
    let city = City::at("2026-03-03T09:00:00+08:00").await;
    let clerk = city.sign_in("yuzhou-clerk").await;
    let short = applied(&city.browser(), "411081", "XC01003-411081").await;
    step(&clerk, &short, "pre-review", "").await;
    let store = city.store().await;
    let file = store.case_get(&yuzhou(), &CaseNumber::parse(&short).unwrap()).await.unwrap().unwrap();
    let (long, secret) = lengthened(&file, 20_000);
    let number = long.case.number.clone();
    store.case_import(yuzhou(), vec![long]).await.unwrap();

    // What is read for a page or a step does not grow with the history.
    let recent = store.case_recent(&yuzhou(), &number, 50).await.unwrap().unwrap();
    let places: Vec<u32> = recent.events.iter().map(|event| event.sequence).collect();
    assert_eq!(places.len(), 51);
    assert_eq!((places[0], places[1], places[50]), (1, 19_953, 20_002), "the first and the newest");

    let path = format!("/staff/cases/{number}");
    let page = clerk.get(&path).await;
    assert_eq!(page.texts(".timeline > li").len(), 50);
    assert!(page.body.len() < 150_000, "{} bytes", page.body.len());
    let older = page.attributes("a[rel=next]", "href").remove(0);
    assert_eq!(older, format!("{path}?before=19953#timeline"));
    let earlier = clerk.get(older.trim_end_matches("#timeline")).await;
    assert_eq!(earlier.texts(".timeline > li").len(), 50);
    assert_eq!(earlier.attributes("a[rel=next]", "href"), [format!("{path}?before=19903#timeline")]);
    let first = clerk.get(&format!("{path}?before=3")).await;
    assert_eq!(first.texts(".timeline > li").len(), 2);
    assert!(first.attributes("a[rel=next]", "href").is_empty(), "nothing is older than the first");
    assert!(first.texts(".timeline > li h3").contains(&"开始预审".to_owned()));
    // What plugins remark is for staff, on every part.
    let applicant = city.browser();
    let typed = [("number", number.as_str()), ("secret", &secret.shown())];
    let own = applicant.post_and_follow("/cases", &typed).await;
    assert_eq!(own.status, StatusCode::OK);
    assert!(!own.body.contains("看过"));
    assert!(!applicant.get(&format!("/cases/{number}?before=9000")).await.body.contains("看过"));

    assert_eq!(step(&clerk, number.as_str(), "pass", "").await.status, StatusCode::OK);
    assert_eq!(state(&clerk, number.as_str()).await, "已接件");
    let mut flaws = Vec::new();
    let verified = verify_division(&store, &yuzhou(), |flaw| flaws.push(flaw.to_string())).await.unwrap();
    assert!(flaws.is_empty(), "{flaws:?}");
    assert_eq!((verified.cases, verified.events), (2, 20_005), "beside a host that serves");
    store.close().await;
}
