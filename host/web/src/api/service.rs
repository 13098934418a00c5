//! `/api/v1/districts/{division}/services`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use lotus_domain::Slug;
use lotus_platform::{FormToken, Part, Submission};
use serde::Deserialize;

use super::problem::Problem;
use super::shape::page::Link;
use super::shape::service::{Receipt, Service, ServiceForm, Services, Submit, Submitted};
use super::{Body, answer, private};
use crate::app::App;
use crate::asker::Known;
use crate::error::{Error, not_served};
use crate::portal::{Named, Place};

/// A district's value-added services.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/services", tag = "services",
    params(("division" = String, Path, description = "Division code", example = "411081")),
    responses(
        (status = 200, body = Services),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(State(app): State<App>, place: Place) -> Result<Response, Error> {
    let services = app.platform.services(&place.visit).await;
    Ok(answer(&Services {
        services: services.offered.into_iter().map(Service::from).collect(),
        missing: services.missing.into_iter().map(Into::into).collect(),
    }))
}

#[derive(Deserialize)]
pub(crate) struct ServiceName {
    service: Slug,
}

/// One service with its form, and a token with which the form can be submitted once within 24 hours.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/services/{service}", tag = "services",
    params(
        ("division" = String, Path, description = "Division code", example = "411081"),
        ("service" = String, Path, description = "The service's id"),
    ),
    responses(
        (status = 200, body = ServiceForm),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn one(
    State(app): State<App>,
    place: Place,
    Named(ServiceName { service }): Named<ServiceName>,
) -> Result<Response, Error> {
    let found = app.platform.service(&place.visit, &service).await.map_err(not_served(Error::NoService))?;
    let (form, missing) = match found.form {
        Part::Shown(form) => (form.map(Into::into), None),
        Part::Missing(stand_in) => (None, Some(stand_in.into())),
    };
    let token = app.platform.form_token().to_string();
    Ok(private(&ServiceForm { service: found.service.into(), form, missing, token }))
}

/// Submits a service's form. However often the same token is sent, one case is opened and answered with.
#[utoipa::path(
    post, path = "/api/v1/districts/{division}/services/{service}", tag = "services",
    params(
        ("division" = String, Path, description = "Division code", example = "411081"),
        ("service" = String, Path, description = "The service's id"),
    ),
    request_body = Submit,
    responses(
        (status = 201, description = "A case was opened; its address stands in `Location`", body = Submitted),
        (status = 200, description = "Answered at once, referred elsewhere, or the case that this token opened before", body = Submitted),
        (status = 403, description = "A reasoned no", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The token is too old or not this host's: fetch the service again", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Wrong values, each by its field", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The district's plugin or the database can't answer; nothing was submitted", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn submit(
    State(app): State<App>,
    place: Place,
    Named(ServiceName { service }): Named<ServiceName>,
    Known(asker): Known,
    Body(body): Body<Submit>,
) -> Result<Response, Error> {
    let token = FormToken::parse(&body.token).ok_or(Error::StaleToken)?;
    let typed = body.typed()?;
    let submission = app.platform.service_submit(&place.visit, &service, &token, &typed, &asker).await;
    match submission.map_err(not_served(Error::NoService))? {
        Submission::Opened(receipt) => {
            let status = if receipt.again { StatusCode::OK } else { StatusCode::CREATED };
            let location = [("location", format!("/api/v1/cases/{}", receipt.number))];
            let submitted = Submitted::Opened(Receipt::from(receipt));
            Ok((status, location, private(&submitted)).into_response())
        }
        Submission::Answered { page, .. } => Ok(private(&Submitted::Answered { page: page.into() })),
        Submission::Refers { reason, links, .. } => {
            let links = links.into_iter().map(Link::from).collect();
            Ok(private(&Submitted::Refers { reason: reason.into(), links }))
        }
        Submission::Invalid { errors, .. } => Err(Error::Invalid(errors)),
        Submission::Refused { refusal, .. } => Err(Error::Refused(refusal)),
        Submission::Missing { stand_in, .. } => Err(Error::Missing(Box::new(stand_in))),
        Submission::StaleToken { .. } => Err(Error::StaleToken),
    }
}
