//! Case files as the plugin sees them whose cases they are: those of its own services in its district, on whatever version
//! of it they began.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use jiff::Timestamp;
use lotus_domain::case::{Actor, Case, CaseNumber, Event, Happening, Subject};
use lotus_domain::declared::Purpose;
use lotus_domain::form::FieldValue;
use lotus_domain::hook::{CaseCover, CaseEntry};
use lotus_domain::kind::Role;
use lotus_domain::package::Digest;
use lotus_domain::text::Text;
use lotus_runtime::{Caller, CaseFileError};
use lotus_store::{CaseFile, Step, StoreError};

use crate::ports::Sources;

/// What the history calls a plugin's remark. It is for staff: an applicant's view of it has no words.
pub const NOTE: &str = "plugin-note";
/// Cases that are looked through at a time.
const PAGE: u32 = 200;

/// Whose a package is: known once, since a package never changes.
#[derive(Default)]
pub(crate) struct Owners {
    known: Mutex<HashMap<Digest, String>>,
}

pub(crate) fn away(error: &StoreError) -> CaseFileError {
    tracing::warn!(%error, "case files are away");
    CaseFileError::Unavailable
}

fn cover(case: &Case, service: &str) -> CaseCover {
    CaseCover {
        number: case.number.to_string(),
        service: service.to_owned(),
        state: case.state.clone(),
        submitted: case.submitted,
        due: case.due(),
        revision: u64::from(case.revision),
    }
}

/// The service and package of a service's case.
fn service(case: &Case) -> Option<(&str, Digest)> {
    match &case.subject {
        Subject::Service { service, package, .. } => Some((service, Digest::parse(package)?)),
        // Every other subject is the city's own.
        _ => None,
    }
}

impl Sources {
    /// Whether a package is a version of this plugin.
    async fn is_version_of(&self, digest: &Digest, plugin: &str) -> Result<bool, StoreError> {
        let city = self.city.load();
        if let Some(active) = city.plugins().find(|active| active.activation.package == *digest) {
            return Ok(active.id() == plugin);
        }
        let known = self.owners.known.lock().ok().and_then(|known| known.get(digest).cloned());
        if let Some(owner) = known {
            return Ok(owner == plugin);
        }
        let Some(package) = self.store.package_get(digest).await? else { return Ok(false) };
        let owner = package.manifest.id;
        let is_its = owner == plugin;
        if let Ok(mut known) = self.owners.known.lock() {
            known.insert(*digest, owner);
        }
        Ok(is_its)
    }

    /// A case that is the caller's own, with its first and its last event. Another plugin's, and one of another district, are not there for it.
    pub(crate) async fn own_case(&self, caller: &Caller, number: &CaseNumber) -> Result<CaseFile, CaseFileError> {
        let file = self.store.case_recent(&caller.division, number, 1).await.map_err(|error| away(&error))?;
        let file = file.ok_or(CaseFileError::NotFound)?;
        let (_, package) = service(&file.case).ok_or(CaseFileError::NotFound)?;
        let is_its = self.is_version_of(&package, &caller.plugin).await.map_err(|error| away(&error))?;
        if is_its { Ok(file) } else { Err(CaseFileError::NotFound) }
    }

    pub(crate) async fn own_case_cover(
        &self,
        caller: &Caller,
        number: &CaseNumber,
    ) -> Result<CaseCover, CaseFileError> {
        let case = self.own_case(caller, number).await?.case;
        let (service, _) = service(&case).ok_or(CaseFileError::NotFound)?;
        Ok(cover(&case, service))
    }

    pub(crate) async fn own_case_fields(
        &self,
        caller: &Caller,
        number: &CaseNumber,
        fields: &BTreeMap<String, Purpose>,
    ) -> Result<Vec<FieldValue>, CaseFileError> {
        let case = self.own_case(caller, number).await?.case;
        let given: Vec<FieldValue> =
            case.application.values.into_iter().filter(|field| fields.contains_key(&field.name)).collect();
        for field in &given {
            if let Some(purpose) = fields.get(&field.name) {
                let subject = format!("{number} {}", field.name);
                self.disclose(caller, subject, purpose).await.map_err(|error| away(&error))?;
            }
        }
        Ok(given)
    }

    pub(crate) async fn own_case_history(
        &self,
        caller: &Caller,
        number: &CaseNumber,
    ) -> Result<Vec<CaseEntry>, CaseFileError> {
        self.own_case(caller, number).await?;
        let file = self.store.case_get(&caller.division, number).await.map_err(|error| away(&error))?;
        let events = file.ok_or(CaseFileError::NotFound)?.events;
        let entry = |event: Event| {
            let Happening { at, action, from, to, reason, basis, .. } = event.happening;
            CaseEntry { at, action, from, to, reason, basis }
        };
        Ok(events.into_iter().map(entry).collect())
    }

    pub(crate) async fn own_cases_due(
        &self,
        caller: &Caller,
        after: Option<&CaseNumber>,
        limit: u32,
    ) -> Result<Vec<CaseCover>, CaseFileError> {
        if let Some(after) = after {
            self.own_case(caller, after).await?;
        }
        let mut found = Vec::new();
        let mut last = after.cloned();
        loop {
            let page = self.store.case_list_worklist(&caller.division, None, last.as_ref(), PAGE).await;
            let page = page.map_err(|error| away(&error))?;
            let is_last = page.len() < PAGE as usize;
            last = page.last().map(|case| case.number.clone());
            for case in &page {
                let Some((service, package)) = service(case) else { continue };
                if self.is_version_of(&package, &caller.plugin).await.map_err(|error| away(&error))? {
                    found.push(cover(case, service));
                }
                if found.len() >= limit as usize {
                    return Ok(found);
                }
            }
            if is_last {
                return Ok(found);
            }
        }
    }

    pub(crate) async fn own_case_note(
        &self,
        caller: &Caller,
        number: &CaseNumber,
        revision: u64,
        remark: &Text,
    ) -> Result<u64, CaseFileError> {
        let CaseFile { case, events } = self.own_case(caller, number).await?;
        let here = u64::from(case.revision);
        if here != revision {
            return Err(CaseFileError::Conflict(here));
        }
        let happening = Happening {
            at: crate::start::whole_milliseconds(Timestamp::now()),
            actor: Actor { role: Role::System, account: Some(format!("plugin/{}", caller.plugin)) },
            action: NOTE.to_owned(),
            from: Some(case.state.clone()),
            to: case.state.clone(),
            reason: None,
            basis: None,
            remark: Some(remark.clone()),
        };
        let event = Event::seal(number, events.last(), happening);
        let noted = Case { revision: event.sequence, ..case };
        let new = u64::from(event.sequence);
        let done = self.store.case_append(caller.division.clone(), Step::new(noted, event)).await;
        if done.map_err(|error| away(&error))? {
            return Ok(new);
        }
        let now = self.own_case(caller, number).await?.case.revision;
        Err(CaseFileError::Conflict(u64::from(now)))
    }
}

/// The events as these parties see them: what a plugin remarked is for staff, so an applicant's have no such words.
pub(crate) fn for_parties(mut events: Vec<Event>, parties: &[Role]) -> Vec<Event> {
    if parties.contains(&Role::Applicant) {
        for event in events.iter_mut().filter(|event| event.happening.action == NOTE) {
            event.happening.remark = None;
        }
    }
    events
}
