//! Sessions, in the city's division; of a cookie's secret only its hash is here.

use jiff::Timestamp;
use lotus_domain::account::{AccountId, Session};
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;

fn session(found: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: row::hash(found.try_get(0)?)?,
        account: AccountId(found.try_get(1)?),
        created: row::moment(found.try_get(2)?)?,
        seen: row::moment(found.try_get(3)?)?,
        ends: row::moment(found.try_get(4)?)?,
        strong: found.try_get::<i64, _>(5)? != 0,
        acting_for: found.try_get(6)?,
        agent: found.try_get(7)?,
    })
}

/// Begins a session, in place of the one before where there was one: a sign-in never keeps an id.
pub(crate) async fn session_begin(
    db: &mut Connection,
    city: &Division,
    new: &Session,
    before: &Option<Hash>,
) -> Result<(), StoreError> {
    if let Some(before) = before {
        session_end(db, city, before).await?;
    }
    sqlx::query::<Db>(
        "INSERT INTO session (division, id, account, created, seen, ends, strong, acting_for, agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(city.as_str())
    .bind(new.id.0.as_slice())
    .bind(new.account.0.as_str())
    .bind(new.created.as_millisecond())
    .bind(new.seen.as_millisecond())
    .bind(new.ends.as_millisecond())
    .bind(i64::from(new.strong))
    .bind(new.acting_for.as_deref())
    .bind(new.agent.replace('\0', ""))
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn session_get(
    db: &mut Connection,
    city: &Division,
    id: &Hash,
) -> Result<Option<Session>, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT id, account, created, seen, ends, strong, acting_for, agent FROM session WHERE division = $1 AND id = $2",
    )
    .bind(city.as_str())
    .bind(id.0.as_slice())
    .fetch_optional(db)
    .await?;
    found.map(|found| session(&found)).transpose()
}

pub(crate) async fn session_list(
    db: &mut Connection,
    city: &Division,
    account: &AccountId,
) -> Result<Vec<Session>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, account, created, seen, ends, strong, acting_for, agent FROM session
         WHERE division = $1 AND account = $2 ORDER BY seen DESC",
    )
    .bind(city.as_str())
    .bind(account.0.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(session).collect()
}

/// Notes that a session was used.
pub(crate) async fn session_seen(
    db: &mut Connection,
    city: &Division,
    id: &Hash,
    at: &Timestamp,
) -> Result<(), StoreError> {
    sqlx::query::<Db>("UPDATE session SET seen = $3 WHERE division = $1 AND id = $2 AND seen < $3")
        .bind(city.as_str())
        .bind(id.0.as_slice())
        .bind(at.as_millisecond())
        .execute(db)
        .await?;
    Ok(())
}

/// Says for whom a session acts from now on.
pub(crate) async fn session_act_for(
    db: &mut Connection,
    city: &Division,
    id: &Hash,
    credit_code: &Option<String>,
) -> Result<(), StoreError> {
    sqlx::query::<Db>("UPDATE session SET acting_for = $3 WHERE division = $1 AND id = $2")
        .bind(city.as_str())
        .bind(id.0.as_slice())
        .bind(credit_code.as_deref())
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn session_end(db: &mut Connection, city: &Division, id: &Hash) -> Result<bool, StoreError> {
    let ended = sqlx::query::<Db>("DELETE FROM session WHERE division = $1 AND id = $2")
        .bind(city.as_str())
        .bind(id.0.as_slice())
        .execute(db)
        .await?;
    Ok(ended.rows_affected() > 0)
}

/// Ends all sessions of an account.
pub(crate) async fn session_end_all(
    db: &mut Connection,
    city: &Division,
    account: &AccountId,
) -> Result<u64, StoreError> {
    let ended = sqlx::query::<Db>("DELETE FROM session WHERE division = $1 AND account = $2")
        .bind(city.as_str())
        .bind(account.0.as_str())
        .execute(db)
        .await?;
    Ok(ended.rows_affected())
}

/// Removes sessions that are over.
pub(crate) async fn session_sweep(db: &mut Connection, city: &Division, now: &Timestamp) -> Result<u64, StoreError> {
    let swept = sqlx::query::<Db>("DELETE FROM session WHERE division = $1 AND ends < $2")
        .bind(city.as_str())
        .bind(now.as_millisecond())
        .execute(db)
        .await?;
    Ok(swept.rows_affected())
}
