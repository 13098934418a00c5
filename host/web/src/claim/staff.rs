//! Claims for those who decide and pay: pushes, public notices, payment files with their receipts, recovery.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Form as Sent, Multipart, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use jiff::tz::TimeZone;
use lotus_domain::Slug;
use lotus_domain::case::CaseNumber;
use lotus_domain::claim::{Batch, BatchLine, BatchState, Decided, LineState, RECEIPT_COLUMNS};
use lotus_domain::district::{District, Division};
use lotus_domain::form::FieldError;
use lotus_domain::policy::{Finding, Seen};
use lotus_platform::{ClaimError, ClaimView, ClaimsDesk, Pushable};
use serde::Deserialize;

use super::ClaimName;
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::protection::LARGEST_BODY;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page, page_with};

fn kept_by_nobody(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "staff_claims.html")]
struct DeskPage {
    f: Frame,
    district: Arc<District>,
    desk: ClaimsDesk,
    zone: TimeZone,
}

impl DeskPage {
    fn is_settled(batch: &Batch) -> bool {
        batch.state() == BatchState::Settled
    }

    /// How far a push is, 0 to 100.
    fn per_cent(one: &Pushable) -> u64 {
        let Some(push) = &one.push else { return 0 };
        let seen = push.pushed + push.again + push.opted_out + push.unreached;
        if push.is_done { 100 } else { (seen * 100 / one.met.max(1)).min(99) }
    }
}

/// `GET /staff/d/{division}/claims`
pub(super) async fn desk(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let desk = app.platform.claims_desk(&asker, &place.division).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("claims-desk-title")).of(&app, &district).at(Part::Staff);
    let zone = app.platform.zone_of_time().clone();
    page(&DeskPage { f, district, desk, zone }).map(kept_by_nobody)
}

#[derive(Deserialize)]
pub(super) struct Of {
    policy: Slug,
}

/// `POST /staff/d/{division}/claims/push`
pub(super) async fn push(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(of): Sent<Of>,
) -> Result<Response, Error> {
    app.platform.push_start(&asker, &place.division, &of.policy).await?;
    Ok(leads(&format!("/staff/d/{}/claims", place.division), &[]))
}

/// `POST /staff/d/{division}/claims/publicise`
pub(super) async fn publicise(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    app.platform.claims_publicise(&asker, &place.division).await?;
    Ok(leads(&format!("/staff/d/{}/claims", place.division), &[]))
}

/// `POST /staff/d/{division}/claims/batches`: makes a payment file; leads to its page.
pub(super) async fn make(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let id = app.platform.batch_make(&asker, &place.division).await?;
    Ok(leads(&format!("/staff/d/{}/claims/batches/{id}", place.division), &[]))
}

#[derive(Deserialize)]
pub(super) struct BatchName {
    division: Division,
    id: String,
}

#[derive(Template)]
#[template(path = "staff_batch.html")]
struct BatchPage {
    f: Frame,
    district: Arc<District>,
    batch: Batch,
    zone: TimeZone,
    taken: Option<usize>,
    error: Option<String>,
}

impl BatchPage {
    fn is_settled(&self) -> bool {
        self.batch.state() == BatchState::Settled
    }

    fn state(&self, line: &BatchLine) -> String {
        self.f.w.t(match line.state {
            LineState::Open => "batch-line-open",
            LineState::Paid => "batch-line-paid",
            LineState::Failed => "batch-line-failed",
        })
    }
}

fn batch_page(
    (app, reader): (&App, &Reader),
    name: &BatchName,
    batch: Batch,
    taken: Option<usize>,
    error: Option<String>,
) -> Result<Response, Error> {
    let district = app.platform.district(&name.division).ok_or(Error::NoPage)?;
    let f = Frame::new(app, reader, reader.words.t("batch-title")).of(app, &district).at(Part::Staff);
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let zone = app.platform.zone_of_time().clone();
    page_with(status, &BatchPage { f, district, batch, zone, taken, error }).map(kept_by_nobody)
}

#[derive(Deserialize)]
pub(super) struct Taken {
    taken: Option<usize>,
}

/// `GET /staff/d/{division}/claims/batches/{id}`
pub(super) async fn batch(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<BatchName>,
    Query(query): Query<Taken>,
) -> Result<Response, Error> {
    let batch = app.platform.batch(&asker, &name.division, &name.id).await?;
    batch_page((&app, &reader), &name, batch, query.taken, None)
}

fn csv(name: &str, bytes: Vec<u8>) -> Result<Response, Error> {
    Response::builder()
        .header(CONTENT_TYPE, "text/csv; charset=utf-8")
        .header(CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\""))
        .header(CACHE_CONTROL, "no-store")
        .body(Body::from(bytes))
        .map_err(|error| {
            tracing::error!(%error, "a file could not be sent");
            Error::Broken
        })
}

/// `GET /staff/d/{division}/claims/batches/{id}/file`
pub(super) async fn file(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<BatchName>,
) -> Result<Response, Error> {
    let bytes = app.platform.batch_file(&asker, &name.division, &name.id).await?;
    csv(&format!("payment-{}", name.id), bytes)
}

/// `GET /staff/d/{division}/claims/batches/{id}/receipt`: what the bank fills in, with no account in it.
pub(super) async fn receipt_form(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<BatchName>,
) -> Result<Response, Error> {
    let batch = app.platform.batch(&asker, &name.division, &name.id).await?;
    let row = |line: &BatchLine| {
        let amount = line.amount.to_string().replace(',', "");
        format!("{},{},{},{amount},,\r\n", batch.id, line.line, line.number)
    };
    let rows: String = batch.lines.iter().map(row).collect();
    let text = format!("\u{feff}{}\r\n{rows}", RECEIPT_COLUMNS.join(","));
    csv(&format!("receipt-{}", batch.id), text.into_bytes())
}

/// The file of a form, whole: receipts are small.
async fn received(mut form: Multipart) -> Result<Vec<u8>, Error> {
    let unreadable = |error: axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Error::TooLarge
        } else {
            Error::Unreadable(error.to_string())
        }
    };
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if field.name() == Some("receipt") {
            let bytes = field.bytes().await.map_err(unreadable)?;
            return if bytes.len() > LARGEST_BODY { Err(Error::TooLarge) } else { Ok(bytes.to_vec()) };
        }
    }
    Ok(Vec::new())
}

/// `POST /staff/d/{division}/claims/batches/{id}`: the bank's receipt.
pub(super) async fn receipt(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<BatchName>,
    form: Multipart,
) -> Result<Response, Error> {
    let bytes = received(form).await?;
    match app.platform.batch_receipt(&asker, &name.division, &name.id, &bytes).await {
        Ok(taken) => Ok(leads(&format!("/staff/d/{}/claims/batches/{}?taken={taken}", name.division, name.id), &[])),
        Err(ClaimError::Receipt(error)) => {
            let batch = app.platform.batch(&asker, &name.division, &name.id).await?;
            let said = reader.words.text(&error.words()).to_owned();
            batch_page((&app, &reader), &name, batch, None, Some(said))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "staff_claim.html")]
struct ClaimPage<'a> {
    f: Frame,
    shown: &'a ClaimView,
    zone: &'a TimeZone,
    is_money: bool,
    amount: String,
    reason: String,
    errors: Vec<FieldError>,
    conflict: bool,
}

impl ClaimPage<'_> {
    fn state(&self) -> String {
        let case = &self.shown.view.case;
        case.at().map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }

    fn findings(&self) -> &[Finding] {
        let decided = self.shown.claim.body.decided.iter().rev().find(|decided| !decided.findings.is_empty());
        decided.map_or(self.shown.claim.body.found.findings.as_slice(), |decided| decided.findings.as_slice())
    }

    fn fact(&self, seen: &Seen) -> String {
        super::fact(self.f.w, seen, self.zone)
    }

    fn decider(&self, decided: &Decided) -> String {
        super::decider(self.f.w, decided)
    }

    fn decision(&self, decided: &Decided) -> String {
        super::decision(self.f.w, decided)
    }

    fn may(&self, action: &str) -> bool {
        self.shown.may(action)
    }

    fn error(&self) -> Option<&str> {
        self.errors.first().map(|error| self.f.w.text(&error.message))
    }

    fn typed(&self) -> String {
        if self.amount.is_empty() {
            return self.shown.claim.body.amount().map(|amount| amount.to_string()).unwrap_or_default();
        }
        self.amount.clone()
    }
}

async fn claim_page(
    (app, reader): (&App, &Reader),
    status: StatusCode,
    view: &ClaimView,
    (amount, reason): (String, String),
    errors: Vec<FieldError>,
) -> Result<Response, Error> {
    let title = reader.words.text(view.view.case.subject.title());
    let shown = ClaimPage {
        f: Frame::new(app, reader, title).of(app, &view.view.district).at(Part::Staff),
        shown: view,
        zone: app.platform.zone_of_time(),
        is_money: app.platform.pays_money(&view.claim).await.map_err(lotus_platform::Denied::from)?,
        amount,
        reason,
        errors,
        conflict: status == StatusCode::CONFLICT,
    };
    page_with(status, &shown).map(kept_by_nobody)
}

/// `GET /staff/claims/{number}`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<ClaimName>,
) -> Result<Response, Error> {
    let view = app.platform.claim_see(&asker, &name.number()?).await?;
    claim_page((&app, &reader), StatusCode::OK, &view, Default::default(), Vec::new()).await
}

#[derive(Deserialize)]
pub(super) struct Decides {
    revision: u32,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    reason: String,
}

async fn decided(
    (app, reader, asker): (&App, &Reader, &lotus_platform::Asker),
    number: &CaseNumber,
    decides: Decides,
    moved: Result<(), ClaimError>,
) -> Result<Response, Error> {
    let (status, errors) = match moved {
        Ok(()) => return Ok(leads(&format!("/staff/claims/{number}"), &[])),
        Err(ClaimError::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Err(ClaimError::Case(lotus_platform::CaseError::Changed { .. })) => (StatusCode::CONFLICT, Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let view = app.platform.claim_see(asker, number).await?;
    claim_page((app, reader), status, &view, (decides.amount, decides.reason), errors).await
}

/// `POST /staff/claims/{number}/grant`: a person's decision, with the amount.
pub(super) async fn grant(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<ClaimName>,
    Sent(decides): Sent<Decides>,
) -> Result<Response, Error> {
    let number = name.number()?;
    let Decides { revision, amount, reason } = &decides;
    let moved = app.platform.claim_person_grant(&asker, &number, *revision, amount, reason).await;
    decided((&app, &reader, &asker), &number, decides, moved).await
}

/// `POST /staff/claims/{number}/recover`
pub(super) async fn recover(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<ClaimName>,
    Sent(decides): Sent<Decides>,
) -> Result<Response, Error> {
    let number = name.number()?;
    let Decides { revision, amount, reason } = &decides;
    let moved = app.platform.claim_recover(&asker, &number, *revision, amount, reason).await;
    decided((&app, &reader, &asker), &number, decides, moved).await
}
