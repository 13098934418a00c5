//! The demonstration city over a database of the benchmark's own, with the plugins that ship and one of the tests'.

use std::collections::BTreeMap;

use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::Division;
use lotus_domain::package::Manifest;
use lotus_platform::{
    Key, Keyring, Platform, PlatformConfig, Runtime, RuntimeConfig, Store, StoreConfig, Suite, Unsigned,
};
use tempfile::TempDir;

/// A city that can be asked; its files go with it.
pub(crate) struct City {
    pub(crate) platform: Platform,
    /// 禹州, where the plugins serve.
    pub(crate) division: Division,
    _directory: TempDir,
}

impl City {
    /// Opens it over PostgreSQL at this address, or over SQLite as a host does; with the plugins' answers at hand where
    /// it is to be the native twin.
    pub(crate) async fn open(postgres: Option<String>, remembering: bool) -> anyhow::Result<Self> {
        let directory = tempfile::tempdir()?;
        let database = match postgres {
            Some(url) => StoreConfig::postgres(url),
            None => StoreConfig::sqlite(directory.path().join("lotus.db")),
        };
        let keyring = Keyring::parse(&Keyring::generate("benchmark", Suite::AesGcm))?;
        let store = Store::open(&database, keyring).await?;
        let runtime = Runtime::start(&RuntimeConfig::new(directory.path().join("compiled")))?;
        let runtime = if remembering { runtime.remembering() } else { runtime };
        let settings = PlatformConfig { unsigned: Unsigned::Allowed, ..PlatformConfig::new(Key::random()) };
        let platform = Platform::start(store, runtime, settings).await?;
        let city = lotus_demo::city()?;
        if let Some(seat) = city.districts.iter().find(|district| district.is_city) {
            platform.calendar_put(seat.division.clone(), city.calendar).await?;
        }
        platform.district_put(city.districts).await?;
        let mut items: BTreeMap<Division, Vec<DistrictItem>> = BTreeMap::new();
        for item in city.items {
            items.entry(item.division.clone()).or_default().push(item);
        }
        for (division, items) in items {
            platform.item_publish(division, items).await?;
        }
        let division = Division::parse("411081")?;
        let hostile = lotus_artifacts::guest("hostile");
        let shipped = lotus_plugins::SHIPPED.iter().map(|package| (package.manifest, package.component));
        for (manifest, component) in shipped.chain([(hostile.manifest, hostile.component)]) {
            let districts = Manifest::parse(manifest)?.districts;
            let digest = platform.package_install(manifest, component).await?;
            if districts.is_empty() || districts.contains(&division) {
                platform.activate(&division, digest, BTreeMap::new()).await?;
            }
        }
        Ok(Self { platform, division, _directory: directory })
    }
}
