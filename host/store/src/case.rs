//! What the store takes and gives of cases: a case that begins, a step of it, a case with its history.

use lotus_domain::case::{Case, CaseNumber, Event};
use lotus_domain::chain::Hash;
use lotus_domain::claim::Claim;
use lotus_domain::notice::Notice;
use lotus_domain::record::CallRecord;
use lotus_domain::supervision::Card;

/// A case that begins.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// It, in its first state.
    pub case: Case,
    /// Its first event.
    pub first: Event,
    /// What makes two submissions of one form one case: the hash of the form's token.
    pub token: Hash,
    /// The call that decided to open it.
    pub record: Option<CallRecord>,
    /// Whom it tells what.
    pub notices: Vec<Notice>,
}

/// What became of a case that was to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It is there now.
    New,
    /// This form was submitted before, and this case opened then.
    Before(CaseNumber),
}

/// A case and all that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// It.
    pub case: Case,
    /// In order: as many as its revision says, or the first and the last ones, as whoever asked wanted.
    pub events: Vec<Event>,
}

/// What a case's events must fold to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseHead {
    /// Its number, as it is stored.
    pub number: String,
    /// Its state.
    pub state: String,
    /// How many events it has.
    pub revision: i64,
}

/// An event as it is stored: somebody may have changed it so that it is none any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The number of the case that it says it is of.
    pub number: String,
    /// Its place there.
    pub sequence: i64,
    /// Its hash, where it is one.
    pub hash: Option<Hash>,
    /// It, or why it can't be read.
    pub event: Result<Event, String>,
}

/// A step of a case with all that comes with it: everything happens or nothing.
#[derive(Debug, Clone)]
pub struct Step {
    /// The case after it.
    pub case: Case,
    /// Its event.
    pub event: Event,
    /// The call that advised it.
    pub record: Option<CallRecord>,
    /// What supervision found.
    pub cards: Vec<Card>,
    /// Whom it tells what.
    pub notices: Vec<Notice>,
    /// The cases that it opens.
    pub opens: Vec<NewCase>,
    /// The steps of other cases that come with it; where one of them can't be made, none is.
    pub also: Vec<Step>,
    /// What stands beside a claim's case after it (article 30).
    pub claim: Option<Claim>,
}

impl Step {
    /// A step that brings nothing else about.
    pub const fn new(case: Case, event: Event) -> Self {
        Self {
            case,
            event,
            record: None,
            cards: Vec::new(),
            notices: Vec::new(),
            opens: Vec::new(),
            also: Vec::new(),
            claim: None,
        }
    }
}
