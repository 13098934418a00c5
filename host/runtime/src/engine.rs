//! The engine: wasmtime's settings for this work, the clock that ticks for every guest, and where calls start.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::component::Linker;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::cache::Cache;
use crate::sandbox::Sandbox;

/// How often the epoch moves: the grain of a guest's deadline.
pub(crate) const TICK: Duration = Duration::from_millis(1);

/// Most instances at the same time: address space for each is four memories of 4 GiB, of the 128 TiB that there are.
const MOST_INSTANCES: u32 = 4_000;
/// What one component may have; Python without WASI needs 38 core instances.
const CORE_INSTANCES: u32 = 64;
const MEMORIES: u32 = 4;
const TABLES: u32 = 8;

/// How the sandbox is set up.
#[derive(Debug, Clone)]
pub struct RuntimeConfig {
    /// Where compiled components are kept; only this host writes there.
    pub cache: PathBuf,
    /// Most calls that have an instance at the same time, up to 4,000; more wait in line.
    pub instances: u32,
    /// Most components that are compiled at the same time: each takes up to 400 MB.
    pub compilers: usize,
}

/// How long anybody waits for a component to be compiled, his turn included. The largest toolchain's takes 6 s.
pub(crate) const COMPILE_TIME: Duration = Duration::from_mins(2);

impl RuntimeConfig {
    /// Settings for a host of two cores with this cache directory.
    pub fn new(cache: impl Into<PathBuf>) -> Self {
        Self { cache: cache.into(), instances: 1_000, compilers: 1 }
    }
}

/// Why the sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The cache directory can't be used.
    #[error("the cache directory {path} can't be used: {problem}; make it a directory that only this user writes to")]
    Cache {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// wasmtime refuses these settings on this machine.
    #[error("the WebAssembly engine does not start: {0}")]
    Engine(String),
}

/// The sandbox: cheap to clone, one for each host.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) inner: Arc<Inner>,
    #[cfg(feature = "measure")]
    pub(crate) memory: Option<crate::measure::Memory>,
}

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<Sandbox>,
    pub(crate) cache: Cache,
    /// Held by the compilation itself, so that one that nobody waits for any longer still counts.
    pub(crate) compilers: Arc<Semaphore>,
    /// Instances are bounded here, so that a burst waits in line instead of failing.
    pub(crate) instances: Semaphore,
    pub(crate) most_instances: u32,
    stop: Arc<AtomicBool>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Runtime {
    /// Starts the engine and its clock.
    pub fn start(config: &RuntimeConfig) -> Result<Self, StartError> {
        let failed = |error: wasmtime::Error| StartError::Engine(format!("{error:#}"));
        let instances = config.instances.clamp(1, MOST_INSTANCES);
        let engine = Engine::new(&settings(instances)).map_err(failed)?;
        let cache = Cache::open(&config.cache, &engine)?;
        let linker = crate::capabilities::linker(&engine).map_err(failed)?;
        let stop = Arc::new(AtomicBool::new(false));
        tick(engine.clone(), Arc::clone(&stop)).map_err(|error| StartError::Engine(error.to_string()))?;
        Ok(Self {
            inner: Arc::new(Inner {
                engine,
                linker,
                cache,
                compilers: Arc::new(Semaphore::new(config.compilers.max(1))),
                instances: Semaphore::new(instances as usize),
                most_instances: instances,
                stop,
            }),
            #[cfg(feature = "measure")]
            memory: None,
        })
    }
}

/// What FACTS measured as the fastest that still keeps every toolchain's guests running: 4 GiB reservations so that
/// guest loads need no bounds checks (the limiter keeps real memory small), dirty pages found by `pagemap_scan` and
/// reset instead of unmapped, copy-on-write images, warm slots.
///
/// There is one slot of everything for the largest component in every instance at once. Slots that are not used cost
/// address space alone, and so a call that has its instance never fails because another one has the slots.
fn settings(instances: u32) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances * CORE_INSTANCES)
        .total_memories(instances * MEMORIES)
        .total_tables(instances * TABLES)
        .total_stacks(instances)
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .table_elements(16_000)
        .max_core_instance_size(1 << 20)
        .max_component_instance_size(1 << 20)
        .max_memory_size(64 << 20)
        .max_unused_warm_slots(instances)
        .linear_memory_keep_resident(2 << 20)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .memory_reservation(4 << 30)
        .memory_guard_size(32 << 20)
        .memory_init_cow(true)
        .epoch_interruption(true)
        .wasm_component_model(true)
        // A replay gives the same bytes on another processor too.
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true);
    config
}

fn tick(engine: Engine, stop: Arc<AtomicBool>) -> std::io::Result<()> {
    let ticker = move || {
        while !stop.load(Ordering::Relaxed) {
            std::thread::sleep(TICK);
            engine.increment_epoch();
        }
    };
    std::thread::Builder::new().name("lotus-epoch".to_owned()).spawn(ticker).map(drop)
}
