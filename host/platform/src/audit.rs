//! The audit chain, as the auditor reads and verifies it.

use lotus_domain::access::{Deed, Place};
use lotus_domain::audit::{Broken, Entry};
use lotus_domain::district::Division;
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::start::Platform;

/// Entries that are verified at a time.
const PAGE: u32 = 1_000;

impl Platform {
    /// The newest entries of a division's chain, newest first.
    pub async fn audit(&self, asker: &Asker, division: &Division, limit: u32) -> Result<Vec<Entry>, Denied> {
        self.allow(asker, Deed::ReadAudit, Place { division, department: None }, "audit").await?;
        Ok(self.store().audit_list_newest(division, limit).await?)
    }

    /// Verifies a division's chain from its first entry: how many there are, or where it is broken.
    pub async fn audit_verify(&self, asker: &Asker, division: &Division) -> Result<Result<u64, Broken>, Denied> {
        self.allow(asker, Deed::ReadAudit, Place { division, department: None }, "audit").await?;
        Ok(verify(self.store(), division).await?)
    }
}

/// Walks a chain page by page.
async fn verify(store: &lotus_store::Store, division: &Division) -> Result<Result<u64, Broken>, StoreError> {
    let mut before: Option<Entry> = None;
    loop {
        let after = before.as_ref().map_or(0, |last| last.sequence);
        let entries = store.audit_list(division, after, PAGE).await?;
        if entries.is_empty() {
            return Ok(Ok(after));
        }
        for entry in entries {
            if let Err(broken) = entry.follows(division, before.as_ref()) {
                return Ok(Err(broken));
            }
            before = Some(entry);
        }
    }
}
