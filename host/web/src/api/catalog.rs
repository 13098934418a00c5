//! `/api/v1/districts/{division}/items`

use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::problem::Problem;
use super::shape::catalog::{Item, ItemSummary, Items};
use crate::app::App;
use crate::error::Error;
use crate::portal::{MOST_FOUND, Named, Place};

/// What to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// Words in either language; none gives every item.
    q: Option<String>,
}

/// A district's items, its own first, then the city's; with words to look for, those that answer them, best first.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/items", tag = "items",
    params(("division" = String, Path, description = "Division code", example = "411081"), Search),
    responses(
        (status = 200, body = Items),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    place: Place,
    Query(search): Query<Search>,
) -> Result<Response, Error> {
    let division = &place.visit.division;
    let found = match search.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        Some(q) => app.platform.item_search(division, q, MOST_FOUND),
        None => app.platform.items(division),
    };
    Ok(answer(&Items { items: found.iter().map(|item| ItemSummary::from(&**item)).collect() }))
}

#[derive(Deserialize)]
pub(crate) struct ItemName {
    code: String,
}

/// One item with its whole implementation list (GB/T 39046-2020).
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/items/{code}", tag = "items",
    params(
        ("division" = String, Path, description = "Division code", example = "411081"),
        ("code" = String, Path, description = "Implementation code"),
    ),
    responses(
        (status = 200, body = Item),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn one(
    State(app): State<App>,
    place: Place,
    Named(ItemName { code }): Named<ItemName>,
) -> Result<Response, Error> {
    let item = app.platform.item(&place.visit.division, &code).ok_or(Error::NoItem)?;
    Ok(answer(&Item::from(&*item)))
}
