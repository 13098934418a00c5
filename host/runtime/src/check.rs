//! Checks a package before anything of it runs, compiles it, and makes it ready to be called.

use std::collections::BTreeSet;
use std::sync::Arc;

use lotus_domain::package::{CONTRACT, Capability, ContractVersion, Digest, ExtensionPoint, Manifest};
use tokio::sync::Semaphore;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, InstancePre};

use crate::engine::{COMPILE_TIME, Runtime};
use crate::sandbox::Sandbox;
use crate::v1;

/// Largest component: the largest toolchain's is 19 MB.
pub const MOST_COMPONENT_BYTES: usize = 32 << 20;

/// The extension points that this host answers today.
const ANSWERED_POINTS: [ExtensionPoint; 7] = [
    ExtensionPoint::Zones,
    ExtensionPoint::Services,
    ExtensionPoint::Assistance,
    ExtensionPoint::Reminders,
    ExtensionPoint::CaseHooks,
    ExtensionPoint::Timers,
    ExtensionPoint::Policies,
];

/// The capabilities that this host answers today.
const ANSWERED_CAPABILITIES: [Capability; 9] = [
    Capability::Log,
    Capability::Settings,
    Capability::Storage,
    Capability::Catalog,
    Capability::Calendar,
    Capability::CaseFiles,
    Capability::Applicants,
    Capability::Notify,
    Capability::PolicyLibrary,
];

/// WASI packages that a guest toolchain may insist on; there is nothing behind them.
const EMPTY_WASI: [&str; 6] = ["wasi:cli", "wasi:clocks", "wasi:filesystem", "wasi:io", "wasi:random", "wasi:sockets"];

/// Why a package can't be loaded. Each message ends with what to do.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LoadError {
    /// Not WebAssembly, or damaged.
    #[error(
        "this is not a WebAssembly component: {0}; build the plugin for wasm32-wasip2, or with your language's componentize tool"
    )]
    NotAComponent(String),
    /// A core module.
    #[error(
        "this is a core WebAssembly module, not a component; build it for wasm32-wasip2, or wrap it with `wasm-tools component new`"
    )]
    CoreModule,
    /// Larger than allowed.
    #[error(
        "the component has {bytes} bytes; at most {MOST_COMPONENT_BYTES} are allowed: build it optimised and without debug information"
    )]
    TooLarge {
        /// What it has.
        bytes: usize,
    },
    /// It imports a capability that its manifest does not ask for.
    #[error(
        "the component imports {0}, which its manifest does not ask for; add [capabilities.{0}] with its purpose to plugin.toml, or don't use it"
    )]
    Undeclared(&'static str),
    /// It imports what is not in the contract.
    #[error(
        "the component imports {0}, which is not granted to any plugin; only the interfaces in wit/ can be imported"
    )]
    UnknownImport(String),
    /// It was built against a newer contract.
    #[error(
        "the component needs {0}, this host answers contract {CONTRACT}; upgrade the host, or build against an older contract"
    )]
    NewerContract(String),
    /// It exports what its manifest does not say.
    #[error(
        "the component exports {0}, which its manifest does not say; add it to points in plugin.toml, or don't export it"
    )]
    UndeclaredExport(&'static str),
    /// Its manifest says what it does not export.
    #[error(
        "the manifest says that it answers {0}, but the component does not export lotus:plugin/{0}; export it, or take it out of points in plugin.toml"
    )]
    MissingExport(&'static str),
    /// In the contract, and not yet in this host.
    #[error("{0} is part of the contract, but this host does not answer it yet; a later version of the host will")]
    NotYet(&'static str),
    /// It has the right names and the wrong shapes.
    #[error("the component does not fit the contract: {0}; build it against wit/ as it is in this repository")]
    Incompatible(String),
    /// It can't be compiled.
    #[error("the component can't be compiled: {0}; build it with the tools and limits that sdk/README.md names")]
    Compile(String),
    /// Nobody waits longer for a compiler.
    #[error(
        "the component was not compiled within {} s; try again, and if it stays so, split the plugin's largest functions",
        COMPILE_TIME.as_secs()
    )]
    CompilesTooLong,
    /// The host is shutting down.
    #[error("the host is shutting down; try again when it is back")]
    Stopping,
}

/// A package that is ready to be called: compiled, checked, linked.
#[derive(Clone)]
pub struct Loaded {
    pub(crate) id: String,
    pub(crate) component: Digest,
    pub(crate) pre: InstancePre<Sandbox>,
    pub(crate) points: v1::Points,
    /// Where calls go on that take longer than a slice, one at a time.
    pub(crate) lane: Arc<Semaphore>,
    answers: BTreeSet<ExtensionPoint>,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded")
            .field("id", &self.id)
            .field("component", &self.component.to_string())
            .finish_non_exhaustive()
    }
}

impl Loaded {
    /// Whether it answers this extension point.
    pub fn answers(&self, point: ExtensionPoint) -> bool {
        self.answers.contains(&point)
    }

    /// The plugin's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The component's digest.
    pub const fn component(&self) -> &Digest {
        &self.component
    }
}

impl Runtime {
    /// Checks and compiles a package, or takes it from the cache.
    pub async fn load(&self, manifest: &Manifest, component: &[u8]) -> Result<Loaded, LoadError> {
        shape(component)?;
        let digest = Digest::of(component);
        let compiled = match self.cached(digest).await? {
            Some(compiled) => compiled,
            None => tokio::time::timeout(COMPILE_TIME, self.compiled(digest, component))
                .await
                .unwrap_or(Err(LoadError::CompilesTooLong))?,
        };
        let kind = compiled.component_type();
        let engine = &self.inner.engine;
        kind.imports(engine).try_for_each(|(name, _)| imported(name, manifest))?;
        let answers = exported(kind.exports(engine).map(|(name, item)| (name, item.ty)), manifest)?;
        let incompatible = |error: wasmtime::Error| LoadError::Incompatible(format!("{error:#}"));
        let pre = self.inner.linker.instantiate_pre(&compiled).map_err(incompatible)?;
        let points = v1::Points::find(&pre, &answers).map_err(incompatible)?;
        Ok(Loaded {
            id: manifest.id.clone(),
            component: digest,
            pre,
            points,
            lane: Arc::new(Semaphore::new(1)),
            answers,
        })
    }

    async fn cached(&self, digest: Digest) -> Result<Option<Component>, LoadError> {
        let runtime = self.clone();
        let work = move || runtime.inner.cache.load(&runtime.inner.engine, &digest);
        tokio::task::spawn_blocking(work).await.map_err(|error| LoadError::Compile(error.to_string()))
    }

    /// Compiles a component when it is its turn, unless somebody did it meanwhile.
    async fn compiled(&self, digest: Digest, component: &[u8]) -> Result<Component, LoadError> {
        let turn = Arc::clone(&self.inner.compilers).acquire_owned().await.map_err(|_| LoadError::Stopping)?;
        let (runtime, bytes) = (self.clone(), component.to_owned());
        let work = move || {
            // The work holds the turn: compiling can't be interrupted, and one that nobody waits for still costs.
            let _turn = turn;
            let inner = &runtime.inner;
            inner.cache.load(&inner.engine, &digest).map_or_else(
                || inner.cache.compile(&inner.engine, &digest, &bytes).map_err(|error| not_compiled(&error)),
                Ok,
            )
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| LoadError::Compile(error.to_string()))?
    }
}

/// Size and the first eight bytes.
fn shape(component: &[u8]) -> Result<(), LoadError> {
    if component.len() > MOST_COMPONENT_BYTES {
        return Err(LoadError::TooLarge { bytes: component.len() });
    }
    match component.get(..8) {
        Some([0, b'a', b's', b'm', _, _, 1, 0]) => Ok(()),
        Some([0, b'a', b's', b'm', 1, 0, 0, 0]) => Err(LoadError::CoreModule),
        Some(_) => Err(LoadError::NotAComponent("it does not begin as one".to_owned())),
        None => Err(LoadError::NotAComponent("it is too short to be one".to_owned())),
    }
}

fn not_compiled(error: &wasmtime::Error) -> LoadError {
    let whole = format!("{error:#}");
    if ["failed to parse", "(at offset", "Invalid input WebAssembly"].iter().any(|said| whole.contains(said)) {
        LoadError::NotAComponent(whole)
    } else {
        LoadError::Compile(whole)
    }
}

/// A name such as `lotus:plugin/storage@1.0.0` in its parts.
fn parts(name: &str) -> Option<(&str, &str, &str)> {
    let (package, rest) = name.split_once('/')?;
    let (interface, version) = rest.split_once('@').unwrap_or((rest, ""));
    Some((package, interface, version))
}

/// Whether a contract version such as `1.2.0` is one that this host answers.
fn answered_contract(version: &str) -> bool {
    let mut numbers = version.split('.').map_while(|part| part.parse::<u32>().ok());
    let (Some(major), Some(minor)) = (numbers.next(), numbers.next()) else { return false };
    let needed = ContractVersion { major, minor };
    needed.major == CONTRACT.major && needed <= CONTRACT
}

fn imported(name: &str, manifest: &Manifest) -> Result<(), LoadError> {
    let unknown = || LoadError::UnknownImport(name.to_owned());
    let (package, interface, version) = parts(name).ok_or_else(unknown)?;
    if EMPTY_WASI.contains(&package) {
        return Ok(());
    }
    if package != "lotus:plugin" {
        return Err(unknown());
    }
    if !answered_contract(version) {
        return Err(LoadError::NewerContract(name.to_owned()));
    }
    if v1::is_types_only(interface) {
        return Ok(());
    }
    let capability = Capability::parse(interface).ok_or_else(unknown)?;
    if !capability.always_granted() && !manifest.capabilities.contains_key(&capability) {
        return Err(LoadError::Undeclared(capability.name()));
    }
    if !ANSWERED_CAPABILITIES.contains(&capability) {
        return Err(LoadError::NotYet(capability.name()));
    }
    Ok(())
}

fn exported<'a>(
    exports: impl Iterator<Item = (&'a str, ComponentItem)>,
    manifest: &Manifest,
) -> Result<BTreeSet<ExtensionPoint>, LoadError> {
    let mut found = BTreeSet::new();
    for (name, item) in exports {
        // Toolchains add exports of their own (QuickJS `init`, Python `exports`); only the contract's are ours.
        let Some(("lotus:plugin", interface, version)) = parts(name) else { continue };
        if !matches!(item, ComponentItem::ComponentInstance(_)) {
            continue;
        }
        if !answered_contract(version) {
            return Err(LoadError::NewerContract(name.to_owned()));
        }
        let Some(point) = ExtensionPoint::parse(interface) else {
            continue;
        };
        if !manifest.points.contains(&point) {
            return Err(LoadError::UndeclaredExport(point.name()));
        }
        if !ANSWERED_POINTS.contains(&point) {
            return Err(LoadError::NotYet(point.name()));
        }
        found.insert(point);
    }
    match manifest.points.iter().find(|point| !found.contains(point)) {
        Some(missing) => Err(LoadError::MissingExport(missing.name())),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_what_is_no_component() {
        assert!(matches!(shape(b"PK\x03\x04 a zip file"), Err(LoadError::NotAComponent(_))));
        assert!(matches!(shape(b""), Err(LoadError::NotAComponent(_))));
        assert_eq!(shape(b"\0asm\x01\0\0\0"), Err(LoadError::CoreModule));
        assert!(matches!(shape(&vec![0; MOST_COMPONENT_BYTES + 1]), Err(LoadError::TooLarge { .. })));
    }

    #[test]
    fn a_newer_contract_is_told_from_an_answered_one() {
        assert!(answered_contract("1.0.0"));
        assert!(!answered_contract("1.9.0"));
        assert!(!answered_contract("2.0.0"));
        assert!(!answered_contract(""));
    }
}
