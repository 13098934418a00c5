//! Records of calls: replayed to the same bytes on any host, and told where they part.

use lotus_contract_tests::{City, Plugin, Stage};
use lotus_domain::package::Capability;
use lotus_runtime::{Outcome, Transcript};

const QUESTIONS: &str = "storage.set a 钧瓷 any\nstorage.fill b 300\nstorage.get a\nstorage.get b\nstorage.scan  10\n\
                         settings.get amount\ncatalog.search 许可 5\ncalendar.add-working-days 2026-04-30 3";

async fn record(plugin: &Plugin, zone: &str, page: Option<&str>) -> Transcript {
    let called = plugin.clone().recorded().render(zone, page).await;
    let transcript = called.transcript.expect("a record was wanted");
    // As it is stored and read again.
    let bytes = transcript.to_bytes().expect("it can be written");
    let read = Transcript::from_bytes(&bytes).expect("it can be read");
    assert_eq!(read, transcript);
    read
}

#[tokio::test]
async fn a_recorded_call_replays_to_the_same_bytes() {
    let asker = Stage::shared().guest("asker").await;
    let transcript = record(&asker, "ask", Some(QUESTIONS)).await;
    assert!(!transcript.output().is_empty());
    let replayed = asker.runtime.replay(&asker.loaded, &transcript).await.expect("it is a record");
    assert_eq!(replayed.failure, None);
    assert!(replayed.same);
    assert_eq!(replayed.output, transcript.output());
}

#[tokio::test]
async fn a_replay_has_the_calls_own_randomness_and_moment() {
    let hostile = Stage::shared().guest("hostile").await;
    let transcript = record(&hostile, "clock", None).await;
    for _ in 0..3 {
        let replayed = hostile.runtime.replay(&hostile.loaded, &transcript).await.expect("it is a record");
        assert_eq!(replayed.output, transcript.output());
    }
}

#[tokio::test]
async fn a_replay_asks_nobody() {
    let city = City::new();
    let asker = Stage::shared().guest("asker").await.asking(city.clone());
    let transcript = record(&asker, "ask", Some("storage.set a b any")).await;
    let version = asker.words("ask", Some("storage.get a")).await;
    assert!(asker.runtime.replay(&asker.loaded, &transcript).await.expect("it is a record").same);
    assert_eq!(asker.words("ask", Some("storage.get a")).await, version, "nothing was written again");
}

#[tokio::test]
async fn a_record_replays_to_the_same_bytes_on_a_host_that_has_to_compile_anew() {
    let stage = Stage::with_instances(10);
    let transcript = record(&stage.guest("asker").await, "ask", Some(QUESTIONS)).await;
    stage.forget_compiled();
    let stage = stage.again();
    let asker = stage.guest("asker").await;
    let replayed = asker.runtime.replay(&asker.loaded, &transcript).await.expect("it is a record");
    assert_eq!(replayed.output, transcript.output());
    assert!(replayed.same);
}

#[tokio::test]
async fn a_denial_is_recorded_like_any_answer() {
    let asker = Stage::shared().guest("asker").await.granted(&[Capability::Calendar]);
    let transcript = record(&asker, "ask", Some(QUESTIONS)).await;
    assert!(asker.runtime.replay(&asker.loaded, &transcript).await.expect("it is a record").same);
}

#[tokio::test]
async fn a_call_that_failed_replays_to_the_same_failure() {
    let hostile = Stage::shared().guest("hostile").await;
    for (guest, zone) in [(hostile.clone(), "trap"), (hostile.clone(), "calls"), (hostile.granted(&[]), "insist")] {
        let transcript = record(&guest, zone, None).await;
        assert!(transcript.output().is_empty());
        let replayed = guest.runtime.replay(&guest.loaded, &transcript).await.expect("it is a record");
        assert!(replayed.same, "{zone}: {replayed:?}");
        assert!(replayed.failure.is_some());
    }
}

#[tokio::test]
async fn a_guest_that_asks_something_else_is_told_where_it_parts_from_its_record() {
    let stage = Stage::shared();
    let (asker, hostile) = (stage.guest("asker").await, stage.guest("hostile").await);
    // The same zone of another plugin stands for another version: it asks other questions.
    let transcript = record(&asker, "storage-peek", Some("settings.get amount\nstorage.get a")).await;
    let replayed = hostile.runtime.replay(&hostile.loaded, &transcript).await.expect("it is a record");
    assert!(!replayed.same);
    let said = replayed.failure.expect("it diverged");
    assert_eq!(
        said,
        "the replay diverged: it asks storage.scan [\"\",null,100], the record has settings.get \"amount\""
    );
}

#[tokio::test]
async fn a_guest_that_asks_less_or_more_has_parted_from_its_record_too() {
    let stage = Stage::shared();
    let (asker, hostile) = (stage.guest("asker").await, stage.guest("hostile").await);
    let transcript = record(&asker, "calm", Some("storage.set a b any\nstorage.usage")).await;
    let replayed = hostile.runtime.replay(&hostile.loaded, &transcript).await.expect("it is a record");
    let said = replayed.failure.expect("it diverged");
    assert!(said.starts_with("the replay diverged: it ended, the record goes on with storage.set [\"a\","), "{said}");

    let transcript = record(&hostile, "calm", Some("storage.usage")).await;
    let replayed = asker.runtime.replay(&asker.loaded, &transcript).await.expect("it is a record");
    let said = replayed.failure.expect("it diverged");
    assert_eq!(said, "the replay diverged: it asks storage.usage null, the record has no further question");
    assert!(!replayed.same);
}

#[tokio::test]
async fn a_call_that_reads_too_much_to_keep_is_answered_and_says_that_it_was_not_recorded() {
    let mut questions = vec!["storage.fill big 65000".to_owned()];
    questions.extend((0..40).map(|_| "storage.get big".to_owned()));
    let stage = Stage::shared();
    let mut asker = stage.guest("asker").await.recorded();
    std::sync::Arc::make_mut(&mut asker.terms.grant).storage_quota = 1 << 20;
    let asker = asker.limited(|limits| {
        limits.output = 64 << 20;
        limits.memory = 64 << 20;
        limits.time = std::time::Duration::from_mins(1);
    });
    let called = asker.render("ask", Some(&questions.join("\n"))).await;
    assert!(!matches!(called.outcome, Outcome::Unavailable(_)), "{:?}", called.outcome);
    assert!(called.transcript.is_none());
    assert!(called.log.iter().any(|line| line.message.contains("was not recorded")), "{:?}", called.log);
}

#[tokio::test]
async fn what_is_no_record_is_refused() {
    assert!(Transcript::from_bytes(b"").is_err());
    assert!(Transcript::from_bytes(b"{}").is_err());
}
