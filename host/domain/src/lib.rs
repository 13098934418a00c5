//! The regulation as types and rules: what a case, an item, a page, a form, a working day is and what may not be.
//!
//! Invariant: nothing here does I/O, waits, knows SQL, HTTP or WebAssembly. Values are parsed at the edge into these
//! types; who holds one may rely on its rules. The same words name the same things in `store`, `platform` and `web`.

pub mod access;
pub mod account;
pub mod activation;
pub mod applicant;
pub mod appointment;
pub mod artifact;
pub mod assistance;
pub mod audit;
pub mod calendar;
pub mod case;
pub mod catalog;
pub mod chain;
pub mod claim;
pub mod clock;
pub mod declared;
pub mod district;
pub mod draft;
pub mod evaluation;
pub mod fee;
pub mod form;
pub mod grievance;
pub mod history;
pub mod hook;
pub mod intermediary;
pub mod item_form;
pub mod kind;
pub mod law;
pub mod licence;
pub mod mark;
pub mod material;
pub mod monitoring;
pub mod notice;
pub mod package;
pub mod page;
pub mod paper;
pub mod policy;
pub mod publisher;
pub mod rating;
pub mod record;
pub mod service;
pub mod setting;
pub mod storage;
pub mod supervision;
pub mod supervisor;
pub mod text;
pub mod trial;
pub mod tutoring;
pub mod visit;
pub mod warning;
pub mod zone;

/// An identifier that stands in addresses and forms: 1 to 64 of `a-z`, `0-9` and `-`, starting with a letter.
///
/// A plugin's ids of zones, services, fields and states are slugs, so that they can stand in a URL, an HTML `id` and a
/// database key without being quoted anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Slug(String);

/// Why a text is no [`Slug`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("“{0}” is no id: 1 to 64 of a-z, 0-9 and -, starting with a letter")]
pub struct NotASlug(String);

impl Slug {
    /// Parses an id.
    pub fn parse(text: impl Into<String>) -> Result<Self, NotASlug> {
        let text = text.into();
        let shape = text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.len() <= 64
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if shape { Ok(Self(text)) } else { Err(NotASlug(text)) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Slug {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
