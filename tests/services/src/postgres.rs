//! A PostgreSQL server for one test process: in a directory of its own, on a free loopback port, gone with the process.
//!
//! Each test takes a fresh database from the one server of its process: `postgres::server().database()`. Everything here
//! is synchronous and quick enough to be called from asynchronous tests.
//!
//! Invariant: the server's life hangs on a pipe (`postgres.sh` reads its end), so a test process that is killed leaves
//! neither a server nor files behind.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::keeper::Keeper;

/// Why there is no server, or no database in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("PostgreSQL is not installed: apt-get install postgresql, or set LOTUS_POSTGRES_BIN to its programs")]
    NotInstalled,
    #[error("PostgreSQL won't run as root, and this machine has neither a user postgres nor nobody")]
    NoUser,
    #[error("PostgreSQL did not obey: {0}")]
    Refused(String),
    #[error("starting PostgreSQL: {0}")]
    Io(#[from] std::io::Error),
}

/// A running server. Ends when it is dropped, or with the process.
#[derive(Debug)]
pub struct Server {
    bin: PathBuf,
    port: u16,
    databases: AtomicU32,
    keeper: Mutex<Keeper>,
}

/// The shell that runs the server, and the pipe on which both hang.
/// This test process's server, started when it is first asked for. It forgets what it was told when the machine stops
/// (`fsync` is off), which no test notices.
///
/// # Panics
///
/// Where there is none to start: mark the test with `cfg_attr(not(has_postgres), ignore = …)`.
#[allow(clippy::panic, reason = "only tests call it, and they can't go on")]
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match Server::quick() {
        Ok(server) => server,
        Err(error) => panic!("{error}"),
    })
}

impl Server {
    /// A server of the caller's own that doesn't wait for the disk, to be stopped and started at will.
    pub fn quick() -> Result<Self, Error> {
        Self::begin("off")
    }

    /// A server of the caller's own that keeps what it confirmed, as in production: for measuring.
    pub fn durable() -> Result<Self, Error> {
        Self::begin("on")
    }

    /// The address of a fresh, empty database.
    ///
    /// # Panics
    ///
    /// Where the server won't make one.
    #[allow(clippy::panic, reason = "only tests call it, and they can't go on")]
    pub fn database(&self) -> String {
        match self.create_database() {
            Ok(url) => url,
            Err(error) => panic!("{error}"),
        }
    }

    /// The address of a fresh, empty database, or why there is none.
    pub fn create_database(&self) -> Result<String, Error> {
        let name = format!("lotus_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let output = Command::new(self.bin.join("createdb"))
            .args(["--host=127.0.0.1", "--username=lotus", "--maintenance-db=postgres"])
            .arg(format!("--port={}", self.port))
            .arg(&name)
            .stdin(Stdio::null())
            .output()?;
        if !output.status.success() {
            return Err(Error::Refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        Ok(format!("postgres://lotus@127.0.0.1:{}/{name}", self.port))
    }

    /// Stops the server in good order: connections are closed, and nobody answers on its port until [`Server::start`].
    pub fn stop(&self) -> Result<(), Error> {
        self.order("stop")
    }

    /// Stops the server as a crash would: it recovers when it is started again.
    pub fn kill(&self) -> Result<(), Error> {
        self.order("kill")
    }

    /// Starts the server again, on the same port with the same data.
    pub fn start(&self) -> Result<(), Error> {
        self.order("start")
    }

    /// The loopback port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn order(&self, word: &str) -> Result<(), Error> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner).obey(word)?.map_err(Error::Refused)
    }

    fn begin(fsync: &str) -> Result<Self, Error> {
        let bin = lotus_test_find::postgres_bin().ok_or(Error::NotInstalled)?;
        // A port is free only until somebody else takes it: then with another one.
        let mut attempts = 0;
        loop {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            let mut keeper = start(&bin, port, fsync)?;
            match keeper.ready()? {
                Ok(()) => return Ok(Self { bin, port, databases: AtomicU32::new(0), keeper: Mutex::new(keeper) }),
                Err(why) if attempts < 3 && why.contains("could not bind") => attempts += 1,
                Err(why) => return Err(Error::Refused(why)),
            }
        }
    }
}

fn start(bin: &Path, port: u16, fsync: &str) -> Result<Keeper, Error> {
    let folder = tempfile::Builder::new().prefix("lotus-postgres-").tempdir()?;
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", include_str!("postgres.sh"), "postgres.sh"]);
    shell.arg(bin).arg(folder.path()).arg(port.to_string()).arg(fsync);
    shell.env("LC_ALL", "C");
    // PostgreSQL refuses to run as root. Whoever made the folder is who we are.
    if folder.path().metadata()?.uid() == 0 {
        let (user, group) = unprivileged().ok_or(Error::NoUser)?;
        std::os::unix::fs::chown(folder.path(), Some(user), Some(group))?;
        shell.uid(user).gid(group);
    }
    // A group of its own: an interrupt from the terminal ends the test process, and the pipe does the rest.
    shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
    let shell = shell.spawn()?;
    // From here on the shell removes it.
    let _ = folder.keep();
    Ok(Keeper::hold(shell)?)
}

/// The user and group to run as instead of root.
fn unprivileged() -> Option<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let entry = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    entry("postgres").or_else(|| entry("nobody"))
}
