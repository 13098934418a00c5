//! The wasm target's standard library: there, fetched, or said how to get it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{BuildError, TARGET, environment};

/// Makes sure that plugins can be compiled: looks for the target, else lets rustup add it. One at a time: cargo runs
/// several build scripts at once, and of two rustups that fetch the same target one fails.
pub(crate) fn ensure_installed(directory: &Path) -> Result<(), BuildError> {
    if is_installed()? {
        return Ok(());
    }
    let turn = directory.join("lotus-target.lock");
    let waiting = |error| BuildError::while_doing("waiting for a turn to add the target with", &turn, &error);
    // Held until this function ends, however it does.
    let held = File::create(&turn).map_err(waiting)?;
    held.lock().map_err(waiting)?;
    if is_installed()? {
        return Ok(());
    }
    eprintln!("the Rust target {TARGET} is not installed; running: rustup target add {TARGET}");
    let mut rustup = Command::new("rustup");
    environment::clear(&mut rustup);
    let why = match rustup.args(["target", "add", TARGET]).output() {
        Ok(output) if output.status.success() && is_installed()? => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => format!("rustup could not be started: {error}"),
    };
    Err(BuildError::new(format!(
        "plugins are compiled to WebAssembly, and this toolchain has no target {TARGET} ({why}). \
         With rustup, type:  rustup target add {TARGET}  . Without rustup, install the rust-std component of \
         {TARGET} for the version that `rustc --version` names (many distributions package it as rust-std or \
         libstd-rust for wasm32), then build again."
    )))
}

/// Whether the compiler that the nested build will use has the target's library.
fn is_installed() -> Result<bool, BuildError> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    environment::clear(&mut rustc);
    let output = rustc
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .map_err(|error| BuildError::new(format!("starting rustc: {error}")))?;
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    Ok(output.status.success() && !folder.as_os_str().is_empty() && folder.is_dir())
}
