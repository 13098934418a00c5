//! Counters, booking, waiting numbers and home visits (article 27): for people, and for those who run them.

mod booking;
mod staff;
mod visit;

use axum::Router;
use axum::routing::{get, post};
use jiff::civil::Time;
use lotus_domain::appointment::NotBooked;
use lotus_domain::law::Refusal;
use lotus_domain::text::Text;
use lotus_platform::BookError;

use crate::app::App;
use crate::error::Error;

/// The addresses of counters and home visits.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/d/{division}/counters", get(booking::list))
        .route("/d/{division}/counters/{counter}", get(booking::slots).post(booking::book))
        .route("/d/{division}/home-visits", get(visit::form).post(visit::order))
        .route("/me/bookings", get(booking::mine))
        .route("/me/bookings/{division}/{id}/cancel", post(booking::cancel))
        .route("/me/visits/{division}/{id}/cancel", post(visit::cancel))
        .route("/staff/d/{division}/counters", get(staff::day))
        .route("/staff/d/{division}/counters/{counter}/arrive", post(staff::arrive))
        .route("/staff/d/{division}/counters/{counter}/walk-in", post(staff::walk_in))
        .route("/staff/d/{division}/counters/{counter}/call", post(staff::call))
        .route("/staff/d/{division}/visits", get(staff::visits))
        .route("/staff/d/{division}/visits/plan", post(staff::visits_plan))
        .route("/staff/d/{division}/visits/{id}/done", post(staff::visit_done))
}

/// A time as clocks show it.
fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

impl From<BookError> for Error {
    fn from(error: BookError) -> Self {
        let not = match error {
            BookError::Denied(denied) => return denied.into(),
            BookError::NotFound => return Self::NoPage,
            BookError::Not(not) => not,
        };
        let (reason, next_step) = match not {
            NotBooked::Full => (
                Text::new("这个时段刚刚约满了。", "This slot has just been taken."),
                Text::new(
                    "请返回选择其他时段，或直接到大厅取号。",
                    "Go back and choose another, or come and take a number.",
                ),
            ),
            NotBooked::HasOne => (
                Text::new("这个事项您已有一个预约。", "You have a booking for this matter already."),
                Text::new(
                    "请在“我的预约”中查看，需要改时间的先取消再预约。",
                    "See “My bookings”; to change the time, cancel it first.",
                ),
            ),
            NotBooked::Suspended(until) => (
                Text::new(
                    format!("您近期多次预约未到，网上预约暂停至 {until}。"),
                    format!("You missed several bookings lately: booking online is suspended until {until}."),
                ),
                Text::new(
                    "您仍可直接到大厅取号办理，或拨打咨询电话。",
                    "You can still come to the hall and take a number, or call for advice.",
                ),
            ),
            NotBooked::NoSlot => (
                Text::new("这个时段不能预约。", "This slot can't be booked."),
                Text::new("请返回重新选择时段。", "Go back and choose another slot."),
            ),
        };
        Self::Refused(Refusal { reason, basis: None, next_step: Some(next_step) })
    }
}
