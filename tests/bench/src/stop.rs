//! What stops a guest, how long after its time; and what live instances weigh.

use std::time::{Duration, Instant};

use anyhow::ensure;
use lotus_contract_tests::Stage;
use lotus_runtime::{Failure, Limit, Outcome};

use crate::machine::resident;
use crate::table::{Bounds, Table, median, micros, percentile};

/// Instances that live at the same time.
const LIVE: u32 = 500;

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let stage = Stage::with_instances(1_000);
    let time = Duration::from_millis(50);
    let guest = tokio.block_on(stage.guest("hostile")).limited(|limits| limits.time = time);
    let mut late = Vec::new();
    for _ in 0..40 {
        let called = tokio.block_on(guest.render("loop", None));
        ensure!(called.outcome == Outcome::Failed(Failure::TimedOut(time)), "{:?}", called.outcome);
        late.push(micros(called.took.saturating_sub(time)) / 1e3);
    }
    let bounds = Bounds { words: ("10 ms", "2 ms"), numbers: (10.0, 2.0), more: false };
    let shown = format!("{:.2} ms after it (p99 {:.2})", median(&late), percentile(&late, 0.99));
    table.held("endless loop stopped after its deadline", bounds, median(&late), shown);

    let greedy = guest.clone().limited(|limits| (limits.memory, limits.time) = (64 << 20, Duration::from_secs(10)));
    let mut bombs = Vec::new();
    for _ in 0..10 {
        let begun = Instant::now();
        let called = tokio.block_on(greedy.render("memory", None));
        bombs.push(micros(begun.elapsed()) / 1e3);
        let over = Failure::OverLimit { limit: Limit::Memory, allowed: 64 << 20 };
        ensure!(called.outcome == Outcome::Failed(over), "{:?}", called.outcome);
    }
    table.beside("memory without end stopped at 64 MiB", format!("{:.0} ms", median(&bombs)));

    let sleeper = guest.limited(|limits| limits.time = Duration::from_mins(1));
    let before = resident()?;
    let sleeping: Vec<_> = (0..LIVE)
        .map(|_| {
            let sleeper = sleeper.clone();
            tokio.spawn(async move { sleeper.render("sleep", None).await })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(500));
    let each = (resident()? - before) / f64::from(LIVE);
    for task in sleeping {
        task.abort();
    }
    table.beside(&format!("resident memory of a live instance, of {LIVE} at once"), format!("{each:.0} KiB"));
    Ok(())
}
