//! Matches the call's applicant with policies and decides claims; its setting says how well.

#![allow(clippy::panic, reason = "a guest that is told to trap does")]

use lotus_sdk::policies::{Claim, Decision, Finding, Match, Verdict};
use lotus_sdk::prelude::*;
use lotus_sdk::{applicants, policy_library, setting_text};

/// The guest.
pub struct Matcher;

fn finding(reason: &str) -> Finding {
    Finding {
        condition: ("有统一社会信用代码", "Has a credit code").into(),
        verdict: Verdict::Met,
        fact: Some("enterprise.credit-code".to_owned()),
        reason: Text::same(reason.to_owned()),
    }
}

fn found(policy: &str, reason: &str) -> Match {
    Match {
        policy: policy.to_owned(),
        verdict: Verdict::Met,
        findings: vec![finding(reason)],
        amount: Some(5_000),
        basis: LegalBasis::article("《测试办法》", "第一条"),
    }
}

impl lotus_sdk::policies::Guest for Matcher {
    fn match_policies(_: Context) -> Result<Vec<Match>, AnswerError> {
        match setting_text("what", "well").as_str() {
            "many" => Ok((0..101).map(|at| found(&format!("p{at}"), "有")).collect()),
            "twice" => Ok(vec![found("one", "有"), found("one", "有")]),
            "reasonless" => Ok(vec![Match { findings: Vec::new(), ..found("one", "有") }]),
            "wordless" => Ok(vec![found("one", "")]),
            "baseless" => Ok(vec![Match { basis: LegalBasis::article("", ""), ..found("one", "有") }]),
            "negative" => Ok(vec![Match { amount: Some(-1), ..found("one", "有") }]),
            "nameless" => Ok(vec![found("One Policy", "有")]),
            "refused" => Err(AnswerError::Refused(Refusal::new(("今天不匹配。", "Not today.")))),
            "trap" => panic!("told to"),
            "library" => Ok(vec![found(
                "one",
                &format!(
                    "{:?} {:?} {:?}",
                    policy_library::get("master-studio")
                        .map(|policy| policy.map(|policy| (policy.version, policy.title.zh))),
                    policy_library::search("窑炉", 5).map(|found| found.len()),
                    policy_library::search("窑炉", 51).map(|found| found.len()),
                ),
            )]),
            _ => {
                let code = applicants::get("enterprise.credit-code");
                Ok(vec![found("one", &format!("{:?}", code.map(|fact| fact.map(|fact| fact.source))))])
            }
        }
    }

    fn decide(_: Context, claim: Claim) -> Result<Decision, AnswerError> {
        match claim.policy.as_str() {
            "granted" => Ok(Decision::Granted(Some(7_700))),
            "service" => Ok(Decision::Granted(None)),
            "declined" => Ok(Decision::Declined(Refusal::new((claim.number.as_str(), "No.")))),
            "person" => Ok(Decision::ForAPerson(("有疑问。", "There is a doubt.").into())),
            "wordless" => Ok(Decision::ForAPerson(Text::same(String::new()))),
            "negative" => Ok(Decision::Granted(Some(-1))),
            _ => Err(AnswerError::NotFound),
        }
    }
}

lotus_sdk::export!(Matcher: policies);
