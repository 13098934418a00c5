//! For staff: what was filed, credit records, and another round of a draw.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::{District, Division};
use lotus_domain::form::FieldError;
use lotus_domain::intermediary::credit::{CreditEvent, CreditKind};
use lotus_domain::intermediary::filing::Filing;
use lotus_domain::text::Text;
use lotus_platform::{Asker, CreditError, CreditWish, Looked};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "staff_intermediaries.html")]
struct StaffPage {
    f: Frame,
    district: Arc<District>,
    filings: Vec<(CaseNumber, Text, Filing)>,
    events: Vec<CreditEvent>,
    names: Vec<(String, String)>,
    wish: CreditWish,
    errors: Vec<FieldError>,
}

impl StaffPage {
    fn kinds() -> Vec<CreditKind> {
        CreditKind::ALL.into_iter().filter(|kind| kind.weight().is_some()).collect()
    }

    fn name(&self, code: &str) -> &str {
        self.names.iter().find(|(known, _)| known == code).map_or("", |(_, name)| name.as_str())
    }

    fn error(&self, field: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == *field)?;
        Some(self.f.w.text(&error.message))
    }
}

async fn shown(
    (app, reader, asker): (&App, &Reader, &Asker),
    division: &Division,
    wish: CreditWish,
    errors: Vec<FieldError>,
) -> Result<Response, Error> {
    let filings = app.platform.filings(asker, division).await?;
    let definition = lotus_domain::kind::shipped(lotus_domain::intermediary::REGISTRATION);
    let title = |state: &str| {
        let known = definition.and_then(|definition| definition.state(state));
        known.map_or_else(|| Text::zh(state), |state| state.title.clone())
    };
    let filings = filings.into_iter().map(|(number, state, filing)| (number, title(&state), filing)).collect();
    let listed = app.platform.intermediaries(division, &Looked::default(), "");
    let of_here = listed.iter().flat_map(|one| &one.events).filter(|event| event.division == *division);
    let mut events: Vec<CreditEvent> = of_here.filter(|event| event.kind.weight().is_some()).cloned().collect();
    events.sort_by(|a, b| (b.day, &b.id).cmp(&(a.day, &a.id)));
    let district = app.platform.district(division).ok_or(Error::NoPage)?;
    let names = listed.iter().map(|one| (one.listing.code.clone(), one.listing.name.clone())).collect();
    let f = Frame::new(app, reader, reader.words.t("inter-staff")).of(app, &district).at(Part::Staff);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page_with(status, &StaffPage { f, district, filings, events, names, wish, errors })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /staff/d/{division}/intermediaries`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    shown((&app, &reader, &asker), &place.division, CreditWish::default(), Vec::new()).await
}

#[derive(Deserialize)]
pub(super) struct Event {
    #[serde(default)]
    code: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    evidence: String,
}

/// `POST /staff/d/{division}/intermediaries`: a credit event.
pub(super) async fn record(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(sent): Sent<Event>,
) -> Result<Response, Error> {
    let Event { code, kind, what, evidence } = sent;
    let wish = CreditWish { code: code.trim().to_ascii_uppercase(), kind, what, evidence };
    match app.platform.credit_record(&asker, &place.division, wish.clone()).await {
        Ok(()) => Ok(leads(&format!("/staff/d/{}/intermediaries", place.division), &[])),
        Err(CreditError::Denied(denied)) => Err(denied.into()),
        Err(CreditError::Invalid(errors)) => shown((&app, &reader, &asker), &place.division, wish, errors).await,
    }
}

#[derive(Deserialize)]
pub(super) struct Withdrawal {
    #[serde(default)]
    id: String,
    #[serde(default)]
    why: String,
}

/// `POST /staff/d/{division}/intermediaries/withdraw`
pub(super) async fn withdraw(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(sent): Sent<Withdrawal>,
) -> Result<Response, Error> {
    match app.platform.credit_withdraw(&asker, &place.division, &sent.id, &sent.why).await {
        Ok(()) => Ok(leads(&format!("/staff/d/{}/intermediaries", place.division), &[])),
        Err(CreditError::Denied(denied)) => Err(denied.into()),
        Err(CreditError::Invalid(errors)) => {
            shown((&app, &reader, &asker), &place.division, CreditWish::default(), errors).await
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Drawing {
    division: Division,
    number: String,
}

#[derive(Deserialize)]
pub(super) struct Why {
    #[serde(default)]
    reason: String,
}

/// `POST /staff/d/{division}/selections/{number}/redraw`
pub(super) async fn redraw(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<Drawing>,
    Sent(sent): Sent<Why>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    app.platform.selection_redraw(&asker, &name.division, &number, &sent.reason).await?;
    Ok(leads(&format!("/selections/{number}"), &[]))
}
