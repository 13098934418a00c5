//! The city in memory: tenants, items, calendar and active plugins, as one immutable snapshot that is swapped whole.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lotus_domain::calendar::Calendar;
use lotus_domain::catalog::DistrictItem;
use lotus_domain::clock::Office;
use lotus_domain::district::{District, Division};
use lotus_domain::kind::{self, Definition};
use lotus_domain::policy::{Edition, holding};
use lotus_domain::supervision::Rules;
use lotus_store::StoreError;

use crate::catalog::Searchable;
use crate::intermediary::Register;
use crate::plugin::Active;
use crate::publisher::Trust;
use crate::start::Platform;

/// Years around the published ones that the calendar covers.
const FIRST_YEAR: i16 = 2020;
const LAST_YEAR: i16 = 2040;

pub(crate) struct City {
    /// Which change of the store this is.
    pub(crate) generation: i64,
    /// The day whose rules and kinds these are: another has its own.
    pub(crate) day: Date,
    /// The city first.
    pub(crate) districts: Vec<Arc<District>>,
    pub(crate) calendar: Option<Arc<Calendar>>,
    /// When a deadline is near.
    pub(crate) rules: Rules,
    /// Whose plugins serve.
    pub(crate) trust: Trust,
    /// The city's list of intermediaries.
    pub(crate) register: Arc<Register>,
    /// The city's own kinds of case, by id, in place of those that ship with the platform.
    kinds: BTreeMap<String, Definition>,
    tenants: HashMap<Division, Tenant>,
}

/// What one district's portal is made of.
#[derive(Default)]
pub(crate) struct Tenant {
    /// Its own items, then the city's.
    pub(crate) items: Vec<Arc<DistrictItem>>,
    /// The same, as they are searched.
    pub(crate) searchable: Vec<Searchable>,
    /// Its own policies that hold on the city's day, by id.
    pub(crate) policies: Vec<Arc<Edition>>,
    /// In the order in which they were activated.
    pub(crate) plugins: Vec<Arc<Active>>,
}

impl City {
    /// A city of which nothing is known yet.
    pub(crate) fn empty() -> Self {
        Self {
            generation: i64::MIN,
            day: Date::MIN,
            districts: Vec::new(),
            calendar: None,
            rules: Rules::default(),
            trust: Trust::default(),
            register: Arc::default(),
            kinds: BTreeMap::new(),
            tenants: HashMap::new(),
        }
    }

    /// By what the city counts time.
    pub(crate) fn office<'a>(&'a self, zone: &'a TimeZone) -> Option<Office<'a>> {
        Some(Office { calendar: self.calendar.as_deref()?, zone, rules: &self.rules })
    }

    /// The kind of case of this id, the city's own before the platform's.
    pub(crate) fn kind(&self, id: &str) -> Option<Definition> {
        self.kinds.get(id).or_else(|| kind::shipped(id)).cloned()
    }

    pub(crate) fn district(&self, division: &Division) -> Option<&Arc<District>> {
        self.districts.iter().find(|district| district.division == *division)
    }

    pub(crate) fn tenant(&self, division: &Division) -> Option<&Tenant> {
        self.tenants.get(division)
    }

    /// The policies that hold in a district: its own, then the city's.
    pub(crate) fn policies(&self, division: &Division) -> impl Iterator<Item = &Arc<Edition>> {
        let city = self.districts.iter().find(|district| district.is_city && district.division != *division);
        let shared = city.and_then(|city| self.tenant(&city.division));
        [self.tenant(division), shared].into_iter().flatten().flat_map(|tenant| &tenant.policies)
    }

    /// Every active plugin, everywhere.
    pub(crate) fn plugins(&self) -> impl Iterator<Item = &Arc<Active>> {
        self.districts.iter().filter_map(|district| self.tenant(&district.division)).flat_map(|tenant| &tenant.plugins)
    }

    pub(crate) async fn load(platform: &Platform, generation: i64) -> Result<Self, StoreError> {
        let store = platform.store();
        let mut districts: Vec<Arc<District>> = store.district_list().await?.into_iter().map(Arc::new).collect();
        districts.sort_by_key(|district| !district.is_city);
        let city = districts.iter().find(|district| district.is_city);
        let calendar = match city {
            Some(city) => {
                let years = store.calendar_list(&city.division).await?;
                Calendar::new(FIRST_YEAR, LAST_YEAR, &years).ok().map(Arc::new)
            }
            None => None,
        };
        let kinds = match city {
            Some(city) => kinds(store.kind_list(&city.division).await?, platform.now()),
            None => BTreeMap::new(),
        };
        let day = platform.today();
        let rules = match city {
            Some(city) => Rules::on(&store.setting_list(&city.division).await?, day),
            None => Rules::default(),
        };
        let register = match city {
            Some(city) => Register::load(platform, &city.division, day).await?,
            None => Arc::default(),
        };
        let mut tenants: HashMap<Division, Tenant> = HashMap::new();
        let mut shared = Vec::new();
        for district in &districts {
            let items: Vec<_> = store.item_list(&district.division).await?.into_iter().map(Arc::new).collect();
            if district.is_city {
                shared.clone_from(&items);
            }
            let editions = store.policy_list(&district.division, day).await?;
            let policies = holding(&editions, day).into_iter().cloned().map(Arc::new).collect();
            tenants.insert(district.division.clone(), Tenant { items, policies, ..Tenant::default() });
        }
        for district in districts.iter().filter(|district| !district.is_city) {
            if let Some(tenant) = tenants.get_mut(&district.division) {
                tenant.items.extend(shared.iter().cloned());
            }
        }
        for tenant in tenants.values_mut() {
            tenant.searchable = tenant.items.iter().cloned().map(Searchable::new).collect();
        }
        let trust = Trust::of(store, platform.inner.unsigned).await?;
        let city_before = platform.city();
        let trusted_before = city_before.trust == trust;
        let before: BTreeMap<_, _> = city_before
            .plugins()
            .map(|active| ((active.activation.division.clone(), active.id().to_owned()), active))
            .collect();
        for activation in store.activation_list().await? {
            let Some(tenant) = tenants.get_mut(&activation.division) else {
                tracing::warn!(division = %activation.division, plugin = activation.plugin, "active in no known district");
                continue;
            };
            let known = before.get(&(activation.division.clone(), activation.plugin.clone()));
            tenant.plugins.push(match known {
                // The same object: what it holds of the plugin's lists stays.
                Some(active) if trusted_before && active.activation == activation && active.package.is_ok() => {
                    Arc::clone(active)
                }
                _ => Arc::new(Active::load(platform, activation, &trust).await),
            });
        }
        Ok(Self { generation, day, districts, calendar, rules, trust, register, kinds, tenants })
    }
}

/// What holds by now of a city's own definitions. One that can't be read any more is left out, and said.
fn kinds(kept: Vec<(Timestamp, String)>, now: Timestamp) -> BTreeMap<String, Definition> {
    let mut kinds = BTreeMap::new();
    for (_, source) in kept.into_iter().filter(|(since, _)| *since <= now) {
        match Definition::parse(&source) {
            Ok(definition) => _ = kinds.insert(definition.id.to_string(), definition),
            Err(error) => tracing::error!(%error, "a kind of case of the city is not sound; the one before it holds"),
        }
    }
    kinds
}
