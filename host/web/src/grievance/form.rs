//! The one form of a grievance, online and where it is written down; and the answers that are public.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use jiff::tz::TimeZone;
use lotus_domain::case::CaseNumber;
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::{District, Division};
use lotus_domain::form::FieldError;
use lotus_domain::grievance::{Channel, DESK, Identity, PublicAnswer, Sort, TOPICS, Topic};
use lotus_domain::kind::shipped;
use lotus_domain::law::Period;
use lotus_domain::supervisor::TOPIC;
use lotus_domain::text::{Language, Text};
use lotus_platform::{FormToken, GrievanceError, GrievanceWish, Receipt};
use serde::Deserialize;

use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, Place, opened, remembered};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page, page_with};

#[derive(Template)]
#[template(path = "grievances.html")]
struct FormPage {
    f: Frame,
    district: Arc<District>,
    /// Where it is sent to.
    action: String,
    token: String,
    /// It is written down by somebody else.
    is_desk: bool,
    channel: Channel,
    wish: GrievanceWish,
    errors: Vec<FieldError>,
    departments: Vec<Text>,
    items: Vec<Arc<DistrictItem>>,
    /// What was written down just now: number and secret.
    written: Option<(String, String)>,
    is_signed_in: bool,
}

impl FormPage {
    fn sorts() -> [Sort; 4] {
        Sort::ALL
    }

    fn identities() -> [Identity; 3] {
        Identity::ALL
    }

    fn channels() -> [Channel; 2] {
        [Channel::Counter, Channel::Telephone]
    }

    fn topics() -> &'static [Topic] {
        &TOPICS
    }

    fn topic(&self, topic: &Topic) -> &'static str {
        if self.f.w.language == Language::Zh { topic.1 } else { topic.2 }
    }

    fn promised(sort: &Sort) -> Option<Period> {
        shipped(sort.name()).map(|kind| kind.promised)
    }

    fn error(&self, field: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == *field)?;
        Some(self.f.w.text(&error.message))
    }
}

/// Where a form is shown, and for whom.
struct Shown<'a> {
    app: &'a App,
    reader: &'a Reader,
    district: Arc<District>,
    channel: Channel,
    is_signed_in: bool,
}

fn shown(
    at: Shown<'_>,
    wish: GrievanceWish,
    errors: Vec<FieldError>,
    status: StatusCode,
    written: Option<(String, String)>,
) -> Result<Response, Error> {
    let Shown { app, reader, district, channel, is_signed_in } = at;
    let is_desk = channel != Channel::Portal;
    let division = &district.division;
    let (title, part, action) = if is_desk {
        ("grievance-record-title", Part::Staff, format!("/staff/d/{division}/grievances"))
    } else {
        ("grievance-title", Part::Services, format!("/d/{division}/grievances"))
    };
    let mut departments = app.platform.departments(division);
    departments.retain(|department| department.zh != DESK);
    let view = FormPage {
        f: Frame::new(app, reader, reader.words.t(title)).of(app, &district).at(part),
        action,
        token: app.platform.form_token().to_string(),
        is_desk,
        channel,
        wish,
        errors,
        departments,
        items: app.platform.items(division),
        written,
        is_signed_in,
        district,
    };
    let mut response = page_with(status, &view)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default, rename = "_token")]
    token: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    item: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    identity: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    telephone: String,
    consent: Option<String>,
}

impl From<Typed> for GrievanceWish {
    fn from(typed: Typed) -> Self {
        let Typed { sort, topic, item, department, about, text, identity, name, telephone, consent, .. } = typed;
        Self { sort, topic, item, department, about, text, identity, name, telephone, consent: consent.is_some() }
    }
}

/// What a guide or a case's page knows already.
#[derive(Deserialize)]
pub(super) struct Prefilled {
    #[serde(default)]
    item: String,
    #[serde(default)]
    about: String,
}

/// `GET /d/{division}/grievances`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
    Query(known): Query<Prefilled>,
) -> Result<Response, Error> {
    let is_signed_in = asker.person().is_some();
    let at = Shown { app: &app, reader: &reader, district: place.district, channel: Channel::Portal, is_signed_in };
    let wish = GrievanceWish { item: known.item, about: known.about, ..GrievanceWish::default() };
    shown(at, wish, Vec::new(), StatusCode::OK, None)
}

/// What became of a form that was sent: the receipt, or the page that says what is wrong.
fn became(
    at: Shown<'_>,
    wish: GrievanceWish,
    filed: Result<Receipt, GrievanceError>,
) -> Result<Result<Receipt, Response>, Error> {
    match filed {
        Ok(receipt) => Ok(Ok(receipt)),
        Err(GrievanceError::Invalid(errors)) => {
            shown(at, wish, errors, StatusCode::UNPROCESSABLE_ENTITY, None).map(Err)
        }
        Err(GrievanceError::StaleToken) => {
            let errors = vec![FieldError { field: "text".to_owned(), message: stale() }];
            shown(at, wish, errors, StatusCode::CONFLICT, None).map(Err)
        }
        Err(error) => Err(error.into()),
    }
}

fn stale() -> Text {
    Text::new("页面打开太久，请再提交一次。", "The page lay open too long; please send it once more.")
}

/// `POST /d/{division}/grievances`
pub(super) async fn file(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Error> {
    let token = FormToken::parse(&typed.token);
    let wish = GrievanceWish::from(typed);
    let filed = match token {
        Some(token) => app.platform.grievance_file(&place.visit.division, &asker, &token, &wish).await,
        None => Err(GrievanceError::StaleToken),
    };
    let is_signed_in = asker.person().is_some();
    let at = Shown { app: &app, reader: &reader, district: place.district, channel: Channel::Portal, is_signed_in };
    match became(at, wish, filed)? {
        Ok(receipt) => Ok(remembered(&app, opened(reader.words, &receipt), &receipt.number, &receipt.secret)),
        Err(page) => Ok(page),
    }
}

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Deserialize)]
pub(super) struct By {
    #[serde(default)]
    channel: String,
}

/// `GET /staff/d/{division}/grievances`: what somebody says at the counter or on the telephone.
pub(super) async fn desk(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Query(by): Query<By>,
) -> Result<Response, Error> {
    app.platform.grievance_record_open(&asker, &place.division).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let channel = Channel::parse(&by.channel).filter(|channel| *channel == Channel::Telephone);
    let channel = channel.unwrap_or(Channel::Counter);
    let at = Shown { app: &app, reader: &reader, district, channel, is_signed_in: true };
    shown(at, GrievanceWish::default(), Vec::new(), StatusCode::OK, None)
}

/// `POST /staff/d/{division}/grievances`
pub(super) async fn record(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Error> {
    let channel = Channel::parse(&typed.channel).filter(|channel| *channel == Channel::Telephone);
    let channel = channel.unwrap_or(Channel::Counter);
    let token = FormToken::parse(&typed.token);
    let wish = GrievanceWish::from(typed);
    app.platform.grievance_record_open(&asker, &place.division).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let filed = match token {
        Some(token) => app.platform.grievance_record(&place.division, &asker, &token, &wish, channel).await,
        None => Err(GrievanceError::StaleToken),
    };
    let at = || Shown { app: &app, reader: &reader, district: Arc::clone(&district), channel, is_signed_in: true };
    match became(at(), wish, filed)? {
        Ok(Receipt { number, secret, .. }) => {
            // Read out or handed over: it is theirs, and stands nowhere else.
            let written = Some((CaseNumber::to_string(&number), secret.shown()));
            shown(at(), GrievanceWish::default(), Vec::new(), StatusCode::OK, written)
        }
        Err(page) => Ok(page),
    }
}

#[derive(Template)]
#[template(path = "answers.html")]
struct AnswersPage {
    f: Frame,
    district: Arc<District>,
    answers: Vec<PublicAnswer>,
    zone: TimeZone,
}

/// `GET /d/{division}/answers`
pub(super) async fn answers(State(app): State<App>, reader: Reader, place: Place) -> Result<Response, Error> {
    let mut answers = app.platform.public_answers(&place.visit.division).await?;
    answers.retain(|said| said.topic != TOPIC);
    let f = Frame::new(&app, &reader, reader.words.t("answers-title")).of(&app, &place.district).at(Part::Services);
    let zone = app.platform.zone_of_time().clone();
    page(&AnswersPage { f, district: place.district, answers, zone })
}
