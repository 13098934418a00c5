//! The extension point `policies` and the capability `policy-library` (article 30): a guest that answers well, with reasons
//! and a basis; one that answers outside its bounds; one that is not granted what it asks.

use lotus_contract_tests::{City, Plugin, Stage, applicant, number};
use lotus_domain::Slug;
use lotus_domain::case::CaseNumber;
use lotus_domain::form::Value;
use lotus_domain::law::Fen;
use lotus_domain::package::Capability;
use lotus_domain::policy::{Added, Decided, Verdict};
use lotus_runtime::{Answer, Ask, Called, Failure, Outcome, Transcript};

async fn matcher(what: &str) -> Plugin {
    let guest = Stage::shared().guest("matcher").await.applied_by(applicant(true));
    guest.asking(City::new()).set("what", Value::Text(what.to_owned()))
}

fn matches(called: Called<Answer>) -> Vec<Added> {
    match called.outcome {
        Outcome::Answer(Answer::Matches(matches)) => matches,
        other => panic!("{other:?}"),
    }
}

async fn reason(guest: &Plugin) -> String {
    matches(guest.ask(&Ask::MatchPolicies).await).remove(0).findings.remove(0).reason.zh
}

fn claim(policy: &str) -> Ask {
    let case = CaseNumber::parse(&number("00000001")).expect("a number");
    Ask::DecideClaim { case, policy: Slug::parse(policy).expect("an id") }
}

#[tokio::test]
async fn a_match_has_its_reasons_its_amount_and_its_basis() {
    let found = matches(matcher("well").await.ask(&Ask::MatchPolicies).await).remove(0);
    assert_eq!((found.policy.as_str(), found.verdict, found.amount), ("one", Verdict::Met, Some(Fen(5_000))));
    assert_eq!(found.findings[0].fact.as_deref(), Some("enterprise.credit-code"));
    assert_eq!(found.findings[0].reason.zh, "Ok(Some(\"省统一认证\"))", "it reads what it declares");
    assert_eq!(found.basis.title, "《测试办法》");
}

#[tokio::test]
async fn what_is_outside_the_bounds_is_incompatible() {
    for (what, says) in [
        ("many", "101 matches; at most 100 are allowed"),
        ("twice", "matches"),
        ("reasonless", "at least one finding"),
        ("wordless", "the reason of a finding is empty"),
        ("baseless", "a basis that has a title"),
        ("negative", "not less than nothing"),
        ("nameless", "is no id"),
    ] {
        let called = matcher(what).await.ask(&Ask::MatchPolicies).await;
        let Outcome::Failed(Failure::Incompatible(problem)) = called.outcome else {
            panic!("{what}: {:?}", called.outcome)
        };
        assert!(problem.contains(says), "{what}: {problem}");
    }
    let trapped = matcher("trap").await.ask(&Ask::MatchPolicies).await;
    assert!(matches!(trapped.outcome, Outcome::Failed(Failure::Trap(_))), "{:?}", trapped.outcome);
    let refused = matcher("refused").await.ask(&Ask::MatchPolicies).await;
    assert!(matches!(refused.outcome, Outcome::Refused(_)), "{:?}", refused.outcome);
}

#[tokio::test]
async fn a_claim_is_granted_declined_with_its_reason_or_left_to_a_person() {
    let guest = matcher("well").await;
    let decided = |called: Called<Answer>| match called.outcome {
        Outcome::Answer(Answer::Decided(decided)) => decided,
        other => panic!("{other:?}"),
    };
    assert_eq!(decided(guest.ask(&claim("granted")).await), Decided::Granted(Some(Fen(7_700))));
    assert_eq!(decided(guest.ask(&claim("service")).await), Decided::Granted(None));
    let Decided::Declined(refusal) = decided(guest.ask(&claim("declined")).await) else { panic!("it is declined") };
    assert_eq!(refusal.reason.zh, number("00000001"), "it knows which claim");
    assert!(matches!(decided(guest.ask(&claim("person")).await), Decided::ForAPerson(_)));
    for bad in ["wordless", "negative"] {
        let outcome = guest.ask(&claim(bad)).await.outcome;
        assert!(matches!(outcome, Outcome::Failed(Failure::Incompatible(_))), "{bad}: {outcome:?}");
    }
    assert_eq!(guest.ask(&claim("unknown")).await.outcome, Outcome::NotFound);
}

#[tokio::test]
async fn the_library_gives_published_policies_and_is_denied_where_it_is_not_granted() {
    let guest = matcher("library").await;
    let said = reason(&guest).await;
    assert!(said.starts_with("Ok(Some((1, \"大师工作室奖励\"))) Ok(1) Err("), "{said}");
    assert!(said.contains("Invalid"), "{said}");
    let without = guest.clone().granted(&[Capability::Applicants]);
    let said = reason(&without).await;
    assert_eq!(said.matches("Denied").count(), 3, "{said}");
    let away = guest.asking(City::away());
    assert!(reason(&away).await.contains("Unavailable"));
}

#[tokio::test]
async fn a_match_and_a_decision_replay_to_the_same_bytes() {
    for ask in [Ask::MatchPolicies, claim("granted")] {
        let guest = matcher("library").await.recorded();
        let called = guest.ask(&ask).await;
        let transcript: Transcript = called.transcript.expect("it was recorded");
        let replayed = guest.runtime.replay(&guest.loaded, &transcript).await.expect("it is a record");
        assert!(replayed.same, "{replayed:?}");
        assert_eq!(replayed.output, transcript.output());
    }
}
