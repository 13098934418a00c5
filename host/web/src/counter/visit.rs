//! Ordering a home visit, and cancelling one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use lotus_domain::appointment::Township;
use lotus_domain::district::{District, Division};
use lotus_domain::form::FieldError;
use lotus_domain::visit::VisitReason;
use lotus_platform::{VisitError, VisitWish};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::frame::{Frame, page_with};

#[derive(Template)]
#[template(path = "home_visit.html")]
struct HomeVisitPage {
    f: Frame,
    district: Arc<District>,
    townships: Vec<Township>,
    wish: VisitWish,
    errors: Vec<FieldError>,
}

impl HomeVisitPage {
    fn reasons() -> [VisitReason; 5] {
        VisitReason::ALL
    }

    fn error(&self, field: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == *field)?;
        Some(self.f.w.text(&error.message))
    }
}

async fn shown(
    (app, reader, place): (&App, &Reader, Place),
    wish: VisitWish,
    errors: Vec<FieldError>,
) -> Result<Response, Error> {
    let halls = app.platform.halls(&place.visit.division).await?.ok_or(Error::NoPage)?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = Frame::new(app, reader, reader.words.t("visit-title")).of(app, &place.district);
    let view = HomeVisitPage { f, district: place.district, townships: halls.townships, wish, errors };
    let mut response = page_with(status, &view)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /d/{division}/home-visits`
pub(super) async fn form(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    shown((&app, &reader, place), VisitWish::default(), Vec::new()).await
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    day: String,
    #[serde(default)]
    township: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    matter: String,
    #[serde(default)]
    telephone: String,
}

impl From<Typed> for VisitWish {
    fn from(typed: Typed) -> Self {
        let Typed { day, township, address, reason, words, matter, telephone } = typed;
        Self { day, township, address, reason, words, matter, telephone }
    }
}

/// `POST /d/{division}/home-visits`
pub(super) async fn order(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Error> {
    let wish = VisitWish::from(typed);
    match app.platform.visit_order(&asker, &place.visit.division, wish.clone()).await {
        Ok(_) => Ok(leads("/me/bookings", &[])),
        Err(VisitError::Denied(denied)) => Err(denied.into()),
        Err(VisitError::Invalid(errors)) => shown((&app, &reader, place), wish, errors).await,
    }
}

#[derive(Deserialize)]
pub(super) struct VisitName {
    division: Division,
    id: String,
}

/// `POST /me/visits/{division}/{id}/cancel`
pub(super) async fn cancel(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<VisitName>,
) -> Result<Response, Error> {
    app.platform.visit_cancel(&asker, &name.division, &name.id).await?;
    Ok(leads("/me/bookings", &[]))
}
