//! `storage`: the plugin's own key-value space in its district.

use lotus_domain::package::Capability;
use serde::{Deserialize, Serialize};

use crate::ports::{Entry, Expectation, Quota, ScanPage, StorageError};
use crate::sandbox::Sandbox;

/// Longest key, in bytes.
const KEY_BYTES: usize = 256;
/// Largest value, in bytes.
const VALUE_BYTES: usize = 64 << 10;

/// Why storage did not do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum StorageDenial {
    Denied,
    OverQuota(Quota),
    Conflict(Option<u64>),
    Invalid(String),
    Unavailable,
}

impl From<StorageError> for StorageDenial {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::OverQuota(quota) => Self::OverQuota(quota),
            StorageError::Conflict(version) => Self::Conflict(version),
            StorageError::Unavailable => Self::Unavailable,
        }
    }
}

type Stored<T> = wasmtime::Result<Result<T, StorageDenial>>;

impl Sandbox {
    /// Grant and bounds, in one place for every function.
    fn storage_checked(&self, key: &str, value: &[u8]) -> Result<(), StorageDenial> {
        if !self.allows(Capability::Storage) {
            return Err(StorageDenial::Denied);
        }
        if !(1..=KEY_BYTES).contains(&key.len()) {
            return Err(StorageDenial::Invalid("a key has 1 to 256 bytes".to_owned()));
        }
        if value.len() > VALUE_BYTES {
            return Err(StorageDenial::Invalid("a value has at most 65,536 bytes".to_owned()));
        }
        Ok(())
    }

    pub(crate) async fn storage_get(&mut self, key: &str) -> Stored<Option<Entry>> {
        const FUNCTION: &str = "storage.get";
        if let Some(answer) = self.recall(Capability::Storage, FUNCTION, &key)? {
            return Ok(answer);
        }
        let answer = match self.storage_checked(key, &[]) {
            Ok(()) => self.ports.storage_get(&self.caller, key).await.map_err(StorageDenial::from),
            Err(denial) => Err(denial),
        };
        self.note(Capability::Storage, FUNCTION, &key, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn storage_set(&mut self, key: &str, value: Vec<u8>, expect: Expectation) -> Stored<u64> {
        const FUNCTION: &str = "storage.set";
        // A replay compares what is written by its hash: records stay small.
        let hash = if self.tape.is_off() { String::new() } else { blake3::hash(&value).to_hex().to_string() };
        let request = (key, hash, expect);
        if let Some(answer) = self.recall(Capability::Storage, FUNCTION, &request)? {
            return Ok(answer);
        }
        let answer = match self.storage_checked(key, &value) {
            Ok(()) => self.ports.storage_set(&self.caller, key, value, expect).await.map_err(StorageDenial::from),
            Err(denial) => Err(denial),
        };
        self.note(Capability::Storage, FUNCTION, &request, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn storage_remove(&mut self, key: &str, expect: Expectation) -> Stored<bool> {
        const FUNCTION: &str = "storage.remove";
        let request = (key, expect);
        if let Some(answer) = self.recall(Capability::Storage, FUNCTION, &request)? {
            return Ok(answer);
        }
        let answer = match self.storage_checked(key, &[]) {
            Ok(()) => self.ports.storage_remove(&self.caller, key, expect).await.map_err(StorageDenial::from),
            Err(denial) => Err(denial),
        };
        self.note(Capability::Storage, FUNCTION, &request, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn storage_scan(&mut self, prefix: &str, after: Option<&str>, limit: u32) -> Stored<ScanPage> {
        const FUNCTION: &str = "storage.scan";
        let request = (prefix, after, limit);
        if let Some(answer) = self.recall(Capability::Storage, FUNCTION, &request)? {
            return Ok(answer);
        }
        let answer = if !self.allows(Capability::Storage) {
            Err(StorageDenial::Denied)
        } else if prefix.len() > KEY_BYTES || !(1..=100).contains(&limit) {
            Err(StorageDenial::Invalid("a prefix has at most 256 bytes, a limit is 1 to 100".to_owned()))
        } else {
            self.ports.storage_scan(&self.caller, prefix, after, limit).await.map_err(StorageDenial::from)
        };
        self.note(Capability::Storage, FUNCTION, &request, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn storage_usage(&mut self) -> Stored<Quota> {
        const FUNCTION: &str = "storage.usage";
        if let Some(answer) = self.recall(Capability::Storage, FUNCTION, &())? {
            return Ok(answer);
        }
        let answer = if self.allows(Capability::Storage) {
            self.ports.storage_usage(&self.caller).await.map_err(StorageDenial::from)
        } else {
            Err(StorageDenial::Denied)
        };
        self.note(Capability::Storage, FUNCTION, &(), &answer)?;
        Ok(answer)
    }
}
