//! Invited supervisors and their visits, sealed.

use lotus_domain::account::AccountId;
use lotus_domain::district::Division;
use lotus_domain::supervisor::{Supervisor, SupervisorVisit, VisitSort};
use sqlx::{QueryBuilder, Row as _};

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

const BODY: &str = "supervisor_visit.body";

/// Keeps a district's supervisors in place of those before.
pub(crate) async fn supervisor_put(
    db: &mut Connection,
    division: &Division,
    supervisors: &[Supervisor],
) -> Result<(), StoreError> {
    sqlx::query::<Db>("DELETE FROM supervisor WHERE division = $1").bind(division.as_str()).execute(&mut *db).await?;
    if supervisors.is_empty() {
        return Ok(());
    }
    let mut insert = QueryBuilder::<Db>::new("INSERT INTO supervisor (division, id, represents, since, until) ");
    insert.push_values(supervisors, |mut values, one| {
        values
            .push_bind(division.as_str())
            .push_bind(one.id.as_str())
            .push_bind(one.represents.as_str())
            .push_bind(one.since.to_string())
            .push_bind(one.until.to_string());
    });
    insert.build().execute(db).await?;
    Ok(())
}

pub(crate) async fn supervisor_list(db: &mut Connection, division: &Division) -> Result<Vec<Supervisor>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT id, represents, since, until FROM supervisor WHERE division = $1 ORDER BY id")
        .bind(division.as_str())
        .fetch_all(db)
        .await?;
    let supervisor = |found: &Row| {
        Ok(Supervisor {
            division: division.clone(),
            id: found.try_get(0)?,
            represents: found.try_get(1)?,
            since: row::parsed("a day", found.try_get::<&str, _>(2)?.parse())?,
            until: row::parsed("a day", found.try_get::<&str, _>(3)?.parse())?,
        })
    };
    rows.iter().map(supervisor).collect()
}

pub(crate) async fn supervisor_visit_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    visit: &SupervisorVisit,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO supervisor_visit (division, id, account, sort, day, body, made) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (division, id) DO UPDATE SET body = excluded.body, day = excluded.day",
    )
    .bind(division.as_str())
    .bind(visit.id.as_str())
    .bind(visit.account.0.as_str())
    .bind(visit.sort.name())
    .bind(visit.day.to_string())
    .bind(keys.seal(BODY, &visit.id, row::to_json(&visit.body)?.as_bytes())?)
    .bind(visit.made.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

/// Somebody's visits, the latest first.
pub(crate) async fn supervisor_visit_list(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    account: &AccountId,
    limit: u32,
) -> Result<Vec<SupervisorVisit>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, account, sort, day, body, made FROM supervisor_visit WHERE division = $1 AND account = $2
         ORDER BY day DESC, id LIMIT $3",
    )
    .bind(division.as_str())
    .bind(account.0.as_str())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    let visit = |found: &Row| {
        let id: String = found.try_get(0)?;
        Ok(SupervisorVisit {
            account: AccountId(found.try_get(1)?),
            sort: VisitSort::parse(found.try_get(2)?)
                .ok_or_else(|| StoreError::unreadable("a sort of visit", "it is none"))?,
            day: row::parsed("a day", found.try_get::<&str, _>(3)?.parse())?,
            body: row::from_json(BODY, &keys.open(BODY, &id, found.try_get(4)?)?)?,
            made: row::moment(found.try_get(5)?)?,
            id,
        })
    };
    rows.iter().map(visit).collect()
}
