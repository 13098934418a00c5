//! `/api/v1/districts/{division}/zones`

use axum::extract::State;
use axum::response::Response;
use lotus_domain::Slug;
use lotus_platform::Part;
use serde::Deserialize;

use super::answer;
use super::problem::Problem;
use super::shape::page::Page;
use super::shape::service::Service;
use super::shape::zone::{Zone, ZonePage, Zones};
use crate::app::App;
use crate::error::{Error, not_served};
use crate::portal::{Named, Place};

/// A district's zones.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/zones", tag = "zones",
    params(("division" = String, Path, description = "Division code", example = "411081")),
    responses(
        (status = 200, body = Zones),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(State(app): State<App>, place: Place) -> Result<Response, Error> {
    let zones = app.platform.zones(&place.visit).await;
    Ok(answer(&Zones {
        zones: zones.offered.into_iter().map(Zone::from).collect(),
        missing: zones.missing.into_iter().map(Into::into).collect(),
    }))
}

#[derive(Deserialize)]
pub(crate) struct PageName {
    zone: Slug,
    page: Option<Slug>,
}

/// A zone's first page.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/zones/{zone}", tag = "zones",
    params(
        ("division" = String, Path, description = "Division code", example = "411081"),
        ("zone" = String, Path, description = "The zone's id"),
    ),
    responses(
        (status = 200, body = ZonePage),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn page(
    State(app): State<App>,
    place: Place,
    Named(name): Named<PageName>,
) -> Result<Response, Error> {
    let found = app.platform.zone_page(&place.visit, &name.zone, name.page.as_ref()).await;
    let found = found.map_err(not_served(Error::NoZone))?;
    let (page, missing) = match found.page {
        Part::Shown(page) => (Some(Page::from(page)), None),
        Part::Missing(stand_in) => (None, Some(stand_in.into())),
    };
    let services = found.services.into_iter().map(Service::from).collect();
    Ok(answer(&ZonePage { zone: found.zone.into(), page, missing, services }))
}

/// Another page of a zone.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/zones/{zone}/{page}", tag = "zones",
    params(
        ("division" = String, Path, description = "Division code", example = "411081"),
        ("zone" = String, Path, description = "The zone's id"),
        ("page" = String, Path, description = "The page's id"),
    ),
    responses(
        (status = 200, body = ZonePage),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[expect(dead_code, reason = "one handler answers both addresses; this names the second in the document")]
pub(crate) fn page_of_zone() {}
