//! Records of plugin calls.

use std::time::Duration;

use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::record::{CallRecord, Ending};
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

/// Sealed: a transcript holds all that was typed.
const TRANSCRIPT: &str = "call_record.transcript";

fn record(keys: &DistrictKeys, division: &Division, found: &Row) -> Result<CallRecord, StoreError> {
    let ending: &str = found.try_get(5)?;
    let id: i64 = found.try_get(0)?;
    Ok(CallRecord {
        division: division.clone(),
        id,
        plugin: found.try_get(1)?,
        package: row::digest(found.try_get(2)?)?,
        function: found.try_get(3)?,
        at: row::moment(found.try_get(4)?)?,
        ending: Ending::parse(ending).ok_or_else(|| StoreError::unreadable("a call's ending", ending))?,
        message: found.try_get(6)?,
        took: Duration::from_micros(row::unsigned(found.try_get(7)?)),
        case: found.try_get(8)?,
        transcript: keys.open(TRANSCRIPT, &id.to_string(), found.try_get(9)?)?,
    })
}

pub(crate) async fn record_append(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    record: &CallRecord,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO call_record
             (division, id, plugin, package, function, at, ending, message, took, case_number, transcript)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(division.as_str())
    .bind(record.id)
    .bind(record.plugin.as_str())
    .bind(record.package.as_bytes().as_slice())
    .bind(record.function.as_str())
    .bind(record.at.as_millisecond())
    .bind(record.ending.name())
    // PostgreSQL has no place for this character in a text.
    .bind(record.message.as_ref().map(|message| message.replace('\0', "␀")))
    .bind(i64::try_from(record.took.as_micros()).unwrap_or(i64::MAX))
    .bind(record.case.as_deref())
    .bind(keys.seal(TRANSCRIPT, &record.id.to_string(), &record.transcript)?)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn record_list_failures(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    limit: u32,
) -> Result<Vec<CallRecord>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, plugin, package, function, at, ending, message, took, case_number, transcript FROM call_record
         WHERE division = $1 AND ending NOT IN ('answer', 'refused') ORDER BY id DESC LIMIT $2",
    )
    .bind(division.as_str())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| record(keys, division, found)).collect()
}

pub(crate) async fn record_list_case(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
) -> Result<Vec<CallRecord>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, plugin, package, function, at, ending, message, took, case_number, transcript FROM call_record
         WHERE division = $1 AND case_number = $2 ORDER BY id",
    )
    .bind(division.as_str())
    .bind(number.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| record(keys, division, found)).collect()
}

pub(crate) async fn record_list_plugin(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    plugin: &str,
    limit: u32,
) -> Result<Vec<CallRecord>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, plugin, package, function, at, ending, message, took, case_number, transcript FROM call_record
         WHERE division = $1 AND plugin = $2 ORDER BY id DESC LIMIT $3",
    )
    .bind(division.as_str())
    .bind(plugin)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| record(keys, division, found)).collect()
}

pub(crate) async fn record_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: i64,
) -> Result<Option<CallRecord>, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT id, plugin, package, function, at, ending, message, took, case_number, transcript FROM call_record
         WHERE division = $1 AND id = $2",
    )
    .bind(division.as_str())
    .bind(id)
    .fetch_optional(db)
    .await?;
    found.as_ref().map(|found| record(keys, division, found)).transpose()
}
