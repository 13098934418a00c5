//! Sealing anew: pages of sealed rows whatever their table, and who is at it.

use lotus_domain::district::Division;
use sqlx::{QueryBuilder, Row as _};

use super::{Connection, Db, Row};
use crate::StoreError;
use crate::reseal::{KeyKind, Part, SealedRow, SealedTable};
use crate::vault::{DistrictKeys, sealed_with};

/// Names of columns, with commas between them. They come from our own list.
fn names(columns: impl Iterator<Item = &'static str>) -> String {
    columns.collect::<Vec<_>>().join(", ")
}

fn push(query: &mut QueryBuilder<Db>, part: &Part) {
    match part {
        Part::Text(text) => query.push_bind(text.clone()),
        Part::Integer(number) => query.push_bind(*number),
        Part::Bytes(bytes) => query.push_bind(bytes.clone()),
    };
}

fn sealed_row(table: &SealedTable, found: &Row) -> Result<SealedRow, StoreError> {
    let mut key = Vec::new();
    for (at, (_, kind)) in table.key.iter().enumerate() {
        key.push(match kind {
            KeyKind::Text => Part::Text(found.try_get(at)?),
            KeyKind::Integer => Part::Integer(found.try_get(at)?),
            KeyKind::Bytes => Part::Bytes(found.try_get(at)?),
        });
    }
    let mut sealed = Vec::new();
    for at in 0..table.sealed.len() {
        sealed.push(found.try_get(table.key.len() + at)?);
    }
    Ok(SealedRow { key, sealed })
}

/// Rows of a table after a row, by key.
pub(crate) async fn reseal_page(
    db: &mut Connection,
    division: &Division,
    table: &SealedTable,
    after: Option<&[Part]>,
    limit: u32,
) -> Result<Vec<SealedRow>, StoreError> {
    let key = names(table.key.iter().map(|(name, _)| *name));
    let mut query = QueryBuilder::<Db>::new("SELECT ");
    query.push(format!("{key}, {} FROM {} WHERE division = ", names(table.sealed.iter().copied()), table.name));
    query.push_bind(division.as_str());
    if let Some(after) = after {
        query.push(format!(" AND ({key}) > ("));
        for (at, part) in after.iter().enumerate() {
            query.push(if at == 0 { "" } else { ", " });
            push(&mut query, part);
        }
        query.push(")");
    }
    query.push(format!(" ORDER BY {key} LIMIT ")).push_bind(i64::from(limit));
    let rows = query.build().fetch_all(db).await?;
    rows.iter().map(|found| sealed_row(table, found)).collect()
}

/// Seals rows with the newest key where they are still what was read; how many columns.
pub(crate) async fn reseal_rows(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    table: &SealedTable,
    rows: &[SealedRow],
) -> Result<u64, StoreError> {
    let mut anew = 0;
    for row in rows {
        let place = row.place();
        for (column, value) in table.sealed.iter().zip(&row.sealed) {
            let old = value.as_ref().filter(|value| sealed_with(value).is_some_and(|id| id < keys.current()));
            let Some(old) = old else { continue };
            let bound = format!("{}.{column}", table.name);
            let sealed = keys.seal(&bound, &place, &keys.open(&bound, &place, old)?)?;
            let mut update = QueryBuilder::<Db>::new("UPDATE ");
            update.push(format!("{} SET {column} = ", table.name)).push_bind(sealed);
            update.push(" WHERE division = ").push_bind(division.as_str());
            for ((name, _), part) in table.key.iter().zip(&row.key) {
                update.push(format!(" AND {name} = "));
                push(&mut update, part);
            }
            update.push(format!(" AND {column} = ")).push_bind(old.clone());
            anew += update.build().execute(&mut *db).await?.rows_affected();
        }
    }
    Ok(anew)
}

/// Takes a district to seal it anew with this key, or keeps it: whether it is free, not done, or held by the same.
pub(crate) async fn reseal_hold(
    db: &mut Connection,
    division: &Division,
    key: &u32,
    holder: &str,
    now: &i64,
    until: &i64,
) -> Result<bool, StoreError> {
    let held = sqlx::query::<Db>(
        "INSERT INTO reseal (division, data_key, holder, held_until, done) VALUES ($1, $2, $3, $4, 0)
         ON CONFLICT (division) DO UPDATE
             SET data_key = excluded.data_key, holder = excluded.holder, held_until = excluded.held_until, done = 0
             WHERE reseal.data_key < excluded.data_key
                 OR (reseal.done = 0 AND (reseal.holder = excluded.holder OR reseal.held_until < $5))",
    )
    .bind(division.as_str())
    .bind(i64::from(*key))
    .bind(holder)
    .bind(until)
    .bind(now)
    .execute(db)
    .await?;
    Ok(held.rows_affected() > 0)
}

/// Nothing of a district is sealed with a key before this one any more.
pub(crate) async fn reseal_done(db: &mut Connection, division: &Division, key: &u32) -> Result<(), StoreError> {
    sqlx::query::<Db>("UPDATE reseal SET done = 1 WHERE division = $1 AND data_key = $2")
        .bind(division.as_str())
        .bind(i64::from(*key))
        .execute(db)
        .await?;
    Ok(())
}
