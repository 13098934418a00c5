//! The portal: what citizens and enterprises see. One file for each resource; every page is whole without a script.

mod application;
mod case;
mod catalog;
mod city;
mod district;
mod enterprise;
mod fee;
mod find;
mod paper;
mod place;
mod service;
mod zone;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

pub(crate) use case::secret_of;
pub(crate) use case::{opened, remembered};
pub(crate) use catalog::MOST_FOUND;
pub(crate) use fee::base;
pub(crate) use find::{Asked, PAGE, address};
pub(crate) use paper::title as paper_title;
pub(crate) use place::{Named, Place};
pub(crate) use zone::rendered;

/// The portal's addresses: they are part of the product and don't change.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(city::home))
        .route("/search", get(find::of_city))
        .route("/d/{division}/search", get(find::of_district))
        .route("/d/{division}", get(district::home))
        .route("/d/{division}/theme.css", get(district::theme))
        .route("/d/{division}/items", get(catalog::list))
        .route("/d/{division}/items/{code}", get(catalog::guide))
        .route("/d/{division}/items/{code}/apply", get(application::form).post(application::submit))
        .route("/d/{division}/items/{code}/draft", post(crate::draft::save_item))
        .route("/d/{division}/items/{code}/draft/discard", post(crate::draft::discard_item))
        .route("/d/{division}/fees", get(fee::list))
        .route("/cases/{number}/fees", get(fee::due))
        .route("/cases/{number}/fees/{due}/pay", post(fee::pay))
        .route("/me/cases/{number}/fees", get(fee::mine))
        .route("/me/cases/{number}/fees/{due}/pay", post(fee::pay_mine))
        .route("/receipts/{number}", get(fee::receipt))
        .route("/receipts/{number}/pdf", get(fee::print))
        .route("/cases/{number}/papers/{paper}", get(paper::followed))
        .route("/me/cases/{number}/papers/{paper}", get(paper::mine))
        .route("/staff/cases/{number}/papers/{paper}", get(paper::staff))
        .route("/papers/{number}/{sequence}", get(paper::verify))
        .route("/d/{division}/zones", get(zone::list))
        .route("/d/{division}/zones/{zone}", get(zone::page))
        .route("/d/{division}/zones/{zone}/{page}", get(zone::page))
        .route("/me/d/{division}/zones/{zone}", get(enterprise::show))
        .route("/d/{division}/services", get(service::list))
        .route("/d/{division}/services/{service}", get(service::form).post(service::submit))
        .route("/d/{division}/services/{service}/draft", post(crate::draft::save))
        .route("/d/{division}/services/{service}/draft/discard", post(crate::draft::discard))
        .route("/cases", get(case::find).post(case::open))
        .route("/cases/{number}", get(case::show).post(case::unlock))
        .route("/cases/{number}/leave", post(case::leave))
        .route("/cases/{number}/actions/{action}", post(case::act))
}
