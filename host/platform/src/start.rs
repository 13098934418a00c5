//! The platform itself: what it holds, how it starts, what runs in the background, how it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lotus_objects::Objects;
use lotus_runtime::{Ports, Runtime};
use lotus_store::{Store, StoreError};
use tokio::task::JoinHandle;

use crate::account::ReadyAccount;
use crate::case_files::Owners;
use crate::city::City;
use crate::finder::Finder;
use crate::health::Health;
use crate::notice::{NoticeConfig, Notices};
use crate::oidc::{self, Authorities, Provider};
use crate::package::Packages;
use crate::payment::PaymentProvider;
use crate::ports::Sources;
use crate::publisher::Unsigned;
use crate::record::Recorder;
use crate::reseal::reseal;
use crate::service::InFlight;
use crate::time::CityClock;
use crate::token::Key;

/// How often a replica looks whether another has changed something: the floor of “in under a second”.
const LOOK: Duration = Duration::from_millis(500);

/// What a platform needs beside its store and its sandbox.
#[derive(Debug, Clone)]
pub struct PlatformConfig {
    /// What form tokens are signed with; the same on every replica.
    pub key: Key,
    /// The city's time zone.
    pub time_zone: TimeZone,
    /// What time it is in the city.
    pub clock: CityClock,
    /// Who vouches for people.
    pub providers: Vec<Provider>,
    /// Authorities that vouch for those providers, beside the well-known ones.
    pub authorities: Authorities,
    /// Provider and subject of the first security administrator.
    pub first_administrator: Option<(String, String)>,
    /// Accounts that anybody may choose, for a demonstration alone.
    pub ready_accounts: Vec<ReadyAccount>,
    /// Whether packages serve that nobody signed.
    pub unsigned: Unsigned,
    /// Of the calls that decide nothing, one in so many is recorded; 0 is none. Those that decide all are.
    pub sample: u32,
    /// How notices are carried.
    pub notices: NoticeConfig,
    /// Who takes electronic payments; without one fees are paid at the counter.
    pub payments: Option<Arc<dyn PaymentProvider>>,
    /// Where papers' font is, where not in the system's folders.
    pub fonts: Option<std::path::PathBuf>,
    /// Where files are kept; without it none are taken, and pages say that it can't be done for now.
    pub objects: Option<Objects>,
}

impl PlatformConfig {
    /// Xuchang's zone with this key.
    pub fn new(key: Key) -> Self {
        // China has one zone and no summer time; the fixed offset is right where the zone's data are missing.
        let fixed = || TimeZone::fixed(jiff::tz::Offset::constant(8));
        let time_zone = TimeZone::get("Asia/Shanghai").unwrap_or_else(|_| fixed());
        Self {
            key,
            time_zone,
            clock: CityClock::default(),
            providers: Vec::new(),
            authorities: Authorities::default(),
            first_administrator: None,
            ready_accounts: Vec::new(),
            unsigned: Unsigned::default(),
            sample: 1_000,
            notices: NoticeConfig::default(),
            payments: None,
            fonts: None,
            objects: None,
        }
    }
}

/// The platform: cheap to clone, one for each host.
#[derive(Clone)]
pub struct Platform {
    pub(crate) inner: Arc<Inner>,
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Platform").field("store", &self.inner.sources.store).finish_non_exhaustive()
    }
}

pub(crate) struct Inner {
    pub(crate) sources: Arc<Sources>,
    /// The same, as the sandbox asks it.
    pub(crate) ports: Arc<dyn Ports>,
    pub(crate) runtime: Runtime,
    pub(crate) packages: Packages,
    pub(crate) unsigned: Unsigned,
    pub(crate) sample: u32,
    pub(crate) health: Health,
    pub(crate) finder: Finder,
    pub(crate) recorder: Recorder,
    pub(crate) in_flight: InFlight,
    pub(crate) rated: crate::rating_public::Known,
    pub(crate) key: Key,
    pub(crate) time_zone: TimeZone,
    pub(crate) clock: CityClock,
    pub(crate) providers: Vec<oidc::Known>,
    pub(crate) authorities: Authorities,
    pub(crate) first_administrator: Option<(String, String)>,
    pub(crate) ready_accounts: Vec<ReadyAccount>,
    pub(crate) notices: Notices,
    pub(crate) payments: Option<Arc<dyn PaymentProvider>>,
    pub(crate) press: lotus_paper::Press,
    pub(crate) objects: Option<Objects>,
    /// Wrong second factors, by session.
    pub(crate) wrong_codes: Mutex<HashMap<String, u32>>,
    background: Mutex<Vec<JoinHandle<()>>>,
}

impl Platform {
    /// Loads the city from the store and starts the background work.
    pub async fn start(store: Store, runtime: Runtime, config: PlatformConfig) -> Result<Self, StoreError> {
        let city = ArcSwap::from_pointee(City::empty());
        let sources = Arc::new(Sources { store: store.clone(), city, owners: Owners::default() });
        let (recorder, writing) = Recorder::start(store);
        let notices = Notices::new(config.notices).map_err(|error| StoreError::Unreadable(error.to_string()))?;
        let platform = Self {
            inner: Arc::new(Inner {
                ports: Arc::clone(&sources) as Arc<dyn Ports>,
                sources,
                runtime,
                packages: Packages::default(),
                unsigned: config.unsigned,
                sample: config.sample,
                health: Health::default(),
                finder: Finder::default(),
                recorder,
                in_flight: InFlight::default(),
                rated: crate::rating_public::Known::default(),
                key: config.key,
                time_zone: config.time_zone,
                clock: config.clock,
                providers: config.providers.into_iter().map(oidc::Known::new).collect(),
                authorities: config.authorities,
                first_administrator: config.first_administrator,
                ready_accounts: config.ready_accounts,
                notices,
                payments: config.payments,
                press: lotus_paper::Press::new(config.fonts),
                objects: config.objects,
                wrong_codes: Mutex::default(),
                background: Mutex::new(vec![writing]),
            }),
        };
        platform.reload().await?;
        let looking = tokio::spawn(look(Arc::downgrade(&platform.inner)));
        if let Ok(mut background) = platform.inner.background.lock() {
            background.push(looking);
            background.push(tokio::spawn(crate::notice::run(Arc::downgrade(&platform.inner))));
            background.extend(crate::job::start(&Arc::downgrade(&platform.inner)));
            background.push(tokio::spawn(crate::sweep::run(Arc::downgrade(&platform.inner))));
            background.push(tokio::spawn(crate::appointment::run(Arc::downgrade(&platform.inner))));
            background.push(tokio::spawn(crate::timers::run(Arc::downgrade(&platform.inner))));
            background.push(tokio::spawn(crate::observing::run(Arc::downgrade(&platform.inner))));
            background.push(tokio::spawn(reseal(Arc::downgrade(&platform.inner))));
        }
        if !platform.city().districts.is_empty() {
            platform.find_prepare();
        }
        Ok(platform)
    }

    /// The city as it is now.
    pub(crate) fn city(&self) -> Arc<City> {
        self.inner.sources.city.load_full()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.sources.store
    }

    /// Now, in whole milliseconds: what is stored and hashed has no finer grain.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The city's clock.
    pub fn clock(&self) -> &CityClock {
        &self.inner.clock
    }

    /// The date in the city's zone.
    pub fn today(&self) -> Date {
        self.date_of(self.now())
    }

    /// The date of a moment in the city's zone.
    pub fn date_of(&self, at: Timestamp) -> Date {
        at.to_zoned_datetime(self.inner.time_zone.clone()).date()
    }

    /// The city's time zone, for display.
    pub fn zone_of_time(&self) -> &TimeZone {
        &self.inner.time_zone
    }

    /// Loads the city again where something changed since, or a new day began; plugins that are loaded already stay as they are.
    pub async fn reload(&self) -> Result<(), StoreError> {
        let generation = self.store().generation().await?;
        let city = self.city();
        if generation != city.generation || self.today() != city.day {
            self.store().keys_refresh().await?;
            let city = City::load(self, generation).await?;
            self.inner.sources.city.store(Arc::new(city));
        }
        Ok(())
    }

    /// Whether the database answers, and else why not.
    pub async fn ready(&self) -> Result<(), String> {
        match tokio::time::timeout(Duration::from_secs(2), self.store().generation()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the database does not answer within two seconds".to_owned()),
        }
    }

    /// Ends the background work, writes what waits, closes the store.
    pub async fn stop(&self) {
        self.inner.recorder.stop();
        let background: Vec<_> = match self.inner.background.lock() {
            Ok(mut background) => background.drain(..).collect(),
            Err(_) => Vec::new(),
        };
        for (index, task) in background.into_iter().enumerate() {
            if index > 0 {
                task.abort();
            }
            // An aborted task says so; that is what was wanted.
            let _ = task.await;
        }
        self.store().close().await;
    }
}

/// A moment without what is finer than a millisecond.
pub(crate) fn whole_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

async fn look(inner: std::sync::Weak<Inner>) {
    let mut away = false;
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(inner) = inner.upgrade() else { return };
        match (Platform { inner }.reload().await, away) {
            (Ok(()), false) | (Err(_), true) => {}
            (Ok(()), true) => {
                tracing::info!("the database answers again");
                away = false;
            }
            (Err(error), false) => {
                tracing::warn!(%error, "the city can't be loaded again; what is in memory goes on serving");
                away = true;
            }
        }
    }
}
