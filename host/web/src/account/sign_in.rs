//! Signing in by a provider, or as a ready account of a demonstration; signing out.

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, HOST, USER_AGENT};
use axum::response::Response;
use axum_extra::extract::CookieJar;
use lotus_domain::text::Text;
use lotus_platform::{OidcError, Provider, ProviderKind};
use serde::Deserialize;

use super::leads;
use crate::app::App;
use crate::asker::{Known, cookie, no_session, session, session_cookie};
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// What must come back with the browser from a provider.
const FLOW: &str = "sign-in";

#[derive(Deserialize)]
pub(crate) struct Then {
    /// The page that was wanted.
    #[serde(default)]
    then: String,
}

/// A ready account, as it is chosen.
struct Ready {
    subject: String,
    name: String,
    note: Text,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    f: Frame,
    public: Vec<Provider>,
    staff: Vec<Provider>,
    ready: Vec<Ready>,
    then: String,
}

/// `GET /sign-in`
pub(crate) async fn choose(
    State(app): State<App>,
    reader: Reader,
    Query(wanted): Query<Then>,
) -> Result<Response, Error> {
    let of = |kind| app.platform.providers().filter(|provider| provider.kind == kind).cloned().collect();
    let ready = app.platform.ready_accounts().iter().map(|ready| Ready {
        subject: ready.vouched.subject.clone(),
        name: ready.vouched.profile.name.clone(),
        note: ready.note.clone(),
    });
    let mut response = page(&SignInPage {
        f: Frame::new(&app, &reader, reader.words.t("sign-in-title")).at(Part::Mine),
        public: of(ProviderKind::Public),
        staff: of(ProviderKind::Staff),
        ready: ready.collect(),
        then: own_path(&wanted.then),
    })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A path on this host; anything else leads to one's own page.
fn own_path(then: &str) -> String {
    let own = then.starts_with('/') && !then.starts_with("//") && !then.contains(['\\', '\n', '\r', '\t']);
    if own { then.to_owned() } else { "/me".to_owned() }
}

fn agent(headers: &HeaderMap) -> &str {
    headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    subject: String,
    #[serde(default)]
    then: String,
}

/// `POST /sign-in/ready`: in a demonstration alone; elsewhere there is no such page.
pub(crate) async fn ready(
    State(app): State<App>,
    Known(asker): Known,
    headers: HeaderMap,
    Sent(chosen): Sent<Chosen>,
) -> Result<Response, Error> {
    let before = session(&app, &headers);
    let secret = app.platform.sign_in_ready(&chosen.subject, before.as_ref(), agent(&headers), asker.client).await?;
    Ok(leads(&own_path(&chosen.then), &[session_cookie(&app, &secret)]))
}

#[derive(Deserialize)]
pub(crate) struct ProviderName {
    provider: String,
}

/// Where a provider sends the browser back to.
fn back_address(app: &App, headers: &HeaderMap, provider: &str) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    // Without a configured address only a plain one on this machine is meant.
    let base = app.config.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
    format!("{}/sign-in/{provider}/back", base.trim_end_matches('/'))
}

/// `POST /sign-in/{provider}`
pub(crate) async fn begin(
    State(app): State<App>,
    Named(name): Named<ProviderName>,
    headers: HeaderMap,
    Sent(wanted): Sent<Then>,
) -> Result<Response, Error> {
    let back = back_address(&app, &headers, &name.provider);
    let flow = app.platform.sign_in_begin(&name.provider, &back, &own_path(&wanted.then)).await?;
    Ok(leads(&flow.url, &[cookie(&app, FLOW, flow.cookie)]))
}

/// What a provider sends back.
#[derive(Deserialize)]
pub(crate) struct Returned {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    error: Option<String>,
}

/// `GET /sign-in/{provider}/back`
pub(crate) async fn back(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<ProviderName>,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Result<Response, Error> {
    if let Some(said) = returned.error {
        // Anybody can write this; the standard's words are of such letters (RFC 6749, 4.1.2.1).
        let said = said.chars().filter(|c| c.is_ascii_lowercase() || *c == '_').take(64).collect();
        let error = OidcError::Refused(said);
        app.platform.sign_in_failed(&asker, &name.provider, &error).await;
        return Err(error.into());
    }
    let flow = CookieJar::from_headers(&headers).get(FLOW).map(|flow| flow.value().to_owned()).unwrap_or_default();
    let to = back_address(&app, &headers, &name.provider);
    let finished = app.platform.sign_in_finish(&name.provider, &to, &flow, &returned.state, &returned.code).await;
    let (vouched, then) = match finished {
        Ok(finished) => finished,
        Err(error) => {
            app.platform.sign_in_failed(&asker, &name.provider, &error).await;
            return Err(error.into());
        }
    };
    let before = session(&app, &headers);
    let secret = app.platform.sign_in(vouched, before.as_ref(), agent(&headers), asker.client).await?;
    let mut used = cookie(&app, FLOW, String::new());
    used.make_removal();
    Ok(leads(&then, &[session_cookie(&app, &secret), used]))
}

/// `POST /sign-out`: here, and at the provider where it has a place for that.
pub(crate) async fn out(State(app): State<App>, Known(asker): Known, headers: HeaderMap) -> Result<Response, Error> {
    let mut to = "/".to_owned();
    if let Some(person) = asker.person() {
        let base = back_address(&app, &headers, "");
        let home = base.trim_end_matches("/sign-in//back").to_owned() + "/";
        // Here first: a provider that is slow or away keeps nobody signed in.
        app.platform.sign_out(&asker).await?;
        to = app.platform.sign_out_url(&person.account.provider, &home).await.unwrap_or(to);
    }
    Ok(leads(&to, &[no_session(&app)]))
}
