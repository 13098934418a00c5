//! Registration, change, exit and re-admission, by whoever acts for an intermediary.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Form as Sent, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use lotus_domain::district::{District, Division};
use lotus_domain::form::{FieldError, Typed};
use lotus_domain::intermediary::filing::FilingKind;
use lotus_domain::text::Text;
use lotus_platform::{Asker, Filed, FormToken};
use serde::Deserialize;

use crate::app::App;
use crate::asker::Known;
use crate::draft;
use crate::error::{Error, not_served};
use crate::portal::{Named, Place, opened, remembered, rendered};
use crate::reader::Reader;
use crate::render::form::FormView;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Deserialize)]
pub(super) struct What {
    #[allow(dead_code, reason = "the district is the place's")]
    division: Division,
    kind: String,
}

/// A form of this room's, with what stands around it.
#[derive(Template)]
#[template(path = "intermediary_form.html")]
pub(super) struct FormPage {
    pub(super) f: Frame,
    pub(super) district: Arc<District>,
    pub(super) lead: String,
    pub(super) is_stale: bool,
    pub(super) form: Safe<String>,
}

/// What a form shows again.
#[derive(Default)]
pub(super) struct Again<'a> {
    pub(super) typed: Option<&'a Typed>,
    pub(super) errors: &'a [FieldError],
    pub(super) is_stale: bool,
}

impl Again<'_> {
    pub(super) fn status(&self) -> StatusCode {
        match (self.errors.is_empty(), self.is_stale) {
            (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
            (_, true) => StatusCode::CONFLICT,
            _ => StatusCode::OK,
        }
    }
}

async fn shown(
    (app, reader, asker): (&App, &Reader, &Asker),
    place: Place,
    kind: FilingKind,
    again: Again<'_>,
) -> Result<Response, Error> {
    let division = &place.visit.division;
    let form = app.platform.filing_form(asker, division, kind).await.map_err(not_served(Error::NoPage))?;
    let address = format!("/d/{division}/intermediaries/file/{}", kind.name());
    let token = app.platform.form_token();
    let view = FormView::new(reader.words, address, "filing", &token, Some(&form), again.typed, again.errors);
    let title: Text = kind.title();
    let page = FormPage {
        f: Frame::new(app, reader, reader.words.text(&title)).of(app, &place.district).at(Part::Items),
        lead: reader.words.t("inter-file-lead"),
        is_stale: again.is_stale,
        form: rendered(&view)?,
        district: place.district,
    };
    let mut response = page_with(again.status(), &page)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /d/{division}/intermediaries/file/{kind}`
pub(super) async fn form(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
    Named(what): Named<What>,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let kind = FilingKind::parse(&what.kind).ok_or(Error::NoPage)?;
    shown((&app, &reader, &asker), place, kind, Again::default()).await
}

/// `POST /d/{division}/intermediaries/file/{kind}`
pub(super) async fn submit(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
    Named(what): Named<What>,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let kind = FilingKind::parse(&what.kind).ok_or(Error::NoPage)?;
    let (beside, typed) = draft::sorted(sent);
    let filed = match beside.token.as_deref().and_then(FormToken::parse) {
        Some(token) => {
            let filed = app.platform.filing_submit(&asker, &place.visit.division, kind, &token, &typed).await;
            filed.map_err(not_served(Error::NoPage))?
        }
        None => Filed::StaleToken,
    };
    let who = (&app, &reader, &asker);
    match filed {
        Filed::Opened(receipt) => {
            Ok(remembered(&app, opened(reader.words, &receipt), &receipt.number, &receipt.secret))
        }
        Filed::Invalid(errors) => {
            shown(who, place, kind, Again { typed: Some(&typed), errors: &errors, is_stale: false }).await
        }
        Filed::StaleToken => shown(who, place, kind, Again { typed: Some(&typed), errors: &[], is_stale: true }).await,
    }
}
