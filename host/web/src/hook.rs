//! `/hooks/…`: what others' machines tell us, each known by its signature.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use lotus_platform::{ReceiptsError, ReceiptsProblem};

use crate::app::App;
use crate::error::Error;

/// The addresses of machines.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/hooks/sms-receipt", post(sms_receipt)).route("/hooks/sms-reply", post(sms_reply))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// `POST /hooks/sms-receipt`: the same receipts as often as the gateway likes; they are noted once.
async fn sms_receipt(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<Response, Error> {
    let (signature, timestamp) = (header(&headers, "lotus-signature"), header(&headers, "lotus-timestamp"));
    match app.platform.notice_receipts(signature, timestamp, &body).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(ReceiptsProblem::Receipts(ReceiptsError::NotGenuine)) => Err(Error::BadToken),
        Err(ReceiptsProblem::Receipts(error @ ReceiptsError::Unreadable)) => Err(Error::Unreadable(error.to_string())),
        Err(ReceiptsProblem::Store(error)) => {
            tracing::error!(%error, "receipts can't be noted");
            Err(Error::Unavailable)
        }
    }
}

/// `POST /hooks/sms-reply`: what people answer to the message that asks how it was; signed as receipts are.
async fn sms_reply(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<Response, Error> {
    let (signature, timestamp) = (header(&headers, "lotus-signature"), header(&headers, "lotus-timestamp"));
    match app.platform.rating_replies(signature, timestamp, &body).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(ReceiptsProblem::Receipts(ReceiptsError::NotGenuine)) => Err(Error::BadToken),
        Err(ReceiptsProblem::Receipts(ReceiptsError::Unreadable)) => {
            Err(Error::Unreadable("{\"replies\": [{\"from\", \"text\"}]} is expected, at most 100".to_owned()))
        }
        Err(ReceiptsProblem::Store(error)) => {
            tracing::error!(%error, "short messages can't be taken");
            Err(Error::Unavailable)
        }
    }
}
