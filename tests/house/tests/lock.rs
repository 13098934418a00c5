//! What the lock file says about the libraries of others: where they come from, and that the big ones are there once.
//! `deny.toml` says the same and more; this holds where cargo-deny is not installed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail loudly; clippy sees only the functions marked as tests"
)]

use lotus_house_tests::{assert_none, root};

/// Large, with state of their own, or spoken between rooms: two versions of one are two that don't understand each other.
const ONCE: [&str; 14] = [
    "axum",
    "futures",
    "http",
    "hyper",
    "jiff",
    "libsqlite3-sys",
    "rustls",
    "serde",
    "sqlx",
    "tokio",
    "tower-http",
    "tracing",
    "wasmtime",
    "wasmtime-wasi",
];

/// What is decided against, and for what.
const NEVER: [(&str, &str); 4] = [
    ("openssl-sys", "TLS is rustls"),
    ("native-tls", "TLS is rustls"),
    ("chrono", "time is jiff"),
    ("rusqlite", "databases are reached through sqlx"),
];

fn locked() -> Vec<toml::Table> {
    let lock: toml::Table = std::fs::read_to_string(root().join("Cargo.lock")).unwrap().parse().unwrap();
    lock["package"].as_array().unwrap().iter().map(|package| package.as_table().unwrap().clone()).collect()
}

#[test]
fn every_library_comes_from_the_registry() {
    let packages = locked();
    let sources =
        packages.iter().filter_map(|package| Some((package["name"].as_str()?, package.get("source")?.as_str()?)));
    let others = sources.filter(|(_, source)| !source.starts_with("registry+"));
    assert_none(
        &others.map(|(name, source)| format!("{name} comes from {source}: use a released version")).collect::<Vec<_>>(),
    );
}

#[test]
fn the_big_libraries_are_there_once_and_the_refused_ones_never() {
    let packages = locked();
    let versions = |name: &str| packages.iter().filter(|package| package["name"].as_str() == Some(name)).count();
    let twice = ONCE.into_iter().filter(|name| versions(name) > 1);
    let mut findings: Vec<_> =
        twice.map(|name| format!("{name} is there twice: `cargo tree -d -i {name}` says who wants which")).collect();
    let refused = NEVER.into_iter().filter(|(name, _)| versions(name) > 0);
    findings.extend(
        refused.map(|(name, instead)| format!("{name} came in: {instead}; `cargo tree -i {name}` says through whom")),
    );
    assert_none(&findings);
}
