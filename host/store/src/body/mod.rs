//! The one body of SQL, compiled once for each database: `super::Db` is SQLite here and PostgreSQL there.
//!
//! A function holds one query, or a few that are one write. It takes a connection, then the district, and returns
//! domain types. Statements are in the common subset of both databases.

#![allow(clippy::duplicate_mod, reason = "compiled once for each database on purpose")]
#![allow(clippy::ref_option, clippy::too_many_arguments, reason = "the index hands every argument over by reference")]

pub(crate) mod account;
pub(crate) mod activation;
pub(crate) mod appointment;
pub(crate) mod assistance;
pub(crate) mod audit;
pub(crate) mod bulletin;
pub(crate) mod calendar;
pub(crate) mod case;
pub(crate) mod case_mark;
pub(crate) mod catalog;
pub(crate) mod claim;
pub(crate) mod convenience;
pub(crate) mod district;
pub(crate) mod draft;
pub(crate) mod evaluation;
pub(crate) mod fact_file;
pub(crate) mod fee;
pub(crate) mod grievance;
pub(crate) mod history;
pub(crate) mod intermediary;
pub(crate) mod key;
pub(crate) mod kind;
pub(crate) mod licence;
pub(crate) mod material;
pub(crate) mod monitoring;
pub(crate) mod notice;
pub(crate) mod package;
pub(crate) mod policy;
pub(crate) mod preference;
pub(crate) mod publisher;
pub(crate) mod rating;
pub(crate) mod rating_place;
pub(crate) mod rating_public;
pub(crate) mod record;
pub(crate) mod reseal;
pub(crate) mod role;
mod row;
pub(crate) mod second_factor;
pub(crate) mod selection;
pub(crate) mod session;
pub(crate) mod setting;
pub(crate) mod storage;
pub(crate) mod supervision;
pub(crate) mod supervisor;
pub(crate) mod token;
pub(crate) mod tutoring;
pub(crate) mod visit;
pub(crate) mod warning;

use super::{Connection, Db};

type Row = <Db as sqlx::Database>::Row;
