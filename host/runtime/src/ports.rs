//! What capabilities ask through: the platform implements it, so that this crate knows no store and no use case.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use lotus_domain::applicant::{Applicant, Fact};
use lotus_domain::calendar::Calendar;
use lotus_domain::case::CaseNumber;
use lotus_domain::catalog::{Item, Served};
use lotus_domain::declared::Purpose;
use lotus_domain::district::Division;
use lotus_domain::form::FieldValue;
use lotus_domain::hook::{CaseCover, CaseEntry, Message};
use lotus_domain::policy::Policy;
pub use lotus_domain::storage::{Entry, Expectation, Quota, ScanPage};
use lotus_domain::text::Text;

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

/// Why a case file is not there or takes no note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseFileError {
    /// There is no such case among the plugin's own in its district.
    NotFound,
    /// Somebody else acted in between; the revision that is there now.
    Conflict(u64),
    /// The store is away.
    Unavailable,
}

/// Why a fact about an applicant is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicantError {
    /// The person has not consented to this sensitive fact being read.
    NoConsent,
    /// The disclosure can't be recorded, or the register is away.
    Unavailable,
}

/// Why a message is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotifyError {
    /// The case is not the plugin's own, or nobody is there to be told.
    NotFound,
    /// The person does not want such messages.
    OptedOut,
    /// The outbox is away.
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

    /// The policy of this id that the district or its city publishes.
    async fn policy_get(&self, caller: &Caller, id: &str) -> Result<Option<Policy>, PortError>;

    /// The policies of the district and its city whose title or summary holds these words.
    async fn policy_search(&self, caller: &Caller, query: &str, limit: u32) -> Result<Vec<Policy>, PortError>;

    /// The city's working days.
    fn calendar(&self) -> Option<Arc<Calendar>>;

    /// The cover of one of the plugin's own cases.
    async fn case_get(&self, caller: &Caller, case: &CaseNumber) -> Result<CaseCover, CaseFileError>;

    /// What the applicant gave in these fields, each read for its purpose; the disclosure is on record when it returns.
    async fn case_fields(
        &self,
        caller: &Caller,
        case: &CaseNumber,
        fields: &BTreeMap<String, Purpose>,
    ) -> Result<Vec<FieldValue>, CaseFileError>;

    /// The history of one of the plugin's own cases.
    async fn case_history(&self, caller: &Caller, case: &CaseNumber) -> Result<Vec<CaseEntry>, CaseFileError>;

    /// The plugin's own open cases by due day, after a case.
    async fn case_due(
        &self,
        caller: &Caller,
        after: Option<&CaseNumber>,
        limit: u32,
    ) -> Result<Vec<CaseCover>, CaseFileError>;

    /// Adds a remark for staff to a case that is still at this revision; the new one.
    async fn case_note(
        &self,
        caller: &Caller,
        case: &CaseNumber,
        revision: u64,
        remark: &Text,
    ) -> Result<u64, CaseFileError>;

    /// What kind of applicant it is; the disclosure is on record when it returns.
    async fn applicant_kind(
        &self,
        caller: &Caller,
        applicant: &Applicant,
        purpose: &Purpose,
    ) -> Result<Served, ApplicantError>;

    /// A fact about the applicant, if it is known; the disclosure is on record when it returns.
    async fn applicant_get(
        &self,
        caller: &Caller,
        applicant: &Applicant,
        fact: &str,
        purpose: &Purpose,
    ) -> Result<Option<Fact>, ApplicantError>;

    /// Whether this message about a case could be sent. It is handed over in [`crate::Called::messages`] once the call has
    /// ended well, and is sent then.
    async fn notify_admit(&self, caller: &Caller, case: &CaseNumber, message: &Message) -> Result<(), NotifyError>;
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

    async fn policy_get(&self, _: &Caller, _: &str) -> Result<Option<Policy>, PortError> {
        Err(PortError)
    }

    async fn policy_search(&self, _: &Caller, _: &str, _: u32) -> Result<Vec<Policy>, PortError> {
        Err(PortError)
    }

    fn calendar(&self) -> Option<Arc<Calendar>> {
        None
    }

    async fn case_get(&self, _: &Caller, _: &CaseNumber) -> Result<CaseCover, CaseFileError> {
        Err(CaseFileError::Unavailable)
    }

    async fn case_fields(
        &self,
        _: &Caller,
        _: &CaseNumber,
        _: &BTreeMap<String, Purpose>,
    ) -> Result<Vec<FieldValue>, CaseFileError> {
        Err(CaseFileError::Unavailable)
    }

    async fn case_history(&self, _: &Caller, _: &CaseNumber) -> Result<Vec<CaseEntry>, CaseFileError> {
        Err(CaseFileError::Unavailable)
    }

    async fn case_due(&self, _: &Caller, _: Option<&CaseNumber>, _: u32) -> Result<Vec<CaseCover>, CaseFileError> {
        Err(CaseFileError::Unavailable)
    }

    async fn case_note(&self, _: &Caller, _: &CaseNumber, _: u64, _: &Text) -> Result<u64, CaseFileError> {
        Err(CaseFileError::Unavailable)
    }

    async fn applicant_kind(&self, _: &Caller, _: &Applicant, _: &Purpose) -> Result<Served, ApplicantError> {
        Err(ApplicantError::Unavailable)
    }

    async fn applicant_get(
        &self,
        _: &Caller,
        _: &Applicant,
        _: &str,
        _: &Purpose,
    ) -> Result<Option<Fact>, ApplicantError> {
        Err(ApplicantError::Unavailable)
    }

    async fn notify_admit(&self, _: &Caller, _: &CaseNumber, _: &Message) -> Result<(), NotifyError> {
        Err(NotifyError::Unavailable)
    }
}
