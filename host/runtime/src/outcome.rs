//! What can come of a call: an answer, a reasoned no, or one of the ways in which a plugin fails.

use std::time::Duration;

use lotus_domain::law::Refusal;
use lotus_domain::package::Capability;
use lotus_domain::record::Ending;
use lotus_domain::text::Text;

/// A limit of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of linear memory.
    Memory,
    /// Elements of tables.
    Tables,
    /// Bytes that cross from the guest at once: its answer, or what it gives to a capability.
    Output,
    /// Calls of capabilities.
    CapabilityCalls,
    /// Instances at the same time on this host.
    Instances,
}

/// How a call went wrong: the plugin's or the host's affair, never the citizen's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A bug of the plugin: a panic, an out-of-bounds access, a stack overflow.
    #[error("it trapped: {0}")]
    Trap(String),
    /// Its time was over.
    #[error("it did not answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// It went over a limit.
    #[error("it went over its limit of {allowed} for {limit:?}")]
    OverLimit {
        /// Which.
        limit: Limit,
        /// What it may.
        allowed: u64,
    },
    /// It imports what it is not granted.
    #[error("it needs {} and is not granted it", .0.name())]
    Denied(Capability),
    /// It does not fit the contract.
    #[error("its answer does not fit the contract: {0}")]
    Incompatible(String),
}

impl Failure {
    /// For counting.
    pub const fn ending(&self) -> Ending {
        match self {
            Self::Trap(_) => Ending::Trap,
            Self::TimedOut(_) => Ending::TimedOut,
            Self::OverLimit { .. } => Ending::OverLimit,
            Self::Denied(_) => Ending::Denied,
            Self::Incompatible(_) => Ending::Incompatible,
        }
    }
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome<T> {
    /// It answered.
    Answer(T),
    /// A reasoned no, which the person reads.
    Refused(Refusal),
    /// What was named is not this plugin's.
    NotFound,
    /// Something that the plugin needs is away.
    Unavailable(Text),
    /// It went wrong.
    Failed(Failure),
}

impl<T> Outcome<T> {
    /// The same outcome with another answer; an answer of the wrong kind is a failure.
    pub fn pick<U>(self, pick: impl FnOnce(T) -> Option<U>) -> Outcome<U> {
        match self {
            Self::Answer(answer) => match pick(answer) {
                Some(picked) => Outcome::Answer(picked),
                None => Outcome::Failed(Failure::Incompatible("an answer to another question".to_owned())),
            },
            Self::Refused(refusal) => Outcome::Refused(refusal),
            Self::NotFound => Outcome::NotFound,
            Self::Unavailable(why) => Outcome::Unavailable(why),
            Self::Failed(failure) => Outcome::Failed(failure),
        }
    }

    /// For counting.
    pub const fn ending(&self) -> Ending {
        match self {
            Self::Answer(_) | Self::NotFound => Ending::Answer,
            Self::Refused(_) | Self::Unavailable(_) => Ending::Refused,
            Self::Failed(failure) => failure.ending(),
        }
    }
}
