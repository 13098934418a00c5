//! Generation 1's capabilities: each converts, asks `capabilities`, converts back.

use jiff::civil::Date;
use lotus_domain::calendar::CountedDay;

use super::bindings::lotus::plugin::{
    calendar, case_kinds, catalog, log, pages, policy_library, settings, storage, types,
};
use super::to_guest;
use crate::capabilities::{CalendarDenial, CatalogDenial, PolicyDenial, StorageDenial};
use crate::ports::{Entry, Expectation, LogLevel};
use crate::sandbox::Sandbox;

type Trapping<T> = wasmtime::Result<T>;

impl types::Host for Sandbox {}
impl pages::Host for Sandbox {}
impl case_kinds::Host for Sandbox {}

impl log::Host for Sandbox {
    fn write(&mut self, level: log::Level, message: String) -> Trapping<()> {
        let level = match level {
            log::Level::Debug => LogLevel::Debug,
            log::Level::Info => LogLevel::Info,
            log::Level::Warn => LogLevel::Warn,
            log::Level::Error => LogLevel::Error,
        };
        self.log_write(level, &message);
        Ok(())
    }
}

impl settings::Host for Sandbox {
    fn get(&mut self, name: String) -> Trapping<Option<types::Value>> {
        Ok(self.settings_get(&name)?.map(to_guest::value))
    }
}

impl From<StorageDenial> for storage::StorageError {
    fn from(denial: StorageDenial) -> Self {
        match denial {
            StorageDenial::Denied => Self::Denied,
            StorageDenial::OverQuota(quota) => Self::OverQuota(storage::Quota { limit: quota.limit, used: quota.used }),
            StorageDenial::Conflict(version) => Self::Conflict(version),
            StorageDenial::Invalid(problem) => Self::Invalid(problem),
            StorageDenial::Unavailable => Self::Unavailable,
        }
    }
}

impl From<storage::Expectation> for Expectation {
    fn from(expect: storage::Expectation) -> Self {
        match expect {
            storage::Expectation::Any => Self::Any,
            storage::Expectation::Absent => Self::Absent,
            storage::Expectation::Version(version) => Self::Version(version),
        }
    }
}

fn entry(entry: Entry) -> storage::Entry {
    storage::Entry { key: entry.key, value: entry.value, version: entry.version }
}

impl storage::Host for Sandbox {
    async fn get(&mut self, key: String) -> Trapping<Result<Option<storage::Entry>, storage::StorageError>> {
        Ok(self.storage_get(&key).await?.map(|found| found.map(entry)).map_err(Into::into))
    }

    async fn set(
        &mut self,
        key: String,
        value: Vec<u8>,
        expect: storage::Expectation,
    ) -> Trapping<Result<u64, storage::StorageError>> {
        Ok(self.storage_set(&key, value, expect.into()).await?.map_err(Into::into))
    }

    async fn remove(
        &mut self,
        key: String,
        expect: storage::Expectation,
    ) -> Trapping<Result<bool, storage::StorageError>> {
        Ok(self.storage_remove(&key, expect.into()).await?.map_err(Into::into))
    }

    async fn scan(
        &mut self,
        prefix: String,
        after: Option<String>,
        limit: u32,
    ) -> Trapping<Result<storage::ScanPage, storage::StorageError>> {
        let scanned = self.storage_scan(&prefix, after.as_deref(), limit).await?;
        let page = scanned
            .map(|page| storage::ScanPage { entries: page.entries.into_iter().map(entry).collect(), next: page.next });
        Ok(page.map_err(Into::into))
    }

    async fn usage(&mut self) -> Trapping<Result<storage::Quota, storage::StorageError>> {
        let used = self.storage_usage().await?;
        Ok(used.map(|quota| storage::Quota { limit: quota.limit, used: quota.used }).map_err(Into::into))
    }
}

impl From<CatalogDenial> for catalog::CatalogError {
    fn from(denial: CatalogDenial) -> Self {
        match denial {
            CatalogDenial::Denied => Self::Denied,
            CatalogDenial::Invalid(problem) => Self::Invalid(problem),
            CatalogDenial::Unavailable => Self::Unavailable,
        }
    }
}

impl catalog::Host for Sandbox {
    async fn get(&mut self, code: String) -> Trapping<Result<Option<catalog::Item>, catalog::CatalogError>> {
        let found = self.catalog_get(&code).await?;
        Ok(found.map(|item| item.map(to_guest::item)).map_err(Into::into))
    }

    async fn search(
        &mut self,
        query: String,
        limit: u32,
    ) -> Trapping<Result<Vec<catalog::Item>, catalog::CatalogError>> {
        let found = self.catalog_search(&query, limit).await?;
        Ok(found.map(|items| items.into_iter().map(to_guest::item).collect()).map_err(Into::into))
    }
}

impl From<PolicyDenial> for policy_library::PolicyError {
    fn from(denial: PolicyDenial) -> Self {
        match denial {
            PolicyDenial::Denied => Self::Denied,
            PolicyDenial::Invalid(problem) => Self::Invalid(problem),
            PolicyDenial::Unavailable => Self::Unavailable,
        }
    }
}

impl policy_library::Host for Sandbox {
    async fn get(
        &mut self,
        id: String,
    ) -> Trapping<Result<Option<policy_library::Policy>, policy_library::PolicyError>> {
        let found = self.policy_get(&id).await?;
        Ok(found.map(|policy| policy.map(to_guest::policy)).map_err(Into::into))
    }

    async fn search(
        &mut self,
        query: String,
        limit: u32,
    ) -> Trapping<Result<Vec<policy_library::Policy>, policy_library::PolicyError>> {
        let found = self.policy_search(&query, limit).await?;
        Ok(found.map(|all| all.into_iter().map(to_guest::policy).collect()).map_err(Into::into))
    }
}

impl From<CalendarDenial> for calendar::CalendarError {
    fn from(denial: CalendarDenial) -> Self {
        match denial {
            CalendarDenial::Denied => Self::Denied,
            CalendarDenial::OutOfRange => Self::OutOfRange,
        }
    }
}

fn day(date: types::Date) -> Result<Date, calendar::CalendarError> {
    super::from_guest::date(date).map_err(|_| calendar::CalendarError::Invalid)
}

impl calendar::Host for Sandbox {
    fn is_working_day(&mut self, date: types::Date) -> Trapping<Result<bool, calendar::CalendarError>> {
        match day(date) {
            Ok(date) => Ok(self.calendar_is_working_day(date)?.map_err(Into::into)),
            Err(error) => Ok(Err(error)),
        }
    }

    fn add_working_days(
        &mut self,
        start: types::Date,
        days: i32,
    ) -> Trapping<Result<calendar::CountedDay, calendar::CalendarError>> {
        match day(start) {
            Ok(start) => {
                let counted = self.calendar_add(start, days)?;
                let counted = counted.map(|(day, provisional)| CountedDay { day, provisional });
                Ok(counted
                    .map(|counted| calendar::CountedDay {
                        day: to_guest::date(counted.day),
                        provisional: counted.provisional,
                    })
                    .map_err(Into::into))
            }
            Err(error) => Ok(Err(error)),
        }
    }

    fn count_working_days(
        &mut self,
        start: types::Date,
        end: types::Date,
    ) -> Trapping<Result<i32, calendar::CalendarError>> {
        match (day(start), day(end)) {
            (Ok(start), Ok(end)) => Ok(self.calendar_count(start, end)?.map_err(Into::into)),
            (Err(error), _) | (_, Err(error)) => Ok(Err(error)),
        }
    }
}
