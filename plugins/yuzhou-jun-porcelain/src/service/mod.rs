//! The value-added services: one file each with its form, its rule and the rule's tests.

mod base_subsidy;
mod export_advice;
mod glaze_testing;
mod heir_training;
mod kiln_loan;
mod studio_award;

use lotus_sdk::prelude::*;

pub(crate) use base_subsidy::{ID as BASE_SUBSIDY, Terms as BaseTerms};
pub(crate) use export_advice::ID as EXPORT_ADVICE;
pub(crate) use glaze_testing::ID as GLAZE_TESTING;
pub(crate) use heir_training::ID as HEIR_TRAINING;
pub(crate) use kiln_loan::{ID as KILN_LOAN, Terms as LoanTerms};
pub(crate) use studio_award::{ID as STUDIO_AWARD, Terms as AwardTerms};

/// One service.
pub(crate) trait Offer {
    /// What it is, for lists.
    fn describe(&self) -> Service;
    /// What one fills in.
    fn form(&self, today: Date) -> Form;
    /// What is wrong beyond what the fields say themselves.
    fn check(&self, submission: &Submission) -> Vec<FieldError>;
    /// What becomes of a submission that [`Offer::check`] finds nothing wrong with.
    fn answer(&self, ctx: &Context, submission: &Submission) -> Outcome;
}

/// All of them, in the order in which they are listed.
pub(crate) fn all() -> [&'static dyn Offer; 6] {
    [
        &studio_award::StudioAward,
        &base_subsidy::BaseSubsidy,
        &kiln_loan::KilnLoan,
        &export_advice::ExportAdvice,
        &heir_training::HeirTraining,
        &glaze_testing::GlazeTesting,
    ]
}

/// The service of this id.
pub(crate) fn find(id: &str) -> Option<&'static dyn Offer> {
    all().into_iter().find(|offer| offer.describe().id == id)
}

/// The fields about the applicant that several forms share.
fn enterprise_fields() -> [Field; 4] {
    [
        Field::line("enterprise", ("单位名称", "Name of the enterprise"), 2..=100),
        Field::credit_code("credit-code", ("统一社会信用代码", "Unified social credit code")),
        Field::line("contact", ("联系人", "Contact person"), 2..=30),
        Field::telephone("telephone", ("联系电话", "Telephone")),
    ]
}

/// The enterprise's name on the worklist.
fn enterprise(submission: &Submission) -> &str {
    submission.text("enterprise").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_five_fields_of_article_29_are_all_served() {
        let fields: BTreeSet<String> = all().iter().map(|offer| format!("{:?}", offer.describe().field)).collect();
        assert_eq!(fields.len(), 5, "{fields:?}");
    }

    #[test]
    fn a_service_is_found_by_its_id_and_names_a_zone_that_exists() {
        let zones: Vec<String> = crate::zone::all().into_iter().map(|zone| zone.id).collect();
        for offer in all() {
            let service = offer.describe();
            assert!(find(&service.id).is_some());
            assert!(zones.contains(&service.zone.unwrap()), "{}", service.id);
        }
        assert!(find("tea").is_none());
    }

    #[test]
    fn no_form_has_a_field_twice() {
        for offer in all() {
            let form = offer.form(Date::new(2026, 11, 24));
            let names: Vec<_> = form.sections.iter().flat_map(|s| &s.fields).map(|f| &f.name).collect();
            assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len(), "{}", offer.describe().id);
        }
    }
}
