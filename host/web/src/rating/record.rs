//! What a caller says, written down; calls that are asked about; and the tablets of the halls.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;
use lotus_domain::Slug;
use lotus_domain::appointment::Counter;
use lotus_domain::district::{District, Division};
use lotus_domain::form::FieldError;
use lotus_domain::rating::Grade;
use lotus_domain::text::Text;
use lotus_platform::{Asker, RateError, RatingDevice, Taken};
use serde::Deserialize;

use super::staff::{InDistrict, private};
use super::wish;
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page_with};

#[derive(Template)]
#[template(path = "rating_record.html")]
struct RecordPage {
    f: Frame,
    district: Arc<District>,
    departments: Vec<Text>,
    fields: HashMap<String, String>,
    errors: Vec<FieldError>,
    taken: bool,
    before: bool,
    called: bool,
}

impl RecordPage {
    fn grades() -> [Grade; 5] {
        Grade::ALL
    }

    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }

    fn is_grade(&self, grade: &Grade) -> bool {
        self.field("grade") == grade.number().to_string()
    }

    fn error(&self, field: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == *field)?;
        Some(self.f.w.text(&error.message))
    }
}

/// What was tried.
#[derive(Default)]
struct Tried {
    fields: HashMap<String, String>,
    errors: Vec<FieldError>,
    taken: bool,
    before: bool,
    called: bool,
}

async fn shown(
    (app, reader, asker): (&App, &Reader, &Asker),
    division: &Division,
    tried: Tried,
) -> Result<Response, Error> {
    app.platform.rating_record_open(asker, division).await?;
    let district = app.platform.district(division).ok_or(Error::NoPage)?;
    let f = Frame::new(app, reader, reader.words.t("rating-record-title")).of(app, &district).at(Part::Staff);
    let departments = app.platform.departments(division);
    let status = match (tried.errors.is_empty(), tried.before) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, true) => StatusCode::CONFLICT,
        (true, false) => StatusCode::OK,
    };
    let Tried { fields, errors, taken, before, called } = tried;
    page_with(status, &RecordPage { f, district, departments, fields, errors, taken, before, called })
}

#[derive(Deserialize)]
pub(super) struct Called {
    called: Option<String>,
}

/// `GET /staff/d/{division}/ratings/telephone`
pub(super) async fn form(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Query(said): Query<Called>,
) -> Result<Response, Error> {
    let tried = Tried { called: said.called.is_some(), ..Tried::default() };
    shown((&app, &reader, &asker), &place.division, tried).await
}

/// `POST /staff/d/{division}/ratings/telephone`
pub(super) async fn write(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(fields): Sent<HashMap<String, String>>,
) -> Result<Response, Error> {
    let of = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let (number, proof) = (of("number"), of("proof"));
    let taken = app.platform.rating_record(&asker, &place.division, (number, proof), &wish(&fields)).await;
    let tried = match taken {
        Ok(Taken::New | Taken::Held | Taken::Corrected) => Tried { taken: true, ..Tried::default() },
        Err(RateError::Invalid(errors)) => Tried { fields, errors, ..Tried::default() },
        Err(RateError::Before(_)) => Tried { fields, before: true, ..Tried::default() },
        Err(error) => return Err(error.into()),
    };
    shown((&app, &reader, &asker), &place.division, tried).await
}

/// `POST /staff/d/{division}/ratings/calls`
pub(super) async fn call(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(fields): Sent<HashMap<String, String>>,
) -> Result<Response, Error> {
    let of = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    match app.platform.rating_call(&asker, &place.division, of("department"), of("telephone")).await {
        Ok(_) => Ok(leads(&format!("/staff/d/{}/ratings/telephone?called=yes", place.division), &[])),
        Err(RateError::Invalid(errors)) => {
            shown((&app, &reader, &asker), &place.division, Tried { fields, errors, ..Tried::default() }).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "rating_devices.html")]
struct DevicesPage<'a> {
    f: Frame,
    zone: &'a TimeZone,
    district: Arc<District>,
    counters: Vec<Counter>,
    devices: Vec<RatingDevice>,
    /// The code that was just handed out: shown once.
    code: Option<String>,
}

async fn devices_shown(
    (app, reader, asker): (&App, &Reader, &Asker),
    division: &Division,
    code: Option<String>,
) -> Result<Response, Error> {
    let devices = app.platform.rating_devices(asker, division).await?;
    let counters = app.platform.halls(division).await?.map(|halls| halls.counters).unwrap_or_default();
    let district = app.platform.district(division).ok_or(Error::NoPage)?;
    let f = Frame::new(app, reader, reader.words.t("rating-devices-title")).of(app, &district).at(Part::Staff);
    private(&DevicesPage { f, zone: app.platform.zone_of_time(), district, counters, devices, code })
}

/// `GET /staff/d/{division}/ratings/devices`
pub(super) async fn devices(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    devices_shown((&app, &reader, &asker), &place.division, None).await
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    counter: Slug,
    #[serde(default)]
    sort: String,
}

/// `POST /staff/d/{division}/ratings/devices`
pub(super) async fn issue(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(wanted): Sent<Wanted>,
) -> Result<Response, Error> {
    let code =
        app.platform.rating_device_issue(&asker, &place.division, &wanted.counter, wanted.sort == "terminal").await?;
    devices_shown((&app, &reader, &asker), &place.division, Some(code)).await
}

#[derive(Deserialize)]
pub(super) struct DeviceName {
    division: Division,
    id: String,
}

/// `POST /staff/d/{division}/ratings/devices/{id}/end`
pub(super) async fn end(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<DeviceName>,
) -> Result<Response, Error> {
    app.platform.rating_device_end(&asker, &name.division, &name.id).await?;
    Ok(leads(&format!("/staff/d/{}/ratings/devices", name.division), &[]))
}
