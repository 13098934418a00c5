//! Looks at the house from outside, for the tests beside it: its crates as cargo knows them, its files as they lie there.
//!
//! Invariant: every finding is a sentence that says what to do; [`assert_none`] shows all of them at once.

#![allow(clippy::panic, clippy::missing_panics_doc, reason = "only tests use it, and they can't go on")]

use std::collections::BTreeSet;
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

/// A crate that a build of the workspace on this machine contains.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Built {
    /// Its name.
    pub name: String,
    /// Its version, as `v1.2.3`.
    pub version: String,
    /// Where it comes from, where that is not the registry.
    pub place: Option<String>,
}

/// Every crate that is built here, ours and others', tests' and build scripts' too. From `cargo tree`: the lock file and
/// `cargo metadata` also name what no feature and no target of ours switches on.
pub fn built() -> BTreeSet<Built> {
    let mut cargo = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args(["tree", "--workspace", "--prefix", "none", "--format", "{p}"]);
    match cargo.output() {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).lines().filter_map(tree_line).collect()
        }
        Ok(output) => panic!("cargo tree: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("cargo tree: {error}"),
    }
}

/// `name v1.2.3`, `name v1.2.3 (proc-macro)`, `name v1.2.3 (/path)`, `name v1.2.3 (https://…)`
fn tree_line(line: &str) -> Option<Built> {
    let mut parts = line.split_whitespace();
    let (name, version) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let place = parts.filter(|part| *part != "(proc-macro)" && *part != "(*)").map(str::to_owned).next();
    Some(Built { name, version, place })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_tree_says_what_and_where_from() {
        let place = |line| tree_line(line).unwrap().place;
        assert_eq!(place("serde_derive v1.0.229 (proc-macro)"), None);
        assert_eq!(place("lotus v0.1.0 (/house/host/lotus)").as_deref(), Some("(/house/host/lotus)"));
        assert_eq!(place("x v1.0.0 (https://example.org/x#0123)").as_deref(), Some("(https://example.org/x#0123)"));
        assert_eq!(tree_line("[dev-dependencies]"), None);
    }
}
