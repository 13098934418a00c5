//! Where is rated: visits that were served, calls that were taken, tablets in the halls.

use jiff::Timestamp;
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::mark::Mark;
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::rating::{Called, Device, Served};
use crate::vault::DistrictKeys;

/// Whose call it was: found again by a keyed hash of the number.
const TELEPHONE: &str = "rating_call.telephone";

/// The columns of a visit that was served, then the rest of the query.
macro_rules! select_served {
    ($rest:literal) => {
        concat!(
            "SELECT s.visit, s.counter, s.account, s.at, b.account, b.number,
                 (SELECT c.number FROM convenience_case AS c
                  WHERE c.division = s.division AND c.source = 'booking' AND c.id = s.visit)
             FROM visit_served AS s JOIN booking AS b ON b.division = s.division AND b.id = s.visit ",
            $rest
        )
    };
}

fn served(found: &Row) -> Result<Served, StoreError> {
    let number: Option<i64> = found.try_get(5)?;
    let answers: Option<&str> = found.try_get(6)?;
    Ok(Served {
        visit: found.try_get(0)?,
        counter: row::parsed("a counter", Slug::parse(found.try_get::<String, _>(1)?))?,
        by: found.try_get(2)?,
        at: row::moment(found.try_get(3)?)?,
        account: found.try_get::<Option<String>, _>(4)?.map(AccountId),
        number: number.map(|number| row::small("a waiting number", number)).transpose()?,
        case: answers.map(|number| row::parsed("a case number", CaseNumber::parse(number))).transpose()?,
    })
}

/// Keeps who called whom to a counter.
pub(crate) async fn visit_served_put(
    db: &mut Connection,
    division: &Division,
    visit: &str,
    counter: &Slug,
    by: &str,
    at: &Timestamp,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO visit_served (division, visit, counter, account, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (division, visit) DO NOTHING",
    )
    .bind(division.as_str())
    .bind(visit)
    .bind(counter.as_str())
    .bind(by)
    .bind(at.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn visit_served_get(
    db: &mut Connection,
    division: &Division,
    visit: &str,
) -> Result<Option<Served>, StoreError> {
    let found = sqlx::query::<Db>(select_served!("WHERE s.division = $1 AND s.visit = $2"))
        .bind(division.as_str())
        .bind(visit)
        .fetch_optional(db)
        .await?;
    found.map(|found| served(&found)).transpose()
}

/// Who was served at a counter last, since a moment.
pub(crate) async fn visit_served_last(
    db: &mut Connection,
    division: &Division,
    counter: &Slug,
    since: Timestamp,
) -> Result<Option<Served>, StoreError> {
    let found = sqlx::query::<Db>(select_served!(
        "WHERE s.division = $1 AND s.counter = $2 AND s.at >= $3 ORDER BY s.at DESC, s.visit LIMIT 1"
    ))
    .bind(division.as_str())
    .bind(counter.as_str())
    .bind(since.as_millisecond())
    .fetch_optional(db)
    .await?;
    found.map(|found| served(&found)).transpose()
}

/// Keeps that somebody called.
pub(crate) async fn rating_call_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    call: &Called,
    telephone: &Mark,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO rating_call (division, id, department, account, telephone, at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(division.as_str())
    .bind(call.id.as_str())
    .bind(call.department.as_str())
    .bind(call.by.as_str())
    .bind(keys.index(TELEPHONE, telephone.value()).0.to_vec())
    .bind(call.at.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

fn called(found: &Row) -> Result<Called, StoreError> {
    Ok(Called {
        id: found.try_get(0)?,
        department: found.try_get(1)?,
        by: found.try_get(2)?,
        at: row::moment(found.try_get(3)?)?,
    })
}

pub(crate) async fn rating_call_get(
    db: &mut Connection,
    division: &Division,
    id: &str,
) -> Result<Option<Called>, StoreError> {
    let found =
        sqlx::query::<Db>("SELECT id, department, account, at FROM rating_call WHERE division = $1 AND id = $2")
            .bind(division.as_str())
            .bind(id)
            .fetch_optional(db)
            .await?;
    found.map(|found| called(&found)).transpose()
}

/// The newest calls from a number, since a moment.
pub(crate) async fn rating_call_list(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    telephone: &Mark,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<Called>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, department, account, at FROM rating_call
         WHERE division = $1 AND telephone = $2 AND at >= $3 ORDER BY at DESC, id LIMIT $4",
    )
    .bind(division.as_str())
    .bind(keys.index(TELEPHONE, telephone.value()).0.to_vec())
    .bind(since.as_millisecond())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(called).collect()
}

fn device(found: &Row) -> Result<Device, StoreError> {
    let ended: Option<i64> = found.try_get(4)?;
    Ok(Device {
        id: found.try_get(0)?,
        counter: row::parsed("a counter", Slug::parse(found.try_get::<String, _>(1)?))?,
        issued: row::moment(found.try_get(2)?)?,
        issued_by: found.try_get(3)?,
        ended: ended.map(row::moment).transpose()?,
    })
}

/// Keeps a tablet with the hash of its code.
pub(crate) async fn rating_device_put(
    db: &mut Connection,
    division: &Division,
    new: &Device,
    secret: &Hash,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO rating_device (division, id, counter, secret, issued, issued_by, ended)
         VALUES ($1, $2, $3, $4, $5, $6, NULL)",
    )
    .bind(division.as_str())
    .bind(new.id.as_str())
    .bind(new.counter.as_str())
    .bind(secret.0.to_vec())
    .bind(new.issued.as_millisecond())
    .bind(new.issued_by.as_str())
    .execute(db)
    .await?;
    Ok(())
}

/// The tablet of a code, where it is in use.
pub(crate) async fn rating_device_of(
    db: &mut Connection,
    division: &Division,
    secret: &Hash,
) -> Result<Option<Device>, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT id, counter, issued, issued_by, ended FROM rating_device
         WHERE division = $1 AND secret = $2 AND ended IS NULL",
    )
    .bind(division.as_str())
    .bind(secret.0.to_vec())
    .fetch_optional(db)
    .await?;
    found.map(|found| device(&found)).transpose()
}

/// A district's tablets, newest first.
pub(crate) async fn rating_device_list(
    db: &mut Connection,
    division: &Division,
    limit: u32,
) -> Result<Vec<Device>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, counter, issued, issued_by, ended FROM rating_device WHERE division = $1
         ORDER BY issued DESC, id LIMIT $2",
    )
    .bind(division.as_str())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(device).collect()
}

/// Takes a tablet out of use; whether it was in use.
pub(crate) async fn rating_device_end(
    db: &mut Connection,
    division: &Division,
    id: &str,
    at: &Timestamp,
) -> Result<bool, StoreError> {
    let done =
        sqlx::query::<Db>("UPDATE rating_device SET ended = $3 WHERE division = $1 AND id = $2 AND ended IS NULL")
            .bind(division.as_str())
            .bind(id)
            .bind(at.as_millisecond())
            .execute(db)
            .await?;
    Ok(done.rows_affected() > 0)
}
