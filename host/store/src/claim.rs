//! What the store takes and gives of claims (article 30): a claim that begins, and how far a policy has been pushed.

use jiff::Timestamp;
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::claim::Claim;

use crate::case::{NewCase, Step};

/// A claim that begins: its case as it was matched, the step by which its holder is told, and what stands beside.
#[derive(Debug, Clone)]
pub struct NewClaim {
    /// The case; its token makes it one for a policy's version and a holder.
    pub new: NewCase,
    /// Its first step, with the notices of it.
    pub push: Step,
    /// What stands beside.
    pub claim: Claim,
}

/// How far a policy's version has been pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Which policy.
    pub policy: Slug,
    /// In which version.
    pub version: u32,
    /// Since when.
    pub begun: Timestamp,
    /// Who wanted it.
    pub by: AccountId,
    /// Where in the matches it is; empty before the first.
    pub reached: String,
    /// Told.
    pub pushed: u64,
    /// Not told, since they turned it off.
    pub opted_out: u64,
    /// Not told, since they have no account.
    pub unreached: u64,
    /// Told before.
    pub again: u64,
    /// Everybody was looked at.
    pub is_done: bool,
}
