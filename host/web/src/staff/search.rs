//! `/staff/d/{division}/search`: cases found again. What is looked for travels in the body, never in an address, which
//! ends up in logs and histories.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use lotus_domain::case::Case;
use lotus_domain::district::District;
use lotus_platform::SearchError;
use serde::Deserialize;

use super::InDistrict;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Template)]
#[template(path = "staff_search.html")]
struct SearchPage {
    f: Frame,
    district: Arc<District>,
    term: String,
    /// What was typed can be nothing that cases are found by.
    wrong: bool,
    /// None before anything was looked for.
    found: Option<Vec<Case>>,
}

impl SearchPage {
    fn state(&self, case: &Case) -> String {
        let state = case.definition.state(&case.state);
        state.map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }

    fn is_full(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.len() >= lotus_platform::MOST_FOUND as usize)
    }
}

fn shown(
    app: &App,
    reader: &Reader,
    place: &InDistrict,
    term: String,
    found: Result<Option<Vec<Case>>, ()>,
) -> Result<Response, Error> {
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(app, reader, reader.words.t("cases-search-title")).of(app, &district).at(Part::Staff);
    let wrong = found.is_err();
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = SearchPage { f, district, term, wrong, found: found.unwrap_or_default() };
    let mut response = page_with(status, &view)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /staff/d/{division}/search`
pub(super) async fn form(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    app.platform.case_search_open(&asker, &place.division).await?;
    shown(&app, &reader, &place, String::new(), Ok(None))
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    term: String,
}

/// `POST /staff/d/{division}/search`
pub(super) async fn find(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(wanted): Sent<Wanted>,
) -> Result<Response, Error> {
    match app.platform.case_search(&asker, &place.division, &wanted.term).await {
        Ok(found) => shown(&app, &reader, &place, wanted.term, Ok(Some(found))),
        Err(SearchError::Term) => shown(&app, &reader, &place, wanted.term, Err(())),
        Err(SearchError::Denied(denied)) => Err(denied.into()),
    }
}
