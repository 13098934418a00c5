//! Monitoring and evaluation (article 34): the public page of a district's month, open data, bulletins, and the staff's page of
//! what was out of the ordinary.

mod bulletin;
mod data;
mod figures;
mod page;
mod staff;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The addresses: those of open data are stable.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/d/{division}/monitoring", get(page::show))
        .route("/d/{division}/monitoring/{file}", get(data::file))
        .route("/d/{division}/bulletins", get(bulletin::list))
        .route("/d/{division}/bulletins/{month}", get(bulletin::show))
        .route("/staff/d/{division}/monitoring", get(staff::show))
        .route("/staff/d/{division}/monitoring/{id}/{action}", post(staff::decide))
}
