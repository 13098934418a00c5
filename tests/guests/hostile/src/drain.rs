//! Takes more of something than there is: time, memory, stack, calls, log, storage.

use std::hint::black_box;

use lotus_sdk::log::{self, Level};
use lotus_sdk::settings;
use lotus_sdk::storage::{self, Expectation, StorageError};

/// Never ends.
pub(crate) fn time() -> String {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
        if turns == u64::MAX {
            return turns.to_string();
        }
    }
}

/// Allocates, and touches, a mebibyte after another.
pub(crate) fn memory() -> String {
    let mut held: Vec<Vec<u8>> = Vec::new();
    loop {
        held.push(black_box(vec![1; 1 << 20]));
        if held.len() == usize::MAX {
            return held.len().to_string();
        }
    }
}

/// Recurses until the stack is gone.
pub(crate) fn stack(depth: u64) -> u64 {
    let here = black_box([depth; 64]);
    let below = if black_box(depth) == u64::MAX { 0 } else { stack(depth + 1) };
    below.wrapping_add(here.iter().sum())
}

/// Calls a capability a million times.
pub(crate) fn calls() -> String {
    let known = (0..1_000_000).filter(|_| settings::get("anything").is_some()).count();
    format!("a million calls, {known} settings")
}

/// Writes a hundred thousand lines of log.
pub(crate) fn log() -> String {
    let line = "x".repeat(2000);
    for _ in 0..100_000 {
        log::write(Level::Info, &line);
    }
    "a hundred thousand lines".to_owned()
}

/// Writes until the quota is used, and says what the host said.
pub(crate) fn storage() -> String {
    let value = vec![7; 65_536];
    for index in 0..10_000_u32 {
        match storage::set(&format!("fill/{index:05}"), &value, Expectation::Any) {
            Ok(_) => {}
            Err(StorageError::OverQuota(quota)) => {
                return format!("over-quota after {index}: limit {}, used {}", quota.limit, quota.used);
            }
            Err(other) => return format!("after {index}: {other:?}"),
        }
    }
    "no quota".to_owned()
}

/// Writes a mebibyte to its standard error, then gives a normal page.
pub(crate) fn shout() -> String {
    for line in 0..10_000 {
        eprintln!("{line}: {}", "x".repeat(100));
    }
    "shouted".to_owned()
}

/// Can't do without storage.
pub(crate) fn insist() -> String {
    let version = storage::set("insist", b"1", Expectation::Any).expect("storage is needed");
    format!("version {version}")
}
