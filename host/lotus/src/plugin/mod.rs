//! `lotus plugin`: signs and publishes a package, and brings one into service by the database that the hosts share.

mod author;
mod operator;
mod replay;

pub(crate) use author::public_key;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use lotus_domain::package::{Manifest, Package};
use lotus_registry::suite::Suite;
use lotus_registry::{Credentials, Name, Registry};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a key to sign plugins with: FILE, and FILE.pub, which the city adds to its publishers.
    Keygen {
        /// Where the private key goes; nothing that is there is overwritten.
        file: PathBuf,
        /// `ed25519`, or `sm2` for the national commercial cryptography.
        #[arg(long, default_value = "ed25519", value_parser = suite)]
        suite: Suite,
    },
    /// Sign a package: a statement beside its component, PLUGIN.wasm.dsse.json.
    Sign {
        #[command(flatten)]
        package: Files,
        /// The private key.
        #[arg(long)]
        key: PathBuf,
        /// For how many days it holds; as long as the key without it.
        #[arg(long)]
        days: Option<u32>,
    },
    /// Publish a package in a registry, with its statement where it is signed.
    Publish {
        #[command(flatten)]
        package: Files,
        #[command(flatten)]
        registry: Place,
    },
    /// List the versions of a plugin that a registry has.
    Versions {
        /// The plugin's id.
        plugin: String,
        #[command(flatten)]
        registry: Place,
    },
    /// Check a package whole and make it serve; hosts that run notice within a second.
    Activate {
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
        /// A package of the configuration's registry: PLUGIN:VERSION, or PLUGIN@sha256:DIGEST.
        #[arg(long, conflicts_with_all = ["manifest", "component"])]
        package: Option<String>,
        /// The plugin's `plugin.toml`, where it does not come from a registry.
        #[arg(long, requires = "component")]
        manifest: Option<PathBuf>,
        /// The plugin's component (`.wasm`); a statement beside it (`.wasm.dsse.json`) comes with it.
        #[arg(long, requires = "manifest")]
        component: Option<PathBuf>,
        /// Division codes; those of the manifest where none is given.
        #[arg(long = "district")]
        districts: Vec<String>,
    },
    /// Run recorded calls again: on another version, on their own one, or all of them after an upgrade of the host.
    Replay {
        #[command(flatten)]
        which: replay::Which,
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

/// A package as its author has it.
#[derive(Args)]
pub(crate) struct Files {
    /// The plugin's `plugin.toml`.
    #[arg(long)]
    manifest: PathBuf,
    /// The plugin's component (`.wasm`).
    #[arg(long)]
    component: PathBuf,
}

/// A registry.
#[derive(Args)]
pub(crate) struct Place {
    /// A directory, or `oci://HOST/NAMESPACE`.
    #[arg(long)]
    registry: String,
    /// Who asks, where the registry wants to know; the password is read from `LOTUS_REGISTRY_PASSWORD`.
    #[arg(long)]
    user: Option<String>,
}

impl Place {
    fn open(&self) -> anyhow::Result<Registry> {
        let credentials = match &self.user {
            None => None,
            Some(user) => {
                let password = std::env::var("LOTUS_REGISTRY_PASSWORD")
                    .context("set LOTUS_REGISTRY_PASSWORD to the password of --user")?;
                Some(Credentials { user: user.clone(), password })
            }
        };
        Ok(Registry::parse(&self.registry, credentials)?)
    }
}

fn suite(name: &str) -> Result<Suite, String> {
    Suite::parse(name).ok_or_else(|| "ed25519 or sm2".to_owned())
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Keygen { file, suite } => author::keygen(&file, suite),
        Command::Sign { package, key, days } => author::sign(&package, &key, days),
        Command::Publish { package, registry } => author::publish(&package, &registry.open()?).await,
        Command::Versions { plugin, registry } => author::versions(&plugin, &registry.open()?).await,
        Command::Activate { config, package, manifest, component, districts } => {
            let source = match (package, manifest, component) {
                (Some(name), _, _) => operator::Source::Registry(Name::parse(&name)?),
                (None, Some(manifest), Some(component)) => operator::Source::Files(Files { manifest, component }),
                _ => bail!("say which package: --package PLUGIN:VERSION, or --manifest with --component"),
            };
            operator::activate(&config, source, districts).await
        }
        Command::Replay { which } => replay::run(which).await,
        Command::Deactivate { config, plugin, district } => operator::deactivate(&config, &plugin, district).await,
    }
}

impl Files {
    /// Reads both, and the statement beside the component where there is one.
    fn read(&self) -> anyhow::Result<(Package, Option<Vec<u8>>)> {
        let source = read(&self.manifest, |path| std::fs::read_to_string(path))?;
        Manifest::parse(&source).with_context(|| self.manifest.display().to_string())?;
        let component = read(&self.component, |path| std::fs::read(path))?;
        let package = Package::read(&source, component, jiff::Timestamp::now())?;
        let beside = self.statement();
        let statement = if beside.is_file() { Some(read(&beside, |path| std::fs::read(path))?) } else { None };
        Ok((package, statement))
    }

    /// Where the statement stands.
    fn statement(&self) -> PathBuf {
        let mut name = self.component.clone().into_os_string();
        name.push(".dsse.json");
        name.into()
    }
}

fn read<T>(path: &Path, read: impl FnOnce(&Path) -> std::io::Result<T>) -> anyhow::Result<T> {
    read(path).with_context(|| format!("reading {}", path.display()))
}
