//! Answers `timers`, which hosts of this generation do not serve yet: the host must say so when it is loaded.

use lotus_sdk::log::{self, Level};
use lotus_sdk::prelude::*;
use lotus_sdk::timers::{Guest, Tick, TimerError};

/// The guest.
pub struct Observer;

impl Guest for Observer {
    fn run(_: Context, tick: Tick) -> Result<(), TimerError> {
        log::write(Level::Info, &format!("{} was due at {}", tick.timer, tick.due));
        Ok(())
    }
}

lotus_sdk::export!(Observer: timers);
