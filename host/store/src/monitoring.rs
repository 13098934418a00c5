//! What the store takes and gives of monitoring: how far counting came, finds with their cases, bulletins as published.

use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::monitoring::{Month, Unusual};
use lotus_domain::text::Text;

/// How far one turn of counting came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tallied {
    /// Cases whose events were added.
    pub cases: u64,
    /// Events that were added.
    pub events: u64,
    /// There may be more.
    pub more: bool,
}

/// Which part of the tallies, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slice {
    /// By month.
    Months(Month, Month),
    /// By day.
    Days(Date, Date),
}

/// A find with the case that it opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Anomaly {
    /// Its id.
    pub id: String,
    /// When it was found.
    pub found: Timestamp,
    /// The day on which its case ended.
    pub ended: Option<Date>,
    /// The case.
    pub number: CaseNumber,
    /// The find.
    pub find: Unusual,
    /// What it says.
    pub sentence: Text,
}

/// A bulletin as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletinKept {
    /// Of which month.
    pub month: Month,
    /// When it was made.
    pub made: Timestamp,
    /// It, as JSON, byte for byte what the hash is over.
    pub body: String,
    /// Its hash, which stands in the audit chain too.
    pub hash: Hash,
}
