//! What capabilities ask through: the sandbox has checked grant and bounds before it asks here.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use lotus_domain::applicant::{Applicant, Fact};
use lotus_domain::calendar::Calendar;
use lotus_domain::case::CaseNumber;
use lotus_domain::catalog::{Item, Served};
use lotus_domain::declared::Purpose;
use lotus_domain::form::FieldValue;
use lotus_domain::hook::{CaseCover, CaseEntry, Message};
use lotus_domain::policy::Policy;
use lotus_domain::storage::{Entry, Expectation, Quota, ScanPage, StorageRefusal};
use lotus_domain::text::Text;
use lotus_runtime::{ApplicantError, Caller, CaseFileError, NotifyError, PortError, Ports, StorageError};
use lotus_store::{Store, StoreError};

use crate::case_files::Owners;
use crate::catalog;
use crate::city::City;

/// Where the platform's own knowledge and the plugins' questions come from.
pub(crate) struct Sources {
    pub(crate) store: Store,
    pub(crate) city: ArcSwap<City>,
    pub(crate) owners: Owners,
}

fn away(error: StoreError) -> StorageError {
    tracing::warn!(%error, "a plugin's storage is away");
    StorageError::Unavailable
}

fn refused(refusal: StorageRefusal) -> StorageError {
    match refusal {
        StorageRefusal::OverQuota(quota) => StorageError::OverQuota(quota),
        StorageRefusal::Conflict(version) => StorageError::Conflict(version),
    }
}

#[async_trait]
impl Ports for Sources {
    async fn storage_get(&self, caller: &Caller, key: &str) -> Result<Option<Entry>, StorageError> {
        self.store.storage_get(&caller.division, &caller.plugin, key).await.map_err(away)
    }

    async fn storage_set(
        &self,
        caller: &Caller,
        key: &str,
        value: Vec<u8>,
        expect: Expectation,
    ) -> Result<u64, StorageError> {
        let (division, plugin) = (caller.division.clone(), caller.plugin.clone());
        let set = self.store.storage_set(division, plugin, key.to_owned(), value, expect, caller.storage_quota);
        set.await.map_err(away)?.map_err(refused)
    }

    async fn storage_remove(&self, caller: &Caller, key: &str, expect: Expectation) -> Result<bool, StorageError> {
        let (division, plugin) = (caller.division.clone(), caller.plugin.clone());
        self.store.storage_remove(division, plugin, key.to_owned(), expect).await.map_err(away)?.map_err(refused)
    }

    async fn storage_scan(
        &self,
        caller: &Caller,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<ScanPage, StorageError> {
        self.store.storage_scan(&caller.division, &caller.plugin, prefix, after, limit).await.map_err(away)
    }

    async fn storage_usage(&self, caller: &Caller) -> Result<Quota, StorageError> {
        self.store.storage_usage(&caller.division, &caller.plugin, caller.storage_quota).await.map_err(away)
    }

    async fn catalog_get(&self, caller: &Caller, code: &str) -> Result<Option<Item>, PortError> {
        let city = self.city.load();
        let items = city.tenant(&caller.division).map(|tenant| tenant.items.as_slice()).unwrap_or_default();
        Ok(items.iter().find(|item| item.item.code == code).map(|item| item.item.clone()))
    }

    async fn catalog_search(&self, caller: &Caller, query: &str, limit: u32) -> Result<Vec<Item>, PortError> {
        let city = self.city.load();
        let items = city.tenant(&caller.division).map(|tenant| tenant.searchable.as_slice()).unwrap_or_default();
        let found = catalog::search(items, query, limit as usize);
        Ok(found.iter().map(|item| item.item.clone()).collect())
    }

    async fn policy_get(&self, caller: &Caller, id: &str) -> Result<Option<Policy>, PortError> {
        let city = self.city.load();
        let found = city.policies(&caller.division).find(|edition| edition.policy.id.as_str() == id);
        Ok(found.map(|edition| edition.policy.clone()))
    }

    async fn policy_search(&self, caller: &Caller, query: &str, limit: u32) -> Result<Vec<Policy>, PortError> {
        let city = self.city.load();
        let found = city.policies(&caller.division).filter(|edition| edition.policy.says(query));
        Ok(found.take(limit as usize).map(|edition| edition.policy.clone()).collect())
    }

    fn calendar(&self) -> Option<Arc<Calendar>> {
        self.city.load().calendar.clone()
    }

    async fn case_get(&self, caller: &Caller, case: &CaseNumber) -> Result<CaseCover, CaseFileError> {
        self.own_case_cover(caller, case).await
    }

    async fn case_fields(
        &self,
        caller: &Caller,
        case: &CaseNumber,
        fields: &BTreeMap<String, Purpose>,
    ) -> Result<Vec<FieldValue>, CaseFileError> {
        self.own_case_fields(caller, case, fields).await
    }

    async fn case_history(&self, caller: &Caller, case: &CaseNumber) -> Result<Vec<CaseEntry>, CaseFileError> {
        self.own_case_history(caller, case).await
    }

    async fn case_due(
        &self,
        caller: &Caller,
        after: Option<&CaseNumber>,
        limit: u32,
    ) -> Result<Vec<CaseCover>, CaseFileError> {
        self.own_cases_due(caller, after, limit).await
    }

    async fn case_note(
        &self,
        caller: &Caller,
        case: &CaseNumber,
        revision: u64,
        remark: &Text,
    ) -> Result<u64, CaseFileError> {
        self.own_case_note(caller, case, revision, remark).await
    }

    async fn applicant_kind(
        &self,
        caller: &Caller,
        applicant: &Applicant,
        purpose: &Purpose,
    ) -> Result<Served, ApplicantError> {
        self.disclose_kind(caller, applicant, purpose).await
    }

    async fn applicant_get(
        &self,
        caller: &Caller,
        applicant: &Applicant,
        fact: &str,
        purpose: &Purpose,
    ) -> Result<Option<Fact>, ApplicantError> {
        self.disclose_fact(caller, applicant, fact, purpose).await
    }

    async fn notify_admit(&self, caller: &Caller, case: &CaseNumber, message: &Message) -> Result<(), NotifyError> {
        self.admit(caller, case, message).await
    }
}
