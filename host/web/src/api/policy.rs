//! `/api/v1/districts/{division}/policies`, and what whoever is signed in gets of them.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::problem::Problem;
use super::shape::policy::{Match, Matches, Policies, Policy};
use super::{answer, private};
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, Place};

/// A district's policies and the city's: those that hold today.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/policies", tag = "policies",
    params(("division" = String, Path, description = "Division code", example = "411081")),
    responses(
        (status = 200, body = Policies),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(State(app): State<App>, place: Place) -> Result<Response, Error> {
    let names = app.platform.policy_names();
    let policies = app.platform.policies(&place.visit.division);
    Ok(answer(&Policies { policies: policies.iter().map(|edition| Policy::of(&edition.policy, &names)).collect() }))
}

#[derive(Deserialize)]
pub(crate) struct PolicyName {
    policy: String,
}

/// A policy: the version that holds today.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/policies/{policy}", tag = "policies",
    params(
        ("division" = String, Path, description = "Division code", example = "411081"),
        ("policy" = String, Path, description = "The policy's id"),
    ),
    responses(
        (status = 200, body = Policy),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn one(
    State(app): State<App>,
    place: Place,
    Named(PolicyName { policy }): Named<PolicyName>,
) -> Result<Response, Error> {
    let found = app.platform.policy(&place.visit.division, &policy).ok_or(Error::NoPage)?;
    Ok(answer(&Policy::of(&found.policy, &app.platform.policy_names())))
}

/// Every policy held against whoever is signed in, or the enterprise that they act for, with the reasons.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/policy-matches", tag = "policies",
    params(("division" = String, Path, description = "Division code", example = "411081")),
    responses(
        (status = 200, body = Matches),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn matches(State(app): State<App>, place: Place, Known(asker): Known) -> Result<Response, Error> {
    let mine = app.platform.my_policies(&place.visit, &asker).await?;
    Ok(private(&Matches { matches: mine.matches.into_iter().map(Match::from).collect() }))
}
