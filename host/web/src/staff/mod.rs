//! `/staff`: the worklist of a district, one case whole, and moving it on.

mod board;
mod export;
mod fee;
mod search;
mod warning;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form as Sent, Query, State};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use axum::routing::{get, post};
use lotus_domain::access::Deed;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::{District, Division};
use lotus_platform::{Clocked, WorkError};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::case::{Before, CaseParts, Tried, case_page};
use crate::render::frame::{Frame, Part, page};
use crate::render::time::urgency;

/// Cases of one page of the worklist.
const PAGE: u32 = 50;

/// The staff's addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(board::routes())
        .route("/staff", get(districts))
        .route("/staff/d/{division}", get(worklist))
        .route("/staff/d/{division}/warnings", get(warning::show).post(warning::write))
        .route("/staff/d/{division}/clocks", get(clocks))
        .route("/staff/d/{division}/search", get(search::form).post(search::find))
        .route("/staff/d/{division}/export", get(export::form).post(export::take))
        .route("/staff/d/{division}/closing", get(fee::closing).post(fee::close))
        .route("/staff/cases/{number}/fees", get(fee::show).post(fee::ask))
        .route("/staff/cases/{number}/fees/{due}/take", post(fee::take))
        .route("/staff/cases/{number}/refunds", post(fee::refund))
        .route("/staff/cases/{number}", get(case))
        .route("/staff/cases/{number}/actions/{action}", post(act))
}

#[derive(Template)]
#[template(path = "staff.html")]
struct DistrictsPage {
    f: Frame,
    districts: Vec<Arc<District>>,
}

/// `GET /staff`: the districts whose worklists are the asker's.
async fn districts(State(app): State<App>, reader: Reader, Known(asker): Known) -> Result<Response, Error> {
    let person = asker.person().ok_or(Error::SignIn)?;
    if person.waits_for_second_factor {
        return Err(Error::SecondFactor);
    }
    let sees = |district: &Arc<District>| app.platform.may_within(&asker, Deed::SeeWorklist, &district.division);
    let districts: Vec<_> = app.platform.districts().into_iter().filter(sees).collect();
    match districts.as_slice() {
        [] => Err(Error::NoPage),
        [only] => Ok(leads(&format!("/staff/d/{}", only.division), &[])),
        _ => page(&DistrictsPage {
            f: Frame::new(&app, &reader, reader.words.t("staff-title")).at(Part::Staff),
            districts,
        }),
    }
}

#[derive(Deserialize)]
struct InDistrict {
    division: Division,
}

#[derive(Deserialize)]
struct After {
    after: Option<String>,
}

/// A line of the worklist.
struct Line {
    case: Case,
    left: Option<i32>,
}

#[derive(Template)]
#[template(path = "worklist.html")]
struct WorklistPage {
    f: Frame,
    district: Arc<District>,
    lines: Vec<Line>,
    next: Option<String>,
    /// What else is theirs to do here: the end of an address below the district, and its words.
    ways: Vec<(&'static str, String)>,
}

/// What staff do in a district beside its worklist, and whose it is.
const WAYS: [(Deed, &str, &str); 15] = [
    (Deed::Help, "helper", "helper-title"),
    (Deed::SeeClocks, "board", "board-title"),
    (Deed::SeeClocks, "monitoring", "monitoring-staff"),
    (Deed::SearchCases, "search", "cases-search-title"),
    (Deed::ExportCases, "export", "export-title"),
    (Deed::WarnOfRisks, "warnings", "warnings-title"),
    (Deed::EditPolicies, "policies", "policy-desk-title"),
    (Deed::RunCounters, "counters", "counters-day"),
    (Deed::SettleFees, "closing", "closing-title"),
    (Deed::SeeRatings, "ratings", "ratings-staff-title"),
    (Deed::CallBackRaters, "call-backs", "call-backs-title"),
    (Deed::RunClaims, "claims", "claims-desk-title"),
    (Deed::KeepIntermediaries, "intermediaries", "inter-staff"),
    (Deed::RecordGrievances, "grievances", "grievance-record-title"),
    (Deed::EscalateGrievances, "escalations", "escalations-title"),
];

impl WorklistPage {
    fn urgency(line: &Line) -> &'static str {
        urgency(line.left)
    }

    fn state(&self, case: &Case) -> String {
        let state = case.definition.state(&case.state);
        state.map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }

    fn service(&self, case: &Case) -> String {
        self.f.w.text(case.subject.title()).to_owned()
    }
}

/// `GET /staff/d/{division}`
async fn worklist(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Query(from): Query<After>,
) -> Result<Response, Error> {
    let after = from.after.as_deref().and_then(|number| CaseNumber::parse(number).ok());
    let cases = app.platform.worklist(&asker, &place.division, after.as_ref(), PAGE).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let full = cases.len() == PAGE as usize;
    let next = cases.last().filter(|_| full).map(|last| last.number.to_string());
    let lines = cases.into_iter().map(|case| Line { left: app.platform.days_left(&case), case }).collect();
    let may = |deed| app.platform.may_within(&asker, deed, &place.division);
    let f = Frame::new(&app, &reader, reader.words.t("worklist-title")).of(&app, &district).at(Part::Staff);
    let ways = WAYS.into_iter().filter(|(deed, _, _)| may(*deed));
    let ways = ways.map(|(_, way, words)| (way, reader.words.t(words))).collect();
    let mut response = page(&WorklistPage { f, district, lines, next, ways })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Template)]
#[template(path = "clocks.html")]
struct ClocksPage {
    f: Frame,
    district: Arc<District>,
    clocks: Vec<Clocked>,
}

impl ClocksPage {
    fn urgency(clocked: &Clocked) -> &'static str {
        urgency(clocked.left)
    }
}

/// Cases that are shown by their clocks.
const MOST_CLOCKS: u32 = 500;

/// `GET /staff/d/{division}/clocks`
async fn clocks(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let clocks = app.platform.clocks(&asker, &place.division, MOST_CLOCKS).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("clocks-title")).of(&app, &district).at(Part::Staff);
    page(&ClocksPage { f, district, clocks })
}

#[derive(Deserialize)]
struct CaseName {
    number: String,
}

/// `GET /staff/cases/{number}`
async fn case(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Query(before): Query<Before>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    let view = app.platform.case_see(&asker, &number).await?;
    let parts = CaseParts::staff(&view).at(&app, &view, &before).await?.helped(&app, &reader, &asker, &view).await?;
    case_page(&app, &reader, StatusCode::OK, &view, &parts, Tried::default())
}

#[derive(Deserialize)]
struct ActionName {
    number: String,
    action: String,
}

#[derive(Deserialize)]
struct Acted {
    revision: u32,
    #[serde(default)]
    reason: String,
    /// The box was ticked.
    overrules: Option<String>,
    /// The department that it is handed over to, or that is asked to take part.
    #[serde(default)]
    department: String,
}

/// `POST /staff/cases/{number}/actions/{action}`
async fn act(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<ActionName>,
    Sent(acted): Sent<Acted>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    let moved = app
        .platform
        .case_move_to(
            &asker,
            &number,
            (acted.revision, &name.action),
            Some(&acted.reason),
            acted.overrules.is_some(),
            Some(acted.department.trim()).filter(|department| !department.is_empty()),
        )
        .await;
    match moved {
        Ok(view) if app.platform.still_sees(&asker, &view).await => {
            Ok(leads(&format!("/staff/cases/{}", view.case.number), &[]))
        }
        // It is another department's now.
        Ok(view) => Ok(leads(&format!("/staff/d/{}", view.case.division), &[])),
        Err(WorkError::Denied(denied)) => Err(denied.into()),
        Err(WorkError::Case(error)) => {
            let tried = Tried::of(reader.words, &name.action, &acted.reason, error)?;
            let view = app.platform.case_see(&asker, &number).await?;
            case_page(&app, &reader, tried.status(), &view, &CaseParts::staff(&view), tried)
        }
    }
}
