//! A call: a fresh instance, two clocks, limits, a typed outcome, everything dropped at the end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::Slug;
use lotus_domain::activation::Grant;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::form::{FieldError, FieldValue, Form, Value};
use lotus_domain::law::Refusal;
use lotus_domain::package::{Capability, ExtensionPoint};
use lotus_domain::page::Page;
use lotus_domain::record::Ending;
use lotus_domain::service::{Advice, Service, Submitted};
use lotus_domain::text::{Language, Text};
use lotus_domain::zone::Zone;
use wasmtime::{Store, Trap, UpdateDeadline};

use crate::check::Loaded;
use crate::engine::{Runtime, TICK};
use crate::ports::{Caller, LogLine, Nothing, Ports};
use crate::sandbox::Sandbox;
use crate::transcript::{Replayed, Tape, Transcript, TranscriptError};
use crate::v1;

/// A question to a plugin.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// `zones.list-zones`
    ListZones,
    /// `zones.render`
    RenderPage {
        /// Which zone.
        zone: Slug,
        /// Which page of it; none for its first.
        page: Option<String>,
    },
    /// `services.list-services`
    ListServices,
    /// `services.form`
    ServiceForm {
        /// Which service.
        service: Slug,
    },
    /// `services.check`
    Check {
        /// Which service.
        service: Slug,
        /// The values, typed.
        values: Vec<FieldValue>,
    },
    /// `services.submit`
    Submit {
        /// Which service.
        service: Slug,
        /// The values, typed.
        values: Vec<FieldValue>,
    },
    /// `services.advance`: before a transition whose definition asks the plugin.
    Advance {
        /// Which case.
        case: CaseNumber,
        /// Of which service.
        service: Slug,
        /// The state that it is in.
        state: Slug,
        /// The transition that is wanted.
        transition: Slug,
        /// What was filled in when it was submitted.
        values: Vec<FieldValue>,
        /// The reason that was given.
        reason: Option<String>,
    },
}

impl Ask {
    /// The extension point that answers.
    pub const fn point(&self) -> ExtensionPoint {
        match self {
            Self::ListZones | Self::RenderPage { .. } => ExtensionPoint::Zones,
            Self::ListServices
            | Self::ServiceForm { .. }
            | Self::Check { .. }
            | Self::Submit { .. }
            | Self::Advance { .. } => ExtensionPoint::Services,
        }
    }

    /// `interface.function` of the contract.
    pub const fn function(&self) -> &'static str {
        match self {
            Self::ListZones => "zones.list-zones",
            Self::RenderPage { .. } => "zones.render",
            Self::ListServices => "services.list-services",
            Self::ServiceForm { .. } => "services.form",
            Self::Check { .. } => "services.check",
            Self::Submit { .. } => "services.submit",
            Self::Advance { .. } => "services.advance",
        }
    }
}

/// What a plugin answered, in the order of [`Ask`].
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Its zones.
    Zones(Vec<Zone>),
    /// A page.
    Page(Page),
    /// Its services.
    Services(Vec<Service>),
    /// A service's form, if it has one.
    Form(Option<Form>),
    /// What is wrong with the values.
    Checked(Vec<FieldError>),
    /// What became of a submission.
    Submitted(Submitted),
    /// What it says to a transition.
    Advised(Advice),
}

/// A limit of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of linear memory.
    Memory,
    /// Elements of tables.
    Tables,
    /// Bytes that cross from the guest at once: its answer, or what it gives to a capability.
    Output,
    /// Calls of capabilities.
    CapabilityCalls,
    /// Instances at the same time on this host.
    Instances,
}

/// How a call went wrong: the plugin's or the host's affair, never the citizen's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A bug of the plugin: a panic, an out-of-bounds access, a stack overflow.
    #[error("it trapped: {0}")]
    Trap(String),
    /// Its time was over.
    #[error("it did not answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// It went over a limit.
    #[error("it went over its limit of {allowed} for {limit:?}")]
    OverLimit {
        /// Which.
        limit: Limit,
        /// What it may.
        allowed: u64,
    },
    /// It imports what it is not granted.
    #[error("it needs {} and is not granted it", .0.name())]
    Denied(Capability),
    /// It does not fit the contract.
    #[error("its answer does not fit the contract: {0}")]
    Incompatible(String),
}

impl Failure {
    /// For counting.
    pub const fn ending(&self) -> Ending {
        match self {
            Self::Trap(_) => Ending::Trap,
            Self::TimedOut(_) => Ending::TimedOut,
            Self::OverLimit { .. } => Ending::OverLimit,
            Self::Denied(_) => Ending::Denied,
            Self::Incompatible(_) => Ending::Incompatible,
        }
    }
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome<T> {
    /// It answered.
    Answer(T),
    /// A reasoned no, which the person reads.
    Refused(Refusal),
    /// What was named is not this plugin's.
    NotFound,
    /// Something that the plugin needs is away.
    Unavailable(Text),
    /// It went wrong.
    Failed(Failure),
}

impl<T> Outcome<T> {
    /// The same outcome with another answer; an answer of the wrong kind is a failure.
    pub fn pick<U>(self, pick: impl FnOnce(T) -> Option<U>) -> Outcome<U> {
        match self {
            Self::Answer(answer) => match pick(answer) {
                Some(picked) => Outcome::Answer(picked),
                None => Outcome::Failed(Failure::Incompatible("an answer to another question".to_owned())),
            },
            Self::Refused(refusal) => Outcome::Refused(refusal),
            Self::NotFound => Outcome::NotFound,
            Self::Unavailable(why) => Outcome::Unavailable(why),
            Self::Failed(failure) => Outcome::Failed(failure),
        }
    }

    /// For counting.
    pub const fn ending(&self) -> Ending {
        match self {
            Self::Answer(_) | Self::NotFound => Ending::Answer,
            Self::Refused(_) | Self::Unavailable(_) => Ending::Refused,
            Self::Failed(failure) => failure.ending(),
        }
    }
}

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
    /// The record, where one was wanted.
    pub transcript: Option<Transcript>,
}

/// How long guest code runs before others get a turn, in ticks.
const SLICE: u64 = 5;

/// What the whole-call clock gives beyond the guest's own, so that the guest's clock speaks first.
const GRACE: Duration = Duration::from_millis(20);

/// The guest's clock ran out.
#[derive(Debug, thiserror::Error)]
#[error("the call's time is over")]
struct TimeIsOver;

impl Runtime {
    /// Calls a plugin.
    pub async fn call(&self, plugin: &Loaded, ask: &Ask, terms: &Terms) -> Called<Answer> {
        let moment =
            Moment { division: terms.division.clone(), language: terms.language, at: terms.at, today: terms.today };
        let call = v1::Call::new(ask, &moment);
        let seed = rand::random();
        let tape = if terms.record { Tape::Recording(Vec::new()) } else { Tape::Off };
        let ended = self.run(plugin, &call, terms, seed, tape).await;
        let transcript = match (terms.record, &ended.reply) {
            (true, reply) => Transcript::new(plugin, terms, seed, &call, reply.as_ref().ok(), ended.tape),
            (false, _) => None,
        };
        let outcome = match ended.reply {
            Ok(reply) => {
                reply.into_outcome().unwrap_or_else(|misfit| Outcome::Failed(Failure::Incompatible(misfit.to_string())))
            }
            Err(failure) => Outcome::Failed(failure),
        };
        Called { outcome, took: ended.took, memory: ended.memory, log: ended.log, transcript }
    }

    /// Runs a recorded call again, on this or another version of its plugin.
    pub async fn replay(&self, plugin: &Loaded, transcript: &Transcript) -> Result<Replayed, TranscriptError> {
        let call: v1::Call = serde_json::from_value(transcript.ask.clone())?;
        let terms = Terms {
            division: transcript.division.clone(),
            language: transcript.language,
            at: transcript.at,
            today: transcript.today,
            grant: Arc::new(transcript.grant.clone()),
            settings: Arc::new(transcript.settings.clone()),
            ports: Arc::new(Nothing),
            record: false,
        };
        let tape = Tape::Replaying(transcript.answers.clone().into());
        let ended = self.run(plugin, &call, &terms, transcript.seed, tape).await;
        let (output, failure) = match &ended.reply {
            Ok(reply) => (serde_json::to_value(reply)?.to_string().into_bytes(), None),
            Err(failure) => (Vec::new(), Some(failure.to_string())),
        };
        Ok(Replayed { same: output == transcript.output(), output, failure })
    }

    async fn run(&self, plugin: &Loaded, call: &v1::Call, terms: &Terms, seed: u64, tape: Tape) -> Ended {
        let started = Instant::now();
        let limits = terms.grant.limits;
        let early =
            |failure| Ended { reply: Err(failure), took: started.elapsed(), memory: 0, log: vec![], tape: Tape::Off };
        if let Some(missing) = plugin.imports.iter().find(|capability| !terms.grant.allows(**capability)) {
            return early(Failure::Denied(*missing));
        }
        let Ok(Ok(_permit)) = tokio::time::timeout(limits.time, self.inner.instances.acquire()).await else {
            return early(Failure::TimedOut(limits.time));
        };
        let caller = Caller {
            division: terms.division.clone(),
            plugin: plugin.id.clone(),
            storage_quota: terms.grant.storage_quota,
        };
        let now = Duration::from_millis(u64::try_from(terms.at.as_millisecond()).unwrap_or(0));
        let sandbox = Sandbox::new(
            caller,
            Arc::clone(&terms.grant),
            Arc::clone(&terms.settings),
            Arc::clone(&terms.ports),
            now,
            seed,
            tape,
        );
        let mut store = Store::new(&self.inner.engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.limiter);
        store.set_hostcall_fuel(usize::try_from(limits.output).unwrap_or(usize::MAX));
        // Armed here, as the guest is entered: waiting for an instance is not the guest's time.
        let entered = Instant::now();
        let slice = |left: Duration| {
            let ticks = left.as_nanos().div_ceil(TICK.as_nanos());
            u64::try_from(ticks).map_or(SLICE, |ticks| ticks.clamp(1, SLICE))
        };
        store.epoch_deadline_callback(move |_| {
            let left = limits.time.saturating_sub(entered.elapsed());
            if left.is_zero() {
                return Err(TimeIsOver.into());
            }
            Ok(UpdateDeadline::YieldCustom(slice(left), Box::pin(tokio::task::yield_now())))
        });
        store.set_epoch_deadline(slice(limits.time));
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
    tape: Tape,
}

/// Tells the kinds of failure apart; what was noted while the guest ran says more than the trap it ended in.
fn failure(error: &wasmtime::Error, sandbox: &Sandbox, time: Duration, output: u64) -> Failure {
    if let Some((limit, allowed)) = sandbox.limiter.over {
        return Failure::OverLimit { limit, allowed };
    }
    if error.is::<TimeIsOver>() || error.downcast_ref::<Trap>() == Some(&Trap::Interrupt) {
        return Failure::TimedOut(time);
    }
    let whole = format!("{error:#}");
    if whole.contains("fuel allocated for hostcalls") {
        return Failure::OverLimit { limit: Limit::Output, allowed: output };
    }
    let words = sandbox.last_words();
    let cause = error.downcast_ref::<Trap>().map_or_else(|| error.root_cause().to_string(), ToString::to_string);
    let message = words.lines().find(|line| !line.trim().is_empty()).map_or(cause.clone(), |first| {
        // Rust says where and what on two lines.
        let second = words.lines().nth(1).unwrap_or_default();
        format!("{first} {second} ({cause})")
    });
    Failure::Trap(message)
}

impl Transcript {
    fn new(
        plugin: &Loaded,
        terms: &Terms,
        seed: u64,
        call: &v1::Call,
        reply: Option<&v1::Reply>,
        tape: Tape,
    ) -> Option<Self> {
        let Tape::Recording(answers) = tape else { return None };
        let output = reply.map(serde_json::to_value).transpose().ok()?;
        Some(Self {
            contract: v1::GENERATION,
            division: terms.division.clone(),
            plugin: plugin.id.clone(),
            component: plugin.component.to_string(),
            language: terms.language,
            at: terms.at,
            today: terms.today,
            seed,
            grant: Grant::clone(&terms.grant),
            settings: BTreeMap::clone(&terms.settings),
            ask: serde_json::to_value(call).ok()?,
            answers,
            output,
        })
    }
}
