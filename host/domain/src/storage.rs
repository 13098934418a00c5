//! A plugin's own key-value space in its district: entries with versions, compare-and-set, a quota.
//!
//! Invariant: every write of a key gives it a version that it never had before, so that a stale writer is noticed.

use serde::{Deserialize, Serialize};

/// A stored value and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Its bytes.
    pub value: Vec<u8>,
    /// Grows with every write of the key.
    pub version: u64,
}

/// What must hold for a write to happen: compare-and-set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expectation {
    /// Whatever is there.
    Any,
    /// Nothing is there.
    Absent,
    /// Exactly this version is there.
    Version(u64),
}

impl Expectation {
    /// Whether it holds where this version is there, or nothing.
    pub fn holds(self, there: Option<u64>) -> bool {
        match self {
            Self::Any => true,
            Self::Absent => there.is_none(),
            Self::Version(version) => there == Some(version),
        }
    }
}

/// How much of a quota is used, in bytes, keys and values together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// What is granted.
    pub limit: u64,
    /// What is used.
    pub used: u64,
}

/// One page of an ordered scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanPage {
    /// By key, bytewise.
    pub entries: Vec<Entry>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Why a write did not happen; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageRefusal {
    /// It would go over the quota.
    OverQuota(Quota),
    /// The expectation does not hold; the version that is there.
    Conflict(Option<u64>),
}
