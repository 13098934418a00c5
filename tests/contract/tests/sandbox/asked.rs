//! Each capability: what it answers where it is granted, and that it answers `denied` where it is not.

use std::sync::Arc;

use lotus_contract_tests::{City, Plugin, Stage};
use lotus_domain::form::Value;
use lotus_domain::law::Fen;
use lotus_domain::package::Capability;
use lotus_runtime::{LogLevel, LogLine};

async fn asker() -> Plugin {
    Stage::shared().guest("asker").await
}

impl Questions for Plugin {}

/// Questions in one call, answers in order.
trait Questions {
    async fn answers(&self, questions: &[&str]) -> Vec<String>
    where
        Self: std::borrow::Borrow<Plugin>,
    {
        let said = self.borrow().words("ask", Some(&questions.join("\n"))).await;
        said.lines().map(ToOwned::to_owned).collect()
    }
}

/// Every function of a capability answers `denied` without a grant, though everything else is granted.
async fn is_denied(capability: Capability, questions: &[&str]) {
    let others: Vec<_> = Capability::ALL.into_iter().filter(|other| *other != capability).collect();
    let city = City::new();
    let guest = asker().await.granted(&others).asking(city.clone());
    for (question, answer) in questions.iter().zip(guest.answers(questions).await) {
        assert!(answer.starts_with("Err(") && answer.contains("::Denied"), "{question} gave {answer}");
    }
    assert!(city.keys().is_empty());
}

#[tokio::test]
async fn storage_keeps_values_with_versions() {
    let answers = asker()
        .await
        .answers(&[
            "storage.get a",
            "storage.set a one absent",
            "storage.set a two absent",
            "storage.set a two 1",
            "storage.set a three 1",
            "storage.get a",
            "storage.remove a 1",
            "storage.remove a 2",
            "storage.remove a any",
        ])
        .await;
    assert_eq!(
        answers,
        [
            "Ok(None)",
            "Ok(1)",
            "Err(StorageError::Conflict(Some(1)))",
            "Ok(2)",
            "Err(StorageError::Conflict(Some(2)))",
            "Ok(Some((\"two\", 2)))",
            "Err(StorageError::Conflict(Some(2)))",
            "Ok(true)",
            "Ok(false)",
        ]
    );
}

#[tokio::test]
async fn storage_is_scanned_in_order_page_by_page() {
    let answers = asker()
        .await
        .answers(&[
            "storage.set b/2 y any",
            "storage.set b/1 x any",
            "storage.set c/1 z any",
            "storage.scan b/ 1",
            "storage.scan b/ 1 b/1",
            "storage.scan b/ 0",
            "storage.scan b/ 101",
        ])
        .await;
    assert_eq!(answers[3], r#"Ok((["b/1"], Some("b/1")))"#);
    assert_eq!(answers[4], r#"Ok((["b/2"], None))"#);
    assert!(answers[5].contains("Invalid") && answers[6].contains("Invalid"), "{answers:?}");
}

#[tokio::test]
async fn storage_has_a_quota_and_bounds() {
    let long_key = "k".repeat(257);
    let answers = asker()
        .await
        .answers(&[
            "storage.fill full 900",
            "storage.fill more 900",
            "storage.fill full 996",
            "storage.usage",
            &format!("storage.get {long_key}"),
            "storage.fill large 65537",
            "storage.get ",
        ])
        .await;
    assert_eq!(answers[0], "Ok(1)");
    assert!(answers[1].contains("OverQuota") && answers[1].contains("1000"), "{}", answers[1]);
    assert_eq!(answers[2], "Ok(2)", "a value may take its own place");
    assert_eq!(answers[3], "Ok((1000, 1000))");
    for (at, problem) in [(4, "a key has 1 to 256 bytes"), (5, "65,536 bytes"), (6, "a key has 1 to 256 bytes")] {
        assert!(answers[at].contains("Invalid") && answers[at].contains(problem), "{}", answers[at]);
    }
}

#[tokio::test]
async fn storage_is_denied_where_it_is_not_granted() {
    let questions =
        ["storage.get a", "storage.set a b any", "storage.remove a any", "storage.scan a 10", "storage.usage"];
    is_denied(Capability::Storage, &questions).await;
}

#[tokio::test]
async fn the_catalogue_gives_the_districts_items() {
    let city = lotus_demo::city().expect("the demonstration's data are sound");
    let asker = asker().await;
    let here = city.items.iter().find(|item| item.division == asker.terms.division).expect("禹州 has items");
    let there = city.items.iter().find(|item| item.division.as_str() == "411082").expect("长葛 has items");
    let answers = asker
        .answers(&[
            &format!("catalog.get {}", here.item.code),
            &format!("catalog.get {}", there.item.code),
            &format!("catalog.search {} 1", here.item.code),
            "catalog.search 开办 51",
            &format!("catalog.search {} 1", "长".repeat(101)),
            &format!("catalog.get {}", "1".repeat(37)),
        ])
        .await;
    assert_eq!(answers[0], format!("Ok(Some({:?}))", here.item.name.zh));
    assert_eq!(answers[1], "Ok(None)", "another district's items are not this plugin's");
    assert_eq!(answers[2], format!("Ok([{:?}])", here.item.code));
    assert!(answers[3..].iter().all(|answer| answer.contains("Invalid")), "{answers:?}");
}

#[tokio::test]
async fn the_catalogue_is_denied_where_it_is_not_granted() {
    is_denied(Capability::Catalog, &["catalog.get 1", "catalog.search 开办 10"]).await;
}

#[tokio::test]
async fn the_calendar_counts_working_days() {
    let answers = asker()
        .await
        .answers(&[
            // Labour Day 2026: off from the 1st to the 5th of May, the 9th is worked.
            "calendar.is-working-day 2026-05-01",
            "calendar.is-working-day 2026-05-09",
            "calendar.add-working-days 2026-04-30 1",
            "calendar.count-working-days 2026-04-30 2026-05-09",
            "calendar.count-working-days 2026-05-09 2026-04-30",
            "calendar.is-working-day 2026-02-30",
            "calendar.add-working-days 2199-01-01 5",
        ])
        .await;
    assert_eq!(answers[..2], ["Ok(false)", "Ok(true)"]);
    assert!(answers[2].contains("month: 5") && answers[2].contains("day: 6"), "{}", answers[2]);
    assert_eq!(answers[3..5], ["Ok(4)", "Ok(-4)"]);
    assert!(answers[5].contains("Invalid"), "{}", answers[5]);
    assert!(answers[6].contains("OutOfRange"), "{}", answers[6]);
}

#[tokio::test]
async fn the_calendar_is_denied_where_it_is_not_granted() {
    let questions = [
        "calendar.is-working-day 2026-05-01",
        "calendar.add-working-days 2026-05-01 1",
        "calendar.count-working-days 2026-05-01 2026-05-09",
    ];
    is_denied(Capability::Calendar, &questions).await;
}

#[tokio::test]
async fn settings_are_the_districts_else_the_manifests_and_everybody_has_them() {
    let asker = asker().await.granted(&[]);
    let questions = ["settings.get amount", "settings.get unset", "settings.get unknown"];
    assert_eq!(asker.answers(&questions).await, ["Some(Value::Money(5000000))", "None", "None"]);
    let asker = asker.set("amount", Value::Money(Fen(7)));
    assert_eq!(asker.answers(&questions[..1]).await, ["Some(Value::Money(7))"]);
}

#[tokio::test]
async fn lines_of_log_come_with_the_call_and_everybody_has_them() {
    let called = asker().await.granted(&[]).render("ask", Some("log.write 钧瓷\nlog.write second")).await;
    let line = |message: &str| LogLine { level: LogLevel::Warn, message: message.to_owned() };
    assert_eq!(called.log, [line("钧瓷"), line("second")]);
}

#[tokio::test]
async fn what_is_away_is_said_to_be_unavailable() {
    let asker = asker().await.asking(City::away());
    for answer in asker.answers(&["storage.get a", "storage.set a b any", "catalog.get 1"]).await {
        assert!(answer.contains("Unavailable"), "{answer}");
    }
    let nobody = asker.asking(Arc::new(lotus_runtime::Nothing));
    assert!(nobody.answers(&["calendar.is-working-day 2026-05-01"]).await[0].contains("OutOfRange"));
}
