//! Records of plugin calls: enough to replay a call to the same bytes, to explain a decision a year later.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::district::Division;
use crate::package::Digest;

/// How a call ended, for counting and for the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// It answered.
    Answer,
    /// It refused with a reason.
    Refused,
    /// It trapped: a bug of the plugin.
    Trap,
    /// Its time was over.
    TimedOut,
    /// It went over a limit.
    OverLimit,
    /// It may not be called so.
    Denied,
    /// It does not fit the contract: an answer outside its bounds, or an interface that is not there.
    Incompatible,
}

impl Ending {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Answer, Self::Refused, Self::Trap, Self::TimedOut, Self::OverLimit, Self::Denied, Self::Incompatible];

    /// For labels and columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Refused => "refused",
            Self::Trap => "trap",
            Self::TimedOut => "timed-out",
            Self::OverLimit => "over-limit",
            Self::Denied => "denied",
            Self::Incompatible => "incompatible",
        }
    }

    /// The ending of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.name() == name)
    }
}

/// A recorded call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Where.
    pub division: Division,
    /// Unique in its district, growing with time.
    pub id: i64,
    /// The plugin's id.
    pub plugin: String,
    /// Which package.
    pub package: Digest,
    /// `interface.function` of the contract.
    pub function: String,
    /// The moment at which the whole call happened.
    pub at: Timestamp,
    /// How it ended.
    pub ending: Ending,
    /// What went wrong, where something did.
    pub message: Option<String>,
    /// How long it took.
    pub took: Duration,
    /// The case that it decided about.
    pub case: Option<String>,
    /// Input, capability answers and output as the runtime wrote them; what a replay reads.
    pub transcript: Vec<u8>,
}
