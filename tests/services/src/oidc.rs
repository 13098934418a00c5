//! A real OpenID provider for one test: the npm package `oidc-provider` on a free loopback port, gone with the process.
//!
//! It vouches for whomever its form names, takes new keys, goes away and comes back, and lies where it is told to.
//! Invariant: what runs is what `oidc/package-lock.json` pins, put once into cargo's own directory; the provider's life
//! hangs on a pipe, so that a test process that is killed leaves none behind.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::keeper::Keeper;

/// What the provider calls the city.
pub const CLIENT: &str = "lotus";
/// What the city shows the provider.
pub const SECRET: &str = "of the tests alone";

/// What the program is, and what it is made of.
const FILES: [(&str, &str); 3] = [
    ("oidc.mjs", include_str!("oidc/oidc.mjs")),
    ("package.json", include_str!("oidc/package.json")),
    ("package-lock.json", include_str!("oidc/package-lock.json")),
];
/// Why there is no provider, or why it does not obey.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Node.js is not installed: apt-get install nodejs npm, or set LOTUS_NODE_BIN to its directory")]
    NotInstalled,
    #[error("npm can't install the provider: {0}")]
    Package(String),
    #[error("the provider did not obey: {0}")]
    Refused(String),
    #[error("starting the provider: {0}")]
    Io(#[from] std::io::Error),
}

/// What is not as it should be in the ID tokens that the provider gives.
#[derive(Debug, Clone, Copy)]
pub enum Lie {
    /// Its clock is off by so many seconds.
    Clock(i64),
    /// They are for another client.
    Audience,
    /// They answer another sign-in.
    Nonce,
    /// They are signed with a key that only pretends to be the provider's.
    Key,
}

/// A running provider. Ends when it is dropped, or with the process.
#[derive(Debug)]
pub struct Provider {
    issuer: String,
    keeper: Mutex<Keeper>,
}

#[allow(clippy::panic, reason = "only tests call it, and they can't go on")]
impl Provider {
    /// A provider of the caller's own.
    ///
    /// # Panics
    ///
    /// Where there is none to start: mark the test with `cfg_attr(not(has_node), ignore = …)`.
    pub fn start() -> Self {
        match Self::begin(None) {
            Ok(provider) => provider,
            Err(error) => panic!("{error}"),
        }
    }

    /// The same over TLS, with this certificate for `127.0.0.1` and its key, both PEM.
    ///
    /// # Panics
    ///
    /// As [`Provider::start`].
    pub fn start_over_tls(certificate: &str, key: &str) -> Self {
        match Self::begin(Some((certificate, key))) {
            Ok(provider) => provider,
            Err(error) => panic!("{error}"),
        }
    }

    /// Its issuer, which is its address too.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Lets a city sign people in, under the names that it has for this provider.
    pub fn serves(&self, home: &str, providers: &[&str]) {
        self.order(json!({ "do": "home", "home": home, "providers": providers }));
    }

    /// What it says of somebody, beyond the subject.
    pub fn knows(&self, subject: &str, claims: Value) {
        self.order(json!({ "do": "person", "subject": subject, "claims": claims }));
    }

    /// Takes a new key and forgets the one before.
    pub fn take_new_key(&self) {
        self.order(json!({ "do": "rotate" }));
    }

    /// Nobody answers on its port until [`Provider::come_back`].
    pub fn go_away(&self) {
        self.order(json!({ "do": "away" }));
    }

    /// Answers again, on the same port.
    pub fn come_back(&self) {
        self.order(json!({ "do": "back" }));
    }

    /// Lies from now on; `None` is the truth again.
    pub fn lie(&self, lie: Option<Lie>) {
        let lie = match lie {
            None => json!({}),
            Some(Lie::Clock(seconds)) => json!({ "clock": seconds }),
            Some(Lie::Audience) => json!({ "audience": "another client" }),
            Some(Lie::Nonce) => json!({ "nonce": "another nonce" }),
            Some(Lie::Key) => json!({ "key": true }),
        };
        self.order(json!({ "do": "lie", "lie": lie }));
    }

    fn order(&self, order: Value) {
        match self.keeper.lock().unwrap_or_else(PoisonError::into_inner).obey(order) {
            Ok(Ok(())) => {}
            Ok(Err(said)) => panic!("{}", Error::Refused(said)),
            Err(error) => panic!("{error}"),
        }
    }

    fn begin(tls: Option<(&str, &str)>) -> Result<Self, Error> {
        let bin = lotus_test_find::node_bin().ok_or(Error::NotInstalled)?;
        let folder = installed(&bin)?;
        // A group of its own: an interrupt from the terminal ends the test process, and the pipe does the rest.
        let node = Command::new(bin.join("node"))
            .arg("oidc.mjs")
            .current_dir(folder)
            .env_remove("NODE_OPTIONS")
            .envs(tls.into_iter().flat_map(|(certificate, key)| [("OIDC_CERTIFICATE", certificate), ("OIDC_KEY", key)]))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut keeper = Keeper::hold(node)?;
        let issuer = keeper.answer()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        if !issuer.starts_with(&format!("{scheme}://127.0.0.1:")) {
            return Err(Error::Refused(issuer));
        }
        Ok(Self { issuer, keeper: Mutex::new(keeper) })
    }
}

/// The directory of the program with all that it is made of, made by the first process that needs it; the others wait.
fn installed(bin: &Path) -> Result<PathBuf, Error> {
    let folder = Path::new(env!("OUT_DIR")).join("oidc");
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    let done = folder.join("installed");
    let wanted = FILES.map(|(_, text)| text).concat();
    if fs::read_to_string(&done).is_ok_and(|there| there == wanted) {
        return Ok(folder);
    }
    for (name, text) in FILES {
        fs::write(folder.join(name), text)?;
    }
    // npm finds Node.js by PATH.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([bin.to_owned()].into_iter().chain(std::env::split_paths(&path)));
    let output = Command::new(bin.join("npm"))
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"])
        .current_dir(&folder)
        .env("PATH", path.map_err(|error| Error::Package(error.to_string()))?)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        return Err(Error::Package(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    fs::write(done, wanted)?;
    Ok(folder)
}
