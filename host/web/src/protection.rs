//! What protects every page without knowing who asks: what a browser may do with it, and how much a request may cost.

use std::any::Any;
use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use lotus_platform::Provider;

use crate::app::App;
use crate::error::Error;

/// The largest body that a request may have.
pub(crate) const LARGEST_BODY: usize = 256 << 10;

/// The longest that an answer may take. A page asks its plugins at the same time, each for 2 s at most.
const LONGEST: Duration = Duration::from_secs(15);
/// The longest that a file may take to come in; each piece of it has a time of its own as well.
const LONGEST_FILE: Duration = Duration::from_mins(10);

/// Ends what takes too long.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    let kind = request.headers().get(CONTENT_TYPE);
    let is_file = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    let longest = if is_file { LONGEST_FILE } else { LONGEST };
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::Unavailable.into_response(),
    }
}

/// Nothing but our own files, no inline style or script, in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of a host with these providers: a form of ours (signing in, signing out) leads on to a provider, and
/// browsers hold where a form leads to against `form-action`.
pub(crate) fn policy<'a>(providers: impl Iterator<Item = &'a Provider>) -> HeaderValue {
    let origin = |provider: &Provider| {
        let issuer: Uri = provider.issuer.parse().ok()?;
        Some(format!(" {}://{}", issuer.scheme_str()?, issuer.authority()?))
    };
    let origins: BTreeSet<String> = providers.filter_map(origin).collect();
    let ours = "form-action 'self'";
    let policy = POLICY.replace(ours, &format!("{ours}{}", origins.into_iter().collect::<String>()));
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(POLICY))
}

/// Tells the browser what it may do with an answer.
pub(crate) async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, app.policy.clone());
    let mut say = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    say(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // For browsers that don't know frame-ancestors.
    say(X_FRAME_OPTIONS, "DENY");
    // A case's address must not be told to other sites.
    say(REFERRER_POLICY, "same-origin");
    say(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    say(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    say(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if app.config.secure_cookies {
        say(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// A handler that panicked: its message goes to the log, the person gets a page.
pub(crate) fn caught(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    tracing::error!(message, "a handler panicked");
    Error::Broken.into_response()
}
