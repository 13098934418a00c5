//! What the store gives of the cases that answer for bookings and home visits (article 27).

use lotus_domain::appointment::BookingState;
use lotus_domain::case::CaseNumber;
use lotus_domain::visit::VisitState;

/// What became of a booking or of an order for a home visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// Of a booking.
    Booking(BookingState),
    /// Of an order.
    Visit(VisitState),
}

impl Became {
    /// The step by which its case comes nearer to this, from the state that it is in; none where it is there.
    pub fn step_from(self, state: &str) -> Option<&'static str> {
        match self {
            Self::Booking(became) => became.step_from(state),
            Self::Visit(became) => became.step_from(state),
        }
    }
}

/// A booking or an order with its case, as they stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The case.
    pub number: CaseNumber,
    /// What the case is to show.
    pub became: Became,
    /// Changes so far; what the case is told of them.
    pub changes: i64,
    /// Of how many of them the case knows.
    pub told: i64,
}
