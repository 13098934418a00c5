//! One box for everything: the index of what this host serves, made anew when that changes, and what is found in it.
//!
//! The index stands beside the city's snapshot and belongs to it: whoever searches after something was published,
//! activated or retired waits for the new one (a tenth of a second), so that nothing is found that is no more. What
//! plugins list is asked again once it is old, behind the searcher's back. Each replica makes its own.
//!
//! Invariant: only what is public comes into the index, and a query is neither kept nor logged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use futures::future::join_all;
use lotus_domain::catalog::Served;
use lotus_domain::district::Division;
use lotus_domain::text::Language;
use lotus_search::{Answer, Entry, Index, Kind, Query, Wanted};
use tokio::sync::Mutex;

use crate::Visit;
use crate::asker::Asker;
use crate::city::City;
use crate::start::Platform;

/// How long what plugins list is searched before they are asked again.
const FRESH: Duration = Duration::from_mins(1);

/// Most answered questions of a district that are searched, the newest.
const MOST_ANSWERS: u32 = 500;

/// The index that is searched, and the one turn of whoever makes the next.
#[derive(Default)]
pub(crate) struct Finder {
    held: ArcSwapOption<Held>,
    making: Mutex<()>,
}

struct Held {
    /// What it was made of.
    city: Arc<City>,
    at: Instant,
    index: Arc<Index>,
}

/// What somebody wants to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find {
    /// In whose portal.
    pub division: Division,
    /// In the other districts too.
    pub everywhere: bool,
    /// This kind alone.
    pub kind: Option<Kind>,
    /// How many to leave out.
    pub skip: usize,
    /// How many to give.
    pub take: usize,
}

/// Nothing can be searched for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the search is away")]
pub struct FindUnavailable;

impl Platform {
    /// What answers a query, in the asker's district first, then the city's.
    pub async fn find(&self, asker: &Asker, query: &Query, find: &Find) -> Result<Answer, FindUnavailable> {
        let index = self.index().await?;
        let wanted = Wanted {
            division: find.division.clone(),
            city: self.city_division(),
            everywhere: find.everywhere,
            kind: find.kind,
            served: serves(asker),
            skip: find.skip,
            take: find.take,
        };
        index.search(query, &wanted).map_err(|error| {
            tracing::error!(%error, "a search failed");
            FindUnavailable
        })
    }

    /// Makes the index before anybody searches.
    pub(crate) fn find_prepare(&self) {
        let platform = self.clone();
        tokio::spawn(async move { platform.index().await });
    }

    /// The index of the city as it is now.
    async fn index(&self) -> Result<Arc<Index>, FindUnavailable> {
        let finder = &self.inner.finder;
        let city = self.city();
        if let Some(held) = finder.held.load_full().filter(|held| Arc::ptr_eq(&held.city, &city)) {
            if held.at.elapsed() > FRESH && finder.making.try_lock().is_ok() {
                let platform = self.clone();
                tokio::spawn(async move { platform.index_make(true).await });
            }
            return Ok(Arc::clone(&held.index));
        }
        self.index_make(false).await
    }

    /// Makes the index of the city as it is now, unless somebody did meanwhile.
    async fn index_make(&self, anew: bool) -> Result<Arc<Index>, FindUnavailable> {
        let finder = &self.inner.finder;
        let _turn = finder.making.lock().await;
        let city = self.city();
        let made = finder.held.load_full().filter(|held| Arc::ptr_eq(&held.city, &city));
        if let Some(held) = made.filter(|held| !anew || held.at.elapsed() <= FRESH) {
            return Ok(Arc::clone(&held.index));
        }
        let started = Instant::now();
        let entries = self.entries(&city).await;
        let index = tokio::task::spawn_blocking(move || Index::build(entries)).await;
        let index = index.map_err(|error| error.to_string()).and_then(|index| index.map_err(|error| error.to_string()));
        let index = index.map_err(|error| {
            tracing::error!(error, "the search index can't be made");
            FindUnavailable
        })?;
        tracing::debug!(documents = index.documents(), took = ?started.elapsed(), "the search index is made");
        let index = Arc::new(index);
        finder.held.store(Some(Arc::new(Held { city, at: Instant::now(), index: Arc::clone(&index) })));
        Ok(index)
    }

    /// Everything public that there is to be found.
    async fn entries(&self, city: &City) -> Vec<Entry> {
        let mut entries = Vec::new();
        for district in &city.districts {
            let Some(tenant) = city.tenant(&district.division) else { continue };
            // The city's own stand in the list of every district: each once is enough.
            let own = tenant.items.iter().filter(|item| item.division == district.division);
            entries.extend(own.flat_map(|item| Entry::of_item(item)));
            entries.extend(tenant.policies.iter().map(|edition| Entry::of_policy(&edition.policy)));
            match self.store().public_answer_list(&district.division, MOST_ANSWERS).await {
                Ok(answers) => {
                    entries.extend(answers.iter().map(|answer| Entry::of_answer(&district.division, answer)));
                }
                Err(error) => tracing::warn!(%error, "answered questions are not searched for now"),
            }
        }
        let offered = join_all(city.districts.iter().map(|district| async move {
            let division = &district.division;
            let visit = Visit { division: division.clone(), language: Language::Zh };
            let (zones, services) = futures::join!(self.zones(&visit), self.services(&visit));
            let zones = zones.offered.iter().map(|zone| Entry::of_zone(division, zone));
            zones.chain(services.offered.iter().map(|service| Entry::of_service(division, service))).collect::<Vec<_>>()
        }));
        entries.extend(offered.await.into_iter().flatten());
        entries
    }
}

/// Whom it should serve: the enterprise that somebody acts for, else the person; nobody knows of whoever isn't signed in.
fn serves(asker: &Asker) -> Option<Served> {
    asker.person().map(|person| match person.acting_for {
        Some(_) => Served::Enterprise,
        None => Served::NaturalPerson,
    })
}
