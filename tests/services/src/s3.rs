//! A real S3-compatible store for one test: `moto` of the Python Package Index on a free loopback port, gone with the process.
//!
//! Invariant: what runs is what `s3/requirements.txt` pins, put once into cargo's own directory; the store's life hangs on
//! a pipe, so that a test process that is killed leaves none behind.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::keeper::Keeper;

/// The bucket that is there.
pub const BUCKET: &str = "materials";
/// Whom it knows.
pub const ACCESS_KEY: &str = "lotus";
/// By what.
pub const SECRET_KEY: &str = "of the tests alone";

const PROGRAM: &str = include_str!("s3/s3.py");
const REQUIREMENTS: &str = include_str!("s3/requirements.txt");

/// Why there is no store, or why it does not obey.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Python is not installed: apt-get install python3-venv, or set LOTUS_PYTHON_BIN to its directory")]
    NotInstalled,
    #[error("pip can't install the store: {0}")]
    Package(String),
    #[error("the store did not obey: {0}")]
    Refused(String),
    #[error("starting the store: {0}")]
    Io(#[from] std::io::Error),
}

/// A running store. Ends when it is dropped, or with the process.
#[derive(Debug)]
pub struct Server {
    endpoint: String,
    keeper: Mutex<Keeper>,
}

#[allow(clippy::panic, clippy::missing_panics_doc, reason = "only tests call it, and they can't go on")]
impl Server {
    /// A store of the caller's own.
    ///
    /// # Panics
    ///
    /// Where there is none to start: mark the test with `cfg_attr(not(has_python), ignore = …)`.
    pub fn start() -> Self {
        match Self::begin() {
            Ok(server) => server,
            Err(error) => panic!("{error}"),
        }
    }

    /// Its address.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// How many objects it keeps.
    pub fn objects(&self) -> usize {
        self.count("objects")
    }

    /// How many uploads were begun and never ended.
    pub fn unfinished(&self) -> usize {
        self.count("unfinished")
    }

    /// Everything that it keeps, as it keeps it, in hexadecimal.
    pub fn everything(&self) -> String {
        self.order("find")
    }

    fn count(&self, word: &str) -> usize {
        let said = self.order(word);
        said.parse().unwrap_or_else(|_| panic!("the store does not know how many: {said}"))
    }

    fn order(&self, word: &str) -> String {
        match self.keeper.lock().unwrap_or_else(PoisonError::into_inner).order(word) {
            Ok(said) => said,
            Err(error) => panic!("{error}"),
        }
    }

    fn begin() -> Result<Self, Error> {
        let bin = lotus_test_find::python_bin().ok_or(Error::NotInstalled)?;
        let folder = installed(&bin)?;
        let python = Command::new(folder.join("venv/bin/python"))
            .arg("s3.py")
            .current_dir(folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut keeper = Keeper::hold(python)?;
        let endpoint = keeper.answer()?;
        if !endpoint.starts_with("http://127.0.0.1:") {
            return Err(Error::Refused(endpoint));
        }
        Ok(Self { endpoint, keeper: Mutex::new(keeper) })
    }
}

/// The directory of the program with all that it is made of, made by the first process that needs it; the others wait.
fn installed(bin: &Path) -> Result<PathBuf, Error> {
    let folder = Path::new(env!("OUT_DIR")).join("s3");
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    fs::write(folder.join("s3.py"), PROGRAM)?;
    let done = folder.join("installed");
    if fs::read_to_string(&done).is_ok_and(|there| there == REQUIREMENTS) {
        return Ok(folder);
    }
    fs::write(folder.join("requirements.txt"), REQUIREMENTS)?;
    let run = |program: PathBuf, arguments: &[&str]| -> Result<(), Error> {
        let output = Command::new(program).args(arguments).current_dir(&folder).stdin(Stdio::null()).output()?;
        if output.status.success() {
            Ok(())
        } else {
            Err(Error::Package(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
        }
    };
    run(bin.join("python3"), &["-m", "venv", "--clear", "venv"])?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", "requirements.txt"];
    run(folder.join("venv/bin/python"), &pip)?;
    fs::write(done, REQUIREMENTS)?;
    Ok(folder)
}
