//! Looks at the house from outside, for the tests beside it: its crates as cargo knows them, its files as they lie there.
//!
//! Invariant: every finding is a sentence that says what to do; [`assert_none`] shows all of them at once.

#![allow(clippy::panic, clippy::missing_panics_doc, reason = "only tests use it, and they can't go on")]

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}

/// The workspace's crates with the dependencies that their manifests name; nothing is resolved or fetched.
pub fn metadata() -> Metadata {
    match MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec() {
        Ok(metadata) => metadata,
        Err(error) => panic!("cargo metadata: {error}"),
    }
}

/// Every crate that a build on this machine may contain, ours and others'; what only other platforms use is left out.
pub fn graph() -> Vec<Package> {
    let rustc = std::process::Command::new("rustc").arg("-vV").output();
    let said = rustc.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let Some(host) = said.lines().find_map(|line| line.strip_prefix("host: ")) else {
        panic!("`rustc -vV` does not say which platform this is: {said}")
    };
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).other_options(["--filter-platform".to_owned(), host.to_owned()]);
    let metadata = match command.exec() {
        Ok(metadata) => metadata,
        Err(error) => panic!("cargo metadata: {error}"),
    };
    let nodes = metadata.resolve.map(|resolve| resolve.nodes).unwrap_or_default();
    let built: std::collections::HashSet<_> = nodes.into_iter().map(|node| node.id).collect();
    metadata.packages.into_iter().filter(|package| built.contains(&package.id)).collect()
}

/// The folder that a crate lies in, from the root: `host/store`.
pub fn room(package: &Package) -> String {
    package.manifest_path.parent().map(|folder| relative(folder.as_std_path())).unwrap_or_default()
}

/// A file of the house.
#[derive(Debug)]
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// The files below a folder (from the root; empty for the whole house) whose names end in one of these, by path. What is
/// built or fetched is not part of the house: `target`, `node_modules`, hidden folders.
pub fn files(folder: &str, extensions: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut |path| {
        if !path.extension().and_then(|end| end.to_str()).is_some_and(|end| extensions.contains(&end)) {
            return;
        }
        match std::fs::read_to_string(path) {
            Ok(text) => found.push(File { path: relative(path), text }),
            Err(error) => panic!("reading {}: {error}", path.display()),
        }
    });
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The folders directly in a folder that are part of the house.
pub fn folders(folder: &str) -> Vec<String> {
    let mut found: Vec<_> =
        entries(&root().join(folder)).into_iter().filter(|path| path.is_dir()).map(|path| relative(&path)).collect();
    found.sort();
    found
}

/// Fails with every finding, each a line that says what to do.
pub fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "\n  {}\n", findings.join("\n  "));
}

fn collect(folder: &Path, found: &mut impl FnMut(&Path)) {
    for path in entries(folder) {
        if path.is_dir() {
            collect(&path, found);
        } else {
            found(&path);
        }
    }
}

/// What lies in a folder and belongs to the house.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => panic!("reading {}: {error}", folder.display()),
    };
    // A colleague's editor may take a file away while we look: that is not the house's fault.
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    paths.filter(|path| belongs(path)).collect()
}

fn belongs(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // The demonstration's data directory lies in the root, and is in .gitignore like the others.
    let passing = name == "target" || name == "node_modules" || name.starts_with('.') || relative(path) == "data";
    !passing && !path.is_symlink()
}

fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(root()).unwrap_or(path);
    inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
