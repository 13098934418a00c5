//! `/api/v1/staff`: the staff's side of cases, for programs with a token: the worklist, one case, moving it on, finding it
//! again, taking the worklist away. The same rules as on the pages: another district's is not there.

use axum::extract::{Query, State};
use axum::response::Response;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::form::FieldError;
use lotus_domain::text::Text;
use lotus_platform::{ExportError, SearchError};
use serde::Deserialize;

use super::problem::Problem;
use super::shape::case::Act;
use super::shape::staff::{Found, Line, Search, StaffCase, TakeAway, Worklist};
use super::{Body, private};
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::export::file;

/// Cases of one page.
const PAGE: u32 = 100;

#[derive(Deserialize)]
pub(crate) struct InDistrict {
    division: Division,
}

#[derive(Deserialize)]
pub(crate) struct After {
    after: Option<String>,
}

/// Open cases of a district that are the token's to see, by their due day.
#[utoipa::path(
    get, path = "/api/v1/staff/districts/{division}/worklist", tag = "staff", security(("token" = ["see-worklist"])),
    params(
        ("division" = String, Path, description = "Division code, 6 to 9 digits", example = "411081"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses(
        (status = 200, body = Worklist),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not the token's to do", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such district, or another's", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn worklist(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Query(from): Query<After>,
) -> Result<Response, Error> {
    let after = from.after.as_deref().and_then(|number| CaseNumber::parse(number).ok());
    let cases = app.platform.worklist(&asker, &place.division, after.as_ref(), PAGE).await?;
    let next = cases.last().filter(|_| cases.len() == PAGE as usize).map(|last| last.number.to_string());
    let line = |case| Line::new(app.platform.days_left(&case), case);
    Ok(private(&Worklist { cases: cases.into_iter().map(line).collect(), next }))
}

#[derive(Deserialize)]
pub(crate) struct CaseName {
    number: String,
}

/// One case whole, with what its applicant gave.
#[utoipa::path(
    get, path = "/api/v1/staff/cases/{number}", tag = "staff", security(("token" = ["see-case"])),
    params(("number" = String, Path, description = "Case number, 25 characters")),
    responses(
        (status = 200, body = StaffCase),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not the token's to do", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such case, or another district's", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn case(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    let view = app.platform.case_see(&asker, &number).await?;
    Ok(private(&StaffCase::from(view)))
}

#[derive(Deserialize)]
pub(crate) struct ActionName {
    number: String,
    action: String,
}

/// Moves a case on, if it still is at the revision that was seen.
#[utoipa::path(
    post, path = "/api/v1/staff/cases/{number}/actions/{action}", tag = "staff", security(("token" = ["see-case", "move-case"])),
    params(
        ("number" = String, Path, description = "Case number"),
        ("action" = String, Path, description = "One of the case's `actions`"),
    ),
    request_body = Act,
    responses(
        (status = 200, description = "The case as it is then", body = StaffCase),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not the token's to do, or held by the district", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such case, or another district's", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Somebody acted in between; `revision` says where it is now", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not possible from here, or a reason is missing", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn act(
    State(app): State<App>,
    Known(asker): Known,
    Named(ActionName { number, action }): Named<ActionName>,
    Body(act): Body<Act>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&number).map_err(|_| Error::NoPage)?;
    let view =
        app.platform.case_move(&asker, &number, act.revision, &action, act.reason.as_deref(), act.overrules).await?;
    Ok(private(&StaffCase::from(view)))
}

/// Finds the newest cases of a district by case number, identity number, telephone, full name or credit code.
#[utoipa::path(
    post, path = "/api/v1/staff/districts/{division}/search", tag = "staff", security(("token" = ["search-cases"])),
    params(("division" = String, Path, description = "Division code, 6 to 9 digits", example = "411081")),
    request_body = Search,
    responses(
        (status = 200, body = Found),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not the token's to do", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such district, or another's", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Neither a number nor a name", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn search(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Body(wanted): Body<Search>,
) -> Result<Response, Error> {
    let found = app.platform.case_search(&asker, &place.division, &wanted.term).await.map_err(|error| match error {
        SearchError::Denied(denied) => denied.into(),
        SearchError::Term => wrong(
            "term",
            "请填写完整的号码或姓名。",
            "A whole number or a full name, please; parts are not looked for.",
        ),
    })?;
    let line = |case| Line::new(app.platform.days_left(&case), case);
    Ok(private(&Found { cases: found.into_iter().map(line).collect() }))
}

/// The worklist as CSV, personal data masked, its first line the watermark: at most 5,000 rows.
#[utoipa::path(
    post, path = "/api/v1/staff/districts/{division}/export", tag = "staff", security(("token" = ["export-cases"])),
    params(("division" = String, Path, description = "Division code, 6 to 9 digits", example = "411081")),
    request_body = TakeAway,
    responses(
        (status = 200, description = "The file; the header `Lotus-Export-Whole` says whether it holds all", body = String, content_type = "text/csv"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not the token's to do", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such district, or another's", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The purpose is missing", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn export(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Body(wanted): Body<TakeAway>,
) -> Result<Response, Error> {
    let export = app.platform.worklist_export(&asker, &place.division, &wanted.purpose).await;
    let export = export.map_err(|error| match error {
        ExportError::Denied(denied) => denied.into(),
        ExportError::Purpose => {
            wrong("purpose", "请说明导出用途，2 至 200 个字。", "What the file is for, please, in 2 to 200 characters.")
        }
    })?;
    file(reader.words, &place.division, &export, app.platform.zone_of_time())
}

fn wrong(field: &str, zh: &str, en: &str) -> Error {
    Error::Invalid(vec![FieldError { field: field.to_owned(), message: Text::new(zh, en) }])
}
