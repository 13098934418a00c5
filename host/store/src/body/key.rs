//! Data keys of districts, wrapped: what is here is useless without the keyring.

use lotus_domain::district::Division;
use sqlx::Row as _;

use super::activation::changed;
use super::{Connection, Db, row};
use crate::StoreError;
use crate::vault::{Suite, Wrapped};

pub(crate) async fn key_list(db: &mut Connection, division: &Division) -> Result<Vec<Wrapped>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT id, suite, wrapped_by, wrapped FROM data_key WHERE division = $1 ORDER BY id")
        .bind(division.as_str())
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|found| {
            let suite: &str = found.try_get(1)?;
            Ok(Wrapped {
                id: row::small("a data key", found.try_get(0)?)?,
                suite: Suite::parse(suite).ok_or_else(|| StoreError::unreadable("a suite", suite))?,
                by: found.try_get(2)?,
                bytes: found.try_get(3)?,
            })
        })
        .collect()
}

/// Adds data keys; one that is there already stays: whoever was first decides.
pub(crate) async fn key_add(db: &mut Connection, division: &Division, keys: &[Wrapped]) -> Result<(), StoreError> {
    for key in keys {
        sqlx::query::<Db>(
            "INSERT INTO data_key (division, id, suite, wrapped_by, wrapped) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (division, id) DO NOTHING",
        )
        .bind(division.as_str())
        .bind(i64::from(key.id))
        .bind(key.suite.name())
        .bind(key.by.as_str())
        .bind(key.bytes.as_slice())
        .execute(&mut *db)
        .await?;
    }
    // Every replica is to seal with the newest within a second.
    changed(db).await
}

/// Keeps the same data keys under another wrapping.
pub(crate) async fn key_rewrap(db: &mut Connection, division: &Division, keys: &[Wrapped]) -> Result<(), StoreError> {
    for key in keys {
        sqlx::query::<Db>("UPDATE data_key SET wrapped_by = $3, wrapped = $4 WHERE division = $1 AND id = $2")
            .bind(division.as_str())
            .bind(i64::from(key.id))
            .bind(key.by.as_str())
            .bind(key.bytes.as_slice())
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}
