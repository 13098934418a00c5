//! Capabilities: what a guest may ask. Each checks grant and bounds, then asks the platform's ports, then notes the
//! answer. Contract generations (`v1`) only convert to and from these.

mod applicants;
mod calendar;
mod case_files;
mod catalog;
mod log;
mod notify;
mod policy_library;
mod settings;
mod storage;

pub(crate) use applicants::ApplicantDenial;
pub(crate) use calendar::CalendarDenial;
pub(crate) use case_files::CaseFileDenial;
pub(crate) use catalog::{CatalogDenial, ItemInBrief};
pub(crate) use log::cut;
pub(crate) use notify::NotifyDenial;
pub(crate) use policy_library::{PolicyDenial, PolicyInBrief};
pub(crate) use storage::StorageDenial;

use lotus_domain::activation::Grant;
use lotus_domain::form::Value;
use wasmtime::Engine;
use wasmtime::component::Linker;

use crate::ask::Answer;
use crate::outcome::Outcome;
use crate::sandbox::Sandbox;

/// What a capability said, as far as the sandbox looks at it.
pub(crate) trait Said {
    /// Whether it was a denial: the grant does not hold this capability.
    fn denied(&self) -> bool;
}

impl<T> Said for Result<T, StorageDenial> {
    fn denied(&self) -> bool {
        matches!(self, Err(StorageDenial::Denied))
    }
}

impl<T> Said for Result<T, CatalogDenial> {
    fn denied(&self) -> bool {
        matches!(self, Err(CatalogDenial::Denied))
    }
}

impl<T> Said for Result<T, CalendarDenial> {
    fn denied(&self) -> bool {
        matches!(self, Err(CalendarDenial::Denied))
    }
}

impl<T> Said for Result<T, CaseFileDenial> {
    fn denied(&self) -> bool {
        matches!(self, Err(CaseFileDenial::Denied))
    }
}

impl<T> Said for Result<T, ApplicantDenial> {
    fn denied(&self) -> bool {
        matches!(self, Err(ApplicantDenial::Denied))
    }
}

impl<T> Said for Result<T, NotifyDenial> {
    fn denied(&self) -> bool {
        matches!(self, Err(NotifyDenial::Denied))
    }
}

/// A setting: every plugin has its own.
impl Said for Option<Value> {
    fn denied(&self) -> bool {
        false
    }
}

/// Holds an answer against the grant: reminders are in approved words alone. In words what is outside it.
pub(crate) fn within_grant(grant: &Grant, outcome: Outcome<Answer>) -> Result<Outcome<Answer>, String> {
    if let Outcome::Answer(Answer::Reminders(reminders)) = &outcome {
        notify::reminders_worded(grant, reminders)?;
    }
    Ok(outcome)
}

/// Links every capability and the empty WASI. Who may call what is decided at load and at each call, not by linking.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Sandbox>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    crate::v1::add_to_linker(&mut linker)?;
    Ok(linker)
}
