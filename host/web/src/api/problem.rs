//! Problems: what the API answers where something goes wrong (RFC 9457).

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shape::{Basis, FieldError};
use crate::error::Error;
use crate::reader::Reader;

/// What went wrong, why, and what to do now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Which problem: `urn:lotus:problem:` and its name, e.g. `no-item`, `invalid`, `changed`.
    #[serde(rename = "type")]
    #[schema(example = "urn:lotus:problem:invalid")]
    kind: String,
    /// Its headline, in the language asked for.
    title: String,
    /// HTTP's status.
    status: u16,
    /// What happened, in the language asked for.
    detail: String,
    /// What to do now, in the language asked for.
    next_step: String,
    /// The address that was asked for.
    instance: String,
    /// What the host's log calls the request.
    request_id: String,
    /// Wrong values, each beside its field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// What a refusal stands on.
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<Basis>,
    /// Where the case is now, for `changed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<u32>,
}

impl Problem {
    /// As this reader is told.
    pub(crate) fn of(error: &Error, reader: &Reader) -> Self {
        let words = reader.words;
        let errors = match error {
            Error::Invalid(errors) => errors.iter().cloned().map(FieldError::from).collect(),
            _ => Vec::new(),
        };
        let detail = match error {
            // Programs are told the place in what they sent.
            Error::Unreadable(place) => format!("{} {place}", error.detail(words)),
            _ => error.detail(words),
        };
        Self {
            kind: format!("urn:lotus:problem:{}", error.name()),
            title: error.title(words),
            status: error.status().as_u16(),
            detail,
            next_step: error.next_step(words),
            instance: reader.path().to_owned(),
            request_id: reader.request.to_string(),
            errors,
            basis: match error {
                Error::Refused(refusal) => refusal.basis.clone().map(Basis::from),
                _ => None,
            },
            revision: match error {
                Error::Changed(revision) => Some(*revision),
                _ => None,
            },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = axum::http::StatusCode::from_u16(self.status).unwrap_or_default();
        // Everything in it is text and numbers: writing it can't fail.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}
