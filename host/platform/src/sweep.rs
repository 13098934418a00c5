//! Sweeping: what has had its time is removed, whoever's replica comes first. Each part is safe to run twice.

use std::sync::Weak;
use std::time::Duration;

use lotus_domain::setting::Setting;
use lotus_objects::{ObjectError, Place};
use lotus_store::StoreError;

use crate::start::{Inner, Platform};

/// How often.
const EVERY: Duration = Duration::from_mins(10);
/// A file that is younger may still be on its way to being known.
const ARRIVING: Duration = Duration::from_hours(1);

/// What was swept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Drafts that nobody touched for long.
    pub drafts: u64,
    /// Materials that belonged to nobody any more.
    pub materials: u64,
    /// Files that nothing knows of, and halves of files.
    pub files: u64,
}

impl Platform {
    /// Removes what has had its time; files that nothing knows of once they are older than `arriving`.
    pub async fn sweep(&self, arriving: Duration) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        let drafts = self.days_ago(self.setting(Setting::DraftDays).await?);
        let loose = self.days_ago(self.setting(Setting::LooseMaterialDays).await?);
        for district in self.districts() {
            let division = &district.division;
            swept.drafts += self.store().draft_sweep(division.clone(), drafts).await?;
            self.tutoring_sweep(division, drafts).await?;
            self.help_assign(division).await?;
            let gone = self.store().material_sweep(division.clone(), loose).await?;
            swept.materials += gone.len() as u64;
            let Some(objects) = &self.inner.objects else { continue };
            let remove = async |id| {
                let removed: Result<(), ObjectError> = objects.remove(&Place { division: division.clone(), id }).await;
                removed.map_err(|error| StoreError::Unavailable(error.to_string()))
            };
            for id in gone {
                remove(id).await?;
            }
            let files = objects.list(division).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
            for (id, came) in files {
                let old = came.elapsed().unwrap_or_default() >= arriving;
                if old && !self.store().material_is_known(division, &id).await? {
                    remove(id).await?;
                    swept.files += 1;
                }
            }
        }
        if let Some(objects) = &self.inner.objects {
            let unfinished = objects.sweep_unfinished(arriving);
            swept.files += unfinished.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        }
        Ok(swept)
    }
}

/// Sweeps again and again until the platform is gone.
pub(crate) async fn run(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(inner) = inner.upgrade() else { return };
        match (Platform { inner }).sweep(ARRIVING).await {
            Ok(swept) if swept == Swept::default() => {}
            Ok(swept) => tracing::info!(?swept, "swept"),
            Err(error) => tracing::warn!(%error, "sweeping is tried again later"),
        }
    }
}
