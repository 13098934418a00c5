//! Fees for whoever pays them (article 31): a district's public list, what is due on a case, receipts and their proof.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use lotus_domain::case::{CaseNumber, FollowSecret};
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::District;
use lotus_domain::fee::{DueState, FeeDue, Receipt};
use lotus_domain::law::{LegalBasis, Refusal};
use lotus_domain::mark::Mark;
use lotus_domain::text::Text;
use lotus_platform::{CaseFees, PayError};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

impl From<PayError> for Error {
    fn from(error: PayError) -> Self {
        let said =
            |zh: &str, en: String| Self::Refused(Refusal { reason: Text::new(zh, en), basis: None, next_step: None });
        match error {
            PayError::Denied(denied) => denied.into(),
            PayError::NotFound => Self::NoPage,
            PayError::Rule(rule) => said("收费项目、数量或者交款人不正确，请检查后重试。", rule.to_string()),
            PayError::Unlawful => Self::Refused(Refusal {
                reason: Text::new(
                    "该费用不在本事项公布的收费清单中，不得收取，已转电子监督。",
                    "This fee is not on the published list of the case's item: it may not be asked for, and supervision has been told.",
                ),
                basis: Some(LegalBasis {
                    title: "《许昌市政务服务条例》".to_owned(),
                    article: Some("第三十一条".to_owned()),
                }),
                next_step: Some(Text::new(
                    "请按收费清单收费；清单没有的，不收费。",
                    "Ask for what the list has; what it does not have is free.",
                )),
            }),
            PayError::Settled => {
                said("这笔费用已经处理过，请刷新页面查看。", "This has been dealt with already.".into())
            }
            PayError::NoProvider => said(
                "这里没有开通电子支付，请到窗口交款。",
                "No electronic payment here: please pay at the counter.".into(),
            ),
            PayError::Disbelief(_) => Self::BadToken,
            PayError::Provider(_) | PayError::Paper(_) | PayError::Unavailable => Self::Unavailable,
        }
    }
}

/// The address that people type, without the last `/`.
pub(crate) fn base(app: &App, headers: &HeaderMap) -> String {
    let host = || headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let known = app.config.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    known.unwrap_or_else(|| format!("http://{}", host()))
}

#[derive(Template)]
#[template(path = "fees.html")]
struct FeesPage {
    f: Frame,
    district: Arc<District>,
    items: Vec<Arc<DistrictItem>>,
}

/// `GET /d/{division}/fees`: everything that costs something here, with its basis; nothing else does.
pub(crate) async fn list(State(app): State<App>, reader: Reader, place: Place) -> Result<Response, Error> {
    let items = app.platform.fee_list(&place.visit.division);
    let f = Frame::new(&app, &reader, reader.words.t("fees-title")).of(&app, &place.district).at(Part::Items);
    page(&FeesPage { f, items, district: place.district })
}

#[derive(Deserialize)]
pub(crate) struct CaseName {
    number: String,
}

fn key(number: &str, cookies: &CookieJar) -> Result<(CaseNumber, Option<FollowSecret>), Error> {
    let number = CaseNumber::parse(number).map_err(|_| Error::NoCase)?;
    Ok((number, cookies.get("case").map(|cookie| FollowSecret::parse(cookie.value()))))
}

#[derive(Template)]
#[template(path = "case_fees.html")]
struct CaseFeesPage {
    f: Frame,
    /// The address of the case in the reader's part of the portal.
    base: String,
    fees: CaseFees,
    /// Where the fee that was just ordered is paid.
    pay: Option<String>,
}

impl CaseFeesPage {
    fn is_due(due: &FeeDue) -> bool {
        due.state == DueState::Due
    }
}

fn case_fees(app: &App, reader: &Reader, base: String, fees: CaseFees, pay: Option<String>) -> Result<Response, Error> {
    let f = Frame::new(app, reader, reader.words.t("case-fees-title")).of(app, &fees.district).at(Part::Cases);
    let mut response = page(&CaseFeesPage { f, base, fees, pay })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /cases/{number}/fees`
pub(crate) async fn due(
    State(app): State<App>,
    reader: Reader,
    cookies: CookieJar,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    let (number, secret) = key(&name.number, &cookies)?;
    let Some(secret) = secret else { return Ok(leads(&format!("/cases/{number}"), &[])) };
    let fees = app.platform.fees_follow(&number, &secret).await?;
    case_fees(&app, &reader, format!("/cases/{number}"), fees, None)
}

#[derive(Deserialize)]
pub(crate) struct DueName {
    number: String,
    due: String,
}

/// `POST /cases/{number}/fees/{due}/pay`: places the order; the page that comes leads to the provider.
pub(crate) async fn pay(
    State(app): State<App>,
    reader: Reader,
    cookies: CookieJar,
    headers: HeaderMap,
    Named(name): Named<DueName>,
) -> Result<Response, Error> {
    let (number, secret) = key(&name.number, &cookies)?;
    let secret = secret.ok_or(Error::NoCase)?;
    let fees = app.platform.fees_follow(&number, &secret).await?;
    ordered(&app, &reader, &headers, format!("/cases/{number}"), fees, &name.due).await
}

async fn ordered(
    app: &App,
    reader: &Reader,
    headers: &HeaderMap,
    case: String,
    fees: CaseFees,
    due: &str,
) -> Result<Response, Error> {
    let pay = app.platform.fee_order(&fees, due, &base(app, headers), &format!("{case}/fees")).await?;
    case_fees(app, reader, case, fees, Some(pay))
}

/// `GET /me/cases/{number}/fees`
pub(crate) async fn mine(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoCase)?;
    let fees = app.platform.fees_mine(&asker, &number).await?;
    case_fees(&app, &reader, format!("/me/cases/{number}"), fees, None)
}

/// `POST /me/cases/{number}/fees/{due}/pay`
pub(crate) async fn pay_mine(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    headers: HeaderMap,
    Named(name): Named<DueName>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoCase)?;
    let fees = app.platform.fees_mine(&asker, &number).await?;
    ordered(&app, &reader, &headers, format!("/me/cases/{number}"), fees, &name.due).await
}

#[derive(Deserialize)]
pub(crate) struct ReceiptName {
    number: String,
}

#[derive(Deserialize)]
pub(crate) struct Code {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    f: Frame,
    district: Arc<District>,
    receipt: Receipt,
    payer: String,
    at: String,
}

impl ReceiptPage {
    fn is_refunded(&self) -> bool {
        self.receipt.due.state == DueState::Refunded
    }
}

/// `GET /receipts/{number}?code=`: what the QR code of a receipt leads to. Without its code nothing is there.
pub(crate) async fn receipt(
    State(app): State<App>,
    reader: Reader,
    Named(name): Named<ReceiptName>,
    Query(code): Query<Code>,
) -> Result<Response, Error> {
    let (receipt, district) = app.platform.receipt(&name.number, &code.code).await?;
    let f = Frame::new(&app, &reader, reader.words.t("receipt-title")).of(&app, &district);
    let payer = Mark::name(&receipt.due.asked.payer).map_or_else(|| "***".to_owned(), |payer| payer.masked());
    let at = reader.words.moment(&receipt.payment.at, app.platform.zone_of_time());
    let mut response = page(&ReceiptPage { f, district, receipt, payer, at })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /receipts/{number}/pdf?code=`
pub(crate) async fn print(
    State(app): State<App>,
    headers: HeaderMap,
    Named(name): Named<ReceiptName>,
    Query(code): Query<Code>,
) -> Result<Response, Error> {
    let pdf = app.platform.receipt_print(&name.number, &code.code, &base(&app, &headers)).await?;
    let name = format!("inline; filename=\"receipt-{}.pdf\"", name.number);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(|_| Error::NoPage)?),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, pdf).into_response())
}
