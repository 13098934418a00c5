//! Orders for home visits, sealed.

use jiff::civil::Date;
use lotus_domain::account::AccountId;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::visit::{Visit, VisitState};
use sqlx::Row as _;

use super::{Connection, Db, Row, case, convenience, row};
use crate::vault::DistrictKeys;
use crate::{NewCase, StoreError};

const BODY: &str = "visit_order.body";

/// The columns of an order, then the rest of the query.
macro_rules! select_visit {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, day, state, body, made,
                 (SELECT c.number FROM convenience_case AS c
                  WHERE c.division = visit_order.division AND c.source = 'visit' AND c.id = visit_order.id)
             FROM visit_order ",
            $rest
        )
    };
}

fn visit(keys: &DistrictKeys, found: &Row) -> Result<Visit, StoreError> {
    let id: String = found.try_get(0)?;
    let answers: Option<&str> = found.try_get(6)?;
    Ok(Visit {
        account: AccountId(found.try_get(1)?),
        day: row::parsed("a day", found.try_get::<&str, _>(2)?.parse())?,
        state: VisitState::parse(found.try_get(3)?)
            .ok_or_else(|| StoreError::unreadable("a visit's state", "it is none"))?,
        body: row::from_json(BODY, &keys.open(BODY, &id, found.try_get(4)?)?)?,
        made: row::moment(found.try_get(5)?)?,
        case: answers.map(|number| row::parsed("a case number", CaseNumber::parse(number))).transpose()?,
        id,
    })
}

/// Keeps an order with the case that answers for it: both or neither.
pub(crate) async fn visit_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &Visit,
    answers: &Option<NewCase>,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO visit_order (division, id, account, day, state, body, made) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(division.as_str())
    .bind(new.id.as_str())
    .bind(new.account.0.as_str())
    .bind(new.day.to_string())
    .bind(new.state.name())
    .bind(keys.seal(BODY, &new.id, row::to_json(&new.body)?.as_bytes())?)
    .bind(new.made.as_millisecond())
    .execute(&mut *db)
    .await?;
    if let Some(answers) = answers {
        case::case_open(db, keys, division, answers).await?;
        convenience::begun(db, division, convenience::VISIT, &new.id, &answers.case.number).await?;
    }
    Ok(())
}

pub(crate) async fn visit_list_day(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    day: Date,
) -> Result<Vec<Visit>, StoreError> {
    let rows =
        sqlx::query::<Db>(select_visit!("WHERE division = $1 AND day = $2 AND state <> 'cancelled' ORDER BY made, id"))
            .bind(division.as_str())
            .bind(day.to_string())
            .fetch_all(db)
            .await?;
    rows.iter().map(|found| visit(keys, found)).collect()
}

pub(crate) async fn visit_list_account(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    account: &AccountId,
    limit: u32,
) -> Result<Vec<Visit>, StoreError> {
    let rows = sqlx::query::<Db>(select_visit!("WHERE division = $1 AND account = $2 ORDER BY day DESC, id LIMIT $3"))
        .bind(division.as_str())
        .bind(account.0.as_str())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(|found| visit(keys, found)).collect()
}

/// Moves an order that is still open; only its owner's where one is named.
pub(crate) async fn visit_move(
    db: &mut Connection,
    division: &Division,
    id: &str,
    account: &Option<AccountId>,
    to: &VisitState,
) -> Result<bool, StoreError> {
    let done = sqlx::query::<Db>(
        "UPDATE visit_order SET state = $4
         WHERE division = $1 AND id = $2 AND ($3 IS NULL OR account = $3)
             AND state IN ('ordered', 'planned')",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(account.as_ref().map(|account| account.0.as_str()))
    .bind(to.name())
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    convenience::changed(db, division, convenience::VISIT, id).await?;
    Ok(true)
}

/// Takes what was ordered for a day into its round; which orders.
pub(crate) async fn visit_plan(
    db: &mut Connection,
    division: &Division,
    day: &Date,
) -> Result<Vec<String>, StoreError> {
    let planned = sqlx::query::<Db>(
        "UPDATE visit_order SET state = 'planned' WHERE division = $1 AND day = $2 AND state = 'ordered' RETURNING id",
    )
    .bind(division.as_str())
    .bind(day.to_string())
    .fetch_all(&mut *db)
    .await?;
    let ids = planned.iter().map(|found| Ok(found.try_get(0)?)).collect::<Result<Vec<String>, StoreError>>()?;
    for id in &ids {
        convenience::changed(db, division, convenience::VISIT, id).await?;
    }
    Ok(ids)
}
