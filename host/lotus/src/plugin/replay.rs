//! `lotus plugin replay`: explains a decision by its record, tries a version on what was recorded, checks an upgraded host.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use lotus_domain::district::Division;
use lotus_domain::package::Digest;
use lotus_domain::trial::{Trial, Verdict};
use lotus_platform::{MOST_TRIED, Platform};
use lotus_registry::Name;

use super::operator::open;
use crate::config::Config;
use crate::log;

#[derive(Args)]
pub(crate) struct Which {
    /// The configuration (TOML) of the hosts.
    #[arg(long)]
    config: PathBuf,
    /// The division code; every district without it.
    #[arg(long)]
    district: Option<String>,
    /// The plugin's id; every active one without it.
    #[arg(long)]
    plugin: Option<String>,
    /// One record, by its number.
    #[arg(long, requires = "district", conflicts_with = "plugin")]
    record: Option<i64>,
    /// A package to run them on: sha256:DIGEST of one that is here, or PLUGIN:VERSION of the registry. Without it each
    /// call runs on the package that it was recorded with, and must come out byte for byte.
    #[arg(long)]
    package: Option<String>,
    /// How many of the last calls of each.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_TRIED)))]
    last: u32,
}

pub(super) async fn run(which: Which) -> anyhow::Result<()> {
    let config = Config::read(&which.config)?;
    log::start(&config.log);
    let district = which.district.clone().map(Division::parse).transpose()?;
    let (platform, _cache) = open(&config).await?;
    let package = match &which.package {
        None => None,
        Some(named) => Some(match Digest::parse(named) {
            Some(digest) => digest,
            None => platform.package_fetch(&config.plugins.registry()?, &Name::parse(named)?).await?.0,
        }),
    };
    let tried = trials(&platform, &which, district.as_ref(), package).await;
    platform.stop().await;
    let (mut calls, mut others, mut cut) = (0, 0, false);
    for (division, trial) in tried? {
        say(&division, &trial);
        calls += trial.tried.len();
        others += trial.others();
        cut |= trial.is_cut;
    }
    println!("{calls} calls, {others} not the same");
    if cut {
        bail!("the time was over before all had been run; say --last with fewer");
    }
    if others > 0 && package.is_none() {
        bail!("{others} of {calls} calls don't come out as they did; keep the host as it was and report it");
    }
    Ok(())
}

async fn trials(
    platform: &Platform,
    which: &Which,
    district: Option<&Division>,
    package: Option<Digest>,
) -> anyhow::Result<Vec<(Division, Trial)>> {
    if let (Some(record), Some(division)) = (which.record, district) {
        return Ok(vec![(division.clone(), platform.trial_of_record(division, record, package).await?)]);
    }
    let mut trials = Vec::new();
    for active in platform.fleet() {
        let wanted = district.is_none_or(|district| *district == active.division)
            && which.plugin.as_ref().is_none_or(|plugin| *plugin == active.plugin);
        if wanted {
            let trial = platform.trial_of(&active.division, &active.plugin, package, which.last).await?;
            trials.push((active.division, trial));
        }
    }
    if trials.is_empty() {
        bail!("no plugin serves there; `/console` lists what does");
    }
    Ok(trials)
}

fn say(division: &Division, trial: &Trial) {
    println!("{division} {}", trial.plugin);
    for ((function, verdict), count) in trial.counts() {
        println!("  {function}: {count} {verdict}");
    }
    for tried in &trial.tried {
        let place = || format!("  record {} {} {}", tried.record, tried.at, tried.function);
        match &tried.verdict {
            Verdict::Same | Verdict::Mended => {}
            Verdict::Differs(differences) => {
                println!("{}", place());
                for one in differences {
                    let side = |side: &Option<String>| side.as_deref().unwrap_or("nothing").to_owned();
                    println!("    {}: {} -> {}", one.place, side(&one.was), side(&one.would_be));
                }
            }
            Verdict::Fails(said) | Verdict::AsksOtherwise(said) | Verdict::Unreadable(said) => {
                println!("{}: {said}", place());
            }
        }
    }
}
