//! 长葛市装备制造产业专区: one zone and five value-added services, one of them with a kind of case of its own.
//!
//! Invariant: the plugin keeps nothing; what it says follows from the submission and the settings alone.

mod kind;
mod office;
mod service;
mod upgrade;
mod zone;

use lotus_sdk::prelude::*;
use lotus_sdk::services::{AdvanceRequest, Advice};

/// The plugin.
pub struct Changge;

impl lotus_sdk::zones::Guest for Changge {
    fn list_zones(_: Context) -> Vec<Zone> {
        vec![zone::zone()]
    }

    fn render(_: Context, request: PageRequest) -> Result<Page, AnswerError> {
        let page = request.page.as_deref().unwrap_or_default();
        if request.zone == zone::ID {
            zone::render(page).ok_or(AnswerError::NotFound)
        } else {
            Err(AnswerError::NotFound)
        }
    }
}

impl lotus_sdk::services::Guest for Changge {
    fn list_services(_: Context) -> Vec<Service> {
        service::all()
    }

    fn form(ctx: Context, service: String) -> Result<Option<Form>, AnswerError> {
        service::form(&service, ctx.today).map(Some).ok_or(AnswerError::NotFound)
    }

    fn check(ctx: Context, submission: Submission) -> Result<Vec<FieldError>, AnswerError> {
        service::check(&submission, ctx.today).ok_or(AnswerError::NotFound)
    }

    fn submit(ctx: Context, submission: Submission) -> Result<Outcome, SubmitError> {
        let errors = service::check(&submission, ctx.today).ok_or(SubmitError::NotFound)?;
        if !errors.is_empty() {
            return Err(SubmitError::Invalid(errors));
        }
        service::answer(&submission).ok_or(SubmitError::NotFound)
    }

    fn advance(_: Context, request: AdvanceRequest) -> Result<Advice, AnswerError> {
        Ok(kind::advise(&request, upgrade::Terms::set()))
    }
}

lotus_sdk::export!(Changge: zones, services);
