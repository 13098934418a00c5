//! Papers of a case: as PDF for whoever sees the case, and the page that says whether one is genuine.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use lotus_domain::case::CaseNumber;
use lotus_domain::kind::Meaning;
use lotus_platform::{CaseError, CaseView, Issued};
use serde::Deserialize;

use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, fee, secret_of};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// What a paper is called, by its wording.
pub(crate) const fn title(means: Meaning) -> &'static str {
    match means {
        Meaning::Accepted => "paper-accepted",
        Meaning::NotAccepted => "paper-not-accepted",
        Meaning::CorrectionAsked => "paper-correction",
        Meaning::SpecialProcedure => "paper-special",
        Meaning::Extended => "paper-extended",
        Meaning::Granted => "paper-granted",
        Meaning::Refused => "paper-refused",
        Meaning::Delivered | Meaning::Withdrawn | Meaning::Suspended | Meaning::Renewed | Meaning::Ended => {
            "paper-title"
        }
    }
}

/// A case, and `{sequence}.pdf`.
#[derive(Deserialize)]
pub(crate) struct Name {
    number: String,
    paper: String,
}

impl Name {
    fn parts(&self) -> Result<(CaseNumber, u32), Error> {
        let number = CaseNumber::parse(&self.number).map_err(|_| Error::NoPage)?;
        let sequence = self.paper.strip_suffix(".pdf").and_then(|sequence| sequence.parse().ok());
        Ok((number, sequence.ok_or(Error::NoPage)?))
    }
}

async fn print(app: &App, headers: &HeaderMap, view: &CaseView, sequence: u32) -> Result<Response, Error> {
    let pdf = match app.platform.paper_print(view, sequence, &fee::base(app, headers)).await {
        Ok(pdf) => pdf,
        Err(CaseError::NotFound) => return Err(Error::NoPage),
        Err(error) => return Err(error.into()),
    };
    let name = format!("inline; filename=\"{}-{sequence:03}.pdf\"", view.case.number);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(|_| Error::NoPage)?),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, pdf).into_response())
}

/// `GET /cases/{number}/papers/{sequence}.pdf`
pub(crate) async fn followed(
    State(app): State<App>,
    headers: HeaderMap,
    Named(name): Named<Name>,
) -> Result<Response, Error> {
    let (number, sequence) = name.parts()?;
    let secret = secret_of(&headers).ok_or(Error::NoCase)?;
    let view = app.platform.case_follow(&number, &secret).await?;
    print(&app, &headers, &view, sequence).await
}

/// `GET /me/cases/{number}/papers/{sequence}.pdf`
pub(crate) async fn mine(
    State(app): State<App>,
    Known(asker): Known,
    headers: HeaderMap,
    Named(name): Named<Name>,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let (number, sequence) = name.parts()?;
    let view = app.platform.my_case(&asker, &number).await?;
    print(&app, &headers, &view, sequence).await
}

/// `GET /staff/cases/{number}/papers/{sequence}.pdf`
pub(crate) async fn staff(
    State(app): State<App>,
    Known(asker): Known,
    headers: HeaderMap,
    Named(name): Named<Name>,
) -> Result<Response, Error> {
    let (number, sequence) = name.parts()?;
    let view = app.platform.case_see(&asker, &number).await?;
    print(&app, &headers, &view, sequence).await
}

#[derive(Deserialize)]
pub(crate) struct Place {
    number: String,
    sequence: u32,
}

#[derive(Deserialize)]
pub(crate) struct Code {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage {
    f: Frame,
    issued: Issued,
    title: &'static str,
    at: String,
}

/// `GET /papers/{number}/{sequence}?code=`: what the QR code of a paper leads to. Without its code nothing is there.
pub(crate) async fn verify(
    State(app): State<App>,
    reader: Reader,
    Named(place): Named<Place>,
    Query(code): Query<Code>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&place.number).map_err(|_| Error::NoPage)?;
    let issued = match app.platform.paper_verify(&number, place.sequence, &code.code).await {
        Ok(issued) => issued,
        Err(CaseError::NotFound) => return Err(Error::NoPage),
        Err(error) => return Err(error.into()),
    };
    let f = Frame::new(&app, &reader, reader.words.t("paper-title")).of(&app, &issued.district).at(Part::Cases);
    let at = reader.words.moment(&issued.at, app.platform.zone_of_time());
    let mut response = page(&PaperPage { f, title: title(issued.means), issued, at })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
