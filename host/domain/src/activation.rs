//! Activations: which package serves in which district, with what it may do there.
//!
//! Invariant: a grant is the intersection of what the package requests and what the city grants; it never widens by
//! itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::declared::{DEFAULT_MESSAGES, MOST_MESSAGES, Purpose, Template};
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
    /// What the kind of applicant is read for; none where `applicants` is not granted.
    #[serde(default)]
    pub applicant: Option<Purpose>,
    /// The facts about an applicant that it may read, each for its purpose.
    #[serde(default)]
    pub facts: BTreeMap<String, Purpose>,
    /// The fields of its own cases that it may read again, each for its purpose.
    #[serde(default)]
    pub case_fields: BTreeMap<String, Purpose>,
    /// The wording that the city approved.
    #[serde(default)]
    pub templates: BTreeMap<String, Template>,
    /// Messages of one call.
    #[serde(default)]
    pub messages: u32,
}

/// What a plugin has that asks for storage without saying how much.
pub const DEFAULT_STORAGE: u64 = 1 << 20;
/// The most storage that is granted without saying so.
pub const MOST_STORAGE: u64 = 64 << 20;

impl Grant {
    /// All that the manifest requests, within what is granted without saying so.
    pub fn requested(manifest: &Manifest) -> Self {
        let storage = manifest.capabilities.get(&Capability::Storage);
        let messages = manifest.capabilities.get(&Capability::Notify);
        let fields = |capability| {
            manifest.capabilities.get(&capability).map(|request| request.fields.clone()).unwrap_or_default()
        };
        Self {
            capabilities: manifest.capabilities.keys().copied().collect(),
            storage_quota: storage.map_or(0, |request| request.quota.unwrap_or(DEFAULT_STORAGE).min(MOST_STORAGE)),
            limits: Limits::granted(manifest.limits),
            applicant: manifest
                .capabilities
                .get(&Capability::Applicants)
                .map(|request| Purpose { purpose: request.purpose.clone(), basis: request.basis.clone() }),
            facts: fields(Capability::Applicants),
            case_fields: fields(Capability::CaseFiles),
            templates: manifest.templates.clone(),
            messages: messages.map_or(0, |request| {
                let asked = request.quota.map(|asked| u32::try_from(asked).unwrap_or(u32::MAX));
                asked.unwrap_or(DEFAULT_MESSAGES).min(MOST_MESSAGES)
            }),
        }
    }

    /// Whether this capability may be called.
    pub fn allows(&self, capability: Capability) -> bool {
        capability.always_granted() || self.capabilities.contains(&capability)
    }

    /// For what this fact about an applicant may be read; none where it may not.
    pub fn fact(&self, name: &str) -> Option<&Purpose> {
        self.facts.get(name).filter(|_| self.allows(Capability::Applicants))
    }

    /// The fields of its own cases that may be read, each for its purpose.
    pub fn case_fields(&self) -> Option<&BTreeMap<String, Purpose>> {
        self.allows(Capability::CaseFiles).then_some(&self.case_fields)
    }

    /// The approved wording of this name.
    pub fn template(&self, name: &str) -> Option<&Template> {
        self.templates.get(name)
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
