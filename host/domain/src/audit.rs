//! The audit chain 审计链: what was done to the house itself, by whom, from where, and how it ended.
//!
//! Cases have their own chains; this one holds sign-ins, roles, sessions, tokens, plugins and refused attempts. Kept apart
//! from those who act: the auditor alone reads it, nobody writes it (GB/T 22239-2019 level 3, 8.1.4.3).

use jiff::Timestamp;

use crate::chain::{Hash, Link};
use crate::district::Division;

/// What happened, before it has its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// When; whole milliseconds.
    pub at: Timestamp,
    /// The account or token that did it; none where nobody was signed in.
    pub actor: Option<String>,
    /// What, in small letters and hyphens, e.g. `sign-in`, `role-given`, `refused`.
    pub action: String,
    /// To what or whom.
    pub subject: String,
    /// How it ended, e.g. `done`, or why not.
    pub outcome: String,
    /// From where: the client's address.
    pub client: Option<String>,
}

/// One entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 1, without a gap.
    pub sequence: u64,
    /// What happened.
    pub done: Done,
    /// The hash of the entry before.
    pub previous: Hash,
    /// Over the division and all of the above.
    pub hash: Hash,
}

impl Entry {
    /// Gives what happened its place after `sequence` entries, the last of which has the hash `previous`.
    pub fn seal(division: &Division, sequence: u64, previous: Hash, done: Done) -> Self {
        let hash = Self::digest(division, sequence + 1, previous, &done);
        Self { sequence: sequence + 1, done, previous, hash }
    }

    fn digest(division: &Division, sequence: u64, previous: Hash, done: &Done) -> Hash {
        Link::of("lotus audit entry 1")
            .part(division.as_str().as_bytes())
            .part(&sequence.to_be_bytes())
            .part(&previous.0)
            .part(&done.at.as_millisecond().to_be_bytes())
            .optional(done.actor.as_deref())
            .part(done.action.as_bytes())
            .part(done.subject.as_bytes())
            .part(done.outcome.as_bytes())
            .optional(done.client.as_deref())
            .hash()
    }

    /// Whether this entry follows on the one before (none for the first) and is what was hashed; what is wrong else.
    pub fn follows(&self, division: &Division, before: Option<&Self>) -> Result<(), Broken> {
        let expected = before.map_or(1, |before| before.sequence + 1);
        if self.sequence != expected {
            Err(Broken::Missing { expected, found: self.sequence })
        } else if self.previous != before.map_or(Hash::NONE, |before| before.hash) {
            Err(Broken::Chain(self.sequence))
        } else if Self::digest(division, self.sequence, self.previous, &self.done) != self.hash {
            Err(Broken::Altered(self.sequence))
        } else {
            Ok(())
        }
    }
}

/// Where an audit chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry was removed, inserted or moved.
    #[error("entry {found} stands where entry {expected} should")]
    Missing {
        /// What should stand there.
        expected: u64,
        /// What does.
        found: u64,
    },
    /// An entry does not hold the hash of the one before.
    #[error("entry {0} does not follow from the entry before it")]
    Chain(u64),
    /// An entry is not what was hashed.
    #[error("entry {0} was altered")]
    Altered(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> (Division, Vec<Entry>) {
        let division = Division::parse("411081").unwrap();
        let mut entries: Vec<Entry> = Vec::new();
        for action in ["sign-in", "role-given", "sign-out"] {
            let done = Done {
                at: Timestamp::from_second(1_772_000_000).unwrap(),
                actor: Some("a".into()),
                action: action.into(),
                subject: "b".into(),
                outcome: "done".into(),
                client: None,
            };
            let previous = entries.last().map_or(Hash::NONE, |last| last.hash);
            entries.push(Entry::seal(&division, entries.len() as u64, previous, done));
        }
        (division, entries)
    }

    fn verify(division: &Division, entries: &[Entry]) -> Result<(), Broken> {
        let mut before = None;
        entries.iter().try_for_each(|entry| entry.follows(division, before.replace(entry)))
    }

    #[test]
    fn whatever_is_done_to_the_chain_is_found_and_named() {
        let (division, entries) = chain();
        assert_eq!(verify(&division, &entries), Ok(()));
        let mut altered = entries.clone();
        altered[1].done.subject = "c".into();
        assert_eq!(verify(&division, &altered), Err(Broken::Altered(2)));
        let mut removed = entries.clone();
        removed.remove(1);
        assert_eq!(verify(&division, &removed), Err(Broken::Missing { expected: 2, found: 3 }));
        let mut forged = entries;
        let done = Done { outcome: "refused".into(), ..forged[1].done.clone() };
        forged[1] = Entry::seal(&division, 1, forged[0].hash, done);
        assert_eq!(verify(&division, &forged), Err(Broken::Chain(3)), "a rewritten entry breaks the next");
    }
}
