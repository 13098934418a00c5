//! An active plugin in a district: what it is, how it is called, and what stands in for it where it can't answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lotus_domain::activation::{Activation, Grant};
use lotus_domain::applicant::Applicant;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::District;
use lotus_domain::form::Value;
use lotus_domain::law::Refusal;
use lotus_domain::package::{ExtensionPoint, Manifest};
use lotus_domain::publisher::Signed;
use lotus_domain::record::{CallRecord, Ending};
use lotus_domain::service::Service;
use lotus_domain::text::{Language, Text};
use lotus_domain::zone::Zone;
use lotus_runtime::{Answer, Ask, Called, Loaded, Outcome, Terms};
use tokio::sync::Mutex;

use crate::Visit;
use crate::publisher::Trust;
use crate::record::record_id;
use crate::start::Platform;
use crate::timers::Asleep;

/// How long a plugin's list of zones or services is shown before it is asked again.
const HELD: Duration = Duration::from_mins(1);
/// How long a plugin that could not say its list is left alone.
const LEFT_ALONE: Duration = Duration::from_secs(5);

/// What stands in for a part of a page that its plugin can't give: the manifest's fallback, else the hall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// The plugin's name.
    pub plugin: Text,
    /// In plain words.
    pub text: Text,
    /// Whom to call.
    pub telephone: Option<String>,
    /// Where to go.
    pub address: Option<Text>,
    /// When it is open.
    pub hours: Option<Text>,
}

/// A plugin's part of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Part<T> {
    /// What it gave.
    Shown(T),
    /// What stands in for it.
    Missing(StandIn),
}

/// What the plugins of a district offer, and which of them could not say.
#[derive(Debug, Clone, PartialEq)]
pub struct Offered<T> {
    /// In the order of the plugins.
    pub offered: Vec<T>,
    /// One for each plugin that could not answer.
    pub missing: Vec<StandIn>,
}

/// Why something that was named is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotServed {
    /// There is no such thing in this district.
    NotFound,
    /// A plugin of the district can't be loaded, and it may be its own: what stands in for it.
    Missing(Box<StandIn>),
    /// The plugin says no, with its reason.
    Refused(Refusal),
    /// The database is away.
    Unavailable,
}

/// A plugin that serves in a district.
pub(crate) struct Active {
    pub(crate) activation: Activation,
    /// Ready to be called, or why not.
    pub(crate) package: Result<Ready, String>,
    grant: Arc<Grant>,
    settings: Arc<BTreeMap<String, Value>>,
    zones: Lists<Zone>,
    services: Lists<Service>,
    pub(crate) timers: Asleep,
}

/// A package that is ready to be called.
#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) loaded: Loaded,
    /// Who stands behind it; nobody only where that is allowed.
    pub(crate) signed: Option<Arc<Signed>>,
}

/// What a plugin listed last, in each language: it is asked once a minute, not for every page.
type Lists<T> = [Mutex<Option<Held<T>>>; 2];

struct Held<T> {
    at: Instant,
    listed: Arc<Vec<T>>,
    /// It could not say when it was asked last.
    failed: bool,
}

impl Active {
    pub(crate) async fn load(platform: &Platform, activation: Activation, trust: &Trust) -> Self {
        let package = platform.package_ready(&activation.package, trust).await;
        if let Err(problem) = &package {
            tracing::error!(division = %activation.division, plugin = activation.plugin, problem, "a plugin can't serve");
        }
        let mut settings = package.as_ref().map(|ready| ready.manifest.defaults()).unwrap_or_default();
        settings.extend(activation.settings.clone());
        Self {
            grant: Arc::new(activation.grant.clone()),
            settings: Arc::new(settings),
            package,
            activation,
            zones: Default::default(),
            services: Default::default(),
            timers: Asleep::default(),
        }
    }

    /// What an address is answered with that no plugin of a district knows: one that can't be loaded might have.
    pub(crate) fn unknown(plugins: &[Arc<Self>], point: ExtensionPoint, district: &District) -> NotServed {
        let silent = plugins.iter().find(|active| active.package.is_err() && active.answers(point));
        silent.map_or(NotServed::NotFound, |active| NotServed::Missing(Box::new(active.stand_in(district))))
    }

    pub(crate) fn id(&self) -> &str {
        &self.activation.plugin
    }

    pub(crate) fn answers(&self, point: ExtensionPoint) -> bool {
        // A package that can't be loaded might: its part is missing then, which pages must say.
        self.package.as_ref().map_or(true, |ready| ready.loaded.answers(point))
    }

    /// What the page shows in its place.
    pub(crate) fn stand_in(&self, district: &District) -> StandIn {
        let manifest = self.package.as_ref().ok().map(|ready| &ready.manifest);
        let plugin = manifest.map_or_else(|| Text::zh(self.id()), |manifest| manifest.title.clone());
        let hall = &district.hall;
        match manifest.and_then(|manifest| manifest.fallback.as_ref()) {
            Some(fallback) => StandIn {
                plugin,
                text: fallback.text.clone(),
                telephone: fallback.telephone.clone().or_else(|| Some(hall.telephone.clone())),
                address: fallback.address.clone().or_else(|| Some(hall.address.clone())),
                hours: fallback.hours.clone().or_else(|| Some(hall.hours.clone())),
            },
            None => StandIn {
                plugin,
                text: Text::new(
                    "这一部分暂时无法显示，其他服务不受影响。您可以稍后再试，或到大厅办理、电话咨询。",
                    "This part can't be shown for now; everything else works. Try again later, come to the hall, or call.",
                ),
                telephone: Some(hall.telephone.clone()),
                address: Some(hall.address.clone()),
                hours: Some(hall.hours.clone()),
            },
        }
    }

    /// Calls the plugin, counts the call, and keeps a record of it where it went wrong.
    pub(crate) async fn call(&self, platform: &Platform, visit: &Visit, ask: &Ask) -> Outcome<Answer> {
        self.call_for(platform, visit, ask, None).await
    }

    /// The same for somebody who is signed in: what the plugin may know of them, its grant says.
    pub(crate) async fn call_for(
        &self,
        platform: &Platform,
        visit: &Visit,
        ask: &Ask,
        applicant: Option<&Arc<Applicant>>,
    ) -> Outcome<Answer> {
        // Of what decides nothing a sample is kept, for trials.
        let sampled = platform.inner.sample > 0 && rand::random_ratio(1, platform.inner.sample);
        match self.call_recorded(platform, visit, ask, applicant, sampled).await {
            Ok((called, record)) => {
                if let Some(record) = record.filter(|_| sampled) {
                    platform.inner.recorder.keep(record);
                }
                called.outcome
            }
            Err(problem) => Outcome::Unavailable(Text::zh(problem)),
        }
    }

    /// Calls the plugin, on behalf of whoever is signed in, with a record of all that its answer depends on.
    pub(crate) async fn decide_for(
        &self,
        platform: &Platform,
        visit: &Visit,
        ask: &Ask,
        case: Option<&CaseNumber>,
        applicant: Option<&Arc<Applicant>>,
    ) -> (Outcome<Answer>, Option<CallRecord>) {
        match self.call_recorded(platform, visit, ask, applicant, true).await {
            Ok((called, record)) => {
                (called.outcome, record.map(|record| CallRecord { case: case.map(ToString::to_string), ..record }))
            }
            Err(problem) => (Outcome::Unavailable(Text::zh(problem)), None),
        }
    }

    async fn call_recorded(
        &self,
        platform: &Platform,
        visit: &Visit,
        ask: &Ask,
        applicant: Option<&Arc<Applicant>>,
        record: bool,
    ) -> Result<(Called<Answer>, Option<CallRecord>), String> {
        let ready = self.package.as_ref().map_err(Clone::clone)?;
        let inner = &platform.inner;
        let at = platform.now();
        let terms = Terms {
            division: visit.division.clone(),
            language: visit.language,
            at,
            today: platform.date_of(at),
            grant: Arc::clone(&self.grant),
            settings: Arc::clone(&self.settings),
            ports: Arc::clone(&inner.ports),
            applicant: applicant.cloned(),
            record,
        };
        let mut called = inner.runtime.call(&ready.loaded, ask, &terms).await;
        platform.unsteered(&mut called, ask, applicant);
        let ending = called.outcome.ending();
        let message = match &called.outcome {
            Outcome::Failed(failure) => Some(failure.to_string()),
            _ => None,
        };
        inner.health.count(&self.activation, ask.function(), &called, message.as_deref());
        for line in &called.log {
            // Everything that a plugin says is under its name, so that a district's team finds its own.
            tracing::debug!(target: "lotus::plugin", division = %visit.division, plugin = self.id(), level = ?line.level, "{}", line.message);
        }
        platform.hand_over(&visit.division, self, std::mem::take(&mut called.messages)).await;
        let transcript = called.transcript.take().and_then(|transcript| transcript.to_bytes().ok()).unwrap_or_default();
        let record = CallRecord {
            division: visit.division.clone(),
            id: record_id(at),
            plugin: self.id().to_owned(),
            package: self.activation.package,
            function: ask.function().to_owned(),
            at,
            ending,
            message,
            took: called.took,
            case: None,
            transcript,
        };
        if matches!(ending, Ending::Answer | Ending::Refused) {
            return Ok((called, Some(record)));
        }
        let said = record.message.as_deref().unwrap_or_default();
        tracing::warn!(division = %visit.division, plugin = self.id(), function = ask.function(), ending = ending.name(), "a plugin's call went wrong: {said}");
        inner.recorder.keep(record);
        Ok((called, None))
    }

    pub(crate) async fn zones(&self, platform: &Platform, visit: &Visit) -> Option<Arc<Vec<Zone>>> {
        self.list(&self.zones, platform, visit, Ask::ListZones, |answer| match answer {
            Answer::Zones(zones) => Some(zones),
            _ => None,
        })
        .await
    }

    pub(crate) async fn services(&self, platform: &Platform, visit: &Visit) -> Option<Arc<Vec<Service>>> {
        self.list(&self.services, platform, visit, Ask::ListServices, |answer| match answer {
            Answer::Services(services) => Some(services),
            _ => None,
        })
        .await
    }

    /// What it lists, from memory where that is young enough. One asks, the others wait for the answer.
    async fn list<T>(
        &self,
        lists: &Lists<T>,
        platform: &Platform,
        visit: &Visit,
        ask: Ask,
        pick: impl FnOnce(Answer) -> Option<Vec<T>>,
    ) -> Option<Arc<Vec<T>>> {
        let [zh, en] = lists;
        let mut held = match visit.language {
            Language::Zh => zh.lock().await,
            Language::En => en.lock().await,
        };
        if let Some(held) = held.as_ref() {
            let life = if held.failed { LEFT_ALONE } else { HELD };
            if held.at.elapsed() < life {
                return (!held.failed || !held.listed.is_empty()).then(|| Arc::clone(&held.listed));
            }
        }
        let before = held.as_ref().map(|held| Arc::clone(&held.listed)).unwrap_or_default();
        let (listed, failed) = match self.call(platform, visit, &ask).await.pick(pick) {
            Outcome::Answer(listed) => (Arc::new(listed), false),
            // What it listed last is still true enough to be found; its pages then say what is the matter.
            _ => (before, true),
        };
        *held = Some(Held { at: Instant::now(), listed: Arc::clone(&listed), failed });
        (!failed || !listed.is_empty()).then_some(listed)
    }
}
