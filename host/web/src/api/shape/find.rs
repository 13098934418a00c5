//! What a search found, as it goes out.

use std::collections::BTreeMap;

use lotus_domain::district::Division;
use lotus_platform::{Found as Answer, Hit};
use serde::Serialize;
use utoipa::ToSchema;

use super::Text;
use crate::portal::address;

/// What a search found, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Found {
    /// What was looked for, as far as it was read: at most 64 characters.
    query: String,
    /// What was probably meant, where that is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    meant: Option<String>,
    /// How many there are of the kind that was wanted.
    total: usize,
    /// How many there are of each kind: `item`, `service`, `zone`, `policy`, `question`.
    kinds: BTreeMap<&'static str, usize>,
    results: Vec<Result>,
}

/// One answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Result {
    /// `item`, `service`, `zone`, `policy` or `question`.
    kind: &'static str,
    /// Its code or id there; of a question about an item the item's.
    id: String,
    /// Whose it is.
    division: String,
    title: Text,
    summary: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<Text>,
    /// It can be done online.
    online: bool,
    /// Its page.
    address: String,
}

impl Result {
    fn of(hit: &Hit, here: &Division, city: Option<&Division>) -> Option<Self> {
        let (division, target) = hit.place()?;
        Some(Self {
            kind: hit.kind().name(),
            id: target.id().to_owned(),
            division: division.to_string(),
            title: hit.title().clone().into(),
            summary: hit.summary().clone().into(),
            department: hit.department().cloned().map(Into::into),
            online: hit.is_online(),
            address: address(hit, here, city)?,
        })
    }
}

impl Found {
    /// As whoever looks from this district's portal is told.
    pub(crate) fn of(answer: &Answer, here: &Division, city: Option<&Division>) -> Self {
        Self {
            query: answer.query().typed().to_owned(),
            meant: answer.meant.clone(),
            total: answer.total,
            kinds: answer.kinds.iter().map(|(kind, count)| (kind.name(), *count)).collect(),
            results: answer.hits.iter().filter_map(|hit| Result::of(hit, here, city)).collect(),
        }
    }
}

/// What is found while typing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestions {
    pub(crate) suggestions: Vec<Suggestion>,
}

/// A title and where it leads.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestion {
    kind: &'static str,
    title: Text,
    address: String,
}

impl Suggestion {
    /// Of an answer.
    pub(crate) fn of(hit: &Hit, here: &Division, city: Option<&Division>) -> Option<Self> {
        Some(Self { kind: hit.kind().name(), title: hit.title().clone().into(), address: address(hit, here, city)? })
    }
}
