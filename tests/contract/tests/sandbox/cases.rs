//! Capabilities about cases and people: `case-files`, `applicants`, `notify`. What each answers where it is granted, and
//! every way in which it answers no.

use std::sync::Arc;

use lotus_contract_tests::{City, Filed, Plugin, Stage, applicant, number};
use lotus_domain::applicant::Applicant;
use lotus_domain::hook::{Message, Recipient};
use lotus_domain::package::{Capability, Manifest};
use lotus_runtime::{Failure, LoadError, Outcome, Transcript};

const ASKER: &str = "cn.example.asker";

/// A city with two cases of the asker's, one of another plugin's, and one of another district's.
fn city() -> Arc<City> {
    let city = City::new();
    city.file(Filed::of(ASKER, "00000001", 20));
    city.file(Filed::of(ASKER, "00000002", 10));
    city.file(Filed::of("cn.example.other", "00000003", 5));
    city.file(Filed { division: "411082".to_owned(), ..Filed::of(ASKER, "00000004", 5) });
    city.file(Filed { opted_out: true, ..Filed::of(ASKER, "00000005", 30) });
    city
}

async fn asker(city: &Arc<City>) -> Plugin {
    Stage::shared().guest("asker").await.asking(Arc::clone(city) as Arc<dyn lotus_runtime::Ports>)
}

async fn answers(guest: &Plugin, questions: &[String]) -> Vec<String> {
    guest.words("ask", Some(&questions.join("\n"))).await.lines().map(ToOwned::to_owned).collect()
}

/// Every question is denied without the capability, though everything else is granted.
async fn is_denied(capability: Capability, questions: &[String]) {
    let others: Vec<_> = Capability::ALL.into_iter().filter(|other| *other != capability).collect();
    let city = city();
    let guest = asker(&city).await.applied_by(applicant(false)).granted(&others);
    for (question, answer) in questions.iter().zip(answers(&guest, questions).await) {
        assert!(answer.starts_with("Err(") && answer.contains("::Denied"), "{question} gave {answer}");
    }
    assert!(city.disclosed().is_empty());
}

fn send(case: &str, template: &str, key: &str, values: &str) -> String {
    format!("notify.send {case} {template} {key} {values}").trim().to_owned()
}

fn visit(case: &str, key: &str) -> String {
    send(case, "visit", key, &format!("number={case} day=周一"))
}

#[tokio::test]
async fn a_plugin_sees_its_own_cases_by_due_day() {
    let city = city();
    let (one, two, last) = (number("00000001"), number("00000002"), number("00000005"));
    let said = answers(
        &asker(&city).await,
        &[
            format!("case-files.get {one}"),
            format!("case-files.history {one}"),
            "case-files.due 10".to_owned(),
            format!("case-files.due 1 {two}"),
            "case-files.due 0".to_owned(),
            "case-files.due 101".to_owned(),
        ],
    )
    .await;
    assert!(said[0].starts_with("Ok(CaseFile") && said[0].contains("kiln-loan"), "{}", said[0]);
    assert_eq!(said[1], r#"Ok(["submit"])"#);
    assert_eq!(
        said[2],
        format!("Ok([{two:?}, {one:?}, {last:?}])"),
        "another plugin's and another district's are not in it"
    );
    assert_eq!(said[3], format!("Ok([{one:?}])"));
    assert!(said[4..].iter().all(|answer| answer.contains("Invalid")), "{said:?}");
}

#[tokio::test]
async fn another_plugins_case_looks_like_none_and_so_does_what_is_no_number() {
    let city = city();
    let mut questions = Vec::new();
    for case in [number("00000003"), number("00000004"), number("00000009"), "12".to_owned(), String::new()] {
        questions.extend(["get", "fields", "history"].map(|function| format!("case-files.{function} {case}")));
        questions.push(format!("case-files.note {case} 1 看过"));
        questions.push(send(&case, "visit", "k", "number=7 day=周一"));
    }
    questions.push(format!("case-files.due 5 {}", number("00000003")));
    for (question, answer) in questions.iter().zip(answers(&asker(&city).await, &questions).await) {
        assert!(answer.contains("::NotFound"), "{question} gave {answer}");
    }
    assert!(city.notes(&number("00000003")).is_empty());
}

#[tokio::test]
async fn of_what_the_applicant_gave_only_declared_fields_come_back_each_on_record() {
    let city = city();
    let said = answers(&asker(&city).await, &[format!("case-files.fields {}", number("00000001"))]).await;
    assert!(said[0].contains("神垕镇一号窑"), "{said:?}");
    assert!(!said[0].contains("13800000000") && !said[0].contains("telephone"), "{said:?}");
    assert_eq!(city.disclosed(), ["kiln: 安排上门检测。"]);
}

#[tokio::test]
async fn a_note_goes_on_the_file_once_for_each_revision() {
    let city = city();
    let one = number("00000001");
    let note = |revision: u32, words: &str| format!("case-files.note {one} {revision} {words}");
    let long = "长".repeat(2_001);
    let said =
        answers(&asker(&city).await, &[note(1, "看过"), note(1, "又看"), note(2, "再看"), note(3, &long), note(3, "")])
            .await;
    assert_eq!(said[..3], ["Ok(2)", "Err(CaseError::Conflict(2))", "Ok(3)"]);
    assert!(said[3..].iter().all(|answer| answer.contains("1 to 2,000 characters")), "{said:?}");
    let notes: Vec<String> = city.notes(&one).into_iter().map(|note| note.zh).collect();
    assert_eq!(notes, ["看过", "再看"]);
}

#[tokio::test]
async fn case_files_are_denied_where_they_are_not_granted() {
    let one = number("00000001");
    let mut questions: Vec<String> =
        ["get", "fields", "history"].map(|function| format!("case-files.{function} {one}")).to_vec();
    questions.extend([
        format!("case-files.note {one} 1 x"),
        "case-files.due 5".to_owned(),
        "case-files.get 12".to_owned(),
    ]);
    is_denied(Capability::CaseFiles, &questions).await;
}

#[tokio::test]
async fn facts_come_with_their_source_and_every_read_is_on_record() {
    let city = city();
    let guest = asker(&city).await.applied_by(applicant(true));
    let questions = ["applicants.kind", "applicants.get person.name", "applicants.get enterprise.industry-code"];
    let said = answers(&guest, &questions.map(ToOwned::to_owned)).await;
    assert_eq!(said[0], "Ok(Served::Enterprise)");
    assert!(said[1].contains("李莲花") && said[1].contains("省统一认证"), "{said:?}");
    assert_eq!(said[2], "Ok(None)", "nobody knows it");
    assert_eq!(
        city.disclosed(),
        ["kind: 测试申请人。", "person.name: 称呼申请人。", "enterprise.industry-code: 判断行业。"]
    );
}

#[tokio::test]
async fn a_fact_that_is_not_declared_or_not_consented_to_is_denied() {
    let city = city();
    let questions = ["person.telephone", "enterprise.credit-code", "person.birth-date", "", "../name"];
    let questions = questions.map(|fact| format!("applicants.get {fact}"));
    let guest = asker(&city).await.applied_by(applicant(true));
    for answer in answers(&guest, &questions).await {
        assert_eq!(answer, "Err(ApplicantError::Denied)");
    }
    assert!(city.disclosed().is_empty());
    let consenting: Applicant = applicant(true).consenting("person.birth-date");
    let said = answers(&guest.applied_by(consenting), &questions[2..3]).await;
    assert!(said[0].contains("year: 1949"), "{said:?}");
}

#[tokio::test]
async fn a_call_that_is_nobodys_has_no_applicant() {
    let guest = asker(&city()).await;
    let questions = ["applicants.kind", "applicants.get person.name", "applicants.get person.telephone"];
    let said = answers(&guest, &questions.map(ToOwned::to_owned)).await;
    assert_eq!(said[..2], ["Err(ApplicantError::Nobody)", "Err(ApplicantError::Nobody)"]);
    assert_eq!(said[2], "Err(ApplicantError::Denied)", "what is not declared tells not even that");
}

#[tokio::test]
async fn applicants_are_denied_where_they_are_not_granted() {
    let questions = ["applicants.kind", "applicants.get person.name"].map(ToOwned::to_owned);
    is_denied(Capability::Applicants, &questions).await;
}

#[tokio::test]
async fn a_message_is_handed_over_once_the_call_has_answered() {
    let one = number("00000001");
    let questions = [visit(&one, "first"), visit(&one, "first"), visit(&number("00000002"), "second")];
    let called = asker(&city()).await.render("ask", Some(&questions.join("\n"))).await;
    let keys: Vec<&str> = called.messages.iter().map(|message| message.key.as_str()).collect();
    assert_eq!(keys, ["first", "second"], "the same key is one message");
    let Message { case, to, template, values, .. } = &called.messages[0];
    assert_eq!((case.as_str(), *to, template.as_str()), (one.as_str(), Recipient::Applicant, "visit"));
    assert_eq!(values[1].1.zh, "周一");
}

#[tokio::test]
async fn a_call_that_fails_says_nothing_to_anybody() {
    let guest = asker(&city()).await;
    let said = visit(&number("00000001"), "k");
    let called = guest.render("ask", Some(&format!("{said}\ntrap"))).await;
    assert!(matches!(called.outcome, Outcome::Failed(Failure::Trap(_))), "{:?}", called.outcome);
    assert!(called.messages.is_empty());
    // An answer outside its bounds is no answer either.
    let long = format!("{said}\nno-such-{}", "x".repeat(10_001));
    let called = guest.render("ask", Some(&long)).await;
    assert!(matches!(called.outcome, Outcome::Failed(Failure::Incompatible(_))), "{:?}", called.outcome);
    assert!(called.messages.is_empty());
}

#[tokio::test]
async fn only_approved_words_are_sent_and_only_so_many() {
    let (one, out) = (number("00000001"), number("00000005"));
    let long_key = "k".repeat(65);
    let questions = [
        send(&one, "unknown", "k", ""),
        send(&one, "visit", "k", "number=1"),
        send(&one, "visit", "k", "number=1 day=2 more=3"),
        send(&one, "visit", &long_key, "number=1 day=2"),
        format!("notify.send {one} visit  number=1 day=2"),
        visit(&out, "k"),
        visit(&one, "first"),
        visit(&one, "second"),
        visit(&one, "third"),
    ];
    let said = answers(&asker(&city()).await, &questions).await;
    assert_eq!(said[0], "Err(NotifyError::Denied)");
    for (answer, problem) in said[1..5].iter().zip(["“day” has no value", "no place", "1 to 64", "1 to 64"]) {
        assert!(answer.contains("Invalid") && answer.contains(problem), "{answer}");
    }
    assert_eq!(said[5], "Err(NotifyError::OptedOut)");
    assert_eq!(said[6..8], ["Ok(())", "Ok(())"]);
    assert!(said[8].contains("OverQuota") && said[8].contains("limit: 2"), "{}", said[8]);
}

#[tokio::test]
async fn messages_are_denied_where_they_are_not_granted() {
    is_denied(Capability::Notify, &[visit(&number("00000001"), "k")]).await;
}

#[tokio::test]
async fn a_capability_that_the_manifest_does_not_declare_is_refused_when_it_is_loaded() {
    let guest = lotus_artifacts::guest("asker");
    for capability in ["case-files", "applicants", "notify"] {
        let manifest: String = guest
            .manifest
            .split("\n\n")
            .filter(|part| !part.starts_with(&format!("[capabilities.{capability}")))
            .collect::<Vec<_>>()
            .join("\n\n");
        let manifest = Manifest::parse(&manifest).expect("it is sound");
        let error = Stage::shared().runtime.load(&manifest, guest.component).await.expect_err("it is refused");
        assert_eq!(error, LoadError::Undeclared(capability));
    }
}

#[tokio::test]
async fn what_is_away_is_said_to_be_unavailable() {
    let guest = Stage::shared().guest("asker").await.asking(City::away()).applied_by(applicant(false));
    let one = number("00000001");
    let questions = [
        format!("case-files.get {one}"),
        format!("case-files.fields {one}"),
        "case-files.due 5".to_owned(),
        format!("case-files.note {one} 1 x"),
        "applicants.kind".to_owned(),
        "applicants.get person.name".to_owned(),
        visit(&one, "k"),
    ];
    for answer in answers(&guest, &questions).await {
        assert!(answer.contains("Unavailable"), "{answer}");
    }
}

#[tokio::test]
async fn a_call_about_a_case_replays_to_the_same_bytes_and_writes_and_sends_nothing() {
    let city = city();
    let one = number("00000001");
    let questions = [
        format!("case-files.get {one}"),
        format!("case-files.fields {one}"),
        format!("case-files.history {one}"),
        "case-files.due 10".to_owned(),
        format!("case-files.note {one} 1 看过"),
        "applicants.kind".to_owned(),
        "applicants.get person.name".to_owned(),
        "applicants.get person.telephone".to_owned(),
        visit(&one, "k"),
        visit("12", "k"),
    ];
    let guest = asker(&city).await.applied_by(applicant(true)).recorded();
    let called = guest.render("ask", Some(&questions.join("\n"))).await;
    let transcript = called.transcript.expect("a record was wanted");
    let bytes = transcript.to_bytes().expect("it can be written");
    let transcript = Transcript::from_bytes(&bytes).expect("it can be read");
    let (read, noted) = (city.disclosed().len(), city.notes(&one).len());
    let replayed = guest.runtime.replay(&guest.loaded, &transcript).await.expect("it is a record");
    assert_eq!(replayed.failure, None);
    assert!(replayed.same);
    assert_eq!(replayed.output, transcript.output());
    assert_eq!((city.disclosed().len(), city.notes(&one).len()), (read, noted), "a replay asks nobody");
}
