//! The same 2 KiB through HTTP: from a native handler and from a fresh plugin instance, interleaved, by processor time.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::load::{once, run};
use crate::machine::processor_time;
use crate::server::WORD;
use crate::table::{Bounds, Table, median, percentile};

const ROUNDS: usize = 7;
const LASTS: Duration = Duration::from_millis(700);

/// A server in a process of its own, ended with this value.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start(threads: usize) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args([WORD, &threads.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the server")?;
        let said = process.stdout.take().context("the server has an output")?;
        let mut server = Self { process, port: 0 };
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        server.port = line.trim().parse().context("the server says its port")?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; what remains of it is collected either way.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Default)]
struct Side {
    cost: Vec<f64>,
    rate: Vec<f64>,
    took: Vec<f64>,
}

impl Side {
    fn shown(&self) -> String {
        let (middle, worst) = (median(&self.took), percentile(&self.took, 0.99));
        format!(
            "{:.1} µs CPU, {:.0} requests/s, p50 {middle:.0} µs, p99 {worst:.0} µs",
            median(&self.cost),
            median(&self.rate)
        )
    }
}

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for threads in [1, 2] {
        let server = Server::start(threads)?;
        let same = tokio.block_on(async {
            anyhow::Ok((once(server.port, "/native").await?, once(server.port, "/fresh").await?))
        })?;
        ensure!(same.0 == same.1 && same.0.len() == 2_048, "the two handlers give different bytes");
        for connections in [1, 32, 256] {
            let mut sides = [("/native", Side::default()), ("/fresh", Side::default())];
            for round in 0..=ROUNDS {
                for (path, side) in &mut sides {
                    let before = processor_time(server.process.id())?;
                    let load = tokio.block_on(run(server.port, path, connections, LASTS))?;
                    let spent = processor_time(server.process.id())?.saturating_sub(before);
                    // The first round warms up.
                    if round > 0 {
                        #[allow(clippy::cast_precision_loss)]
                        side.cost.push(spent.as_secs_f64() * 1e6 / load.took.len() as f64);
                        side.rate.push(load.rate);
                        side.took.extend(load.took);
                    }
                }
            }
            let [(_, native), (_, fresh)] = &sides;
            let ratios: Vec<f64> = fresh.cost.iter().zip(&native.cost).map(|(fresh, native)| fresh / native).collect();
            let ratio = median(&ratios);
            let place = format!("{connections} at once, server on {threads} thread(s)");
            let bounds = Bounds { words: ("≤ 3.0 ×", "≤ 2.0 ×"), numbers: (3.0, 2.0), more: false };
            let what = format!("2 KiB through HTTP with a fresh instance, CPU against native: {place}");
            table.held(&what, bounds, ratio, format!("{ratio:.2} × ({})", fresh.shown()));
            table.beside(&format!("the native handler: {place}"), native.shown());
        }
    }
    Ok(())
}
