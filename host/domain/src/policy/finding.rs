//! What matching says: three values, and for each condition the fact that decided it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fact::FactName;
use crate::Slug;
use crate::district::Division;
use crate::law::{Fen, LegalBasis};
use crate::text::Text;

/// Three-valued (Kleene's strong logic): a fact that nobody knows is not a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// 符合
    Met,
    /// 不符合
    NotMet,
    /// 待核实
    Unknown,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Met, Self::NotMet, Self::Unknown];

    /// Of what is known.
    pub const fn of(met: bool) -> Self {
        if met { Self::Met } else { Self::NotMet }
    }

    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotMet, _) | (_, Self::NotMet) => Self::NotMet,
            (Self::Met, Self::Met) => Self::Met,
            _ => Self::Unknown,
        }
    }

    /// One of them.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Met, _) | (_, Self::Met) => Self::Met,
            (Self::NotMet, Self::NotMet) => Self::NotMet,
            _ => Self::Unknown,
        }
    }

    /// The other one; what is not known stays so.
    #[must_use]
    pub const fn not(self) -> Self {
        match self {
            Self::Met => Self::NotMet,
            Self::NotMet => Self::Met,
            Self::Unknown => Self::Unknown,
        }
    }

    /// For columns and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::Unknown => "unknown",
        }
    }

    /// The verdict of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        match self {
            Self::Met => Text::new("符合", "Met"),
            Self::NotMet => Text::new("不符合", "Not met"),
            Self::Unknown => Text::new("待核实", "Not known yet"),
        }
    }
}

/// A fact as a condition saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Which fact.
    pub name: FactName,
    /// What it was, in words; none where nobody knows it.
    pub value: Option<Text>,
    /// Who said so; where nobody knows it, who usually does.
    pub source: Text,
    /// As of when.
    pub as_of: Option<Timestamp>,
    /// The applicant said so themselves.
    pub declared: bool,
}

/// One condition and how it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The condition in words.
    pub condition: Text,
    /// How it came out.
    pub verdict: Verdict,
    /// The facts that it rests on.
    pub facts: Vec<Seen>,
    /// Why, in one sentence: the fact, its value, from where, as of when.
    pub reason: Text,
    /// What is missing, by how much, where that can be said.
    pub lacking: Option<Text>,
    /// It stands in the way: with the other conditions that do, it is the least that would have to be otherwise.
    pub needed: bool,
}

/// A policy held against what is known of an applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Which policy.
    pub policy: Slug,
    /// In which version; none is a plugin's own, which has none.
    pub version: Option<u32>,
    /// Whose policy it is.
    pub division: Division,
    /// What it is called.
    pub title: Text,
    /// Whether the conditions are met.
    pub verdict: Verdict,
    /// Each condition by itself.
    pub findings: Vec<Finding>,
    /// What the applicant would get, where it is money and known.
    pub amount: Option<Fen>,
    /// What it stands on.
    pub basis: LegalBasis,
    /// The plugin that adds it; none is the host's own.
    pub added_by: Option<String>,
}

impl Match {
    /// Conditions that are not met and would have to be.
    pub fn lacking(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.needed && finding.verdict == Verdict::NotMet)
    }

    /// Conditions that nobody can tell yet and that would have to be met.
    pub fn untold(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.needed && finding.verdict == Verdict::Unknown)
    }

    /// Exactly one condition is not met.
    pub fn is_near_miss(&self) -> bool {
        self.verdict == Verdict::NotMet && self.lacking().count() == 1
    }

    /// The facts that nobody knows and that could decide it, each once.
    pub fn unknown_facts(&self) -> Vec<FactName> {
        let unknown = self.untold().flat_map(|finding| &finding.facts).filter(|seen| seen.value.is_none());
        let mut names: Vec<FactName> = unknown.map(|seen| seen.name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
