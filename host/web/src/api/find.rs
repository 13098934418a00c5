//! `/api/v1/districts/{division}/search` and what is found while typing.

use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query as Parameters;
use lotus_platform::{Asker, Find, Found as Answer, Query, personal};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::problem::Problem;
use super::shape::find::{Found, Suggestion, Suggestions};
use crate::app::App;
use crate::error::Error;
use crate::portal::{Asked, PAGE, Place};

/// Most that is suggested.
const SUGGESTED: usize = 6;

/// What to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "says in the document what `Asked` reads")]
pub(crate) struct Search {
    /// Words in Chinese or English, pinyin or first letters, with typing errors: the first 64 characters are read.
    q: String,
    /// `item`, `service`, `zone`, `policy` or `question`; none is all.
    kind: Option<String>,
    /// `1`: in the other districts too, not in this one and the city's alone.
    everywhere: Option<String>,
    /// From 1, ten answers each.
    page: Option<u32>,
}

/// What answers these words: items, services, zones, policies and questions, best first; this district's, then the
/// city's. A search for an identity number or a telephone number is refused.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/search", tag = "search",
    params(("division" = String, Path, description = "Division code", example = "411081"), Search),
    responses(
        (status = 200, body = Found),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn search(
    State(app): State<App>,
    place: Place,
    Parameters(asked): Parameters<Asked>,
) -> Result<Response, Error> {
    let division = &place.visit.division;
    let found = found(&app, &asked.q, &asked.find(division, PAGE)).await?.ok_or_else(nothing)?;
    Ok(answer(&Found::of(&found, division, app.city().map(|city| city.division.clone()).as_ref())))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Typed {
    /// What is typed so far.
    #[serde(default)]
    q: String,
}

/// What is probably looked for, while it is typed: at most six.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/suggestions", tag = "search",
    params(("division" = String, Path, description = "Division code", example = "411081"), Typed),
    responses(
        (status = 200, body = Suggestions),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn suggest(
    State(app): State<App>,
    place: Place,
    Parameters(typed): Parameters<Typed>,
) -> Result<Response, Error> {
    let division = &place.visit.division;
    let find = Find { division: division.clone(), everywhere: false, kind: None, skip: 0, take: SUGGESTED };
    let found = found(&app, &typed.q, &find).await?;
    let city = app.city().map(|city| city.division.clone());
    let hits = found.iter().flat_map(|found| &found.hits);
    let suggestions = hits.filter_map(|hit| Suggestion::of(hit, division, city.as_ref())).collect();
    Ok(answer(&Suggestions { suggestions }))
}

/// What answers; none where nothing was asked.
async fn found(app: &App, typed: &str, find: &Find) -> Result<Option<Answer>, Error> {
    if personal(typed).is_some() {
        return Err(Error::PersonalQuery);
    }
    let Some(query) = Query::parse(typed) else { return Ok(None) };
    let found = app.platform.find(&Asker::nobody(None), &query, find).await;
    found.map(Some).map_err(|_| Error::Unavailable)
}

fn nothing() -> Error {
    Error::Unreadable("q".to_owned())
}
