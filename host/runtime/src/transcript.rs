//! Records of calls and their replay: what went in, what capabilities answered, what came out.
//!
//! Invariant: a replay asks nobody. Its answers come from the record, in order; a guest that asks something else than
//! it asked then has diverged, and the replay says where.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::activation::Grant;
use lotus_domain::district::Division;
use lotus_domain::form::Value;
use lotus_domain::text::Language;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// One answer of a capability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Noted {
    pub(crate) function: String,
    pub(crate) request: serde_json::Value,
    pub(crate) answer: serde_json::Value,
}

/// What is done with capability answers during a call.
pub(crate) enum Tape {
    /// Nothing.
    Off,
    /// They are kept.
    Recording(Vec<Noted>),
    /// They are given again.
    Replaying(VecDeque<Noted>),
}

impl Tape {
    pub(crate) fn recall<Q: Serialize, R: DeserializeOwned>(
        &mut self,
        function: &str,
        request: &Q,
    ) -> wasmtime::Result<Option<R>> {
        let Self::Replaying(answers) = self else { return Ok(None) };
        let asked = serde_json::to_value(request)?;
        let diverged = |then: &str| {
            wasmtime::Error::msg(format!("the replay diverged: it asks {function} {asked}, the record has {then}"))
        };
        let noted = answers.pop_front().ok_or_else(|| diverged("no further answer"))?;
        if noted.function != function || noted.request != asked {
            return Err(diverged(&format!("{} {}", noted.function, noted.request)));
        }
        Ok(Some(serde_json::from_value(noted.answer)?))
    }

    pub(crate) fn note(&mut self, noted: impl FnOnce() -> serde_json::Result<Noted>) -> wasmtime::Result<()> {
        if let Self::Recording(answers) = self {
            answers.push(noted()?);
        }
        Ok(())
    }
}

/// A recorded call: everything that its answer depended on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// Contract generation of `ask` and `output`.
    pub(crate) contract: u32,
    /// The district.
    pub division: Division,
    /// The plugin's id.
    pub plugin: String,
    /// The component's digest.
    pub component: String,
    /// The language of the page.
    pub language: Language,
    /// The call's moment.
    pub at: Timestamp,
    /// Its date in the city's zone.
    pub today: Date,
    pub(crate) seed: u64,
    pub(crate) grant: Grant,
    pub(crate) settings: BTreeMap<String, Value>,
    /// What was asked, in the contract's types.
    pub(crate) ask: serde_json::Value,
    pub(crate) answers: Vec<Noted>,
    /// What was answered, in the contract's types; none where the call failed.
    pub(crate) output: Option<serde_json::Value>,
}

/// Bytes that are no transcript.
#[derive(Debug, thiserror::Error)]
#[error("this is no record of a call: {0}")]
pub struct TranscriptError(#[from] serde_json::Error);

impl Transcript {
    /// As it is stored.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TranscriptError> {
        Ok(serde_json::to_vec(self)?)
    }

    /// From what was stored.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TranscriptError> {
        Ok(serde_json::from_slice(bytes)?)
    }

    /// The recorded output's bytes; empty where the call failed.
    pub fn output(&self) -> Vec<u8> {
        self.output.as_ref().map_or_else(Vec::new, |output| output.to_string().into_bytes())
    }
}

/// What a replay came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// The new output's bytes; empty where the call failed.
    pub output: Vec<u8>,
    /// Whether they are the recorded ones, byte for byte.
    pub same: bool,
    /// Why the call failed, where it did.
    pub failure: Option<String>,
}
