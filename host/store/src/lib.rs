//! The one place that knows a database: SQLite or PostgreSQL, from one body of SQL.
//!
//! ```text
//!   Store ── index ──► sqlite:   readers · one writer that commits in groups ─┐
//!              │                                                             ├─► body/*.rs, compiled once for each
//!              └─────► postgres: a pool · a transaction for each write ──────┘
//! ```
//!
//! SQL stands in `body/`, one file for each resource, in the common subset of both databases with `$1` parameters.
//! What really differs stands in `sqlite/` and `postgres/`. [`Store`]'s functions are listed in `index.rs`.
//!
//! Invariant: a write is one transaction that is durable when its function returns, and it either happened whole or
//! not at all. Every function of a district's data takes the district first.

#[macro_use]
mod each;

mod case;
mod claim;
mod config;
mod convenience;
mod definitions;
mod error;
mod evaluation;
mod index;
mod keys;
mod monitoring;
mod notice;
mod postgres;
mod rating;
mod reseal;
mod sqlite;
mod vault;

pub use case::{CaseFile, CaseHead, EventRow, NewCase, Opened, Step};
pub use claim::{NewClaim, Push};
pub use config::StoreConfig;
pub use convenience::{Answered, Became};
pub use error::StoreError;
pub use evaluation::Sampled;
pub use index::{SecondFactor, Store};
pub use monitoring::{Anomaly, BulletinKept, Slice, Tallied};
pub use notice::{Claim, Failure, Mark, Queue, Receipt, Spread};
pub use rating::{Called, Device, NewRating, PublicRating, Rate, Served};
pub use reseal::{Pace, SealedCount};
pub use vault::{Keyring, KeyringError, SealError, Suite};
