//! Orders for home visits, sealed.

use jiff::civil::Date;
use lotus_domain::account::AccountId;
use lotus_domain::district::Division;
use lotus_domain::visit::{Visit, VisitState};
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

const BODY: &str = "visit_order.body";

fn visit(keys: &DistrictKeys, found: &Row) -> Result<Visit, StoreError> {
    let id: String = found.try_get(0)?;
    Ok(Visit {
        account: AccountId(found.try_get(1)?),
        day: row::parsed("a day", found.try_get::<&str, _>(2)?.parse())?,
        state: VisitState::parse(found.try_get(3)?)
            .ok_or_else(|| StoreError::unreadable("a visit's state", "it is none"))?,
        body: row::from_json(BODY, &keys.open(BODY, &id, found.try_get(4)?)?)?,
        made: row::moment(found.try_get(5)?)?,
        id,
    })
}

pub(crate) async fn visit_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &Visit,
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
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn visit_list_day(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    day: Date,
) -> Result<Vec<Visit>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, account, day, state, body, made FROM visit_order
         WHERE division = $1 AND day = $2 AND state <> 'cancelled' ORDER BY made, id",
    )
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
    let rows = sqlx::query::<Db>(
        "SELECT id, account, day, state, body, made FROM visit_order
         WHERE division = $1 AND account = $2 ORDER BY day DESC, id LIMIT $3",
    )
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
         WHERE division = $1 AND id = $2 AND ($3 IS NULL OR account = $3) AND state = 'ordered'",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(account.as_ref().map(|account| account.0.as_str()))
    .bind(to.name())
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}
