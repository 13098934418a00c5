//! The one error type of HTTP: problem+json below `/api`, elsewhere a page that says what happened and what to do now.
//!
//! Handlers return [`Error`]; it travels in the response's extensions to [`shown`], which alone knows who asked, in
//! which language and under which id. What the framework itself refuses (a method, a body, a time) becomes the same.
//! Invariant: no answer with an error's status leaves without a next step and the request's id, and none tells what is
//! inside the house.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lotus_domain::access::GrantError;
use lotus_domain::case::TransitionError;
use lotus_domain::district::{District, Division};
use lotus_domain::form::FieldError;
use lotus_domain::law::Refusal;
use lotus_domain::text::Text;
use lotus_platform::{CaseError, Denied, NotServed, OidcError, RoleError, StandIn, WorkError};

use crate::account::leads;
use crate::api::problem::Problem;
use crate::app::App;
use crate::language::Words;
use crate::reader::{Reader, encoded};
use crate::render::frame::{Frame, page_with};

/// What can go wrong with a request.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// There is no such page.
    #[error("there is no such page")]
    NoPage,
    /// There is no such district.
    #[error("there is no such district")]
    NoDistrict,
    /// The district has no such item.
    #[error("there is no such item")]
    NoItem,
    /// The district has no such zone or page of a zone.
    #[error("there is no such zone")]
    NoZone,
    /// The district has no such service.
    #[error("there is no such service")]
    NoService,
    /// There is no such case, or the secret is not its own.
    #[error("there is no such case, or the secret is not its own")]
    NoCase,
    /// Something was here and is no more.
    #[error("it is no more")]
    Gone,
    /// A reasoned no.
    #[error("refused: {}", .0.reason.zh)]
    Refused(Refusal),
    /// Wrong values, each beside its field.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The form's token is too old or not ours.
    #[error("the form's token is too old or not ours")]
    StaleToken,
    /// The plugin that must answer can't.
    #[error("the plugin that must answer can't")]
    Missing(Box<StandIn>),
    /// Somebody else acted on the case in between.
    #[error("the case has changed; it is at revision {0}")]
    Changed(u32),
    /// The case can't move so.
    #[error(transparent)]
    NotPossible(TransitionError),
    /// The request can't be read.
    #[error("the request can't be read: {0}")]
    Unreadable(String),
    /// The method is not for this address.
    #[error("this method is not for this address")]
    Method,
    /// The body is too large.
    #[error("the request is too large")]
    TooLarge,
    /// Sent from another site's page.
    #[error("sent from another site's page")]
    OtherSite,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignIn,
    /// The second factor is needed.
    #[error("the second factor is needed")]
    SecondFactor,
    /// Not theirs to do.
    #[error("not theirs to do")]
    NotYours,
    /// A token that is none, or over.
    #[error("the token is none, or over")]
    BadToken,
    /// The provider did not vouch for anybody.
    #[error("the provider did not vouch for anybody")]
    SignInRefused,
    /// The provider is away.
    #[error("the provider is away")]
    ProviderAway,
    /// A search for somebody's number.
    #[error("a search for somebody's number")]
    PersonalQuery,
    /// Too many requests from one place.
    #[error("too many requests from one place")]
    TooMany,
    /// It took too long, or the database is away.
    #[error("unavailable for now")]
    Unavailable,
    /// A mistake of ours.
    #[error("a mistake of ours")]
    Broken,
}

impl Error {
    /// HTTP's status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoPage | Self::NoDistrict | Self::NoItem | Self::NoZone | Self::NoService | Self::NoCase => {
                StatusCode::NOT_FOUND
            }
            Self::Gone => StatusCode::GONE,
            Self::Refused(_) | Self::OtherSite | Self::NotYours | Self::SecondFactor => StatusCode::FORBIDDEN,
            Self::Invalid(_) | Self::NotPossible(_) | Self::PersonalQuery => StatusCode::UNPROCESSABLE_ENTITY,
            Self::StaleToken | Self::Changed(_) => StatusCode::CONFLICT,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::SignIn | Self::BadToken | Self::SignInRefused => StatusCode::UNAUTHORIZED,
            Self::Missing(_) | Self::Unavailable | Self::ProviderAway => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Its name: of its wordings, and in a problem's type.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoPage => "no-page",
            Self::NoDistrict => "no-district",
            Self::NoItem => "no-item",
            Self::NoZone => "no-zone",
            Self::NoService => "no-service",
            Self::NoCase => "no-case",
            Self::Gone => "gone",
            Self::Refused(_) => "refused",
            Self::Invalid(_) => "invalid",
            Self::StaleToken => "stale-token",
            Self::Missing(_) => "missing",
            Self::Changed(_) => "changed",
            Self::NotPossible(_) => "not-possible",
            Self::Unreadable(_) => "unreadable",
            Self::Method => "method",
            Self::TooLarge => "too-large",
            Self::PersonalQuery => "personal-query",
            Self::TooMany => "too-many",
            Self::OtherSite => "other-site",
            Self::SignIn => "sign-in",
            Self::SecondFactor => "second-factor",
            Self::NotYours => "not-yours",
            Self::BadToken => "bad-token",
            Self::SignInRefused => "sign-in-refused",
            Self::ProviderAway => "provider-away",
            Self::Unavailable => "unavailable",
            Self::Broken => "broken",
        }
    }

    /// What something unnamed of the framework means.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NoPage,
            StatusCode::GONE => Self::Gone,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::FORBIDDEN => Self::OtherSite,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => {
                Self::Unavailable
            }
            status if status.is_server_error() => Self::Broken,
            status => Self::Unreadable(status.to_string()),
        }
    }

    /// Its headline.
    pub(crate) fn title(&self, words: Words) -> String {
        words.t(&format!("error-{}", self.name()))
    }

    /// What happened.
    pub(crate) fn detail(&self, words: Words) -> String {
        match self {
            Self::Refused(refusal) => words.text(&refusal.reason).to_owned(),
            Self::Missing(stand_in) => words.text(&stand_in.text).to_owned(),
            Self::NotPossible(TransitionError::NeedsReason(_)) => words.t("case-needs-reason"),
            _ => words.t(&format!("error-{}-detail", self.name())),
        }
    }

    /// What to do now.
    pub(crate) fn next_step(&self, words: Words) -> String {
        match self {
            Self::Refused(Refusal { next_step: Some(step), .. }) => words.text(step).to_owned(),
            _ => words.t(&format!("error-{}-next", self.name())),
        }
    }
}

impl From<CaseError> for Error {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::NotFound => Self::NoCase,
            CaseError::Changed { now } => Self::Changed(now.case.revision),
            CaseError::NotPossible(error) => Self::NotPossible(error),
            CaseError::Held(refusal) => Self::Refused(refusal),
            CaseError::Advised(held) => {
                held.into_iter().next().map_or(Self::Unavailable, |held| Self::Refused(held.refusal))
            }
            CaseError::Unavailable => Self::Unavailable,
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::SignIn => Self::SignIn,
            Denied::SecondFactor => Self::SecondFactor,
            Denied::NotFound => Self::NoPage,
            Denied::Forbidden => Self::NotYours,
            Denied::Unavailable => Self::Unavailable,
        }
    }
}

impl From<WorkError> for Error {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Denied(denied) => denied.into(),
            WorkError::Case(error) => error.into(),
        }
    }
}

impl From<RoleError> for Error {
    fn from(error: RoleError) -> Self {
        let said =
            |zh: &str, en: String| Self::Refused(Refusal { reason: Text::new(zh, en), basis: None, next_step: None });
        match error {
            RoleError::Denied(denied) => denied.into(),
            RoleError::Rule(GrantError::ThreeAdministrators) => {
                said("系统、安全、审计三类管理员必须由不同的人担任，该账号已是其中之一。", error.to_string())
            }
            RoleError::Rule(GrantError::NotYours) => Self::NotYours,
            RoleError::Rule(GrantError::Elsewhere) => said("这个角色只能在市级授予。", error.to_string()),
            RoleError::NoAccount => said("没有这个账号；对方需要先登录一次。", error.to_string()),
        }
    }
}

impl From<OidcError> for Error {
    fn from(error: OidcError) -> Self {
        match error {
            OidcError::NoProvider => Self::NoPage,
            OidcError::Away(why) => {
                tracing::warn!(why, "an identity provider does not answer");
                Self::ProviderAway
            }
            // Which of these it was is for the audit chain; a page that told would tell an attacker too.
            OidcError::Flow | OidcError::Refused(_) | OidcError::Untrusted(_) => Self::SignInRefused,
        }
    }
}

/// What it means that something named is not served; `none` is what it is called where it is not there.
pub(crate) fn not_served(none: Error) -> impl FnOnce(NotServed) -> Error {
    move |reason| match reason {
        NotServed::NotFound => none,
        NotServed::Refused(refusal) => Error::Refused(refusal),
        NotServed::Missing(stand_in) => Error::Missing(stand_in),
        NotServed::Unavailable => Error::Unavailable,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// An error's page.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    f: Frame,
    detail: String,
    next: String,
    basis: Option<String>,
    request: String,
    /// Back to where one can go on.
    home: String,
    stand_in: Option<StandIn>,
}

/// Shows every error that comes from within as whoever asked can read it.
pub(crate) async fn shown(State(app): State<App>, reader: Reader, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let status = response.status();
    let error = match response.extensions().get::<Arc<Error>>() {
        Some(error) => Error::clone(error),
        None if (status.is_client_error() || status.is_server_error()) && !is_ours(&response) => {
            Error::of_status(status)
        }
        None => return response,
    };
    // A person who must sign in is led there and back; a program is told.
    let to = match error {
        Error::SignIn if !api => Some(format!("/sign-in?then={}", encoded(&reader.here()))),
        Error::SecondFactor if !api => Some(format!("/second-factor?then={}", encoded(&reader.here()))),
        _ => None,
    };
    if let Some(to) = to {
        return leads(&to, &[]);
    }
    let allowed = response.headers().get(ALLOW).cloned();
    let mut shown = if api {
        Problem::of(&error, &reader).into_response()
    } else {
        error_page(&app, &reader, &error)
            .unwrap_or_else(|_| (error.status(), error.title(reader.words)).into_response())
    };
    let headers = shown.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(allowed) = allowed {
        headers.insert(ALLOW, allowed);
    }
    match error {
        Error::SignIn | Error::BadToken => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"lotus\""));
        }
        Error::Unavailable | Error::Missing(_) | Error::TooMany | Error::ProviderAway => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("10"));
        }
        _ => {}
    }
    shown
}

/// Whether a handler has already made a page or a problem of it, such as a form with its errors.
fn is_ours(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    kind.starts_with(b"text/html") || kind.starts_with(b"application/")
}

fn error_page(app: &App, reader: &Reader, error: &Error) -> Result<Response, Error> {
    let words = reader.words;
    let district = district_of(app, reader.path());
    let mut frame = Frame::new(app, reader, error.title(words));
    if let Some(district) = &district {
        frame = frame.of(app, district);
    }
    let basis = match error {
        Error::Refused(Refusal { basis: Some(basis), .. }) => Some(words.basis(basis)),
        _ => None,
    };
    let home = match (error, &district) {
        (Error::NoCase, _) => "/cases".to_owned(),
        (_, Some(district)) => format!("/d/{}", district.division),
        _ => "/".to_owned(),
    };
    let stand_in = match error {
        Error::Missing(stand_in) => Some(StandIn::clone(stand_in)),
        _ => None,
    };
    let page = ErrorPage {
        f: frame,
        detail: error.detail(words),
        next: error.next_step(words),
        basis,
        request: reader.request.to_string(),
        home,
        stand_in,
    };
    page_with(error.status(), &page)
}

/// Whose portal an address lies in.
fn district_of(app: &App, path: &str) -> Option<Arc<District>> {
    let division = path.strip_prefix("/d/")?.split('/').next()?;
    app.platform.district(&Division::parse(division).ok()?)
}
