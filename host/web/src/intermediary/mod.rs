//! Intermediaries (article 32): the city's list in an order that prefers nobody, what they file, and selections with their
//! draws.
//!
//! Invariant: a list is in the order of a visit's seed, which the page says; the seed stays while one pages and comes back.

mod filing;
mod list;
mod need;
mod selection;
mod staff;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::app::App;

pub(crate) use list::Wanted;

/// The cookie with a visit's seed: it tells nothing of anybody and ends with the browser's session.
const ORDER: &str = "order";

/// The addresses of intermediaries and selections.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/d/{division}/intermediaries", get(list::all))
        .route("/d/{division}/intermediaries/{code}", get(list::one))
        .route("/d/{division}/intermediaries/file/{kind}", get(filing::form).post(filing::submit))
        .route("/d/{division}/selections", get(need::list))
        .route("/d/{division}/selections/new", get(need::form).post(need::publish))
        .route("/selections/{number}", get(selection::show))
        .route("/selections/{number}/check", get(selection::check))
        .route("/selections/{number}/sign-up", post(selection::sign_up))
        .route("/selections/{number}/choose", post(selection::choose))
        .route("/selections/{number}/contract", post(selection::contract))
        .route("/selections/{number}/deliver", post(selection::deliver))
        .route("/selections/{number}/rate", post(selection::rate))
        .route("/staff/d/{division}/intermediaries", get(staff::show).post(staff::record))
        .route("/staff/d/{division}/intermediaries/withdraw", post(staff::withdraw))
        .route("/staff/d/{division}/selections/{number}/redraw", post(staff::redraw))
}

/// Whether a text is a seed.
pub(crate) fn is_seed(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The seed of a visit: the address's, the browser's, or a new one; and the cookie that keeps it.
fn seed(app: &App, headers: &HeaderMap, asked: &str) -> (String, Cookie<'static>) {
    let cookies = CookieJar::from_headers(headers);
    let kept = cookies.get(ORDER).map(|cookie| cookie.value().to_owned());
    let known = Some(asked.to_owned()).filter(|seed| is_seed(seed)).or(kept.filter(|seed| is_seed(seed)));
    let seed = known.unwrap_or_else(|| app.platform.order_seed());
    let cookie = Cookie::build((ORDER, seed.clone()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.secure_cookies);
    (seed, cookie.build())
}
