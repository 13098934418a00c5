//! What the store gives of an evaluation's sample.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lotus_domain::case::CaseNumber;
use lotus_domain::evaluation::Named;

/// Somebody who was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
    /// The published name and district.
    pub one: Named,
    /// The case that they are asked about.
    pub number: CaseNumber,
    /// When they were asked.
    pub invited: Option<Timestamp>,
    /// When they answered.
    pub answered: Option<Timestamp>,
    /// What, by the question's place.
    pub answers: Option<BTreeMap<usize, String>>,
}
