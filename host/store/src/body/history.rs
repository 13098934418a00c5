//! What is verified: every event as it is stored, whether its case is there or not, what cases say they fold to, and the
//! evidence of cards. Read page by page, in order, so that no history is ever whole in memory.

use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::supervision::Card;
use sqlx::Row as _;

use super::{Connection, Db, Row, case, row, supervision};
use crate::vault::DistrictKeys;
use crate::{CaseHead, EventRow, StoreError};

fn head(found: &Row) -> Result<CaseHead, StoreError> {
    Ok(CaseHead { number: found.try_get(0)?, state: found.try_get(1)?, revision: found.try_get(2)? })
}

pub(crate) async fn case_head_page(
    db: &mut Connection,
    division: &Division,
    after: &str,
    limit: u32,
) -> Result<Vec<CaseHead>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT number, state, revision FROM case_file WHERE division = $1 AND number > $2 ORDER BY number LIMIT $3",
    )
    .bind(division.as_str())
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(head).collect()
}

pub(crate) async fn case_head(
    db: &mut Connection,
    division: &Division,
    number: &str,
) -> Result<Option<CaseHead>, StoreError> {
    let found = sqlx::query::<Db>("SELECT number, state, revision FROM case_file WHERE division = $1 AND number = $2")
        .bind(division.as_str())
        .bind(number)
        .fetch_optional(db)
        .await?;
    found.as_ref().map(head).transpose()
}

pub(crate) async fn event_page(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &str,
    after: i64,
    limit: u32,
) -> Result<Vec<EventRow>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT sequence, at, role, account, action, from_state, to_state, reason, basis, remark, previous, hash, number
         FROM case_event WHERE division = $1 AND (number, sequence) > ($2, $3) ORDER BY number, sequence LIMIT $4",
    )
    .bind(division.as_str())
    .bind(number)
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|found| {
            let number: String = found.try_get(12)?;
            let event = match CaseNumber::parse(&number) {
                // Whatever was done to it, the next one is still to be looked at.
                Ok(number) => case::event(keys, &number, found).map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            let hash = Hash::from_bytes(found.try_get(11)?);
            Ok(EventRow { sequence: found.try_get(0)?, hash, event, number })
        })
        .collect()
}

pub(crate) async fn event_hash(
    db: &mut Connection,
    division: &Division,
    number: &CaseNumber,
    sequence: u32,
) -> Result<Option<Hash>, StoreError> {
    let found = sqlx::query::<Db>("SELECT hash FROM case_event WHERE division = $1 AND number = $2 AND sequence = $3")
        .bind(division.as_str())
        .bind(number.as_str())
        .bind(i64::from(sequence))
        .fetch_optional(db)
        .await?;
    found.map_or(Ok(None), |found| Ok(Hash::from_bytes(found.try_get(0)?)))
}

pub(crate) async fn card_page(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    after: Option<&Card>,
    limit: u32,
) -> Result<Vec<Card>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT number, level, ground, about, department, given, evidence, state, answer FROM supervision_card
         WHERE division = $1 AND (number, level, ground, about) > ($2, $3, $4, $5)
         ORDER BY number, level, ground, about LIMIT $6",
    )
    .bind(division.as_str())
    .bind(after.map_or("", |card| card.number.as_str()))
    .bind(after.map_or("", |card| card.level.name()))
    .bind(after.map_or("", |card| card.ground.name()))
    .bind(after.map_or(i64::MIN, |card| card.about.as_millisecond()))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| supervision::card(keys, division, found)).collect()
}

pub(crate) async fn audit_count(db: &mut Connection, division: &Division) -> Result<u64, StoreError> {
    // `audit_append` counts there in the transaction that adds.
    let found = sqlx::query::<Db>("SELECT generation FROM change WHERE topic = $1")
        .bind(format!("audit/{division}"))
        .fetch_optional(db)
        .await?;
    found.map_or(Ok(0), |found| Ok(row::unsigned(found.try_get(0)?)))
}
