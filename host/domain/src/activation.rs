//! Activations: which package serves in which district, with what it may do there.
//!
//! Invariant: a grant is the intersection of what the package requests and what the city grants; it never widens by
//! itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::district::Division;
use crate::form::Value;
use crate::package::{Capability, Digest, Limits, Manifest};

/// What a plugin may do in a district.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Capabilities beyond those that everybody has.
    pub capabilities: Vec<Capability>,
    /// Bytes of storage.
    pub storage_quota: u64,
    /// Limits of one call.
    pub limits: Limits,
}

/// What a plugin has that asks for storage without saying how much.
pub const DEFAULT_STORAGE: u64 = 1 << 20;
/// The most storage that is granted without saying so.
pub const MOST_STORAGE: u64 = 64 << 20;

impl Grant {
    /// All that the manifest requests, within what is granted without saying so.
    pub fn requested(manifest: &Manifest) -> Self {
        let storage = manifest.capabilities.get(&Capability::Storage);
        Self {
            capabilities: manifest.capabilities.keys().copied().collect(),
            storage_quota: storage.map_or(0, |request| request.quota.unwrap_or(DEFAULT_STORAGE).min(MOST_STORAGE)),
            limits: Limits::granted(manifest.limits),
        }
    }

    /// Whether this capability may be called.
    pub fn allows(&self, capability: Capability) -> bool {
        capability.always_granted() || self.capabilities.contains(&capability)
    }
}

/// A package that serves in a district.
#[derive(Debug, Clone, PartialEq)]
pub struct Activation {
    /// Where.
    pub division: Division,
    /// The plugin's id.
    pub plugin: String,
    /// Which package.
    pub package: Digest,
    /// What it may do.
    pub grant: Grant,
    /// What the district set, over the manifest's defaults.
    pub settings: BTreeMap<String, Value>,
    /// Since when.
    pub since: Timestamp,
}
