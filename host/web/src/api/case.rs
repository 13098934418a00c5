//! `/api/v1/cases`

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;
use lotus_domain::case::{CaseNumber, FollowSecret};
use serde::Deserialize;

use super::problem::Problem;
use super::shape::case::{Act, Case};
use super::{Body, private};
use crate::app::App;
use crate::error::Error;
use crate::portal::Named;

/// A case's secret, from its header: never in an address, which ends up in logs and histories.
pub(crate) struct Secret(FollowSecret);

impl<S: Send + Sync> FromRequestParts<S> for Secret {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let given = parts.headers.get("lotus-case-secret").and_then(|secret| secret.to_str().ok());
        // Without a secret a case looks as if it were not there, just as with a wrong one.
        given.map(|secret| Self(FollowSecret::parse(secret))).ok_or(Error::NoCase)
    }
}

#[derive(Deserialize)]
pub(crate) struct CaseName {
    number: String,
}

/// A case, for whoever holds its secret.
#[utoipa::path(
    get, path = "/api/v1/cases/{number}", tag = "cases",
    params(
        ("number" = String, Path, description = "Case number, 25 characters"),
        ("Lotus-Case-Secret" = String, Header, description = "The secret that came with the number"),
    ),
    responses(
        (status = 200, body = Case),
        (status = 404, description = "No such case, or not its secret", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn follow(
    State(app): State<App>,
    Secret(secret): Secret,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoCase)?;
    let view = app.platform.case_follow(&number, &secret).await?;
    Ok(private(&Case::from(view)))
}

#[derive(Deserialize)]
pub(crate) struct ActionName {
    number: String,
    action: String,
}

/// Does what an applicant may do, if the case still is at the revision that was seen.
#[utoipa::path(
    post, path = "/api/v1/cases/{number}/actions/{action}", tag = "cases",
    params(
        ("number" = String, Path, description = "Case number"),
        ("action" = String, Path, description = "One of the case's `actions`"),
        ("Lotus-Case-Secret" = String, Header, description = "The secret that came with the number"),
    ),
    request_body = Act,
    responses(
        (status = 200, description = "The case as it is then", body = Case),
        (status = 403, description = "Held by the district, with its reason", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Somebody acted in between; `revision` says where it is now", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not possible from here, or a reason is missing", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn act(
    State(app): State<App>,
    Secret(secret): Secret,
    Named(ActionName { number, action }): Named<ActionName>,
    Body(act): Body<Act>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&number).map_err(|_| Error::NoCase)?;
    let view = app.platform.case_act(&number, &secret, act.revision, &action, act.reason.as_deref()).await?;
    Ok(private(&Case::from(view)))
}
