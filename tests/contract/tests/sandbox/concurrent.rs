//! Many calls at once: who loops disturbs nobody, and a burst waits in line instead of failing.

use std::time::Duration;

use futures::future::join_all;
use lotus_contract_tests::{Stage, first_words};
use lotus_runtime::{Failure, Limit, Outcome};

/// The calls of a healthy plugin are all answered before any of the loops beside them has ended.
async fn a_healthy_plugin_beside_loops() {
    let stage = Stage::shared();
    let echo = stage.guest("echo").await.limited(|limits| limits.time = Duration::from_mins(2));
    let looping = stage.guest("hostile").await.limited(|limits| limits.time = Duration::from_mins(1));
    let loops: Vec<_> = (0..16)
        .map(|_| {
            let looping = looping.clone();
            tokio::spawn(async move { looping.render("loop", None).await })
        })
        .collect();
    for turn in 0..100 {
        let page = turn.to_string();
        assert_eq!(echo.words("echo", Some(&page)).await, page);
    }
    assert!(loops.iter().all(|looping| !looping.is_finished()), "the healthy plugin waited for the loops");
    for looping in loops {
        looping.abort();
        assert!(looping.await.is_err_and(|error| error.is_cancelled()));
    }
    assert_eq!(looping.words("counter", None).await, "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn loops_do_not_disturb_a_healthy_plugin() {
    a_healthy_plugin_beside_loops().await;
}

#[tokio::test(flavor = "current_thread")]
async fn loops_do_not_disturb_a_healthy_plugin_on_a_single_thread() {
    a_healthy_plugin_beside_loops().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_one_of_many_loops_is_stopped() {
    let time = Duration::from_millis(300);
    let looping = Stage::shared().guest("hostile").await.limited(|limits| limits.time = time);
    for called in join_all((0..20).map(|_| looping.render("loop", None))).await {
        assert_eq!(called.outcome, Outcome::Failed(Failure::TimedOut(time)));
    }
    assert_eq!(looping.words("calm", None).await, "calm is calm");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_waits_in_line_for_instances() {
    let stage = Stage::with_instances(2);
    let echo = stage.guest("echo").await.limited(|limits| limits.time = Duration::from_mins(1));
    let calls = (0..300).map(|turn| {
        let echo = echo.clone();
        tokio::spawn(async move { echo.words("echo", Some(&turn.to_string())).await })
    });
    for (turn, called) in join_all(calls).await.into_iter().enumerate() {
        assert_eq!(called.expect("it was answered"), turn.to_string());
    }
}

#[tokio::test]
async fn who_waits_too_long_for_an_instance_is_told_that_it_is_the_hosts_limit() {
    let stage = Stage::with_instances(1);
    let guest = stage.guest("hostile").await;
    let (sleeper, waiting) = (
        guest.clone().limited(|limits| limits.time = Duration::from_mins(1)),
        guest.limited(|limits| limits.time = Duration::from_millis(100)),
    );
    let sleeping = {
        let sleeper = sleeper.clone();
        tokio::spawn(async move { sleeper.render("sleep", None).await })
    };
    tokio::task::yield_now().await;
    let called = waiting.render("calm", None).await;
    assert_eq!(called.outcome, Outcome::Failed(Failure::OverLimit { limit: Limit::Instances, allowed: 1 }));
    sleeping.abort();
    assert!(sleeping.await.is_err());
    assert_eq!(first_words(&sleeper.render("calm", None).await).as_deref(), Some("calm is calm"));
}
