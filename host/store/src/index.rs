//! The index of the store: every function, said once, carried out by whichever database is behind it.
//!
//! `read` takes a connection and asks; `write` is one transaction that is durable when its function returns. A write
//! may be run more than once before it is (on a collision, or when its group is undone), so its body only depends on
//! its arguments. `open` and `seal` are a read and a write with the district's keys, for what names people.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use lotus_domain::access::{Held, Role};
use lotus_domain::account::{Account, AccountId, ApiToken, Mandate, Session};
use lotus_domain::activation::Activation;
use lotus_domain::audit::{Done, Entry};
use lotus_domain::calendar::CalendarYear;
use lotus_domain::case::{Case, CaseNumber, Event};
use lotus_domain::catalog::DistrictItem;
use lotus_domain::chain::Hash;
use lotus_domain::district::{District, Division};
use lotus_domain::mark;
use lotus_domain::package::{Digest, Package};
use lotus_domain::record::CallRecord;
use lotus_domain::storage::{self, Expectation, Quota, ScanPage, StorageRefusal};

use crate::reseal::{Part, SealedRow, SealedTable};
use crate::vault::{Keyring, SealError, Vault, Wrapped};
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

/// A second factor as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret that codes are made from.
    pub secret: Vec<u8>,
    /// A code of it was given once: it counts.
    pub confirmed: bool,
    /// The time step of the last code that was taken.
    pub last_step: u64,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor").field("confirmed", &self.confirmed).finish_non_exhaustive()
    }
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
    vault: Arc<Vault>,
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
    /// Opens the database, brings its schema up to date, and makes sure that the keyring opens what is sealed in it.
    pub async fn open(config: &StoreConfig, keyring: Keyring) -> Result<Self, StoreError> {
        let database = match config {
            StoreConfig::Sqlite { file, readers } => Database::Sqlite(sqlite::Database::open(file, *readers).await?),
            StoreConfig::Postgres { url, connections } => {
                Database::Postgres(postgres::Database::open(url, *connections).await?)
            }
        };
        let store = Self { database, vault: Arc::new(Vault::new(keyring)) };
        for district in store.district_list().await? {
            store.keys(&district.division).await?;
        }
        Ok(store)
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
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
    ($($(#[$doc:meta])* $vis:vis $mode:ident $room:ident :: $name:ident ($($arg:ident : $kind:ty),*) -> $out:ty;)*) => {
        impl Store { $( index! { @$mode [$(#[$doc])* $vis] $room $name ($($arg: $kind),*) $out } )* }
    };
    (@read [$(#[$doc:meta])* $vis:vis] $room:ident $name:ident ($($arg:ident : $kind:ty),*) $out:ty) => {
        $(#[$doc])*
        $vis async fn $name(&self, $($arg: $kind),*) -> Result<$out, StoreError> {
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
    (@open [$(#[$doc:meta])* $vis:vis] $room:ident $name:ident ($division:ident : $of:ty $(, $arg:ident : $kind:ty)*) $out:ty) => {
        $(#[$doc])*
        $vis async fn $name(&self, $division: $of $(, $arg: $kind)*) -> Result<$out, StoreError> {
            let mut keys = self.keys($division).await?;
            let mut again = false;
            loop {
                let found = match &self.database {
                    Database::Sqlite(database) => {
                        let mut db = database.reader().await?;
                        sqlite::$room::$name(&mut db, &keys, $division $(, $arg)*).await
                    }
                    Database::Postgres(database) => {
                        let mut db = database.reader().await?;
                        postgres::$room::$name(&mut db, &keys, $division $(, $arg)*).await
                    }
                };
                match found {
                    // Another replica has made a new key since.
                    Err(StoreError::Sealed(SealError::UnknownKey(_))) if !again => {
                        again = true;
                        keys = self.keys_load($division).await?;
                    }
                    found => return found,
                }
            }
        }
    };
    (@seal [$(#[$doc:meta])* $vis:vis] $room:ident $name:ident ($division:ident : $of:ty $(, $arg:ident : $kind:ty)*) $out:ty) => {
        $(#[$doc])*
        $vis async fn $name(&self, $division: $of $(, $arg: $kind)*) -> Result<$out, StoreError> {
            let given = Arc::new(($division, $($arg,)*));
            let mut keys = self.keys(&given.0).await?;
            let mut again = false;
            loop {
                let (held, told) = (Arc::clone(&keys), Arc::clone(&given));
                let done = match &self.database {
                    Database::Sqlite(database) => {
                        database.write(Box::new(move |db| {
                            let (keys, given) = (Arc::clone(&held), Arc::clone(&told));
                            Box::pin(async move {
                                let ($division, $($arg,)*) = &*given;
                                sqlite::$room::$name(db, &keys, $division $(, $arg)*).await
                            })
                        })).await
                    }
                    Database::Postgres(database) => {
                        database.write(Box::new(move |db| {
                            let (keys, given) = (Arc::clone(&held), Arc::clone(&told));
                            Box::pin(async move {
                                let ($division, $($arg,)*) = &*given;
                                postgres::$room::$name(db, &keys, $division $(, $arg)*).await
                            })
                        })).await
                    }
                };
                match done {
                    // A write that reads first met what another replica sealed with a new key.
                    Err(StoreError::Sealed(SealError::UnknownKey(_))) if !again => {
                        again = true;
                        keys = self.keys_load(&given.0).await?;
                    }
                    done => return done,
                }
            }
        }
    };
    (@write [$(#[$doc:meta])* $vis:vis] $room:ident $name:ident ($($arg:ident : $kind:ty),*) $out:ty) => {
        $(#[$doc])*
        $vis async fn $name(&self, $($arg: $kind),*) -> Result<$out, StoreError> {
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
    pub read district::district_list() -> Vec<District>;
    /// Adds tenants, or replaces those that are there.
    pub write district::district_put(districts: Vec<District>) -> ();

    /// A district's data keys, wrapped.
    pub(crate) read key::key_list(division: &Division) -> Vec<Wrapped>;
    /// Adds data keys to a district.
    pub(crate) write key::key_add(division: Division, keys: Vec<Wrapped>) -> ();
    /// Keeps data keys under another wrapping.
    pub(crate) write key::key_rewrap(division: Division, keys: Vec<Wrapped>) -> ();

    /// Rows of a table with sealed columns, after a row, by key.
    pub(crate) read reseal::reseal_page(
        division: &Division, table: &'static SealedTable, after: Option<&[Part]>, limit: u32
    ) -> Vec<SealedRow>;
    /// Seals rows with the newest key where they are still what was read; how many values.
    pub(crate) seal reseal::reseal_rows(
        division: Division, table: &'static SealedTable, rows: Vec<SealedRow>
    ) -> u64;
    /// Takes a district to seal it anew, or keeps it; whether it is one's own now.
    pub(crate) write reseal::reseal_hold(division: Division, key: u32, holder: String, now: i64, until: i64) -> bool;
    /// Notes that nothing is sealed with a key before this one.
    pub(crate) write reseal::reseal_done(division: Division, key: u32) -> ();

    /// The published years of a city.
    pub read calendar::calendar_list(division: &Division) -> Vec<CalendarYear>;
    /// Adds years, or replaces those that are there.
    pub write calendar::calendar_put(division: Division, years: Vec<CalendarYear>) -> ();

    /// The newest version of each item of a district, by code.
    pub read catalog::item_list(division: &Division) -> Vec<DistrictItem>;
    /// One version of an item.
    pub read catalog::item_version(division: &Division, code: &str, version: u32) -> Option<DistrictItem>;
    /// Publishes items of a district; a version that is there stays as it is.
    pub write catalog::item_publish(division: Division, items: Vec<DistrictItem>) -> ();

    /// A package with its component.
    pub read package::package_get(digest: &Digest) -> Option<Package>;
    /// Keeps a package; one that is there stays as it is.
    pub write package::package_put(package: Package) -> ();

    /// What serves in which district, everywhere.
    pub read activation::activation_list() -> Vec<Activation>;
    /// Makes a package serve in its district, in place of whatever the same plugin had there.
    pub write activation::activation_put(activation: Activation) -> ();
    /// Takes a plugin out of service in a district; whether it was there.
    pub write activation::activation_remove(division: Division, plugin: String) -> bool;
    /// Grows with every change of activations, districts or items.
    pub read activation::generation() -> i64;

    /// A value of a plugin's space.
    pub open storage::storage_get(division: &Division, plugin: &str, key: &str) -> Option<storage::Entry>;
    /// Writes a value within a quota of bytes; its new version.
    pub seal storage::storage_set(
        division: Division, plugin: String, key: String, value: Vec<u8>, expect: Expectation, quota: u64
    ) -> Result<u64, StorageRefusal>;
    /// Removes a key; whether it was there.
    pub seal storage::storage_remove(
        division: Division, plugin: String, key: String, expect: Expectation
    ) -> Result<bool, StorageRefusal>;
    /// Entries whose key begins with a prefix, in bytewise order, after a key.
    pub open storage::storage_scan(
        division: &Division, plugin: &str, prefix: &str, after: Option<&str>, limit: u32
    ) -> ScanPage;
    /// How much a plugin's space holds.
    pub read storage::storage_usage(division: &Division, plugin: &str, quota: u64) -> Quota;

    /// Opens a case with its first event, once for each form token.
    pub seal case::case_open(division: Division, new: NewCase) -> Opened;
    /// The case that a form's token opened, if it did.
    pub read case::case_find(division: &Division, token: &Hash) -> Option<CaseNumber>;
    /// A case with its history.
    pub open case::case_get(division: &Division, number: &CaseNumber) -> Option<CaseFile>;
    /// Adds an event to a case that is still at the revision before it; whether it was.
    pub seal case::case_append(division: Division, case: Case, event: Event, record: Option<CallRecord>) -> bool;

    /// Open cases of a department by their due day, after a case; of every department where none is named.
    pub open case::case_list_worklist(
        division: &Division, department: Option<&str>, after: Option<&CaseNumber>, limit: u32
    ) -> Vec<Case>;
    /// The newest cases of an account in a district, newest first.
    pub open case::case_list_account(division: &Division, account: &AccountId, limit: u32) -> Vec<Case>;

    /// Keeps marks of a case, by which it is found beside those of what was typed.
    pub seal case_mark::case_mark_add(division: Division, number: CaseNumber, marks: BTreeSet<mark::Mark>) -> ();
    /// The newest cases with one of these marks or of one of these accounts, newest first.
    pub open case_mark::case_list_marked(
        division: &Division,
        marks: &[mark::Mark],
        accounts: &[AccountId],
        departments: Option<&BTreeSet<String>>,
        limit: u32
    ) -> Vec<Case>;
    /// The accounts of people with one of these marks.
    pub open case_mark::account_list_marked(city: &Division, marks: &[mark::Mark]) -> Vec<AccountId>;

    /// Keeps what a provider says of a person; the id of the account.
    pub seal account::account_put(city: Division, account: Account, subject: String) -> AccountId;
    /// An account.
    pub open account::account_get(city: &Division, id: &AccountId) -> Option<Account>;
    /// The accounts of a person, by identity number.
    pub open account::account_find_identity(city: &Division, number: &str) -> Vec<Account>;
    /// Replaces a person's mandates.
    pub seal account::mandate_put(city: Division, account: AccountId, mandates: Vec<Mandate>) -> ();
    /// A person's mandates.
    pub open account::mandate_list(city: &Division, account: &AccountId) -> Vec<Mandate>;

    /// Every role of an account, in whatever district.
    pub read role::role_list_account(account: &AccountId) -> Vec<Held>;
    /// Every role that is held in a district.
    pub read role::role_list(division: &Division) -> Vec<(AccountId, Held)>;
    /// Gives a role.
    pub write role::role_give(division: Division, account: AccountId, held: Held, by: String, at: Timestamp) -> ();
    /// Takes a role; whether it was held.
    pub write role::role_take(
        division: Division, account: AccountId, role: Role, department: Option<String>
    ) -> bool;

    /// Begins a session, in place of another.
    pub write session::session_begin(city: Division, new: Session, before: Option<Hash>) -> ();
    /// A session, by the hash of its secret.
    pub read session::session_get(city: &Division, id: &Hash) -> Option<Session>;
    /// An account's sessions, the last used first.
    pub read session::session_list(city: &Division, account: &AccountId) -> Vec<Session>;
    /// Notes that a session was used.
    pub write session::session_seen(city: Division, id: Hash, at: Timestamp) -> ();
    /// Says for which enterprise a session acts.
    pub write session::session_act_for(city: Division, id: Hash, credit_code: Option<String>) -> ();
    /// Ends a session; whether it was there.
    pub write session::session_end(city: Division, id: Hash) -> bool;
    /// Ends all sessions of an account; how many.
    pub write session::session_end_all(city: Division, account: AccountId) -> u64;
    /// Removes sessions that are over; how many.
    pub write session::session_sweep(city: Division, now: Timestamp) -> u64;

    /// Keeps a token for a machine.
    pub write token::token_put(city: Division, token: ApiToken) -> ();
    /// A token, by the hash of its secret.
    pub read token::token_get(city: &Division, id: &Hash) -> Option<ApiToken>;
    /// The tokens that act in a district, newest first.
    pub read token::token_list(city: &Division, acts_in: &Division) -> Vec<ApiToken>;
    /// Ends a token; whether it was there.
    pub write token::token_end(city: Division, id: Hash) -> bool;

    /// A person's second factor.
    pub open second_factor::second_factor_get(city: &Division, account: &AccountId) -> Option<SecondFactor>;
    /// Keeps a new secret unless one is confirmed; whether it was kept.
    pub seal second_factor::second_factor_propose(city: Division, account: AccountId, secret: Vec<u8>) -> bool;
    /// Takes a code of a time step; whether it is newer than all that were taken.
    pub write second_factor::second_factor_take(city: Division, account: AccountId, step: u64) -> bool;

    /// Adds to the audit chain of a division; its place.
    pub write audit::audit_append(division: Division, done: Done) -> u64;
    /// Entries of the audit chain after a place, in order.
    pub read audit::audit_list(division: &Division, after: u64, limit: u32) -> Vec<Entry>;
    /// The newest entries of the audit chain, newest first.
    pub read audit::audit_list_newest(division: &Division, limit: u32) -> Vec<Entry>;

    /// Keeps a record of a call.
    pub seal record::record_append(division: Division, record: CallRecord) -> ();
    /// The newest records of calls that went wrong, newest first.
    pub open record::record_list_failures(division: &Division, limit: u32) -> Vec<CallRecord>;
    /// The records of the calls that decided about a case, oldest first.
    pub open record::record_list_case(division: &Division, number: &CaseNumber) -> Vec<CallRecord>;
}
