//! Grievances 诉求 (article 38): the portal's form, the counter's and the telephone's, what stands beside a case for its
//! staff, what was escalated, and the answers that everybody reads.

mod form;
mod staff;

use axum::Router;
use axum::routing::{get, post};
use lotus_platform::{CaseError, GrievanceError};

use crate::app::App;
use crate::error::Error;

/// The addresses of grievances.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/d/{division}/grievances", get(form::show).post(form::file))
        .route("/d/{division}/answers", get(form::answers))
        .route("/staff/d/{division}/grievances", get(form::desk).post(form::record))
        .route("/staff/d/{division}/escalations", get(staff::escalations).post(staff::escalate))
        .route("/staff/cases/{number}/grievance", get(staff::panel))
        .route("/staff/cases/{number}/grievance/reveal", post(staff::reveal))
        .route("/staff/cases/{number}/grievance/publish", post(staff::publish))
}

impl From<GrievanceError> for Error {
    fn from(error: GrievanceError) -> Self {
        match error {
            GrievanceError::Denied(denied) => denied.into(),
            GrievanceError::Invalid(errors) => Self::Invalid(errors),
            GrievanceError::StaleToken => Self::StaleToken,
            GrievanceError::Refused(refusal) | GrievanceError::Case(CaseError::Held(refusal)) => Self::Refused(refusal),
            GrievanceError::Case(error) => error.into(),
        }
    }
}
