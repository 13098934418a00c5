//! What the store's notices are asked with and answer with.

use jiff::Timestamp;
use lotus_domain::notice::{ChannelKind, NoticeKey, Standing};
use lotus_domain::warning::Warning;

/// A claim on what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Of which channel.
    pub channel: ChannelKind,
    /// Who claims: random, so that no two claims are alike.
    pub by: i64,
    /// Now.
    pub now: Timestamp,
    /// When the claim is over by itself.
    pub until: Timestamp,
    /// How many at most.
    pub limit: u32,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Of which notice.
    pub key: NoticeKey,
    /// Over which channel.
    pub channel: ChannelKind,
    /// Whose claim it was.
    pub by: i64,
    /// How it stands now.
    pub standing: Standing,
    /// When to try again, where it waits.
    pub next: Option<Timestamp>,
    /// What the channel said; names nobody.
    pub said: String,
    /// When.
    pub at: Timestamp,
    /// It was tried; else it only waits longer.
    pub counts: bool,
}

/// What became of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It is noted now.
    New,
    /// It was noted before; nothing changed.
    Before,
    /// Nothing of this reference was ever sent.
    Unknown,
}

/// What waits in a district for a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// Which channel.
    pub channel: ChannelKind,
    /// How many wait.
    pub waiting: u64,
    /// Since when the oldest does.
    pub oldest: Option<Timestamp>,
    /// How many failed for good of late.
    pub failed: u64,
}

/// Something that could not be delivered, without a word of whom it was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which notice.
    pub key: NoticeKey,
    /// Over which channel.
    pub channel: ChannelKind,
    /// How it ended.
    pub standing: Standing,
    /// After how many tries.
    pub attempts: u32,
    /// What the channel said.
    pub said: String,
    /// When.
    pub at: Timestamp,
    /// From which template.
    pub template: String,
}

/// A warning and how far it has been spread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// It.
    pub warning: Warning,
    /// The last recipient that was told, in the audience's order.
    pub reached: String,
    /// How many were told.
    pub told: u64,
    /// Whether all were.
    pub is_done: bool,
}
