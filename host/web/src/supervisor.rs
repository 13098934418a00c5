//! Invited supervisors 特约监督员 (article 35): the public list with answered opinions, and a supervisor's own page.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form as Sent, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::{District, Division};
use lotus_domain::form::FieldError;
use lotus_domain::grievance::{DESK, PublicAnswer};
use lotus_domain::supervisor::{Supervisor, TOPIC, VisitSort};
use lotus_domain::text::Text;
use lotus_platform::{Asker, FormToken, GrievanceError, OpinionWish, SupervisorDesk, SupervisorVisitWish};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page, page_with};

/// The addresses of supervisors.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/d/{division}/supervisors", get(public))
        .route("/staff/d/{division}/supervision", get(desk))
        .route("/staff/d/{division}/supervision/visits", post(visit))
        .route("/staff/d/{division}/supervision/opinions", post(opinion))
        .route("/staff/cases/{number}/opinion/publish", post(publish))
}

#[derive(Template)]
#[template(path = "supervisors.html")]
struct PublicPage {
    f: Frame,
    supervisors: Vec<Supervisor>,
    opinions: Vec<PublicAnswer>,
    zone: TimeZone,
}

/// `GET /d/{division}/supervisors`
async fn public(State(app): State<App>, reader: Reader, place: Place) -> Result<Response, Error> {
    let division = &place.visit.division;
    let supervisors = app.platform.supervisors(division).await?;
    let mut opinions = app.platform.public_answers(division).await?;
    opinions.retain(|said| said.topic == TOPIC);
    let f = Frame::new(&app, &reader, reader.words.t("supervisors-title")).of(&app, &place.district);
    let zone = app.platform.zone_of_time().clone();
    page(&PublicPage { f, supervisors, opinions, zone })
}

#[derive(Deserialize)]
struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "supervision_desk.html")]
struct DeskPage {
    f: Frame,
    district: Arc<District>,
    desk: SupervisorDesk,
    departments: Vec<Text>,
    visit: SupervisorVisitWish,
    opinion: OpinionWish,
    errors: Vec<FieldError>,
    token: String,
    zone: TimeZone,
}

impl DeskPage {
    fn sorts() -> [VisitSort; 2] {
        VisitSort::ALL
    }

    fn state(&self, case: &Case) -> String {
        case.at().map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }
}

async fn shown(
    (app, reader, asker): (&App, &Reader, &Asker),
    division: &Division,
    (visit, opinion): (SupervisorVisitWish, OpinionWish),
    errors: Vec<FieldError>,
) -> Result<Response, Error> {
    let desk = app.platform.supervisor_desk(asker, division).await?;
    let district = app.platform.district(division).ok_or(Error::NoPage)?;
    let mut departments = app.platform.departments(division);
    departments.retain(|department| department.zh != DESK);
    let f = Frame::new(app, reader, reader.words.t("supervision-title")).of(app, &district).at(Part::Staff);
    let token = app.platform.form_token().to_string();
    let zone = app.platform.zone_of_time().clone();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = DeskPage { f, district, desk, departments, visit, opinion, errors, token, zone };
    let mut response = page_with(status, &view)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /staff/d/{division}/supervision`
async fn desk(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    shown((&app, &reader, &asker), &place.division, Default::default(), Vec::new()).await
}

#[derive(Deserialize)]
struct TypedVisit {
    #[serde(default)]
    sort: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    findings: String,
}

/// `POST /staff/d/{division}/supervision/visits`
async fn visit(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(at): Named<InDistrict>,
    Sent(typed): Sent<TypedVisit>,
) -> Result<Response, Error> {
    let TypedVisit { sort, day, place, findings } = typed;
    let wish = SupervisorVisitWish { sort, day, place, findings };
    match app.platform.supervisor_visit(&asker, &at.division, &wish).await {
        Ok(()) => Ok(leads(&format!("/staff/d/{}/supervision", at.division), &[])),
        Err(GrievanceError::Invalid(errors)) => {
            shown((&app, &reader, &asker), &at.division, (wish, OpinionWish::default()), errors).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct TypedOpinion {
    #[serde(default, rename = "_token")]
    token: String,
    #[serde(default)]
    visit: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
}

/// `POST /staff/d/{division}/supervision/opinions`
async fn opinion(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(at): Named<InDistrict>,
    Sent(typed): Sent<TypedOpinion>,
) -> Result<Response, Error> {
    let TypedOpinion { token, visit, department, title, text } = typed;
    let wish = OpinionWish { visit, department, title, text };
    let token = FormToken::parse(&token).ok_or(Error::StaleToken)?;
    match app.platform.opinion_give(&asker, &at.division, &token, &wish).await {
        Ok(receipt) => Ok(leads(&format!("/me/cases/{}", receipt.number), &[])),
        Err(GrievanceError::Invalid(errors)) => {
            shown((&app, &reader, &asker), &at.division, (SupervisorVisitWish::default(), wish), errors).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct CaseName {
    number: String,
}

/// `POST /staff/cases/{number}/opinion/publish`
async fn publish(State(app): State<App>, Known(asker): Known, Named(name): Named<CaseName>) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    app.platform.opinion_publish(&asker, &number).await?;
    Ok(leads(&format!("/staff/cases/{number}"), &[]))
}
