//! Reads papers back with poppler, as whoever receives one would.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Why a paper can't be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("poppler is not installed: apt-get install poppler-utils, or set LOTUS_POPPLER_BIN to its programs")]
    NotInstalled,
    #[error("pdftotext did not take it: {0}")]
    Refused(String),
    #[error("running pdftotext: {0}")]
    Io(#[from] std::io::Error),
}

/// The words of a PDF, line by line as they stand on its pages.
pub fn text(pdf: &[u8]) -> Result<String, Error> {
    let bin = lotus_test_find::poppler_bin().ok_or(Error::NotInstalled)?;
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(pdf)?;
    let output = Command::new(bin.join("pdftotext"))
        .args(["-enc", "UTF-8", "-layout"])
        .arg(file.path())
        .arg("-")
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Error::Refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}
