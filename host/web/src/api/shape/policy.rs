//! Policies and matches as they go out.

use lotus_domain::policy as domain;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Basis, Text, name_of};

/// A district's policies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Policies {
    pub(crate) policies: Vec<Policy>,
}

/// A policy: the version that holds today.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Policy {
    /// Unique in the district that gives it.
    id: String,
    /// The district that gives it; the city's policies hold in every district.
    division: String,
    version: u32,
    /// The day from which this version holds.
    since: String,
    title: Text,
    summary: Text,
    served: Vec<String>,
    /// What one gets: `reward`, `subsidy`, `interest`, `rent`, `insurance`, `relief`, `welfare`, `service`.
    benefit: String,
    /// `direct`: without an application; `on-claim`: for whoever claims it.
    way: String,
    /// As its department wrote it.
    condition: String,
    /// The same in words: all of them must hold.
    conditions: Vec<Text>,
    /// How much, as its department wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_in_words: Option<Text>,
    /// For how many months the amount is paid; once where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    months: Option<u16>,
    /// The most that one applicant gets, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<i64>,
    procedure: Vec<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opens: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closes: Option<String>,
    /// From claim to payment, in working days.
    promised: u32,
    basis: Basis,
    department: Text,
}

impl Policy {
    pub(crate) fn of(policy: &domain::Policy, names: &domain::Names) -> Self {
        Self {
            id: policy.id.to_string(),
            division: policy.division.to_string(),
            version: policy.version,
            since: policy.since.to_string(),
            title: policy.title.clone().into(),
            summary: policy.summary.clone().into(),
            served: policy.served.iter().map(name_of).collect(),
            benefit: policy.benefit.name().to_owned(),
            way: policy.way.name().to_owned(),
            condition: policy.condition.source().to_owned(),
            conditions: policy.condition.in_words(names).into_iter().map(Into::into).collect(),
            amount: policy.amount.as_ref().map(|rule| rule.source().to_owned()),
            amount_in_words: policy.amount.as_ref().map(|rule| rule.in_words(names).into()),
            months: policy.months,
            at_most: policy.at_most.map(|fen| fen.0),
            procedure: policy.procedure.iter().cloned().map(Into::into).collect(),
            opens: policy.opens.map(|day| day.to_string()),
            closes: policy.closes.map(|day| day.to_string()),
            promised: policy.promised.amount,
            basis: policy.basis.clone().into(),
            department: policy.department.clone().into(),
        }
    }
}

/// Every policy held against whoever asks: those that are met first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Matches {
    pub(crate) matches: Vec<Match>,
}

/// A policy held against what is known of an applicant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Match {
    policy: String,
    division: String,
    /// Absent for a plugin's own policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    title: Text,
    /// `met`, `not-met` or `unknown`: a fact that nobody knows is not a no.
    verdict: String,
    /// Exactly one condition is not met.
    near: bool,
    findings: Vec<Finding>,
    /// In fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    basis: Basis,
    /// The plugin that adds it; absent for the district's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    added_by: Option<String>,
}

/// One condition and how it came out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Finding {
    condition: Text,
    verdict: String,
    /// The facts that it rests on, by name.
    facts: Vec<String>,
    reason: Text,
    /// What is missing, by how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    lacking: Option<Text>,
    /// It stands in the way.
    needed: bool,
}

impl From<domain::Match> for Match {
    fn from(found: domain::Match) -> Self {
        Self {
            near: found.is_near_miss(),
            policy: found.policy.to_string(),
            division: found.division.to_string(),
            version: found.version,
            title: found.title.into(),
            verdict: found.verdict.name().to_owned(),
            findings: found.findings.into_iter().map(Into::into).collect(),
            amount: found.amount.map(|fen| fen.0),
            basis: found.basis.into(),
            added_by: found.added_by,
        }
    }
}

impl From<domain::Finding> for Finding {
    fn from(finding: domain::Finding) -> Self {
        Self {
            condition: finding.condition.into(),
            verdict: finding.verdict.name().to_owned(),
            facts: finding.facts.iter().map(|seen| seen.name.to_string()).collect(),
            reason: finding.reason.into(),
            lacking: finding.lacking.map(Into::into),
            needed: finding.needed,
        }
    }
}
