//! Ratings as everybody reads them (article 36): statistics with small numbers protected, texts that name nobody, and what
//! was put right.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lotus_domain::district::Division;
use lotus_domain::rating::{Cell, Line, Published, published, year_to};
use lotus_store::{PublicRating, StoreError};

use crate::asker::Denied;
use crate::start::Platform;

/// Counts that are read at most: departments, items and months of a district.
const MOST_CELLS: u32 = 50_000;
/// Texts on one page.
const MOST_TEXTS: u32 = 50;
/// For so long what is published stays as it is: every guide shows it.
const FRESH: Duration = Duration::from_secs(2);

/// What was published last, by district.
#[derive(Default)]
pub(crate) struct Known {
    districts: Mutex<HashMap<Division, (Instant, Arc<Published>)>>,
}

impl Known {
    fn of(&self, division: &Division) -> Option<Arc<Published>> {
        let known = self.districts.lock().ok()?;
        known.get(division).filter(|(at, _)| at.elapsed() < FRESH).map(|(_, published)| Arc::clone(published))
    }

    fn keep(&self, division: &Division, published: &Arc<Published>) {
        if let Ok(mut known) = self.districts.lock() {
            known.insert(division.clone(), (Instant::now(), Arc::clone(published)));
        }
    }
}

impl Platform {
    /// What counts of a district's ratings from a month to another (`2026-03`), by department and item, as it is: for the
    /// city's own monitoring. What is published is [`Platform::rating_statistics`].
    pub async fn rating_counts(&self, division: &Division, from: &str, until: &str) -> Result<Vec<Cell>, StoreError> {
        self.store().rating_count_list(division, from, until, MOST_CELLS).await
    }

    /// A district's statistics of the last twelve months, small numbers protected.
    pub async fn rating_statistics(&self, division: &Division) -> Result<Arc<Published>, Denied> {
        if let Some(known) = self.inner.rated.of(division) {
            return Ok(known);
        }
        let months = year_to(self.today());
        let cells = match (months.first(), months.last()) {
            (Some(from), Some(until)) => self.rating_counts(division, from, until).await?,
            _ => Vec::new(),
        };
        let made = Arc::new(published(&cells, &months));
        self.inner.rated.keep(division, &made);
        Ok(made)
    }

    /// How an item is rated in a district, for its guide; nothing where nobody has, and while the database is away.
    pub async fn rating_of_item(&self, division: &Division, code: &str) -> Option<Line> {
        let statistics = self.rating_statistics(division).await.ok()?;
        let mut items = statistics.departments.iter().flat_map(|one| &one.items);
        items.find(|one| one.item.as_deref() == Some(code)).map(|one| one.line.clone())
    }

    /// What was written and what was put right, newest first; of a department or an item where one is named.
    pub async fn rating_texts(
        &self,
        division: &Division,
        department: Option<&str>,
        item: Option<&str>,
    ) -> Result<Vec<PublicRating>, Denied> {
        Ok(self.store().rating_list_public(division, department, item, MOST_TEXTS).await?)
    }
}
