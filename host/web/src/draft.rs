//! Drafts of forms: the browser's own secret, saving without and with a script, and what a form shows of its draft.

use axum::extract::{Form as Sent, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use lotus_domain::Slug;
use lotus_domain::draft::Draft;
use lotus_domain::form::Typed;
use lotus_domain::material::Holder;
use lotus_domain::text::{Language, Text};
use lotus_platform::{Asker, BrowserSecret, Part, Platform};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::{Known, cookie};
use crate::error::{Error, not_served};
use crate::portal::{Named, Place};
use crate::reader::{Reader, encoded};
use crate::render::form::TOKEN;
use crate::render::form::{DraftView, OWNER};

/// The field that says where to go on after saving.
const THEN: &str = "_then";
/// The cookie of a browser without an account.
const BROWSER: &str = "draft";

/// What a browser is known by for its drafts, if it has any.
pub(crate) struct Browser(pub(crate) Option<BrowserSecret>);

impl FromRequestParts<App> for Browser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Error> {
        let cookies = CookieJar::from_headers(&parts.headers);
        Ok(Self(cookies.get(BROWSER).and_then(|cookie| BrowserSecret::parse(cookie.value()))))
    }
}

/// The holder of what is about to be kept, and the cookie that a new browser needs to find it again.
pub(crate) fn keeper(
    app: &App,
    asker: &Asker,
    browser: Option<BrowserSecret>,
) -> (Option<Holder>, Vec<Cookie<'static>>) {
    if let Some(holder) = Platform::holder(asker, browser.as_ref()) {
        return (Some(holder), Vec::new());
    }
    let secret = BrowserSecret::random();
    let mut kept = cookie(app, BROWSER, secret.as_str().to_owned());
    // It leads to nothing once the draft has had its time.
    kept.make_permanent();
    (Platform::holder(asker, Some(&secret)), vec![kept])
}

/// What a form sent beside its fields.
#[derive(Default)]
pub(crate) struct Beside {
    pub(crate) token: Option<String>,
    /// Whose form it was when it was shown.
    pub(crate) owner: Option<String>,
    then: Option<String>,
}

/// What a form sent: its fields, and what is the platform's own.
pub(crate) fn sorted(sent: Vec<(String, String)>) -> (Beside, Typed) {
    let (mut beside, mut typed) = (Beside::default(), Typed::new());
    for (name, value) in sent {
        match name.as_str() {
            TOKEN => beside.token = Some(value),
            OWNER => beside.owner = Some(value),
            THEN => beside.then = Some(value),
            _ => typed.entry(name).or_default().push(value),
        }
    }
    (beside, typed)
}

/// The holder whose form this was, where its session has ended since.
pub(crate) fn ended_session(app: &App, asker: &Asker, beside: &Beside) -> Option<Holder> {
    asker.name().is_none().then(|| app.platform.draft_claimed(beside.owner.as_deref()?)).flatten()
}

/// What a form shows of its draft.
pub(crate) fn view(app: &App, reader: &Reader, asker: &Asker, address: &str, draft: Option<&Draft>) -> DraftView {
    let saved = draft.map(|draft| reader.words.moment(&draft.saved, app.platform.zone_of_time()));
    DraftView {
        action: format!("{address}/draft"),
        materials: format!("{address}/materials"),
        tutored: address.contains("/items/"),
        with_it: draft.map_or(0, |draft| draft.body.materials.len()),
        owner: app.platform.draft_claim(asker).unwrap_or_default(),
        saved,
    }
}

#[derive(Deserialize)]
pub(crate) struct ServiceName {
    service: Slug,
}

#[derive(Deserialize)]
pub(crate) struct ItemName {
    code: String,
}

/// A form whose drafts are kept: of a service, or of an item.
pub(crate) struct Subject {
    /// Below the district, as the draft names it.
    path: String,
    /// Where its form is.
    form: String,
    title: Text,
}

impl Subject {
    /// A service's form.
    pub(crate) async fn service(app: &App, place: &Place, service: &Slug) -> Result<Self, Error> {
        let found = app.platform.service(&place.visit, service).await.map_err(not_served(Error::NoService))?;
        let title = match found.form {
            Part::Shown(Some(form)) => form.title,
            _ => found.service.title,
        };
        let path = format!("services/{service}");
        Ok(Self { form: format!("/d/{}/{path}", place.visit.division), path, title })
    }

    /// An item's application form.
    pub(crate) fn item(app: &App, place: &Place, code: &str) -> Result<Self, Error> {
        let found = app.platform.item(&place.visit.division, code).ok_or(Error::NoItem)?;
        let path = format!("items/{}", found.item.code);
        let form = format!("/d/{}/{path}/apply", place.visit.division);
        Ok(Self { path, form, title: found.item.name.clone() })
    }
}

/// Saves what was typed and leads to the form again, after signing in where the session had ended.
pub(crate) async fn kept_for_sign_in(
    app: &App,
    place: &Place,
    subject: Subject,
    holder: Holder,
    typed: Typed,
) -> Result<Response, Error> {
    let Subject { path, form, title } = subject;
    app.platform.draft_save(&place.visit.division, holder, &path, Some(title), typed).await?;
    Ok(leads(&format!("/sign-in?then={}", encoded(&form)), &[]))
}

/// `POST /d/{division}/services/{service}/draft`: from a button, or from the script while one types.
#[allow(clippy::too_many_arguments, reason = "what a handler takes is what a request has")]
pub(crate) async fn save(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(name): Named<ServiceName>,
    Known(asker): Known,
    Browser(browser): Browser,
    headers: HeaderMap,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let subject = Subject::service(&app, &place, &name.service).await?;
    save_of((&app, &reader, place), subject, (&asker, browser), &headers, sent).await
}

/// `POST /d/{division}/items/{code}/draft`: the same of an item's application.
#[allow(clippy::too_many_arguments, reason = "what a handler takes is what a request has")]
pub(crate) async fn save_item(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
    headers: HeaderMap,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let subject = Subject::item(&app, &place, &name.code)?;
    save_of((&app, &reader, place), subject, (&asker, browser), &headers, sent).await
}

async fn save_of(
    (app, reader, place): (&App, &Reader, Place),
    subject: Subject,
    (asker, browser): (&Asker, Option<BrowserSecret>),
    headers: &HeaderMap,
    sent: Vec<(String, String)>,
) -> Result<Response, Error> {
    let (beside, typed) = sorted(sent);
    let by_script =
        headers.get(ACCEPT).and_then(|kind| kind.to_str().ok()).is_some_and(|kind| kind == "application/json");
    if let Some(holder) = ended_session(app, asker, &beside) {
        let to_sign_in = kept_for_sign_in(app, &place, subject, holder, typed).await?;
        return Ok(if by_script { saved_by_script(&[]) } else { to_sign_in });
    }
    let (holder, cookies) = keeper(app, asker, browser);
    let holder = holder.ok_or(Error::SignIn)?;
    let Subject { path, form, title } = subject;
    app.platform.draft_save(&place.visit.division, holder, &path, Some(title), typed).await?;
    if by_script {
        return Ok(saved_by_script(&cookies));
    }
    let to = match beside.then.as_deref() {
        Some("language") => {
            let other = if reader.words.other() == Language::En { "en" } else { "zh" };
            format!("{form}?lang={other}")
        }
        Some("tutoring") => format!("/d/{}/{path}/tutoring", place.visit.division),
        Some("materials") => format!("/d/{}/{path}/materials", place.visit.division),
        _ => form,
    };
    Ok(leads(&to, &cookies))
}

fn saved_by_script(cookies: &[Cookie<'static>]) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(axum::http::header::SET_COOKIE, value);
        }
    }
    response
}

/// `POST /d/{division}/services/{service}/draft/discard`
pub(crate) async fn discard(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ServiceName>,
    Known(asker): Known,
    Browser(browser): Browser,
) -> Result<Response, Error> {
    let subject = Subject::service(&app, &place, &name.service).await?;
    app.platform.draft_discard(&place.visit.division, &asker, browser.as_ref(), &subject.path).await?;
    Ok(leads(&subject.form, &[]))
}

/// `POST /d/{division}/items/{code}/draft/discard`
pub(crate) async fn discard_item(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
) -> Result<Response, Error> {
    let subject = Subject::item(&app, &place, &name.code)?;
    app.platform.draft_discard(&place.visit.division, &asker, browser.as_ref(), &subject.path).await?;
    Ok(leads(&subject.form, &[]))
}
