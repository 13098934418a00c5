//! Guests that misbehave: each ends in its typed outcome, and the very next call is served as if nothing had been.

use std::time::Duration;

use lotus_contract_tests::{City, Plugin, Stage, first_words};
use lotus_domain::Slug;
use lotus_domain::package::Capability;
use lotus_runtime::{Answer, Ask, Called, Failure, Limit, LogLevel, Outcome};

/// Calls a zone that ends badly, then a calm one and one that counts what is left of the calls before.
async fn ends_badly(guest: &Plugin, zone: &str) -> Called<Answer> {
    let called = guest.render(zone, None).await;
    assert_eq!(guest.words("calm", None).await, "calm is calm", "after {zone}");
    assert_eq!(guest.words("counter", None).await, "1", "after {zone}");
    called
}

fn failure(called: &Called<Answer>) -> &Failure {
    match &called.outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("it did not fail: {other:?}"),
    }
}

async fn hostile() -> Plugin {
    Stage::shared().guest("hostile").await
}

/// With time enough that only the limit under test can end the call, however busy the machine is.
async fn unhurried() -> Plugin {
    hostile().await.limited(|limits| limits.time = Duration::from_mins(1))
}

#[tokio::test]
async fn a_panic_is_a_trap_that_says_what_the_guest_said() {
    let called = ends_badly(&unhurried().await, "trap").await;
    let Failure::Trap(message) = failure(&called) else { panic!("{called:?}") };
    assert!(message.contains("a hostile guest gave up"), "{message}");
    assert!(called.log.iter().any(|line| line.level == LogLevel::Error && line.message.contains("gave up")));
}

#[tokio::test]
async fn an_endless_loop_is_stopped_when_its_time_is_over() {
    let time = Duration::from_millis(200);
    let guest = hostile().await.limited(|limits| limits.time = time);
    let called = guest.render("loop", None).await;
    assert_eq!(failure(&called), &Failure::TimedOut(time));
    assert!(called.took >= time, "a deadline is never early");
    ends_badly(&unhurried().await, "trap").await;
}

#[tokio::test]
async fn a_guest_that_sleeps_is_stopped_when_its_time_is_over() {
    let time = Duration::from_millis(200);
    let called = hostile().await.limited(|limits| limits.time = time).render("sleep", None).await;
    assert_eq!(failure(&called), &Failure::TimedOut(time));
    assert_eq!(unhurried().await.words("counter", None).await, "1");
}

/// A component with one more module at its end, which loops as it is instantiated.
fn stuck(component: &[u8]) -> Vec<u8> {
    let module = wat::parse_str("(module (func $loop (loop br 0)) (start $loop))").expect("it is WebAssembly text");
    let leb = |mut number: usize| {
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        bytes.push(number.to_le_bytes()[0]);
        bytes
    };
    // The new module's index is the number of modules that are there: sections of id 1, at the top level.
    let (mut at, mut modules) = (8, 0);
    while at < component.len() {
        modules += u8::from(component[at] == 1);
        at += 1;
        let (mut size, mut shift) = (0_usize, 0);
        loop {
            let byte = component[at];
            at += 1;
            size |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        at += size;
    }
    // A section of one core module, and one of one core instance: instantiate it, with no arguments.
    [component, &[1], &leb(module.len()), &module, &[2, 4, 1, 0, modules, 0]].concat()
}

#[tokio::test]
async fn a_loop_while_an_instance_is_made_is_stopped_too() {
    let time = Duration::from_millis(200);
    let echo = lotus_artifacts::guest("echo");
    let guest = Stage::shared().plugin(echo.manifest, &stuck(echo.component)).await;
    let called = guest.limited(|limits| limits.time = time).ask(&Ask::ListZones).await;
    assert_eq!(failure(&called), &Failure::TimedOut(time));
}

#[tokio::test]
async fn memory_without_end_is_over_the_limit_of_memory() {
    let called = ends_badly(&unhurried().await.limited(|limits| limits.memory = 8 << 20), "memory").await;
    assert_eq!(failure(&called), &Failure::OverLimit { limit: Limit::Memory, allowed: 8 << 20 });
    assert!(called.memory <= 8 << 20);
}

#[tokio::test]
async fn ten_megabytes_are_over_the_limit_of_output() {
    let guest = unhurried().await;
    let allowed = guest.terms.grant.limits.output;
    let called = ends_badly(&guest, "output").await;
    assert_eq!(failure(&called), &Failure::OverLimit { limit: Limit::Output, allowed });
}

#[tokio::test]
async fn a_million_calls_of_a_capability_are_over_the_limit_of_calls() {
    let guest = unhurried().await;
    let allowed = u64::from(guest.terms.grant.limits.capability_calls);
    let called = ends_badly(&guest, "calls").await;
    assert_eq!(failure(&called), &Failure::OverLimit { limit: Limit::CapabilityCalls, allowed });
}

#[tokio::test]
async fn a_recursion_without_end_is_a_trap() {
    let called = ends_badly(&unhurried().await, "deep").await;
    assert!(matches!(failure(&called), Failure::Trap(_)), "{called:?}");
}

#[tokio::test]
async fn lines_of_log_over_the_limit_are_dropped_and_counted() {
    let called = ends_badly(&unhurried().await, "log").await;
    assert_eq!(first_words(&called).as_deref(), Some("a hundred thousand lines"));
    let (last, lines) = called.log.split_last().expect("there is a log");
    assert_eq!(lines.len(), 100);
    assert!(lines.iter().all(|line| line.message.len() == 1_024 && line.message.capacity() <= 2_048));
    assert_eq!(last.message, "99900 more lines were dropped: over the call's limit");
}

#[tokio::test]
async fn what_goes_to_standard_error_is_bounded_and_in_lines() {
    let called = ends_badly(&unhurried().await, "shout").await;
    assert_eq!(first_words(&called).as_deref(), Some("shouted"));
    assert!((1..=50).contains(&called.log.len()), "{}", called.log.len());
    assert!(called.log.iter().all(|line| line.message.len() <= 1_024 && !line.message.contains('\n')));
}

#[tokio::test]
async fn storage_over_its_quota_is_an_answer_and_nothing_is_written() {
    let city = City::new();
    let guest = unhurried().await.asking(city.clone());
    let said = guest.words("storage", None).await;
    // Fifteen values of 64 KiB and their keys of ten bytes fit into a mebibyte.
    assert_eq!(said, "over-quota after 15: limit 1048576, used 983190");
    assert_eq!(city.keys().len(), 15);
}

#[tokio::test]
async fn what_a_guest_needs_and_is_not_granted_is_named_when_it_gives_up() {
    let guest = unhurried().await;
    assert_eq!(guest.words("insist", None).await, "version 1");
    let called = ends_badly(&guest.granted(&[]), "insist").await;
    assert_eq!(failure(&called), &Failure::Denied(Capability::Storage));
}

#[tokio::test]
async fn a_service_that_traps_or_loops_on_submission_fails_alone() {
    let time = Duration::from_millis(200);
    let submit = |service: &str| Ask::Submit { service: Slug::parse(service).expect("an id"), values: Vec::new() };
    let guest = unhurried().await;
    assert!(matches!(failure(&guest.ask(&submit("trap")).await), Failure::Trap(_)));
    let hurried = hostile().await.limited(|limits| limits.time = time);
    assert_eq!(failure(&hurried.ask(&submit("loop")).await), &Failure::TimedOut(time));
    assert!(matches!(guest.ask(&submit("calm")).await.outcome, Outcome::Answer(Answer::Submitted(_))));
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_nothing_behind() {
    let guest = unhurried().await;
    for zone in ["loop", "sleep"] {
        let gone = tokio::time::timeout(Duration::from_millis(50), guest.render(zone, None)).await;
        assert!(gone.is_err(), "{zone} never answers");
        assert_eq!(guest.words("counter", None).await, "1", "after {zone}");
    }
}

#[tokio::test]
async fn refusals_are_answers_and_not_failures() {
    let guest = unhurried().await;
    let refused = guest.render("refuse", None).await;
    assert!(matches!(refused.outcome, Outcome::Refused(no) if no.reason.zh == "不在服务范围内。"));
    let away = guest.render("unavailable", None).await;
    assert!(matches!(away.outcome, Outcome::Unavailable(why) if why.zh == "稍后再试。"));
}
