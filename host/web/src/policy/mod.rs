//! Policies 惠企利民政策 (article 30): the list and the guides that everybody reads, what whoever is signed in gets, and the
//! desk at which departments write them.

mod desk;
mod list;
mod mine;
mod written;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// Their addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/d/{division}/policies", get(list::list))
        .route("/d/{division}/policies/{policy}", get(list::guide))
        .route("/d/{division}/my-policies", get(mine::show))
        .route("/d/{division}/my-policies/facts", post(mine::declare))
        .route("/d/{division}/my-policies/forget", post(mine::forget))
        .route("/staff/d/{division}/policies", get(desk::list))
        .route("/staff/d/{division}/policies/new", get(desk::begin))
        .route("/staff/d/{division}/policies/edit", post(desk::write))
        .route("/staff/d/{division}/policies/count", post(desk::count))
        .route("/staff/d/{division}/policies/{policy}", get(desk::edit))
        .route("/staff/d/{division}/policies/{policy}/withdraw", post(desk::withdraw))
}
