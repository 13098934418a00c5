//! Taking a file from a form, piece by piece; and sending one, as an attachment.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use futures::TryStreamExt as _;
use lotus_domain::district::Division;
use lotus_domain::material::{Accepts, Holder, LARGEST, Material, Unacceptable};
use lotus_platform::{Announced, Asker, MaterialError, Reading};

use crate::app::App;
use crate::error::Error;
use crate::reader::encoded;

/// How long the next piece of a file may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest name that a form sends, in bytes.
const NAME: usize = 1000;

fn broken(error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        MaterialError::Unacceptable(Unacceptable::TooLarge { most_bytes: LARGEST }).into()
    } else {
        Error::Unreadable(error.to_string())
    }
}

async fn in_time<T>(what: impl Future<Output = Result<T, MultipartError>>) -> Result<T, Error> {
    match tokio::time::timeout(PATIENCE, what).await {
        Ok(done) => done.map_err(|error| broken(&error)),
        Err(_) => Err(Error::Unreadable("the file did not come on".to_owned())),
    }
}

async fn short(field: &mut Field<'_>) -> Result<String, Error> {
    let mut bytes = Vec::new();
    while let Some(piece) = in_time(field.chunk()).await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > NAME {
            return Err(Error::TooLarge);
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Takes the file of a form, whose name stands before it. What a material of a name may be, its page knows.
pub(super) async fn receive(
    app: &App,
    asker: &Asker,
    (division, holder): (&Division, Holder),
    purpose: &str,
    mut form: Multipart,
    accepts: impl Fn(&str) -> Option<Accepts>,
) -> Result<Material, Error> {
    let mut name = String::new();
    while let Some(mut field) = in_time(form.next_field()).await? {
        match field.name() {
            Some("name") => name = short(&mut field).await?,
            Some("file") => {
                let announced = Announced {
                    accepts: accepts(&name).ok_or(Error::NoPage)?,
                    name,
                    file: field.file_name().unwrap_or_default().to_owned(),
                    purpose: purpose.to_owned(),
                };
                let mut arriving = app.platform.material_begin(division, holder, announced).await?;
                while let Some(piece) = in_time(field.chunk()).await? {
                    arriving.write(&piece).await?;
                }
                return Ok(app.platform.material_finish(asker, arriving).await?);
            }
            _ => {}
        }
    }
    Err(MaterialError::Unacceptable(Unacceptable::Empty).into())
}

/// A material as an attachment: never shown in the page's own right, whatever is in it.
pub(super) fn attachment(reading: Reading) -> Result<Response, Error> {
    let Reading { material, bytes } = reading;
    // For programs that don't read RFC 8187.
    let plain = format!("material.{}", material.media.extension());
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encoded(&material.file));
    let body = Body::from_stream(bytes.map_err(|error| {
        tracing::error!(%error, "a file breaks off");
        std::io::Error::other(error.to_string())
    }));
    Response::builder()
        .header(CONTENT_TYPE, material.media.mime())
        .header(CONTENT_LENGTH, material.size)
        .header(CONTENT_DISPOSITION, disposition)
        .header(CACHE_CONTROL, "no-store")
        .body(body)
        .map_err(|error| {
            tracing::error!(%error, "a file could not be sent");
            Error::Broken
        })
}
