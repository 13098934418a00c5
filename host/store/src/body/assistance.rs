//! Assistance that begins: whose turn it is and the case itself are one write, and helpers of a district take turns on one
//! row, so that two hosts at once never give both to the same one.

use lotus_domain::account::AccountId;
use lotus_domain::assistance::next_helper;
use lotus_domain::case::Case;
use lotus_domain::district::Division;

use super::{Connection, Db, case};
use crate::vault::DistrictKeys;
use crate::{NewCase, Opened, Step, StoreError};

pub(crate) async fn assistance_open(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &NewCase,
    helpers: &[AccountId],
    beside: &Option<Step>,
) -> Result<Opened, StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO helper_turn (division, turns) VALUES ($1, 1)
         ON CONFLICT (division) DO UPDATE SET turns = helper_turn.turns + 1",
    )
    .bind(division.as_str())
    .execute(&mut *db)
    .await?;
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
