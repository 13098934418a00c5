//! For the benchmark alone, and compiled for it alone: what a call costs on an instance that is not fresh, and what a
//! page costs whose plugin need not be asked. The differences are the price of the sandbox.
//!
//! Invariant: the program is built without this; a host never answers from an instance or an answer that was used.

use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use wasmtime::Store;

use crate::ask::{Answer, Ask};
use crate::call::{Called, Moment, Terms};
use crate::check::Loaded;
use crate::clock;
use crate::engine::Runtime;
use crate::ports::Caller;
use crate::sandbox::Sandbox;
use crate::transcript::Tape;
use crate::v1;

/// Answers that were given once, by plugin and question.
pub(crate) type Memory = Arc<RwLock<Vec<(String, Ask, Called<Answer>)>>>;

impl Runtime {
    /// The same sandbox, which asks every plugin every question once and then gives the answer again, as native code
    /// would that has it at hand.
    pub fn remembering(&self) -> Self {
        Self { memory: Some(Memory::default()), ..self.clone() }
    }

    pub(crate) fn remembered(&self, plugin: &Loaded, ask: &Ask) -> Option<Called<Answer>> {
        let known = self.memory.as_ref()?.read().ok()?;
        known.iter().find(|(id, asked, _)| *id == plugin.id && asked == ask).map(|(_, _, called)| called.clone())
    }

    pub(crate) fn remember(&self, plugin: &Loaded, ask: &Ask, called: &Called<Answer>) {
        if let Some(Ok(mut known)) = self.memory.as_ref().map(|memory| memory.write()) {
            known.push((plugin.id.clone(), ask.clone(), called.clone()));
        }
    }

    /// Makes one instance and times so many calls of it; none where one of them fails.
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
