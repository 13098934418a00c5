//! Districts: the tenants, as pages need them.

use std::sync::Arc;

use lotus_domain::calendar::CalendarYear;
use lotus_domain::district::{District, Division};
use lotus_store::StoreError;

use crate::start::Platform;

impl Platform {
    /// The tenants, the city first.
    pub fn districts(&self) -> Vec<Arc<District>> {
        self.city().districts.clone()
    }

    /// The tenant of this code.
    pub fn district(&self, division: &Division) -> Option<Arc<District>> {
        self.city().district(division).cloned()
    }

    /// Adds tenants, or replaces those that are there.
    pub async fn district_put(&self, districts: Vec<District>) -> Result<(), StoreError> {
        self.store().district_put(districts).await?;
        self.reload().await
    }

    /// Adds published years of the city's calendar, or replaces those that are there.
    pub async fn calendar_put(&self, city: Division, years: Vec<CalendarYear>) -> Result<(), StoreError> {
        self.store().calendar_put(city, years).await?;
        self.reload().await
    }
}
