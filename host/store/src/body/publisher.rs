//! Whose plugins a city believes, and the statements that came with packages.

use jiff::Timestamp;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::package::Digest;
use lotus_domain::publisher::Publisher;
use sqlx::Row as _;

use super::{Connection, Db, activation, row};
use crate::StoreError;

pub(crate) async fn publisher_list(db: &mut Connection, division: &Division) -> Result<Vec<Publisher>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT body FROM publisher WHERE division = $1 ORDER BY key_id")
        .bind(division.as_str())
        .fetch_all(db)
        .await?;
    rows.iter().map(|found| row::from_json("a publisher", found.try_get::<&str, _>(0)?.as_bytes())).collect()
}

pub(crate) async fn publisher_put(
    db: &mut Connection,
    division: &Division,
    publisher: &Publisher,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO publisher (division, key_id, body) VALUES ($1, $2, $3)
         ON CONFLICT (division, key_id) DO UPDATE SET body = excluded.body",
    )
    .bind(division.as_str())
    .bind(publisher.key_id.as_str())
    .bind(row::to_json(publisher)?)
    .execute(&mut *db)
    .await?;
    activation::changed(db).await
}

pub(crate) async fn statement_list(
    db: &mut Connection,
    digest: &Digest,
) -> Result<Vec<(Timestamp, Vec<u8>)>, StoreError> {
    let rows =
        sqlx::query::<Db>("SELECT received, envelope FROM package_statement WHERE digest = $1 ORDER BY received, hash")
            .bind(digest.as_bytes().as_slice())
            .fetch_all(db)
            .await?;
    rows.iter().map(|found| Ok((row::moment(found.try_get(0)?)?, found.try_get(1)?))).collect()
}

pub(crate) async fn statement_put(
    db: &mut Connection,
    digest: &Digest,
    received: &Timestamp,
    envelope: &[u8],
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO package_statement (digest, hash, envelope, received) VALUES ($1, $2, $3, $4)
         ON CONFLICT (digest, hash) DO NOTHING",
    )
    .bind(digest.as_bytes().as_slice())
    .bind(Hash::of(envelope).0.as_slice())
    .bind(envelope)
    .bind(received.as_millisecond())
    .execute(&mut *db)
    .await?;
    activation::changed(db).await
}
