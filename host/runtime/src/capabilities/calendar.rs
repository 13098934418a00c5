//! `calendar`: working days by the city's calendar.

use jiff::civil::Date;
use lotus_domain::package::Capability;
use serde::{Deserialize, Serialize};

use crate::sandbox::Sandbox;

/// Why there is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CalendarDenial {
    Denied,
    OutOfRange,
}

/// A computed day, and whether a year on the way is not yet published.
type Counted = Result<(Date, bool), CalendarDenial>;

impl Sandbox {
    fn calendar_ask<Q: Serialize, R: Serialize + serde::de::DeserializeOwned>(
        &mut self,
        function: &'static str,
        request: &Q,
        compute: impl FnOnce(&lotus_domain::calendar::Calendar) -> Option<R>,
    ) -> wasmtime::Result<Result<R, CalendarDenial>> {
        if let Some(answer) = self.recall(Capability::Calendar, function, request)? {
            return Ok(answer);
        }
        let answer = if self.allows(Capability::Calendar) {
            self.ports.calendar().and_then(|calendar| compute(&calendar)).ok_or(CalendarDenial::OutOfRange)
        } else {
            Err(CalendarDenial::Denied)
        };
        self.note(Capability::Calendar, function, request, &answer)?;
        Ok(answer)
    }

    pub(crate) fn calendar_is_working_day(&mut self, day: Date) -> wasmtime::Result<Result<bool, CalendarDenial>> {
        self.calendar_ask("calendar.is-working-day", &day, |calendar| calendar.is_working_day(day).ok())
    }

    pub(crate) fn calendar_add(&mut self, start: Date, days: i32) -> wasmtime::Result<Counted> {
        self.calendar_ask("calendar.add-working-days", &(start, days), |calendar| {
            calendar.add_working_days(start, days).ok().map(|counted| (counted.day, counted.provisional))
        })
    }

    pub(crate) fn calendar_count(&mut self, start: Date, end: Date) -> wasmtime::Result<Result<i32, CalendarDenial>> {
        self.calendar_ask("calendar.count-working-days", &(start, end), |calendar| {
            calendar.count_working_days(start, end).ok()
        })
    }
}
