//! Online tutoring as a helper has it: joining by the code, reading what is saved, pointing and saying. Nothing here
//! writes a draft.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Form as Sent, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use jiff::tz::TimeZone;
use lotus_domain::Slug;
use lotus_domain::access::Deed;
use lotus_domain::district::{District, Division};
use lotus_domain::tutoring::Code;
use lotus_platform::{Heard, TutorError};
use serde::Deserialize;

use super::SaidView;
use super::tutoring::{Words, watched};
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, rendered};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page, page_with};

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "tutoring_join.html")]
struct JoinPage {
    f: Frame,
    district: Arc<District>,
    /// The code that was typed led nowhere.
    is_wrong: bool,
}

fn join_page(app: &App, reader: &Reader, division: &Division, is_wrong: bool) -> Result<Response, Error> {
    let district = app.platform.district(division).ok_or(Error::NoPage)?;
    let f = Frame::new(app, reader, reader.words.t("tutoring-join-title")).of(app, &district).at(Part::Staff);
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(status, &JoinPage { f, district, is_wrong })
}

/// `GET /staff/d/{division}/tutoring`
pub(super) async fn enter(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    // The same answer as joining would give.
    if !app.platform.may_within(&asker, Deed::Help, &place.division) {
        app.platform.help_assigned(&asker, &place.division).await?;
    }
    join_page(&app, &reader, &place.division, false)
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

/// `POST /staff/d/{division}/tutoring`
pub(super) async fn join(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Error> {
    match app.platform.tutoring_join(&asker, &place.division, &Code::parse(&typed.code)).await {
        Ok(id) => Ok(leads(&format!("/staff/d/{}/tutoring/{id}", place.division), &[])),
        Err(TutorError::NoSession) => join_page(&app, &reader, &place.division, true),
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub(super) struct SessionName {
    division: Division,
    id: String,
}

#[derive(Template)]
#[template(path = "tutoring_staff.html")]
struct SeenPage {
    f: Frame,
    address: String,
    heard: Heard,
    said: Safe<String>,
    zone: TimeZone,
}

/// `GET /staff/d/{division}/tutoring/{id}`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<SessionName>,
) -> Result<Response, Error> {
    let heard = app.platform.tutoring_seen(&asker, &name.division, &name.id, true).await?;
    let district = app.platform.district(&name.division).ok_or(Error::NoPage)?;
    let said = rendered(&SaidView { w: reader.words, heard: &heard, to: Some("#field-".to_owned()) })?;
    let f = Frame::new(&app, &reader, reader.words.t("tutoring-title")).of(&app, &district).at(Part::Staff);
    let address = format!("/staff/d/{}/tutoring/{}", name.division, name.id);
    let zone = app.platform.zone_of_time().clone();
    let mut response = page(&SeenPage { f, address, heard, said, zone })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /staff/d/{division}/tutoring/{id}/changes`
pub(super) async fn changes(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<SessionName>,
) -> Result<Response, Error> {
    let first = app.platform.tutoring_seen(&asker, &name.division, &name.id, false).await?;
    let (division, id) = (name.division, name.id);
    Ok(watched(first, move || {
        let (app, asker, division, id) = (app.clone(), asker.clone(), division.clone(), id.clone());
        async move { app.platform.tutoring_seen(&asker, &division, &id, false).await.ok() }
    }))
}

/// `POST /staff/d/{division}/tutoring/{id}/words`
pub(super) async fn point(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<SessionName>,
    Sent(said): Sent<Words>,
) -> Result<Response, Error> {
    let (division, id) = (&name.division, &name.id);
    app.platform.tutoring_point(&asker, division, id, &said.field, &said.words).await?;
    let field = Slug::parse(said.field).map(|field| format!("#field-{field}")).unwrap_or_default();
    Ok(leads(&format!("/staff/d/{division}/tutoring/{id}{field}"), &[]))
}
