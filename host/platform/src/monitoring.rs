//! Monitoring and evaluation 监测评估 (article 34): counting what happens, and what is shown of it.
//!
//! Invariant: each event is counted once, whichever replica does it, and what is not counted yet is never judged: anomalies and
//! bulletins wait until everything has been.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::{District, Division};
use lotus_domain::monitoring::{GuideFault, Matter, Month, OpenRow, Tally, guide_faults, guide_tally, open_rows};
use lotus_domain::text::Text;
use lotus_store::StoreError;

use crate::start::Platform;

/// Cases that are counted in one transaction.
const BATCH: u32 = 100;
/// Transactions of one turn in each district, before the next district has its turn.
const BATCHES: u32 = 50;
/// Months that pages and bulletins show before the one they are about.
pub(crate) const MONTHS_BEFORE: i32 = 12;
/// Until which day anomalies were looked for.
const LOOKED: &str = "looked";
/// From which month on there are bulletins.
pub(crate) const SINCE: &str = "bulletins-since";

/// What is shown of a division's month.
#[derive(Debug, Clone)]
pub struct Monitored {
    /// Whose.
    pub district: Arc<District>,
    /// Which.
    pub month: Month,
    /// The month that is running.
    pub today: Month,
    /// The months up to it, oldest first, each with its sums.
    pub months: Vec<(Month, Tally)>,
    /// Its departments, by name.
    pub departments: Vec<(Text, Tally)>,
    /// Its items, by key, with their names.
    pub items: Vec<(String, Text, Tally)>,
    /// The districts of the city; none for a district.
    pub districts: Vec<(Division, Text, Tally)>,
    /// Some of it is a demonstration's.
    pub demonstration: bool,
}

impl Monitored {
    /// The month's own sums.
    pub fn tally(&self) -> Tally {
        self.months.last().map(|(_, tally)| tally.clone()).unwrap_or_default()
    }
}

/// An item with what is wrong with its guide.
#[derive(Debug, Clone)]
pub struct FaultyGuide {
    /// The item.
    pub item: Arc<DistrictItem>,
    /// What is wrong.
    pub faults: Vec<GuideFault>,
}

impl Platform {
    /// One turn: counts what has happened, then looks for what is out of the ordinary, then publishes what is due.
    pub(crate) async fn monitor(&self) {
        let mut all = true;
        for district in self.districts() {
            match self.count(&district.division).await {
                Ok(done) => all &= done,
                Err(error) => {
                    all = false;
                    tracing::warn!(%error, division = %district.division, "counting goes on at its next turn");
                }
            }
        }
        if !all {
            return;
        }
        let mut districts = self.districts();
        // The city's bulletin speaks of what the districts found.
        districts.sort_by_key(|district| district.is_city);
        for district in districts {
            if let Err(error) = self.judge(&district).await {
                tracing::warn!(%error, division = %district.division, "monitoring goes on at its next turn");
            }
        }
    }

    /// Counts what has happened in a division; whether that is all.
    async fn count(&self, division: &Division) -> Result<bool, StoreError> {
        let Some(calendar) = self.city().calendar.clone() else { return Ok(false) };
        for _ in 0..BATCHES {
            if !self.store().tally_is_behind(division).await? {
                return Ok(true);
            }
            let zone = self.zone_of_time().clone();
            let done = self.store().tally_fold(division.clone(), Arc::clone(&calendar), zone, BATCH).await?;
            tracing::debug!(%division, done.cases, done.events, "counted");
        }
        Ok(!self.store().tally_is_behind(division).await?)
    }

    /// Looks at what was counted once a day, and publishes what is due.
    async fn judge(&self, district: &District) -> Result<(), StoreError> {
        let division = &district.division;
        let today = self.today().to_string();
        let looked = self.store().monitoring_mark_get(division, LOOKED).await?;
        if looked.as_ref() != Some(&today) {
            if looked.is_none() {
                self.monitoring_reached(division, SINCE, &Month::of(self.today()).to_string()).await?;
            }
            self.materials_counted(division).await?;
            self.improvements_followed(division).await?;
            self.anomalies_sought(division).await?;
            self.monitoring_reached(division, LOOKED, &today).await?;
        }
        self.bulletins_due(district).await
    }

    async fn monitoring_reached(&self, division: &Division, name: &str, reached: &str) -> Result<(), StoreError> {
        self.store().monitoring_mark_put(division.clone(), name.to_owned(), reached.to_owned()).await
    }

    /// Counts the materials of the running month and of the one before, whose last day may not have been over.
    async fn materials_counted(&self, division: &Division) -> Result<(), StoreError> {
        let begins = |month: Month| self.begins(month.first());
        let now = Month::of(self.today());
        for month in [now.plus(-1), now] {
            let counted = self.store().tally_count_materials(division, begins(month), begins(month.plus(1))).await?;
            if !counted.is_empty() {
                self.store().tally_put_materials(division.clone(), month, counted).await?;
            }
        }
        Ok(())
    }

    /// The moment at which a day begins.
    pub(crate) fn begins(&self, day: Date) -> Timestamp {
        self.zone_of_time().to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
    }

    /// How the guides of a division's own items are now.
    pub(crate) fn guides_now(&self, division: &Division) -> BTreeMap<Matter, Tally> {
        let today = self.today();
        let own = self.items(division).into_iter().filter(|item| item.division == *division);
        let of = |item: Arc<DistrictItem>| {
            let department = item.item.department.zh.clone();
            (Matter { item: item.item.code.clone(), department }, guide_tally(&item.item, today))
        };
        own.map(of).collect()
    }

    /// A division's own guides in which something is wrong.
    pub fn guides_faulty(&self, division: &Division) -> Vec<FaultyGuide> {
        let today = self.today();
        let own = self.items(division).into_iter().filter(|item| item.division == *division);
        let with = |item: Arc<DistrictItem>| FaultyGuide { faults: guide_faults(&item.item, today), item };
        own.map(with).filter(|guide| !guide.faults.is_empty()).collect()
    }

    /// The divisions that a page is about: all of them for the city.
    pub(crate) fn monitored(&self, district: &District) -> Vec<Arc<District>> {
        let all = self.districts();
        if district.is_city { all } else { all.into_iter().filter(|one| one.division == district.division).collect() }
    }

    /// A division's own months, both ends included, with guides as they are now in the running one.
    pub(crate) async fn months_of(
        &self,
        division: &Division,
        from: Month,
        to: Month,
    ) -> Result<BTreeMap<Month, Tally>, StoreError> {
        let mut months = self.store().tally_list_months(division, from, to).await?;
        let now = Month::of(self.today());
        if (from..=to).contains(&now) {
            let running = months.entry(now).or_default();
            self.guides_now(division).values().for_each(|tally| running.merge(tally));
        }
        Ok(months)
    }

    /// What a division's own month is made of.
    pub(crate) async fn matters_of(
        &self,
        division: &Division,
        month: Month,
    ) -> Result<BTreeMap<Matter, Tally>, StoreError> {
        let mut matters = self.store().tally_list_matters(division, month).await?;
        if month == Month::of(self.today()) {
            for (matter, tally) in self.guides_now(division) {
                matters.entry(matter).or_default().merge(&tally);
            }
        }
        Ok(matters)
    }

    /// What an item's key is called in a division.
    pub(crate) fn item_name(&self, division: &Division, key: &str) -> Text {
        if key.is_empty() {
            return Text::new("政务服务", "Government services");
        }
        if let Some(item) = self.item(division, key) {
            return item.item.name.clone();
        }
        key.strip_prefix("service:").map_or_else(
            || Text::zh(key.to_owned()),
            |service| Text::new(format!("增值服务（{service}）"), format!("Service {service}")),
        )
    }

    /// A department's name in both languages, where an item says it.
    pub(crate) fn department_name(&self, division: &Division, zh: &str) -> Text {
        let known = self.items(division).into_iter().find(|item| item.item.department.zh == zh);
        known.map_or_else(|| Text::zh(zh.to_owned()), |item| item.item.department.clone())
    }

    /// What is shown of a division's month: the city's is all districts together.
    pub async fn monitoring(&self, district: &Arc<District>, month: Month) -> Result<Monitored, StoreError> {
        let first = month.plus(-MONTHS_BEFORE);
        let mut months: BTreeMap<Month, Tally> =
            (0..=MONTHS_BEFORE).map(|later| (first.plus(later), Tally::default())).collect();
        let mut departments: BTreeMap<String, (Text, Tally)> = BTreeMap::new();
        let mut items: BTreeMap<String, (Text, Tally)> = BTreeMap::new();
        let mut districts = Vec::new();
        let mut demonstration = false;
        for one in self.monitored(district) {
            let of = self.months_of(&one.division, first, month).await?;
            demonstration |= self.store().tally_is_demonstration(&one.division).await?;
            for (month, tally) in &of {
                months.entry(*month).or_default().merge(tally);
            }
            if district.is_city {
                districts.push((one.division.clone(), one.name.clone(), of.get(&month).cloned().unwrap_or_default()));
            }
            for (matter, tally) in self.matters_of(&one.division, month).await? {
                if !matter.department.is_empty() {
                    let entry = departments.entry(matter.department.clone());
                    let name = || (self.department_name(&one.division, &matter.department), Tally::default());
                    entry.or_insert_with(name).1.merge(&tally);
                }
                // In the city, the same item of every district is one.
                let key = match (district.is_city, self.item(&one.division, &matter.item)) {
                    (true, Some(item)) => item.item.basic_code.clone(),
                    _ => matter.item.clone(),
                };
                let name = || (self.item_name(&one.division, &matter.item), Tally::default());
                items.entry(key).or_insert_with(name).1.merge(&tally);
            }
        }
        items.remove("");
        Ok(Monitored {
            district: Arc::clone(district),
            month,
            today: Month::of(self.today()),
            months: months.into_iter().collect(),
            departments: departments.into_values().collect(),
            items: items.into_iter().map(|(key, (name, tally))| (key, name, tally)).collect(),
            districts,
            demonstration,
        })
    }

    /// A division's month as open data: the city's is every district's, one after another.
    pub async fn open_data(&self, district: &District, month: Month) -> Result<Vec<OpenRow>, StoreError> {
        let mut rows = Vec::new();
        for one in self.monitored(district) {
            let total = self.months_of(&one.division, month, month).await?.remove(&month).unwrap_or_default();
            let matters = self.matters_of(&one.division, month).await?;
            rows.extend(open_rows((&one.division, &one.name.zh), month, &total, &matters));
        }
        Ok(rows)
    }

    /// Counts a division's events all over again, from the first: the same numbers come out.
    pub async fn recount(&self, division: &Division) -> Result<(), StoreError> {
        self.store().tally_forget(division.clone()).await?;
        while !self.count(division).await? {}
        Ok(())
    }

    /// Keeps a demonstration's months, has them looked at, and lets bulletins begin with this month.
    pub async fn monitoring_seed(
        &self,
        division: &Division,
        months: BTreeMap<Month, BTreeMap<Matter, Tally>>,
        bulletins: Month,
    ) -> Result<(), StoreError> {
        if self.store().tally_is_demonstration(division).await? {
            return Ok(());
        }
        self.store().tally_put_demonstration(division.clone(), months).await?;
        self.monitoring_reached(division, SINCE, &bulletins.to_string()).await?;
        self.monitoring_reached(division, LOOKED, "").await
    }
}
