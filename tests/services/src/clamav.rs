//! A real ClamAV daemon for one test, with the one signature that is needed: EICAR's harmless test file.
//!
//! Invariant: its life hangs on a pipe, so that a test process that is killed leaves none behind.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::keeper::Keeper;

/// What every scanner finds and what harms nobody (EICAR, 2003). In two parts, so that this file is not found itself.
pub fn infected() -> String {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE", "!$H+H*"].concat()
}

/// Why there is no scanner.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("ClamAV is not installed: apt-get install clamav-daemon, or set LOTUS_CLAMAV_BIN to its directory")]
    NotInstalled,
    #[error("the scanner did not obey: {0}")]
    Refused(String),
    #[error("starting the scanner: {0}")]
    Io(#[from] std::io::Error),
}

/// A running scanner. Ends when it is dropped, or with the process.
#[derive(Debug)]
pub struct Scanner {
    address: SocketAddr,
    socket: PathBuf,
    keeper: Mutex<Keeper>,
}

#[allow(clippy::panic, clippy::missing_panics_doc, reason = "only tests call it, and they can't go on")]
impl Scanner {
    /// A scanner of the caller's own.
    ///
    /// # Panics
    ///
    /// Where there is none to start: mark the test with `cfg_attr(not(has_clamav), ignore = …)`.
    pub fn start() -> Self {
        match Self::begin() {
            Ok(scanner) => scanner,
            Err(error) => panic!("{error}"),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its socket in the file system.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Nobody answers from now on.
    pub fn stop(&self) {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        match keeper.obey("stop") {
            Ok(Ok(())) => {}
            Ok(Err(said)) => panic!("{}", Error::Refused(said)),
            Err(error) => panic!("{error}"),
        }
    }

    fn begin() -> Result<Self, Error> {
        let bin = lotus_test_find::clamav_bin().ok_or(Error::NotInstalled)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let folder = tempfile::Builder::new().prefix("lotus-clamav-").tempdir()?;
        let shell = Command::new("/bin/sh")
            .args(["-c", include_str!("clamav.sh"), "clamav.sh"])
            .arg(bin.join("clamd"))
            .arg(folder.path())
            .arg(port.to_string())
            .env("LC_ALL", "C")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        // From here on the shell removes it.
        let folder = folder.keep();
        let mut keeper = Keeper::hold(shell)?;
        keeper.ready()?.map_err(Error::Refused)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Self { address, socket: folder.join("clamd.socket"), keeper: Mutex::new(keeper) })
    }
}
