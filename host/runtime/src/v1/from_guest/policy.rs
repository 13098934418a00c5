//! Matches with a plugin's policies, and its decisions on claims: each with its reasons and what it stands on.

use lotus_domain::law::Fen;
use lotus_domain::policy::{Added, AddedFinding, Decided, Verdict};

use super::words::{basis, plain, refusal, said, slug};
use super::{Fit, Misfit, several};
use crate::v1::bindings::exports::lotus::plugin::policies;

/// Most conditions of one policy.
const MOST_FINDINGS: usize = 50;

fn verdict(verdict: policies::Verdict) -> Verdict {
    match verdict {
        policies::Verdict::Met => Verdict::Met,
        policies::Verdict::NotMet => Verdict::NotMet,
        policies::Verdict::Unknown => Verdict::Unknown,
    }
}

fn money(fen: i64) -> Fit<Fen> {
    if fen < 0 {
        return Err(Misfit("an amount is not less than nothing".to_owned()));
    }
    Ok(Fen(fen))
}

fn finding(finding: policies::Finding) -> Fit<AddedFinding> {
    Ok(AddedFinding {
        condition: said(finding.condition, "a condition")?,
        verdict: verdict(finding.verdict),
        fact: finding.fact.map(|name| plain(name, 64, "a fact's name")).transpose()?,
        reason: said(finding.reason, "the reason of a finding")?,
    })
}

pub(super) fn matched(found: policies::Match) -> Fit<Added> {
    let findings = several(found.findings, MOST_FINDINGS, "findings", finding)?;
    if findings.is_empty() {
        return Err(Misfit("a match has at least one finding: nobody is told yes or no without a reason".to_owned()));
    }
    let basis = basis(found.basis)?;
    if basis.title.trim().is_empty() {
        return Err(Misfit("a match stands on a basis that has a title".to_owned()));
    }
    Ok(Added {
        policy: slug(found.policy)?,
        verdict: verdict(found.verdict),
        findings,
        amount: found.amount.map(money).transpose()?,
        basis,
    })
}

pub(super) fn decided(decision: policies::Decision) -> Fit<Decided> {
    Ok(match decision {
        policies::Decision::Granted(amount) => Decided::Granted(amount.map(money).transpose()?),
        policies::Decision::Declined(no) => Decided::Declined(refusal(no)?),
        policies::Decision::ForAPerson(why) => Decided::ForAPerson(said(why, "why a person must decide")?),
    })
}
