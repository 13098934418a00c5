//! A real ClamAV daemon for one test, with the one signature that is needed: EICAR's harmless test file.
//!
//! Invariant: its life hangs on a pipe, so that a test process that is killed leaves none behind.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// What every scanner finds and what harms nobody (EICAR, 2003). In two parts, so that this file is not found itself.
pub fn infected() -> String {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE", "!$H+H*"].concat()
}

/// What the script says when the daemon answers.
const READY: &str = "ready\n";

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

#[derive(Debug)]
struct Keeper {
    shell: Child,
    /// Gone only while the scanner is being dropped.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
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
        if let Err(error) = keeper.order("stop") {
            panic!("{error}");
        }
    }

    fn begin() -> Result<Self, Error> {
        let bin = lotus_test_find::clamav_bin().ok_or(Error::NotInstalled)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let folder = tempfile::Builder::new().prefix("lotus-clamav-").tempdir()?;
        let mut shell = Command::new("/bin/sh")
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
        let (Some(orders), Some(answers)) = (shell.stdin.take(), shell.stdout.take()) else {
            return Err(Error::Refused("it was started without its pipes".to_owned()));
        };
        let mut keeper = Keeper { shell, orders: Some(orders), answers: BufReader::new(answers) };
        keeper.ready()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Self { address, socket: folder.join("clamd.socket"), keeper: Mutex::new(keeper) })
    }
}

impl Keeper {
    fn ready(&mut self) -> Result<(), Error> {
        let mut said = String::new();
        self.answers.read_line(&mut said)?;
        if said == READY {
            return Ok(());
        }
        self.answers.read_to_string(&mut said)?;
        Err(Error::Refused(said))
    }

    fn order(&mut self, word: &str) -> Result<(), Error> {
        if let Some(orders) = &mut self.orders {
            writeln!(orders, "{word}")?;
        }
        let mut said = String::new();
        self.answers.read_line(&mut said)?;
        if said == READY { Ok(()) } else { Err(Error::Refused(said)) }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.orders = None;
        // Waited for, so that the next test finds the machine quiet; it can't fail in a way that matters here.
        let _ = self.shell.wait();
    }
}
