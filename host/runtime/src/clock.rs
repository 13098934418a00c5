//! The guest's clock: its deadline, and how guests that take long share the processors.
//!
//! A guest runs for one slice undisturbed; nearly every call is over by then. One that is not goes on in its plugin's
//! lane, one call at a time: a plugin that loops in a hundred calls takes one processor's turns and not all of them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime::{Store, UpdateDeadline};

use crate::engine::TICK;
use crate::sandbox::Sandbox;

/// How long guest code runs before others get a turn, in ticks.
const SLICE: u64 = 5;

/// The guest's clock ran out.
#[derive(Debug, thiserror::Error)]
#[error("the call's time is over")]
pub(crate) struct TimeIsOver;

/// The ticks until a guest is looked at again.
fn slice(left: Duration) -> u64 {
    let ticks = left.as_nanos().div_ceil(TICK.as_nanos());
    u64::try_from(ticks).map_or(SLICE, |ticks| ticks.clamp(1, SLICE))
}

/// Starts the clock. It is armed as the guest is entered: waiting for an instance is not the guest's time.
pub(crate) fn arm(store: &mut Store<Sandbox>, time: Duration, lane: Arc<Semaphore>) {
    let entered = Instant::now();
    let turn: Arc<Mutex<Option<OwnedSemaphorePermit>>> = Arc::default();
    store.epoch_deadline_callback(move |_| {
        // Whoever waits in the lane comes first.
        if let Ok(mut turn) = turn.lock() {
            turn.take();
        }
        let left = time.saturating_sub(entered.elapsed());
        if left.is_zero() {
            return Err(TimeIsOver.into());
        }
        let (lane, turn) = (Arc::clone(&lane), Arc::clone(&turn));
        let wait = async move {
            tokio::task::yield_now().await;
            // A guest whose time ends in the line is entered once more, and stopped there by this clock.
            if let Ok(Ok(permit)) = tokio::time::timeout(left, lane.acquire_owned()).await
                && let Ok(mut turn) = turn.lock()
            {
                *turn = Some(permit);
            }
        };
        Ok(UpdateDeadline::YieldCustom(slice(left), Box::pin(wait)))
    });
    store.set_epoch_deadline(slice(time));
}
