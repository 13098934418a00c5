//! For the benchmark alone: what a call costs on an instance that is not fresh, so that the price of a fresh one shows.
//!
//! Invariant: it gives times and no answers, so that nobody can be served from an instance that another call has used.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::Store;

use crate::ask::Ask;
use crate::call::{Moment, Terms};
use crate::check::Loaded;
use crate::clock;
use crate::engine::Runtime;
use crate::ports::Caller;
use crate::sandbox::Sandbox;
use crate::transcript::Tape;
use crate::v1;

impl Runtime {
    /// Makes one instance and times so many calls of it; none where one of them fails.
    #[doc(hidden)]
    pub async fn time_reused_instance(
        &self,
        plugin: &Loaded,
        ask: &Ask,
        terms: &Terms,
        times: usize,
    ) -> Option<Vec<Duration>> {
        let caller = Caller {
            division: terms.division.clone(),
            plugin: plugin.id.clone(),
            storage_quota: terms.grant.storage_quota,
        };
        let mut store = Store::new(&self.inner.engine, Sandbox::new(caller, terms, 0, Tape::Off));
        store.limiter(|sandbox| &mut sandbox.limiter);
        store.set_hostcall_fuel(usize::try_from(terms.grant.limits.output).unwrap_or(usize::MAX));
        clock::arm(&mut store, Duration::from_mins(10), Arc::clone(&plugin.lane));
        let instance = plugin.pre.instantiate_async(&mut store).await.ok()?;
        let mut took = Vec::with_capacity(times);
        for _ in 0..times {
            let begun = Instant::now();
            let moment =
                Moment { division: terms.division.clone(), language: terms.language, at: terms.at, today: terms.today };
            let call = v1::Call::new(ask, &moment);
            let reply = v1::dispatch(&plugin.points, &instance, &mut store, &call).await.ok()?;
            reply.into_outcome().ok()?;
            took.push(begun.elapsed());
        }
        Some(took)
    }
}
