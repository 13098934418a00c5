//! Runs a script of ours with Python's standard library alone, as an outsider would.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Why a script can't be run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Python is not installed: apt-get install python3-venv, or set LOTUS_PYTHON_BIN to its directory")]
    NotInstalled,
    #[error("running python3: {0}")]
    Io(#[from] std::io::Error),
}

/// What a script said.
#[derive(Debug)]
pub struct Said {
    /// It ended with 0.
    pub holds: bool,
    /// What it printed, errors after answers.
    pub words: String,
}

/// Runs a script on this input, isolated from whatever else is installed.
pub fn run(script: &Path, input: &str) -> Result<Said, Error> {
    let bin = lotus_test_find::python_bin().ok_or(Error::NotInstalled)?;
    let mut child = Command::new(bin.join("python3"))
        .args(["-I", "-S"])
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let words = [output.stdout, output.stderr].concat();
    Ok(Said { holds: output.status.success(), words: String::from_utf8_lossy(&words).into_owned() })
}
