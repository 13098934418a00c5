//! The cases that answer for bookings and home visits: a change of the row is counted in its own transaction, so that a
//! case which was not moved with it is found again.

use lotus_domain::appointment::BookingState;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::visit::VisitState;
use sqlx::Row as _;

use super::{Connection, Db, Row, appointment, row};
use crate::StoreError;
use crate::convenience::{Answered, Became};

pub(super) const BOOKING: &str = "booking";
pub(super) const VISIT: &str = "visit";

/// A row began with its case: the case knows all there is.
pub(super) async fn begun(
    db: &mut Connection,
    division: &Division,
    source: &str,
    id: &str,
    number: &CaseNumber,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO convenience_case (division, source, id, number, changes, told) VALUES ($1, $2, $3, $4, 0, 0)",
    )
    .bind(division.as_str())
    .bind(source)
    .bind(id)
    .bind(number.as_str())
    .execute(db)
    .await?;
    Ok(())
}

/// A row has changed: its case lags behind until it is told. One without a case has none to tell.
pub(super) async fn changed(
    db: &mut Connection,
    division: &Division,
    source: &str,
    id: &str,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "UPDATE convenience_case SET changes = changes + 1 WHERE division = $1 AND source = $2 AND id = $3",
    )
    .bind(division.as_str())
    .bind(source)
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

/// The columns of a row with its case, then the rest of the query.
macro_rules! select_answered {
    ($rest:literal) => {
        concat!(
            "SELECT c.source, c.number, c.changes, c.told, b.state, v.state
             FROM convenience_case AS c
             LEFT JOIN booking AS b ON c.source = 'booking' AND b.division = c.division AND b.id = c.id
             LEFT JOIN visit_order AS v ON c.source = 'visit' AND v.division = c.division AND v.id = c.id ",
            $rest
        )
    };
}

fn answered(found: &Row) -> Result<Option<Answered>, StoreError> {
    let became = match found.try_get::<&str, _>(0)? {
        BOOKING => found.try_get::<Option<&str>, _>(4)?.and_then(BookingState::parse).map(Became::Booking),
        _ => found.try_get::<Option<&str>, _>(5)?.and_then(VisitState::parse).map(Became::Visit),
    };
    let Some(became) = became else { return Ok(None) };
    let number = row::parsed("a case number", CaseNumber::parse(found.try_get(1)?))?;
    Ok(Some(Answered { number, became, changes: found.try_get(2)?, told: found.try_get(3)? }))
}

pub(crate) async fn convenience_get(
    db: &mut Connection,
    division: &Division,
    id: &str,
) -> Result<Option<Answered>, StoreError> {
    let found =
        sqlx::query::<Db>(select_answered!("WHERE c.division = $1 AND c.source IN ('booking', 'visit') AND c.id = $2"))
            .bind(division.as_str())
            .bind(id)
            .fetch_optional(db)
            .await?;
    found.map_or(Ok(None), |found| answered(&found))
}

pub(crate) async fn convenience_list_behind(
    db: &mut Connection,
    division: &Division,
    limit: u32,
) -> Result<Vec<Answered>, StoreError> {
    let rows = sqlx::query::<Db>(select_answered!(
        "WHERE c.division = $1 AND c.told < c.changes ORDER BY c.source, c.id LIMIT $2"
    ))
    .bind(division.as_str())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    Ok(rows.iter().map(answered).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

pub(crate) async fn convenience_told(
    db: &mut Connection,
    division: &Division,
    number: &CaseNumber,
    changes: &i64,
) -> Result<(), StoreError> {
    sqlx::query::<Db>("UPDATE convenience_case SET told = $3 WHERE division = $1 AND number = $2 AND told < $3")
        .bind(division.as_str())
        .bind(number.as_str())
        .bind(*changes)
        .execute(db)
        .await?;
    Ok(())
}

/// Lets the row follow a step that was made at its case; where it is there already, nothing happens.
pub(crate) async fn convenience_follow(
    db: &mut Connection,
    division: &Division,
    number: &CaseNumber,
    state: &str,
) -> Result<(), StoreError> {
    let found = sqlx::query::<Db>("SELECT source, id FROM convenience_case WHERE division = $1 AND number = $2")
        .bind(division.as_str())
        .bind(number.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let Some(found) = found else { return Ok(()) };
    let id: String = found.try_get(1)?;
    let follow = match (found.try_get::<&str, _>(0)?, state) {
        (BOOKING, "arrived") => return arrived(db, division, &id).await,
        (BOOKING, "served") => {
            "UPDATE booking SET state = 'called' WHERE division = $1 AND id = $2 AND state = 'waiting'"
        }
        (BOOKING, "cancelled") => {
            "UPDATE booking SET state = 'cancelled', place = NULL WHERE division = $1 AND id = $2 AND state = 'booked'"
        }
        (BOOKING, "missed") => {
            "UPDATE booking SET state = 'missed', place = NULL
             WHERE division = $1 AND id = $2 AND state IN ('booked', 'waiting')"
        }
        (VISIT, "asked") => {
            "UPDATE visit_order SET state = 'ordered' WHERE division = $1 AND id = $2 AND state = 'planned'"
        }
        (VISIT, "planned") => {
            "UPDATE visit_order SET state = 'planned' WHERE division = $1 AND id = $2 AND state = 'ordered'"
        }
        (VISIT, "visited") => {
            "UPDATE visit_order SET state = 'done' WHERE division = $1 AND id = $2 AND state IN ('ordered', 'planned')"
        }
        (VISIT, "withdrawn" | "declined") => {
            "UPDATE visit_order SET state = 'cancelled'
             WHERE division = $1 AND id = $2 AND state IN ('ordered', 'planned')"
        }
        _ => return Ok(()),
    };
    sqlx::query::<Db>(follow).bind(division.as_str()).bind(id).execute(db).await?;
    Ok(())
}

/// Somebody arrived by their case's page: they get a waiting number as at the counter.
async fn arrived(db: &mut Connection, division: &Division, id: &str) -> Result<(), StoreError> {
    let found = sqlx::query::<Db>("SELECT day FROM booking WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(id)
        .fetch_optional(&mut *db)
        .await?;
    let Some(found) = found else { return Ok(()) };
    let day = row::parsed("a day", found.try_get::<&str, _>(0)?.parse())?;
    appointment::booking_arrive(db, division, id, &day).await?;
    Ok(())
}
