//! What the city's operator does: brings a package into service in districts, and takes a plugin out.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use lotus_domain::district::Division;
use lotus_platform::{Platform, PlatformConfig, Runtime, Store};
use lotus_registry::{Fetched, Name};

use super::Files;
use crate::config::Config;
use crate::data;
use crate::log;

/// Where a package comes from.
pub(super) enum Source {
    /// The configuration's registry.
    Registry(Name),
    /// Files of this machine.
    Files(Files),
}

pub(super) async fn activate(config: &Path, source: Source, districts: Vec<String>) -> anyhow::Result<()> {
    // Read before anything is opened: most mistakes are found without a database.
    let files = match &source {
        Source::Files(files) => Some(files.read()?),
        Source::Registry(_) => None,
    };
    let named = districts.into_iter().map(Division::parse).collect::<Result<Vec<_>, _>>()?;
    let config = Config::read(config)?;
    log::start(&config.log);
    let (platform, _cache) = open(&config).await?;
    let fetched = match (source, files) {
        (Source::Registry(name), _) => config.plugins.registry()?.fetch(&name, platform.now()).await?,
        (Source::Files(_), Some((package, statement))) => {
            Fetched { package, statements: statement.into_iter().collect() }
        }
        (Source::Files(_), None) => bail!("the package was not read"),
    };
    let manifest = fetched.package.manifest.clone();
    let districts = if named.is_empty() { manifest.districts.clone() } else { named };
    if districts.is_empty() {
        bail!("the manifest names no district; say where it serves with --district 411081");
    }
    let (digest, signed) = platform.package_take(fetched).await?;
    match signed {
        Some(signed) => {
            println!("{} {} is signed by {} ({})", manifest.id, manifest.version, signed.publisher.zh, signed.key);
        }
        None => println!("{} {} is NOT SIGNED: this host takes it for development", manifest.id, manifest.version),
    }
    // The statement counts from the next look on; this one is ours.
    platform.reload().await?;
    for division in &districts {
        platform.activate(division, digest, BTreeMap::new()).await?;
        println!("{} {} serves in {division} ({digest})", manifest.id, manifest.version);
    }
    platform.stop().await;
    Ok(())
}

pub(super) async fn deactivate(config: &Path, plugin: &str, district: String) -> anyhow::Result<()> {
    let division = Division::parse(district)?;
    let config = Config::read(config)?;
    log::start(&config.log);
    let (platform, _cache) = open(&config).await?;
    let served = platform.deactivate(&division, plugin).await?;
    platform.stop().await;
    if !served {
        bail!("{plugin} does not serve in {division}; `/console` lists what does");
    }
    println!("{plugin} no longer serves in {division}");
    Ok(())
}

/// The platform beside hosts that may be running: its own cache, nothing of theirs is held.
pub(super) async fn open(config: &Config) -> anyhow::Result<(Platform, tempfile::TempDir)> {
    let cache = tempfile::tempdir()?;
    let sandbox = lotus_platform::RuntimeConfig { cache: cache.path().join("compiled"), ..config.sandbox() };
    let runtime = Runtime::start(&sandbox)?;
    let store =
        Store::open(&config.store(), data::keyring(config)?).await.context("the database of the configuration")?;
    // It opens no form, so any key will do.
    let settings = PlatformConfig {
        unsigned: config.plugins.unsigned.into(),
        ..PlatformConfig::new(lotus_platform::Key::random())
    };
    let platform = Platform::start(store, runtime, settings).await?;
    Ok((platform, cache))
}
