//! The use cases: where the domain's rules, the store and the plugins meet.
//!
//! ```text
//!   web ──► Platform ──► City (everything that rarely changes, in memory, swapped whole)
//!              │  └────► plugins: each call has its own terms, clock and record ──► Runtime
//!              │                         capabilities ask back through Ports ──┐
//!              └────────────────────────────────────────────────────────► Store
//! ```
//!
//! One file for each word of the domain. A request takes the city's snapshot once and works with it to its end, so that
//! nothing changes under it.
//!
//! Invariant: a plugin is never called inside a transaction and never holds a connection while it runs guest code; what
//! a plugin answers decides nothing that the host has not checked.

mod activation;
mod case;
mod catalog;
mod city;
mod district;
mod health;
mod package;
mod plugin;
mod ports;
mod record;
mod service;
mod start;
mod token;
mod zone;

pub use activation::ActivateError;
pub use case::{CaseError, CaseView};
pub use health::{BUCKETS, CallCounts, CallSeries, FleetEntry, State};
pub use lotus_runtime::{LoadError, Runtime, RuntimeConfig, StartError};
pub use lotus_store::{Keyring, KeyringError, Store, StoreConfig, StoreError, Suite};
pub use package::PackageError;
pub use plugin::{NotServed, Offered, Part, StandIn};
pub use service::{Receipt, ServiceForm, Submission};
pub use start::{Platform, PlatformConfig};
pub use token::{FormToken, Key};
pub use zone::ZonePage;

use lotus_domain::district::Division;
use lotus_domain::text::Language;

/// Who looks at what: what every public page needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The district whose portal is looked at.
    pub division: Division,
    /// The language of the page.
    pub language: Language,
}
