//! The case engine: deadlines a second, and whether worklist, case page and supervision's sweep grow with the closed cases.
//!
//! The store is filled by the demonstration's generator to three sizes with the same number of open cases; so what grows
//! is what is closed.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use lotus_demo::load::Load;
use lotus_domain::calendar::Calendar;
use lotus_domain::case::{CaseNumber, History};
use lotus_domain::clock::{Deadline, Office};
use lotus_domain::district::Division;
use lotus_domain::law::Period;
use lotus_domain::supervision::Rules;
use lotus_platform::{Keyring, Store, StoreConfig, Suite};
use lotus_store::CaseFile;

use crate::table::{Bounds, Table, median, micros, percentile};

/// Cases in the store, and of how many of them one is open: 1,500 open ones at every size.
const SIZES: [(usize, usize); 3] = [(3_000, 2), (30_000, 20), (300_000, 200)];
/// Cases that are taken over in one transaction.
const BATCH: usize = 500;
/// Times that each question is asked.
const ASKED: usize = 300;
/// When it is.
const NOW: &str = "2026-11-02T10:00:00+08:00";

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    deadlines(table)?;
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for (cases, one_open_in) in SIZES {
        tokio.block_on(filled(table, cases, one_open_in))?;
    }
    Ok(())
}

fn deadlines(table: &mut Table) -> anyhow::Result<()> {
    let calendar = Calendar::new(2020, 2040, &lotus_demo::city()?.calendar)?;
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    let rules = Rules::default();
    let office = Office { calendar: &calendar, zone: &zone, rules: &rules };
    let starts: Vec<_> =
        (0..365).map(|day| jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(day))).collect();
    let moments = starts.iter().map(|day| zone.to_timestamp(day.at(9, 0, 0, 0))).collect::<Result<Vec<_>, _>>()?;
    let (mut days, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        const ROUNDS: u32 = 2_000;
        let begun = Instant::now();
        for round in 0..ROUNDS {
            for start in &starts {
                black_box(calendar.deadline(black_box(*start), Period::working_days(round % 60)).is_ok());
            }
        }
        days.push(f64::from(ROUNDS) * 365.0 / begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        for round in 0..ROUNDS / 10 {
            for at in &moments {
                black_box(Deadline::new(office, black_box(*at), Period::working_days(round % 60 + 1)).is_ok());
            }
        }
        whole.push(f64::from(ROUNDS / 10) * 365.0 / begun.elapsed().as_secs_f64());
    }
    let bounds = Bounds { words: ("", "10 million"), numbers: (0.0, 10e6), more: true };
    let rate = median(&days);
    table.held("last days of a term a second, one core", bounds, rate, format!("{:.1} million", rate / 1e6));
    let shown = format!("{:.1} million", median(&whole) / 1e6);
    table.beside("whole deadlines a second (moment, day, when it is near), one core", shown);
    Ok(())
}

async fn filled(table: &mut Table, cases: usize, one_open_in: usize) -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let keyring = Keyring::parse(&Keyring::generate("benchmark", Suite::AesGcm))?;
    let store = Store::open(&StoreConfig::sqlite(directory.path().join("lotus.db")), keyring).await?;
    let city = lotus_demo::city()?;
    let division = Division::parse("411081")?;
    store.district_put(city.districts.clone()).await?;
    let now: jiff::Timestamp = NOW.parse()?;
    let begun = Instant::now();
    let (mut events, mut numbers) = (0, Vec::with_capacity(cases));
    let mut load = Load::new(&city, &division, now, one_open_in)?;
    let mut left = cases;
    while left > 0 {
        let batch =
            load.by_ref().take(BATCH.min(left)).map(|made| made.map(|(case, events)| CaseFile { case, events }));
        let batch: Vec<CaseFile> = batch.collect::<Result<_, _>>()?;
        left -= batch.len();
        events += batch.iter().map(|file| file.events.len()).sum::<usize>();
        numbers.extend(batch.iter().map(|file| file.case.number.clone()));
        store.case_import(division.clone(), batch).await?;
    }
    let took = begun.elapsed().as_secs_f64();
    let size = format!("{cases} cases, {events} events");
    #[allow(clippy::cast_precision_loss)]
    let rate = cases as f64 / took;
    table.beside(&format!("{size}: made and taken over"), format!("{took:.1} s, {rate:.0} cases/s"));

    let (mut worklist, mut page, mut sweep) = (Vec::new(), Vec::new(), Vec::new());
    for asked in 0..ASKED {
        let begun = Instant::now();
        let list = store.case_list_worklist(&division, None, None, 50).await?;
        worklist.push(micros(begun.elapsed()));
        ensure!(list.len() == 50, "a worklist of {}", list.len());
        let number = numbers.get(asked * 7919 % numbers.len()).context("a case")?;
        let begun = Instant::now();
        ensure!(store.case_get(&division, number).await?.is_some(), "{number} is gone");
        page.push(micros(begun.elapsed()));
        let begun = Instant::now();
        store.case_list_watched(&division, now, 200).await?;
        sweep.push(micros(begun.elapsed()));
    }
    let mut show = |what: &str, took: &[f64]| {
        let shown = format!("p50 {:.0} µs, p99 {:.0} µs", median(took), percentile(took, 0.99));
        table.beside(&format!("{size}: {what}"), shown);
    };
    show("worklist of 50", &worklist);
    show("a case with its history", &page);
    show("what supervision has to look at", &sweep);

    let begun = Instant::now();
    let (mut verified, mut after): (usize, Option<CaseNumber>) = (0, None);
    loop {
        let files = store.case_page(&division, after.as_ref(), 1000).await?;
        let Some(last) = files.last() else { break };
        after = Some(last.case.number.clone());
        for CaseFile { case, events } in files {
            verified += events.len();
            ensure!(History(events).verify(&case.number).is_ok(), "{} does not verify", case.number);
        }
    }
    ensure!(verified == events, "{verified} of {events} events");
    #[allow(clippy::cast_precision_loss)]
    let rate = verified as f64 / begun.elapsed().as_secs_f64();
    table.beside(&format!("{size}: histories verified, one task"), format!("{rate:.0} events/s"));
    store.close().await;
    Ok(())
}
