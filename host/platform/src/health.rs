//! How plugins do: calls, endings, times and memory, for each plugin, district and function.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use lotus_domain::activation::Activation;
use lotus_domain::district::Division;
use lotus_domain::package::{Capability, Digest, ExtensionPoint};
use lotus_domain::publisher::Signed;
use lotus_domain::record::{CallRecord, Ending};
use lotus_domain::text::Text;
use lotus_runtime::{Answer, Called};
use lotus_store::StoreError;

use crate::start::Platform;

/// Upper bounds of the histogram's buckets, in seconds.
pub const BUCKETS: [f64; 12] =
    [0.000_02, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.01, 0.05, 0.25, 1.0, f64::INFINITY];

/// Failures one after another, after which a plugin counts as failing.
const FAILING: u32 = 3;

/// The calls of one function of one plugin in one district since the host started.
#[derive(Debug, Clone, PartialEq)]
pub struct CallSeries {
    /// Where.
    pub division: Division,
    /// Which plugin.
    pub plugin: String,
    /// `interface.function` of the contract.
    pub function: &'static str,
    /// How many ended how.
    pub endings: Vec<(Ending, u64)>,
    /// How many took at most so many seconds, cumulated, for each of [`BUCKETS`].
    pub seconds: Vec<(f64, u64)>,
    /// All their seconds together.
    pub sum: f64,
    /// How many there were.
    pub count: u64,
    /// The most bytes of linear memory that one had.
    pub peak_memory: u64,
}

/// The calls of one plugin in one district, summed up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// All.
    pub calls: u64,
    /// Those that went wrong.
    pub failures: u64,
    /// Their mean time.
    pub mean: Duration,
    /// The most bytes of linear memory that one had.
    pub peak_memory: u64,
}

/// How a plugin does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It answers.
    Serving,
    /// It can't be loaded, or failed several times, one after another.
    Failing {
        /// What it said last.
        message: String,
    },
}

/// A plugin in a district, as the operator sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct FleetEntry {
    /// Where.
    pub division: Division,
    /// Its id.
    pub plugin: String,
    /// Its name.
    pub title: Text,
    /// Its version.
    pub version: String,
    /// Its package.
    pub package: Digest,
    /// What it answers.
    pub points: Vec<ExtensionPoint>,
    /// What it asks.
    pub capabilities: Vec<Capability>,
    /// Since when it serves.
    pub since: Timestamp,
    /// How it does.
    pub state: State,
    /// Its calls since the host started.
    pub calls: CallCounts,
    /// Who stands behind it; nobody only where that is allowed, or where it can't be loaded.
    pub signed: Option<Arc<Signed>>,
}

type Place = (Division, String);

#[derive(Default)]
pub(crate) struct Health {
    places: Mutex<BTreeMap<Place, Counted>>,
}

#[derive(Default)]
struct Counted {
    functions: BTreeMap<&'static str, Series>,
    failures_in_a_row: u32,
    last_failure: String,
    /// Timers whose last tick did not work, and what was said.
    timers: BTreeMap<String, String>,
}

#[derive(Default)]
struct Series {
    endings: BTreeMap<Ending, u64>,
    buckets: [u64; BUCKETS.len()],
    sum: Duration,
    count: u64,
    peak_memory: u64,
}

impl Health {
    pub(crate) fn count(
        &self,
        activation: &Activation,
        function: &'static str,
        called: &Called<Answer>,
        failure: Option<&str>,
    ) {
        let Ok(mut places) = self.places.lock() else { return };
        let counted = places.entry((activation.division.clone(), activation.plugin.clone())).or_default();
        match failure {
            Some(message) => {
                counted.failures_in_a_row = counted.failures_in_a_row.saturating_add(1);
                message.clone_into(&mut counted.last_failure);
            }
            None => counted.failures_in_a_row = 0,
        }
        let series = counted.functions.entry(function).or_default();
        *series.endings.entry(called.outcome.ending()).or_default() += 1;
        let seconds = called.took.as_secs_f64();
        if let Some(bucket) = series.buckets.iter_mut().zip(BUCKETS).find(|(_, bound)| seconds <= *bound) {
            *bucket.0 += 1;
        }
        series.sum += called.took;
        series.count += 1;
        series.peak_memory = series.peak_memory.max(called.memory);
    }
}

impl Health {
    /// Notes how a timer's tick ended: what is wrong with it, or nothing any more.
    pub(crate) fn timer(&self, activation: &Activation, timer: &str, problem: Option<String>) {
        let Ok(mut places) = self.places.lock() else { return };
        let counted = places.entry((activation.division.clone(), activation.plugin.clone())).or_default();
        match problem {
            Some(problem) => counted.timers.insert(timer.to_owned(), problem),
            None => counted.timers.remove(timer),
        };
    }
}

impl Counted {
    fn timer_trouble(&self) -> Option<String> {
        self.timers.iter().next().map(|(timer, problem)| format!("timer {timer}: {problem}"))
    }

    fn sum_up(&self) -> CallCounts {
        let calls = self.functions.values().map(|series| series.count).sum();
        let sum: Duration = self.functions.values().map(|series| series.sum).sum();
        let went_well = |ending: &Ending| matches!(ending, Ending::Answer | Ending::Refused);
        CallCounts {
            calls,
            failures: self
                .functions
                .values()
                .flat_map(|series| &series.endings)
                .filter(|(ending, _)| !went_well(ending))
                .map(|(_, count)| count)
                .sum(),
            mean: u32::try_from(calls).ok().and_then(|calls| sum.checked_div(calls)).unwrap_or_default(),
            peak_memory: self.functions.values().map(|series| series.peak_memory).max().unwrap_or(0),
        }
    }
}

impl Platform {
    /// Every active plugin in every district.
    pub fn fleet(&self) -> Vec<FleetEntry> {
        let city = self.city();
        let Ok(places) = self.inner.health.places.lock() else { return Vec::new() };
        city.plugins()
            .map(|active| {
                let activation = &active.activation;
                let counted = places.get(&(activation.division.clone(), activation.plugin.clone()));
                let manifest = active.package.as_ref().map(|ready| &ready.manifest);
                let state = match (&manifest, counted) {
                    (Err(problem), _) => State::Failing { message: (*problem).clone() },
                    (_, Some(counted)) if counted.failures_in_a_row >= FAILING => {
                        State::Failing { message: counted.last_failure.clone() }
                    }
                    (_, Some(counted)) => {
                        counted.timer_trouble().map_or(State::Serving, |message| State::Failing { message })
                    }
                    _ => State::Serving,
                };
                FleetEntry {
                    division: activation.division.clone(),
                    plugin: activation.plugin.clone(),
                    title: manifest.map_or_else(|_| Text::zh(&activation.plugin), |manifest| manifest.title.clone()),
                    version: manifest.map(|manifest| manifest.version.clone()).unwrap_or_default(),
                    package: activation.package,
                    points: manifest.map(|manifest| manifest.points.clone()).unwrap_or_default(),
                    capabilities: activation.grant.capabilities.clone(),
                    since: activation.since,
                    state,
                    calls: counted.map(Counted::sum_up).unwrap_or_default(),
                    signed: active.package.as_ref().ok().and_then(|ready| ready.signed.clone()),
                }
            })
            .collect()
    }

    /// Whether something serves in a district that nobody signed: its pages say so.
    pub fn serves_unsigned(&self, division: &Division) -> bool {
        let city = self.city();
        let plugins = city.tenant(division).map(|tenant| tenant.plugins.as_slice()).unwrap_or_default();
        plugins.iter().any(|active| active.package.as_ref().is_ok_and(|ready| ready.signed.is_none()))
    }

    /// Every series of calls since the host started.
    pub fn calls(&self) -> Vec<CallSeries> {
        let Ok(places) = self.inner.health.places.lock() else { return Vec::new() };
        places
            .iter()
            .flat_map(|((division, plugin), counted)| {
                counted.functions.iter().map(move |(function, series)| {
                    let mut upto = 0;
                    let cumulate = |(count, bound): (&u64, f64)| {
                        upto += count;
                        (bound, upto)
                    };
                    CallSeries {
                        division: division.clone(),
                        plugin: plugin.clone(),
                        function,
                        endings: series.endings.iter().map(|(ending, count)| (*ending, *count)).collect(),
                        seconds: series.buckets.iter().zip(BUCKETS).map(cumulate).collect(),
                        sum: series.sum.as_secs_f64(),
                        count: series.count,
                        peak_memory: series.peak_memory,
                    }
                })
            })
            .collect()
    }

    /// The newest records of calls that went wrong, in every district, newest first.
    pub async fn recent_failures(&self, limit: u32) -> Result<Vec<CallRecord>, StoreError> {
        let mut records = Vec::new();
        for district in self.districts() {
            records.extend(self.store().record_list_failures(&district.division, limit).await?);
        }
        records.sort_by_key(|record| std::cmp::Reverse(record.at));
        records.truncate(limit as usize);
        Ok(records)
    }
}
