//! `lotus audit`: whether what happened is still what was written down.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use lotus_domain::district::Division;
use lotus_platform::{Store, verify_division};

use crate::config::Config;
use crate::{data, log};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Verify every event of every case, the cards' evidence and the audit chains, while hosts serve. Names whatever was
    /// altered, removed, inserted or reordered; exit code 1 where something was.
    Verify {
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
        /// Division codes; all where none is given.
        #[arg(long = "division")]
        divisions: Vec<String>,
    },
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    let Command::Verify { config, divisions } = command;
    let wanted: Vec<Division> = divisions.into_iter().map(Division::parse).collect::<Result<_, _>>()?;
    let config = Config::read(&config)?;
    log::start(&config.log);
    let store = Store::open(&config.store(), data::keyring(&config)?).await.context("the database")?;
    let districts = store.district_list().await?;
    if let Some(unknown) = wanted.iter().find(|wanted| !districts.iter().any(|known| known.division == **wanted)) {
        bail!("there is no division {unknown}");
    }
    let (mut events, mut flaws) = (0, 0);
    let started = Instant::now();
    for district in districts.iter().filter(|district| wanted.is_empty() || wanted.contains(&district.division)) {
        let division = &district.division;
        let found = verify_division(&store, division, |flaw| println!("{division} BROKEN: {flaw}")).await?;
        println!(
            "{division} {}: {} cases, {} events, {} cards, {} audit entries; {}; the audit chain ends with {}",
            district.name.zh,
            found.cases,
            found.events,
            found.cards,
            found.entries,
            if found.flaws == 0 { "whole".to_owned() } else { format!("{} flaws", found.flaws) },
            found.head
        );
        events += found.events;
        flaws += found.flaws;
    }
    let took = started.elapsed();
    store.close().await;
    println!("{events} events in {:.1} s: {:.0} a second", took.as_secs_f64(), per_second(events, took));
    if flaws > 0 {
        bail!("{flaws} flaws: what happened is not what is written; compare with a backup");
    }
    println!("everything is whole");
    Ok(())
}

fn per_second(events: u64, took: std::time::Duration) -> f64 {
    // More events than a float counts exactly are more than any city has.
    #[allow(clippy::cast_precision_loss, reason = "for people")]
    let events = events as f64;
    events / took.as_secs_f64().max(f64::EPSILON)
}
