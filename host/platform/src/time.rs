//! The city's clock: the machine's, or, for a demonstration and for tests, one that was set.
//!
//! Invariant: whatever a deadline, a token or a session is held against comes from here; what is signed for the outside
//! (providers, gateways) keeps to the machine's own time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// How far the city is from the machine's time: nought but where it was set. All clones are one clock.
#[derive(Debug, Clone, Default)]
pub struct CityClock {
    ahead: Arc<AtomicI64>,
}

impl CityClock {
    /// A clock that shows this moment now, and goes on from there.
    pub fn at(moment: Timestamp) -> Self {
        let clock = Self::default();
        clock.set(moment);
        clock
    }

    /// Sets it to this moment.
    pub fn set(&self, moment: Timestamp) {
        let ahead = moment.as_millisecond().saturating_sub(Timestamp::now().as_millisecond());
        self.ahead.store(ahead, Ordering::Relaxed);
    }

    /// Lets so much time pass at once.
    pub fn pass(&self, time: Duration) {
        self.ahead.fetch_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Now, in whole milliseconds: what is stored and hashed has no finer grain.
    pub fn now(&self) -> Timestamp {
        let now = Timestamp::now().as_millisecond().saturating_add(self.ahead.load(Ordering::Relaxed));
        Timestamp::from_millisecond(now).unwrap_or(Timestamp::MAX)
    }
}
