//! The libraries of others: where they come from, and that the big ones are there once. `deny.toml` says the same and
//! more; this holds where cargo-deny is not installed.

use lotus_house_tests::{Built, assert_none, built};

/// Large, with state of their own, or spoken between rooms: two versions of one are two that don't understand each other.
const ONCE: [&str; 11] = [
    "axum",
    "hyper",
    "jiff",
    "libsqlite3-sys",
    "rustls",
    "serde",
    "sqlx",
    "tokio",
    "tracing",
    "wasmtime",
    "wasmtime-wasi",
];

/// What is decided against, and for what.
const NEVER: [(&str, &str); 3] = [
    ("openssl-sys", "TLS is rustls"),
    ("native-tls", "TLS is rustls"),
    ("rusqlite", "databases are reached through sqlx"),
];

#[test]
fn every_library_is_a_released_version_of_the_registry() {
    let others =
        built().into_iter().filter(|library| library.place.as_ref().is_some_and(|place| place.contains("://")));
    let finding = |library: Built| format!("{} comes from elsewhere: use a released version", library.name);
    assert_none(&others.map(finding).collect::<Vec<_>>());
}

#[test]
fn the_big_libraries_are_there_once_and_the_refused_ones_never() {
    let built = built();
    let versions = |name: &str| built.iter().filter(|library| library.name == name).count();
    assert!(versions("tokio") > 0, "`cargo tree` was not understood: it does not name tokio");
    let twice = ONCE.into_iter().filter(|name| versions(name) > 1);
    let mut findings: Vec<_> =
        twice.map(|name| format!("{name} is there twice: `cargo tree --workspace -d` says who wants which")).collect();
    let refused = NEVER.into_iter().filter(|(name, _)| versions(name) > 0);
    findings.extend(refused.map(|(name, instead)| {
        format!("{name} came in: {instead}; `cargo tree --workspace -i {name}` says through whom")
    }));
    assert_none(&findings);
}
