//! `/api/v1/districts`

use axum::extract::State;
use axum::response::Response;

use super::answer;
use super::shape::place::{District, Districts};
use crate::app::App;
use crate::error::Error;
use crate::portal::Place;

/// The city and its districts, the city first.
#[utoipa::path(get, path = "/api/v1/districts", tag = "districts", responses((status = 200, body = Districts)))]
pub(crate) async fn list(State(app): State<App>) -> Response {
    let districts = app.platform.districts().iter().map(|district| District::from(&**district)).collect();
    answer(&Districts { districts })
}

/// One district.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}", tag = "districts",
    params(("division" = String, Path, description = "Division code, 6 to 9 digits", example = "411081")),
    responses(
        (status = 200, body = District),
        (status = 404, body = super::problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn one(place: Place) -> Result<Response, Error> {
    Ok(answer(&District::from(&*place.district)))
}
