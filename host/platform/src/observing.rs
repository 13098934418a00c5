//! Tells plugins of transitions, and asks what is to be said at the new state: at least once for each, whatever restarts.
//!
//! A mark is written before a transition is, and taken away once every plugin has seen it. What a crash leaves behind is
//! found again by its mark; a mark whose transition was never written is dropped after a while. Where no plugin of the
//! district looks at cases, nothing is written.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use lotus_domain::Slug;
use lotus_domain::case::{Case, CaseNumber, Event, Subject};
use lotus_domain::district::Division;
use lotus_domain::hook::TransitionMade;
use lotus_domain::package::ExtensionPoint;
use lotus_domain::storage::{Entry, Expectation};
use lotus_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::plugin::Active;
use crate::start::{Inner, Platform};

/// How often marks that were left are looked for.
const LOOK: Duration = Duration::from_secs(5);
/// A mark this young belongs to whoever wrote it.
const OWN: SignedDuration = SignedDuration::from_secs(30);
/// A mark this old, whose transition is not there, never gets one.
const NEVER: SignedDuration = SignedDuration::from_mins(10);
/// Times that a plugin is told.
const MOST_ATTEMPTS: u32 = 8;
/// Marks that are looked at in one turn, for each plugin.
const PAGE: u32 = 100;
/// Bytes of marks: far more than a day's outage leaves.
const SPACE: u64 = 64 << 20;

/// A transition that a plugin has not seen yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Mark {
    since: Timestamp,
    attempts: u32,
    not_before: Timestamp,
}

/// Where a plugin's marks are: no plugin's id begins so.
fn space(plugin: &str) -> String {
    format!("~transitions/{plugin}")
}

fn key(case: &CaseNumber, sequence: u32) -> String {
    format!("{case}/{sequence:010}")
}

/// The item or service that a case is about, as plugins know it.
pub(crate) fn subject(case: &Case) -> String {
    match &case.subject {
        Subject::Service { service, .. } => service.clone(),
        other => other.item().unwrap_or_default().to_owned(),
    }
}

/// A transition that was made, as plugins are told of it.
fn made(case: &Case, event: &Event) -> TransitionMade {
    let happening = &event.happening;
    TransitionMade {
        case: case.number.to_string(),
        subject: subject(case),
        transition: happening.action.clone(),
        from: happening.from.clone().unwrap_or_default(),
        to: happening.to.clone(),
    }
}

fn looks(active: &Active) -> bool {
    let answers = |point| active.answers(point);
    active.package.is_ok() && (answers(ExtensionPoint::CaseHooks) || answers(ExtensionPoint::Reminders))
}

impl Platform {
    fn looking(&self, division: &Division) -> Vec<Arc<Active>> {
        let city = self.city();
        let plugins = city.tenant(division).map(|tenant| tenant.plugins.as_slice()).unwrap_or_default();
        plugins.iter().filter(|active| looks(active)).cloned().collect()
    }

    /// Before a transition is written: marks it for every plugin that is to be told.
    pub async fn transition_marked(
        &self,
        division: &Division,
        case: &CaseNumber,
        sequence: u32,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mark = Mark { since: now, attempts: 0, not_before: now.checked_add(OWN).unwrap_or(now) };
        for active in self.looking(division) {
            self.mark(division, active.id(), &key(case, sequence), &mark).await?;
        }
        Ok(())
    }

    /// After it was written: tells them, beside whoever made it.
    pub fn transition_told(&self, division: &Division, case: &CaseNumber, sequence: u32) {
        let plugins = self.looking(division);
        if plugins.is_empty() {
            return;
        }
        let (platform, division, case) = (self.clone(), division.clone(), case.clone());
        tokio::spawn(async move {
            let told = plugins.iter().map(|active| platform.tell_of(&division, active, &case, sequence));
            for problem in join_all(told).await.into_iter().filter_map(Result::err) {
                tracing::warn!(%division, %case, error = %problem, "a transition waits to be told");
            }
        });
    }

    /// One turn of looking for marks that were left; how many transitions were told.
    pub async fn transitions_tick(&self, now: Timestamp) -> usize {
        let mut told = 0;
        for district in self.districts() {
            for active in self.looking(&district.division) {
                match self.told_again(&district.division, &active, now).await {
                    Ok(some) => told += some,
                    Err(error) => {
                        tracing::warn!(division = %district.division, plugin = active.id(), %error, "transitions wait to be told");
                    }
                }
            }
        }
        told
    }

    async fn told_again(&self, division: &Division, active: &Active, now: Timestamp) -> Result<usize, StoreError> {
        let marks = self.store().storage_scan(division, &space(active.id()), "", None, PAGE).await?;
        let mut told = 0;
        for entry in marks.entries {
            let Entry { key, value, .. } = entry;
            let mark = serde_json::from_slice::<Mark>(&value).ok();
            let place = key
                .split_once('/')
                .and_then(|(case, sequence)| Some((CaseNumber::parse(case).ok()?, sequence.parse::<u32>().ok()?)));
            let (Some(mark), Some((case, sequence))) = (mark, place) else {
                self.unmark(division, active.id(), &key).await?;
                continue;
            };
            if now < mark.not_before {
                continue;
            }
            if self.tell_of(division, active, &case, sequence).await? {
                told += 1;
                continue;
            }
            self.not_told(division, active, &key, mark, now).await?;
        }
        Ok(told)
    }

    /// What becomes of a mark whose transition is not told.
    async fn not_told(
        &self,
        division: &Division,
        active: &Active,
        key: &str,
        mark: Mark,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let attempts = mark.attempts + 1;
        if attempts < MOST_ATTEMPTS {
            let wait = OWN.checked_mul(1 << attempts.min(7)).unwrap_or(OWN);
            let not_before = now.checked_add(wait).unwrap_or(now);
            return self.mark(division, active.id(), key, &Mark { attempts, not_before, ..mark }).await;
        }
        tracing::error!(%division, plugin = active.id(), transition = key, "a plugin was not to be told of a transition");
        self.unmark(division, active.id(), key).await
    }

    /// Tells one plugin of one transition; whether its mark is done with.
    async fn tell_of(
        &self,
        division: &Division,
        active: &Active,
        number: &CaseNumber,
        sequence: u32,
    ) -> Result<bool, StoreError> {
        let key = key(number, sequence);
        let file = self.store().case_recent(division, number, 1).await?;
        let known = file.as_ref().filter(|file| sequence <= file.case.revision);
        let told = match known {
            Some(_) => self.store().event_list_before(division, number, sequence.saturating_add(1), 1).await?,
            None => Vec::new(),
        };
        let event = told.first().filter(|event| event.sequence == sequence);
        let (Some(file), Some(event)) = (&file, event) else {
            // Not written yet, or never.
            let entry = self.store().storage_get(division, &space(active.id()), &key).await?;
            let mark: Option<Mark> = entry.and_then(|entry| serde_json::from_slice(&entry.value).ok());
            let old = mark.is_none_or(|mark| self.now().duration_since(mark.since) > NEVER);
            if old {
                self.unmark(division, active.id(), &key).await?;
            }
            return Ok(old);
        };
        let applicant = self.applicant_of(file.case.account.as_ref(), None).await?;
        let applicant = applicant.as_ref();
        if active.answers(ExtensionPoint::CaseHooks)
            && event.happening.from.is_some()
            && !active.observe_case(self, &made(&file.case, event), applicant).await
        {
            return Ok(false);
        }
        // What is to be said belongs to the state that the case is in now: a state that it has left says nothing.
        let is_last = file.events.last().is_some_and(|last| last.sequence == sequence);
        if active.answers(ExtensionPoint::Reminders)
            && let (true, Ok(state)) = (is_last, Slug::parse(event.happening.to.as_str()))
        {
            let Some(reminders) = active.reminders_for_case(self, number, &state, applicant).await else {
                return Ok(false);
            };
            if let Some(account) = &file.case.account {
                let worded = reminders.into_iter().filter_map(|reminder| active.worded(reminder)).collect();
                self.remind(division, number, account, worded).await?;
            }
        }
        self.unmark(division, active.id(), &key).await?;
        Ok(true)
    }

    async fn mark(&self, division: &Division, plugin: &str, key: &str, mark: &Mark) -> Result<(), StoreError> {
        let value = serde_json::to_vec(mark).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let set =
            self.store().storage_set(division.clone(), space(plugin), key.to_owned(), value, Expectation::Any, SPACE);
        set.await?.map_err(|refused| StoreError::Unavailable(format!("a transition can't be marked: {refused:?}")))?;
        Ok(())
    }

    async fn unmark(&self, division: &Division, plugin: &str, key: &str) -> Result<(), StoreError> {
        let (division, space) = (division.clone(), space(plugin));
        // It is gone, or somebody else took it away: the same to us.
        let _gone = self.store().storage_remove(division, space, key.to_owned(), Expectation::Any).await?;
        Ok(())
    }
}

/// Looks for marks until the host stops.
pub(crate) async fn run(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(inner) = inner.upgrade() else { return };
        let platform = Platform { inner };
        platform.transitions_tick(platform.now()).await;
    }
}
