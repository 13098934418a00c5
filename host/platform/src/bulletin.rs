//! The monthly bulletin 通报 (article 34): made when a month is over, frozen when it is published.
//!
//! Invariant: a bulletin is published once; what is shown is byte for byte what its hash in the audit chain is over.

use std::sync::Arc;

use lotus_domain::audit::Done;
use lotus_domain::chain::Hash;
use lotus_domain::district::{District, Division};
use lotus_domain::monitoring::{
    Bulletin, Contents, Figure, Improvement, Line, Month, RatingSummary, Tally, Trend, indicator, indicators, measure,
    ranked,
};
use lotus_domain::text::Text;
use lotus_store::{BulletinKept, StoreError};

use crate::improvement::is_of;
use crate::monitoring::SINCE;
use crate::start::Platform;
use crate::{Monitored, PayError};

/// Months that are caught up at most, where no host ran.
const CAUGHT_UP: i32 = 11;
/// What is charted.
const TRENDS: [&str; 6] = ["received", "decided", "used-mean", "used-ninety", "overdue", "begun-online"];
/// Lines of a table.
const MOST_LINES: usize = 12;
/// The slowest items that are named.
const MOST_SLOW: usize = 8;
/// Cases below which an average of a department or an item is not said.
const LEAST: i64 = 5;

/// A bulletin as it was published, with its hash.
#[derive(Debug, Clone)]
pub struct PublishedBulletin {
    /// It.
    pub bulletin: Bulletin,
    /// What stands in the audit chain.
    pub hash: Hash,
}

fn line(name: &Text, tally: &Tally) -> Line {
    let value = |id: &str| {
        let indicator = indicator(id)?;
        indicator.value(tally).filter(|_| indicator.volume(tally) >= LEAST)
    };
    Line {
        name: name.clone(),
        received: tally.get(measure::RECEIVED),
        decided: tally.get(measure::DECIDED),
        used: value("used-mean"),
        overdue: value("overdue"),
    }
}

/// What a month's sums say.
fn contents(monitored: &Monitored) -> Contents {
    let now = monitored.tally();
    let at = |months: i32| {
        let wanted = monitored.month.plus(months);
        monitored.months.iter().find(|(month, _)| *month == wanted).map(|(_, tally)| tally.clone()).unwrap_or_default()
    };
    let (before, year_before) = (at(-1), at(-12));
    let figures = indicators().iter().map(|indicator| Figure {
        indicator: indicator.id.to_string(),
        value: indicator.value(&now),
        before: indicator.value(&before),
        year_before: indicator.value(&year_before),
    });
    let trends = TRENDS.iter().filter_map(|id| {
        let indicator = indicator(id)?;
        let values = monitored.months.iter().map(|(month, tally)| (*month, indicator.value(tally))).collect();
        Some(Trend { indicator: (*id).to_owned(), values })
    });
    let mut departments: Vec<Line> = monitored
        .departments
        .iter()
        .map(|(name, tally)| line(name, tally))
        .filter(|one| one.received + one.decided > 0)
        .collect();
    departments.sort_by_key(|one| (std::cmp::Reverse(one.decided), one.name.zh.clone()));
    departments.truncate(MOST_LINES);
    let share = |tally: &Tally| indicator("used-of-promised").and_then(|one| one.value(tally)).unwrap_or(0.0);
    let mut slow: Vec<&(String, Text, Tally)> =
        monitored.items.iter().filter(|(_, _, tally)| tally.get(measure::TIMED) >= LEAST).collect();
    slow.sort_by(|(_, _, a), (_, _, b)| share(b).total_cmp(&share(a)));
    Contents {
        received: now.get(measure::RECEIVED),
        decided: now.get(measure::DECIDED),
        figures: figures.collect(),
        trends: trends.collect(),
        departments,
        slowest: slow.into_iter().take(MOST_SLOW).map(|(_, name, tally)| line(name, tally)).collect(),
        districts: ranked(monitored.districts.clone()),
        unusual: Vec::new(),
        improvements: Vec::new(),
        ratings: RatingSummary {
            rated: now.get(measure::RATED),
            well: now.get(measure::RATED_WELL),
            grades: now.get(measure::GRADES),
        },
        demonstration: monitored.demonstration,
    }
}

impl Platform {
    /// Publishes the bulletins of the months that are over, where they are not there yet.
    pub(crate) async fn bulletins_due(&self, district: &District) -> Result<(), StoreError> {
        let division = &district.division;
        let last = Month::of(self.today()).plus(-1);
        let newest = self.store().bulletin_list(division, 1).await?.first().map(|(month, _)| *month);
        if newest.is_some_and(|newest| newest >= last) {
            return Ok(());
        }
        let since = self.store().monitoring_mark_get(division, SINCE).await?;
        let Some(since) = since.and_then(|since| Month::parse(&since).ok()) else { return Ok(()) };
        let next = newest.map_or(since, |newest| newest.plus(1)).max(since).max(last.plus(-CAUGHT_UP));
        let mut month = next;
        while month <= last {
            // Guides change; how they were at the end of the month is kept with it.
            self.store().tally_put_guides(division.clone(), month, self.guides_now(division)).await?;
            self.bulletin_publish(district, month).await?;
            month = month.plus(1);
        }
        Ok(())
    }

    async fn bulletin_publish(&self, district: &District, month: Month) -> Result<(), StoreError> {
        let monitored = self.monitoring(&Arc::new(district.clone()), month).await?;
        let mut contents = contents(&monitored);
        for one in self.monitored(district) {
            for tracked in self.improvements_of(&one.division).await?.into_iter().filter(|one| is_of(one, month)) {
                let find = &tracked.anomaly.find;
                if Month::of(find.start) == month {
                    contents.unusual.push(tracked.anomaly.sentence.clone());
                }
                contents.improvements.push(Improvement {
                    number: tracked.anomaly.number.to_string(),
                    sentence: tracked.anomaly.sentence,
                    state: tracked.state,
                    opened: self.date_of(tracked.anomaly.found),
                    is_open: !tracked.is_ended,
                });
            }
        }
        let bulletin = Bulletin {
            division: district.division.clone(),
            name: district.name.clone(),
            is_city: district.is_city,
            month,
            issued: self.today(),
            contents,
        };
        let (body, hash) = bulletin.frozen().map_err(|error| StoreError::Unreadable(error.to_string()))?;
        let now = self.now();
        let done = Done {
            at: now,
            actor: None,
            action: "bulletin-published".to_owned(),
            subject: bulletin.number(),
            outcome: hash.to_string(),
            client: None,
        };
        let kept = BulletinKept { month, made: now, body, hash };
        if self.store().bulletin_publish(district.division.clone(), kept, done).await? {
            tracing::info!(division = %district.division, %month, "a bulletin is published");
        }
        Ok(())
    }

    /// The months of which a division has bulletins, newest first.
    pub async fn bulletins(&self, division: &Division, limit: u32) -> Result<Vec<(Month, Hash)>, StoreError> {
        self.store().bulletin_list(division, limit).await
    }

    /// A bulletin as it was published.
    pub async fn bulletin(&self, division: &Division, month: Month) -> Result<Option<PublishedBulletin>, StoreError> {
        let Some(kept) = self.store().bulletin_get(division, month).await? else { return Ok(None) };
        if Hash::of(kept.body.as_bytes()) != kept.hash {
            return Err(StoreError::Unreadable(format!("the bulletin {division}-{month} is not what was published")));
        }
        let bulletin = serde_json::from_str(&kept.body).map_err(|error| StoreError::Unreadable(error.to_string()))?;
        Ok(Some(PublishedBulletin { bulletin, hash: kept.hash }))
    }

    /// A bulletin as PDF, beside the threads that others wait on.
    pub async fn bulletin_print(&self, published: PublishedBulletin) -> Result<Vec<u8>, PayError> {
        let district = self.district(&published.bulletin.division);
        let hall = district.as_ref().map(|district| &district.hall);
        let office = lotus_paper::Office {
            name: format!("{}政务服务管理机构", published.bulletin.name.zh),
            address: hall.map(|hall| hall.address.zh.clone()).unwrap_or_default(),
            telephone: hall.map(|hall| hall.telephone.clone()).unwrap_or_default(),
            supervision: hall.map(|hall| hall.supervision.clone()).unwrap_or_default(),
        };
        let inner = Arc::clone(&self.inner);
        let hash = published.hash.to_string();
        let printed =
            tokio::task::spawn_blocking(move || inner.press.bulletin(&published.bulletin, &office, &hash)).await;
        printed.map_err(|_| PayError::Unavailable)?.map_err(|error| {
            tracing::error!(%error, "a bulletin can't be printed");
            error.into()
        })
    }
}
