//! A city to try: the demonstration's districts, items and plugins behind a real address, and browsers that keep cookies.
//!
//! Tests speak HTTP alone, as people and programs do. What they may do beside is what a district's team or the operator
//! does: bring plugins into service.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "only tests use it, and they can't go on"
)]

mod browser;
mod desk;
mod epay;
mod gateway;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::Division;
use lotus_domain::package::Manifest;
use lotus_platform::{
    Authorities, Key, Keyring, NoticeConfig, Objects, ObjectsConfig, Platform, PlatformConfig, Provider, ReadyAccount,
    Runtime, RuntimeConfig, Store, StoreConfig, Unsigned, Vouched,
};
use lotus_web::WebConfig;
use tokio::net::TcpListener;

pub use browser::{Answer, Browser};
pub use epay::StandInGateway;
pub use gateway::{Gateway, Mood, SECRET, Taken};

/// The keyring of every city of the tests.
const KEYRING: &str =
    "[[key]]\nid = \"test\"\nsecret = \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\n";

/// A city that serves until it is dropped.
pub struct City {
    /// Where.
    pub address: SocketAddr,
    /// The same platform that serves, for what a team or the operator does.
    pub platform: Platform,
    /// The database's own files, where it is SQLite.
    pub directory: tempfile::TempDir,
    store: StoreConfig,
}

impl City {
    /// On SQLite, with the plugins that ship.
    pub async fn sqlite() -> Self {
        Self::with_providers(Vec::new(), None).await
    }

    /// On SQLite, with those who vouch for people, and provider and subject of the first security administrator.
    pub async fn with_providers(providers: Vec<Provider>, first_administrator: Option<(String, String)>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = StoreConfig::sqlite(directory.path().join("lotus.db"));
        let config = PlatformConfig { providers, first_administrator, ..config() };
        let city = Self::serve(store, directory, config).await;
        city.fill().await;
        city
    }

    /// On SQLite, with files kept as this says.
    pub async fn with_objects(objects: &ObjectsConfig) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = StoreConfig::sqlite(directory.path().join("lotus.db"));
        let config = PlatformConfig { objects: Some(Objects::open(objects).unwrap()), ..config() };
        let city = Self::serve(store, directory, config).await;
        city.fill().await;
        city
    }

    /// The same, where an authority of the city's own vouches for the providers.
    pub async fn with_authorities(providers: Vec<Provider>, authorities: Authorities) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = StoreConfig::sqlite(directory.path().join("lotus.db"));
        let city = Self::serve(store, directory, PlatformConfig { providers, authorities, ..config() }).await;
        city.fill().await;
        city
    }

    /// On SQLite, with somebody who takes electronic payments.
    pub async fn with_payments(payments: std::sync::Arc<dyn lotus_platform::PaymentProvider>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = StoreConfig::sqlite(directory.path().join("lotus.db"));
        let config = PlatformConfig { payments: Some(payments), ..config() };
        let city = Self::serve(store, directory, config).await;
        city.fill().await;
        city
    }

    /// On SQLite, with what carries notices.
    pub async fn carrying(notices: NoticeConfig) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = StoreConfig::sqlite(directory.path().join("lotus.db"));
        let city = Self::serve(store, directory, PlatformConfig { notices, ..config() }).await;
        city.fill().await;
        city
    }

    /// On PostgreSQL, with what carries notices.
    pub async fn carrying_on(server: &lotus_test_services::postgres::Server, notices: NoticeConfig) -> Self {
        let store = StoreConfig::Postgres { url: server.database(), connections: 8 };
        let config = PlatformConfig { notices, ..config() };
        let city = Self::serve(store, tempfile::tempdir().unwrap(), config).await;
        city.fill().await;
        city
    }

    /// Another host over the same database, with what carries notices.
    pub async fn replica_carrying(&self, notices: NoticeConfig) -> Self {
        let config = PlatformConfig { notices, ..config() };
        Self::serve(self.store.clone(), tempfile::tempdir().unwrap(), config).await
    }

    /// On PostgreSQL, with the plugins that ship.
    pub async fn postgres(server: &lotus_test_services::postgres::Server) -> Self {
        let store = StoreConfig::Postgres { url: server.database(), connections: 8 };
        let city = Self::serve(store, tempfile::tempdir().unwrap(), config()).await;
        city.fill().await;
        city
    }

    /// Another host over the same database, with a key of its own.
    pub async fn replica(&self) -> Self {
        Self::serve(self.store.clone(), tempfile::tempdir().unwrap(), config()).await
    }

    /// The same database without a platform: what a host leaves behind that stops between two writes.
    pub async fn bare_store(&self) -> Store {
        Store::open(&self.store, Keyring::parse(KEYRING).unwrap()).await.unwrap()
    }

    async fn serve(store: StoreConfig, directory: tempfile::TempDir, config: PlatformConfig) -> Self {
        let objects = config
            .objects
            .or_else(|| Some(Objects::open(&ObjectsConfig::directory(directory.path().join("objects"))).unwrap()));
        let config = PlatformConfig { objects, ..config };
        let runtime = RuntimeConfig { instances: 100, ..RuntimeConfig::new(directory.path().join("compiled")) };
        let runtime = Runtime::start(&runtime).unwrap();
        let opened = Store::open(&store, Keyring::parse(KEYRING).unwrap()).await.unwrap();
        let platform = Platform::start(opened, runtime, config).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(lotus_web::serve(listener, platform.clone(), WebConfig::default(), std::future::pending()));
        Self { address, platform, directory, store }
    }

    async fn fill(&self) {
        let city = lotus_demo::city().unwrap();
        let seat = city.districts.iter().find(|district| district.is_city).unwrap().division.clone();
        self.platform.calendar_put(seat, city.calendar).await.unwrap();
        self.platform.district_put(city.districts).await.unwrap();
        self.platform.halls_put(city.halls).await.unwrap();
        for (division, supervisors) in lotus_demo::supervisors().unwrap() {
            self.platform.supervisors_put(division, supervisors).await.unwrap();
        }
        let mut items: BTreeMap<Division, Vec<DistrictItem>> = BTreeMap::new();
        for item in city.items {
            items.entry(item.division.clone()).or_default().push(item);
        }
        for (division, items) in items {
            self.platform.item_publish(division, items).await.unwrap();
        }
        let listed = lotus_demo::intermediaries().unwrap();
        self.platform.intermediaries_seed(listed.services, listed.listings, listed.events).await.unwrap();
        for (division, holder, facts) in lotus_demo::fact_files().unwrap() {
            self.platform.facts_keep(&division, vec![(holder, facts)]).await.unwrap();
        }
        self.platform.policy_seed(lotus_demo::policies().unwrap()).await.unwrap();
        for package in lotus_plugins::SHIPPED {
            for division in Manifest::parse(package.manifest).unwrap().districts {
                self.activate(package.manifest, package.component, division.as_str()).await;
            }
        }
    }

    /// Brings a plugin into service in a district, as its team would.
    pub async fn activate(&self, manifest: &str, component: &[u8], division: &str) {
        let digest = self.platform.package_install(manifest, component).await.unwrap();
        let division = Division::parse(division).unwrap();
        self.platform.activate(&division, digest, BTreeMap::new()).await.unwrap();
    }

    /// Brings one of the test guests into service.
    pub async fn activate_guest(&self, name: &str, division: &str) {
        let guest = lotus_artifacts::guest(name);
        self.activate(guest.manifest, guest.component, division).await;
    }

    /// The same database, opened beside the host that serves.
    pub async fn store(&self) -> Store {
        Store::open(&self.store, Keyring::parse(KEYRING).unwrap()).await.unwrap()
    }

    /// Somebody new, with no cookie.
    pub fn browser(&self) -> Browser {
        Browser::new(self.address)
    }
}

/// A host's, with a key of its own.
fn config() -> PlatformConfig {
    PlatformConfig {
        ready_accounts: ready_accounts(),
        unsigned: Unsigned::Allowed,
        sample: 0,
        ..PlatformConfig::new(Key::random())
    }
}

/// The demonstration's accounts.
fn ready_accounts() -> Vec<ReadyAccount> {
    let ready = |account: lotus_demo::ReadyAccount| ReadyAccount {
        vouched: Vouched {
            provider: "demo".to_owned(),
            subject: account.subject,
            profile: account.profile,
            mandates: account.mandates,
            strong: true,
        },
        note: account.note,
        roles: account.roles,
    };
    lotus_demo::accounts().unwrap().into_iter().map(ready).collect()
}
