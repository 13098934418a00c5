//! `/d/{division}`: a district's home, and the style sheet with its colours.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use lotus_domain::catalog::{DistrictItem, Served};
use lotus_domain::district::District;
use lotus_domain::service::Service;
use lotus_domain::text::Text;
use lotus_domain::zone::Zone;
use lotus_platform::{Offered, StandIn};

use crate::app::App;
use crate::assets;
use crate::error::Error;
use crate::portal::Place;
use crate::reader::{Reader, encoded};
use crate::render::frame::{Frame, Part, page};

/// Most themes that a home shows; all of them stand in the list of items.
const MOST_THEMES: usize = 12;

#[derive(Template)]
#[template(path = "district.html")]
struct HomePage {
    f: Frame,
    district: Arc<District>,
    people: Vec<Theme>,
    enterprises: Vec<Theme>,
    items: usize,
    zones: Offered<Zone>,
    services: Vec<Service>,
    missing: Vec<StandIn>,
}

/// A life event or an enterprise's stage, with how many items it leads to.
struct Theme {
    name: Text,
    query: String,
    items: usize,
}

/// `GET /d/{division}`
pub(crate) async fn home(State(app): State<App>, reader: Reader, place: Place) -> Result<Response, Error> {
    let (zones, services) = futures::join!(app.platform.zones(&place.visit), app.platform.services(&place.visit));
    let items = app.platform.items(&place.visit.division);
    let title = reader.words.t1("district-title", "name", reader.words.text(&place.district.name));
    let f = Frame::new(&app, &reader, title).of(&app, &place.district).at(Part::Home);
    page(&HomePage {
        f,
        people: themes(&items, true),
        enterprises: themes(&items, false),
        items: items.len(),
        missing: once_each(&zones.missing, &services.missing),
        zones,
        services: services.offered,
        district: place.district,
    })
}

/// The themes that lead to items for people, or for others; the richest first.
fn themes(items: &[Arc<DistrictItem>], for_people: bool) -> Vec<Theme> {
    let mut counted: BTreeMap<&str, (usize, &Text)> = BTreeMap::new();
    for item in items.iter().filter(|item| item.item.served.contains(&Served::NaturalPerson) == for_people) {
        for theme in &item.item.themes {
            counted.entry(&theme.zh).or_insert((0, theme)).0 += 1;
        }
    }
    let mut themes: Vec<Theme> = counted
        .into_values()
        .map(|(items, name)| Theme { name: name.clone(), query: encoded(&name.zh), items })
        .collect();
    themes.sort_by_key(|theme| std::cmp::Reverse(theme.items));
    themes.truncate(MOST_THEMES);
    themes
}

/// A plugin that could neither list its zones nor its services is said once.
pub(crate) fn once_each(zones: &[StandIn], services: &[StandIn]) -> Vec<StandIn> {
    let mut all: Vec<StandIn> = Vec::new();
    for stand_in in zones.iter().chain(services) {
        if !all.contains(stand_in) {
            all.push(stand_in.clone());
        }
    }
    all
}

/// `GET /d/{division}/theme.css`: its address changes with its content.
pub(crate) async fn theme(State(app): State<App>, place: Place) -> Result<Response, Error> {
    let css = app.theme_css(&place.visit.division).ok_or(Error::NoPage)?;
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, assets::FOREVER)], css.to_string()).into_response())
}
