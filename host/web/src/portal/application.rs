//! `/d/{division}/items/{code}/apply`: applying for an item.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Form as Sent, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::District;
use lotus_domain::form::{FieldError, Typed};
use lotus_platform::{Applied, Asker, BrowserSecret, FormToken, ItemForm};
use serde::Deserialize;

use crate::app::App;
use crate::asker::Known;
use crate::draft::{self, Browser};
use crate::error::{Error, not_served};
use crate::help;
use crate::portal::case::{opened, remembered};
use crate::portal::zone::rendered;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::form::FormView;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Deserialize)]
pub(crate) struct ItemName {
    code: String,
}

#[derive(Template)]
#[template(path = "apply.html")]
struct ApplyPage {
    f: Frame,
    district: Arc<District>,
    i: Arc<DistrictItem>,
    is_stale: bool,
    form: Safe<String>,
    /// What is said in a tutoring session about it.
    tutoring: Option<Safe<String>>,
}

/// What the page shows of the form.
struct Filled<'a> {
    typed: Option<&'a Typed>,
    errors: &'a [FieldError],
    is_stale: bool,
    status: StatusCode,
}

async fn apply_page(
    (app, reader, place): (&App, &Reader, Place),
    (asker, browser): (&Asker, Option<&BrowserSecret>),
    ItemForm { item, form }: ItemForm,
    filled: Filled<'_>,
) -> Result<Response, Error> {
    let (words, division) = (reader.words, &place.visit.division);
    let subject = format!("items/{}", item.item.code);
    let address = format!("/d/{division}/{subject}");
    let kept = app.platform.draft(division, asker, browser, &subject).await.unwrap_or_default();
    let draft = draft::view(app, reader, asker, &address, kept.as_ref());
    let drafted = kept.as_ref().map(|draft| &draft.body.typed).filter(|typed| !typed.is_empty());
    let token = app.platform.form_token();
    let typed = filled.typed.or(drafted);
    let view = FormView::new(words, format!("{address}/apply"), "apply", &token, Some(&form), typed, filled.errors);
    let form = rendered(&view.with_draft(draft))?;
    let tutoring = help::aside(app, reader, &place, &item, asker, browser).await;
    let name = words.text(&item.item.name);
    let title = if filled.errors.is_empty() { name.to_owned() } else { words.t1("form-title-wrong", "title", name) };
    let f = Frame::new(app, reader, title).of(app, &place.district).at(Part::Items);
    let view = ApplyPage { f, district: place.district, i: item, is_stale: filled.is_stale, form, tutoring };
    let mut response = page_with(filled.status, &view)?;
    // It may hold what the platform knows of whoever looks.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /d/{division}/items/{code}/apply`
pub(crate) async fn form(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(ItemName { code }): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
) -> Result<Response, Error> {
    let found = app.platform.item_form(&place.visit, &code, &asker).map_err(not_served(Error::NoItem))?;
    let filled = Filled { typed: None, errors: &[], is_stale: false, status: StatusCode::OK };
    apply_page((&app, &reader, place), (&asker, browser.as_ref()), found, filled).await
}

/// `POST /d/{division}/items/{code}/apply`
pub(crate) async fn submit(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(ItemName { code }): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (beside, typed) = draft::sorted(sent);
    let found = app.platform.item_form(&place.visit, &code, &asker).map_err(not_served(Error::NoItem))?;
    let subject = format!("items/{}", found.item.item.code);
    let division = place.visit.division.clone();
    // Shown to somebody whose session has ended since: nothing is sent in nobody's name, and nothing is lost.
    if let Some(holder) = draft::ended_session(&app, &asker, &beside) {
        let subject = draft::Subject::item(&app, &place, &code)?;
        return draft::kept_for_sign_in(&app, &place, subject, holder, typed).await;
    }
    let applied = match beside.token.as_deref().and_then(FormToken::parse) {
        Some(token) => {
            let applied = app.platform.item_submit(&place.visit, &code, &token, &typed, &asker).await;
            applied.map_err(not_served(Error::NoItem))?
        }
        // A token that can't be read is as stale as one that has expired.
        None => Applied::StaleToken,
    };
    let (errors, is_stale, status) = match applied {
        Applied::Opened(receipt) => {
            let number = Some(&receipt.number);
            app.platform.draft_submitted(&division, &asker, browser.as_ref(), &subject, number).await?;
            return Ok(remembered(&app, opened(reader.words, &receipt), &receipt.number, &receipt.secret));
        }
        Applied::Invalid(errors) => (errors, false, StatusCode::UNPROCESSABLE_ENTITY),
        Applied::StaleToken => (Vec::new(), true, StatusCode::CONFLICT),
    };
    let filled = Filled { typed: Some(&typed), errors: &errors, is_stale, status };
    apply_page((&app, &reader, place), (&asker, browser.as_ref()), found, filled).await
}
