//! A day at the counters, and the round of its home visits, for those who run them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use jiff::civil::Date;
use lotus_domain::Slug;
use lotus_domain::appointment::{Booking, BookingState};
use lotus_domain::district::{District, Division};
use lotus_domain::visit::Visit;
use lotus_platform::{CounterDay, DayRound};
use serde::Deserialize;

use super::clock;
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Deserialize)]
pub(super) struct OnDay {
    day: Option<Date>,
    /// The number that was just given or called.
    number: Option<u32>,
}

#[derive(Template)]
#[template(path = "counters_day.html")]
struct DayPage {
    f: Frame,
    district: Arc<District>,
    day: Date,
    is_today: bool,
    number: Option<u32>,
    counters: Vec<CounterDay>,
}

impl DayPage {
    fn at(booking: &Booking) -> String {
        clock(booking.from)
    }

    fn is_booked(booking: &Booking) -> bool {
        booking.state == BookingState::Booked
    }

    /// Whoever was called can rate it.
    fn is_served(booking: &Booking) -> bool {
        booking.state == BookingState::Called
    }
}

/// `GET /staff/d/{division}/counters`
pub(super) async fn day(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Query(on): Query<OnDay>,
) -> Result<Response, Error> {
    let today = app.platform.today();
    let day = on.day.unwrap_or(today);
    let counters = app.platform.counters_day(&asker, &place.division, day).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("counters-day")).of(&app, &district).at(Part::Staff);
    let mut response = page(&DayPage { f, district, day, is_today: day == today, number: on.number, counters })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct CounterName {
    division: Division,
    counter: Slug,
}

impl CounterName {
    fn back(&self, number: Option<u32>) -> Response {
        let number = number.map(|number| format!("?number={number}")).unwrap_or_default();
        leads(&format!("/staff/d/{}/counters{number}", self.division), &[])
    }
}

#[derive(Deserialize)]
pub(super) struct Came {
    #[serde(default)]
    id: String,
    #[serde(default)]
    matter: String,
}

/// `POST /staff/d/{division}/counters/{counter}/arrive`
pub(super) async fn arrive(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CounterName>,
    Sent(came): Sent<Came>,
) -> Result<Response, Error> {
    let number = app.platform.booking_arrive(&asker, &name.division, &name.counter, &came.id).await?;
    Ok(name.back(Some(number)))
}

/// `POST /staff/d/{division}/counters/{counter}/walk-in`
pub(super) async fn walk_in(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CounterName>,
    Sent(came): Sent<Came>,
) -> Result<Response, Error> {
    let number = app.platform.booking_walk_in(&asker, &name.division, &name.counter, &came.matter).await?;
    Ok(name.back(Some(number)))
}

/// `POST /staff/d/{division}/counters/{counter}/call`
pub(super) async fn call(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CounterName>,
) -> Result<Response, Error> {
    let called = app.platform.booking_call(&asker, &name.division, &name.counter).await?;
    Ok(name.back(called.and_then(|booking| booking.number)))
}

#[derive(Template)]
#[template(path = "visits_day.html")]
struct VisitsPage {
    f: Frame,
    district: Arc<District>,
    day: Date,
    round: DayRound,
    kilometres: String,
}

impl VisitsPage {
    fn is_open(visit: &Visit) -> bool {
        visit.state.is_open()
    }
}

/// `GET /staff/d/{division}/visits`
pub(super) async fn visits(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Query(on): Query<OnDay>,
) -> Result<Response, Error> {
    let day = on.day.unwrap_or_else(|| app.platform.today());
    let round = app.platform.visit_round(&asker, &place.division, day).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("visits-day")).of(&app, &district).at(Part::Staff);
    let kilometres = format!("{:.1}", round.kilometres);
    let mut response = page(&VisitsPage { f, district, day, round, kilometres })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Planned {
    day: Date,
}

/// `POST /staff/d/{division}/visits/plan`
pub(super) async fn visits_plan(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(planned): Sent<Planned>,
) -> Result<Response, Error> {
    app.platform.visit_plan(&asker, &place.division, planned.day).await?;
    Ok(leads(&format!("/staff/d/{}/visits?day={}", place.division, planned.day), &[]))
}

#[derive(Deserialize)]
pub(super) struct VisitName {
    division: Division,
    id: String,
}

/// `POST /staff/d/{division}/visits/{id}/done`
pub(super) async fn visit_done(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<VisitName>,
) -> Result<Response, Error> {
    app.platform.visit_done(&asker, &name.division, &name.id).await?;
    Ok(leads(&format!("/staff/d/{}/visits", name.division), &[]))
}
