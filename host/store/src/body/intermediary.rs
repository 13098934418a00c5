//! The city's list of intermediaries, their credit, and what they file with a case.

use jiff::civil::Date;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::intermediary::credit::{CreditEvent, CreditKind};
use lotus_domain::intermediary::filing::{Filing, FilingKind, PUBLISHED};
use lotus_domain::intermediary::{Listing, ServiceType};
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::{Connection, Db, Row, activation, case, row};
use crate::vault::DistrictKeys;
use crate::{NewCase, Opened, StoreError};

fn bodies<T: DeserializeOwned>(what: &str, rows: &[Row]) -> Result<Vec<T>, StoreError> {
    rows.iter().map(|found| row::from_json(what, found.try_get::<&str, _>(0)?.as_bytes())).collect()
}

pub(crate) async fn intermediary_service_list(
    db: &mut Connection,
    division: &Division,
) -> Result<Vec<ServiceType>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT body FROM intermediary_service WHERE division = $1 ORDER BY id")
        .bind(division.as_str())
        .fetch_all(db)
        .await?;
    bodies("a service of the catalogue", &rows)
}

pub(crate) async fn intermediary_service_put(
    db: &mut Connection,
    division: &Division,
    services: &[ServiceType],
) -> Result<(), StoreError> {
    for service in services {
        sqlx::query::<Db>(
            "INSERT INTO intermediary_service (division, id, body) VALUES ($1, $2, $3)
             ON CONFLICT (division, id) DO UPDATE SET body = excluded.body",
        )
        .bind(division.as_str())
        .bind(service.id.as_str())
        .bind(row::to_json(service)?)
        .execute(&mut *db)
        .await?;
    }
    activation::changed(db).await
}

pub(crate) async fn intermediary_list(db: &mut Connection, division: &Division) -> Result<Vec<Listing>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT body FROM intermediary WHERE division = $1 ORDER BY code")
        .bind(division.as_str())
        .fetch_all(db)
        .await?;
    bodies("a listing", &rows)
}

async fn put(db: &mut Connection, division: &Division, listing: &Listing) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO intermediary (division, code, body) VALUES ($1, $2, $3)
         ON CONFLICT (division, code) DO UPDATE SET body = excluded.body",
    )
    .bind(division.as_str())
    .bind(listing.code.as_str())
    .bind(row::to_json(listing)?)
    .execute(db)
    .await?;
    Ok(())
}

/// Adds those that are not there yet, with their credit record.
pub(crate) async fn intermediary_seed(
    db: &mut Connection,
    division: &Division,
    listings: &[Listing],
    events: &[CreditEvent],
) -> Result<(), StoreError> {
    for listing in listings {
        sqlx::query::<Db>(
            "INSERT INTO intermediary (division, code, body) VALUES ($1, $2, $3) ON CONFLICT (division, code) DO NOTHING",
        )
        .bind(division.as_str())
        .bind(listing.code.as_str())
        .bind(row::to_json(listing)?)
        .execute(&mut *db)
        .await?;
    }
    for event in events {
        credit(db, division, event).await?;
    }
    activation::changed(db).await
}

pub(crate) async fn intermediary_credit_list(
    db: &mut Connection,
    division: &Division,
) -> Result<Vec<CreditEvent>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT body FROM intermediary_credit WHERE division = $1 ORDER BY code, day, id")
        .bind(division.as_str())
        .fetch_all(db)
        .await?;
    bodies("a credit event", &rows)
}

/// Writes one down, once.
pub(super) async fn credit(db: &mut Connection, division: &Division, event: &CreditEvent) -> Result<bool, StoreError> {
    let done = sqlx::query::<Db>(
        "INSERT INTO intermediary_credit (division, id, code, day, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (division, id) DO NOTHING",
    )
    .bind(division.as_str())
    .bind(event.id.as_str())
    .bind(event.code.as_str())
    .bind(event.day.to_string())
    .bind(row::to_json(event)?)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub(crate) async fn intermediary_credit_add(
    db: &mut Connection,
    division: &Division,
    event: &CreditEvent,
) -> Result<bool, StoreError> {
    let new = credit(db, division, event).await?;
    activation::changed(db).await?;
    Ok(new)
}

pub(crate) async fn intermediary_credit_withdraw(
    db: &mut Connection,
    division: &Division,
    id: &str,
    why: &str,
) -> Result<bool, StoreError> {
    let found = sqlx::query::<Db>("SELECT body FROM intermediary_credit WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(id)
        .fetch_optional(&mut *db)
        .await?;
    let Some(found) = found else { return Ok(false) };
    let event: CreditEvent = row::from_json("a credit event", found.try_get::<&str, _>(0)?.as_bytes())?;
    if event.withdrawn.is_some() {
        return Ok(false);
    }
    let event = CreditEvent { withdrawn: Some(why.to_owned()), ..event };
    sqlx::query::<Db>("UPDATE intermediary_credit SET body = $3 WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(id)
        .bind(row::to_json(&event)?)
        .execute(&mut *db)
        .await?;
    activation::changed(db).await?;
    Ok(true)
}

/// Opens the case of a filing with what is filed: both or neither.
pub(crate) async fn intermediary_file(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &NewCase,
    filing: &Filing,
) -> Result<Opened, StoreError> {
    let opened = case::case_open(&mut *db, keys, division, new).await?;
    if matches!(opened, Opened::New) {
        sqlx::query::<Db>(
            "INSERT INTO intermediary_filing (division, number, code, body, told) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(division.as_str())
        .bind(new.case.number.as_str())
        .bind(filing.code.as_str())
        .bind(row::to_json(filing)?)
        .bind(new.case.state.as_str())
        .execute(db)
        .await?;
    }
    Ok(opened)
}

/// The columns of a filing, then the rest of the query.
macro_rules! select_filing {
    ($rest:literal) => {
        concat!(
            "SELECT f.number, c.state, f.body, f.told FROM intermediary_filing AS f
             JOIN case_file AS c ON c.division = f.division AND c.number = f.number ",
            $rest
        )
    };
}

type Filed = (CaseNumber, String, Filing);

fn filed(found: &Row) -> Result<Filed, StoreError> {
    let number = row::parsed("a case number", CaseNumber::parse(found.try_get(0)?))?;
    Ok((number, found.try_get(1)?, row::from_json("a filing", found.try_get::<&str, _>(2)?.as_bytes())?))
}

pub(crate) async fn intermediary_list_filings(
    db: &mut Connection,
    division: &Division,
    limit: u32,
) -> Result<Vec<Filed>, StoreError> {
    let rows = sqlx::query::<Db>(select_filing!("WHERE f.division = $1 ORDER BY f.number DESC LIMIT $2"))
        .bind(division.as_str())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(filed).collect()
}

pub(crate) async fn intermediary_list_behind(
    db: &mut Connection,
    division: &Division,
    limit: u32,
) -> Result<Vec<CaseNumber>, StoreError> {
    let rows =
        sqlx::query::<Db>(select_filing!("WHERE f.division = $1 AND c.state <> f.told ORDER BY f.number LIMIT $2"))
            .bind(division.as_str())
            .bind(i64::from(limit))
            .fetch_all(db)
            .await?;
    Ok(rows.iter().map(filed).collect::<Result<Vec<_>, _>>()?.into_iter().map(|(number, _, _)| number).collect())
}

/// Lets the city's list follow a filing's case: where it is published, what was filed takes effect, once.
pub(crate) async fn intermediary_follow(
    db: &mut Connection,
    division: &Division,
    number: &CaseNumber,
    city: &Division,
    day: &Date,
) -> Result<(), StoreError> {
    let found = sqlx::query::<Db>(select_filing!("WHERE f.division = $1 AND f.number = $2 AND c.state <> f.told"))
        .bind(division.as_str())
        .bind(number.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let Some(found) = found else { return Ok(()) };
    let (_, state, filing) = filed(&found)?;
    if state == PUBLISHED {
        takes_effect(db, (division, number), city, filing, *day).await?;
        activation::changed(&mut *db).await?;
    }
    sqlx::query::<Db>("UPDATE intermediary_filing SET told = $3 WHERE division = $1 AND number = $2")
        .bind(division.as_str())
        .bind(number.as_str())
        .bind(state)
        .execute(db)
        .await?;
    Ok(())
}

async fn takes_effect(
    db: &mut Connection,
    (division, number): (&Division, &CaseNumber),
    city: &Division,
    filing: Filing,
    day: Date,
) -> Result<(), StoreError> {
    let now = sqlx::query::<Db>("SELECT body FROM intermediary WHERE division = $1 AND code = $2")
        .bind(city.as_str())
        .bind(filing.code.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let now: Option<Listing> = match now {
        Some(now) => Some(row::from_json("a listing", now.try_get::<&str, _>(0)?.as_bytes())?),
        None => None,
    };
    if let Some(listing) = filing.listing {
        let listed = now.filter(|_| filing.kind == FilingKind::Change).map_or(day, |now| now.listed);
        put(db, city, &Listing { listed, ..listing }).await?;
    }
    let kind = match filing.kind {
        FilingKind::Register | FilingKind::Change => return Ok(()),
        FilingKind::Exit => CreditKind::Exit,
        FilingKind::Readmit => CreditKind::Readmission,
    };
    let event = CreditEvent {
        id: number.as_str().to_owned(),
        code: filing.code,
        kind,
        day,
        division: division.clone(),
        what: filing.statement,
        evidence: number.as_str().to_owned(),
        withdrawn: None,
    };
    credit(db, city, &event).await?;
    Ok(())
}
