//! Claims without an application (article 30): their holders' pages, the public notice, and those of the people who pay.

mod mine;
mod public;
mod staff;

use axum::Router;
use axum::routing::{get, post};
use lotus_domain::case::CaseNumber;
use lotus_domain::claim::{Decided, Decider, Decision};
use lotus_domain::law::Refusal;
use lotus_domain::policy::Seen;
use lotus_platform::ClaimError;
use serde::Deserialize;

use crate::app::App;
use crate::error::Error;
use crate::language::Words;

/// The addresses of claims.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/me/claims", get(mine::list).post(mine::begin))
        .route("/me/claims/{number}", get(mine::show))
        .route("/me/claims/{number}/consent", post(mine::consent))
        .route("/me/claims/{number}/account", post(mine::correct))
        .route("/me/claims/{number}/actions/{action}", post(mine::act))
        .route("/d/{division}/publicity", get(public::list))
        .route("/d/{division}/publicity/{number}", get(public::show).post(public::object))
        .route("/staff/d/{division}/claims", get(staff::desk))
        .route("/staff/d/{division}/claims/push", post(staff::push))
        .route("/staff/d/{division}/claims/publicise", post(staff::publicise))
        .route("/staff/d/{division}/claims/batches", post(staff::make))
        .route("/staff/d/{division}/claims/batches/{id}", get(staff::batch).post(staff::receipt))
        .route("/staff/d/{division}/claims/batches/{id}/file", get(staff::file))
        .route("/staff/d/{division}/claims/batches/{id}/receipt", get(staff::receipt_form))
        .route("/staff/claims/{number}", get(staff::show))
        .route("/staff/claims/{number}/grant", post(staff::grant))
        .route("/staff/claims/{number}/recover", post(staff::recover))
}

#[derive(Deserialize)]
pub(super) struct ClaimName {
    number: String,
}

impl ClaimName {
    fn number(&self) -> Result<CaseNumber, Error> {
        CaseNumber::parse(&self.number).map_err(|_| Error::NoCase)
    }
}

impl From<ClaimError> for Error {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Denied(denied) => denied.into(),
            ClaimError::Case(error) => error.into(),
            ClaimError::Invalid(errors) => Self::Invalid(errors),
            ClaimError::Receipt(error) => {
                Self::Refused(Refusal { reason: error.words(), basis: None, next_step: None })
            }
            ClaimError::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

/// A fact as a page says it: name, value, from where, as of when.
pub(super) fn fact(w: Words, seen: &Seen, zone: &jiff::tz::TimeZone) -> String {
    let name = w.text(&seen.name.kind().title).to_owned();
    let value = seen.value.as_ref().map_or_else(|| w.t("claim-unknown"), |value| w.text(value).to_owned());
    let source = w.text(&seen.source).to_owned();
    let day = seen.as_of.map(|at| w.day(&zone.to_datetime(at).date())).unwrap_or_default();
    w.with("claim-fact", &[("name", &name), ("value", &value), ("source", &source), ("day", &day)])
}

/// Who decided, in words.
pub(super) fn decider(w: Words, decided: &Decided) -> String {
    w.t(match decided.by {
        Decider::Rule => "claim-by-rule",
        Decider::Plugin(_) => "claim-by-plugin",
        Decider::Person(_) => "claim-by-person",
    })
}

/// What was decided, in words.
pub(super) fn decision(w: Words, decided: &Decided) -> String {
    match &decided.decision {
        Decision::Granted(Some(amount)) => w.t1("claim-granted", "amount", w.money(amount)),
        Decision::Granted(None) => w.t("claim-granted-service"),
        Decision::Declined(refusal) => {
            let next = refusal.next_step.as_ref().map(|next| w.text(next)).unwrap_or_default();
            format!("{}{} {next}", w.t("claim-declined"), w.text(&refusal.reason))
        }
        Decision::ForAPerson(why) => format!("{}{}", w.t("claim-for-a-person"), w.text(why)),
    }
}
