//! Does to a database file what nobody should, as whoever gets hold of the file would: with SQLite's own shell.

use std::path::Path;
use std::process::{Command, Stdio};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("SQLite's shell is not installed: apt-get install sqlite3, or set LOTUS_SQLITE_BIN to its directory")]
    NotInstalled,
    #[error("sqlite3 did not do it: {0}")]
    Refused(String),
    #[error("running sqlite3: {0}")]
    Io(#[from] std::io::Error),
}

/// Runs statements on a file; what they print. Waits for whoever writes to it.
pub fn run(file: &Path, statements: &str) -> Result<String, Error> {
    let bin = lotus_test_find::sqlite_bin().ok_or(Error::NotInstalled)?;
    let output = Command::new(bin.join("sqlite3"))
        .args(["-batch", "-bail", "-cmd", ".timeout 20000"])
        .arg(file)
        .arg(statements)
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Error::Refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}
