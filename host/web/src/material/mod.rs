//! Materials: the drawer, what goes with an application, what lies with a case; sent as plain forms, read as attachments.
//!
//! Invariant: a file goes through in pieces, in both directions, and leaves only as an attachment of its own type.

mod drawer;
mod of_case;
mod of_form;
mod receive;
mod view;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use lotus_domain::law::Refusal;
use lotus_domain::material::LARGEST;
use lotus_domain::text::Text;
use lotus_platform::MaterialError;

use crate::app::App;
use crate::error::Error;

/// What the other fields of a form with a file may have.
const BESIDE: usize = 64 << 10;

/// The addresses of materials.
pub(crate) fn routes() -> Router<App> {
    let largest = usize::try_from(LARGEST).unwrap_or(usize::MAX).saturating_add(BESIDE);
    Router::new()
        .route("/me/materials", get(drawer::show).post(drawer::give))
        .route("/me/cases/{number}/materials", get(of_case::mine).post(of_case::give))
        .route("/d/{division}/services/{service}/materials", get(of_form::service).post(of_form::service_give))
        .route("/d/{division}/items/{code}/materials", get(of_form::item).post(of_form::item_give))
        .layer(DefaultBodyLimit::max(largest))
        .route("/me/materials/{id}", get(drawer::read))
        .route("/me/materials/{id}/take-out", post(drawer::take_out))
        .route("/me/cases/{number}/materials/use", post(of_case::attach))
        .route("/me/cases/{number}/materials/{id}", get(of_case::read_mine))
        .route("/d/{division}/services/{service}/materials/use", post(of_form::service_use))
        .route("/d/{division}/services/{service}/materials/leave", post(of_form::service_leave))
        .route("/d/{division}/items/{code}/materials/use", post(of_form::item_use))
        .route("/d/{division}/items/{code}/materials/leave", post(of_form::item_leave))
        .route("/cases/{number}/materials", get(of_case::followed))
        .route("/cases/{number}/materials/{id}", get(of_case::read_followed))
        .route("/staff/cases/{number}/materials", get(of_case::staff))
        .route("/staff/cases/{number}/materials/{id}", get(of_case::read_staff))
}

impl From<MaterialError> for Error {
    fn from(error: MaterialError) -> Self {
        match error {
            MaterialError::Unacceptable(why) => Self::Refused(Refusal {
                reason: why.message(),
                basis: None,
                next_step: Some(Text::new(
                    "请返回上一页，重新选择文件上传。",
                    "Go back to the page before, choose another file and send it again.",
                )),
            }),
            MaterialError::NotFound => Self::NoPage,
            MaterialError::Denied(denied) => denied.into(),
            MaterialError::Unavailable => Self::Unavailable,
        }
    }
}
