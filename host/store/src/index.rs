//! The index of the store: every function, said once, carried out by whichever database is behind it.
//!
//! `read` takes a connection and asks; `write` is one transaction that is durable when its function returns. A write
//! may be run more than once before it is (on a collision, or when its group is undone), so its body only depends on
//! its arguments.

use std::path::PathBuf;
use std::sync::Arc;

use lotus_domain::activation::Activation;
use lotus_domain::calendar::CalendarYear;
use lotus_domain::case::{Case, CaseNumber, Event, Hash};
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::{District, Division};
use lotus_domain::package::{Digest, Package};
use lotus_domain::record::CallRecord;
use lotus_domain::storage::{Entry, Expectation, Quota, ScanPage, StorageRefusal};

use crate::{StoreError, postgres, sqlite};

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreConfig {
    /// One file; made where it is not there.
    Sqlite {
        /// The file.
        file: PathBuf,
        /// Connections that read at the same time.
        readers: u32,
    },
    /// A server.
    Postgres {
        /// `postgres://user:password@host/database`.
        url: String,
        /// Most connections.
        connections: u32,
    },
}

impl StoreConfig {
    /// A file with the usual number of readers.
    pub fn sqlite(file: impl Into<PathBuf>) -> Self {
        Self::Sqlite { file: file.into(), readers: 4 }
    }

    /// A server with the usual number of connections.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::Postgres { url: url.into(), connections: 16 }
    }
}

/// A case that begins.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// It, in its first state.
    pub case: Case,
    /// Its first event.
    pub first: Event,
    /// What makes two submissions of one form one case: the hash of the form's token.
    pub token: Hash,
    /// The call that decided to open it.
    pub record: Option<CallRecord>,
}

/// What became of a case that was to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It is there now.
    New,
    /// This form was submitted before, and this case opened then.
    Before(CaseNumber),
}

/// A case and all that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// It.
    pub case: Case,
    /// In order, as many as its revision says.
    pub events: Vec<Event>,
}

/// The store: cheap to clone, one for each host.
#[derive(Clone)]
pub struct Store {
    database: Database,
}

#[derive(Clone)]
enum Database {
    Sqlite(sqlite::Database),
    Postgres(postgres::Database),
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.kind()).finish()
    }
}

impl Store {
    /// Opens the database and brings its schema up to date.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        let database = match config {
            StoreConfig::Sqlite { file, readers } => Database::Sqlite(sqlite::Database::open(file, *readers).await?),
            StoreConfig::Postgres { url, connections } => {
                Database::Postgres(postgres::Database::open(url, *connections).await?)
            }
        };
        Ok(Self { database })
    }

    /// What kind of database it is, for people.
    pub const fn kind(&self) -> &'static str {
        match self.database {
            Database::Sqlite(_) => "SQLite",
            Database::Postgres(_) => "PostgreSQL",
        }
    }

    /// Finishes what is being written and closes.
    pub async fn close(&self) {
        match &self.database {
            Database::Sqlite(database) => database.close().await,
            Database::Postgres(database) => database.close().await,
        }
    }
}

/// Writes one function of [`Store`] for each line.
macro_rules! index {
    ($($(#[$doc:meta])* $mode:ident $room:ident :: $name:ident ($($arg:ident : $kind:ty),*) -> $out:ty;)*) => {
        impl Store { $( index! { @$mode [$(#[$doc])*] $room $name ($($arg: $kind),*) $out } )* }
    };
    (@read [$(#[$doc:meta])*] $room:ident $name:ident ($($arg:ident : $kind:ty),*) $out:ty) => {
        $(#[$doc])*
        pub async fn $name(&self, $($arg: $kind),*) -> Result<$out, StoreError> {
            match &self.database {
                Database::Sqlite(database) => {
                    let mut db = database.reader().await?;
                    sqlite::$room::$name(&mut db, $($arg),*).await
                }
                Database::Postgres(database) => {
                    let mut db = database.reader().await?;
                    postgres::$room::$name(&mut db, $($arg),*).await
                }
            }
        }
    };
    (@write [$(#[$doc:meta])*] $room:ident $name:ident ($($arg:ident : $kind:ty),*) $out:ty) => {
        $(#[$doc])*
        pub async fn $name(&self, $($arg: $kind),*) -> Result<$out, StoreError> {
            let given = Arc::new(($($arg,)*));
            match &self.database {
                Database::Sqlite(database) => {
                    database.write(Box::new(move |db| {
                        let given = Arc::clone(&given);
                        Box::pin(async move {
                            let ($($arg,)*) = &*given;
                            sqlite::$room::$name(db, $($arg),*).await
                        })
                    })).await
                }
                Database::Postgres(database) => {
                    database.write(Box::new(move |db| {
                        let given = Arc::clone(&given);
                        Box::pin(async move {
                            let ($($arg,)*) = &*given;
                            postgres::$room::$name(db, $($arg),*).await
                        })
                    })).await
                }
            }
        }
    };
}

index! {
    /// The tenants, in their order.
    read district::district_list() -> Vec<District>;
    /// Adds tenants, or replaces those that are there.
    write district::district_put(districts: Vec<District>) -> ();

    /// The published years of a city.
    read calendar::calendar_list(division: &Division) -> Vec<CalendarYear>;
    /// Adds years, or replaces those that are there.
    write calendar::calendar_put(division: Division, years: Vec<CalendarYear>) -> ();

    /// The newest version of each item of a district, by code.
    read catalog::item_list(division: &Division) -> Vec<DistrictItem>;
    /// One version of an item.
    read catalog::item_version(division: &Division, code: &str, version: u32) -> Option<DistrictItem>;
    /// Publishes items of a district; a version that is there stays as it is.
    write catalog::item_publish(division: Division, items: Vec<DistrictItem>) -> ();

    /// A package with its component.
    read package::package_get(digest: &Digest) -> Option<Package>;
    /// Keeps a package; one that is there stays as it is.
    write package::package_put(package: Package) -> ();

    /// What serves in which district, everywhere.
    read activation::activation_list() -> Vec<Activation>;
    /// Makes a package serve in its district, in place of whatever the same plugin had there.
    write activation::activation_put(activation: Activation) -> ();
    /// Takes a plugin out of service in a district; whether it was there.
    write activation::activation_remove(division: Division, plugin: String) -> bool;
    /// Grows with every change of activations, districts or items.
    read activation::generation() -> i64;

    /// A value of a plugin's space.
    read storage::storage_get(division: &Division, plugin: &str, key: &str) -> Option<Entry>;
    /// Writes a value within a quota of bytes; its new version.
    write storage::storage_set(
        division: Division, plugin: String, key: String, value: Vec<u8>, expect: Expectation, quota: u64
    ) -> Result<u64, StorageRefusal>;
    /// Removes a key; whether it was there.
    write storage::storage_remove(
        division: Division, plugin: String, key: String, expect: Expectation
    ) -> Result<bool, StorageRefusal>;
    /// Entries whose key begins with a prefix, in bytewise order, after a key.
    read storage::storage_scan(
        division: &Division, plugin: &str, prefix: &str, after: Option<&str>, limit: u32
    ) -> ScanPage;
    /// How much a plugin's space holds.
    read storage::storage_usage(division: &Division, plugin: &str, quota: u64) -> Quota;

    /// Opens a case with its first event, once for each form token.
    write case::case_open(division: Division, new: NewCase) -> Opened;
    /// The case that a form's token opened, if it did.
    read case::case_find(division: &Division, token: &Hash) -> Option<CaseNumber>;
    /// A case with its history.
    read case::case_get(division: &Division, number: &CaseNumber) -> Option<CaseFile>;
    /// Adds an event to a case that is still at the revision before it; whether it was.
    write case::case_append(division: Division, case: Case, event: Event, record: Option<CallRecord>) -> bool;
    /// A district's open cases, by due day, after a case.
    read case::case_list_due(division: &Division, after: Option<&CaseNumber>, limit: u32) -> Vec<Case>;

    /// Keeps a record of a call.
    write record::record_append(division: Division, record: CallRecord) -> ();
    /// The newest records of calls that went wrong, newest first.
    read record::record_list_failures(division: &Division, limit: u32) -> Vec<CallRecord>;
    /// The records of the calls that decided about a case, oldest first.
    read record::record_list_case(division: &Division, number: &CaseNumber) -> Vec<CallRecord>;
}
