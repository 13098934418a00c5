//! The extension points about cases, help and time: `assistance`, `reminders`, `case-hooks`, `timers`. A guest that answers
//! well, one that answers outside its bounds, one that traps.

use std::sync::Arc;

use jiff::Timestamp;
use lotus_contract_tests::{City, Filed, Plugin, Stage, applicant, noon, number};
use lotus_domain::Slug;
use lotus_domain::case::CaseNumber;
use lotus_domain::hook::{HelpKind, Tick, TransitionMade};
use lotus_domain::package::Capability;
use lotus_domain::service::Advice;
use lotus_runtime::{Answer, Ask, Called, Failure, LogLevel, Outcome, Transcript};

async fn observer(city: &Arc<City>) -> Plugin {
    Stage::shared().guest("observer").await.asking(Arc::clone(city) as Arc<dyn lotus_runtime::Ports>)
}

fn incompatible(called: &Called<Answer>) -> &str {
    match &called.outcome {
        Outcome::Failed(Failure::Incompatible(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

fn offers(item: &str) -> Ask {
    Ask::Offers { item: item.to_owned() }
}

fn reminders(state: &str) -> Ask {
    let case = CaseNumber::parse(&number("00000001")).expect("a number");
    Ask::RemindersForCase { case, state: Slug::parse(state).expect("an id") }
}

fn made(transition: &str) -> TransitionMade {
    TransitionMade {
        case: number("00000001"),
        subject: "11410000MB0000000000".to_owned(),
        transition: transition.to_owned(),
        from: "in-hand".to_owned(),
        to: "answered".to_owned(),
    }
}

fn tick(timer: &str) -> Ask {
    let due = Timestamp::from_second(1_777_345_200).expect("a moment");
    Ask::RunTimer(Tick { timer: Slug::parse(timer).expect("an id"), due })
}

#[tokio::test]
async fn help_is_offered_by_who_applies() {
    let guest = observer(&City::new()).await;
    for (who, kind) in [(applicant(false), "NaturalPerson"), (applicant(true), "Enterprise")] {
        let called = guest.clone().applied_by(who).ask(&offers("item")).await;
        let Outcome::Answer(Answer::Offers(offers)) = called.outcome else { panic!("{:?}", called.outcome) };
        assert_eq!(offers[0].kind, HelpKind::Accompanied);
        assert!(offers[0].reason.zh.contains(kind), "{offers:?}");
    }
    let called = guest.ask(&offers("item")).await;
    let Outcome::Answer(Answer::Offers(offered)) = called.outcome else { panic!("{:?}", called.outcome) };
    assert!(offered[0].reason.zh.contains("Nobody"), "{offered:?}");
    assert_eq!(guest.ask(&offers("none")).await.outcome, Outcome::Answer(Answer::Offers(Vec::new())));
    assert_eq!(guest.ask(&offers("unknown")).await.outcome, Outcome::NotFound);
}

#[tokio::test]
async fn offers_out_of_bounds_are_incompatible() {
    let guest = observer(&City::new()).await;
    assert_eq!(incompatible(&guest.ask(&offers("many")).await), "21 offers; at most 20 are allowed");
    assert_eq!(incompatible(&guest.ask(&offers("wordless")).await), "the reason of an offer is empty");
}

#[tokio::test]
async fn a_case_gets_the_reminders_that_its_state_needs() {
    let guest = observer(&City::new()).await;
    let called = guest.ask(&reminders("accepted")).await;
    let Outcome::Answer(Answer::Reminders(said)) = called.outcome else { panic!("{:?}", called.outcome) };
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].at.as_second() - noon().0.as_second(), 3 * 24 * 60 * 60);
    assert_eq!(
        (said[0].template.as_str(), said[0].key.as_str()),
        ("collect", format!("{}/accepted", number("00000001")).as_str())
    );
    let template = guest.terms.grant.template("collect").expect("it is granted");
    assert_eq!(template.filled(&said[0].values).zh, format!("办件{}的结果可以领取了。", number("00000001")));
    assert_eq!(guest.ask(&reminders("submitted")).await.outcome, Outcome::Answer(Answer::Reminders(Vec::new())));
}

#[tokio::test]
async fn reminders_outside_the_approved_words_or_their_bounds_are_incompatible() {
    let guest = observer(&City::new()).await;
    for (state, problem) in [
        ("undeclared", "a reminder's template is not granted"),
        ("unfilled", "a reminder: the place “number” has no value"),
        ("keyless", "a reminder: an idempotency key has 1 to 64 characters"),
        ("never", "a moment is not before 2201"),
        ("many", "51 reminders; at most 50 are allowed"),
    ] {
        assert_eq!(incompatible(&guest.ask(&reminders(state)).await), problem, "{state}");
    }
    let mut ungranted = guest;
    Arc::make_mut(&mut ungranted.terms.grant).templates.clear();
    assert_eq!(incompatible(&ungranted.ask(&reminders("accepted")).await), "a reminder's template is not granted");
}

#[tokio::test]
async fn a_transition_is_held_with_a_reason_or_proceeds() {
    let guest = observer(&City::new()).await;
    let called = guest.ask(&Ask::Advise(made("answer"))).await;
    assert_eq!(called.outcome, Outcome::Answer(Answer::Advised(Advice::Proceed)));
    let called = guest.ask(&Ask::Advise(made("decline"))).await;
    let Outcome::Answer(Answer::Advised(Advice::Hold(refusal))) = called.outcome else {
        panic!("{:?}", called.outcome)
    };
    assert_eq!(refusal.reason.zh, "先联系申请人。");
    assert!(matches!(guest.ask(&Ask::Advise(made("refuse"))).await.outcome, Outcome::Refused(_)));
    let called = guest.ask(&Ask::Advise(made("wordless"))).await;
    assert_eq!(incompatible(&called), "the reason of a refusal is empty");
    let called = guest.ask(&Ask::Advise(made("trap"))).await;
    assert!(matches!(called.outcome, Outcome::Failed(Failure::Trap(_))), "{:?}", called.outcome);
}

#[tokio::test]
async fn a_case_takes_no_note_while_its_transition_is_being_decided() {
    let city = City::new();
    city.file(Filed::of("cn.example.observer", "00000001", 20));
    let called = observer(&city).await.ask(&Ask::Advise(made("note"))).await;
    assert_eq!(called.outcome, Outcome::Answer(Answer::Advised(Advice::Proceed)));
    assert!(
        called.log[0].level == LogLevel::Info && called.log[0].message.contains("being decided"),
        "{:?}",
        called.log
    );
    assert!(city.notes(&number("00000001")).is_empty());
}

#[tokio::test]
async fn a_transition_that_was_made_is_seen() {
    let city = City::new();
    let guest = observer(&city).await;
    assert_eq!(guest.ask(&Ask::Observe(made("answer"))).await.outcome, Outcome::Answer(Answer::Observed));
    assert_eq!(city.keys()[0].2, format!("seen/{}/answer", number("00000001")));
    let called = guest.ask(&Ask::Observe(made("trap"))).await;
    assert!(matches!(called.outcome, Outcome::Failed(Failure::Trap(_))), "{:?}", called.outcome);
}

#[tokio::test]
async fn a_timer_runs_or_is_to_run_later_or_will_not_work() {
    let city = City::new();
    let guest = observer(&city).await;
    assert_eq!(guest.ask(&tick("hourly")).await.outcome, Outcome::Answer(Answer::Ran));
    assert_eq!(city.keys()[0].2, "ran/hourly/1777345200000");
    let later = guest.ask(&tick("later")).await.outcome;
    assert!(matches!(&later, Outcome::Unavailable(why) if why.zh == "登记系统停机。"), "{later:?}");
    let failed = guest.ask(&tick("failed")).await.outcome;
    assert!(matches!(&failed, Outcome::Refused(why) if why.reason.zh == "设置不对。"), "{failed:?}");
    assert!(matches!(guest.ask(&tick("trap")).await.outcome, Outcome::Failed(Failure::Trap(_))));
}

#[tokio::test]
async fn a_point_that_is_not_answered_says_so() {
    let asker = Stage::shared().guest("asker").await;
    for (ask, point) in [
        (offers("item"), "assistance"),
        (reminders("accepted"), "reminders"),
        (Ask::Advise(made("answer")), "case-hooks"),
        (Ask::Observe(made("answer")), "case-hooks"),
        (tick("hourly"), "timers"),
    ] {
        assert_eq!(ask.point().name(), point);
        assert!(incompatible(&asker.ask(&ask).await).starts_with(&format!("it does not answer {point};")), "{point}");
    }
}

#[tokio::test]
async fn each_of_these_calls_replays_to_the_same_bytes() {
    let city = City::new();
    city.file(Filed::of("cn.example.observer", "00000001", 20));
    let guest = observer(&city).await.applied_by(applicant(true)).recorded();
    let ungranted = guest.clone().granted(&[Capability::Storage]);
    for ask in [
        offers("item"),
        reminders("accepted"),
        reminders("undeclared"),
        Ask::Advise(made("decline")),
        Ask::Advise(made("note")),
        Ask::Advise(made("trap")),
        Ask::Observe(made("answer")),
        tick("hourly"),
        tick("later"),
        tick("failed"),
    ] {
        for guest in [&guest, &ungranted] {
            let transcript = guest.ask(&ask).await.transcript.expect("a record was wanted");
            let bytes = transcript.to_bytes().expect("it can be written");
            let transcript = Transcript::from_bytes(&bytes).expect("it can be read");
            let replayed = guest.runtime.replay(&guest.loaded, &transcript).await.expect("it is a record");
            assert!(replayed.same, "{}: {replayed:?}", ask.function());
            assert_eq!(replayed.output, transcript.output());
        }
    }
}
