//! Compiles plugin crates of this workspace into components, from a build script, and embeds them.
//!
//! Plugins need another target and another profile than the program that embeds them, which one cargo invocation can't
//! give; so the build script runs a nested one, with a target directory of its own inside the workspace's. All who
//! embed components share that directory, and all plugins of a folder are compiled by one invocation.
//!
//! Invariant: no plugin is named here or in a build script: a folder with a `plugin.toml` is one.

mod environment;
mod folder;
mod target;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

pub use folder::PluginFolder;

/// The target that plugins are compiled for; its linker makes the component.
pub const TARGET: &str = "wasm32-wasip2";
/// The profile that they are compiled with, from the workspace's manifest.
pub const PROFILE: &str = "plugin";

/// Why a plugin was not compiled, with what to do about it.
#[derive(Debug)]
pub struct BuildError(String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}

impl BuildError {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// What was being done, and what came in between.
    fn while_doing(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Self(format!("{doing} {}: {error}", path.display()))
    }
}

/// The whole of a build script: compiles every plugin in `folder` (relative to the calling crate) and writes
/// `OUT_DIR/packages.rs`, an expression of type `&[Package]` with the fields `name`, `manifest` and `component`.
///
/// Prints what is wrong and ends the build script where it does not work.
pub fn embed(folder: &str) {
    if let Err(error) = try_embed(folder) {
        // What a person reads first; cargo shows the rest of the output above it.
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

fn try_embed(folder: &str) -> Result<(), BuildError> {
    let crate_folder = environment::path("CARGO_MANIFEST_DIR")?;
    let out = environment::path("OUT_DIR")?;
    let plugins = folder::plugins_in(&crate_folder.join(folder))?;
    let components = compile(&crate_folder, &out, &plugins)?;

    let mut source = String::from("&[\n");
    for (plugin, component) in plugins.iter().zip(&components) {
        let kept = out.join(format!("{}.wasm", plugin.name));
        copy_component(component, &kept)?;
        let entry = format!(
            "    Package {{ name: {:?}, manifest: include_str!({:?}), component: include_bytes!({:?}) }},\n",
            plugin.name,
            plugin.manifest.display().to_string(),
            kept.display().to_string(),
        );
        source.push_str(&entry);
    }
    source.push_str("]\n");
    let list = out.join("packages.rs");
    std::fs::write(&list, source).map_err(|error| BuildError::while_doing("writing", &list, &error))?;

    println!("cargo::rerun-if-changed={}", crate_folder.join(folder).display());
    Ok(())
}

/// Compiles plugins by one nested cargo and returns their components, in the same order.
fn compile(crate_folder: &Path, out: &Path, plugins: &[PluginFolder]) -> Result<Vec<PathBuf>, BuildError> {
    let workspace = folder::workspace_of(crate_folder)?;
    for watched in ["sdk/rust/src", "sdk/rust/Cargo.toml", "wit/v1", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"]
    {
        println!("cargo::rerun-if-changed={}", workspace.join(watched).display());
    }
    if plugins.is_empty() {
        return Ok(Vec::new());
    }
    let directory = environment::target_directory(out)?;
    target::ensure_installed(&directory)?;

    let directory = directory.join("plugins");
    let mut cargo = Command::new(environment::cargo());
    environment::clear(&mut cargo);
    cargo.current_dir(&workspace).args(["build", "--profile", PROFILE, "--target", TARGET, "--target-dir"]);
    cargo.arg(&directory);
    for plugin in plugins {
        cargo.args(["--package", &plugin.package]);
    }
    // A build script's standard output is instructions to cargo; everything for people goes to its standard error.
    let output = cargo.output().map_err(|error| BuildError::new(format!("starting cargo: {error}")))?;
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        let names: Vec<&str> = plugins.iter().map(|plugin| plugin.package.as_str()).collect();
        return Err(BuildError::new(format!(
            "these plugins did not compile for {TARGET}: {}; what the compiler said stands above. To see it alone: \
             cargo build --profile {PROFILE} --target {TARGET} --package {}",
            names.join(", "),
            names.join(" --package "),
        )));
    }
    let built = directory.join(TARGET).join(PROFILE);
    Ok(plugins.iter().map(|plugin| built.join(format!("{}.wasm", plugin.package.replace('-', "_")))).collect())
}

/// Copies a component beside the list, so that a later build of another profile can't change it under the compiler.
fn copy_component(from: &Path, to: &Path) -> Result<(), BuildError> {
    let bytes = std::fs::read(from).map_err(|error| {
        BuildError::new(format!(
            "reading {}: {error}; a plugin's library has the name of its package and the crate type cdylib",
            from.display()
        ))
    })?;
    if !bytes.starts_with(b"\0asm\x0d\0\x01\0") {
        return Err(BuildError::new(format!("{} is not a component", from.display())));
    }
    std::fs::write(to, bytes).map_err(|error| BuildError::while_doing("writing", to, &error))
}
