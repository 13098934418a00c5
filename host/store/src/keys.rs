//! A district's data keys: made when they are first needed, held unwrapped in memory, rotated.

use std::collections::BTreeMap;
use std::sync::Arc;

use lotus_domain::district::Division;
use lotus_domain::material::{FileKey, FileSuite};

use crate::vault::{DistrictKeys, Suite, Wrapped};
use crate::{Store, StoreError};

/// The data key of blind indexes.
const INDEX: u32 = 0;

impl Store {
    /// A new key for a file, of the suite that new keys are of here.
    pub fn file_key(&self) -> FileKey {
        let suite = match self.vault().keyring.suite() {
            Suite::AesGcm => FileSuite::AesGcm,
            Suite::Sm4Gcm => FileSuite::Sm4Gcm,
        };
        FileKey { suite, secret: rand::random() }
    }

    /// The keys of a district, from memory, the database, or made now.
    pub(crate) async fn keys(&self, division: &Division) -> Result<Arc<DistrictKeys>, StoreError> {
        let held = self.vault().districts.read().ok().and_then(|districts| districts.get(division).cloned());
        match held {
            Some(keys) => Ok(keys),
            None => self.keys_load(division).await,
        }
    }

    /// The keys of a district as the database has them now: another replica may have made a new one.
    pub(crate) async fn keys_load(&self, division: &Division) -> Result<Arc<DistrictKeys>, StoreError> {
        let mut wrapped = self.key_list(division).await?;
        if wrapped.is_empty() {
            let place = division.as_str();
            let new = [INDEX, INDEX + 1].map(|id| self.vault().keyring.new_data_key(id, place));
            let new = new.into_iter().collect::<Result<Vec<_>, _>>()?;
            self.key_add(division.clone(), new).await?;
            // Read again: another replica may have been first, and its keys are the ones that hold.
            wrapped = self.key_list(division).await?;
        }
        let keys = Arc::new(self.unwrap(division, &wrapped)?);
        if let Ok(mut districts) = self.vault().districts.write() {
            districts.insert(division.clone(), Arc::clone(&keys));
        }
        Ok(keys)
    }

    /// Takes the keys of every district that is in memory from the database again: another replica may have rotated them.
    pub async fn keys_refresh(&self) -> Result<(), StoreError> {
        let held = self.vault().districts.read().map(|held| held.keys().cloned().collect::<Vec<_>>());
        for division in held.unwrap_or_default() {
            self.keys_load(&division).await?;
        }
        Ok(())
    }

    fn unwrap(&self, division: &Division, wrapped: &[Wrapped]) -> Result<DistrictKeys, StoreError> {
        let keyring = &self.vault().keyring;
        let mut seal = BTreeMap::new();
        let mut index = None;
        for key in wrapped {
            let opened = keyring.unwrap(key, division.as_str())?;
            if key.id == INDEX {
                index = Some(opened);
            } else {
                seal.insert(key.id, opened);
            }
        }
        let index =
            index.ok_or_else(|| StoreError::unreadable("a district's data keys", "the index key is not there"))?;
        Ok(DistrictKeys::new(division.clone(), seal, index))
    }

    /// Rotates a district's keys while it serves: a new data key for all that is sealed from now on, and every data key
    /// wrapped under the keyring's first key. What was sealed before stays readable. Returns the new key's id.
    pub async fn keys_rotate(&self, division: &Division) -> Result<u32, StoreError> {
        let id = self.keys_load(division).await?.current() + 1;
        let (keyring, place) = (&self.vault().keyring, division.as_str());
        self.key_add(division.clone(), vec![keyring.new_data_key(id, place)?]).await?;
        let wrapped = self.key_list(division).await?;
        let foreign = wrapped.iter().filter(|key| key.by != keyring.current());
        let rewrapped = foreign.map(|key| keyring.rewrap(key, place)).collect::<Result<Vec<_>, _>>()?;
        self.key_rewrap(division.clone(), rewrapped).await?;
        Ok(self.keys_load(division).await?.current())
    }
}
