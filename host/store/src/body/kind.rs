//! A city's own definitions of kinds of case, in place of those that ship with the platform.

use jiff::Timestamp;
use lotus_domain::district::Division;
use sqlx::Row as _;

use super::{Connection, Db, activation, row};
use crate::StoreError;

pub(crate) async fn kind_list(
    db: &mut Connection,
    division: &Division,
) -> Result<Vec<(Timestamp, String)>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT since, body FROM kind_definition WHERE division = $1 ORDER BY since, id")
        .bind(division.as_str())
        .fetch_all(db)
        .await?;
    rows.iter().map(|found| Ok((row::moment(found.try_get(0)?)?, found.try_get(1)?))).collect()
}

pub(crate) async fn kind_put(
    db: &mut Connection,
    division: &Division,
    id: &str,
    since: &Timestamp,
    body: &str,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO kind_definition (division, id, since, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (division, id, since) DO UPDATE SET body = excluded.body",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(since.as_millisecond())
    .bind(body)
    .execute(&mut *db)
    .await?;
    activation::changed(db).await
}
