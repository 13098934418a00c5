//! Signing in and out, and one's own page: cases, sessions, the enterprise that one acts for.

mod me;
mod notice;
mod second_factor;
mod sign_in;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::Cookie;

use crate::app::App;

/// The addresses of accounts.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in::choose))
        .route("/sign-in/ready", post(sign_in::ready))
        .route("/sign-in/{provider}", post(sign_in::begin))
        .route("/sign-in/{provider}/back", get(sign_in::back))
        .route("/sign-out", post(sign_in::out))
        .route("/second-factor", get(second_factor::show).post(second_factor::give))
        .route("/me", get(me::show))
        .route("/me/act-for", post(me::act_for))
        .route("/me/messages", get(notice::messages))
        .route("/me/messages/read", post(notice::read))
        .route("/me/notices", get(notice::show).post(notice::choose))
        .route("/me/sessions/{session}/end", post(me::end_session))
        .route("/me/cases/{number}", get(me::case))
        .route("/me/cases/{number}/actions/{action}", post(me::act))
}

/// Leads on, with cookies; nobody keeps such an answer.
pub(crate) fn leads(to: &str, cookies: &[Cookie<'static>]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(to) = HeaderValue::from_str(to) {
        headers.insert(LOCATION, to);
    }
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            headers.append(SET_COOKIE, value);
        }
    }
    response
}
