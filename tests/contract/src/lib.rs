//! What a test of the contract stands on: a sandbox of its own, a guest that is loaded, terms of a call, and a city in
//! memory that the capabilities ask.
//!
//! Invariant: guests are called as the host calls them, through `lotus-runtime` alone; nothing here looks into a store.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "only tests use it: they can't go on"
)]

mod city;
mod files;
mod stage;

pub use city::City;
pub use files::{Filed, applicant, number};
pub use stage::{Plugin, Stage, first_words, noon};
