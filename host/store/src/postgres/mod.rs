//! PostgreSQL: a pool of connections, a transaction for each write. The server itself commits in groups.

use std::str::FromStr as _;
use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};

use crate::StoreError;

/// The database that `body/` is compiled for here.
pub(crate) type Db = sqlx::Postgres;
/// Its connection.
pub(crate) type Connection = PgConnection;

/// What makes a queue's readers pass over rows that another has taken.
macro_rules! for_update_skip_locked {
    () => {
        " FOR UPDATE SKIP LOCKED"
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

/// How often a write is tried again that collided with another.
const TRIES: u32 = 5;

/// A write: may be run more than once until it is committed.
pub(crate) type Work<T> =
    Box<dyn for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Database {
    pool: PgPool,
}

impl Database {
    pub(crate) async fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Address(error.to_string()))?
            .application_name("lotus")
            // A statement that hangs must not hold its connection for ever.
            .options([("statement_timeout", "10s"), ("idle_in_transaction_session_timeout", "30s")]);
        let pool = PgPoolOptions::new()
            .max_connections(connections.max(1))
            .acquire_timeout(Duration::from_secs(3))
            .connect_with(options)
            .await?;
        sqlx::migrate!("migrations/postgres").run(&pool).await?;
        Ok(Self { pool })
    }

    pub(crate) async fn reader(&self) -> Result<sqlx::pool::PoolConnection<Db>, StoreError> {
        Ok(self.pool.acquire().await?)
    }

    pub(crate) async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError> {
        let mut tries = 1;
        loop {
            let mut transaction = self.pool.begin().await?;
            let done = match work(&mut transaction).await {
                Ok(answer) => transaction.commit().await.map(|()| answer).map_err(StoreError::from),
                // Dropping the transaction rolls it back.
                Err(error) => Err(error),
            };
            match done {
                Err(StoreError::Collision(_)) if tries < TRIES => {
                    tracing::debug!(tries, "a write collided with another; it is tried again");
                    tokio::time::sleep(Duration::from_millis(u64::from(2_u32.pow(tries)))).await;
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}
