//! What every file, folder and crate of the house keeps to, so that one who has read one finds the way in all.

use lotus_house_tests::{assert_none, files, folders, metadata, room, root};

const MOST_LINES: usize = 600;

/// Names that say nothing about what is inside, and so gather everything.
const EMPTY_NAMES: [&str; 5] = ["util", "utils", "helpers", "common", "misc"];

/// The files that may lift the ban on `unsafe`, each with its reason inside.
const UNSAFE: [&str; 3] = [
    // Loads compiled components.
    "host/runtime/src/compiled.rs",
    // Generated from the contract.
    "host/runtime/src/v1/bindings.rs",
    "sdk/rust/src/bindings.rs",
];

#[test]
fn every_source_file_begins_with_what_it_is_for() {
    let silent = files("", &["rs"]).into_iter().filter(|file| !file.text.starts_with("//! "));
    assert_none(
        &silent
            .map(|file| format!("{} begins with something else: its first line is `//!` and what it is for", file.path))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn no_file_is_two_rooms() {
    let long = files("", &["rs", "wit", "html", "css", "js", "ts", "py", "sql", "sh", "ftl"])
        .into_iter()
        .map(|file| (file.text.lines().count(), file.path))
        .filter(|(lines, _)| *lines > MOST_LINES);
    assert_none(
        &long
            .map(|(lines, path)| format!("{path} has {lines} lines, at {MOST_LINES} it is two rooms: divide it"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    let named = files("", &["rs", "js", "ts", "py"]).into_iter().filter(|file| {
        file.path.split('/').any(|part| EMPTY_NAMES.contains(&part.split('.').next().unwrap_or_default()))
    });
    assert_none(
        &named
            .map(|file| {
                format!("{}: name it after the one thing it holds, or put its parts where they are used", file.path)
            })
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_top_level_folder_says_what_lives_there() {
    let wanted = folders("").into_iter().chain(folders("plugins"));
    let silent = wanted
        .filter(|folder| folder != "plugins/src")
        .filter(|folder| !root().join(folder).join("README.md").exists());
    assert_none(
        &silent
            .map(|folder| format!("{folder} has no README.md: say in it what lives there and how to add to it"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_crate_keeps_the_workspaces_lints_and_edition() {
    let mut findings = Vec::new();
    for package in metadata().workspace_packages() {
        let manifest: toml::Table = std::fs::read_to_string(&package.manifest_path).unwrap().parse().unwrap();
        let inherits =
            |table: Option<&toml::Value>| table.and_then(|t| t.get("workspace")) == Some(&toml::Value::Boolean(true));
        if !inherits(manifest.get("lints")) {
            findings.push(format!(
                "{} does not keep the lints: add [lints] workspace = true to its Cargo.toml",
                room(package)
            ));
        }
        for key in ["edition", "rust-version", "license", "publish"] {
            if !inherits(manifest.get("package").and_then(|table| table.get(key))) {
                findings.push(format!("{}: say {key}.workspace = true in its [package]", room(package)));
            }
        }
    }
    assert_none(&findings);
}

#[test]
fn unsafe_code_stays_where_it_has_a_reason() {
    let lifted = files("", &["rs"]).into_iter().filter(|file| {
        let lifts = |line: &str| line.trim_start().starts_with('#') && line.contains("unsafe_code");
        file.text.lines().any(lifts) && !UNSAFE.contains(&file.path.as_str())
    });
    assert_none(
        &lifted
            .map(|file| {
                format!("{} lifts the ban on unsafe code: find a safe way, or a library that has one", file.path)
            })
            .collect::<Vec<_>>(),
    );
}

#[test]
fn nothing_in_the_host_names_a_plugin() {
    let mut names = Vec::new();
    for folder in folders("plugins") {
        let Ok(manifest) = std::fs::read_to_string(root().join(&folder).join("plugin.toml")) else { continue };
        let manifest: toml::Table = manifest.parse().unwrap();
        let folder = folder.trim_start_matches("plugins/").to_owned();
        names.push(folder.replace('-', "_"));
        names.push(folder);
        names.extend(manifest.get("id").and_then(toml::Value::as_str).map(str::to_owned));
    }
    assert!(!names.is_empty(), "no plugin was found to look for");
    let mut findings = Vec::new();
    for file in files("host", &["rs", "toml", "html", "css", "js", "sql", "ftl"]) {
        let found = names.iter().filter(|name| file.text.contains(name.as_str()));
        findings.extend(found.map(|name| {
            format!(
                "{} names the plugin {name}: the host serves any plugin alike; a test that needs this one belongs in tests/",
                file.path
            )
        }));
    }
    assert_none(&findings);
}
