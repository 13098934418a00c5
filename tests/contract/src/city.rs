//! A city in memory: storage with quota and versions, the demonstration's items, the working-day calendar, case files.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::ops::Bound;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use async_trait::async_trait;
use lotus_domain::applicant::{Applicant, ApplicantView, Fact};
use lotus_domain::calendar::Calendar;
use lotus_domain::case::CaseNumber;
use lotus_domain::catalog::{DistrictItem, Item, Served};
use lotus_domain::declared::Purpose;
use lotus_domain::form::FieldValue;
use lotus_domain::hook::{CaseCover, CaseEntry, Message};
use lotus_domain::policy::Policy;
use lotus_domain::text::Text;
use lotus_runtime::{
    ApplicantError, Caller, CaseFileError, Entry, Expectation, NotifyError, PortError, Ports, Quota, ScanPage,
    StorageError,
};

use crate::files::Filed;

/// Where a key stands: its district, its plugin, itself.
type Place = (String, String, String);

/// What capabilities ask in tests.
pub struct City {
    stored: Mutex<Stored>,
    away: bool,
}

/// What every city of a process shares: it does not change.
static DEMONSTRATION: LazyLock<(Vec<DistrictItem>, Arc<Calendar>)> = LazyLock::new(|| {
    let city = lotus_demo::city().expect("the demonstration's data are sound");
    let calendar = Calendar::new(2020, 2035, &city.calendar).expect("the years are a calendar's");
    (city.items, Arc::new(calendar))
});

/// What districts publish; it does not change either.
static POLICIES: LazyLock<Vec<Policy>> =
    LazyLock::new(|| lotus_demo::policies().expect("the demonstration's policies are sound"));

#[derive(Default)]
struct Stored {
    entries: BTreeMap<Place, (Vec<u8>, u64)>,
    writes: u64,
    files: Vec<Filed>,
    disclosed: Vec<String>,
}

impl City {
    /// The demonstration city with nothing stored.
    pub fn new() -> Arc<Self> {
        Arc::new(Self::built(false))
    }

    /// A city whose store and catalogue are away.
    pub fn away() -> Arc<Self> {
        Arc::new(Self::built(true))
    }

    fn built(away: bool) -> Self {
        Self { stored: Mutex::default(), away }
    }

    /// Puts a case into the city's files.
    pub fn file(&self, case: Filed) {
        self.stored().files.push(case);
    }

    /// The remarks on a case.
    pub fn notes(&self, number: &str) -> Vec<Text> {
        let stored = self.stored();
        let of_it = stored.files.iter().filter(|case| case.cover.number == number);
        of_it.flat_map(|case| case.notes.clone()).collect()
    }

    /// What was read of people, each with its purpose.
    pub fn disclosed(&self) -> Vec<String> {
        self.stored().disclosed.clone()
    }

    /// Something done with one of the caller's own cases.
    fn with_case<T>(
        &self,
        caller: &Caller,
        number: &CaseNumber,
        work: impl FnOnce(&mut Filed) -> Result<T, CaseFileError>,
    ) -> Result<T, CaseFileError> {
        let mut stored = self.reached().map_err(|_| CaseFileError::Unavailable)?;
        let own = |case: &&mut Filed| case.is_of(caller) && case.cover.number == number.as_str();
        stored.files.iter_mut().find(own).map_or(Err(CaseFileError::NotFound), work)
    }

    fn disclose(&self, what: &str, purpose: &Purpose) -> Result<(), ApplicantError> {
        let mut stored = self.reached().map_err(|_| ApplicantError::Unavailable)?;
        stored.disclosed.push(format!("{what}: {}", purpose.purpose.zh));
        Ok(())
    }

    /// Every key that is stored, with its district and plugin.
    pub fn keys(&self) -> Vec<Place> {
        self.stored().entries.keys().cloned().collect()
    }

    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().expect("no test panics while it holds the store")
    }

    fn reached(&self) -> Result<MutexGuard<'_, Stored>, StorageError> {
        if self.away { Err(StorageError::Unavailable) } else { Ok(self.stored()) }
    }

    fn policies(&self, caller: &Caller) -> Result<impl Iterator<Item = &'static Policy>, PortError> {
        if self.away {
            return Err(PortError);
        }
        let division = caller.division.clone();
        Ok(POLICIES.iter().filter(move |policy| policy.division == division))
    }

    fn items<'a>(&'a self, caller: &'a Caller) -> Result<impl Iterator<Item = &'a Item>, PortError> {
        if self.away {
            return Err(PortError);
        }
        let here = move |item: &&DistrictItem| item.division == caller.division;
        Ok(DEMONSTRATION.0.iter().filter(here).map(|item| &item.item))
    }
}

fn place(caller: &Caller, key: &str) -> Place {
    (caller.division.to_string(), caller.plugin.clone(), key.to_owned())
}

fn used(stored: &Stored, caller: &Caller) -> u64 {
    let own = |(division, plugin, _): &Place| *division == caller.division.to_string() && *plugin == caller.plugin;
    let sizes = stored.entries.iter().filter(|(place, _)| own(place));
    sizes.map(|((_, _, key), (value, _))| (key.len() + value.len()) as u64).sum()
}

fn entry(key: &str, (value, version): &(Vec<u8>, u64)) -> Entry {
    Entry { key: key.to_owned(), value: value.clone(), version: *version }
}

#[async_trait]
impl Ports for City {
    async fn storage_get(&self, caller: &Caller, key: &str) -> Result<Option<Entry>, StorageError> {
        Ok(self.reached()?.entries.get(&place(caller, key)).map(|found| entry(key, found)))
    }

    async fn storage_set(
        &self,
        caller: &Caller,
        key: &str,
        value: Vec<u8>,
        expect: Expectation,
    ) -> Result<u64, StorageError> {
        let mut stored = self.reached()?;
        let place = place(caller, key);
        let there = stored.entries.get(&place).map(|(value, version)| ((key.len() + value.len()) as u64, *version));
        let version = there.map(|(_, version)| version);
        if !expect.holds(version) {
            return Err(StorageError::Conflict(version));
        }
        let used = used(&stored, caller);
        let after = used - there.map_or(0, |(size, _)| size) + (key.len() + value.len()) as u64;
        if after > caller.storage_quota {
            return Err(StorageError::OverQuota(Quota { limit: caller.storage_quota, used }));
        }
        stored.writes += 1;
        let version = stored.writes;
        stored.entries.insert(place, (value, version));
        Ok(version)
    }

    async fn storage_remove(&self, caller: &Caller, key: &str, expect: Expectation) -> Result<bool, StorageError> {
        let mut stored = self.reached()?;
        match stored.entries.entry(place(caller, key)) {
            Slot::Occupied(there) if expect.holds(Some(there.get().1)) => {
                there.remove();
                Ok(true)
            }
            Slot::Occupied(there) => Err(StorageError::Conflict(Some(there.get().1))),
            Slot::Vacant(_) if expect.holds(None) => Ok(false),
            Slot::Vacant(_) => Err(StorageError::Conflict(None)),
        }
    }

    async fn storage_scan(
        &self,
        caller: &Caller,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<ScanPage, StorageError> {
        let stored = self.reached()?;
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(place(caller, after)),
            _ => Bound::Included(place(caller, prefix)),
        };
        let (division, plugin) = (caller.division.to_string(), &caller.plugin);
        let mut found = stored
            .entries
            .range((start, Bound::Unbounded))
            .take_while(|((d, p, key), _)| *d == division && p == plugin && key.starts_with(prefix));
        let entries: Vec<Entry> =
            found.by_ref().take(limit as usize).map(|((_, _, key), value)| entry(key, value)).collect();
        let next = found.next().and_then(|_| entries.last().map(|entry| entry.key.clone()));
        Ok(ScanPage { entries, next })
    }

    async fn storage_usage(&self, caller: &Caller) -> Result<Quota, StorageError> {
        Ok(Quota { limit: caller.storage_quota, used: used(&*self.reached()?, caller) })
    }

    async fn catalog_get(&self, caller: &Caller, code: &str) -> Result<Option<Item>, PortError> {
        Ok(self.items(caller)?.find(|item| item.code == code).cloned())
    }

    async fn catalog_search(&self, caller: &Caller, query: &str, limit: u32) -> Result<Vec<Item>, PortError> {
        let words = |item: &&Item| item.name.zh.contains(query) || item.code.contains(query);
        Ok(self.items(caller)?.filter(words).take(limit as usize).cloned().collect())
    }

    async fn policy_get(&self, caller: &Caller, id: &str) -> Result<Option<Policy>, PortError> {
        Ok(self.policies(caller)?.find(|policy| policy.id.as_str() == id).cloned())
    }

    async fn policy_search(&self, caller: &Caller, query: &str, limit: u32) -> Result<Vec<Policy>, PortError> {
        Ok(self.policies(caller)?.filter(|policy| policy.says(query)).take(limit as usize).cloned().collect())
    }

    fn calendar(&self) -> Option<Arc<Calendar>> {
        Some(Arc::clone(&DEMONSTRATION.1))
    }

    async fn case_get(&self, caller: &Caller, case: &CaseNumber) -> Result<CaseCover, CaseFileError> {
        self.with_case(caller, case, |case| Ok(case.cover.clone()))
    }

    async fn case_fields(
        &self,
        caller: &Caller,
        case: &CaseNumber,
        fields: &BTreeMap<String, Purpose>,
    ) -> Result<Vec<FieldValue>, CaseFileError> {
        // All of them: that no more goes on than is granted is the sandbox's to see to.
        let given = self.with_case(caller, case, |case| Ok(case.fields.clone()))?;
        for (name, purpose) in fields {
            self.disclose(name, purpose).map_err(|_| CaseFileError::Unavailable)?;
        }
        Ok(given)
    }

    async fn case_history(&self, caller: &Caller, case: &CaseNumber) -> Result<Vec<CaseEntry>, CaseFileError> {
        self.with_case(caller, case, |case| Ok(case.history.clone()))
    }

    async fn case_due(
        &self,
        caller: &Caller,
        after: Option<&CaseNumber>,
        limit: u32,
    ) -> Result<Vec<CaseCover>, CaseFileError> {
        let stored = self.reached().map_err(|_| CaseFileError::Unavailable)?;
        let mut own: Vec<&CaseCover> =
            stored.files.iter().filter(|case| case.is_of(caller)).map(|case| &case.cover).collect();
        own.sort_by_key(|cover| (cover.due, cover.number.clone()));
        let from = match after {
            Some(after) => {
                let at = own.iter().position(|cover| cover.number == after.as_str());
                at.ok_or(CaseFileError::NotFound)? + 1
            }
            None => 0,
        };
        Ok(own.into_iter().skip(from).take(limit as usize).cloned().collect())
    }

    async fn case_note(
        &self,
        caller: &Caller,
        case: &CaseNumber,
        revision: u64,
        remark: &Text,
    ) -> Result<u64, CaseFileError> {
        self.with_case(caller, case, |case| {
            if case.cover.revision != revision {
                return Err(CaseFileError::Conflict(case.cover.revision));
            }
            case.cover.revision += 1;
            case.notes.push(remark.clone());
            Ok(case.cover.revision)
        })
    }

    async fn applicant_kind(
        &self,
        _: &Caller,
        applicant: &Applicant,
        purpose: &Purpose,
    ) -> Result<Served, ApplicantError> {
        let view = ApplicantView::new(applicant, purpose).map_err(|_| ApplicantError::NoConsent)?;
        self.disclose("kind", view.purpose())?;
        Ok(view.kind())
    }

    async fn applicant_get(
        &self,
        _: &Caller,
        applicant: &Applicant,
        fact: &str,
        purpose: &Purpose,
    ) -> Result<Option<Fact>, ApplicantError> {
        let view = ApplicantView::new(applicant, purpose).map_err(|_| ApplicantError::NoConsent)?;
        let found = view.get(fact).map_err(|_| ApplicantError::NoConsent)?.cloned();
        self.disclose(fact, view.purpose())?;
        Ok(found)
    }

    async fn notify_admit(&self, caller: &Caller, case: &CaseNumber, _: &Message) -> Result<(), NotifyError> {
        self.with_case(caller, case, |case| Ok(case.opted_out)).map_or_else(
            |error| match error {
                CaseFileError::NotFound => Err(NotifyError::NotFound),
                CaseFileError::Conflict(_) | CaseFileError::Unavailable => Err(NotifyError::Unavailable),
            },
            |opted_out| if opted_out { Err(NotifyError::OptedOut) } else { Ok(()) },
        )
    }
}
