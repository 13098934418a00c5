//! Plugins that look after cases and work at a time, in a city: whose files they see, what the audit chain holds of it, and
//! timers that run at least once and on one replica at a time.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "every function here is a test's")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lotus_domain::Slug;
use lotus_domain::account::{Account, AccountId, Profile};
use lotus_domain::applicant::Applicant;
use lotus_domain::case::{CaseNumber, FollowSecret};
use lotus_domain::district::Division;
use lotus_domain::hook::TransitionMade;
use lotus_domain::page::Block;
use lotus_domain::text::Language;
use lotus_journeys::City;
use lotus_platform::{Asker, Keyring, PLUGIN_NOTE, Platform, State, Store, StoreConfig, Submission, Visit};

const HERE: &str = "411081";

fn here() -> Division {
    Division::parse(HERE).unwrap()
}

fn visit() -> Visit {
    Visit { division: here(), language: Language::Zh }
}

async fn submit(platform: &Platform, service: &str, typed: &[(&str, &str)]) -> Submission {
    let typed: BTreeMap<String, Vec<String>> =
        typed.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect();
    let (service, token) = (Slug::parse(service).unwrap(), platform.form_token());
    platform.service_submit(&visit(), &service, &token, &typed, &Asker::nobody(None)).await.unwrap()
}

/// Opens a case of the asker's.
async fn open(platform: &Platform) -> (CaseNumber, FollowSecret) {
    match submit(platform, "asked", &[("questions", "open"), ("kiln", "神垕镇一号窑")]).await {
        Submission::Opened(receipt) => (receipt.number, receipt.secret),
        other => panic!("{other:?}"),
    }
}

/// What the asker is answered by the city.
async fn ask(platform: &Platform, questions: &[String]) -> Vec<String> {
    match submit(platform, "asked", &[("questions", &questions.join("\n"))]).await {
        Submission::Answered { page, .. } => match &page.blocks[0] {
            Block::Markdown { text } => text.zh.lines().map(ToOwned::to_owned).collect(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// The keys that a plugin has stored.
async fn stored(city: &City, plugin: &str, prefix: &str) -> Vec<String> {
    let keyring =
        "[[key]]\nid = \"test\"\nsecret = \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\n";
    let config = StoreConfig::sqlite(city.directory.path().join("lotus.db"));
    let store = Store::open(&config, Keyring::parse(keyring).unwrap()).await.unwrap();
    let page = store.storage_scan(&here(), plugin, prefix, None, 100).await.unwrap();
    store.close().await;
    page.entries.into_iter().map(|entry| entry.key).collect()
}

#[tokio::test]
async fn a_plugin_sees_its_own_cases_alone_and_every_field_it_reads_is_on_record() {
    let city = City::sqlite().await;
    city.activate_guest("asker", HERE).await;
    let platform = &city.platform;
    let (number, secret) = open(platform).await;
    let said = ask(
        platform,
        &[
            format!("case-files.get {number}"),
            format!("case-files.fields {number}"),
            format!("case-files.history {number}"),
            "case-files.due 10".to_owned(),
            format!("case-files.note {number} 1 看过"),
            format!("case-files.note {number} 1 又看"),
            "applicants.kind".to_owned(),
        ],
    )
    .await;
    assert!(said[0].contains("asked") && said[0].contains("submitted"), "{said:?}");
    assert!(said[1].contains("神垕镇一号窑") && !said[1].contains("questions"), "{said:?}");
    assert_eq!(said[2], r#"Ok(["submit"])"#);
    assert_eq!(said[3], format!("Ok([{:?}])", number.to_string()));
    assert_eq!(said[4..6], ["Ok(2)", "Err(CaseError::Conflict(2))"]);
    assert_eq!(said[6], "Err(ApplicantError::Nobody)");
    let followed = platform.case_follow(&number, &secret).await.unwrap();
    assert_eq!((followed.case.revision, followed.events[1].happening.action.as_str()), (2, PLUGIN_NOTE));
    assert_eq!(followed.events[1].happening.remark, None, "what it remarked is for staff");
    let moved = platform.case_act(&number, &secret, 2, "withdraw", None).await.unwrap();
    assert_eq!(moved.case.revision, 3, "the chain goes on over it");

    let audited = audited(&city).await;
    let read: Vec<&String> = audited.iter().filter(|line| line.contains("disclosed")).collect();
    assert_eq!(read.len(), 1, "{audited:?}");
    assert!(
        read[0].contains("plugin/cn.example.asker") && read[0].contains("kiln") && read[0].contains("安排上门检测")
    );
}

async fn audited(city: &City) -> Vec<String> {
    let keyring =
        "[[key]]\nid = \"test\"\nsecret = \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\n";
    let config = StoreConfig::sqlite(city.directory.path().join("lotus.db"));
    let store = Store::open(&config, Keyring::parse(keyring).unwrap()).await.unwrap();
    let entries = store.audit_list_newest(&here(), 100).await.unwrap();
    store.close().await;
    let line = |done: lotus_domain::audit::Done| {
        format!("{} {} {} {}", done.actor.unwrap_or_default(), done.action, done.subject, done.outcome)
    };
    entries.into_iter().map(|entry| line(entry.done)).collect()
}

#[tokio::test]
async fn a_version_that_is_gone_leaves_its_cases_to_the_plugin_and_to_no_other() {
    let city = City::sqlite().await;
    city.activate_guest("asker", HERE).await;
    let (number, _) = open(&city.platform).await;
    // A newer version of the same plugin, and another plugin of the same code.
    let guest = lotus_artifacts::guest("asker");
    let newer = guest.manifest.replace("version = \"1.0.0\"", "version = \"1.0.1\"");
    city.activate(&newer, guest.component, HERE).await;
    let question = [format!("case-files.get {number}")];
    assert!(ask(&city.platform, &question).await[0].starts_with("Ok("), "its own, on whatever version it began");
    assert!(city.platform.deactivate(&here(), "cn.example.asker").await.unwrap());
    city.activate(&guest.manifest.replace("cn.example.asker", "cn.example.other"), guest.component, HERE).await;
    assert_eq!(ask(&city.platform, &question).await, ["Err(CaseError::NotFound)"]);
}

#[tokio::test]
async fn a_transition_is_advised_on_and_seen_and_a_plugin_that_fails_holds_nobody_up() {
    let city = City::sqlite().await;
    city.activate_guest("observer", HERE).await;
    let made = |transition: &str| TransitionMade {
        case: "41108120260428290000000A0".to_owned(),
        subject: "item".to_owned(),
        transition: transition.to_owned(),
        from: "in-hand".to_owned(),
        to: "answered".to_owned(),
    };
    let platform = &city.platform;
    assert!(platform.advise_case(&here(), &made("answer"), None).await.is_empty());
    let held = platform.advise_case(&here(), &made("decline"), None).await;
    assert_eq!((held[0].plugin.zh.as_str(), held[0].refusal.reason.zh.as_str()), ("观察者", "先联系申请人。"));
    assert!(platform.advise_case(&here(), &made("trap"), None).await.is_empty());
    assert!(platform.observe_case(&here(), &made("answer"), None).await.is_empty());
    assert_eq!(stored(&city, "cn.example.observer", "seen/").await.len(), 1);
    assert_eq!(platform.observe_case(&here(), &made("trap"), None).await, ["cn.example.observer"], "to be told again");
    let elsewhere = Division::parse("411082").unwrap();
    assert!(platform.advise_case(&elsewhere, &made("decline"), None).await.is_empty(), "another district's plugin");

    let offers = platform.assistance_offers(&visit(), "item", None).await;
    assert_eq!((offers.len(), offers[0].plugin.as_str()), (1, "cn.example.observer"));
}

#[tokio::test]
async fn a_transition_that_nobody_was_told_of_before_the_host_went_down_is_told_by_the_next() {
    let city = City::sqlite().await;
    city.activate_guest("asker", HERE).await;
    city.activate_guest("observer", HERE).await;
    let platform = &city.platform;
    let (number, secret) = open(platform).await;
    // As far as a host comes that dies once the transition is written; and one that dies before it is.
    platform.transition_marked(&here(), &number, 2).await.unwrap();
    platform.transition_marked(&here(), &number, 9).await.unwrap();
    platform.case_act(&number, &secret, 1, "withdraw", None).await.unwrap();
    let other = city.replica().await;
    let later = platform.now() + Duration::from_secs(31);
    other.platform.transitions_tick(later).await;
    let seen = stored(&city, "cn.example.observer", "seen/").await;
    assert_eq!(seen, [format!("seen/{number}/withdraw")]);
    let left = stored(&city, "~transitions/cn.example.observer", "").await;
    assert_eq!(left, [format!("{number}/0000000009")], "it may still be on its way");
    for minutes in 2..200 {
        other.platform.transitions_tick(platform.now() + Duration::from_secs(60 * minutes)).await;
    }
    assert!(stored(&city, "~transitions/cn.example.observer", "").await.is_empty(), "it never was");
}

#[tokio::test]
async fn help_is_offered_by_who_applies_and_the_audit_chain_says_what_was_read_of_them() {
    let city = City::sqlite().await;
    city.activate_guest("observer", HERE).await;
    let profile = Profile { name: "李莲花".into(), identity_number: None, telephone: None };
    let (id, created) = (AccountId("a-1".into()), city.platform.now());
    let account = Account { id, provider: "demo".into(), profile, created };
    let applicant = Arc::new(Applicant::of(&account, None));
    let offers = city.platform.assistance_offers(&visit(), "item", Some(&applicant)).await;
    assert_eq!(offers[0].offer.reason.zh, "Ok(Served::NaturalPerson)");
    let audited = audited(&city).await;
    let read = audited.iter().find(|line| line.contains("disclosed")).unwrap();
    assert_eq!(read, "plugin/cn.example.observer disclosed account/a-1 kind 按申请人类型推荐帮办。");
}

#[tokio::test]
async fn a_reminder_is_in_the_words_that_were_approved_and_under_one_key() {
    let city = City::sqlite().await;
    city.activate_guest("asker", HERE).await;
    city.activate_guest("observer", HERE).await;
    let (number, _) = open(&city.platform).await;
    let state = |id: &str| Slug::parse(id).unwrap();
    let one = city.platform.reminders_for_case(&here(), &number, &state("accepted"), None).await;
    let again = city.platform.reminders_for_case(&here(), &number, &state("accepted"), None).await;
    assert_eq!(one.reminders[0].body.zh, format!("办件{number}的结果可以领取了。"));
    assert_eq!(one.reminders[0].outbox_key(), again.reminders[0].outbox_key());
    assert!(one.again.is_empty());
    let outside = city.platform.reminders_for_case(&here(), &number, &state("undeclared"), None).await;
    assert_eq!((outside.reminders.len(), outside.again.len()), (0, 1));
}

#[tokio::test]
async fn a_timer_runs_once_for_each_tick_on_whatever_replica_and_is_tried_again_where_it_does_not_work() {
    let city = City::sqlite().await;
    city.activate_guest("observer", HERE).await;
    let other = city.replica().await;
    let begun = city.platform.now();
    let minutes = |minutes: u64| begun + Duration::from_secs(60 * minutes);
    let ran = |prefix: &'static str| stored(&city, "cn.example.observer", prefix);
    city.platform.timers_tick(minutes(59)).await;
    assert!(ran("ran/hourly/").await.is_empty(), "nothing is due");
    // Two replicas see the same tick at the same time.
    tokio::join!(city.platform.timers_tick(minutes(61)), other.platform.timers_tick(minutes(61)));
    assert_eq!(ran("ran/hourly/").await.len(), 1);
    assert_eq!(runs(&city) + runs(&other), 1 + ran("ran/nightly/").await.len() as u64, "on one of them");
    // Three were missed: each is made good, the oldest first.
    for _ in 0..4 {
        city.platform.timers_tick(minutes(241)).await;
    }
    assert_eq!(ran("ran/hourly/").await.len(), 4);
    // The others are due after ten hours: one is tried again after a while, one is given up at once.
    for _ in 0..10 {
        city.platform.timers_tick(minutes(601)).await;
    }
    assert_eq!((ran("ran/later/").await.len(), ran("ran/failed/").await.len()), (1, 1));
    let before = runs(&city);
    city.platform.timers_tick(minutes(601)).await;
    assert_eq!(runs(&city), before, "left alone for now");
    city.platform.timers_tick(minutes(602)).await;
    assert!((before + 2..=before + 3).contains(&runs(&city)), "`later` and the one that traps are tried again");
    let fleet = city.platform.fleet();
    let observer = fleet.iter().find(|entry| entry.plugin == "cn.example.observer").unwrap();
    let State::Failing { message } = &observer.state else { panic!("{:?}", observer.state) };
    assert!(message.contains("timer failed: 设置不对。"), "{message}");
}

/// How often timers were run by this replica.
fn runs(city: &City) -> u64 {
    city.platform.calls().iter().filter(|series| series.function == "timers.run").map(|series| series.count).sum()
}
