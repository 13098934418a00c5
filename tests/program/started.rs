//! The program as a child of a test: started, waited for, stopped with the test.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LOTUS: &str = env!("CARGO_BIN_EXE_lotus");
/// A start compiles the shipped plugins, unoptimised here; only to stop a hang.
const PATIENCE: Duration = Duration::from_mins(4);

pub(crate) fn lotus(arguments: &[&str]) -> Command {
    let mut command = Command::new(LOTUS);
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LOTUS_")) {
        command.env_remove(name);
    }
    command
}

/// A host that runs until it is dropped.
pub(crate) struct Started {
    pub(crate) child: Child,
    pub(crate) base: String,
    #[allow(dead_code, reason = "not every test program reads it")]
    pub(crate) said: Vec<String>,
}

impl Started {
    /// A demonstration.
    pub(crate) fn demo(data: &Path) -> Self {
        Self::start(&["demo", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"], "Ctrl-C")
    }

    /// A host with a configuration.
    #[allow(dead_code, reason = "not every test program serves a configuration")]
    pub(crate) fn serve(config: &str) -> Self {
        Self::start(&["serve", "--config", config], "lotus serves at")
    }

    fn start(arguments: &[&str], last: &str) -> Self {
        let mut child = lotus(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = Vec::new();
        let started = Instant::now();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let last = line.contains(last);
            said.push(line);
            assert!(started.elapsed() < PATIENCE);
            if last {
                break;
            }
        }
        let base = said.iter().find_map(|line| line.split_whitespace().find(|word| word.starts_with("http://")));
        let base = base.unwrap_or_else(|| panic!("no address in {said:?}")).trim_end_matches('/').to_owned();
        Self { child, base, said }
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; the exit code, where it ended by itself.
    pub(crate) fn end(mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(started.elapsed() < Duration::from_mins(1), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Already gone where the test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
