//! Many distinct plugins on one host: what each weighs, and what a fresh call costs when the next is another plugin's.

use std::time::Instant;

use anyhow::ensure;
use lotus_contract_tests::Stage;
use lotus_runtime::Outcome;

use crate::calls::question;
use crate::machine::resident;
use crate::table::{Bounds, Table, median, micros};

/// Plugins that are loaded; each is compiled once, at 50 ms.
const PLUGINS: u32 = 300;

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stage = Stage::with_instances(1_000);
    let echo = lotus_artifacts::guest("echo");
    let ask = question()?;
    let before = resident()?;
    let mut plugins = Vec::new();
    for number in 0..PLUGINS {
        // A custom section makes it another component, of the same code.
        let mut component = echo.component.to_vec();
        component.extend([0, 8, 3, b'n', b'o', b'.']);
        component.extend(number.to_le_bytes());
        plugins.push(tokio.block_on(stage.plugin(echo.manifest, &component)));
    }
    let (mut first, mut next) = (Vec::new(), Vec::new());
    for round in 0..21 {
        // Each time in another order, no plugin twice in a row.
        for step in 0..plugins.len() {
            let at = (step * 7919 + round) % plugins.len();
            let Some(plugin) = plugins.get(at) else { continue };
            let begun = Instant::now();
            let called = tokio.block_on(plugin.ask(&ask));
            if round == 0 { &mut first } else { &mut next }.push(micros(begun.elapsed()));
            ensure!(matches!(called.outcome, Outcome::Answer(_)), "{:?}", called.outcome);
        }
    }
    let each = (resident()? - before) / f64::from(PLUGINS);
    // Half of the host's memory is for plugins that are loaded and have been called.
    let fit = 12.0 * 1024.0 * 1024.0 / each;
    let bounds = Bounds { words: ("2,000", "10,000"), numbers: (2_000.0, 10_000.0), more: true };
    let shown = format!("{each:.0} KiB each (of {PLUGINS}): {fit:.0} in 12 GiB");
    table.held("distinct plugins active on one host of 24 GiB", bounds, fit, shown);
    let shown = format!("{:.1} µs (first call of each {:.0})", median(&next), median(&first));
    table.beside(&format!("fresh call, every time another one of {PLUGINS} plugins"), shown);
    Ok(())
}
