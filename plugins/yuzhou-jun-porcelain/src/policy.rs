//! 窑炉改造贷款贴息 as a policy (article 30): who of the district's ceramics makers gets it, from what registers know, and
//! the decision on a claim without an application.
//!
//! Invariant: a fact that nobody knows is no no: then a person decides.

use lotus_sdk::policies::{Claim, Decision, Finding, Match, Verdict};
use lotus_sdk::prelude::*;
use lotus_sdk::{applicants, percent_of};

use crate::office;
use crate::service::LoanTerms;

/// The policy's id.
const ID: &str = "kiln-loan-share";
/// Where it holds.
const DISTRICT: &str = "411081";
/// Ceramics (GB/T 4754).
const CERAMICS: &str = "C307";

/// What is known of whoever applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    registered: Option<String>,
    industry: Option<String>,
    /// In fen.
    interest: Option<i64>,
}

fn text(name: &str) -> Option<String> {
    match applicants::get(name).ok()??.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

impl Known {
    fn asked() -> Self {
        let interest = match applicants::get("enterprise.loan-interest") {
            Ok(Some(fact)) => match fact.value {
                Value::Money(fen) => Some(fen),
                _ => None,
            },
            _ => None,
        };
        Self { registered: text("enterprise.registered"), industry: text("enterprise.industry"), interest }
    }

    fn findings(&self) -> [Finding; 3] {
        let of = |known: Option<bool>| match known {
            Some(true) => Verdict::Met,
            Some(false) => Verdict::NotMet,
            None => Verdict::Unknown,
        };
        let finding = |condition: (&str, &str), fact: &str, known: Option<bool>, why: [(&str, &str); 3]| {
            let verdict = of(known);
            let [met, not_met, unknown] = why;
            let reason = match verdict {
                Verdict::Met => met,
                Verdict::NotMet => not_met,
                Verdict::Unknown => unknown,
            };
            Finding { condition: condition.into(), verdict, fact: Some(fact.to_owned()), reason: reason.into() }
        };
        [
            finding(
                ("登记地在禹州市", "Registered in Yuzhou"),
                "enterprise.registered",
                self.registered.as_deref().map(|code| code.starts_with(DISTRICT)),
                [
                    ("企业登记在禹州市。", "The enterprise is registered in Yuzhou."),
                    ("企业不在禹州市登记。", "The enterprise is registered elsewhere."),
                    ("尚不知道登记地。", "Where it is registered is not known."),
                ],
            ),
            finding(
                ("属于陶瓷制品制造（C307）", "Makes ceramics (C307)"),
                "enterprise.industry",
                self.industry.as_deref().map(|code| code.starts_with(CERAMICS)),
                [
                    ("登记的行业是陶瓷制品制造。", "Its registered industry is ceramics."),
                    ("登记的行业不是陶瓷制品制造。", "Its registered industry is not ceramics."),
                    ("尚不知道行业代码。", "Its industry is not known."),
                ],
            ),
            finding(
                ("上年度支付过窑炉改造贷款利息", "Paid interest on a kiln loan last year"),
                "enterprise.loan-interest",
                self.interest.map(|fen| fen > 0),
                [
                    ("上年度支付了贷款利息。", "It paid interest last year."),
                    ("上年度没有支付贷款利息。", "It paid no interest last year."),
                    ("尚不知道上年度贷款利息，可以自行填报。", "Last year’s interest is not known; you may say it."),
                ],
            ),
        ]
    }
}

fn verdict(findings: &[Finding]) -> Verdict {
    if findings.iter().any(|finding| finding.verdict == Verdict::NotMet) {
        Verdict::NotMet
    } else if findings.iter().all(|finding| finding.verdict == Verdict::Met) {
        Verdict::Met
    } else {
        Verdict::Unknown
    }
}

fn amount(known: &Known, terms: LoanTerms) -> Option<i64> {
    known.interest.map(|fen| percent_of(fen, terms.share * 100).min(terms.cap))
}

fn matched(known: &Known, terms: LoanTerms) -> Match {
    let findings = known.findings().to_vec();
    let verdict = verdict(&findings);
    let amount = if verdict == Verdict::NotMet { None } else { amount(known, terms) };
    Match { policy: ID.to_owned(), verdict, findings, amount, basis: basis() }
}

fn decided(known: &Known, terms: LoanTerms) -> Decision {
    let found = matched(known, terms);
    match found.verdict {
        Verdict::Met => Decision::Granted(found.amount),
        Verdict::NotMet => {
            let missing = found.findings.into_iter().find(|finding| finding.verdict == Verdict::NotMet);
            let reason =
                missing.map_or_else(|| ("不符合条件。", "The conditions are not met.").into(), |one| one.reason);
            Decision::Declined(Refusal {
                reason,
                basis: Some(basis()),
                next_step: Some(("对结果有异议的，可要求人工复核。", "You may ask for a person’s decision.").into()),
            })
        }
        Verdict::Unknown => Decision::ForAPerson(
            ("有事实尚不知道，由承办人核实后决定。", "Something is not known yet: a member of staff decides.").into(),
        ),
    }
}

fn basis() -> LegalBasis {
    LegalBasis { title: "《禹州市窑炉改造贷款贴息办法（演示）》".to_owned(), ..office::article_30() }
}

/// The applicant held against the plugin's policy; nobody is signed in, or a person for themselves: nothing.
pub(crate) fn all() -> Vec<Match> {
    match applicants::kind() {
        Ok(Served::Enterprise) => vec![matched(&Known::asked(), LoanTerms::set())],
        _ => Vec::new(),
    }
}

/// What becomes of a claim.
pub(crate) fn decide(claim: &Claim) -> Option<Decision> {
    (claim.policy == ID).then(|| decided(&Known::asked(), LoanTerms::set()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(industry: &str, interest: Option<i64>) -> Known {
        Known { registered: Some("411081".to_owned()), industry: Some(industry.to_owned()), interest }
    }

    #[test]
    fn a_ceramics_maker_gets_the_share_of_its_interest_up_to_the_cap() {
        let terms = LoanTerms { share: 50, cap: 20_000_000 };
        let found = matched(&known("C3074", Some(3_000_000)), terms);
        assert_eq!((found.verdict, found.amount), (Verdict::Met, Some(1_500_000)));
        assert_eq!(matched(&known("C3074", Some(90_000_000)), terms).amount, Some(20_000_000));
    }

    #[test]
    fn another_industry_is_told_why_and_what_is_not_known_is_for_a_person() {
        let terms = LoanTerms::PUBLISHED;
        let Decision::Declined(refusal) = decided(&known("F52", Some(1)), terms) else { panic!("it is declined") };
        assert!(refusal.reason.zh.contains("行业") && refusal.basis.is_some());
        assert!(matches!(decided(&known("C3074", None), terms), Decision::ForAPerson(_)));
        let paid = known("C3074", Some(100));
        assert!(matches!(decided(&paid, terms), Decision::Granted(Some(50))));
    }
}
