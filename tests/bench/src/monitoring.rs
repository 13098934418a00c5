//! Monitoring: how many events a second are counted, and what a page of a month costs, over a year of 300,000 cases.

use std::sync::Arc;
use std::time::Instant;

use anyhow::ensure;
use jiff::civil::date;
use jiff::tz::TimeZone;
use lotus_demo::load::Load;
use lotus_domain::calendar::Calendar;
use lotus_domain::district::Division;
use lotus_domain::monitoring::Month;
use lotus_platform::{Keyring, Store, StoreConfig, Suite};
use lotus_store::{CaseFile, Slice};

use crate::table::{Table, median, micros, percentile};

/// Cases in the store.
const CASES: usize = 300_000;
/// Cases that are taken over in one transaction.
const BATCH: usize = 500;
/// Cases that are counted in one transaction, as the job does it.
const COUNTED: u32 = 100;
/// Times that each question is asked.
const ASKED: usize = 200;
/// When it is.
const NOW: &str = "2026-11-02T10:00:00+08:00";

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measured(table))
}

async fn measured(table: &mut Table) -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let keyring = Keyring::parse(&Keyring::generate("benchmark", Suite::AesGcm))?;
    let store = Store::open(&StoreConfig::sqlite(directory.path().join("lotus.db")), keyring).await?;
    let city = lotus_demo::city()?;
    let division = Division::parse("411081")?;
    store.district_put(city.districts.clone()).await?;
    let mut load = Load::new(&city, &division, NOW.parse()?, 200)?;
    let (mut left, mut events) = (CASES, 0);
    while left > 0 {
        let batch = load.by_ref().take(BATCH.min(left));
        let batch: Vec<CaseFile> =
            batch.map(|made| made.map(|(case, events)| CaseFile { case, events })).collect::<Result<_, _>>()?;
        left -= batch.len();
        events += batch.iter().map(|file| file.events.len() as u64).sum::<u64>();
        store.case_import(division.clone(), batch).await?;
    }
    let size = format!("{CASES} cases, {events} events");

    let calendar = Arc::new(Calendar::new(2020, 2040, &city.calendar)?);
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let begun = Instant::now();
    let mut counted = 0;
    while store.tally_is_behind(&division).await? {
        counted += store.tally_fold(division.clone(), Arc::clone(&calendar), zone.clone(), COUNTED).await?.events;
    }
    ensure!(counted == events, "{counted} of {events} events");
    #[allow(clippy::cast_precision_loss)]
    let rate = events as f64 / begun.elapsed().as_secs_f64();
    table.beside(&format!("{size}: events counted into the tallies, one task"), format!("{rate:.0} events/s"));

    let (from, to) = (Month::parse("2025-10")?, Month::parse("2026-10")?);
    let (mut months, mut matters, mut idle) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ASKED {
        let begun = Instant::now();
        let found = store.tally_list_months(&division, from, to).await?;
        months.push(micros(begun.elapsed()));
        ensure!(found.len() >= 12, "{} months", found.len());
        let begun = Instant::now();
        ensure!(!store.tally_list_matters(&division, to).await?.is_empty(), "no matters");
        matters.push(micros(begun.elapsed()));
        let begun = Instant::now();
        ensure!(!store.tally_is_behind(&division).await?, "something is behind");
        idle.push(micros(begun.elapsed()));
    }
    let mut show = |what: &str, took: &[f64]| {
        let shown = format!("p50 {:.0} µs, p99 {:.0} µs", median(took), percentile(took, 0.99));
        table.beside(&format!("{size}: {what}"), shown);
    };
    show("thirteen months of a district's page", &months);
    show("a month by item and department", &matters);
    show("seeing that nothing is to be counted", &idle);
    let begun = Instant::now();
    let days = store.tally_list_series(&division, &Slice::Days(date(2026, 4, 27), date(2026, 11, 1))).await?;
    let took = micros(begun.elapsed()) / 1000.0;
    table.beside(&format!("{size}: 27 weeks by day, for anomalies"), format!("{took:.0} ms, {} matters", days.len()));
    store.close().await;
    Ok(())
}
