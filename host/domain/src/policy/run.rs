//! A policy's new version held against everybody: in batches, with its progress kept, so that it goes on where it was.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{FactFile, Policy, Verdict};
use crate::Slug;
use crate::district::Division;
use crate::law::Fen;

/// Where a run is: everybody before is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Files of this district.
    pub place: Division,
    /// Of persons, or of enterprises.
    pub of: Of,
    /// After this file; the first is after the empty one.
    pub after: String,
}

/// Whose files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// Natural persons.
    Person,
    /// Enterprises and other organisations.
    Enterprise,
}

impl Of {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Person, Self::Enterprise];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Enterprise => "enterprise",
        }
    }

    /// The word of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.name() == name)
    }

    /// Whether a policy may serve such an applicant.
    pub fn served_by(self, policy: &Policy) -> bool {
        use crate::catalog::Served;
        policy.served.iter().any(|served| (*served == Served::NaturalPerson) == (self == Self::Person))
    }
}

/// How many were looked at, and how it came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Files that were looked at.
    pub seen: u64,
    /// Those who meet the condition.
    pub met: u64,
    /// Those of whom something isn't known that could decide it.
    pub unknown: u64,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, verdict: Verdict) {
        self.seen += 1;
        match verdict {
            Verdict::Met => self.met += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::NotMet => {}
        }
    }

    /// With what another counted.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self { seen: self.seen + other.seen, met: self.met + other.met, unknown: self.unknown + other.unknown }
    }
}

/// One version of a policy on its way through everybody's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The policy's district.
    pub division: Division,
    /// Which policy.
    pub policy: Slug,
    /// Which version.
    pub version: u32,
    /// Where it is; none when everybody was looked at.
    pub position: Option<Position>,
    /// How many files there were when it began.
    pub total: u64,
    /// What it has counted.
    pub tally: Tally,
    /// When it began.
    pub begun: Timestamp,
    /// When it moved last.
    pub moved: Timestamp,
}

impl Run {
    /// Whether everybody was looked at.
    pub const fn is_done(&self) -> bool {
        self.position.is_none()
    }

    /// How far it is, 0 to 100.
    pub fn per_cent(&self) -> u8 {
        if self.is_done() {
            return 100;
        }
        let share = self.tally.seen.saturating_mul(100).checked_div(self.total).unwrap_or(0);
        u8::try_from(share.min(99)).unwrap_or(99)
    }
}

/// Somebody who meets a policy's condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// In which district's files.
    pub place: Division,
    /// Whose file: opaque, names nobody.
    pub file: String,
    /// A person's or an enterprise's.
    pub of: Of,
    /// With which version.
    pub version: u32,
    /// What they would get, where it is money and known.
    pub amount: Option<Fen>,
    /// When it was found.
    pub found: Timestamp,
}

/// Holds a page of files against a policy: who meets it, and how many of what.
pub fn held_against(policy: &Policy, files: &[FactFile], today: Date, now: Timestamp) -> (Vec<Matched>, Tally) {
    let mut tally = Tally::default();
    let mut matched = Vec::new();
    for file in files {
        let verdict = policy.verdict(&file.facts, today);
        tally.count(verdict);
        if verdict == Verdict::Met {
            matched.push(Matched {
                place: file.place.clone(),
                file: file.id.clone(),
                of: file.of(),
                version: policy.version,
                amount: policy.amount_for(&file.facts, today),
                found: now,
            });
        }
    }
    (matched, tally)
}

/// How many would match: counted, or reckoned from a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// What was counted among those who were looked at.
    pub tally: Tally,
    /// How many there are.
    pub total: u64,
}

impl Estimate {
    /// Everybody was looked at.
    pub const fn is_exact(&self) -> bool {
        self.tally.seen >= self.total
    }

    /// How many of all would match, rounded.
    pub fn met(&self) -> u64 {
        self.of_all(self.tally.met)
    }

    /// Of how many of all it wouldn't be known, rounded.
    pub fn unknown(&self) -> u64 {
        self.of_all(self.tally.unknown)
    }

    fn of_all(&self, count: u64) -> u64 {
        if self.is_exact() || self.tally.seen == 0 {
            return count;
        }
        let all = u128::from(count) * u128::from(self.total) + u128::from(self.tally.seen) / 2;
        u64::try_from(all / u128::from(self.tally.seen)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_says_how_many_of_all_and_everybody_says_it_exactly() {
        let tally = Tally { seen: 2_000, met: 31, unknown: 400 };
        let sampled = Estimate { tally, total: 40_000 };
        assert_eq!((sampled.met(), sampled.unknown(), sampled.is_exact()), (620, 8_000, false));
        let all = Estimate { tally, total: 2_000 };
        assert_eq!((all.met(), all.is_exact()), (31, true));
        let nobody = Estimate { tally: Tally::default(), total: 0 };
        assert_eq!((nobody.met(), nobody.is_exact()), (0, true));
    }

    #[test]
    fn a_run_is_at_a_hundred_per_cent_only_when_it_is_done() {
        let place = Division::parse("411081").unwrap();
        let at = Timestamp::UNIX_EPOCH;
        let mut run = Run {
            division: place.clone(),
            policy: Slug::parse("kiln").unwrap(),
            version: 1,
            position: Some(Position { place, of: Of::Person, after: String::new() }),
            total: 10,
            tally: Tally { seen: 12, met: 1, unknown: 0 },
            begun: at,
            moved: at,
        };
        assert_eq!(run.per_cent(), 99, "files that came since");
        run.position = None;
        assert_eq!(run.per_cent(), 100);
    }
}
