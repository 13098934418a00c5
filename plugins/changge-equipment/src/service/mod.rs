//! The value-added services: what they are, their forms, and what becomes of a submission.

mod green;
mod support;
mod technical_upgrade;

use lotus_sdk::log::{self, Level};
use lotus_sdk::prelude::*;

use crate::upgrade::{self, Terms};

pub(crate) const UPGRADE: &str = "technical-upgrade";
pub(crate) const GREEN: &str = "recycled-metal";
pub(crate) const LEASE: &str = "equipment-lease";
pub(crate) const WORKERS: &str = "skilled-workers";
pub(crate) const CONTRACT: &str = "contract-check";

/// All of them, in the order in which they are listed.
pub(crate) fn all() -> Vec<Service> {
    vec![technical_upgrade::service(), green::service(), support::lease(), support::workers(), support::contract()]
}

/// A service's form; none where there is no such service.
pub(crate) fn form(service: &str, today: Date) -> Option<Form> {
    Some(match service {
        UPGRADE => technical_upgrade::form(today, Terms::set()),
        GREEN => green::form(),
        LEASE => support::lease_form(),
        WORKERS => support::workers_form(today),
        CONTRACT => support::contract_form(),
        _ => return None,
    })
}

/// What is wrong beyond what the fields say; none where there is no such service.
pub(crate) fn check(submission: &Submission, today: Date) -> Option<Vec<FieldError>> {
    Some(match submission.service.as_str() {
        UPGRADE => upgrade::rule(submission, today, Terms::set()),
        WORKERS => support::workers_rule(submission),
        GREEN | LEASE | CONTRACT => Vec::new(),
        _ => return None,
    })
}

/// What becomes of a submission that [`check`] finds nothing wrong with.
pub(crate) fn answer(submission: &Submission) -> Option<Outcome> {
    let outcome = match submission.service.as_str() {
        UPGRADE => technical_upgrade::answer(submission, Terms::set()),
        GREEN => green::answer(submission),
        LEASE => support::lease_answer(submission),
        WORKERS => support::workers_answer(submission),
        CONTRACT => support::contract_answer(submission),
        _ => return None,
    };
    log::write(Level::Info, &format!("{}: {}", submission.service, word(&outcome)));
    Some(outcome)
}

/// What the log says of an outcome: nothing about the applicant.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Answered(_) => "answered at once",
        Outcome::OpensCase(_) => "opens a case",
        Outcome::Refers(_) => "referred",
    }
}

/// The fields about the enterprise that several forms share.
fn enterprise_fields() -> [Field; 4] {
    [
        Field::line("enterprise", ("企业名称", "Name of the enterprise"), 2..=100),
        Field::credit_code("credit-code", ("统一社会信用代码", "Unified social credit code")),
        Field::line("contact", ("联系人", "Contact person"), 2..=30),
        Field::telephone("telephone", ("联系电话", "Telephone")),
    ]
}

/// One line for the worklist: the enterprise and what it wants.
fn line(submission: &Submission, zh: &str, en: &str) -> Text {
    let enterprise = submission.text("enterprise").unwrap_or_default();
    Text::new(format!("{enterprise}：{zh}"), format!("{enterprise}: {en}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_a_form_and_is_in_the_zone() {
        for service in all() {
            assert!(form(&service.id, Date::new(2026, 11, 24)).is_some(), "{}", service.id);
            assert_eq!(service.zone.as_deref(), Some(crate::zone::ID));
        }
        assert!(form("tea", Date::new(2026, 11, 24)).is_none());
    }
}
