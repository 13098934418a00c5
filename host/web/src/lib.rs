//! HTTP: the portal for people, the console for the operator, the API for programs.
//!
//! ```text
//! request ─► telemetry ─► protection ─► reader (language) ─► error::shown ─► portal | api | console
//!                                                                             extract → one call into platform → render
//! ```
//!
//! One file for each resource in `portal`, `api` and `console`, under the same words as in `platform`. `render` turns the
//! domain's values into HTML; wordings stand in `locales/`, in Chinese and English.
//!
//! Invariant: no SQL, no rules, no wasm here, and no page that needs a script to be read or sent.

#![allow(clippy::trivially_copy_pass_by_ref, reason = "templates hand everything over by reference")]

mod account;
mod api;
mod app;
mod asker;
mod assets;
mod claim;
mod console;
mod counter;
mod draft;
mod error;
mod etag;
mod evaluation;
mod grievance;
mod help;
mod hook;
mod intermediary;
mod language;
mod material;
mod monitoring;
mod policy;
mod portal;
mod protection;
mod rate;
mod rating;
mod reader;
mod render;
mod staff;
mod supervisor;
mod telemetry;
mod theme;

pub use api::openapi;
pub use app::{App, WebConfig, router, serve};
pub use error::Error;
pub use rate::Rate;
