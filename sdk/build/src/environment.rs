//! The environment between two cargos: what the outer one set for its own build must not reach the nested one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::BuildError;

/// Flags, wrappers and settings of the outer build that would change what a plugin is, or where it is put.
/// The job server (`CARGO_MAKEFLAGS`) stays, so that both together use the machine once.
const OUTER: &[&str] = &[
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_BUILD_RUSTFLAGS",
    "RUSTC",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTC",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_BUILD_BUILD_DIR",
    "CARGO_TARGET_DIR",
    "CARGO_INCREMENTAL",
    "RUSTDOC",
    "RUSTDOCFLAGS",
    "CARGO_ENCODED_RUSTDOCFLAGS",
    "CLIPPY_ARGS",
    "CLIPPY_CONF_DIR",
    "CLIPPY_TERMINAL_WIDTH",
    "LLVM_PROFILE_FILE",
];

/// Prefixes of what cargo sets for a build script.
const OUTER_PREFIXES: &[&str] = &["CARGO_CFG_", "CARGO_FEATURE_", "CARGO_PKG_", "CARGO_MANIFEST_", "DEP_"];

/// Takes the outer build out of a command's environment.
pub(crate) fn clear(command: &mut Command) {
    for name in OUTER {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| OUTER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(&name);
        }
    }
}

/// The cargo that runs this build script.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A path that cargo gives to build scripts.
pub(crate) fn path(name: &str) -> Result<PathBuf, BuildError> {
    std::env::var_os(name)
        .map(PathBuf::from)
        .ok_or_else(|| BuildError::new(format!("{name} is not set: this is only for build scripts")))
}

/// The target directory that a build script's `OUT_DIR` lies in: where cargo put its mark, else four levels up
/// (`<target>/<profile>/build/<package>/out`).
pub(crate) fn target_directory(out: &Path) -> Result<PathBuf, BuildError> {
    let marked = out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    marked
        .or_else(|| out.ancestors().nth(4))
        .map(Path::to_path_buf)
        .ok_or_else(|| BuildError::new(format!("{} is not in a target directory", out.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_mark_the_target_directory_is_four_levels_up() {
        let out = Path::new("/nowhere/target/debug/build/lotus-plugins-0123/out");
        assert_eq!(target_directory(out).unwrap(), Path::new("/nowhere/target"));
    }
}
