//! How much one client and one account may ask in a time, so that nobody uses up what is everybody's.
//!
//! The client is the address that [`crate::asker::client`] believes; the account is known by its session's cookie, without
//! a look into the database. Guessing (signing in, second factors, a case's secret) has a limit of its own. Nobody is
//! locked out by another: a limit is the client's own, never that of the account that was guessed at.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::app::App;
use crate::asker::{client, session};
use crate::error::Error;

/// What one client may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests each second, over a while.
    pub per_second: NonZeroU32,
    /// Requests at once.
    pub burst: NonZeroU32,
    /// Guesses each minute: signing in, codes, a case's secret.
    pub guesses_per_minute: NonZeroU32,
}

/// Requests after which what is long past is forgotten.
const FORGET: u32 = 4_096;

/// The limits, and how much of them everybody has used.
pub(crate) struct Limits {
    clients: DefaultKeyedRateLimiter<IpAddr>,
    accounts: DefaultKeyedRateLimiter<[u8; 32]>,
    guesses: DefaultKeyedRateLimiter<IpAddr>,
    asked: AtomicU32,
}

impl Limits {
    pub(crate) fn new(rate: Rate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self {
            clients: RateLimiter::keyed(quota),
            accounts: RateLimiter::keyed(quota),
            guesses: RateLimiter::keyed(Quota::per_minute(rate.guesses_per_minute)),
            asked: AtomicU32::new(0),
        }
    }

    fn allow(&self, client: Option<IpAddr>, account: Option<[u8; 32]>, guess: bool) -> bool {
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGET == FORGET - 1 {
            self.clients.retain_recent();
            self.accounts.retain_recent();
            self.guesses.retain_recent();
        }
        within(&self.clients, client) && within(&self.accounts, account) && (!guess || within(&self.guesses, client))
    }
}

fn within<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: Option<K>) -> bool {
    key.is_none_or(|key| limiter.check_key(&key).is_ok())
}

/// Whether a request tries a secret.
fn is_guess(request: &Request) -> bool {
    let path = request.uri().path();
    let guesses = ["/sign-in", "/second-factor", "/cases"].iter().any(|of| path.starts_with(of));
    let follows = path.starts_with("/api/v1/cases/") || path.starts_with("/receipts/") || path.starts_with("/papers/");
    (request.method() == Method::POST && guesses) || follows
}

/// Lets a request through where its client and account have asked for little enough.
pub(crate) async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(limits) = app.limits.clone() else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let (client, account) = (client(&app, &parts), session(&app, &parts.headers).map(|secret| secret.key()));
    let request = Request::from_parts(parts, body);
    if Limits::allow(&limits, client, account, is_guess(&request)) {
        return next.run(request).await;
    }
    tracing::info!(client = client.map(|client| client.to_string()), "too many requests");
    Error::TooMany.into_response()
}

/// The limits of an app, where it has some.
pub(crate) fn of(rate: Option<Rate>) -> Option<Arc<Limits>> {
    rate.map(Limits::new).map(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        let number = |n| NonZeroU32::new(n).unwrap();
        Limits::new(Rate { per_second: number(1), burst: number(3), guesses_per_minute: number(2) })
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([127, 0, 0, last])
    }

    #[test]
    fn a_client_that_asks_too_much_waits_and_nobody_else_does() {
        let limits = limits();
        let allowed: Vec<bool> = (0..4).map(|_| limits.allow(Some(address(1)), None, false)).collect();
        assert_eq!(allowed, [true, true, true, false]);
        assert!(limits.allow(Some(address(2)), None, false));
    }

    #[test]
    fn an_account_is_limited_wherever_it_comes_from_and_guesses_have_a_limit_of_their_own() {
        let limits = limits();
        assert!((1..4).all(|from| limits.allow(Some(address(from)), Some([7; 32]), false)));
        assert!(!limits.allow(Some(address(9)), Some([7; 32]), false));
        let guessed: Vec<bool> = (0..3).map(|_| limits.allow(Some(address(20)), None, true)).collect();
        assert_eq!(guessed, [true, true, false]);
        assert!(limits.allow(Some(address(21)), None, true), "another client may still try");
    }
}
