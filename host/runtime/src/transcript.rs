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
use lotus_domain::record::Ending;
use lotus_domain::text::Language;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::call::Terms;
use crate::check::Loaded;
use crate::outcome::Failure;
use crate::v1;

/// Most bytes of capability answers in one record: what a call reads beyond that is not worth its keep.
const MOST_ANSWER_BYTES: usize = 4 << 20;

/// JSON as it was written, byte for byte.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Json(Box<RawValue>);

impl Json {
    pub(crate) fn of<T: Serialize>(value: &T) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(value).map(Self)
    }

    pub(crate) fn parse<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(self.0.get())
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        String::from(Box::<str>::from(self.0)).into_bytes()
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl std::fmt::Display for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Enough to recognise it by: a record may hold 64 KiB in one value.
        let text = self.0.get();
        let shown = text.get(..text.floor_char_boundary(300)).unwrap_or_default();
        write!(f, "{shown}{}", if shown.len() < text.len() { "…" } else { "" })
    }
}

/// One answer of a capability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Noted {
    pub(crate) function: String,
    pub(crate) request: Json,
    pub(crate) answer: Json,
}

/// What is done with capability answers during a call.
pub(crate) enum Tape {
    /// Nothing.
    Off,
    /// They are kept, up to a size.
    Recording { answers: Vec<Noted>, bytes: usize },
    /// They were too many to be kept.
    Overfull,
    /// They are given again.
    Replaying { answers: VecDeque<Noted>, diverged: Option<String> },
}

impl Tape {
    pub(crate) const fn recording() -> Self {
        Self::Recording { answers: Vec::new(), bytes: 0 }
    }

    pub(crate) fn replaying(answers: Vec<Noted>) -> Self {
        Self::Replaying { answers: answers.into(), diverged: None }
    }

    pub(crate) const fn is_off(&self) -> bool {
        matches!(self, Self::Off)
    }

    pub(crate) fn recall<Q: Serialize, R: DeserializeOwned>(
        &mut self,
        function: &str,
        request: &Q,
    ) -> wasmtime::Result<Option<R>> {
        let Self::Replaying { answers, diverged } = self else { return Ok(None) };
        let asked = Json::of(request)?;
        let then = match answers.pop_front() {
            Some(noted) if noted.function == function && noted.request == asked => {
                return Ok(Some(noted.answer.parse()?));
            }
            Some(noted) => format!("{} {}", noted.function, noted.request),
            None => "no further question".to_owned(),
        };
        let where_it_did = format!("the replay diverged: it asks {function} {asked}, the record has {then}");
        diverged.get_or_insert(where_it_did);
        Err(wasmtime::Error::msg("the replay diverged"))
    }

    pub(crate) fn note<Q: Serialize, R: Serialize>(
        &mut self,
        function: &str,
        request: &Q,
        answer: &R,
    ) -> wasmtime::Result<()> {
        let Self::Recording { answers, bytes } = self else { return Ok(()) };
        let noted = Noted { function: function.to_owned(), request: Json::of(request)?, answer: Json::of(answer)? };
        *bytes += noted.request.0.get().len() + noted.answer.0.get().len();
        if *bytes > MOST_ANSWER_BYTES {
            *self = Self::Overfull;
        } else {
            answers.push(noted);
        }
        Ok(())
    }

    /// It asked something else than the record has, and was stopped for it.
    pub(crate) const fn is_astray(&self) -> bool {
        matches!(self, Self::Replaying { diverged: Some(_), .. })
    }

    /// Where a replay left its record, if it did; a question that was not asked again is a divergence too.
    pub(crate) fn divergence(&self) -> Option<String> {
        match self {
            Self::Replaying { diverged: Some(said), .. } => Some(said.clone()),
            Self::Replaying { answers, .. } => answers.front().map(|next| {
                format!(
                    "the replay diverged: it ended, the record goes on with {} {} (and {} more)",
                    next.function,
                    next.request,
                    answers.len() - 1
                )
            }),
            Self::Off | Self::Recording { .. } | Self::Overfull => None,
        }
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
    pub(crate) ask: Json,
    pub(crate) answers: Vec<Noted>,
    /// What was answered, in the contract's types; none where the call failed.
    pub(crate) output: Option<Json>,
    /// How it failed, where it did.
    pub(crate) failed: Option<Ending>,
}

/// Bytes that are no transcript.
#[derive(Debug, thiserror::Error)]
#[error("this is no record of a call: {0}")]
pub struct TranscriptError(#[from] serde_json::Error);

impl Transcript {
    /// Of a call that has ended; none where its tape is not whole.
    pub(crate) fn new(
        plugin: &Loaded,
        terms: &Terms,
        seed: u64,
        call: &v1::Call,
        reply: Result<&v1::Reply, &Failure>,
        tape: Tape,
    ) -> Option<Self> {
        let Tape::Recording { answers, .. } = tape else { return None };
        Some(Self {
            contract: v1::GENERATION,
            division: terms.division.clone(),
            plugin: plugin.id.clone(),
            component: plugin.component.to_string(),
            language: terms.language,
            at: terms.at,
            today: terms.today,
            seed,
            grant: Grant::clone(&terms.grant),
            settings: BTreeMap::clone(&terms.settings),
            ask: Json::of(call).ok()?,
            answers,
            output: reply.ok().map(Json::of).transpose().ok()?,
            failed: reply.err().map(Failure::ending),
        })
    }

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
        self.output.clone().map_or_else(Vec::new, Json::into_bytes)
    }
}

/// What a replay came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// The new output's bytes; empty where the call failed.
    pub output: Vec<u8>,
    /// Whether it asked the same and its output is the recorded one, byte for byte; where the recorded call failed,
    /// whether it failed in the same way.
    pub same: bool,
    /// Why the call failed, or where it left its record.
    pub failure: Option<String>,
    /// Where it left its record: it asked something else than it did then, or ended well without asking all of it.
    pub diverged: Option<String>,
}
