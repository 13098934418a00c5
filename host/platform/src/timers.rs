//! Timers: each tick of each plugin's timers runs at least once, on one replica at a time, whatever restarts in between.
//!
//! What was run last is kept beside the plugin's storage, in a space that no plugin has. Its version is the claim: of two
//! replicas that see the same tick, one writes and runs it, and where it dies meanwhile, the claim runs out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use lotus_domain::Slug;
use lotus_domain::declared::Timer;
use lotus_domain::hook::Tick;
use lotus_domain::package::ExtensionPoint;
use lotus_domain::storage::Expectation;
use lotus_runtime::Outcome;
use lotus_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::plugin::Active;
use crate::start::{Inner, Platform};

/// How often ticks are looked for.
const LOOK: Duration = Duration::from_secs(1);
/// How long a claim holds: far longer than any call.
const CLAIM: SignedDuration = SignedDuration::from_secs(60);
/// Missed ticks that are made good; older ones are over, and the district's team is told.
const MOST_MISSED: usize = 100;
/// Times that one tick is tried.
const MOST_ATTEMPTS: u32 = 8;
/// Wait before the second try, doubled for each further one.
const BACK_OFF: SignedDuration = SignedDuration::from_secs(30);
/// Bytes of a space that holds timers alone.
const SPACE: u64 = 1 << 20;

/// What is kept of a timer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Kept {
    /// The last tick that is done with.
    last: Timestamp,
    /// Tries of the tick that is due.
    attempts: u32,
    /// Not before, after a try that did not work.
    not_before: Option<Timestamp>,
    /// Somebody runs it until then.
    claimed_until: Option<Timestamp>,
}

impl Kept {
    const fn since(since: Timestamp) -> Self {
        Self { last: since, attempts: 0, not_before: None, claimed_until: None }
    }

    fn waits(&self, now: Timestamp) -> bool {
        let later = |until: Option<Timestamp>| until.is_some_and(|until| now < until);
        later(self.not_before) || later(self.claimed_until)
    }
}

/// Until when a plugin's timers need not be looked at: what is kept of them moves them only later.
#[derive(Default)]
pub(crate) struct Asleep(Mutex<BTreeMap<String, Timestamp>>);

impl Asleep {
    fn sleeps(&self, timer: &str, now: Timestamp) -> bool {
        self.0.lock().is_ok_and(|until| until.get(timer).is_some_and(|until| now < *until))
    }

    fn until(&self, timer: &str, until: Option<Timestamp>) {
        if let (Some(until), Ok(mut asleep)) = (until, self.0.lock()) {
            asleep.insert(timer.to_owned(), until);
        }
    }
}

/// A tick that is due, and how many before it are over.
#[derive(Debug, PartialEq)]
struct Due {
    at: Timestamp,
    over: usize,
}

/// The tick to run now, if one is due.
fn due(timer: &Timer, last: Timestamp, now: Timestamp, zone: &jiff::tz::TimeZone) -> Option<Due> {
    let ticks =
        || std::iter::successors(timer.next(last, zone), |at| timer.next(*at, zone)).take_while(|at| *at <= now);
    let over = ticks().count().saturating_sub(MOST_MISSED);
    ticks().nth(over).map(|at| Due { at, over })
}

/// Wait after so many tries: half a minute to about an hour.
fn back_off(attempts: u32) -> SignedDuration {
    BACK_OFF.checked_mul(1 << attempts.saturating_sub(1).min(7)).unwrap_or(BACK_OFF)
}

impl Platform {
    /// Runs every tick that is due, each plugin's timers one after another and the plugins at once; how many ran.
    pub async fn timers_tick(&self, now: Timestamp) -> usize {
        let city = self.city();
        let answers = |active: &&Arc<Active>| active.package.is_ok() && active.answers(ExtensionPoint::Timers);
        let plugins: Vec<&Arc<Active>> = city.plugins().filter(answers).collect();
        join_all(plugins.into_iter().map(|active| self.plugin_timers(active, now))).await.into_iter().sum()
    }

    async fn plugin_timers(&self, active: &Active, now: Timestamp) -> usize {
        let Ok(ready) = &active.package else { return 0 };
        let mut ran = 0;
        for (name, timer) in &ready.manifest.timers {
            match self.timer(active, name, timer, now).await {
                Ok(true) => ran += 1,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(division = %active.activation.division, plugin = active.id(), timer = name, %error, "a timer waits for the database");
                }
            }
        }
        ran
    }

    /// Runs a timer if a tick of it is due and nobody else runs it; whether it ran.
    async fn timer(&self, active: &Active, name: &str, timer: &Timer, now: Timestamp) -> Result<bool, StoreError> {
        if active.timers.sleeps(name, now) {
            return Ok(false);
        }
        let division = &active.activation.division;
        let space = space(active.id());
        let entry = self.store().storage_get(division, &space, name).await?;
        let expect = entry.as_ref().map_or(Expectation::Absent, |entry| Expectation::Version(entry.version));
        let kept = entry.and_then(|entry| serde_json::from_slice(&entry.value).ok());
        let mut kept: Kept = kept.unwrap_or_else(|| Kept::since(active.activation.since));
        let (Some(Due { at, over }), Ok(slug)) = (due(timer, kept.last, now, self.zone_of_time()), Slug::parse(name))
        else {
            active.timers.until(name, timer.next(kept.last, self.zone_of_time()));
            return Ok(false);
        };
        if kept.waits(now) {
            active.timers.until(name, kept.not_before.max(kept.claimed_until));
            return Ok(false);
        }
        if over > 0 {
            self.tell(active, name, format!("{over} ticks were missed while nothing ran, and are over"));
        }
        kept.claimed_until = now.checked_add(CLAIM).ok();
        let Some(version) = self.keep(active, name, &kept, expect).await? else { return Ok(false) };
        let outcome = active.timer_run(self, Tick { timer: slug, due: at }).await;
        kept = self.after(active, name, outcome, kept, at, now);
        self.keep(active, name, &kept, Expectation::Version(version)).await?;
        Ok(true)
    }

    /// What is kept after a run.
    fn after(
        &self,
        active: &Active,
        name: &str,
        outcome: Outcome<lotus_runtime::Answer>,
        kept: Kept,
        at: Timestamp,
        now: Timestamp,
    ) -> Kept {
        let attempts = kept.attempts + 1;
        let why = match outcome {
            Outcome::Answer(_) => {
                self.inner.health.timer(&active.activation, name, None);
                return Kept::since(at);
            }
            Outcome::Refused(refusal) => {
                self.tell(active, name, refusal.reason.zh);
                return Kept::since(at);
            }
            Outcome::NotFound => "it does not know the timer".to_owned(),
            Outcome::Unavailable(why) => why.zh,
            Outcome::Failed(failure) => failure.to_string(),
        };
        if attempts >= MOST_ATTEMPTS {
            self.tell(active, name, format!("given up after {attempts} tries: {why}"));
            return Kept::since(at);
        }
        Kept { attempts, not_before: now.checked_add(back_off(attempts)).ok(), claimed_until: None, ..kept }
    }

    /// Tells the district's team that a timer does not work.
    fn tell(&self, active: &Active, timer: &str, problem: String) {
        let division = &active.activation.division;
        tracing::warn!(target: "lotus::plugin", %division, plugin = active.id(), timer, problem, "a timer does not work");
        self.inner.health.timer(&active.activation, timer, Some(problem));
    }

    /// Writes what is kept, unless somebody else was faster; its version.
    async fn keep(
        &self,
        active: &Active,
        name: &str,
        kept: &Kept,
        expect: Expectation,
    ) -> Result<Option<u64>, StoreError> {
        let value = serde_json::to_vec(kept).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let (division, space) = (active.activation.division.clone(), space(active.id()));
        let set = self.store().storage_set(division, space, name.to_owned(), value, expect, SPACE).await?;
        Ok(set.ok())
    }
}

/// Where a plugin's timers are kept: no plugin's id begins so.
fn space(plugin: &str) -> String {
    format!("~timers/{plugin}")
}

/// Looks for ticks until the host stops.
pub(crate) async fn run(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(inner) = inner.upgrade() else { return };
        let platform = Platform { inner };
        platform.timers_tick(platform.now()).await;
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use lotus_domain::text::Text;

    use super::*;

    fn hourly() -> Timer {
        Timer { purpose: Text::zh("每小时"), every_minutes: Some(60), daily: None }
    }

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_772_000_000 + 3600 * hour).unwrap()
    }

    #[test]
    fn missed_ticks_come_one_after_another_and_the_oldest_are_over() {
        let tick = |last, now| due(&hourly(), at(last), at(now), &TimeZone::UTC);
        assert_eq!(tick(0, 0), None);
        assert_eq!(tick(0, 1), Some(Due { at: at(1), over: 0 }));
        assert_eq!(tick(0, 5), Some(Due { at: at(1), over: 0 }), "the oldest first");
        assert_eq!(tick(0, 250), Some(Due { at: at(151), over: 150 }));
    }

    #[test]
    fn a_try_that_does_not_work_waits_longer_each_time() {
        let waits: Vec<i64> = (1..=9).map(|attempts| back_off(attempts).as_secs()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3840, 3840]);
    }

    #[test]
    fn a_claim_runs_out() {
        let kept = Kept { claimed_until: Some(at(1)), ..Kept::since(at(0)) };
        assert!(kept.waits(at(0)) && !kept.waits(at(1)));
    }
}
