//! `/cases`: one follows a case by its number and its secret, and does what an applicant may do.
//!
//! The secret lies in a cookie of the case's own address, so that it stands in no URL, no history and no log.

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use jiff::SignedDuration;
use lotus_domain::case::{CaseNumber, FollowSecret};
use lotus_platform::{CaseError, CaseView, Receipt};
use serde::Deserialize;

use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::language::{Words, escaped};
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::case::{Before, CaseParts, Tried, case_page};
use crate::render::frame::{Frame, Part, page_with};

/// The cookie that holds a case's secret, at that case's address.
const SECRET: &str = "case";

/// For so long after it was submitted, a case's page begins with the confirmation.
const FRESH: SignedDuration = SignedDuration::from_mins(30);

fn address(number: &CaseNumber) -> String {
    format!("/cases/{number}")
}

/// Leads to a case; the words are for whoever does not follow.
pub(crate) fn opened(words: Words, receipt: &Receipt) -> Response {
    let number = receipt.number.as_str();
    let said = escaped(&words.t1("case-opened", "number", number));
    let to = address(&receipt.number);
    let body = format!(
        "<!doctype html><html lang=\"{}\"><title>{said}</title><p>{said} <a href=\"{to}\">{number}</a></p></html>\n",
        words.tag()
    );
    see_other(&to, body)
}

fn see_other(to: &str, body: String) -> Response {
    let mut response = (StatusCode::SEE_OTHER, Html(body)).into_response();
    // Addresses of ours are ASCII.
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// Lets this browser follow the case until it is closed.
pub(crate) fn remembered(app: &App, mut response: Response, number: &CaseNumber, secret: &FollowSecret) -> Response {
    let cookie = Cookie::build((SECRET, secret.shown()))
        .path(address(number))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.secure_cookies);
    set(&mut response, cookie.build());
    response
}

fn set(response: &mut Response, cookie: Cookie<'static>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// A number and a secret, as people type them.
#[derive(Debug, Deserialize)]
pub(crate) struct Key {
    #[serde(default)]
    number: String,
    #[serde(default)]
    secret: String,
}

#[derive(Template)]
#[template(path = "case_find.html")]
struct FindPage {
    f: Frame,
    action: String,
    /// Known where the address says it.
    known: Option<String>,
    number: String,
    wrong_number: bool,
    wrong_secret: bool,
}

fn find_page(
    app: &App,
    reader: &Reader,
    known: Option<&CaseNumber>,
    typed: &str,
    wrong: Option<&'static str>,
) -> Result<Response, Error> {
    let status = if wrong.is_some() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let f = Frame::new(app, reader, reader.words.t("case-find-title")).at(Part::Cases);
    let view = FindPage {
        f,
        action: known.map_or_else(|| "/cases".to_owned(), address),
        known: known.map(ToString::to_string),
        number: typed.to_owned(),
        wrong_number: wrong == Some("number"),
        wrong_secret: wrong == Some("secret"),
    };
    page_with(status, &view)
}

/// `GET /cases`
pub(crate) async fn find(State(app): State<App>, reader: Reader) -> Result<Response, Error> {
    find_page(&app, &reader, None, "", None)
}

/// `POST /cases`
pub(crate) async fn open(State(app): State<App>, reader: Reader, Sent(key): Sent<Key>) -> Result<Response, Error> {
    let Ok(number) = CaseNumber::parse(&key.number) else {
        return find_page(&app, &reader, None, &key.number, Some("number"));
    };
    enter(&app, &reader, &number, &key.secret, false).await
}

/// Sets the cookie where the secret is the case's own.
async fn enter(app: &App, reader: &Reader, number: &CaseNumber, secret: &str, known: bool) -> Result<Response, Error> {
    let secret = FollowSecret::parse(secret);
    match app.platform.case_follow(number, &secret).await {
        Ok(_) => {
            let to = address(number);
            let body = format!("<!doctype html><title>{number}</title><a href=\"{to}\">{number}</a>\n");
            Ok(remembered(app, see_other(&to, body), number, &secret))
        }
        Err(CaseError::NotFound) => find_page(app, reader, known.then_some(number), number.as_str(), Some("secret")),
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub(crate) struct CaseName {
    number: String,
}

impl CaseName {
    fn number(&self) -> Result<CaseNumber, Error> {
        CaseNumber::parse(&self.number).map_err(|_| Error::NoCase)
    }
}

/// The secret that a browser brings for the case whose address it asks.
pub(crate) fn secret_of(headers: &axum::http::HeaderMap) -> Option<FollowSecret> {
    secret(&CookieJar::from_headers(headers))
}

fn secret(cookies: &CookieJar) -> Option<FollowSecret> {
    cookies.get(SECRET).map(|cookie| FollowSecret::parse(cookie.value()))
}

/// `GET /cases/{number}`
pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    cookies: CookieJar,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Query(before): Query<Before>,
) -> Result<Response, Error> {
    let number = name.number()?;
    let Some(secret) = secret(&cookies) else { return find_page(&app, &reader, Some(&number), "", None) };
    match app.platform.case_follow(&number, &secret).await {
        Ok(view) => {
            let parts = followed(&app, &view, &secret).at(&app, &view, &before).await?;
            let parts = parts.helped(&app, &reader, &asker, &view).await?;
            case_page(&app, &reader, StatusCode::OK, &view, &parts, Tried::default())
        }
        Err(CaseError::NotFound) => find_page(&app, &reader, Some(&number), "", Some("secret")),
        Err(error) => Err(error.into()),
    }
}

/// `POST /cases/{number}`
pub(crate) async fn unlock(
    State(app): State<App>,
    reader: Reader,
    Named(name): Named<CaseName>,
    Sent(key): Sent<Key>,
) -> Result<Response, Error> {
    enter(&app, &reader, &name.number()?, &key.secret, true).await
}

/// `POST /cases/{number}/leave`: on a computer that others use.
pub(crate) async fn leave(State(app): State<App>, Named(name): Named<CaseName>) -> Result<Response, Error> {
    let number = name.number()?;
    let mut cookie = Cookie::build((SECRET, "")).path(address(&number)).secure(app.config.secure_cookies).build();
    cookie.make_removal();
    let mut response = see_other("/cases", String::new());
    set(&mut response, cookie);
    Ok(response)
}

#[derive(Deserialize)]
pub(crate) struct ActionName {
    number: String,
    action: String,
}

/// What was to be done, and the state in which the applicant saw the case.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    revision: u32,
    #[serde(default)]
    reason: String,
}

/// `POST /cases/{number}/actions/{action}`
pub(crate) async fn act(
    State(app): State<App>,
    reader: Reader,
    cookies: CookieJar,
    Named(ActionName { number, action }): Named<ActionName>,
    Sent(wanted): Sent<Wanted>,
) -> Result<Response, Error> {
    let number = CaseName { number }.number()?;
    let Some(secret) = secret(&cookies) else { return find_page(&app, &reader, Some(&number), "", None) };
    let reason = (!wanted.reason.trim().is_empty()).then_some(wanted.reason.as_str());
    let Err(error) = app.platform.case_act(&number, &secret, wanted.revision, &action, reason).await else {
        return Ok(see_other(&address(&number), String::new()));
    };
    let tried = Tried::of(reader.words, &action, &wanted.reason, error)?;
    let view = app.platform.case_follow(&number, &secret).await?;
    case_page(&app, &reader, tried.status(), &view, &followed(&app, &view, &secret), tried)
}

/// What stands on the page of whoever follows a case by its secret.
fn followed(app: &App, view: &CaseView, secret: &FollowSecret) -> CaseParts {
    let fresh = view.case.revision == 1 && app.platform.now().duration_since(view.case.submitted) < FRESH;
    CaseParts::followed(view, secret, fresh)
}
