//! One call of a small Rust plugin, 1 KiB in and 2 KiB out: fresh, on a reused instance, replayed; and how many a second.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use lotus_contract_tests::{Plugin, Stage};
use lotus_domain::Slug;
use lotus_runtime::{Ask, Outcome, Transcript};

use crate::machine::processor_time;
use crate::table::{Bounds, Table, median, micros, percentile};

/// Calls in one round, and rounds.
const CALLS: usize = 2_000;
const ROUNDS: usize = 15;

/// The question: a page of 1 KiB.
pub(crate) fn question() -> anyhow::Result<Ask> {
    Ok(Ask::RenderPage { zone: Slug::parse("echo")?, page: Some("x".repeat(1024)) })
}

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stage = Stage::with_instances(1_000);
    let echo = tokio.block_on(stage.guest("echo"));
    let ask = question()?;

    let recorded = echo.clone().recorded();
    let transcript = tokio.block_on(recorded.ask(&ask)).transcript.context("a record was wanted")?;
    let (mut fresh, mut reused, mut recording, mut replay) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        tokio.block_on(async {
            fresh.extend(calls(&echo, &ask).await?);
            let times = echo.runtime.time_reused_instance(&echo.loaded, &ask, &echo.terms, CALLS).await;
            reused.extend(times.context("a call of the reused instance failed")?.into_iter().map(micros));
            recording.extend(calls(&recorded, &ask).await?);
            replay.extend(replays(&echo, &transcript).await?);
            anyhow::Ok(())
        })?;
    }
    let bounds = Bounds { words: ("30 µs", "15 µs"), numbers: (30.0, 15.0), more: false };
    let shown = |times: &[f64]| format!("{:.1} µs (p99 {:.0})", median(times), percentile(times, 0.99));
    table.held("fresh instance + call + drop, 1 KiB in, 2 KiB out", bounds, median(&fresh), shown(&fresh));
    table.beside("the same on a reused instance (no host does that)", shown(&reused));
    table.beside("the same, recorded", shown(&recording));
    table.beside("replay of the record", shown(&replay));
    for threads in [1, 2] {
        let (rate, cost) = rate(&echo, &ask, threads)?;
        let shown = format!("{rate:.0} ({cost:.1} µs CPU each)");
        table.beside(&format!("fresh calls a second on {threads} thread(s)"), shown);
    }
    Ok(())
}

async fn calls(echo: &Plugin, ask: &Ask) -> anyhow::Result<Vec<f64>> {
    let mut took = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let begun = Instant::now();
        let called = echo.ask(ask).await;
        took.push(micros(begun.elapsed()));
        ensure!(matches!(called.outcome, Outcome::Answer(_)), "{:?}", called.outcome);
    }
    Ok(took)
}

async fn replays(echo: &Plugin, transcript: &Transcript) -> anyhow::Result<Vec<f64>> {
    let mut took = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let begun = Instant::now();
        let replayed = echo.runtime.replay(&echo.loaded, transcript).await?;
        took.push(micros(begun.elapsed()));
        ensure!(replayed.same, "{:?}", replayed.failure);
    }
    Ok(took)
}

/// Calls a second, as many at a time as there are threads, and the processor time of each.
fn rate(echo: &Plugin, ask: &Ask, threads: usize) -> anyhow::Result<(f64, f64)> {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    let (mut rates, mut costs) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let (begun, before) = (Instant::now(), processor_time(std::process::id())?);
        let tasks: Vec<_> = (0..threads)
            .map(|_| {
                let (echo, ask) = (echo.clone(), ask.clone());
                tokio.spawn(async move {
                    let mut count = 0_u32;
                    while begun.elapsed() < Duration::from_millis(500) {
                        echo.ask(&ask).await;
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        let mut count = 0;
        for task in tasks {
            count += tokio.block_on(task)?;
        }
        rates.push(f64::from(count) / begun.elapsed().as_secs_f64());
        let spent = processor_time(std::process::id())?.saturating_sub(before);
        costs.push(micros(spent) / f64::from(count));
    }
    Ok((median(&rates), median(&costs)))
}
