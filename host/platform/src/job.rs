//! Background jobs: what every host does again and again beside answering, each at its own pace.
//!
//! Invariant: a job is safe to run twice, at the same time too, on whatever replica: what it does is decided by the
//! database, in one transaction. One that fails says so and is tried again at its next turn.

use std::future::Future;
use std::pin::Pin;
use std::sync::Weak;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::start::{Inner, Platform};

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A job: its name for the log, how long it rests between two turns, and one turn.
struct Job {
    name: &'static str,
    rest: Duration,
    turn: fn(Platform) -> Running,
}

/// Every job of a host.
const JOBS: &[Job] = &[
    Job {
        name: "claims",
        rest: Duration::from_secs(2),
        turn: |platform| Box::pin(async move { platform.claims_turn().await }),
    },
    Job {
        name: "supervision",
        rest: Duration::from_secs(1),
        turn: |platform| Box::pin(async move { platform.supervise().await }),
    },
    Job {
        name: "ratings",
        rest: Duration::from_secs(1),
        turn: |platform| Box::pin(async move { platform.ratings_turn().await }),
    },
    Job {
        name: "selections",
        rest: Duration::from_secs(1),
        turn: |platform| Box::pin(async move { platform.selections_turn().await }),
    },
    Job {
        name: "monitoring",
        rest: Duration::from_secs(2),
        turn: |platform| Box::pin(async move { platform.monitor().await }),
    },
    Job {
        name: "policies",
        rest: Duration::from_secs(1),
        turn: |platform| Box::pin(async move { platform.policies_run().await }),
    },
];

/// Starts them all; each ends with the platform.
pub(crate) fn start(inner: &Weak<Inner>) -> Vec<JoinHandle<()>> {
    JOBS.iter().map(|job| tokio::spawn(run(job, Weak::clone(inner)))).collect()
}

async fn run(job: &'static Job, inner: Weak<Inner>) {
    loop {
        // Replicas that start together do not work in step.
        tokio::time::sleep(job.rest.mul_f64(rand::random_range(0.8..1.2))).await;
        let Some(inner) = inner.upgrade() else { return };
        tracing::trace!(job = job.name, "its turn");
        (job.turn)(Platform { inner }).await;
    }
}
