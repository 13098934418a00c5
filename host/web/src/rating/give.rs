//! Rating one's own case, or what a QR code leads to.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use lotus_domain::case::CaseNumber;
use lotus_domain::form::FieldError;
use lotus_domain::rating::{Channel, Grade, Tag};
use lotus_platform::{Asker, CaseView, Given, RateError, RatingPanel, RatingWish, Taken};
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;

use super::{tags, wish};
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, base, secret_of};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Template)]
#[template(path = "rating.html")]
struct RatingPage<'a> {
    f: Frame,
    zone: &'a TimeZone,
    /// Where the form is sent.
    action: String,
    /// What leads back.
    back: Option<String>,
    panel: RatingPanel,
    /// No account says who rates: name and number are asked for.
    asks_contact: bool,
    wish: RatingWish,
    errors: Vec<FieldError>,
    taken: Option<Taken>,
    /// It was rated before.
    before: bool,
}

impl RatingPage<'_> {
    fn grades() -> [Grade; 5] {
        Grade::ALL
    }

    fn is_grade(&self, grade: &Grade) -> bool {
        self.wish.grade == grade.number().to_string()
    }

    fn is_tag(&self, tag: &Tag) -> bool {
        self.wish.tags.contains(&tag.id)
    }

    /// Tags of good and of bad grades, apart.
    fn tag_groups() -> [(&'static str, Vec<&'static Tag>); 2] {
        let of =
            |bad: bool| lotus_domain::rating::tags().iter().filter(move |tag| tag.grades.iter().all(|g| *g > 3) == bad);
        [("rating-tags-good", of(false).collect()), ("rating-tags-bad", of(true).collect())]
    }

    fn error(&self, field: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == *field)?;
        Some(self.f.w.text(&error.message))
    }

    fn said(&self, ids: &[String]) -> String {
        tags(self.f.w, ids)
    }

    fn can_rate(&self) -> bool {
        self.panel.open || !self.panel.steps.is_empty()
    }

    fn is_held(&self) -> bool {
        self.taken == Some(Taken::Held)
    }
}

/// What was tried.
#[derive(Default)]
struct Tried {
    wish: RatingWish,
    errors: Vec<FieldError>,
    taken: Option<Taken>,
    before: bool,
}

impl Tried {
    /// What a page says of a rating that was tried; what no page can say goes on as an error.
    fn of(wish: RatingWish, result: Result<Taken, RateError>) -> Result<Self, Error> {
        match result {
            Ok(taken) => Ok(Self { taken: Some(taken), ..Self::default() }),
            Err(RateError::Invalid(errors)) => Ok(Self { wish, errors, ..Self::default() }),
            Err(RateError::Before(_)) => Ok(Self { before: true, ..Self::default() }),
            Err(error) => Err(error.into()),
        }
    }

    fn status(&self) -> StatusCode {
        match (self.errors.is_empty(), self.before) {
            (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
            (true, true) => StatusCode::CONFLICT,
            (true, false) => StatusCode::OK,
        }
    }
}

fn shown(page: &RatingPage<'_>, status: StatusCode) -> Result<Response, Error> {
    let mut response = page_with(status, page)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn of_case(
    (app, reader, asker): (&App, &Reader, &Asker),
    view: &CaseView,
    (below, part): (&str, Part),
    tried: Tried,
) -> Result<Response, Error> {
    let panel = app.platform.rating_panel(asker, view).await?;
    let back = format!("{below}/{}", view.case.number);
    let status = tried.status();
    let own =
        view.case.account.is_some() && asker.person().map(|person| &person.account.id) == view.case.account.as_ref();
    let page = RatingPage {
        f: Frame::new(app, reader, reader.words.t("rating-title")).of(app, &view.district).at(part),
        zone: app.platform.zone_of_time(),
        action: format!("{back}/rating"),
        back: Some(back),
        asks_contact: !own,
        panel,
        wish: tried.wish,
        errors: tried.errors,
        taken: tried.taken,
        before: tried.before,
    };
    shown(&page, status)
}

/// A computer or something that is carried, as far as it says so.
fn channel(headers: &HeaderMap) -> Channel {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let carried = ["Mobile", "Android", "iPhone", "MicroMessenger"].iter().any(|word| agent.contains(word));
    if carried { Channel::Mobile } else { Channel::Pc }
}

#[derive(Deserialize)]
pub(super) struct CaseName {
    number: String,
}

impl CaseName {
    fn parsed(&self) -> Result<CaseNumber, Error> {
        CaseNumber::parse(&self.number).map_err(|_| Error::NoCase)
    }
}

/// `GET /cases/{number}/rating`
pub(super) async fn followed(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    headers: HeaderMap,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    let secret = secret_of(&headers).ok_or(Error::NoCase)?;
    let view = app.platform.case_follow(&name.parsed()?, &secret).await?;
    of_case((&app, &reader, &asker), &view, ("/cases", Part::Cases), Tried::default()).await
}

/// `POST /cases/{number}/rating`
pub(super) async fn rate_followed(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    headers: HeaderMap,
    Named(name): Named<CaseName>,
    Sent(fields): Sent<HashMap<String, String>>,
) -> Result<Response, Error> {
    let secret = secret_of(&headers).ok_or(Error::NoCase)?;
    let view = app.platform.case_follow(&name.parsed()?, &secret).await?;
    let wish = wish(&fields);
    let result = app.platform.rate_case(&asker, &view, channel(&headers), &wish).await;
    of_case((&app, &reader, &asker), &view, ("/cases", Part::Cases), Tried::of(wish, result)?).await
}

/// `GET /me/cases/{number}/rating`
pub(super) async fn mine(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let view = app.platform.my_case(&asker, &name.parsed()?).await?;
    of_case((&app, &reader, &asker), &view, ("/me/cases", Part::Mine), Tried::default()).await
}

/// `POST /me/cases/{number}/rating`
pub(super) async fn rate_mine(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    headers: HeaderMap,
    Named(name): Named<CaseName>,
    Sent(fields): Sent<HashMap<String, String>>,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let view = app.platform.my_case(&asker, &name.parsed()?).await?;
    let wish = wish(&fields);
    let result = app.platform.rate_case(&asker, &view, channel(&headers), &wish).await;
    of_case((&app, &reader, &asker), &view, ("/me/cases", Part::Mine), Tried::of(wish, result)?).await
}

#[derive(Deserialize)]
pub(super) struct LinkName {
    link: String,
}

async fn of_link(app: &App, reader: &Reader, link: &str, tried: Tried) -> Result<Response, Error> {
    let found = app.platform.rating_link_open(link).await?;
    let district = app.platform.district(&found.division).ok_or(Error::NoPage)?;
    let status = tried.status();
    let given: Vec<Given> = found.given.into_iter().collect();
    let page = RatingPage {
        f: Frame::new(app, reader, reader.words.t("rating-title")).of(app, &district).at(Part::Cases),
        zone: app.platform.zone_of_time(),
        action: format!("/rate/{link}"),
        back: None,
        panel: RatingPanel {
            title: found.title,
            department: found.department,
            open: given.is_empty(),
            steps: Vec::new(),
            given,
            protects: false,
        },
        asks_contact: true,
        wish: tried.wish,
        errors: tried.errors,
        taken: tried.taken,
        before: tried.before,
    };
    shown(&page, status)
}

/// `GET /rate/{link}`: what a QR code leads to.
pub(super) async fn linked(
    State(app): State<App>,
    reader: Reader,
    Named(name): Named<LinkName>,
) -> Result<Response, Error> {
    of_link(&app, &reader, &name.link, Tried::default()).await
}

/// `POST /rate/{link}`
pub(super) async fn rate_linked(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<LinkName>,
    Sent(fields): Sent<HashMap<String, String>>,
) -> Result<Response, Error> {
    let wish = wish(&fields);
    let result = app.platform.rate_by_link(&asker, &name.link, &wish).await;
    of_link(&app, &reader, &name.link, Tried::of(wish, result)?).await
}

/// `GET /rate/{link}/code.svg`
pub(super) async fn code(
    State(app): State<App>,
    headers: HeaderMap,
    Named(name): Named<LinkName>,
) -> Result<Response, Error> {
    app.platform.rating_link_open(&name.link).await?;
    let address = format!("{}/rate/{}", base(&app, &headers), name.link);
    let code = QrCode::with_error_correction_level(address.as_bytes(), EcLevel::M).map_err(|_| Error::NoPage)?;
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).build();
    let kind = HeaderValue::from_static("image/svg+xml");
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, HeaderValue::from_static("no-store"))], svg).into_response())
}
