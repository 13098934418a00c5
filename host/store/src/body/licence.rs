//! Licences with their last day. Who holds one is sealed and found by blind index; the day of the next reminder stands
//! in a column of its own, so that the sweep is one look into an index whatever the number of licences.

use jiff::civil::Date;
use lotus_domain::account::AccountId;
use lotus_domain::district::Division;
use lotus_domain::licence::{Holder, Licence, Telling, telling};
use lotus_domain::notice::Notice;
use sqlx::Row as _;

use super::{Connection, Db, Row, notice, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

const BODY: &str = "licence.body";
/// Kind of blind index.
const HOLDER: &str = "licence.holder";

fn licence(keys: &DistrictKeys, found: &Row) -> Result<Licence, StoreError> {
    let id: &str = found.try_get(0)?;
    row::from_json(BODY, &keys.open(BODY, id, found.try_get(1)?)?)
}

/// Keeps licences. One whose last day is another than before is told of from the first stage again.
pub(crate) async fn licence_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    licences: &[Licence],
    today: &Date,
) -> Result<(), StoreError> {
    for licence in licences {
        let id = licence.id.as_str();
        // What is due today already is found by the next sweep.
        let Telling { now, next } = telling(licence.expires, None, *today);
        let next = if now.is_some() { Some(*today) } else { next };
        sqlx::query::<Db>(
            "INSERT INTO licence (division, id, kind, holder, expires, next_tell, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (division, id) DO UPDATE SET kind = excluded.kind, holder = excluded.holder,
                 body = excluded.body, expires = excluded.expires,
                 told = CASE WHEN licence.expires = excluded.expires THEN licence.told ELSE NULL END,
                 next_tell = CASE WHEN licence.expires = excluded.expires THEN licence.next_tell
                     ELSE excluded.next_tell END",
        )
        .bind(division.as_str())
        .bind(id)
        .bind(licence.kind.as_str())
        .bind(keys.index(HOLDER, &licence.holder.name()).0.as_slice())
        .bind(licence.expires.to_string())
        .bind(next.map(|day| day.to_string()))
        .bind(keys.seal(BODY, id, row::to_json(licence)?.as_bytes())?)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// The licences of a holder, the next to expire first.
pub(crate) async fn licence_list_holder(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    holder: &Holder,
) -> Result<Vec<Licence>, StoreError> {
    let rows =
        sqlx::query::<Db>("SELECT id, body FROM licence WHERE division = $1 AND holder = $2 ORDER BY expires, id")
            .bind(division.as_str())
            .bind(keys.index(HOLDER, &holder.name()).0.as_slice())
            .fetch_all(db)
            .await?;
    rows.iter().map(|found| licence(keys, found)).collect()
}

/// Licences whose next reminder is due on a day, each with the smallest stage that was told.
pub(crate) async fn licence_list_due(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    today: Date,
    limit: u32,
) -> Result<Vec<(Licence, Option<u32>)>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, body, told FROM licence WHERE division = $1 AND next_tell <= $2 ORDER BY next_tell, id LIMIT $3",
    )
    .bind(division.as_str())
    .bind(today.to_string())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|found| {
            let told: Option<i64> = found.try_get(2)?;
            Ok((licence(keys, found)?, told.map(|told| row::small("a stage", told)).transpose()?))
        })
        .collect()
}

/// Licences of a kind that are not over on a day, in order, after an id.
pub(crate) async fn licence_list_kind(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    kind: &str,
    today: Date,
    after: &str,
    limit: u32,
) -> Result<Vec<Licence>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, body FROM licence WHERE division = $1 AND kind = $2 AND id > $3 AND expires >= $4
         ORDER BY id LIMIT $5",
    )
    .bind(division.as_str())
    .bind(kind)
    .bind(after)
    .bind(today.to_string())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| licence(keys, found)).collect()
}

/// Which kinds of licences there are in a district.
pub(crate) async fn licence_kinds(db: &mut Connection, division: &Division) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT DISTINCT kind FROM licence WHERE division = $1 ORDER BY kind")
        .bind(division.as_str())
        .fetch_all(db)
        .await?;
    rows.iter().map(|found| Ok(found.try_get(0)?)).collect()
}

/// Tells the holder and notes it, in one transaction, if the licence still is as the sweep saw it; whether it was.
pub(crate) async fn licence_tell(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    seen: &Licence,
    told: &Option<u32>,
    due: &Telling,
    notices: &[Notice],
) -> Result<bool, StoreError> {
    let moved = sqlx::query::<Db>(
        "UPDATE licence SET told = $5, next_tell = $6
         WHERE division = $1 AND id = $2 AND expires = $3 AND COALESCE(told, -1) = $4",
    )
    .bind(division.as_str())
    .bind(seen.id.as_str())
    .bind(seen.expires.to_string())
    .bind(told.map_or(-1, i64::from))
    .bind(due.now.or(*told).map(i64::from))
    .bind(due.next.map(|day| day.to_string()))
    .execute(&mut *db)
    .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    notice::notice_insert(db, keys, division, notices).await?;
    Ok(true)
}

/// Accounts that hold, or held, a mandate of an enterprise.
pub(crate) async fn mandate_holders(
    db: &mut Connection,
    city: &Division,
    credit_code: &str,
) -> Result<Vec<AccountId>, StoreError> {
    let rows =
        sqlx::query::<Db>("SELECT account FROM mandate WHERE division = $1 AND credit_code = $2 ORDER BY account")
            .bind(city.as_str())
            .bind(credit_code)
            .fetch_all(db)
            .await?;
    rows.iter().map(|found| Ok(AccountId(found.try_get(0)?))).collect()
}
