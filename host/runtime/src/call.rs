//! A call: a fresh instance, two clocks, limits, a typed outcome, everything dropped at the end.
//!
//! Invariant: whatever a guest does, its call ends within its time and a little grace, and its store goes with it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::activation::Grant;
use lotus_domain::applicant::Applicant;
use lotus_domain::district::Division;
use lotus_domain::form::Value;
use lotus_domain::hook::Message;
use lotus_domain::text::Language;
use tokio::sync::{SemaphorePermit, TryAcquireError};
use wasmtime::{Store, Trap};

use crate::ask::{Answer, Ask};
use crate::capabilities;
use crate::check::Loaded;
use crate::clock::{self, TimeIsOver};
use crate::engine::Runtime;
use crate::outcome::{Failure, Limit, Outcome};
use crate::ports::{Caller, LogLine, Nothing, Ports};
use crate::sandbox::Sandbox;
use crate::transcript::{Json, Replayed, Tape, Transcript, TranscriptError};
use crate::v1;

/// When and for whom a call happens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moment {
    pub(crate) division: Division,
    pub(crate) language: Language,
    pub(crate) at: Timestamp,
    pub(crate) today: Date,
}

/// The terms of one call.
#[derive(Clone)]
pub struct Terms {
    /// The district that is served.
    pub division: Division,
    /// The language of the page.
    pub language: Language,
    /// The one moment at which the whole call happens.
    pub at: Timestamp,
    /// Its date in the city's zone.
    pub today: Date,
    /// What the plugin may do.
    pub grant: Arc<Grant>,
    /// The plugin's settings in this district.
    pub settings: Arc<BTreeMap<String, Value>>,
    /// Where capabilities ask.
    pub ports: Arc<dyn Ports>,
    /// Who applies in this call; none where nobody is signed in, or the call is nobody's.
    pub applicant: Option<Arc<Applicant>>,
    /// Whether a transcript is wanted.
    pub record: bool,
}

/// A call that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Called<T> {
    /// What came of it.
    pub outcome: Outcome<T>,
    /// How long it took, waiting for an instance included.
    pub took: Duration,
    /// Bytes of linear memory at its largest.
    pub memory: u64,
    /// The plugin's log, standard error included.
    pub log: Vec<LogLine>,
    /// What it wants to be sent; empty unless it answered.
    pub messages: Vec<Message>,
    /// The record, where one was wanted; none where the capabilities' answers were too many to keep.
    pub transcript: Option<Transcript>,
}

/// What the whole-call clock gives beyond the guest's own, so that the guest's clock speaks first.
const GRACE: Duration = Duration::from_millis(20);

/// Handles that a guest's resources may have at the same time: host memory that no memory limit sees.
const MOST_HANDLES: usize = 10_000;

/// What wasmtime says when a guest gives more than its output may be. The type is not public, so the whole message is
/// compared; a guest can't write it, because causes come from the host alone.
const TOO_MUCH_OUTPUT: &str =
    "too much data is being copied between the host and the guest: fuel allocated for hostcalls has been exhausted";

impl Runtime {
    /// Calls a plugin.
    pub async fn call(&self, plugin: &Loaded, ask: &Ask, terms: &Terms) -> Called<Answer> {
        #[cfg(feature = "measure")]
        if let Some(called) = self.remembered(plugin, ask) {
            return called;
        }
        let called = self.call_now(plugin, ask, terms).await;
        #[cfg(feature = "measure")]
        self.remember(plugin, ask, &called);
        called
    }

    async fn call_now(&self, plugin: &Loaded, ask: &Ask, terms: &Terms) -> Called<Answer> {
        let moment =
            Moment { division: terms.division.clone(), language: terms.language, at: terms.at, today: terms.today };
        let call = v1::Call::new(ask, &moment);
        let seed = rand::random();
        let tape = if terms.record { Tape::recording() } else { Tape::Off };
        let mut ended = self.run(plugin, &call, terms, seed, tape).await;
        let transcript = if terms.record {
            let tape = std::mem::replace(&mut ended.tape, Tape::Off);
            Transcript::new(plugin, terms, seed, &call, ended.reply.as_ref(), tape)
        } else {
            None
        };
        let outcome = match ended.reply {
            Ok(reply) => reply
                .into_outcome()
                .map_err(|misfit| misfit.to_string())
                .and_then(|outcome| capabilities::within_grant(&terms.grant, outcome))
                .unwrap_or_else(|problem| Outcome::Failed(Failure::Incompatible(problem))),
            Err(failure) => Outcome::Failed(failure),
        };
        // What a call that did not end well wanted to say, it says to nobody.
        let messages = if matches!(outcome, Outcome::Answer(_)) { ended.messages } else { Vec::new() };
        Called { outcome, took: ended.took, memory: ended.memory, log: ended.log, messages, transcript }
    }

    /// Runs a recorded call again, on this or another version of its plugin.
    pub async fn replay(&self, plugin: &Loaded, transcript: &Transcript) -> Result<Replayed, TranscriptError> {
        let call: v1::Call = transcript.ask.parse()?;
        let terms = Terms {
            division: transcript.division.clone(),
            language: transcript.language,
            at: transcript.at,
            today: transcript.today,
            grant: Arc::new(transcript.grant.clone()),
            settings: Arc::new(transcript.settings.clone()),
            ports: Arc::new(Nothing),
            applicant: None,
            record: false,
        };
        let tape = Tape::replaying(transcript.answers.clone());
        let ended = self.run(plugin, &call, &terms, transcript.seed, tape).await;
        let output = match &ended.reply {
            Ok(reply) => Json::of(reply)?.into_bytes(),
            Err(_) => Vec::new(),
        };
        let ending = ended.reply.as_ref().err().map(Failure::ending);
        let left = ended.tape.divergence();
        let same = left.is_none() && output == transcript.output() && ending == transcript.failed;
        // One that fails by itself half-way has not asked the rest; that is not what is the matter with it.
        let diverged = left.filter(|_| ended.tape.is_astray() || ended.reply.is_ok());
        Ok(Replayed {
            same,
            failure: diverged.clone().or_else(|| ended.reply.err().map(|failure| failure.to_string())),
            diverged,
            output,
        })
    }

    /// The right to an instance, at once where one is free.
    async fn instance(&self, time: Duration) -> Option<SemaphorePermit<'_>> {
        let instances = &self.inner.instances;
        match instances.try_acquire() {
            Ok(permit) => Some(permit),
            Err(TryAcquireError::NoPermits) => tokio::time::timeout(time, instances.acquire()).await.ok()?.ok(),
            Err(TryAcquireError::Closed) => None,
        }
    }

    async fn run(&self, plugin: &Loaded, call: &v1::Call, terms: &Terms, seed: u64, tape: Tape) -> Ended {
        let started = Instant::now();
        let limits = terms.grant.limits;
        // A burst waits here, in line; what comes after can't run out of slots.
        let Some(_permit) = self.instance(limits.time).await else {
            let allowed = u64::from(self.inner.most_instances);
            let reply = Err(Failure::OverLimit { limit: Limit::Instances, allowed });
            return Ended { reply, took: started.elapsed(), memory: 0, log: Vec::new(), messages: Vec::new(), tape };
        };
        let caller = Caller {
            division: terms.division.clone(),
            plugin: plugin.id.clone(),
            storage_quota: terms.grant.storage_quota,
        };
        let mut sandbox = Sandbox::new(caller, terms, seed, tape);
        sandbox.deciding = call.decides().map(ToOwned::to_owned);
        let mut store = Store::new(&self.inner.engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.limiter);
        store.set_hostcall_fuel(usize::try_from(limits.output).unwrap_or(usize::MAX));
        store.set_max_component_handles(MOST_HANDLES);
        clock::arm(&mut store, limits.time, Arc::clone(&plugin.lane));
        let work = async {
            let instance = plugin.pre.instantiate_async(&mut store).await?;
            v1::dispatch(&plugin.points, &instance, &mut store, call).await
        };
        let ended = tokio::time::timeout(limits.time + GRACE, work).await;
        let sandbox = store.data_mut();
        let reply = match ended {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => Err(failure(&error, sandbox, limits.time, limits.output)),
            Err(_) => Err(Failure::TimedOut(limits.time)),
        };
        Ended {
            reply,
            took: started.elapsed(),
            memory: sandbox.limiter.memory_used(),
            log: sandbox.take_log(),
            messages: std::mem::take(&mut sandbox.messages),
            tape: std::mem::replace(&mut sandbox.tape, Tape::Off),
        }
    }
}

/// A call that has ended, in the generation's types.
struct Ended {
    reply: Result<v1::Reply, Failure>,
    took: Duration,
    memory: u64,
    log: Vec<LogLine>,
    messages: Vec<Message>,
    tape: Tape,
}

/// Tells the kinds of failure apart, by types and by what the host itself noted; never by words that a guest can choose.
fn failure(error: &wasmtime::Error, sandbox: &Sandbox, time: Duration, output: u64) -> Failure {
    if let Some((limit, allowed)) = sandbox.limiter.over {
        return Failure::OverLimit { limit, allowed };
    }
    if error.is::<TimeIsOver>() || error.downcast_ref::<Trap>() == Some(&Trap::Interrupt) {
        return Failure::TimedOut(time);
    }
    if let Some(point) = error.downcast_ref::<v1::NotAnswered>() {
        return Failure::Incompatible(point.to_string());
    }
    let cause = error.root_cause().to_string();
    if cause == TOO_MUCH_OUTPUT {
        return Failure::OverLimit { limit: Limit::Output, allowed: output };
    }
    if let Some(capability) = sandbox.denied {
        return Failure::Denied(capability);
    }
    let words = sandbox.last_words();
    let cause = error.downcast_ref::<Trap>().map_or(cause, ToString::to_string);
    // Rust says where and what on two lines.
    let said: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).take(2).collect();
    Failure::Trap(if said.is_empty() { cause } else { format!("{} ({cause})", said.join(" ")) })
}
