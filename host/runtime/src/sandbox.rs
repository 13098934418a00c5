//! What stands around one guest during one call: its limits, its granted surroundings, an empty WASI, what was noted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use lotus_domain::activation::Grant;
use lotus_domain::applicant::Applicant;
use lotus_domain::form::Value;
use lotus_domain::hook::Message;
use lotus_domain::package::Capability;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxView, WasiView};

use crate::call::Terms;
use crate::capabilities::{Said, cut};
use crate::limits::Limiter;
use crate::outcome::Limit;
use crate::ports::{Caller, LogLevel, LogLine, Ports};
use crate::transcript::Tape;

/// Bytes of a guest's standard error that are kept: a panic's message and where it was.
const STDERR_BYTES: usize = 16 << 10;
/// Lines of it that come into the plugin's log.
const STDERR_LINES: usize = 50;
/// WASI objects (streams, pollables, sockets) that a guest may hold at the same time.
const MOST_WASI_OBJECTS: usize = 1_000;

/// The state of one call's store.
pub(crate) struct Sandbox {
    pub(crate) limiter: Limiter,
    pub(crate) caller: Caller,
    pub(crate) grant: Arc<Grant>,
    pub(crate) settings: Arc<BTreeMap<String, Value>>,
    pub(crate) ports: Arc<dyn Ports>,
    /// Whose call it is.
    pub(crate) applicant: Option<Arc<Applicant>>,
    /// The case whose transition is being decided.
    pub(crate) deciding: Option<String>,
    /// What is to be said once the call has ended well.
    pub(crate) messages: Vec<Message>,
    pub(crate) log: Vec<LogLine>,
    pub(crate) log_dropped: u32,
    pub(crate) tape: Tape,
    /// The capability that was denied last, where nothing was granted since.
    pub(crate) denied: Option<Capability>,
    capability_calls: u32,
    now: Duration,
    seed: u64,
    stderr: Stderr,
    // Made when a guest first asks WASI for something: most calls never do, and pay nothing for it.
    wasi: Option<WasiCtx>,
    table: ResourceTable,
}

impl Sandbox {
    pub(crate) fn new(caller: Caller, terms: &Terms, seed: u64, tape: Tape) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MOST_WASI_OBJECTS);
        Self {
            limiter: Limiter::new(&terms.grant.limits),
            caller,
            grant: Arc::clone(&terms.grant),
            settings: Arc::clone(&terms.settings),
            ports: Arc::clone(&terms.ports),
            applicant: terms.applicant.clone(),
            deciding: None,
            messages: Vec::new(),
            log: Vec::new(),
            log_dropped: 0,
            tape,
            denied: None,
            capability_calls: 0,
            now: Duration::from_millis(u64::try_from(terms.at.as_millisecond()).unwrap_or(0)),
            seed,
            stderr: Stderr::default(),
            wasi: None,
            table,
        }
    }

    /// Counts one call of a capability; over the limit the whole call ends.
    pub(crate) fn count(&mut self) -> wasmtime::Result<()> {
        let allowed = self.grant.limits.capability_calls;
        self.capability_calls += 1;
        if self.capability_calls > allowed {
            return Err(self.limiter.stop(Limit::CapabilityCalls, u64::from(allowed)));
        }
        Ok(())
    }

    pub(crate) fn allows(&self, capability: Capability) -> bool {
        self.grant.allows(capability)
    }

    /// Counts a call and, in a replay, gives what was answered then.
    pub(crate) fn recall<Q: Serialize, R: DeserializeOwned + Said>(
        &mut self,
        capability: Capability,
        function: &'static str,
        request: &Q,
    ) -> wasmtime::Result<Option<R>> {
        self.count()?;
        let recalled: Option<R> = self.tape.recall(function, request)?;
        self.denied = recalled.as_ref().is_some_and(Said::denied).then_some(capability);
        Ok(recalled)
    }

    /// Notes an answer, where the call is recorded.
    pub(crate) fn note<Q: Serialize, R: Serialize + Said>(
        &mut self,
        capability: Capability,
        function: &'static str,
        request: &Q,
        answer: &R,
    ) -> wasmtime::Result<()> {
        self.denied = answer.denied().then_some(capability);
        self.tape.note(function, request, answer)
    }

    /// What the guest said last: its standard error, where Rust, Python and JavaScript put a panic's message.
    pub(crate) fn last_words(&self) -> String {
        let bytes = self.stderr.kept.lock().map(|kept| kept.clone()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }

    /// The log of the call, standard error and dropped lines included.
    pub(crate) fn take_log(&mut self) -> Vec<LogLine> {
        let mut log = std::mem::take(&mut self.log);
        let words = self.last_words();
        let lines = words.lines().filter(|line| !line.trim().is_empty()).take(STDERR_LINES);
        log.extend(lines.map(|line| LogLine { level: LogLevel::Error, message: cut(line) }));
        if self.log_dropped > 0 {
            let message = format!("{} more lines were dropped: over the call's limit", self.log_dropped);
            log.push(LogLine { level: LogLevel::Warn, message });
        }
        if matches!(self.tape, Tape::Overfull) {
            let message = "the call was not recorded: what it read is too much to keep".to_owned();
            log.push(LogLine { level: LogLevel::Warn, message });
        }
        log
    }
}

impl WasiView for Sandbox {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (now, seed, stderr) = (self.now, self.seed, &self.stderr);
        let ctx = self.wasi.get_or_insert_with(|| empty_wasi(now, seed, stderr.clone()));
        WasiCtxView { ctx, table: &mut self.table }
    }
}

/// WASI with nothing behind it: no file, no socket, no environment, no argument; one moment; seeded randomness.
fn empty_wasi(now: Duration, seed: u64, stderr: Stderr) -> WasiCtx {
    let mut builder = WasiCtx::builder();
    builder
        .stderr(stderr)
        .wall_clock(Still(now))
        .monotonic_clock(Still(now))
        .secure_random(StdRng::seed_from_u64(seed))
        .insecure_random(StdRng::seed_from_u64(seed ^ 1))
        .insecure_random_seed(u128::from(seed))
        .max_random_size(64 << 10)
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false);
    builder.build()
}

/// A clock that stands at the call's moment.
struct Still(Duration);

impl HostWallClock for Still {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}

impl HostMonotonicClock for Still {
    fn resolution(&self) -> u64 {
        1_000_000
    }

    fn now(&self) -> u64 {
        0
    }
}

/// Keeps the first bytes that a guest writes to its standard error and lets the rest go.
#[derive(Clone, Default)]
struct Stderr {
    kept: Arc<Mutex<Vec<u8>>>,
}

impl IsTerminal for Stderr {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Stderr {
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Stderr {
    fn write(&mut self, bytes: bytes::Bytes) -> StreamResult<()> {
        if let Ok(mut kept) = self.kept.lock() {
            let room = STDERR_BYTES.saturating_sub(kept.len());
            kept.extend(bytes.iter().take(room));
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(STDERR_BYTES)
    }
}

#[async_trait]
impl Pollable for Stderr {
    async fn ready(&mut self) {}
}
