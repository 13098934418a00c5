//! Pages and answers that have not changed since somebody saw them: a tag of their bytes, and 304 where it is theirs.
//!
//! Everything that may be kept at all (not `no-store`) has a strong tag, from the hash of its body, so that a browser or
//! a program that asks again is told in a hundred bytes that it has the newest. Invariant: two answers of the same tag
//! are the same bytes, compressed ones too: how it travels is a part of the tag.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_LENGTH, ETAG, IF_NONE_MATCH, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

use crate::error::Error;

/// Longest body that is held to be hashed; pages are far shorter, and what is longer streams.
const LONGEST: usize = 1 << 20;

/// Tags what may be kept, and leaves out what whoever asks has already.
pub(crate) async fn tagged(request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let gzip = texts(request.headers(), &ACCEPT_ENCODING).any(|text| text.contains("gzip"));
    let known: Vec<String> = texts(request.headers(), &IF_NONE_MATCH).map(str::to_owned).collect();
    let response = next.run(request).await;
    if !may_be_kept(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LONGEST).await else { return Error::Broken.into_response() };
    let tag = tag(&bytes, gzip);
    let is_known = known.iter().flat_map(|list| list.split(',')).any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
    });
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(ETAG, tag);
    }
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

/// Whole, of a known and bounded length, with nothing that says it may not be kept or is for this answer alone.
fn may_be_kept(response: &Response) -> bool {
    let headers = response.headers();
    let kept = texts(headers, &CACHE_CONTROL).any(|text| text.contains("no-cache") || text.contains("max-age"));
    let never = texts(headers, &CACHE_CONTROL).any(|text| text.contains("no-store") || text.contains("immutable"));
    let length = response.body().size_hint().exact().and_then(|length| usize::try_from(length).ok());
    response.status() == StatusCode::OK
        && kept
        && !never
        && !headers.contains_key(SET_COOKIE)
        && !headers.contains_key(ETAG)
        && length.is_some_and(|length| length <= LONGEST)
}

fn tag(bytes: &[u8], gzip: bool) -> String {
    let mut tag = String::from("\"");
    for byte in Sha256::digest(bytes).iter().take(16) {
        // Writing to a string can't fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push_str(if gzip { "-gzip\"" } else { "\"" });
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_of_the_bytes_and_of_how_they_travel() {
        assert_eq!(tag(b"a", false), tag(b"a", false));
        assert_ne!(tag(b"a", false), tag(b"b", false));
        assert_ne!(tag(b"a", false), tag(b"a", true));
        assert!(tag(b"a", true).starts_with('"') && tag(b"a", true).ends_with('"'));
    }
}
