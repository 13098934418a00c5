//! Counters, booking, waiting numbers (article 27): what is free, whose turn it is, who did not come.
//!
//! Invariant: a place is booked in one transaction that also looks whether it is free; who missed too many bookings comes
//! without one or calls, but is never turned away at the counter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Weak;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use lotus_domain::Slug;
use lotus_domain::access::Deed;
use lotus_domain::account::AccountId;
use lotus_domain::appointment::{Booking, BookingState, Counter, Halls, NotBooked, Slot};
use lotus_domain::district::Division;
use lotus_domain::setting::Setting;
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::start::{Inner, Platform};
use crate::token::to_hex;

/// How often it is looked who did not come.
const EVERY: Duration = Duration::from_secs(10);
/// Bookings of a person that are shown, in each district.
const MOST: u32 = 20;
/// Longest matter, in characters.
const LONGEST: usize = 100;

/// Why something about a booking is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookError {
    /// Not for whoever asks.
    Denied(Denied),
    /// It can't be booked.
    Not(NotBooked),
    /// There is no such counter or booking.
    NotFound,
}

impl From<Denied> for BookError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<StoreError> for BookError {
    fn from(error: StoreError) -> Self {
        match error {
            // Two clicks at once: the second finds the first's.
            StoreError::Exists(_) => Self::Not(NotBooked::HasOne),
            error => Self::Denied(error.into()),
        }
    }
}

/// A slot with what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSlot {
    /// It.
    pub slot: Slot,
    /// Free places.
    pub left: u16,
}

/// How a counter stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// It.
    pub counter: Counter,
    /// Who was called last.
    pub called: Option<u32>,
    /// How many wait.
    pub waiting: usize,
}

/// A counter's day, as its staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterDay {
    /// How it stands.
    pub standing: Standing,
    /// Its bookings and those who came without one, by time.
    pub bookings: Vec<Booking>,
}

impl Platform {
    /// Keeps a district's counters and townships.
    pub async fn halls_put(&self, halls: Vec<Halls>) -> Result<(), StoreError> {
        for halls in halls {
            self.store().halls_put(halls).await?;
        }
        Ok(())
    }

    /// A district's counters and townships.
    pub async fn halls(&self, division: &Division) -> Result<Option<Halls>, Denied> {
        Ok(self.store().halls_get(division).await?)
    }

    async fn counter(&self, division: &Division, id: &Slug) -> Result<Counter, BookError> {
        let halls = self.halls(division).await?.ok_or(BookError::NotFound)?;
        halls.counters.into_iter().find(|counter| counter.id == *id).ok_or(BookError::NotFound)
    }

    /// How a district's counters stand now.
    pub async fn counters(&self, division: &Division) -> Result<Vec<Standing>, Denied> {
        let halls = self.halls(division).await?.map(|halls| halls.counters).unwrap_or_default();
        let bookings = self.store().booking_list_day(division, self.today()).await?;
        Ok(halls.into_iter().map(|counter| standing(counter, &bookings)).collect())
    }

    /// The slots of a counter that can be booked, day by day, those of today from now on.
    pub async fn counter_slots(
        &self,
        division: &Division,
        id: &Slug,
    ) -> Result<(Counter, Vec<(Date, Vec<OpenSlot>)>), BookError> {
        let counter = self.counter(division, id).await?;
        let (now, today) = (self.now(), self.today());
        let ahead = self.setting(Setting::BookingDays).await?;
        let last = today.saturating_add(jiff::Span::new().try_days(ahead).unwrap_or_default());
        let taken = self.store().booking_taken(division, today, last).await?;
        let taken: BTreeMap<(Date, Time), u16> =
            taken.into_iter().filter(|(at, ..)| at == id).map(|(_, day, from, count)| ((day, from), count)).collect();
        let city = self.city();
        let Some(calendar) = &city.calendar else { return Ok((counter, Vec::new())) };
        let mut days = Vec::new();
        for day in today.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
            let slots = counter.slots(day, calendar).unwrap_or_default();
            let open = slots.into_iter().filter(|slot| self.begins_after(slot, now)).map(|slot| {
                let taken = taken.get(&(slot.day, slot.from)).copied().unwrap_or(0);
                OpenSlot { slot, left: slot.capacity.saturating_sub(taken) }
            });
            let open: Vec<_> = open.collect();
            if !open.is_empty() {
                days.push((day, open));
            }
        }
        Ok((counter, days))
    }

    fn begins_after(&self, slot: &Slot, now: Timestamp) -> bool {
        slot.begins(self.zone_of_time()).is_some_and(|begins| begins > now)
    }

    /// Until when somebody's booking online is suspended, if it is.
    pub async fn suspended_until(&self, account: &AccountId) -> Result<Option<Date>, Denied> {
        let (most, days) = (self.setting(Setting::NoShows).await?, self.setting(Setting::SuspensionDays).await?);
        let mut missed = Vec::new();
        for district in self.districts() {
            missed.extend(self.store().booking_missed(&district.division, account, self.days_ago(days)).await?);
        }
        if most == 0 || i64::try_from(missed.len()).unwrap_or(i64::MAX) < most {
            return Ok(None);
        }
        let last = missed.into_iter().max().map(|last| self.date_of(last));
        let days = jiff::Span::new().try_days(days).unwrap_or_default();
        Ok(last.map(|last| last.saturating_add(days)))
    }

    /// Books a place of a slot.
    pub async fn book(
        &self,
        asker: &Asker,
        division: &Division,
        counter: &Slug,
        (day, from): (Date, Time),
        matter: &str,
    ) -> Result<Booking, BookError> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let account = person.account.id.clone();
        if let Some(until) = self.suspended_until(&account).await? {
            return Err(BookError::Not(NotBooked::Suspended(until)));
        }
        let (whose, days) = self.counter_slots(division, counter).await?;
        let open = days.into_iter().flat_map(|(_, slots)| slots);
        let found = open.map(|open| open.slot).find(|slot| slot.day == day && slot.from == from);
        let (slot, begins) = found
            .and_then(|slot| Some((slot, slot.begins(self.zone_of_time())?)))
            .ok_or(BookError::Not(NotBooked::NoSlot))?;
        let booking = self.booking(counter, (day, from), Some(account), matter);
        let answers = self.booking_case(division, asker, &whose, &booking)?;
        let number = answers.case.number.clone();
        self.transition_marked(division, &number, 1).await?;
        let (new, capacity) = (booking.clone(), slot.capacity);
        let done = self.store().booking_book(division.clone(), new, capacity, begins, Some(answers)).await?;
        done.map_err(BookError::Not)?;
        self.transition_told(division, &number, 1);
        self.note(asker, division, "booked", &booking.id, "done").await;
        Ok(Booking { case: Some(number), ..booking })
    }

    fn booking(&self, counter: &Slug, (day, from): (Date, Time), account: Option<AccountId>, matter: &str) -> Booking {
        let matter: String = matter.trim().replace('\0', "").chars().take(LONGEST).collect();
        Booking {
            id: to_hex(&rand::random::<[u8; 6]>()),
            counter: counter.clone(),
            day,
            from,
            account,
            matter,
            state: BookingState::Booked,
            number: None,
            made: self.now(),
            case: None,
        }
    }

    /// The asker's bookings in every district, the latest first.
    pub async fn my_bookings(&self, asker: &Asker) -> Result<Vec<(Division, Booking)>, Denied> {
        let account = &asker.person().ok_or(Denied::SignIn)?.account.id;
        let mut all = Vec::new();
        for district in self.districts() {
            let found = self.store().booking_list_account(&district.division, account, MOST).await?;
            all.extend(found.into_iter().map(|booking| (district.division.clone(), booking)));
        }
        all.sort_by_key(|(_, booking)| std::cmp::Reverse((booking.day, booking.from)));
        Ok(all)
    }

    /// Cancels one of the asker's open bookings; its place is free again.
    pub async fn booking_cancel(&self, asker: &Asker, division: &Division, id: &str) -> Result<(), BookError> {
        let account = asker.person().ok_or(Denied::SignIn)?.account.id.clone();
        if !self.store().booking_cancel(division.clone(), account, id.to_owned()).await? {
            return Err(BookError::NotFound);
        }
        self.answer_for(asker, division, id).await;
        self.note(asker, division, "booking-cancelled", id, "done").await;
        Ok(())
    }

    /// The counters' day, for their staff: those of the departments that are theirs.
    pub async fn counters_day(&self, asker: &Asker, division: &Division, day: Date) -> Result<Vec<CounterDay>, Denied> {
        let departments = self.allow_within(asker, Deed::RunCounters, division, "counters").await?;
        let halls = self.halls(division).await?.map(|halls| halls.counters).unwrap_or_default();
        let bookings = self.store().booking_list_day(division, day).await?;
        let counters = halls.into_iter().filter(|counter| is_theirs(departments.as_ref(), counter));
        let of = |counter: Counter| CounterDay {
            bookings: bookings.iter().filter(|booking| booking.counter == counter.id).cloned().collect(),
            standing: standing(counter, &bookings),
        };
        Ok(counters.map(of).collect())
    }

    /// Whether a counter is the asker's to run.
    async fn run(&self, asker: &Asker, division: &Division, id: &Slug) -> Result<Counter, BookError> {
        let departments = self.allow_within(asker, Deed::RunCounters, division, "counters").await?;
        let counter = self.counter(division, id).await?;
        if is_theirs(departments.as_ref(), &counter) { Ok(counter) } else { Err(Denied::Forbidden.into()) }
    }

    /// Whoever booked for today is there: their waiting number.
    pub async fn booking_arrive(
        &self,
        asker: &Asker,
        division: &Division,
        counter: &Slug,
        id: &str,
    ) -> Result<u32, BookError> {
        self.run(asker, division, counter).await?;
        let number = self.store().booking_arrive(division.clone(), id.to_owned(), self.today()).await?;
        let number = number.ok_or(BookError::NotFound)?;
        self.answer_for(asker, division, id).await;
        Ok(number)
    }

    /// Somebody came without a booking: their waiting number.
    pub async fn booking_walk_in(
        &self,
        asker: &Asker,
        division: &Division,
        counter: &Slug,
        matter: &str,
    ) -> Result<u32, BookError> {
        self.run(asker, division, counter).await?;
        let now = self.now();
        let local = self.zone_of_time().to_datetime(now);
        let new = self.booking(counter, (local.date(), local.time()), None, matter);
        Ok(self.store().booking_walk_in(division.clone(), new, now).await?)
    }

    /// Calls the next who waits at a counter.
    pub async fn booking_call(
        &self,
        asker: &Asker,
        division: &Division,
        counter: &Slug,
    ) -> Result<Option<Booking>, BookError> {
        self.run(asker, division, counter).await?;
        let called = self.store().booking_call(division.clone(), counter.clone(), self.today()).await?;
        if let Some(called) = &called {
            self.answer_for(asker, division, &called.id).await;
            self.visit_was_served(asker, division, called).await?;
        }
        Ok(called)
    }

    /// Marks as missed what nobody came to by now; how many.
    pub async fn bookings_miss(&self, now: Timestamp) -> Result<u64, StoreError> {
        let grace = self.setting(Setting::GraceMinutes).await?.saturating_mul(60_000);
        let before = Timestamp::from_millisecond(now.as_millisecond().saturating_sub(grace)).unwrap_or(now);
        let mut missed = 0;
        for district in self.districts() {
            missed += self.store().booking_miss(district.division.clone(), before).await?;
        }
        // And whatever else lags behind: a case that was not moved when its booking was.
        self.convenience_settle().await?;
        Ok(missed)
    }
}

fn is_theirs(departments: Option<&BTreeSet<String>>, counter: &Counter) -> bool {
    departments.is_none_or(|departments| departments.contains(&counter.department.zh))
}

fn standing(counter: Counter, bookings: &[Booking]) -> Standing {
    let here = || bookings.iter().filter(|booking| booking.counter == counter.id);
    let called = here().filter(|booking| booking.state == BookingState::Called).filter_map(|booking| booking.number);
    let called = called.max();
    let waiting = here().filter(|booking| booking.state == BookingState::Waiting).count();
    Standing { counter, called, waiting }
}

/// Looks again and again who did not come, until the platform is gone.
pub(crate) async fn run(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(inner) = inner.upgrade() else { return };
        let platform = Platform { inner };
        match platform.bookings_miss(platform.now()).await {
            Ok(0) => {}
            Ok(missed) => tracing::info!(missed, "bookings that nobody came to"),
            Err(error) => tracing::warn!(%error, "missed bookings are marked later"),
        }
    }
}
