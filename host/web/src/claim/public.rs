//! `/d/{division}/publicity`: whose claims are to be paid, for everybody to see, and objections to them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::StatusCode;
use axum::response::Response;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::{District, Division};
use lotus_platform::{ClaimError, Publicised};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::frame::{Frame, page, page_with};

#[derive(Template)]
#[template(path = "publicity.html")]
struct PublicityPage {
    f: Frame,
    district: Arc<District>,
    shown: Vec<Publicised>,
}

/// `GET /d/{division}/publicity`
pub(super) async fn list(State(app): State<App>, reader: Reader, place: Place) -> Result<Response, Error> {
    let shown = app.platform.publicity(&place.visit.division).await?;
    let f = Frame::new(&app, &reader, reader.words.t("publicity-title")).of(&app, &place.district);
    page(&PublicityPage { f, district: place.district, shown })
}

#[derive(Deserialize)]
pub(super) struct OneName {
    division: Division,
    number: String,
}

#[derive(Template)]
#[template(path = "publicity_one.html")]
struct OnePage {
    f: Frame,
    district: Arc<District>,
    one: Publicised,
    is_signed_in: bool,
    words: String,
    error: Option<String>,
}

async fn one_page(
    (app, reader): (&App, &Reader),
    name: &OneName,
    is_signed_in: bool,
    words: String,
    error: Option<String>,
) -> Result<Response, Error> {
    let district = app.platform.district(&name.division).ok_or(Error::NoDistrict)?;
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoCase)?;
    let one = app.platform.publicity_of(&name.division, &number).await?;
    let f = Frame::new(app, reader, reader.words.t("publicity-title")).of(app, &district);
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(status, &OnePage { f, district, one, is_signed_in, words, error })
}

/// `GET /d/{division}/publicity/{number}`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<OneName>,
) -> Result<Response, Error> {
    one_page((&app, &reader), &name, asker.person().is_some(), String::new(), None).await
}

#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    words: String,
}

/// `POST /d/{division}/publicity/{number}`: an objection, in one's own name.
pub(super) async fn object(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<OneName>,
    Sent(said): Sent<Said>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoCase)?;
    match app.platform.claim_object(&asker, &name.division, &number, &said.words).await {
        Ok(()) => Ok(leads(&format!("/d/{}/publicity?objected={number}", name.division), &[])),
        Err(ClaimError::Invalid(errors)) => {
            let error = errors.first().map(|error| reader.words.text(&error.message).to_owned());
            one_page((&app, &reader), &name, true, said.words, error).await
        }
        Err(error) => Err(error.into()),
    }
}
