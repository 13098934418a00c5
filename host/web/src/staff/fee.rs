//! Fees for those who take them (article 31): asking, cash and cards, giving back, the day's closing.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use jiff::civil::Date;
use lotus_domain::case::CaseNumber;
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::{District, Division};
use lotus_domain::fee::{Closing, Difference, DueState, FeeDue, Kept, Means};
use lotus_platform::CaseFees;
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

#[derive(Deserialize)]
pub(super) struct CaseName {
    number: String,
}

fn number(text: &str) -> Result<CaseNumber, Error> {
    CaseNumber::parse(text).map_err(|_| Error::NoPage)
}

#[derive(Template)]
#[template(path = "staff_fees.html")]
struct FeesPage {
    f: Frame,
    fees: CaseFees,
    items: Vec<Arc<DistrictItem>>,
}

impl FeesPage {
    fn is_due(due: &FeeDue) -> bool {
        due.state == DueState::Due
    }

    fn is_open(kept: &Kept) -> bool {
        kept.refunded.is_none()
    }
}

/// `GET /staff/cases/{number}/fees`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    let fees = app.platform.fees_see(&asker, &number(&name.number)?).await?;
    let mut items = app.platform.fee_list(&fees.district.division);
    items.retain(|listed| fees.item.as_ref().is_none_or(|of| *of == listed.item.code));
    let f = Frame::new(&app, &reader, reader.words.t("case-fees-title")).of(&app, &fees.district).at(Part::Staff);
    let mut response = page(&FeesPage { f, fees, items })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    /// Item and place of the fee in it, e.g. `XC01003-411081/0`.
    fee: String,
    count: u32,
    payer: String,
}

/// `POST /staff/cases/{number}/fees`
pub(super) async fn ask(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Sent(wanted): Sent<Wanted>,
) -> Result<Response, Error> {
    let number = number(&name.number)?;
    let (item, at) = wanted.fee.rsplit_once('/').ok_or(Error::NoPage)?;
    let at = at.parse().map_err(|_| Error::NoPage)?;
    app.platform.fee_ask(&asker, &number, item, at, wanted.count, &wanted.payer).await?;
    Ok(leads(&format!("/staff/cases/{number}/fees"), &[]))
}

#[derive(Deserialize)]
pub(super) struct DueName {
    number: String,
    due: String,
}

#[derive(Deserialize)]
pub(super) struct By {
    means: String,
}

/// `POST /staff/cases/{number}/fees/{due}/take`: cash or card; leads back to the fees, where the receipt is.
pub(super) async fn take(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<DueName>,
    Sent(by): Sent<By>,
) -> Result<Response, Error> {
    let number = number(&name.number)?;
    let means = Means::parse(&by.means).ok_or(Error::NoPage)?;
    app.platform.fee_take(&asker, &number, &name.due, means).await?;
    Ok(leads(&format!("/staff/cases/{number}/fees"), &[]))
}

#[derive(Deserialize)]
pub(super) struct Back {
    reference: String,
}

/// `POST /staff/cases/{number}/refunds`
pub(super) async fn refund(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Sent(back): Sent<Back>,
) -> Result<Response, Error> {
    let number = number(&name.number)?;
    app.platform.fee_refund(&asker, &number, &back.reference).await?;
    Ok(leads(&format!("/staff/cases/{number}"), &[]))
}

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Deserialize)]
pub(super) struct Of {
    day: Option<Date>,
}

#[derive(Template)]
#[template(path = "closing.html")]
struct ClosingPage {
    f: Frame,
    district: Arc<District>,
    closing: Closing,
    closed: bool,
}

/// `GET /staff/d/{division}/closing?day=`
pub(super) async fn closing(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Query(of): Query<Of>,
) -> Result<Response, Error> {
    let day = of.day.unwrap_or_else(|| app.platform.today());
    let (closing, closed) = app.platform.fee_closing(&asker, &place.division, day, false).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("closing-title")).of(&app, &district).at(Part::Staff);
    let mut response = page(&ClosingPage { f, district, closing, closed })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Closed {
    day: Date,
}

/// `POST /staff/d/{division}/closing`
pub(super) async fn close(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(closed): Sent<Closed>,
) -> Result<Response, Error> {
    app.platform.fee_closing(&asker, &place.division, closed.day, true).await?;
    Ok(leads(&format!("/staff/d/{}/closing?day={}", place.division, closed.day), &[]))
}
