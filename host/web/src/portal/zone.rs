//! `/d/{division}/zones`: a district's zones (article 29) and their pages, as its plugins make them.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::State;
use axum::response::Response;
use lotus_domain::Slug;
use lotus_domain::district::District;
use lotus_domain::page::Page;
use lotus_domain::service::Service;
use lotus_domain::zone::Zone;
use lotus_platform::{Offered, Part as Shown, ServiceForm, StandIn, ZonePage};
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, not_served};
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::block::{BlocksView, Forms};
use crate::render::form::FormView;
use crate::render::frame::{self, Frame, Part};
use crate::render::link::Standing;

#[derive(Template)]
#[template(path = "zones.html")]
struct ZonesPage {
    f: Frame,
    district: Arc<District>,
    zones: Offered<Zone>,
}

/// `GET /d/{division}/zones`
pub(crate) async fn list(State(app): State<App>, reader: Reader, place: Place) -> Result<Response, Error> {
    let zones = app.platform.zones(&place.visit).await;
    let f = Frame::new(&app, &reader, reader.words.t("zones-title")).of(&app, &place.district).at(Part::Zones);
    frame::page(&ZonesPage { f, district: place.district, zones })
}

#[derive(Deserialize)]
pub(crate) struct PageName {
    zone: Slug,
    page: Option<Slug>,
}

#[derive(Template)]
#[template(path = "zone.html")]
struct ZonePageView {
    f: Frame,
    district: Arc<District>,
    zone: Zone,
    is_first: bool,
    page: Option<Page>,
    blocks: Safe<String>,
    missing: Option<StandIn>,
    services: Vec<Service>,
}

/// `GET /d/{division}/zones/{zone}` and `GET /d/{division}/zones/{zone}/{page}`
pub(crate) async fn page(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(name): Named<PageName>,
) -> Result<Response, Error> {
    let found = app.platform.zone_page(&place.visit, &name.zone, name.page.as_ref()).await;
    let found = found.map_err(not_served(Error::NoZone))?;
    let forms = forms(&app, &reader, &place, &found)?;
    let (page, missing) = match found.page {
        Shown::Shown(page) => (Some(page), None),
        Shown::Missing(stand_in) => (None, Some(stand_in)),
    };
    let title = page.as_ref().map_or(&found.zone.title, |page| &page.title);
    let f = Frame::new(&app, &reader, reader.words.text(title)).of(&app, &place.district).at(Part::Zones);
    let standing = Standing { division: &place.visit.division, zone: Some(&found.zone.id) };
    let blocks = page.as_ref().map(|page| page.blocks.as_slice()).unwrap_or_default();
    let blocks = rendered(&BlocksView::new(reader.words, standing, blocks, &forms))?;
    let is_first = name.page.is_none();
    let view = ZonePageView {
        f,
        zone: found.zone,
        is_first,
        page,
        blocks,
        missing,
        services: found.services,
        district: place.district,
    };
    frame::page(&view)
}

/// The forms that the page's blocks name; they are sent to their services' own addresses.
fn forms(app: &App, reader: &Reader, place: &Place, page: &ZonePage) -> Result<Forms, Error> {
    let shown = page.forms.iter().filter_map(|(id, ServiceForm { form, .. })| match form {
        Shown::Shown(Some(form)) => Some((id, form)),
        _ => None,
    });
    shown
        .map(|(id, form)| {
            let action = format!("/d/{}/services/{id}", place.visit.division);
            let token = app.platform.form_token();
            let view = FormView::new(reader.words, action, id.as_str(), &token, Some(form), None, &[]);
            Ok((id.clone(), rendered(&view)?))
        })
        .collect()
}

/// A part of a page, rendered.
pub(crate) fn rendered(part: &impl Template) -> Result<Safe<String>, Error> {
    part.render().map(Safe).map_err(|error| {
        tracing::error!(%error, "a part of a page could not be rendered");
        Error::Broken
    })
}
