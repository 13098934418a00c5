//! A district's counters with their slots, booking one, and one's own bookings.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use jiff::civil::{Date, Time};
use lotus_domain::Slug;
use lotus_domain::appointment::{Booking, BookingState, Counter};
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::{District, Division};
use lotus_domain::text::Text;
use lotus_domain::visit::Visit;
use lotus_platform::{OpenSlot, Standing};
use serde::Deserialize;

use super::clock;
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// What is booked where it is about no item.
const ADVICE: &str = "咨询";

#[derive(Template)]
#[template(path = "counters.html")]
struct CountersPage {
    f: Frame,
    district: Arc<District>,
    counters: Vec<Standing>,
}

/// `GET /d/{division}/counters`
pub(super) async fn list(State(app): State<App>, reader: Reader, place: Place) -> Result<Response, Error> {
    let counters = app.platform.counters(&place.visit.division).await?;
    let f = Frame::new(&app, &reader, reader.words.t("counters-title")).of(&app, &place.district);
    page(&CountersPage { f, district: place.district, counters })
}

#[derive(Deserialize)]
pub(super) struct CounterName {
    counter: Slug,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    /// The item that it is about.
    item: Option<String>,
}

#[derive(Template)]
#[template(path = "counter.html")]
struct CounterPage {
    f: Frame,
    district: Arc<District>,
    counter: Counter,
    days: Vec<(Date, Vec<OpenSlot>)>,
    items: Vec<Arc<DistrictItem>>,
    wanted: Option<String>,
}

impl CounterPage {
    fn value(open: &OpenSlot) -> String {
        format!("{} {}", open.slot.day, clock(open.slot.from))
    }

    fn times(open: &OpenSlot) -> String {
        format!("{}—{}", clock(open.slot.from), clock(open.slot.to))
    }

    fn is_wanted(&self, item: &DistrictItem) -> bool {
        self.wanted.as_ref() == Some(&item.item.code)
    }
}

/// `GET /d/{division}/counters/{counter}`
pub(super) async fn slots(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(name): Named<CounterName>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let (counter, days) = app.platform.counter_slots(&place.visit.division, &name.counter).await?;
    let title = reader.words.t1("counter-title", "name", reader.words.text(&counter.title));
    let items = app.platform.items(&place.visit.division);
    let f = Frame::new(&app, &reader, title).of(&app, &place.district);
    page(&CounterPage { f, district: place.district, counter, days, items, wanted: wanted.item })
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    /// Day and time.
    #[serde(default)]
    slot: String,
    /// An item's code; empty is advice.
    #[serde(default)]
    item: String,
}

/// `POST /d/{division}/counters/{counter}`
pub(super) async fn book(
    State(app): State<App>,
    place: Place,
    Named(name): Named<CounterName>,
    Known(asker): Known,
    Sent(chosen): Sent<Chosen>,
) -> Result<Response, Error> {
    let division = &place.visit.division;
    let at = chosen
        .slot
        .split_once(' ')
        .and_then(|(day, from)| Some((day.parse::<Date>().ok()?, from.parse::<Time>().ok()?)));
    let at = at.ok_or(lotus_platform::BookError::Not(lotus_domain::appointment::NotBooked::NoSlot))?;
    let matter = match chosen.item.as_str() {
        "" => ADVICE.to_owned(),
        code => app.platform.item(division, code).ok_or(Error::NoItem)?.item.name.zh.clone(),
    };
    app.platform.book(&asker, division, &name.counter, at, &matter).await?;
    Ok(leads("/me/bookings", &[]))
}

struct BookingLine {
    booking: Booking,
    division: Division,
    district: Text,
    counter: Text,
    at: String,
    state: Text,
}

struct VisitLine {
    visit: Visit,
    division: Division,
    district: Text,
    state: Text,
}

#[derive(Template)]
#[template(path = "bookings.html")]
struct BookingsPage {
    f: Frame,
    bookings: Vec<BookingLine>,
    visits: Vec<VisitLine>,
}

impl BookingsPage {
    fn is_booked(line: &BookingLine) -> bool {
        line.booking.state == BookingState::Booked
    }

    fn is_open(line: &VisitLine) -> bool {
        line.visit.state.is_open()
    }
}

/// `GET /me/bookings`
pub(super) async fn mine(State(app): State<App>, reader: Reader, Known(asker): Known) -> Result<Response, Error> {
    let named = |division: &Division| app.platform.district(division).map_or(Text::zh(""), |found| found.name.clone());
    let mut bookings = Vec::new();
    for (division, booking) in app.platform.my_bookings(&asker).await? {
        let halls = app.platform.halls(&division).await?.map(|halls| halls.counters).unwrap_or_default();
        let counter = halls.into_iter().find(|counter| counter.id == booking.counter).map(|counter| counter.title);
        bookings.push(BookingLine {
            at: format!("{} {}", reader.words.day(&booking.day), clock(booking.from)),
            counter: counter.unwrap_or_else(|| Text::zh(booking.counter.as_str())),
            state: booking.state.title(),
            district: named(&division),
            division,
            booking,
        });
    }
    let visits = app.platform.my_visits(&asker).await?.into_iter().map(|(division, visit)| VisitLine {
        state: visit.state.title(),
        district: named(&division),
        division,
        visit,
    });
    let f = Frame::new(&app, &reader, reader.words.t("bookings-title")).at(Part::Mine);
    let mut response = page(&BookingsPage { f, bookings, visits: visits.collect() })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct BookingName {
    division: Division,
    id: String,
}

/// `POST /me/bookings/{division}/{id}/cancel`
pub(super) async fn cancel(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<BookingName>,
) -> Result<Response, Error> {
    app.platform.booking_cancel(&asker, &name.division, &name.id).await?;
    Ok(leads("/me/bookings", &[]))
}
