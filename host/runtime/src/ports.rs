//! What capabilities ask through: the platform implements it, so that this crate knows no store and no use case.

use std::sync::Arc;

use async_trait::async_trait;
use lotus_domain::calendar::Calendar;
use lotus_domain::catalog::Item;
use lotus_domain::district::Division;
pub use lotus_domain::storage::{Entry, Expectation, Quota, ScanPage};

/// On whose behalf a capability is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The district that is served.
    pub division: Division,
    /// The plugin's id.
    pub plugin: String,
    /// Bytes of storage that are granted.
    pub storage_quota: u64,
}

/// Why storage did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageError {
    /// The write would go over the quota.
    OverQuota(Quota),
    /// The expectation does not hold; the version that is there.
    Conflict(Option<u64>),
    /// The store is away.
    Unavailable,
}

/// The place that is asked is away for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortError;

/// How a line of log weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// For whoever looks for a fault.
    Debug,
    /// Worth knowing.
    Info,
    /// Odd.
    Warn,
    /// Wrong.
    Error,
}

/// A line of a plugin's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// How it weighs.
    pub level: LogLevel,
    /// At most 1,024 bytes.
    pub message: String,
}

/// What the platform gives to capabilities. Grants and bounds were checked before it is asked.
#[async_trait]
pub trait Ports: Send + Sync {
    /// A value of the plugin's space.
    async fn storage_get(&self, caller: &Caller, key: &str) -> Result<Option<Entry>, StorageError>;

    /// Writes a value; returns its version.
    async fn storage_set(
        &self,
        caller: &Caller,
        key: &str,
        value: Vec<u8>,
        expect: Expectation,
    ) -> Result<u64, StorageError>;

    /// Removes a key; whether it was there.
    async fn storage_remove(&self, caller: &Caller, key: &str, expect: Expectation) -> Result<bool, StorageError>;

    /// Keys in order.
    async fn storage_scan(
        &self,
        caller: &Caller,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<ScanPage, StorageError>;

    /// How much is used.
    async fn storage_usage(&self, caller: &Caller) -> Result<Quota, StorageError>;

    /// The district's item of this code.
    async fn catalog_get(&self, caller: &Caller, code: &str) -> Result<Option<Item>, PortError>;

    /// The district's items that hold these words.
    async fn catalog_search(&self, caller: &Caller, query: &str, limit: u32) -> Result<Vec<Item>, PortError>;

    /// The city's working days.
    fn calendar(&self) -> Option<Arc<Calendar>>;
}

/// Ports behind which there is nothing: for replays, and for checking a plugin without a city.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

#[async_trait]
impl Ports for Nothing {
    async fn storage_get(&self, _: &Caller, _: &str) -> Result<Option<Entry>, StorageError> {
        Err(StorageError::Unavailable)
    }

    async fn storage_set(&self, _: &Caller, _: &str, _: Vec<u8>, _: Expectation) -> Result<u64, StorageError> {
        Err(StorageError::Unavailable)
    }

    async fn storage_remove(&self, _: &Caller, _: &str, _: Expectation) -> Result<bool, StorageError> {
        Err(StorageError::Unavailable)
    }

    async fn storage_scan(&self, _: &Caller, _: &str, _: Option<&str>, _: u32) -> Result<ScanPage, StorageError> {
        Err(StorageError::Unavailable)
    }

    async fn storage_usage(&self, _: &Caller) -> Result<Quota, StorageError> {
        Err(StorageError::Unavailable)
    }

    async fn catalog_get(&self, _: &Caller, _: &str) -> Result<Option<Item>, PortError> {
        Err(PortError)
    }

    async fn catalog_search(&self, _: &Caller, _: &str, _: u32) -> Result<Vec<Item>, PortError> {
        Err(PortError)
    }

    fn calendar(&self) -> Option<Arc<Calendar>> {
        None
    }
}
