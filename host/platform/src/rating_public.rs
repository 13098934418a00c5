//! Ratings as everybody reads them (article 36): statistics with small numbers protected, texts that name nobody, and what
//! was put right.

use lotus_domain::district::Division;
use lotus_domain::rating::{Cell, Published, published, year_to};
use lotus_store::{PublicRating, StoreError};

use crate::asker::Denied;
use crate::start::Platform;

/// Counts that are read at most: departments, items and months of a district.
const MOST_CELLS: u32 = 50_000;
/// Texts on one page.
const MOST_TEXTS: u32 = 50;

impl Platform {
    /// What counts of a district's ratings from a month to another (`2026-03`), by department and item, as it is: for the
    /// city's own monitoring. What is published is [`Platform::rating_statistics`].
    pub async fn rating_counts(&self, division: &Division, from: &str, until: &str) -> Result<Vec<Cell>, StoreError> {
        self.store().rating_count_list(division, from, until, MOST_CELLS).await
    }

    /// A district's statistics of the last twelve months, small numbers protected; which months.
    pub async fn rating_statistics(&self, division: &Division) -> Result<(Published, Vec<String>), Denied> {
        let months = year_to(self.today());
        let (from, until) = (months.first(), months.last());
        let cells = match (from, until) {
            (Some(from), Some(until)) => self.rating_counts(division, from, until).await?,
            _ => Vec::new(),
        };
        Ok((published(&cells, &months), months))
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
