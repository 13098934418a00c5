//! Assistance that begins: whose turn it is and the case itself are one write, and helpers of a district take turns on one
//! row, so that two hosts at once never give both to the same one.

use lotus_domain::account::AccountId;
use lotus_domain::assistance::next_helper;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::Division;
use lotus_domain::kind::NumberCode;
use sqlx::Row as _;

use super::{Connection, Db, case, row};
use crate::vault::DistrictKeys;
use crate::{NewCase, Opened, Step, StoreError};

/// Cases that are looked through for a helper.
const MOST: i64 = 2_000;

async fn turn(db: &mut Connection, division: &Division) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO helper_turn (division, turns) VALUES ($1, 1)
         ON CONFLICT (division) DO UPDATE SET turns = helper_turn.turns + 1",
    )
    .bind(division.as_str())
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn assistance_open(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &NewCase,
    helpers: &[AccountId],
    beside: &Option<Step>,
) -> Result<Opened, StoreError> {
    turn(db, division).await?;
    if let Some(before) = case::case_find(db, division, &new.token).await? {
        return Ok(Opened::Before(before));
    }
    if let Some(parent) = &new.case.parent {
        let parts = case::case_list_parts(db, keys, division, parent).await?;
        let same = |part: &&Case| part.definition.id == new.case.definition.id && part.is_open();
        if let Some(open) = parts.iter().find(same) {
            return Ok(Opened::Before(open.number.clone()));
        }
    }
    let open = case::case_count_assigned(db, division).await?;
    let assigned = next_helper(helpers, &open).cloned();
    let new = NewCase { case: Case { assigned, ..new.case.clone() }, ..new.clone() };
    let opened = case::case_open(db, keys, division, &new).await?;
    if let (Opened::New, Some(step)) = (&opened, beside)
        && !case::case_append(db, keys, division, step).await?
    {
        return Err(StoreError::Unavailable("the application has moved; try again".to_owned()));
    }
    Ok(opened)
}

pub(crate) async fn assistance_assign(
    db: &mut Connection,
    division: &Division,
    code: &NumberCode,
    helpers: &[AccountId],
) -> Result<Vec<(CaseNumber, AccountId)>, StoreError> {
    turn(db, division).await?;
    // The two digits of a kind stand after six of the division and eight of the day.
    let rows = sqlx::query::<Db>(
        "SELECT number, assigned FROM case_file
         WHERE division = $1 AND is_open = 1 AND substr(number, 15, 2) = $2
         ORDER BY rank, submitted, number LIMIT $3",
    )
    .bind(division.as_str())
    .bind(code.as_str())
    .bind(MOST)
    .fetch_all(&mut *db)
    .await?;
    let mut given = Vec::new();
    for found in &rows {
        let assigned: Option<String> = found.try_get(1)?;
        if assigned.is_some_and(|assigned| helpers.iter().any(|helper| helper.0 == assigned)) {
            continue;
        }
        let open = case::case_count_assigned(db, division).await?;
        let Some(helper) = next_helper(helpers, &open) else { break };
        let number: &str = found.try_get(0)?;
        sqlx::query::<Db>("UPDATE case_file SET assigned = $3 WHERE division = $1 AND number = $2")
            .bind(division.as_str())
            .bind(number)
            .bind(helper.0.as_str())
            .execute(&mut *db)
            .await?;
        given.push((row::parsed("a case number", CaseNumber::parse(number))?, helper.clone()));
    }
    Ok(given)
}
