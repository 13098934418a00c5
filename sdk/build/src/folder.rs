//! Plugin folders: where a plugin is, which crate it is, and the workspace that it belongs to.

use std::path::{Path, PathBuf};

use crate::BuildError;

/// A folder with a `plugin.toml` and a crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginFolder {
    /// The folder's name.
    pub name: String,
    /// The crate's package name.
    pub package: String,
    /// Its `plugin.toml`.
    pub manifest: PathBuf,
}

/// Every plugin in a folder, by name.
pub(crate) fn plugins_in(folder: &Path) -> Result<Vec<PluginFolder>, BuildError> {
    let reading = |error: std::io::Error| BuildError::while_doing("reading", folder, &error);
    let mut plugins = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(reading)? {
        let path = entry.map_err(reading)?.path();
        let manifest = path.join("plugin.toml");
        if !manifest.is_file() {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let package = package_of(&path.join("Cargo.toml"))?;
        plugins.push(PluginFolder { name, package, manifest });
    }
    plugins.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(plugins)
}

fn package_of(manifest: &Path) -> Result<String, BuildError> {
    let source =
        std::fs::read_to_string(manifest).map_err(|error| BuildError::while_doing("reading", manifest, &error))?;
    package_name(&source).ok_or_else(|| BuildError::new(format!("{} has no name in its [package]", manifest.display())))
}

/// The name in the `[package]` table of a `Cargo.toml`; enough TOML for that, so that a build script stays small.
fn package_name(source: &str) -> Option<String> {
    source
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[package]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| {
            let (key, value) = line.split_once('=')?;
            let quoted = value.trim().strip_prefix('"')?;
            (key.trim() == "name").then(|| quoted.split('"').next().unwrap_or_default().to_owned())
        })
        .filter(|name| !name.is_empty())
}

/// The folder above that holds the workspace's manifest.
pub(crate) fn workspace_of(crate_folder: &Path) -> Result<PathBuf, BuildError> {
    let is_workspace = |folder: &&Path| {
        std::fs::read_to_string(folder.join("Cargo.toml"))
            .is_ok_and(|source| source.lines().any(|line| line.trim() == "[workspace]"))
    };
    crate_folder
        .ancestors()
        .find(is_workspace)
        .map(Path::to_path_buf)
        .ok_or_else(|| BuildError::new(format!("no workspace above {}", crate_folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_packages_and_no_other_tables() {
        let source = "[lib]\nname = \"other\"\n\n[package]\nversion = \"1.0.0\"\nname = \"lotus-tea\" # tea\n\n[a]\n";
        assert_eq!(package_name(source).as_deref(), Some("lotus-tea"));
        assert_eq!(package_name("[package]\nversion = \"1\"\n[lib]\nname = \"x\"\n"), None);
    }
}
