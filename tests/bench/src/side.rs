//! Two sides of one comparison: a server process, and what each of its addresses cost, interleaved.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;

use crate::load::run;
use crate::machine::processor_time;
use crate::server::WORD;
use crate::table::{median, percentile};

const ROUNDS: usize = 7;
const LASTS: Duration = Duration::from_millis(700);

/// A server in a process of its own, ended with this value.
pub(crate) struct Server {
    process: Child,
    said: BufReader<ChildStdout>,
}

impl Server {
    pub(crate) fn start(what: &str, threads: usize) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args([WORD, what, &threads.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the server")?;
        let said = process.stdout.take().context("the server has an output")?;
        Ok(Self { process, said: BufReader::new(said) })
    }

    /// The next port that it says.
    pub(crate) fn port(&mut self) -> anyhow::Result<u16> {
        let mut line = String::new();
        self.said.read_line(&mut line)?;
        line.trim().parse().context("the server says its port")
    }

    /// Loads both addresses in turns, over so many connections.
    pub(crate) async fn compare(&self, mut sides: [&mut Side; 2], connections: usize) -> anyhow::Result<()> {
        let process = self.process.id();
        for round in 0..=ROUNDS {
            for side in &mut sides {
                let before = processor_time(process)?;
                let load = run(side.port, &side.path, connections, LASTS).await?;
                let spent = processor_time(process)?.saturating_sub(before);
                // The first round warms up.
                if round > 0 {
                    #[allow(clippy::cast_precision_loss)]
                    side.cost.push(spent.as_secs_f64() * 1e6 / load.took.len() as f64);
                    side.rate.push(load.rate);
                    side.took.extend(load.took);
                }
            }
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; what remains of it is collected either way.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An address and what it cost.
pub(crate) struct Side {
    port: u16,
    path: String,
    cost: Vec<f64>,
    rate: Vec<f64>,
    took: Vec<f64>,
}

impl Side {
    pub(crate) fn new(port: u16, path: &str) -> Self {
        Self { port, path: path.to_owned(), cost: Vec::new(), rate: Vec::new(), took: Vec::new() }
    }

    /// Processor time of this side as a multiple of the other's: the median over the rounds.
    pub(crate) fn cost_against(&self, other: &Self) -> f64 {
        median(&self.cost.iter().zip(&other.cost).map(|(own, other)| own / other).collect::<Vec<_>>())
    }

    /// Requests a second of this side as a share of the other's.
    pub(crate) fn rate_against(&self, other: &Self) -> f64 {
        median(&self.rate.iter().zip(&other.rate).map(|(own, other)| own / other).collect::<Vec<_>>())
    }

    pub(crate) fn shown(&self) -> String {
        let (cost, rate) = (median(&self.cost), median(&self.rate));
        let (middle, worst) = (median(&self.took), percentile(&self.took, 0.99));
        format!("{cost:.1} µs CPU, {rate:.0} requests/s, p50 {middle:.0} µs, p99 {worst:.0} µs")
    }
}
