//! `/api/v1`: the same resources as the portal's, for programs. JSON both ways, problem+json for what goes wrong.
//!
//! The shapes that go out stand in `shape`, apart from the domain's own types, which are what the store keeps: the one
//! can change without breaking the other. Texts come in all their languages; a program chooses.

mod case;
mod catalog;
mod district;
mod fee;
mod find;
mod intermediary;
mod policy;
pub(crate) mod problem;
mod rating;
mod service;
mod shape;
mod staff;
mod zone;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::app::App;
use crate::error::Error;

/// The API's addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/openapi.json", get(document))
        .route("/api/v1/districts", get(district::list))
        .route("/api/v1/districts/{division}", get(district::one))
        .route("/api/v1/districts/{division}/items", get(catalog::list))
        .route("/api/v1/districts/{division}/items/{code}", get(catalog::one))
        .route("/api/v1/districts/{division}/search", get(find::search))
        .route("/api/v1/districts/{division}/suggestions", get(find::suggest))
        .route("/api/v1/districts/{division}/fees", get(fee::list))
        .route("/api/v1/districts/{division}/ratings", get(rating::list))
        .route("/api/v1/districts/{division}/intermediaries", get(intermediary::list))
        .route("/api/v1/selections/{number}", get(intermediary::selection))
        .route("/api/v1/payments/{provider}", post(fee::called_back))
        .route("/api/v1/districts/{division}/policies", get(policy::list))
        .route("/api/v1/districts/{division}/policies/{policy}", get(policy::one))
        .route("/api/v1/districts/{division}/policy-matches", get(policy::matches))
        .route("/api/v1/districts/{division}/zones", get(zone::list))
        .route("/api/v1/districts/{division}/zones/{zone}", get(zone::page))
        .route("/api/v1/districts/{division}/zones/{zone}/{page}", get(zone::page))
        .route("/api/v1/districts/{division}/services", get(service::list))
        .route("/api/v1/districts/{division}/services/{service}", get(service::one).post(service::submit))
        .route("/api/v1/cases/{number}", get(case::follow))
        .route("/api/v1/cases/{number}/actions/{action}", post(case::act))
        .route("/api/v1/staff/districts/{division}/worklist", get(staff::worklist))
        .route("/api/v1/staff/districts/{division}/search", post(staff::search))
        .route("/api/v1/staff/districts/{division}/export", post(staff::export))
        .route("/api/v1/staff/cases/{number}", get(staff::case))
        .route("/api/v1/staff/cases/{number}/actions/{action}", post(staff::act))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "莲城 Lotus",
        version = "1",
        description = "Government services of a city and its districts: what one can apply for, the districts' zones and value-added services, and the cases that come of them. Every text is an object with `zh` and, where somebody wrote it, `en`. Every error is a problem (RFC 9457). A case's secret travels in the header `Lotus-Case-Secret`, never in an address.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This host")),
    tags(
        (name = "districts", description = "The city and its districts"),
        (name = "items", description = "The catalogue of items and their guides"),
        (name = "search", description = "Items, services, zones, policies and questions in one search"),
        (name = "policies", description = "Policies, their conditions, and what whoever is signed in gets of them (article 30)"),
        (name = "zones", description = "Zones for industries and enterprises (article 29)"),
        (name = "services", description = "Value-added services and their forms (article 29)"),
        (name = "intermediaries", description = "Intermediaries and how they are selected (article 32)"),
        (name = "cases", description = "Following a case and acting on it as its applicant"),
        (name = "staff", description = "The staff's worklists and cases, with a token that was made for it (`Authorization: Bearer lotus_…`)"),
    ),
    paths(
        district::list, district::one, catalog::list, catalog::one, rating::list, find::search, find::suggest, fee::list, fee::called_back, policy::list, policy::one, policy::matches, intermediary::list, intermediary::selection, zone::list, zone::page, zone::page_of_zone,
        service::list, service::one, service::submit, case::follow, case::act,
        staff::worklist, staff::case, staff::act, staff::search, staff::export,
    ),
    components(schemas(problem::Problem)),
    modifiers(&Tokens),
)]
struct Document;

/// Says how programs of the staff show who they are.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("lotus_…").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// The API's description, OpenAPI 3.1, as JSON.
pub fn openapi() -> String {
    Document::openapi().to_pretty_json().unwrap_or_default()
}

async fn document() -> Response {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")], openapi()).into_response()
}

/// An answer that may be asked for again at any time.
fn answer(body: &impl Serialize) -> Response {
    ([(CACHE_CONTROL, "private, no-cache")], Json(body)).into_response()
}

/// An answer that nobody may keep.
fn private(body: &impl Serialize) -> Response {
    ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// A JSON body; what can't be read is said with its place.
pub(crate) struct Body<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(rejection)) if rejection.status() == 413 => Err(Error::TooLarge),
            Err(rejection) => Err(Error::Unreadable(rejection.body_text())),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_is_what_was_agreed() {
        insta::assert_snapshot!(super::openapi());
    }
}
