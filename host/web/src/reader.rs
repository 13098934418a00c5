//! Who reads a page: in which language and type size, at which address. Known before a handler runs, remembered in cookies.

use std::convert::Infallible;
use std::fmt::Write as _;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, SET_COOKIE, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::Query;
use axum_extra::extract::cookie::{Cookie, SameSite};
use lotus_domain::text::Language;

use crate::app::App;
use crate::language::{Words, preferred};
use crate::telemetry::RequestId;

/// Names of the cookies, and of the parameters of an address that set them.
const LANGUAGE: &str = "lang";
const TYPE: &str = "type";

/// Who reads this page.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// The wordings of their language.
    pub(crate) words: Words,
    /// They chose larger type.
    pub(crate) large: bool,
    /// What the log calls this request.
    pub(crate) request: RequestId,
    /// The page's path.
    path: String,
    /// Its parameters, without those that choose language and type.
    parameters: Vec<(String, String)>,
}

impl Reader {
    fn of(uri: &Uri, parts: &axum::http::HeaderMap, request: RequestId) -> (Self, Choices) {
        let parameters: Vec<(String, String)> = Query::try_from_uri(uri).map(|Query(all)| all).unwrap_or_default();
        let value = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let cookies = CookieJar::from_headers(parts);
        let cookie = |name: &str| cookies.get(name).map(|cookie| cookie.value().to_owned());
        let language = value(LANGUAGE).and_then(Language::parse);
        let large = match value(TYPE) {
            Some("large") => Some(true),
            Some("normal") => Some(false),
            _ => None,
        };
        let choices = Choices { language, large };
        let accepted = parts.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
        let language = language
            .or_else(|| cookie(LANGUAGE).as_deref().and_then(Language::parse))
            .or_else(|| accepted.and_then(preferred))
            .unwrap_or_default();
        let reader = Self {
            words: Words::of(language),
            large: large.unwrap_or_else(|| cookie(TYPE).as_deref() == Some("large")),
            request,
            path: uri.path().to_owned(),
            parameters: parameters.into_iter().filter(|(key, _)| key != LANGUAGE && key != TYPE).collect(),
        };
        (reader, choices)
    }

    /// This page in the other language.
    pub(crate) fn in_other_language(&self) -> String {
        let other = match self.words.other() {
            Language::Zh => "zh",
            Language::En => "en",
        };
        self.with(LANGUAGE, other)
    }

    /// This page in the other type size.
    pub(crate) fn in_other_type(&self) -> String {
        self.with(TYPE, if self.large { "normal" } else { "large" })
    }

    /// The page's path.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// This page, to come back to: with its parameters where it is one that can be asked for again.
    pub(crate) fn here(&self) -> String {
        let parameters = self.parameters.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value)));
        let query = parameters.collect::<Vec<_>>().join("&");
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }

    fn with(&self, name: &str, value: &str) -> String {
        let own = self.parameters.iter().map(|(key, value)| format!("{}={}&", encoded(key), encoded(value)));
        let own: Vec<String> = own.collect();
        format!("{}?{}{name}={value}", self.path, own.concat())
    }
}

/// Percent-encodes a part of a query.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().cloned();
        Ok(known.unwrap_or_else(|| Self::of(&parts.uri, &parts.headers, RequestId::new()).0))
    }
}

/// What an address chose just now.
struct Choices {
    language: Option<Language>,
    large: Option<bool>,
}

/// Finds out who reads, says which language an answer is in, and remembers what was chosen.
pub(crate) async fn know(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_else(RequestId::new);
    let (reader, choices) = Reader::of(request.uri(), request.headers(), id);
    let words = reader.words;
    request.extensions_mut().insert(reader);
    let mut response = next.run(request).await;
    let html = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if html {
        response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(words.tag()));
        response.headers_mut().append(VARY, HeaderValue::from_static("accept-language, cookie"));
    }
    let chosen = [
        choices.language.map(|language| (LANGUAGE, if language == Language::Zh { "zh" } else { "en" })),
        choices.large.map(|large| (TYPE, if large { "large" } else { "normal" })),
    ];
    for (name, value) in chosen.into_iter().flatten() {
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(app.config.secure_cookies)
            .permanent();
        if let Ok(value) = HeaderValue::from_str(&cookie.build().to_string()) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}
