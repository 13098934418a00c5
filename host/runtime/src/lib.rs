//! The one place that knows wasmtime: engine, compiled cache, limits, capabilities, calls and their records.
//!
//! A plugin is called as a function: a fresh instance from a pre-linked component, time fixed, randomness seeded, every
//! capability's answer recorded, two clocks running, and everything dropped at the end. Nothing of one call is there
//! for the next.
//!
//! ```text
//!   package ── check ──► Loaded (pre-linked, immutable)
//!                          │
//!   Ask + Terms ── call ──►│ instantiate → v1 adapter → guest → v1 adapter → Answer
//!                          │                  ▲
//!                          │           capabilities ──► Ports (the platform's)
//!                          └─► Called { outcome, log, transcript, took }
//! ```
//!
//! Invariant: policy (what is granted, what is bounded) stands in `capabilities` and `call`, below the adapters of
//! contract generations, so that no generation can have its own way around it.

mod ask;
mod cache;
mod call;
mod capabilities;
mod check;
mod clock;
mod compiled;
mod engine;
mod limits;
#[cfg(feature = "measure")]
mod measure;
mod outcome;
mod ports;
mod sandbox;
mod transcript;
mod v1;

pub use ask::{Answer, Ask};
pub use call::{Called, Terms};
pub use check::{LoadError, Loaded, MOST_COMPONENT_BYTES};
pub use engine::{Runtime, RuntimeConfig, StartError};
pub use outcome::{Failure, Limit, Outcome};
pub use ports::{
    ApplicantError, Caller, CaseFileError, Entry, Expectation, LogLevel, LogLine, Nothing, NotifyError, PortError,
    Ports, Quota, ScanPage, StorageError,
};
pub use transcript::{Replayed, Transcript, TranscriptError};
