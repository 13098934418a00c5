//! The first call after a start: from the compiled cache, and where there is none.

use std::time::Instant;

use lotus_contract_tests::Stage;

use crate::calls::question;
use crate::table::{Bounds, Table, median, micros};

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ask = question()?;
    let stage = Stage::with_instances(1_000);
    let begun = Instant::now();
    let component = lotus_artifacts::guest("echo").component;
    let echo = tokio.block_on(stage.guest("echo"));
    let compiled = begun.elapsed();
    let (mut starts, mut loads, mut calls) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..30 {
        let begun = Instant::now();
        let again = stage.again();
        starts.push(micros(begun.elapsed()));
        let begun = Instant::now();
        let loaded = tokio.block_on(again.runtime.load(&echo.manifest, component))?;
        loads.push(micros(begun.elapsed()));
        let begun = Instant::now();
        tokio.block_on(again.runtime.call(&loaded, &ask, &echo.terms));
        calls.push(micros(begun.elapsed()));
    }
    let first = median(&loads) + median(&calls);
    let bounds = Bounds { words: ("1 ms", "0.1 ms"), numbers: (1_000.0, 100.0), more: false };
    let shown = format!("{:.2} ms (load {:.0} µs, call {:.0} µs)", first / 1e3, median(&loads), median(&calls));
    table.held("first call after start from the compiled cache, Rust", bounds, first, shown);
    table.beside("start of the sandbox", format!("{:.1} ms", median(&starts) / 1e3));
    table.beside("load without a cache: compiled", format!("{:.0} ms", micros(compiled) / 1e3));
    Ok(())
}
