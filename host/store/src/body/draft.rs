//! Drafts: one for each holder and form, sealed.

use jiff::Timestamp;
use lotus_domain::district::Division;
use lotus_domain::draft::Draft;
use lotus_domain::material::Holder;
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

const BODY: &str = "draft.body";

/// What binds a draft to its row.
fn place(holder: &str, subject: &str) -> String {
    format!("{holder}\0{subject}")
}

fn draft(keys: &DistrictKeys, found: &Row) -> Result<Draft, StoreError> {
    let (holder, subject): (String, String) = (found.try_get(0)?, found.try_get(1)?);
    let body = row::from_json(BODY, &keys.open(BODY, &place(&holder, &subject), found.try_get(2)?)?)?;
    let holder = Holder::parse(&holder).ok_or_else(|| StoreError::unreadable("a draft's holder", "it is none"))?;
    Ok(Draft { holder, subject, body, saved: row::moment(found.try_get(3)?)? })
}

pub(crate) async fn draft_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    draft: &Draft,
) -> Result<(), StoreError> {
    let holder = draft.holder.column();
    sqlx::query::<Db>(
        "INSERT INTO draft (division, holder, subject, body, saved) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (division, holder, subject) DO UPDATE SET body = excluded.body, saved = excluded.saved
         WHERE draft.saved <= excluded.saved",
    )
    .bind(division.as_str())
    .bind(holder.as_str())
    .bind(draft.subject.as_str())
    .bind(keys.seal(BODY, &place(&holder, &draft.subject), row::to_json(&draft.body)?.as_bytes())?)
    .bind(draft.saved.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn draft_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    holder: &Holder,
    subject: &str,
) -> Result<Option<Draft>, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT holder, subject, body, saved FROM draft WHERE division = $1 AND holder = $2 AND subject = $3",
    )
    .bind(division.as_str())
    .bind(holder.column())
    .bind(subject)
    .fetch_optional(db)
    .await?;
    found.map(|found| draft(keys, &found)).transpose()
}

pub(crate) async fn draft_list(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    holder: &Holder,
) -> Result<Vec<Draft>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT holder, subject, body, saved FROM draft WHERE division = $1 AND holder = $2 ORDER BY saved DESC",
    )
    .bind(division.as_str())
    .bind(holder.column())
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| draft(keys, found)).collect()
}

pub(crate) async fn draft_remove(
    db: &mut Connection,
    division: &Division,
    holder: &Holder,
    subject: &str,
) -> Result<bool, StoreError> {
    let gone = sqlx::query::<Db>("DELETE FROM draft WHERE division = $1 AND holder = $2 AND subject = $3")
        .bind(division.as_str())
        .bind(holder.column())
        .bind(subject)
        .execute(db)
        .await?;
    Ok(gone.rows_affected() > 0)
}

pub(crate) async fn draft_sweep(
    db: &mut Connection,
    division: &Division,
    before: &Timestamp,
) -> Result<u64, StoreError> {
    let gone = sqlx::query::<Db>("DELETE FROM draft WHERE division = $1 AND saved < $2")
        .bind(division.as_str())
        .bind(before.as_millisecond())
        .execute(db)
        .await?;
    Ok(gone.rows_affected())
}
