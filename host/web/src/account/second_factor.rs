//! `/second-factor`: staff whose provider gives none put a secret into an authenticator and give a code of it.

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use lotus_platform::{Coded, Enrolment};
use serde::Deserialize;

use super::leads;
use crate::app::App;
use crate::asker::{Known, no_session, session, session_cookie};
use crate::error::Error;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Template)]
#[template(path = "second_factor.html")]
struct SecondFactorPage {
    f: Frame,
    enrolment: Option<Enrolment>,
    wrong: bool,
    then: String,
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    then: String,
}

#[derive(Deserialize)]
pub(crate) struct Given {
    #[serde(default)]
    code: String,
    #[serde(default)]
    then: String,
}

fn shown(
    app: &App,
    reader: &Reader,
    enrolment: Option<Enrolment>,
    wrong: bool,
    then: String,
) -> Result<Response, Error> {
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let f = Frame::new(app, reader, reader.words.t("second-factor-title")).at(Part::Mine);
    let mut response = page_with(status, &SecondFactorPage { f, enrolment, wrong, then })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /second-factor`
pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let enrolment = app.platform.second_factor_enrol(&asker).await?;
    shown(&app, &reader, enrolment, false, wanted.then)
}

/// `POST /second-factor`
pub(crate) async fn give(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    headers: HeaderMap,
    Sent(given): Sent<Given>,
) -> Result<Response, Error> {
    let before = session(&app, &headers).ok_or(Error::SignIn)?;
    match app.platform.second_factor_give(&asker, &before, &given.code).await? {
        Coded::Right(secret) => {
            let own = given.then.starts_with('/') && !given.then.starts_with("//") && !given.then.contains('\\');
            let to = if own { given.then.as_str() } else { "/me" };
            Ok(leads(to, &[session_cookie(&app, &secret)]))
        }
        Coded::Wrong => {
            let enrolment = app.platform.second_factor_enrol(&asker).await?;
            shown(&app, &reader, enrolment, true, given.then)
        }
        Coded::Over => Ok(leads("/sign-in", &[no_session(&app)])),
    }
}
