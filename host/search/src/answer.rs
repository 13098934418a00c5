//! What a search found.

use std::collections::BTreeMap;
use std::sync::Arc;

use lotus_domain::district::Division;
use lotus_domain::text::Text;

use crate::entry::{Kind, Target};
use crate::index::Document;
use crate::mark::{self, Piece};
use crate::query::Query;

/// One answer, in the place that is nearest to whoever asked.
#[derive(Debug, Clone)]
pub struct Hit {
    pub(crate) document: Arc<Document>,
    /// Which of its places.
    pub(crate) at: usize,
    pub(crate) score: f32,
}

impl Hit {
    /// What kind of thing it is.
    pub fn kind(&self) -> Kind {
        self.document.kind
    }

    /// What it is called.
    pub fn title(&self) -> &Text {
        &self.document.title
    }

    /// One or two sentences.
    pub fn summary(&self) -> &Text {
        &self.document.summary
    }

    /// Who answers for it.
    pub fn department(&self) -> Option<&Text> {
        self.document.department.as_ref()
    }

    /// It can be done online.
    pub fn is_online(&self) -> bool {
        self.document.online
    }

    /// Whose portal it stands in, and where there.
    pub fn place(&self) -> Option<(&Division, &Target)> {
        self.document.places.get(self.at).map(|(division, target)| (division, target))
    }

    /// In how many places it stands, this one among them.
    pub fn places(&self) -> usize {
        self.document.places.len()
    }
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(crate) query: Query,
    /// Those of this page, best first.
    pub hits: Vec<Hit>,
    /// How many there are of the kind that was wanted.
    pub total: usize,
    /// How many there are of each kind.
    pub kinds: BTreeMap<Kind, usize>,
    /// What was probably meant, where that is something else than was typed.
    pub meant: Option<String>,
}

impl Answer {
    /// A text with what answers the query marked.
    pub fn mark(&self, text: &str) -> Vec<Piece> {
        mark::pieces(&self.query, text)
    }

    /// What was looked for.
    pub fn query(&self) -> &Query {
        &self.query
    }
}
