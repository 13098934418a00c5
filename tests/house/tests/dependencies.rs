//! Who may know whom: the direction in which the rooms depend on each other, and who alone may name a library.
//!
//! The tables below are the design. A new room is a line in [`ROOMS`]; a new right to know somebody is a decision that
//! is made there, with its reason, and not in a manifest.

use cargo_metadata::{Dependency, DependencyKind, Package};
use lotus_house_tests::{assert_none, metadata, room};

/// A room, and the rooms of the house that its crate may depend on. `*` at the end stands for one folder's name.
const ROOMS: &[(&str, &[&str])] = &[
    // The regulation as types and rules knows nobody.
    ("host/domain", &[]),
    // These two don't know each other: they meet in platform.
    ("host/store", &["host/domain"]),
    ("host/runtime", &["host/domain"]),
    // A paper is words in a template: what it is about comes from whoever has it printed.
    ("host/paper", &["host/domain"]),
    // Files are kept for platform; who they belong to is store's to say.
    ("host/objects", &["host/domain"]),
    // What carries notices outside: an address and a text, nothing else of the house.
    ("host/channel", &["host/domain"]),
    // What is searched comes as entries from whoever knows who may see them.
    ("host/search", &["host/domain"]),
    // Packages and their signatures come and go here; whether one serves is decided in platform.
    ("host/registry", &["host/domain"]),
    (
        "host/platform",
        &[
            "host/channel",
            "host/domain",
            "host/objects",
            "host/store",
            "host/registry",
            "host/runtime",
            "host/paper",
            "host/search",
        ],
    ),
    // Pages see use cases, never a database or a sandbox.
    ("host/web", &["host/domain", "host/platform"]),
    // The program wires everything, and is the only one that hands the shipped plugins and the demonstration over.
    (
        "host/lotus",
        &[
            "host/channel",
            "host/domain",
            "host/registry",
            "host/store",
            "host/runtime",
            "host/platform",
            "host/web",
            "plugins",
            "demo",
            "sdk/build",
            "sdk/tooling",
        ],
    ),
    // What plugin authors use knows the contract and nothing of the host; the tooling runs a plugin as the host does.
    ("sdk/rust", &[]),
    ("sdk/build", &[]),
    ("sdk/tooling", &["sdk/build", "host/runtime", "host/registry"]),
    ("plugins", &["sdk/build"]),
    ("plugins/*", &["sdk/rust"]),
    ("demo", &["host/domain"]),
    // Tests cross rooms. Nothing that ships depends on them.
    ("tests/services/find", &[]),
    ("tests/guests/*", &["sdk/rust"]),
    ("tests/artifacts", &["sdk/build"]),
    ("tests/*", &["host/*", "sdk/*", "plugins", "demo", "tests/*", "tests/services/find"]),
];

/// What any room's tests (and the build scripts that look for their programs) may use besides.
const FOR_TESTS: &[&str] = &["tests/*", "demo", "plugins"];
const FOR_BUILD_SCRIPTS: &[&str] = &["tests/services/find"];

/// Libraries (a name, or its beginning with `*`) that only these rooms may name, in dependencies of every kind.
const LIBRARIES: &[(&str, &[&str], &str)] = &[
    ("sqlx*", &["host/store"], "SQL stands in store alone; add a store function and call it through platform"),
    ("rusqlite", &["host/store"], "SQL stands in store alone; add a store function and call it through platform"),
    ("libsqlite3-sys", &["host/store"], "SQL stands in store alone"),
    ("wasmtime*", &["host/runtime"], "wasm stands in runtime alone; offer what you need from lotus-runtime"),
    (
        "axum*",
        // The benchmark's native handler is what a plugin's page is measured against.
        &["host/web", "tests/bench"],
        "HTTP stands in web alone; offer what you need from lotus-web",
    ),
    ("tantivy*", &["host/search"], "what people look for is found in search alone; add an entry there"),
    ("jieba*", &["host/search"], "Chinese is cut into words in search alone"),
    ("oci-client", &["host/registry"], "registries are spoken to in registry alone; fetch and publish through it"),
    ("ed25519*", &["host/registry"], "packages are signed and verified in registry alone"),
    ("sm2", &["host/registry"], "packages are signed and verified in registry alone"),
    ("typst*", &["host/paper"], "papers are set in paper alone; add a paper there"),
    ("askama*", &["host/web"], "pages are rendered in web alone; return data"),
    ("wit-bindgen*", &["sdk/rust"], "plugins get their bindings from lotus-sdk"),
    ("lettre", &["host/channel"], "e-mail is carried by channel alone; write a notice"),
    ("anyhow", &["host/lotus", "sdk/tooling", "tests/*"], "a library's errors are an enum with thiserror"),
    ("chrono", &["host/platform"], "time is jiff; only what speaks to openidconnect needs chrono"),
    (
        "tokio",
        &[
            "host/channel",
            "host/objects",
            "host/registry",
            "host/store",
            "host/runtime",
            "host/platform",
            "host/web",
            "host/lotus",
            "sdk/tooling",
            "tests/*",
        ],
        "domain, demo, the SDKs and plugins neither wait nor do I/O",
    ),
];

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.strip_prefix(start).is_some_and(|rest| !rest.contains('/')),
        None => pattern == name,
    }
}

fn among(patterns: &[&str], name: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, name))
}

/// The room that a dependency leads to, where it is one of ours.
fn leads_to(dependency: &Dependency, packages: &[&Package]) -> Option<String> {
    dependency.path.as_ref()?;
    packages.iter().find(|package| *package.name == dependency.name).map(|package| room(package))
}

#[test]
fn every_crate_is_a_room_that_the_design_knows() {
    let metadata = metadata();
    let unknown = metadata
        .workspace_packages()
        .into_iter()
        .map(room)
        .filter(|room| !ROOMS.iter().any(|(pattern, _)| matches(pattern, room)));
    assert_none(
        &unknown
            .map(|room| format!("{room} is a new room: say in ROOMS, in tests/house, whom it may know"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_rooms_know_only_whom_the_design_lets_them_know() {
    let metadata = metadata();
    let packages = metadata.workspace_packages();
    let mut findings = Vec::new();
    for package in &packages {
        let here = room(package);
        let Some((_, may_know)) = ROOMS.iter().find(|(pattern, _)| matches(pattern, &here)) else { continue };
        for dependency in &package.dependencies {
            let Some(there) = leads_to(dependency, &packages) else { continue };
            let besides = match dependency.kind {
                // A plugin is kept as its district's team would keep it: the SDK is all that it has, tests included.
                DependencyKind::Development if !here.starts_with("plugins/") => FOR_TESTS,
                DependencyKind::Build => FOR_BUILD_SCRIPTS,
                _ => &[],
            };
            if !among(may_know, &there) && !among(besides, &there) {
                findings.push(format!(
                    "{here} depends on {there}, which it may not know: take {} out of {here}/Cargo.toml and let the two \
                     meet in a room that may know both (host/README.md, “The map”)",
                    dependency.name
                ));
            }
        }
    }
    assert_none(&findings);
}

#[test]
fn a_library_that_belongs_to_one_room_is_named_by_no_other() {
    let metadata = metadata();
    let mut findings = Vec::new();
    for package in metadata.workspace_packages() {
        let here = room(package);
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_none()) {
            for (library, owners, instead) in LIBRARIES {
                if matches(library, &dependency.name) && !among(owners, &here) {
                    findings.push(format!("{here} names {}: {instead}", dependency.name));
                }
            }
        }
    }
    assert_none(&findings);
}

#[test]
fn versions_of_libraries_stand_in_the_workspace_alone() {
    let metadata = metadata();
    let mut findings = Vec::new();
    for package in metadata.workspace_packages() {
        let text = std::fs::read_to_string(&package.manifest_path).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(named) = manifest.get(kind).and_then(toml::Value::as_table) else { continue };
            let own = named.iter().filter(|(_, how)| how.get("workspace") != Some(&toml::Value::Boolean(true)));
            findings.extend(own.map(|(name, _)| {
                format!(
                    "{} gives {name} a version of its own: put it in [workspace.dependencies] and say {name}.workspace = true",
                    room(package)
                )
            }));
        }
    }
    assert_none(&findings);
}
