//! What a district's plugin adds: matches with its own policies, and decisions on claims that need no application.

use super::{FactName, Finding, Match, Seen, Verdict};
use crate::Slug;
use crate::district::Division;
use crate::law::{Fen, LegalBasis, Refusal};
use crate::text::Text;

/// A condition of a plugin's policy, and how it came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedFinding {
    /// The condition in words.
    pub condition: Text,
    /// How it came out.
    pub verdict: Verdict,
    /// The fact that it rests on, by name.
    pub fact: Option<String>,
    /// Why, in words.
    pub reason: Text,
}

/// The call's applicant held against one of a plugin's policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// Which policy: one that the district publishes, or the plugin's own.
    pub policy: Slug,
    /// Whether its conditions are met.
    pub verdict: Verdict,
    /// Each condition by itself.
    pub findings: Vec<AddedFinding>,
    /// What the applicant would get, where it is money and known.
    pub amount: Option<Fen>,
    /// What it stands on.
    pub basis: LegalBasis,
}

/// What a plugin decides on a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// Granted, with the amount where it is money.
    Granted(Option<Fen>),
    /// A reasoned no.
    Declined(Refusal),
    /// A person must decide, for this reason.
    ForAPerson(Text),
}

impl Added {
    /// As it stands beside the district's own, under this title.
    pub fn matched(self, division: &Division, title: Text, plugin: &str) -> Match {
        let finding = |found: AddedFinding| {
            let name = found.fact.and_then(|name| FactName::parse(&name).ok());
            let seen = name.map(|name| Seen {
                name,
                value: None,
                source: name.kind().source.clone(),
                as_of: None,
                declared: false,
            });
            Finding {
                condition: found.condition,
                verdict: found.verdict,
                facts: seen.into_iter().collect(),
                reason: found.reason,
                lacking: None,
                needed: found.verdict != Verdict::Met,
            }
        };
        Match {
            policy: self.policy,
            version: None,
            division: division.clone(),
            title,
            verdict: self.verdict,
            findings: self.findings.into_iter().map(finding).collect(),
            amount: self.amount,
            basis: self.basis,
            added_by: Some(plugin.to_owned()),
        }
    }
}
