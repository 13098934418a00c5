//! A district's selections, and publishing a need.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use lotus_domain::Slug;
use lotus_domain::district::District;
use lotus_domain::intermediary::SELECTION;
use lotus_domain::intermediary::selection::{Kept, Way};
use lotus_domain::text::Text;
use lotus_platform::{Asker, FormToken, NeedPublished};
use serde::Deserialize;

use super::filing::{Again, FormPage};
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::draft;
use crate::error::{Error, not_served};
use crate::portal::{Place, rendered};
use crate::reader::Reader;
use crate::render::form::FormView;
use crate::render::frame::{Frame, Part, page, page_with};

#[derive(Template)]
#[template(path = "selections.html")]
struct ListPage {
    f: Frame,
    district: Arc<District>,
    zone: jiff::tz::TimeZone,
    selections: Vec<Kept>,
}

impl ListPage {
    fn way(way: &Way) -> Text {
        way.title()
    }

    fn state(kept: &Kept) -> Text {
        state(kept)
    }
}

/// The title of the state that a selection is in, as the platform's own definition has it.
pub(super) fn state(kept: &Kept) -> Text {
    let definition = lotus_domain::kind::shipped(SELECTION);
    let state = definition.and_then(|definition| definition.state(&kept.state));
    state.map_or_else(|| Text::zh(kept.state.clone()), |state| state.title.clone())
}

/// `GET /d/{division}/selections`
pub(super) async fn list(State(app): State<App>, reader: Reader, place: Place) -> Result<Response, Error> {
    let selections = app.platform.selections(&place.visit.division).await.map_err(|_| Error::Unavailable)?;
    let f = Frame::new(&app, &reader, reader.words.t("sel-title")).of(&app, &place.district).at(Part::Items);
    let zone = app.platform.zone_of_time().clone();
    page(&ListPage { f, district: place.district, zone, selections })
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct About {
    #[serde(default)]
    service: String,
}

async fn shown(
    (app, reader, asker): (&App, &Reader, &Asker),
    place: Place,
    service: Option<&Slug>,
    again: Again<'_>,
) -> Result<Response, Error> {
    let form = app.platform.need_form(asker, service).await.map_err(not_served(Error::NoPage))?;
    let address = format!("/d/{}/selections/new", place.visit.division);
    let token = app.platform.form_token();
    let view = FormView::new(reader.words, address, "need", &token, Some(&form), again.typed, again.errors);
    let page = FormPage {
        f: Frame::new(app, reader, reader.words.t("sel-new")).of(app, &place.district).at(Part::Items),
        lead: reader.words.t("sel-new-lead"),
        is_stale: again.is_stale,
        form: rendered(&view)?,
        district: place.district,
    };
    let mut response = page_with(again.status(), &page)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /d/{division}/selections/new?service=`
pub(super) async fn form(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
    Query(about): Query<About>,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let service = Slug::parse(about.service).ok();
    shown((&app, &reader, &asker), place, service.as_ref(), Again::default()).await
}

/// `POST /d/{division}/selections/new`
pub(super) async fn publish(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let (beside, typed) = draft::sorted(sent);
    let published = match beside.token.as_deref().and_then(FormToken::parse) {
        Some(token) => {
            let published = app.platform.need_publish(&asker, &place.visit.division, &token, &typed).await;
            published.map_err(not_served(Error::NoPage))?
        }
        None => NeedPublished::StaleToken,
    };
    let who = (&app, &reader, &asker);
    match published {
        NeedPublished::Opened(receipt) => Ok(leads(&format!("/selections/{}", receipt.number), &[])),
        NeedPublished::Invalid(errors) => {
            shown(who, place, None, Again { typed: Some(&typed), errors: &errors, is_stale: false }).await
        }
        NeedPublished::StaleToken => {
            shown(who, place, None, Again { typed: Some(&typed), errors: &[], is_stale: true }).await
        }
    }
}
