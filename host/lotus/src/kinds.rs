//! `lotus kinds`: a city's own definitions of its kinds of case: checked, listed, published.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::kind::Definition;
use lotus_platform::{Key, PlatformConfig, Store, kind_publish, kind_versions};

use crate::config::Config;
use crate::{data, log};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check definitions (TOML), each with the line of what is wrong.
    Check {
        /// The definitions.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List every version of every kind, and which holds now.
    List {
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
    },
    /// Publish the city's own version of a kind. Cases that run keep the one that they began with.
    Put {
        /// The definition.
        file: PathBuf,
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
        /// From the beginning of this day on, e.g. 2026-07-01; from now on without it.
        #[arg(long)]
        since: Option<Date>,
    },
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Check { files } => check(&files),
        Command::List { config } => {
            let store = open(&config).await?;
            let now = Timestamp::now();
            let versions = kind_versions(&store).await?;
            store.close().await;
            for (at, version) in versions.iter().enumerate() {
                let since = version.since.map_or_else(|| "ships".to_owned(), |since| format!("since {since}"));
                match &version.definition {
                    Ok(kind) => {
                        let is_newer = |other: &&lotus_platform::KindVersion| {
                            let holds = other.since.is_none_or(|since| since <= now);
                            holds && other.definition.as_ref().is_ok_and(|newer| newer.id == kind.id)
                        };
                        let holds = version.since.is_none_or(|since| since <= now)
                            && !versions.iter().skip(at + 1).any(|other| is_newer(&other));
                        let mark = if holds { "holds" } else { "-" };
                        println!("{mark:5} {since:28} {}", said(kind));
                    }
                    Err(error) => println!("{:5} {since:28} {error}", "UNSOUND"),
                }
            }
            Ok(())
        }
        Command::Put { file, config, since } => {
            let source = read(&file)?;
            let now = Timestamp::now();
            let zone = PlatformConfig::new(Key::random()).time_zone;
            let since = match since {
                Some(day) => zone.to_timestamp(day.at(0, 0, 0, 0)).context("that day has no beginning")?,
                None => now,
            };
            let store = open(&config).await?;
            let by = format!("operator/{}", std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned()));
            let published = kind_publish(&store, &source, since, &by, now).await;
            store.close().await;
            let kind = published.with_context(|| file.display().to_string())?;
            println!("{} holds from {since}; cases that run keep theirs", said(&kind));
            Ok(())
        }
    }
}

fn check(files: &[PathBuf]) -> anyhow::Result<()> {
    let mut unsound = 0;
    for file in files {
        match Definition::parse(&read(file)?) {
            Ok(kind) => println!("{}: {}", file.display(), said(&kind)),
            Err(error) => {
                unsound += 1;
                println!("{}: {error}", file.display());
            }
        }
    }
    if unsound > 0 {
        bail!("{unsound} of {} definitions are not sound", files.len());
    }
    Ok(())
}

fn said(kind: &Definition) -> String {
    let (states, steps) = (kind.states.len(), kind.transitions.len());
    format!("{} {}: {states} states, {steps} steps", kind.id, kind.title.zh)
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

async fn open(config: &Path) -> anyhow::Result<Store> {
    let config = Config::read(config)?;
    log::start(&config.log);
    Store::open(&config.store(), data::keyring(&config)?).await.context("the database")
}
