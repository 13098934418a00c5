//! Who asks: the session in a cookie or the token in a header, looked up when a handler wants to know.
//!
//! Public pages don't: they are the same for everybody and cost no look into the database.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use lotus_platform::{Asker, SessionSecret};

use crate::app::App;
use crate::error::Error;

/// Somebody who asks, signed in or not.
pub(crate) struct Known(pub(crate) Asker);

impl FromRequestParts<App> for Known {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let client = client(app, parts).map(|address| address.to_string());
        if let Some(token) = bearer(&parts.headers) {
            let machine = app.platform.machine(token, client).await?;
            // A token that is none is not the same as none at all.
            return if machine.name().is_some() { Ok(Self(machine)) } else { Err(Error::BadToken) };
        }
        let secret = session(app, &parts.headers);
        Ok(Self(app.platform.asker(secret.as_ref(), client).await?))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// The client's address: the connection's, or what the nearest of our own proxies wrote, counted from the right. What
/// stands further left in the header anybody can have written.
pub(crate) fn client(app: &App, parts: &Parts) -> Option<IpAddr> {
    let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    forwarded(&parts.headers, app.config.trusted_proxies).or(connected)
}

fn forwarded(headers: &HeaderMap, trusted: usize) -> Option<IpAddr> {
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let at = hops.len().checked_sub(trusted).filter(|_| trusted > 0)?;
    hops.get(at)?.parse().ok()
}

/// The cookie's name: the prefix makes the browser keep it to this host and to TLS (RFC 6265bis, 4.1.3.2).
fn name(app: &App) -> &'static str {
    if app.config.secure_cookies { "__Host-session" } else { "session" }
}

/// The secret of the session that a browser brings.
pub(crate) fn session(app: &App, headers: &HeaderMap) -> Option<SessionSecret> {
    SessionSecret::parse(CookieJar::from_headers(headers).get(name(app))?.value())
}

/// A cookie that keeps a session's secret until the browser is closed.
pub(crate) fn session_cookie(app: &App, secret: &SessionSecret) -> Cookie<'static> {
    cookie(app, name(app), secret.as_str().to_owned())
}

/// A cookie that takes it away.
pub(crate) fn no_session(app: &App) -> Cookie<'static> {
    let mut gone = cookie(app, name(app), String::new());
    gone.make_removal();
    gone
}

/// A cookie of ours: for this host, for no script, for no other site's forms.
pub(crate) fn cookie(app: &App, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.secure_cookies)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forwarded_header_is_believed_from_the_right_as_far_as_our_own_proxies_go() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "1.1.1.1, 2.2.2.2".parse().unwrap());
        headers.append("x-forwarded-for", "3.3.3.3".parse().unwrap());
        let seen = |trusted| forwarded(&headers, trusted).map(|address| address.to_string());
        assert_eq!(seen(0), None, "without a proxy of ours nobody's word counts");
        assert_eq!(seen(1).as_deref(), Some("3.3.3.3"));
        assert_eq!(seen(2).as_deref(), Some("2.2.2.2"));
        assert_eq!(seen(4), None);
    }
}
