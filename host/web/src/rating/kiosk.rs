//! `/kiosk`: five big buttons on a tablet at a counter, for whoever was just served there. Nobody signs in; the tablet is
//! known by the code that was handed out to its hall, which it keeps in a cookie of this address alone.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use lotus_domain::rating::Grade;
use lotus_platform::{Denied, Kiosk, RateError};

use super::wish;
use crate::account::leads;
use crate::app::App;
use crate::error::Error;
use crate::reader::Reader;
use crate::render::frame::{Frame, page_with};

/// The cookie with a tablet's code.
const DEVICE: &str = "device";

#[derive(Template)]
#[template(path = "kiosk.html")]
struct KioskPage {
    f: Frame,
    kiosk: Option<Kiosk>,
    wrong: bool,
    thanks: bool,
}

impl KioskPage {
    fn grades() -> [Grade; 5] {
        Grade::ALL
    }
}

async fn shown(app: &App, reader: &Reader, code: Option<&str>, thanks: bool) -> Result<Response, Error> {
    let found = match code {
        Some(code) => Some(app.platform.kiosk(code).await),
        None => None,
    };
    let (kiosk, wrong) = match found {
        None => (None, false),
        Some(Ok(kiosk)) => (Some(kiosk), false),
        Some(Err(RateError::Denied(Denied::NotFound))) => (None, true),
        Some(Err(error)) => return Err(error.into()),
    };
    let mut f = Frame::new(app, reader, reader.words.t("kiosk-title"));
    if let Some(kiosk) = &kiosk {
        f = f.of(app, &kiosk.district);
    }
    let status = if wrong { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let mut response = page_with(status, &KioskPage { f, kiosk, wrong, thanks })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn code(cookies: &CookieJar) -> Option<String> {
    cookies.get(DEVICE).map(|cookie| cookie.value().to_owned())
}

/// `GET /kiosk`
pub(super) async fn show(State(app): State<App>, reader: Reader, cookies: CookieJar) -> Result<Response, Error> {
    shown(&app, &reader, code(&cookies).as_deref(), false).await
}

/// `POST /kiosk/begin`: the code is typed once.
pub(super) async fn begin(
    State(app): State<App>,
    reader: Reader,
    Sent(fields): Sent<HashMap<String, String>>,
) -> Result<Response, Error> {
    let code = fields.get("code").map(|code| code.trim().to_owned()).unwrap_or_default();
    match app.platform.kiosk(&code).await {
        Ok(_) => {
            let cookie = Cookie::build((DEVICE, code))
                .path("/kiosk")
                .http_only(true)
                .same_site(SameSite::Strict)
                .secure(app.config.secure_cookies)
                .permanent();
            Ok(leads("/kiosk", &[cookie.build()]))
        }
        Err(RateError::Denied(Denied::NotFound)) => shown(&app, &reader, Some(&code), false).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /kiosk`
pub(super) async fn rate(
    State(app): State<App>,
    reader: Reader,
    cookies: CookieJar,
    Sent(fields): Sent<HashMap<String, String>>,
) -> Result<Response, Error> {
    let code = code(&cookies).ok_or(Error::NoPage)?;
    let visit = fields.get("visit").map(String::as_str).unwrap_or_default();
    app.platform.rate_at_kiosk(&code, visit, &wish(&fields)).await?;
    shown(&app, &reader, Some(&code), true).await
}
