//! Roles that are held, in the division that they are held in.

use jiff::Timestamp;
use lotus_domain::access::{Held, Role};
use lotus_domain::account::AccountId;
use lotus_domain::district::Division;
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;

fn held(found: &Row) -> Result<(AccountId, Held), StoreError> {
    let role: &str = found.try_get(2)?;
    let department: String = found.try_get(3)?;
    let ends: Option<i64> = found.try_get(4)?;
    let held = Held {
        role: Role::parse(role).ok_or_else(|| StoreError::unreadable("a role", role))?,
        division: row::parsed("a division", Division::parse(found.try_get::<&str, _>(0)?))?,
        department: (!department.is_empty()).then_some(department),
        until: ends.map(row::moment).transpose()?,
    };
    Ok((AccountId(found.try_get(1)?), held))
}

/// Every role of an account, wherever it is held: what a session needs, so it is the one that asks all districts.
pub(crate) async fn role_list_account(db: &mut Connection, account: &AccountId) -> Result<Vec<Held>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT division, account, role, department, ends FROM role_held WHERE account = $1 ORDER BY division, role",
    )
    .bind(account.0.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| Ok(held(found)?.1)).collect()
}

pub(crate) async fn role_list(db: &mut Connection, division: &Division) -> Result<Vec<(AccountId, Held)>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT division, account, role, department, ends FROM role_held WHERE division = $1
         ORDER BY role, department, account",
    )
    .bind(division.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(held).collect()
}

pub(crate) async fn role_give(
    db: &mut Connection,
    division: &Division,
    account: &AccountId,
    given: &Held,
    by: &str,
    at: &Timestamp,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO role_held (division, account, role, department, ends, given_by, given)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (division, account, role, department) DO UPDATE SET ends = excluded.ends,
             given_by = excluded.given_by, given = excluded.given",
    )
    .bind(division.as_str())
    .bind(account.0.as_str())
    .bind(given.role.name())
    .bind(given.department.as_deref().unwrap_or_default())
    .bind(given.until.map(Timestamp::as_millisecond))
    .bind(by)
    .bind(at.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn role_take(
    db: &mut Connection,
    division: &Division,
    account: &AccountId,
    role: &Role,
    department: &Option<String>,
) -> Result<bool, StoreError> {
    let taken = sqlx::query::<Db>(
        "DELETE FROM role_held WHERE division = $1 AND account = $2 AND role = $3 AND department = $4",
    )
    .bind(division.as_str())
    .bind(account.0.as_str())
    .bind(role.name())
    .bind(department.as_deref().unwrap_or_default())
    .execute(db)
    .await?;
    Ok(taken.rows_affected() > 0)
}
