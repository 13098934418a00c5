//! 禹州市钧瓷和中医药产业专区: two zones and the value-added services that belong to them (article 29).
//!
//! Invariant: nothing about an applicant is kept here; the plugin's storage holds counts alone.

mod office;
mod policy;
mod register;
mod service;
mod zone;

use lotus_sdk::policies::{Claim, Decision, Match};
use lotus_sdk::prelude::*;
use lotus_sdk::services::{AdvanceRequest, Advice};

/// The plugin.
pub struct Yuzhou;

impl lotus_sdk::zones::Guest for Yuzhou {
    fn list_zones(_: Context) -> Vec<Zone> {
        zone::all()
    }

    fn render(ctx: Context, request: PageRequest) -> Result<Page, AnswerError> {
        let page = request.page.as_deref().unwrap_or_default();
        zone::render(&ctx, &request.zone, page).ok_or(AnswerError::NotFound)
    }
}

impl lotus_sdk::services::Guest for Yuzhou {
    fn list_services(_: Context) -> Vec<Service> {
        service::all().iter().map(|offer| offer.describe()).collect()
    }

    fn form(ctx: Context, service: String) -> Result<Option<Form>, AnswerError> {
        let offer = service::find(&service).ok_or(AnswerError::NotFound)?;
        Ok(Some(offer.form(ctx.today)))
    }

    fn check(_: Context, submission: Submission) -> Result<Vec<FieldError>, AnswerError> {
        let offer = service::find(&submission.service).ok_or(AnswerError::NotFound)?;
        Ok(offer.check(&submission))
    }

    fn submit(ctx: Context, submission: Submission) -> Result<Outcome, SubmitError> {
        let offer = service::find(&submission.service).ok_or(SubmitError::NotFound)?;
        let errors = offer.check(&submission);
        if errors.is_empty() { Ok(offer.answer(&ctx, &submission)) } else { Err(SubmitError::Invalid(errors)) }
    }

    /// No kind of case of this plugin asks before a transition.
    fn advance(_: Context, _: AdvanceRequest) -> Result<Advice, AnswerError> {
        Ok(Advice::Proceed)
    }
}

impl lotus_sdk::policies::Guest for Yuzhou {
    fn match_policies(_: Context) -> Result<Vec<Match>, AnswerError> {
        Ok(policy::all())
    }

    fn decide(_: Context, claim: Claim) -> Result<Decision, AnswerError> {
        policy::decide(&claim).ok_or(AnswerError::NotFound)
    }
}

lotus_sdk::export!(Yuzhou: zones, services, policies);
