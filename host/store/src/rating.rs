//! What the store takes and gives of ratings 好差评 (article 36).

use jiff::Timestamp;
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::case::CaseNumber;
use lotus_domain::rating::{Grade, Rating, Standing};

use crate::NewCase;

/// A rating that somebody gives.
#[derive(Debug, Clone)]
pub struct NewRating {
    /// It.
    pub rating: Rating,
    /// Where it came from: an address, a device, a telephone number.
    pub client: String,
    /// What lets whoever rates correct it: their account, or what they hold of what is rated.
    pub rater: Option<String>,
    /// Ratings of the same client since then are counted.
    pub since: Timestamp,
    /// With so many of them it is held.
    pub held_from: u64,
    /// With so many of them it is not taken.
    pub most: u64,
    /// The case by which it is put right, where it is bad and locked at once.
    pub rectification: Option<NewCase>,
}

/// What became of a rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rate {
    /// It is there; whether it counts.
    New(Standing),
    /// The same rater's, which was not locked yet, says this now.
    Corrected,
    /// It was rated before.
    Before(Box<Rating>),
    /// Too many from one place.
    TooMany,
}

/// A rating as everybody reads it: not whose, not of which case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicRating {
    /// `2026-03`
    pub month: String,
    /// The department, by its Chinese name.
    pub department: String,
    /// The item's code.
    pub item: Option<String>,
    /// How content.
    pub grade: Grade,
    /// Which tags, by id.
    pub tags: Vec<String>,
    /// What was written, without what names anybody.
    pub text: Option<String>,
    /// What was put right.
    pub outcome: Option<String>,
}

/// Somebody who was served at a counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The booking's id.
    pub visit: String,
    /// Where.
    pub counter: Slug,
    /// Who called.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Whose visit it was, where it was booked.
    pub account: Option<AccountId>,
    /// The waiting number.
    pub number: Option<u32>,
    /// The case that answers for the booking.
    pub case: Option<CaseNumber>,
}

/// A telephone call that can be rated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// 12 hexadecimal characters of randomness.
    pub id: String,
    /// The department that was called, by its Chinese name.
    pub department: String,
    /// The account of whoever took it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What the ids of terminals begin with; those of tablets don't.
const TERMINAL: &str = "terminal-";

/// A tablet or another terminal on which is rated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: String,
    /// At which counter.
    pub counter: Slug,
    /// When its code was handed out.
    pub issued: Timestamp,
    /// By whom.
    pub issued_by: String,
    /// When it was taken out of use.
    pub ended: Option<Timestamp>,
}

impl Device {
    /// An id for a tablet, or for another terminal, from what is drawn for it.
    pub fn id(is_terminal: bool, drawn: &str) -> String {
        if is_terminal { format!("{TERMINAL}{drawn}") } else { format!("tablet-{drawn}") }
    }

    /// It is not a tablet.
    pub fn is_terminal(&self) -> bool {
        self.id.starts_with(TERMINAL)
    }
}
