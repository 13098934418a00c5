//! Which outside programs this machine has, told to a crate's tests as `cfg`s by its build script.
//!
//! A test that needs one is *listed as ignored, with the reason*, where it is missing: never silently passed. A `cfg`
//! that one crate's build script sets does not reach another crate, so each crate whose tests need a program has a
//! `build.rs` of one line, `fn main() { lotus_test_find::emit() }`, and writes
//!
//! ```text
//! #[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
//! ```
//!
//! With `LOTUS_REQUIRE_SERVICES=1` (CI) a missing program fails the build instead. To add a program: one row in
//! [`PROGRAMS`]. No dependencies here: this is built before everything else.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The variable that names the directory of PostgreSQL's server programs. One that holds none means "none".
pub const POSTGRES_BIN: &str = "LOTUS_POSTGRES_BIN";
/// The variable that names the directory of Node.js's programs. One that holds none means "none".
pub const NODE_BIN: &str = "LOTUS_NODE_BIN";
/// The variable that names the directory of poppler's programs. One that holds none means "none".
pub const POPPLER_BIN: &str = "LOTUS_POPPLER_BIN";
/// The variable that names the directory of the Chinese font that papers are set in. One that holds none means "none".
pub const FONTS: &str = "LOTUS_FONTS";
/// The variable that names the directory of ClamAV's daemon. One that holds none means "none".
pub const CLAMAV_BIN: &str = "LOTUS_CLAMAV_BIN";
/// The variable that names the directory of Python. One that holds none means "none".
pub const PYTHON_BIN: &str = "LOTUS_PYTHON_BIN";
/// The variable that names the directory of SQLite's shell. One that holds none means "none".
pub const SQLITE_BIN: &str = "LOTUS_SQLITE_BIN";
/// The variable that names the directory of the OCI registry. One that holds none means "none".
pub const REGISTRY_BIN: &str = "LOTUS_REGISTRY_BIN";
/// The variable that makes a missing program an error of the build.
pub const REQUIRE: &str = "LOTUS_REQUIRE_SERVICES";

/// An outside program that tests use.
struct Program {
    /// The `cfg` that is set where it is found.
    cfg: &'static str,
    name: &'static str,
    /// How to get it.
    install: &'static str,
    /// The variable that overrides the search.
    variable: &'static str,
    /// The file whose vanishing takes the program away.
    find: fn() -> Option<PathBuf>,
}

const PROGRAMS: &[Program] = &[
    Program {
        cfg: "has_postgres",
        name: "PostgreSQL",
        install: "apt-get install postgresql",
        variable: POSTGRES_BIN,
        find: || postgres_bin().map(|bin| bin.join("postgres")),
    },
    Program {
        cfg: "has_node",
        name: "Node.js with npm",
        install: "apt-get install nodejs npm",
        variable: NODE_BIN,
        find: || node_bin().map(|bin| bin.join("npm")),
    },
    Program {
        cfg: "has_poppler",
        name: "poppler's pdftotext",
        install: "apt-get install poppler-utils",
        variable: POPPLER_BIN,
        find: || poppler_bin().map(|bin| bin.join("pdftotext")),
    },
    Program {
        cfg: "has_chinese_font",
        name: "Noto Serif CJK",
        install: "apt-get install fonts-noto-cjk",
        variable: FONTS,
        find: || fonts().map(|folder| folder.join(FONT)),
    },
    Program {
        cfg: "has_clamav",
        name: "ClamAV's daemon",
        install: "apt-get install clamav-daemon",
        variable: CLAMAV_BIN,
        find: || clamav_bin().map(|bin| bin.join("clamd")),
    },
    Program {
        cfg: "has_python",
        name: "Python with venv",
        install: "apt-get install python3-venv",
        variable: PYTHON_BIN,
        find: || python_bin().map(|bin| bin.join("python3")),
    },
    Program {
        cfg: "has_sqlite",
        name: "SQLite's shell",
        install: "apt-get install sqlite3",
        variable: SQLITE_BIN,
        find: || sqlite_bin().map(|bin| bin.join("sqlite3")),
    },
    Program {
        cfg: "has_registry",
        name: "an OCI registry (Distribution)",
        install: "apt-get install docker-registry",
        variable: REGISTRY_BIN,
        find: || registry_bin().map(|bin| bin.join("docker-registry")),
    },
];

/// Package managers' lists: one of them changes when a program is installed, so that the search is made again then. A
/// directory like `/usr/lib` would be walked by cargo file by file, and a path that is missing is "changed" every time.
const INSTALLED: [&str; 4] = [
    "/var/lib/dpkg/status",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/var/lib/rpm/rpmdb.sqlite",
    "/lib/apk/db/installed",
];

/// Tells cargo which programs there are. For build scripts.
pub fn emit() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={REQUIRE}");
    let required = env::var_os(REQUIRE).is_some_and(|value| value == "1");
    for program in PROGRAMS {
        println!("cargo::rustc-check-cfg=cfg({})", program.cfg);
        println!("cargo::rerun-if-env-changed={}", program.variable);
        if let Some(found) = (program.find)() {
            println!("cargo::rustc-cfg={}", program.cfg);
            println!("cargo::rerun-if-changed={}", found.display());
            continue;
        }
        println!("cargo::rerun-if-env-changed=PATH");
        for list in INSTALLED.iter().filter(|list| Path::new(list).exists()) {
            println!("cargo::rerun-if-changed={list}");
        }
        if required {
            println!(
                "cargo::error={} is needed by the tests ({REQUIRE}=1) and was not found: {}, or set {} to its directory",
                program.name, program.install, program.variable
            );
        }
    }
}

/// The directory with PostgreSQL's server programs: `LOTUS_POSTGRES_BIN` (then nothing else is looked at), where
/// distributions put them, `PATH`.
pub fn postgres_bin() -> Option<PathBuf> {
    const NEEDED: [&str; 4] = ["postgres", "initdb", "pg_ctl", "createdb"];
    if let Some(named) = env::var_os(POSTGRES_BIN).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named)).filter(|bin| holds(bin, &NEEDED));
    }
    let mut versions = versioned("/usr/lib/postgresql", "");
    versions.extend(versioned("/usr", "pgsql-"));
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let path = env::var_os("PATH").unwrap_or_default();
    versions
        .into_iter()
        .map(|(_, folder)| folder.join("bin"))
        .chain(env::split_paths(&path))
        .find(|bin| holds(bin, &NEEDED))
}

/// The directory with `node` and `npm`: `LOTUS_NODE_BIN` (then nothing else is looked at), `PATH`.
pub fn node_bin() -> Option<PathBuf> {
    const NEEDED: [&str; 2] = ["node", "npm"];
    if let Some(named) = env::var_os(NODE_BIN).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named)).filter(|bin| holds(bin, &NEEDED));
    }
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).find(|bin| holds(bin, &NEEDED))
}

/// The directory with `pdftotext`: `LOTUS_POPPLER_BIN` (then nothing else is looked at), `PATH`.
pub fn poppler_bin() -> Option<PathBuf> {
    const NEEDED: [&str; 1] = ["pdftotext"];
    if let Some(named) = env::var_os(POPPLER_BIN).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named)).filter(|bin| holds(bin, &NEEDED));
    }
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).find(|bin| holds(bin, &NEEDED))
}

/// The font that papers are set in, by file name.
const FONT: &str = "NotoSerifCJK-Regular.ttc";

/// The directory with the Chinese font: `LOTUS_FONTS` (then nothing else is looked at), where distributions put it.
pub fn fonts() -> Option<PathBuf> {
    if let Some(named) = env::var_os(FONTS).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named)).filter(|folder| holds(folder, &[FONT]));
    }
    ["/usr/share/fonts/opentype/noto", "/usr/share/fonts/google-noto-serif-cjk-fonts", "/usr/share/fonts/noto-cjk"]
        .into_iter()
        .map(PathBuf::from)
        .find(|folder| holds(folder, &[FONT]))
}

/// The directory with `clamd`: `LOTUS_CLAMAV_BIN` (then nothing else is looked at), where distributions put it, `PATH`.
pub fn clamav_bin() -> Option<PathBuf> {
    const NEEDED: [&str; 1] = ["clamd"];
    if let Some(named) = env::var_os(CLAMAV_BIN).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named)).filter(|bin| holds(bin, &NEEDED));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    ["/usr/sbin"].into_iter().map(PathBuf::from).chain(env::split_paths(&path)).find(|bin| holds(bin, &NEEDED))
}

/// The directory with `docker-registry`: `LOTUS_REGISTRY_BIN` (then nothing else is looked at), `PATH`.
pub fn registry_bin() -> Option<PathBuf> {
    const NEEDED: [&str; 1] = ["docker-registry"];
    if let Some(named) = env::var_os(REGISTRY_BIN).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named)).filter(|bin| holds(bin, &NEEDED));
    }
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).find(|bin| holds(bin, &NEEDED))
}

/// The directory with `python3`: `LOTUS_PYTHON_BIN` (then nothing else is looked at), `PATH`.
pub fn python_bin() -> Option<PathBuf> {
    const NEEDED: [&str; 1] = ["python3"];
    if let Some(named) = env::var_os(PYTHON_BIN).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named)).filter(|bin| holds(bin, &NEEDED));
    }
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).find(|bin| holds(bin, &NEEDED))
}

/// The directory with `sqlite3`: `LOTUS_SQLITE_BIN` (then nothing else is looked at), `PATH`.
pub fn sqlite_bin() -> Option<PathBuf> {
    const NEEDED: [&str; 1] = ["sqlite3"];
    if let Some(named) = env::var_os(SQLITE_BIN).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named)).filter(|bin| holds(bin, &NEEDED));
    }
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).find(|bin| holds(bin, &NEEDED))
}

fn holds(bin: &Path, programs: &[&str]) -> bool {
    programs.iter().all(|program| bin.join(program).is_file())
}

/// The folders `{parent}/{prefix}{version}`, each with its version.
fn versioned(parent: &str, prefix: &str) -> Vec<(u32, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter_map(|folder| {
            let version = folder.file_name().and_then(OsStr::to_str)?.strip_prefix(prefix)?.parse().ok()?;
            Some((version, folder))
        })
        .collect()
}
