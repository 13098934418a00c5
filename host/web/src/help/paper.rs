//! The five papers of assistance as PDF, for whoever sees its case.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use lotus_domain::case::CaseNumber;
use lotus_platform::CaseView;
use serde::Deserialize;

use super::ask::{by_secret, own};
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;

/// A case, and `{kind}-{event}.pdf`.
#[derive(Deserialize)]
pub(super) struct PaperName {
    number: String,
    paper: String,
}

async fn print(app: &App, view: &CaseView, paper: &str) -> Result<Response, Error> {
    let stem = paper.strip_suffix(".pdf").ok_or(Error::NoPage)?;
    let (kind, sequence) = stem.rsplit_once('-').ok_or(Error::NoPage)?;
    let sequence = sequence.parse().map_err(|_| Error::NoPage)?;
    let pdf = app.platform.help_paper(view, kind, sequence).await?;
    let name = format!("inline; filename=\"{}-{kind}.pdf\"", view.case.number);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(|_| Error::NoPage)?),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, pdf).into_response())
}

/// `GET /cases/{number}/assistance/{paper}`
pub(super) async fn followed(
    State(app): State<App>,
    Named(name): Named<PaperName>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    print(&app, &by_secret(&app, &headers, &name.number).await?, &name.paper).await
}

/// `GET /me/cases/{number}/assistance/{paper}`
pub(super) async fn mine(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<PaperName>,
) -> Result<Response, Error> {
    print(&app, &own(&app, &asker, &name.number).await?, &name.paper).await
}

/// `GET /staff/cases/{number}/assistance/{paper}`
pub(super) async fn staff(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<PaperName>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    print(&app, &app.platform.case_see(&asker, &number).await?, &name.paper).await
}
