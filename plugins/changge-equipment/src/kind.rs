//! How an application for the upgrade subsidy runs: examination, inspection on site, public notice, payment.
//!
//! Invariant: the clock pauses only while the applicant corrects or the inspectors are on site, as the law has it for
//! inspections (they are outside the time limit and announced in writing).

use lotus_sdk::case_kinds::{Definition, Role, Transition};
use lotus_sdk::prelude::*;
use lotus_sdk::services::{AdvanceRequest, Advice};
use lotus_sdk::yuan;

use crate::office;
use crate::upgrade::Terms;

/// Working days that the whole takes at most, inspection not counted.
pub(crate) const DAYS: u32 = 20;

/// The transition before which the plugin is asked.
const APPROVE: &str = "approve";

/// The kind of case.
pub(crate) fn definition() -> Definition {
    let step = Transition::new;
    Definition::new(
        "technical-upgrade",
        ("技术改造设备补助", "Technical-upgrade subsidy"),
        "submitted",
        Period::working_days(DAYS),
    )
    .basis(office::article_30())
    .running("submitted", ("已提交", "Submitted"))
    .running("examination", ("材料审核", "Examination"))
    .paused("correction", ("退回补正", "Returned for correction"))
    .paused("inspection", ("现场核查", "Inspection on site"))
    .running("review", ("核定", "Assessment"))
    .running("public-notice", ("公示", "Public notice"))
    .ends("paid", ("已拨付", "Paid"))
    .ends("declined", ("不予补助", "Declined"))
    .ends("withdrawn", ("已撤回", "Withdrawn"))
    .transition(step("accept", ("受理", "Accept"), "submitted", "examination", Role::Clerk))
    .transition(
        step("return", ("退回补正", "Return for correction"), "examination", "correction", Role::Handler).with_reason(),
    )
    .transition(step("correct", ("补正提交", "Submit the correction"), "correction", "examination", Role::Applicant))
    .transition(step("inspect", ("安排现场核查", "Send inspectors"), "examination", "inspection", Role::Handler))
    .transition(step("inspected", ("核查完成", "Inspection done"), "inspection", "review", Role::Handler))
    .transition(
        step(APPROVE, ("核准并公示", "Approve and publish"), "review", "public-notice", Role::DepartmentHead).asking(),
    )
    .transition(
        step("reopen", ("异议成立，重新核定", "Objection upheld"), "public-notice", "review", Role::Handler)
            .with_reason(),
    )
    .transition(step("pay", ("拨付", "Pay"), "public-notice", "paid", Role::Handler))
    .transition(step("refuse", ("不予受理", "Refuse"), "submitted", "declined", Role::Clerk).with_reason())
    .transition(step("decline", ("不予补助", "Decline"), "review", "declined", Role::DepartmentHead).with_reason())
    .transition(step("withdraw", ("撤回", "Withdraw"), "submitted", "withdrawn", Role::Applicant))
    .transition(step("withdraw-later", ("撤回", "Withdraw"), "examination", "withdrawn", Role::Applicant))
    .transition(step("give-up", ("撤回", "Withdraw"), "correction", "withdrawn", Role::Applicant))
}

/// Before an approval: the sum that the applicant's timeline names, or a hold where the equipment is not enough.
pub(crate) fn advise(request: &AdvanceRequest, terms: Terms) -> Advice {
    if request.transition != APPROVE {
        return Advice::Proceed;
    }
    let equipment = request.fields.iter().find_map(|field| match &field.value {
        Value::Money(fen) if field.name == "equipment" => Some(*fen),
        _ => None,
    });
    match equipment.map(|equipment| terms.subsidy(equipment)) {
        // Staff then decide on the file alone.
        None => Advice::Proceed,
        Some(Some(subsidy)) => {
            let amount = yuan(subsidy);
            Advice::ProceedWith(Text::new(
                format!("拟补助 **{amount} 元**，公示 5 个工作日无异议后拨付。"),
                format!("**{amount} yuan** are to be paid after 5 working days of public notice without objection."),
            ))
        }
        Some(None) => Advice::Hold(
            Refusal::new((
                format!("申报的设备投资低于 {} 元，不符合补助条件。", yuan(terms.least_equipment)),
                format!("The equipment is below {} yuan and does not qualify.", yuan(terms.least_equipment)),
            ))
            .basis(office::article_30())
            .next_step((
                "核对现场核查记录；确不符合的，作出不予补助决定并告知设备融资租赁对接服务。",
                "Compare the inspection record; if it is so, decline and point to the service for equipment leases.",
            )),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotus_sdk::case_kinds::Clock;

    fn approval(equipment: i64) -> AdvanceRequest {
        AdvanceRequest {
            case_number: "1".into(),
            service: "technical-upgrade".into(),
            state: "review".into(),
            transition: APPROVE.into(),
            fields: vec![FieldValue { name: "equipment".into(), value: Value::Money(equipment) }],
            reason: None,
        }
    }

    #[test]
    fn the_clock_pauses_on_site_and_while_the_applicant_corrects() {
        let paused: Vec<String> =
            definition().states.into_iter().filter(|s| s.clock == Clock::Paused).map(|s| s.id).collect();
        assert_eq!(paused, ["correction", "inspection"]);
    }

    #[test]
    fn every_state_but_the_ends_can_be_left_and_every_transition_is_between_states() {
        let kind = definition();
        let ids: Vec<&str> = kind.states.iter().map(|state| state.id.as_str()).collect();
        for transition in &kind.transitions {
            assert!(ids.contains(&transition.from_state.as_str()) && ids.contains(&transition.to_state.as_str()));
        }
        for state in &kind.states {
            let left = kind.transitions.iter().any(|transition| transition.from_state == state.id);
            assert_eq!(left, !state.final_, "{}", state.id);
        }
    }

    #[test]
    fn an_approval_names_the_sum_or_is_held() {
        assert!(matches!(advise(&approval(500_000_000), Terms::PUBLISHED),
            Advice::ProceedWith(words) if words.zh.contains("400,000 元")));
        assert!(matches!(advise(&approval(499_999_999), Terms::PUBLISHED), Advice::Hold(_)));
    }
}
