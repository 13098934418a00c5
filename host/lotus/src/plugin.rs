//! `lotus plugin`: brings a package into service in districts, by the database that the hosts share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use lotus_domain::district::Division;
use lotus_domain::package::Manifest;
use lotus_platform::{Platform, PlatformConfig, Runtime, Store};

use crate::config::Config;
use crate::data;
use crate::log;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check a package whole and make it serve; hosts that run notice within a second.
    Activate {
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
        /// The plugin's `plugin.toml`.
        #[arg(long)]
        manifest: PathBuf,
        /// The plugin's component (`.wasm`).
        #[arg(long)]
        component: PathBuf,
        /// Division codes; those of the manifest where none is given.
        #[arg(long = "district")]
        districts: Vec<String>,
    },
    /// Take a plugin out of service in a district.
    Deactivate {
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
        /// The plugin's id.
        #[arg(long)]
        plugin: String,
        /// The division code.
        #[arg(long)]
        district: String,
    },
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Activate { config, manifest, component, districts } => {
            let source = read(&manifest, |path| std::fs::read_to_string(path))?;
            let parsed = Manifest::parse(&source).with_context(|| manifest.display().to_string())?;
            let bytes = read(&component, |path| std::fs::read(path))?;
            let districts = if districts.is_empty() {
                parsed.districts.clone()
            } else {
                districts.into_iter().map(Division::parse).collect::<Result<_, _>>()?
            };
            if districts.is_empty() {
                bail!("the manifest names no district; say where it serves with --district 411081");
            }
            let (platform, _cache) = open(&config).await?;
            let digest =
                platform.package_install(&source, &bytes).await.with_context(|| component.display().to_string())?;
            for division in &districts {
                platform.activate(division, digest, BTreeMap::new()).await?;
                println!("{} {} serves in {division} ({digest})", parsed.id, parsed.version);
            }
            platform.stop().await;
            Ok(())
        }
        Command::Deactivate { config, plugin, district } => {
            let division = Division::parse(district)?;
            let (platform, _cache) = open(&config).await?;
            let served = platform.deactivate(&division, &plugin).await?;
            platform.stop().await;
            if !served {
                bail!("{plugin} does not serve in {division}; `/console` lists what does");
            }
            println!("{plugin} no longer serves in {division}");
            Ok(())
        }
    }
}

fn read<T>(path: &Path, read: impl FnOnce(&Path) -> std::io::Result<T>) -> anyhow::Result<T> {
    read(path).with_context(|| format!("reading {}", path.display()))
}

/// The platform beside hosts that may be running: its own cache, nothing of theirs is held.
async fn open(file: &Path) -> anyhow::Result<(Platform, tempfile::TempDir)> {
    let config = Config::read(file)?;
    log::start(&config.log);
    let cache = tempfile::tempdir()?;
    let sandbox = lotus_platform::RuntimeConfig { cache: cache.path().join("compiled"), ..config.sandbox() };
    let runtime = Runtime::start(&sandbox)?;
    let store =
        Store::open(&config.store(), data::keyring(&config)?).await.context("the database of the configuration")?;
    // It opens no form, so any key will do.
    let platform = Platform::start(store, runtime, PlatformConfig::new(lotus_platform::Key::random())).await?;
    Ok((platform, cache))
}
