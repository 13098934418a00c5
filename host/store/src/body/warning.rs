//! Warnings of risks, and how far each has been spread: its notices, the receipts that it asks for and its place are
//! written together.

use lotus_domain::district::Division;
use lotus_domain::notice::Notice;
use lotus_domain::warning::Warning;
use sqlx::Row as _;

use super::{Connection, Db, case, notice, row};
use crate::StoreError;
use crate::case::NewCase;
use crate::notice::Spread;
use crate::vault::DistrictKeys;

pub(crate) async fn warning_put(db: &mut Connection, division: &Division, warning: &Warning) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO risk_warning (division, id, at, body, reached, told, is_done) VALUES ($1, $2, $3, $4, '', 0, 0)
         ON CONFLICT (division, id) DO NOTHING",
    )
    .bind(division.as_str())
    .bind(warning.id.as_str())
    .bind(warning.at.as_millisecond())
    .bind(row::to_json(warning)?)
    .execute(db)
    .await?;
    Ok(())
}

/// The newest warnings of a district; only those that are still being spread where that is asked for.
pub(crate) async fn warning_list(
    db: &mut Connection,
    division: &Division,
    is_open: bool,
    limit: u32,
) -> Result<Vec<Spread>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT body, reached, told, is_done FROM risk_warning WHERE division = $1 AND is_done <= $2
         ORDER BY at DESC, id LIMIT $3",
    )
    .bind(division.as_str())
    .bind(i64::from(!is_open))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|found| {
            Ok(Spread {
                warning: row::from_json("a warning", found.try_get::<&str, _>(0)?.as_bytes())?,
                reached: found.try_get(1)?,
                told: row::unsigned(found.try_get(2)?),
                is_done: found.try_get::<i64, _>(3)? != 0,
            })
        })
        .collect()
}

/// Tells the next recipients and moves on, if the warning still is where the spreader saw it; whether it was.
pub(crate) async fn warning_spread(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    seen: &Spread,
    reached: &Option<String>,
    notices: &[Notice],
    opens: &[NewCase],
) -> Result<bool, StoreError> {
    let moved = sqlx::query::<Db>(
        "UPDATE risk_warning SET reached = COALESCE($4, reached), is_done = $5
         WHERE division = $1 AND id = $2 AND reached = $3 AND is_done = 0",
    )
    .bind(division.as_str())
    .bind(seen.warning.id.as_str())
    .bind(seen.reached.as_str())
    .bind(reached.as_deref())
    .bind(i64::from(reached.is_none()))
    .execute(&mut *db)
    .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    for receipt in opens {
        case::case_open(db, keys, division, receipt).await?;
    }
    let told = notice::notice_insert(db, keys, division, notices).await?;
    sqlx::query::<Db>("UPDATE risk_warning SET told = told + $3 WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(seen.warning.id.as_str())
        .bind(i64::from(told))
        .execute(db)
        .await?;
    Ok(true)
}
