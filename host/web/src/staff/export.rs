//! `/staff/d/{division}/export`: the worklist as a file, for a purpose that is said.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use lotus_domain::district::District;
use lotus_platform::ExportError;
use serde::Deserialize;

use super::InDistrict;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::export::file;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Template)]
#[template(path = "staff_export.html")]
struct ExportPage {
    f: Frame,
    district: Arc<District>,
    purpose: String,
    wrong: bool,
}

fn shown(app: &App, reader: &Reader, place: &InDistrict, purpose: String, wrong: bool) -> Result<Response, Error> {
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(app, reader, reader.words.t("export-title")).of(app, &district).at(Part::Staff);
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut response = page_with(status, &ExportPage { f, district, purpose, wrong })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /staff/d/{division}/export`
pub(super) async fn form(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    app.platform.worklist_export_open(&asker, &place.division).await?;
    shown(&app, &reader, &place, String::new(), false)
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    purpose: String,
}

/// `POST /staff/d/{division}/export`
pub(super) async fn take(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(wanted): Sent<Wanted>,
) -> Result<Response, Error> {
    match app.platform.worklist_export(&asker, &place.division, &wanted.purpose).await {
        Ok(export) => file(reader.words, &place.division, &export, app.platform.zone_of_time()),
        Err(ExportError::Purpose) => shown(&app, &reader, &place, wanted.purpose, true),
        Err(ExportError::Denied(denied)) => Err(denied.into()),
    }
}
