//! What there is of assistance, and asking for it: from a district, from an item's guide, from an application.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Form as Sent, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use lotus_domain::assistance::{Care, Offer, Project};
use lotus_domain::case::CaseNumber;
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::{District, Division};
use lotus_domain::form::{FieldError, Typed};
use lotus_domain::text::Text;
use lotus_platform::{Asker, CaseView, FormToken, HelpAsked, HelpFor, Helping};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::draft;
use crate::error::{Error, not_served};
use crate::portal::{Named, Place, opened, remembered, rendered, secret_of};
use crate::reader::Reader;
use crate::render::form::FormView;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    f: Frame,
    /// What it is for, where that is known.
    about: Option<Text>,
    /// The application's page.
    case: Option<String>,
    offers: Vec<Offer>,
    helps: Vec<Helping>,
    /// The reader's part of the portal, before a case's number.
    cases: &'static str,
    is_stale: bool,
    form: Option<Safe<String>>,
}

impl HelpPage {
    fn projects(&self) -> String {
        let titles = Project::ALL.map(Project::title);
        titles.iter().map(|title| self.f.w.text(title).to_owned()).collect::<Vec<_>>().join(&self.f.w.t("list-comma"))
    }

    fn cares(&self) -> String {
        let titles = Care::ALL.map(Care::title);
        titles.iter().map(|title| self.f.w.text(title).to_owned()).collect::<Vec<_>>().join(&self.f.w.t("list-comma"))
    }
}

/// Where help is asked for, and for what.
struct Wish<'a> {
    division: &'a Division,
    district: Arc<District>,
    item: Option<&'a Arc<DistrictItem>>,
    view: Option<&'a CaseView>,
    /// Where the form is sent.
    address: String,
    cases: &'static str,
    part: Part,
}

impl Wish<'_> {
    fn what(&self) -> HelpFor<'_> {
        self.view.map_or(HelpFor::Item(self.item), HelpFor::Application)
    }
}

/// What the page shows of the form.
#[derive(Default)]
struct Filled<'a> {
    typed: Option<&'a Typed>,
    errors: &'a [FieldError],
    is_stale: bool,
}

async fn shown(
    (app, reader, asker): (&App, &Reader, &Asker),
    wish: &Wish<'_>,
    filled: Filled<'_>,
) -> Result<Response, Error> {
    let words = reader.words;
    let (offers, helps) = if let Some(view) = wish.view {
        (super::offers_of(app, reader, asker, view).await, app.platform.helps_of(&view.case).await?)
    } else {
        let visit = lotus_platform::Visit { division: wish.division.clone(), language: words.language };
        let item = wish.item.map(|item| &item.item);
        (app.platform.help_offers(&visit, item, asker, None).await, Vec::new())
    };
    let form = app.platform.help_form(asker, wish.view.map(|view| &view.case)).map_err(not_served(Error::NoPage))?;
    let token = app.platform.form_token();
    let view = FormView::new(words, wish.address.clone(), "help", &token, Some(&form), filled.typed, filled.errors);
    // An application that is over, or has its helper, needs no other.
    let asks = wish.view.is_none_or(|view| view.case.is_open()) && helps.iter().all(|help| help.until.is_none());
    let form = asks.then(|| rendered(&view)).transpose()?;
    let about = wish.view.map(|view| view.case.subject.title().clone());
    let page = HelpPage {
        f: Frame::new(app, reader, words.t("help-title")).of(app, &wish.district).at(wish.part),
        about: about.or_else(|| wish.item.map(|item| item.item.name.clone())),
        case: wish.view.map(|view| format!("{}/{}", wish.cases, view.case.number)),
        offers,
        helps,
        cases: wish.cases,
        is_stale: filled.is_stale,
        form,
    };
    let status = match (filled.errors.is_empty(), filled.is_stale) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (_, true) => StatusCode::CONFLICT,
        _ => StatusCode::OK,
    };
    let mut response = page_with(status, &page)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn sent(
    (app, reader, asker): (&App, &Reader, &Asker),
    wish: &Wish<'_>,
    sent: Vec<(String, String)>,
) -> Result<Response, Error> {
    let (beside, typed) = draft::sorted(sent);
    let became = match beside.token.as_deref().and_then(FormToken::parse) {
        Some(token) => {
            let became = app.platform.help_ask(wish.division, wish.what(), &token, &typed, asker).await;
            became.map_err(not_served(Error::NoPage))?
        }
        None => HelpAsked::StaleToken,
    };
    match became {
        HelpAsked::Opened(receipt) => {
            Ok(remembered(app, opened(reader.words, &receipt), &receipt.number, &receipt.secret))
        }
        HelpAsked::There(_) => Ok(leads(&wish.address, &[])),
        HelpAsked::Invalid(errors) => {
            let filled = Filled { typed: Some(&typed), errors: &errors, is_stale: false };
            shown((app, reader, asker), wish, filled).await
        }
        HelpAsked::StaleToken => {
            let filled = Filled { typed: Some(&typed), errors: &[], is_stale: true };
            shown((app, reader, asker), wish, filled).await
        }
    }
}

/// The item that the address names.
#[derive(Debug, Default, Deserialize)]
pub(super) struct About {
    #[serde(default)]
    item: String,
}

impl About {
    fn item(&self, app: &App, place: &Place) -> Option<Arc<DistrictItem>> {
        app.platform.item(&place.visit.division, &self.item)
    }
}

fn in_district<'a>(place: &'a Place, item: Option<&'a Arc<DistrictItem>>) -> Wish<'a> {
    let division = &place.visit.division;
    let about = item.map(|item| format!("?item={}", item.item.code)).unwrap_or_default();
    Wish {
        division,
        district: Arc::clone(&place.district),
        item,
        view: None,
        address: format!("/d/{division}/assistance{about}"),
        cases: "/cases",
        part: Part::Items,
    }
}

/// `GET /d/{division}/assistance?item=`
pub(super) async fn form(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
    Query(about): Query<About>,
) -> Result<Response, Error> {
    let item = about.item(&app, &place);
    shown((&app, &reader, &asker), &in_district(&place, item.as_ref()), Filled::default()).await
}

/// `POST /d/{division}/assistance?item=`
pub(super) async fn submit(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
    Query(about): Query<About>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let item = about.item(&app, &place);
    sent((&app, &reader, &asker), &in_district(&place, item.as_ref()), fields).await
}

#[derive(Deserialize)]
pub(super) struct CaseName {
    number: String,
}

fn of_case<'a>(view: &'a CaseView, cases: &'static str, part: Part) -> Wish<'a> {
    Wish {
        division: &view.case.division,
        district: Arc::clone(&view.district),
        item: None,
        address: format!("{cases}/{}/assistance", view.case.number),
        view: Some(view),
        cases,
        part,
    }
}

/// A case by the secret that the browser brings.
pub(super) async fn by_secret(app: &App, headers: &HeaderMap, number: &str) -> Result<CaseView, Error> {
    let number = CaseNumber::parse(number).map_err(|_| Error::NoCase)?;
    let secret = secret_of(headers).ok_or(Error::NoCase)?;
    Ok(app.platform.case_follow(&number, &secret).await?)
}

/// One of the asker's own cases.
pub(super) async fn own(app: &App, asker: &Asker, number: &str) -> Result<CaseView, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let number = CaseNumber::parse(number).map_err(|_| Error::NoCase)?;
    Ok(app.platform.my_case(asker, &number).await?)
}

/// `GET /cases/{number}/assistance`
pub(super) async fn followed(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let view = by_secret(&app, &headers, &name.number).await?;
    shown((&app, &reader, &asker), &of_case(&view, "/cases", Part::Cases), Filled::default()).await
}

/// `POST /cases/{number}/assistance`
pub(super) async fn submit_followed(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    headers: HeaderMap,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let view = by_secret(&app, &headers, &name.number).await?;
    sent((&app, &reader, &asker), &of_case(&view, "/cases", Part::Cases), fields).await
}

/// `GET /me/cases/{number}/assistance`
pub(super) async fn mine(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    let view = own(&app, &asker, &name.number).await?;
    shown((&app, &reader, &asker), &of_case(&view, "/me/cases", Part::Mine), Filled::default()).await
}

/// `POST /me/cases/{number}/assistance`
pub(super) async fn submit_mine(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let view = own(&app, &asker, &name.number).await?;
    sent((&app, &reader, &asker), &of_case(&view, "/me/cases", Part::Mine), fields).await
}
