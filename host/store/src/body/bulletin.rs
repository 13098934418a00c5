//! Bulletins of a month (article 34): published once, frozen, their hash in the audit chain.

use lotus_domain::audit::Done;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::monitoring::Month;
use sqlx::Row as _;

use super::{Connection, Db, Row, audit, row};
use crate::StoreError;
use crate::monitoring::BulletinKept;

/// Publishes a bulletin once, and writes its hash into the audit chain; whether it was not there before.
pub(crate) async fn bulletin_publish(
    db: &mut Connection,
    division: &Division,
    bulletin: &BulletinKept,
    done: &Done,
) -> Result<bool, StoreError> {
    let kept = sqlx::query::<Db>(
        "INSERT INTO bulletin (division, month, made, body, hash) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(division.as_str())
    .bind(bulletin.month.to_string())
    .bind(bulletin.made.as_millisecond())
    .bind(bulletin.body.as_str())
    .bind(bulletin.hash.0.as_slice())
    .execute(&mut *db)
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    audit::audit_append(db, division, done).await?;
    Ok(true)
}

/// A bulletin as it was published.
pub(crate) async fn bulletin_get(
    db: &mut Connection,
    division: &Division,
    month: Month,
) -> Result<Option<BulletinKept>, StoreError> {
    let found = sqlx::query::<Db>("SELECT month, made, body, hash FROM bulletin WHERE division = $1 AND month = $2")
        .bind(division.as_str())
        .bind(month.to_string())
        .fetch_optional(db)
        .await?;
    let kept = |found: Row| {
        Ok(BulletinKept {
            month: row::parsed("a month", Month::parse(found.try_get(0)?))?,
            made: row::moment(found.try_get(1)?)?,
            body: found.try_get(2)?,
            hash: row::hash(found.try_get(3)?)?,
        })
    };
    found.map(kept).transpose()
}

/// The months of which a division has bulletins, newest first, with their hashes.
pub(crate) async fn bulletin_list(
    db: &mut Connection,
    division: &Division,
    limit: u32,
) -> Result<Vec<(Month, Hash)>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT month, hash FROM bulletin WHERE division = $1 ORDER BY month DESC LIMIT $2")
        .bind(division.as_str())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|found| Ok((row::parsed("a month", Month::parse(found.try_get(0)?))?, row::hash(found.try_get(1)?)?)))
        .collect()
}
