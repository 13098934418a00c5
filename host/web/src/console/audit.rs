//! `/console/d/{division}/audit`: the audit chain, as the auditor reads and verifies it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;
use lotus_domain::audit::{Broken, Entry};
use lotus_domain::district::{District, Division};
use serde::Deserialize;

use super::kept_by_nobody;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// Most entries that are shown.
const MOST: u32 = 200;

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "console_audit.html")]
struct AuditPage<'a> {
    f: Frame,
    district: Arc<District>,
    entries: Vec<Entry>,
    whole: Result<u64, Broken>,
    zone: &'a TimeZone,
}

/// `GET /console/d/{division}/audit`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let entries = app.platform.audit(&asker, &place.division, MOST).await?;
    let whole = app.platform.audit_verify(&asker, &place.division).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("audit-title")).of(&app, &district).at(Part::Staff);
    kept_by_nobody(page(&AuditPage { f, district, entries, whole, zone: app.platform.zone_of_time() }))
}
