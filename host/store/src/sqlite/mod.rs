//! SQLite: readers beside one writer that commits what waits together.
//!
//! A commit costs a flush of the disk, whatever is in it. So writes queue up while one is flushed, and the writer takes
//! all that wait into the next transaction: at 32 writers this is several times as many commits as one by one.
//!
//! Invariant: a write is answered only after the commit that holds it. Where one of a group fails, the group is undone
//! and each of its writes is run again in a transaction of its own, so that none pays for another.

mod writer;

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::StoreError;
use writer::{Work, Writer};

/// The database that `body/` is compiled for here.
pub(crate) type Db = sqlx::Sqlite;
/// Its connection.
pub(crate) type Connection = SqliteConnection;

/// What makes a queue's readers pass over rows that another has taken: nothing, where one writer takes all.
macro_rules! for_update_skip_locked {
    () => {
        ""
    };
}

#[path = "../body/mod.rs"]
mod body;
pub(crate) use body::{
    account, activation, appointment, assistance, audit, bulletin, calendar, case, case_mark, catalog, claim,
    convenience, district, draft, evaluation, fact_file, fee, grievance, history, intermediary, key, kind, licence,
    material, monitoring, notice, package, policy, preference, publisher, rating, rating_place, rating_public, record,
    reseal, role, second_factor, selection, session, setting, storage, supervision, supervisor, token, tutoring, visit,
    warning,
};

#[derive(Clone)]
pub(crate) struct Database {
    readers: SqlitePool,
    writer: Writer,
}

impl Database {
    pub(crate) async fn open(file: &Path, readers: u32) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Durable: an acknowledged write survives the loss of power, not only of the process.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .foreign_keys(true)
            .pragma("cache_size", "-32768")
            .pragma("mmap_size", "268435456");
        // The writer first: it makes the file and its schema.
        let writer = Writer::open(&options).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(readers.max(1))
            .acquire_timeout(Duration::from_secs(3))
            // A file does not go away as a server does; asking it before each use would double the cost of a read.
            .test_before_acquire(false)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self { readers, writer })
    }

    pub(crate) async fn reader(&self) -> Result<sqlx::pool::PoolConnection<Db>, StoreError> {
        Ok(self.readers.acquire().await?)
    }

    pub(crate) async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError> {
        self.writer.write(work).await
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
