//! A real OCI registry for one test: Distribution, as Debian packages it.
//!
//! Invariant: its life hangs on a pipe, so that a test process that is killed leaves none behind.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::keeper::Keeper;

/// Who is let in where the registry wants to know: the name, the password, and its bcrypt hash.
const USER: (&str, &str, &str) =
    ("lotus", "lotus-test", "$2b$05$jctkO4VZpD5pnjiewFpO0Om0KlUq3UTplB4uNl5YMQUzY1KjHBTsq");

/// Why there is no registry.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "Distribution is not installed: apt-get install docker-registry, or set LOTUS_REGISTRY_BIN to its directory"
    )]
    NotInstalled,
    #[error("the registry did not obey: {0}")]
    Refused(String),
    #[error("starting the registry: {0}")]
    Io(#[from] std::io::Error),
}

/// A running registry. Ends when it is dropped, or with the process.
#[derive(Debug)]
pub struct Registry {
    port: u16,
    folder: PathBuf,
    keeper: Mutex<Keeper>,
}

#[allow(clippy::panic, clippy::missing_panics_doc, reason = "only tests call it, and they can't go on")]
impl Registry {
    /// A registry of the caller's own that lets anybody in.
    ///
    /// # Panics
    ///
    /// Where there is none to start: mark the test with `cfg_attr(not(has_registry), ignore = …)`.
    pub fn start() -> Self {
        Self::begin("").unwrap_or_else(|error| panic!("{error}"))
    }

    /// One that wants the name and the password of [`Registry::user`].
    pub fn locked() -> Self {
        Self::begin(&format!("{}:{}", USER.0, USER.2)).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Whom a locked registry lets in: name and password.
    pub const fn user() -> (&'static str, &'static str) {
        (USER.0, USER.1)
    }

    /// `127.0.0.1:PORT`.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where it keeps its blobs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Nobody answers from now on.
    pub fn go_away(&self) {
        self.order("stop");
    }

    /// It answers again, on the same port, with what it had.
    pub fn come_back(&self) {
        self.order("start");
        self.wait().unwrap_or_else(|error| panic!("{error}"));
    }

    fn order(&self, word: &str) {
        match self.keeper.lock().unwrap_or_else(PoisonError::into_inner).obey(word) {
            Ok(Ok(())) => {}
            Ok(Err(said)) => panic!("{}", Error::Refused(said)),
            Err(error) => panic!("{error}"),
        }
    }

    fn begin(users: &str) -> Result<Self, Error> {
        let bin = lotus_test_find::registry_bin().ok_or(Error::NotInstalled)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let folder = tempfile::Builder::new().prefix("lotus-registry-").tempdir()?;
        let shell = Command::new("/bin/sh")
            .args(["-c", include_str!("registry.sh"), "registry.sh"])
            .arg(bin.join("docker-registry"))
            .arg(folder.path())
            .arg(port.to_string())
            .arg(users)
            .env("LC_ALL", "C")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        // From here on the shell removes it.
        let folder = folder.keep();
        let mut keeper = Keeper::hold(shell)?;
        keeper.ready()?.map_err(Error::Refused)?;
        let registry = Self { port, folder: folder.join("blobs"), keeper: Mutex::new(keeper) };
        registry.wait()?;
        Ok(registry)
    }

    /// Until it answers; a registry says nowhere that it does.
    fn wait(&self) -> Result<(), Error> {
        for _ in 0..300 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(Error::Refused("it does not listen after 30 s".to_owned()))
    }
}
