//! Trials: what another version of a plugin, or of the host, would have answered to calls that were recorded.
//!
//! Nobody is served by a trial, and nothing is written: the recorded call is run again with the recorded answers of the
//! capabilities, and what comes out is laid beside what came out then.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::package::Digest;
use crate::record::Ending;

/// Differences of one call that are shown.
pub const MOST_DIFFERENCES: usize = 20;
/// Characters of a value that are shown.
const MOST_SHOWN: usize = 200;

/// One place in which two answers differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where, as a path: `$.page.blocks[2].text`.
    pub place: String,
    /// What stood there; none where nothing did.
    pub was: Option<String>,
    /// What would stand there; none where nothing would.
    pub would_be: Option<String>,
}

/// What became of a recorded call when it was run again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The same, byte for byte.
    Same,
    /// Another answer.
    Differs(Vec<Difference>),
    /// It fails now; how.
    Fails(String),
    /// It failed then, and answers now, or fails in another way.
    Mended,
    /// It asks the city something else than it did, so that what it would be told isn't known.
    AsksOtherwise(String),
    /// The record can't be read any more; why.
    Unreadable(String),
}

impl Verdict {
    /// For counts, columns and words.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs(_) => "differs",
            Self::Fails(_) => "fails",
            Self::Mended => "mended",
            Self::AsksOtherwise(_) => "asks-otherwise",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// A recorded call, run again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The record.
    pub record: i64,
    /// `interface.function` of the contract.
    pub function: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// With which package.
    pub recorded: Digest,
    /// How it ended then.
    pub ending: Ending,
    /// The case that it decided about.
    pub case: Option<String>,
    /// What became of it.
    pub verdict: Verdict,
}

/// A version, run on recorded calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The plugin's id.
    pub plugin: String,
    /// The package that was tried; none where each call was run on the one that it was recorded with.
    pub package: Option<Digest>,
    /// The newest first.
    pub tried: Vec<Tried>,
    /// The time was over before all had been tried.
    pub is_cut: bool,
}

impl Trial {
    /// How many calls of each function came out how.
    pub fn counts(&self) -> BTreeMap<(&str, &'static str), usize> {
        let mut counts = BTreeMap::new();
        for tried in &self.tried {
            *counts.entry((tried.function.as_str(), tried.verdict.name())).or_default() += 1;
        }
        counts
    }

    /// How many did not come out the same.
    pub fn others(&self) -> usize {
        self.tried.iter().filter(|tried| tried.verdict != Verdict::Same).count()
    }
}

/// Where two answers differ, in the order in which they stand; at most [`MOST_DIFFERENCES`].
pub fn differences(was: &Value, would_be: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    // A stack of our own: an answer may be nested as deeply as the contract allows.
    let mut open = vec![("$".to_owned(), Some(was), Some(would_be))];
    while let Some((place, was, would_be)) = open.pop() {
        if found.len() == MOST_DIFFERENCES {
            break;
        }
        match (was, would_be) {
            (Some(was), Some(would_be)) if was == would_be => {}
            (Some(Value::Object(was)), Some(Value::Object(would_be))) => {
                let keys: std::collections::BTreeSet<&String> = was.keys().chain(would_be.keys()).collect();
                open.extend(
                    keys.into_iter().rev().map(|key| (format!("{place}.{key}"), was.get(key), would_be.get(key))),
                );
            }
            (Some(Value::Array(was)), Some(Value::Array(would_be))) => {
                let length = was.len().max(would_be.len());
                open.extend((0..length).rev().map(|at| (format!("{place}[{at}]"), was.get(at), would_be.get(at))));
            }
            (was, would_be) => {
                found.push(Difference { place, was: was.map(shown), would_be: would_be.map(shown) });
            }
        }
    }
    found
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_told_with_their_place_and_both_sides() {
        let was = json!({ "page": { "title": "专区", "blocks": [1, { "text": "旧" }, 3] }, "kept": true });
        let would_be =
            json!({ "page": { "title": "专区", "blocks": [1, { "text": "新" }] }, "kept": true, "more": null });
        let found = differences(&was, &would_be);
        let told: Vec<_> =
            found.iter().map(|one| (one.place.as_str(), one.was.as_deref(), one.would_be.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("$.more", None, Some("null")),
                ("$.page.blocks[1].text", Some("旧"), Some("新")),
                ("$.page.blocks[2]", Some("3"), None),
            ]
        );
        assert!(differences(&was, &was).is_empty());
    }

    #[test]
    fn what_is_long_is_cut_and_what_is_much_ends() {
        let long = json!("长".repeat(10_000));
        assert_eq!(differences(&long, &json!(1))[0].was.as_ref().unwrap().chars().count(), MOST_SHOWN + 1);
        let (was, would_be): (Vec<u32>, Vec<u32>) = ((0..1_000).collect(), (1..1_001).collect());
        assert_eq!(differences(&json!(was), &json!(would_be)).len(), MOST_DIFFERENCES);
    }
}
