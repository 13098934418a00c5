//! A helper's own cases; an application's assistance and rank, for its staff.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::{District, Division};
use lotus_platform::{CaseView, Helping};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "helper.html")]
struct HelperPage {
    f: Frame,
    district: Arc<District>,
    cases: Vec<Case>,
}

impl HelperPage {
    fn state(&self, case: &Case) -> String {
        case.at().map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }
}

/// `GET /staff/d/{division}/helper`
pub(super) async fn own(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let cases = app.platform.help_assigned(&asker, &place.division).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("helper-title")).of(&app, &district).at(Part::Staff);
    let mut response = page(&HelperPage { f, district, cases })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct CaseName {
    number: String,
}

#[derive(Template)]
#[template(path = "staff_help.html")]
struct StaffHelpPage {
    f: Frame,
    view: CaseView,
    helps: Vec<Helping>,
    ranks: bool,
}

/// `GET /staff/cases/{number}/assistance`
pub(super) async fn of_case(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    let view = app.platform.case_see(&asker, &number).await?;
    let helps = app.platform.helps_of(&view.case).await?;
    let ranks = app.platform.may_rank(&asker, &view.case);
    let f = Frame::new(&app, &reader, reader.words.t("help-title")).of(&app, &view.district).at(Part::Staff);
    let mut response = page(&StaffHelpPage { f, view, helps, ranks })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Ranked {
    priority: u8,
    #[serde(default)]
    reason: String,
}

/// `POST /staff/cases/{number}/priority`
pub(super) async fn rank(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Sent(ranked): Sent<Ranked>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    app.platform.priority_set(&asker, &number, ranked.priority, &ranked.reason).await?;
    Ok(leads(&format!("/staff/cases/{number}/assistance"), &[]))
}
