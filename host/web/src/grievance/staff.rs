//! What stands beside a grievance's case for its staff: how it came in, who it was where one may know, what is published;
//! and what was escalated, in the organ's own view.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use lotus_domain::access::{Deed, Place};
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::{District, Division};
use lotus_domain::form::FieldError;
use lotus_domain::grievance::Complainant;
use lotus_platform::{Asker, GrievanceError, GrievancePanel};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Deserialize)]
pub(super) struct CaseName {
    number: String,
}

impl CaseName {
    fn parsed(&self) -> Result<CaseNumber, Error> {
        CaseNumber::parse(&self.number).map_err(|_| Error::NoPage)
    }
}

#[derive(Template)]
#[template(path = "staff_grievance.html")]
struct PanelPage {
    f: Frame,
    panel: GrievancePanel,
    complainant: Option<Complainant>,
    errors: Vec<FieldError>,
}

async fn shown(
    (app, reader, asker): (&App, &Reader, &Asker),
    number: &CaseNumber,
    complainant: Option<Complainant>,
    errors: Vec<FieldError>,
) -> Result<Response, Error> {
    let panel = app.platform.grievance_panel(asker, number).await?;
    let district = app.platform.district(&panel.case.division).ok_or(Error::NoPage)?;
    let f = Frame::new(app, reader, reader.words.t("grievance-panel-title")).of(app, &district).at(Part::Staff);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page_with(status, &PanelPage { f, panel, complainant, errors })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /staff/cases/{number}/grievance`
pub(super) async fn panel(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    shown((&app, &reader, &asker), &name.parsed()?, None, Vec::new()).await
}

#[derive(Deserialize)]
pub(super) struct Reason {
    #[serde(default)]
    reason: String,
}

/// `POST /staff/cases/{number}/grievance/reveal`: never by looking alone.
pub(super) async fn reveal(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Sent(why): Sent<Reason>,
) -> Result<Response, Error> {
    let number = name.parsed()?;
    match app.platform.complainant_reveal(&asker, &number, &why.reason).await {
        Ok(complainant) => shown((&app, &reader, &asker), &number, Some(complainant), Vec::new()).await,
        Err(GrievanceError::Invalid(errors)) => shown((&app, &reader, &asker), &number, None, errors).await,
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub(super) struct Published {
    #[serde(default)]
    question: String,
    #[serde(default)]
    answer: String,
}

/// `POST /staff/cases/{number}/grievance/publish`
pub(super) async fn publish(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Sent(said): Sent<Published>,
) -> Result<Response, Error> {
    let number = name.parsed()?;
    match app.platform.answer_publish(&asker, &number, &said.question, &said.answer).await {
        Ok(()) => Ok(leads(&format!("/staff/cases/{number}/grievance"), &[])),
        Err(GrievanceError::Invalid(errors)) => shown((&app, &reader, &asker), &number, None, errors).await,
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "escalations.html")]
struct EscalationsPage {
    f: Frame,
    district: Arc<District>,
    escalates: bool,
    sees: bool,
    cases: Vec<(Case, Option<i32>)>,
    done: bool,
    errors: Vec<FieldError>,
}

impl EscalationsPage {
    fn state(&self, case: &Case) -> String {
        case.at().map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }
}

async fn escalated(
    (app, reader, asker): (&App, &Reader, &Asker),
    division: &Division,
    done: bool,
    errors: Vec<FieldError>,
) -> Result<Response, Error> {
    let place = Place { division, department: None };
    let escalates = app.platform.may_within(asker, Deed::EscalateGrievances, division);
    let sees = app.platform.may(asker, Deed::SeeEscalated, place);
    if !escalates && !sees {
        app.platform.allow(asker, Deed::SeeEscalated, place, "escalations").await?;
    }
    let district = app.platform.district(division).ok_or(Error::NoPage)?;
    let found = if sees { app.platform.escalated(asker, division).await? } else { Vec::new() };
    let cases = found.into_iter().map(|case| (case.clone(), app.platform.days_left(&case))).collect();
    let f = Frame::new(app, reader, reader.words.t("escalations-title")).of(app, &district).at(Part::Staff);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page_with(status, &EscalationsPage { f, district, escalates, sees, cases, done, errors })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /staff/d/{division}/escalations`
pub(super) async fn escalations(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    escalated((&app, &reader, &asker), &place.division, false, Vec::new()).await
}

#[derive(Deserialize)]
pub(super) struct Escalated {
    #[serde(default)]
    number: String,
    #[serde(default)]
    reason: String,
}

/// `POST /staff/d/{division}/escalations`
pub(super) async fn escalate(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(said): Sent<Escalated>,
) -> Result<Response, Error> {
    let words = |zh: &str, en: &str, field: &str| {
        vec![FieldError { field: field.to_owned(), message: lotus_domain::text::Text::new(zh, en) }]
    };
    let at = (&app, &reader, &asker);
    if said.reason.trim().is_empty() {
        let errors = words("请写明提级的理由。", "Please say why.", "reason");
        return escalated(at, &place.division, false, errors).await;
    }
    let Ok(number) = CaseNumber::parse(&said.number) else {
        let errors = words("办件编号不正确。", "This is no case number.", "number");
        return escalated(at, &place.division, false, errors).await;
    };
    app.platform.grievance_escalate(&asker, &place.division, &number, &said.reason).await?;
    escalated(at, &place.division, true, Vec::new()).await
}
