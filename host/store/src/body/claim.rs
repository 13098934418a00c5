//! Claims beside their cases, sealed; pushes; payment files with their lines. Whatever moves a case and what stands
//! beside it is one transaction.

use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::claim::{Batch, BatchLine, Claim, LineState};
use lotus_domain::district::Division;
use lotus_domain::licence::Holder;
use sqlx::Row as _;

use super::{Connection, Db, Row, case, row};
use crate::claim::{NewClaim, Push};
use crate::vault::DistrictKeys;
use crate::{Opened, Step, StoreError};

const BODY: &str = "policy_claim.body";
const LINE: &str = "payment_line.body";
const SAID: &str = "payment_line.said";
/// Kind of blind index.
const HOLDER: &str = "licence.holder";

fn claim(keys: &DistrictKeys, division: &Division, found: &Row) -> Result<Claim, StoreError> {
    let number: &str = found.try_get(0)?;
    Ok(Claim {
        division: division.clone(),
        policy: row::parsed("a policy", Slug::parse(found.try_get::<String, _>(1)?))?,
        version: row::small("a policy's version", found.try_get(2)?)?,
        body: row::from_json(BODY, &keys.open(BODY, number, found.try_get(3)?)?)?,
        number: row::parsed("a case number", CaseNumber::parse(number))?,
    })
}

async fn insert(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    claim: &Claim,
) -> Result<(), StoreError> {
    let number = claim.number.as_str();
    sqlx::query::<Db>(
        "INSERT INTO policy_claim (division, number, policy, version, holder, body) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(division.as_str())
    .bind(number)
    .bind(claim.policy.as_str())
    .bind(i64::from(claim.version))
    .bind(keys.index(HOLDER, &claim.body.holder.name()).0.as_slice())
    .bind(keys.seal(BODY, number, row::to_json(&claim.body)?.as_bytes())?)
    .execute(db)
    .await?;
    Ok(())
}

/// Keeps what stands beside a case, in the transaction of the step that changes it.
pub(super) async fn claim_write(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    claim: &Claim,
) -> Result<(), StoreError> {
    let number = claim.number.as_str();
    sqlx::query::<Db>("UPDATE policy_claim SET body = $3 WHERE division = $1 AND number = $2")
        .bind(division.as_str())
        .bind(number)
        .bind(keys.seal(BODY, number, row::to_json(&claim.body)?.as_bytes())?)
        .execute(db)
        .await?;
    Ok(())
}

/// Opens a claim and tells its holder, unless there is one with the same token.
pub(crate) async fn claim_open(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &NewClaim,
) -> Result<Opened, StoreError> {
    let opened = case::case_open(db, keys, division, &new.new).await?;
    if opened == Opened::New {
        insert(db, keys, division, &new.claim).await?;
        if !case::case_append(db, keys, division, &new.push).await? {
            return Err(StoreError::Unavailable("the claim has moved; try again".to_owned()));
        }
    }
    Ok(opened)
}

pub(crate) async fn claim_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
) -> Result<Option<Claim>, StoreError> {
    let found =
        sqlx::query::<Db>("SELECT number, policy, version, body FROM policy_claim WHERE division = $1 AND number = $2")
            .bind(division.as_str())
            .bind(number.as_str())
            .fetch_optional(db)
            .await?;
    found.map(|found| claim(keys, division, &found)).transpose()
}

async fn with_cases(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    claims: Vec<Claim>,
) -> Result<Vec<(Case, Claim)>, StoreError> {
    let mut found = Vec::with_capacity(claims.len());
    for claim in claims {
        if let Some(file) = case::case_recent(db, keys, division, &claim.number, 1).await? {
            found.push((file.case, claim));
        }
    }
    Ok(found)
}

/// The newest claims of a holder, newest first.
pub(crate) async fn claim_list_holder(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    holder: &Holder,
    limit: u32,
) -> Result<Vec<(Case, Claim)>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT c.number, c.policy, c.version, c.body
         FROM policy_claim AS c JOIN case_file AS f ON f.division = c.division AND f.number = c.number
         WHERE c.division = $1 AND c.holder = $2 ORDER BY f.submitted DESC, c.number LIMIT $3",
    )
    .bind(division.as_str())
    .bind(keys.index(HOLDER, &holder.name()).0.as_slice())
    .bind(i64::from(limit))
    .fetch_all(&mut *db)
    .await?;
    let claims = rows.iter().map(|found| claim(keys, division, found)).collect::<Result<Vec<_>, _>>()?;
    with_cases(db, keys, division, claims).await
}

/// Claims in a state, those of a department alone where one is named, the longest there first.
pub(crate) async fn claim_list_state(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    state: &str,
    department: Option<&str>,
    limit: u32,
) -> Result<Vec<(Case, Claim)>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT c.number, c.policy, c.version, c.body
         FROM policy_claim AS c JOIN case_file AS f ON f.division = c.division AND f.number = c.number
         WHERE c.division = $1 AND f.state = $2 AND (f.department = $3 OR $3 IS NULL)
         ORDER BY f.submitted, c.number LIMIT $4",
    )
    .bind(division.as_str())
    .bind(state)
    .bind(department)
    .bind(i64::from(limit))
    .fetch_all(&mut *db)
    .await?;
    let claims = rows.iter().map(|found| claim(keys, division, found)).collect::<Result<Vec<_>, _>>()?;
    with_cases(db, keys, division, claims).await
}

fn line_place(batch: &str, line: u32) -> String {
    format!("{batch}\0{line}")
}

/// Makes a payment file: its claims move into it, all of them or none.
pub(crate) async fn batch_make(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    batch: &Batch,
    steps: &[Step],
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO payment_batch (division, id, department, made, by_account, hash) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(division.as_str())
    .bind(batch.id.as_str())
    .bind(batch.department.as_deref())
    .bind(batch.made.as_millisecond())
    .bind(batch.by.0.as_str())
    .bind(batch.hash.0.as_slice())
    .execute(&mut *db)
    .await?;
    for line in &batch.lines {
        let place = line_place(&batch.id, line.line);
        sqlx::query::<Db>(
            "INSERT INTO payment_line (division, batch, line, number, state, body) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(division.as_str())
        .bind(batch.id.as_str())
        .bind(i64::from(line.line))
        .bind(line.number.as_str())
        .bind(line.state.name())
        .bind(keys.seal(LINE, &place, row::to_json(line)?.as_bytes())?)
        .execute(&mut *db)
        .await?;
    }
    for step in steps {
        if !case::case_append(db, keys, division, step).await? {
            return Err(StoreError::Unavailable("a claim of the file has moved; try again".to_owned()));
        }
    }
    Ok(())
}

fn line(keys: &DistrictKeys, batch: &str, found: &Row) -> Result<BatchLine, StoreError> {
    let at = row::small("a line's place", found.try_get(0)?)?;
    let place = line_place(batch, at);
    let state: &str = found.try_get(1)?;
    let read: BatchLine = row::from_json(LINE, &keys.open(LINE, &place, found.try_get(2)?)?)?;
    let said: Option<&[u8]> = found.try_get(3)?;
    let said = said.map(|sealed| keys.open(SAID, &place, sealed)).transpose()?;
    Ok(BatchLine {
        state: LineState::parse(state).ok_or_else(|| StoreError::unreadable("a line's state", state))?,
        said: said.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default(),
        ..read
    })
}

async fn batch(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    found: &Row,
) -> Result<Batch, StoreError> {
    let id: String = found.try_get(0)?;
    let rows = sqlx::query::<Db>(
        "SELECT line, state, body, said FROM payment_line WHERE division = $1 AND batch = $2 ORDER BY line",
    )
    .bind(division.as_str())
    .bind(id.as_str())
    .fetch_all(db)
    .await?;
    Ok(Batch {
        department: found.try_get(1)?,
        made: row::moment(found.try_get(2)?)?,
        by: AccountId(found.try_get(3)?),
        hash: row::hash(found.try_get(4)?)?,
        lines: rows.iter().map(|found| line(keys, &id, found)).collect::<Result<_, _>>()?,
        id,
    })
}

pub(crate) async fn batch_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
) -> Result<Option<Batch>, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT id, department, made, by_account, hash FROM payment_batch WHERE division = $1 AND id = $2",
    )
    .bind(division.as_str())
    .bind(id)
    .fetch_optional(&mut *db)
    .await?;
    match found {
        Some(found) => batch(db, keys, division, &found).await.map(Some),
        None => Ok(None),
    }
}

/// The newest batches, newest first.
pub(crate) async fn batch_list(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    limit: u32,
) -> Result<Vec<Batch>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, department, made, by_account, hash FROM payment_batch WHERE division = $1
         ORDER BY made DESC, id LIMIT $2",
    )
    .bind(division.as_str())
    .bind(i64::from(limit))
    .fetch_all(&mut *db)
    .await?;
    let mut batches = Vec::with_capacity(rows.len());
    for found in &rows {
        batches.push(batch(db, keys, division, found).await?);
    }
    Ok(batches)
}

/// Answers a line that is still open, with the step of its claim; whether it was open.
pub(crate) async fn batch_answer(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
    line: &u32,
    state: &LineState,
    said: &str,
    step: &Step,
) -> Result<bool, StoreError> {
    let answered = sqlx::query::<Db>(
        "UPDATE payment_line SET state = $4, said = $5
         WHERE division = $1 AND batch = $2 AND line = $3 AND state = 'open'",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(i64::from(*line))
    .bind(state.name())
    .bind(keys.seal(SAID, &line_place(id, *line), said.as_bytes())?)
    .execute(&mut *db)
    .await?;
    if answered.rows_affected() == 0 {
        return Ok(false);
    }
    if !case::case_append(db, keys, division, step).await? {
        return Err(StoreError::Unavailable("the claim of the line has moved; try again".to_owned()));
    }
    Ok(true)
}

fn push(found: &Row) -> Result<Push, StoreError> {
    let count = |at: usize| -> Result<u64, StoreError> { Ok(row::unsigned(found.try_get(at)?)) };
    Ok(Push {
        policy: row::parsed("a policy", Slug::parse(found.try_get::<String, _>(0)?))?,
        version: row::small("a policy's version", found.try_get(1)?)?,
        begun: row::moment(found.try_get(2)?)?,
        by: AccountId(found.try_get(3)?),
        reached: found.try_get(4)?,
        pushed: count(5)?,
        opted_out: count(6)?,
        unreached: count(7)?,
        again: count(8)?,
        is_done: found.try_get::<i64, _>(9)? != 0,
    })
}

/// Begins to push a version, or begins anew where the push before is done: who was told is not told again.
pub(crate) async fn push_begin(db: &mut Connection, division: &Division, push: &Push) -> Result<bool, StoreError> {
    let begun = sqlx::query::<Db>(
        "INSERT INTO policy_push (division, policy, version, begun, by_account, reached, pushed, opted_out, unreached,
             again, is_done)
         VALUES ($1, $2, $3, $4, $5, '', 0, 0, 0, 0, 0)
         ON CONFLICT (division, policy, version) DO UPDATE SET begun = excluded.begun, by_account = excluded.by_account,
             reached = '', opted_out = 0, unreached = 0, again = 0, is_done = 0
         WHERE policy_push.is_done = 1",
    )
    .bind(division.as_str())
    .bind(push.policy.as_str())
    .bind(i64::from(push.version))
    .bind(push.begun.as_millisecond())
    .bind(push.by.0.as_str())
    .execute(db)
    .await?;
    Ok(begun.rows_affected() == 1)
}

/// The newest pushes of a district; only those that are not done where that is asked for.
pub(crate) async fn push_list(
    db: &mut Connection,
    division: &Division,
    is_open: bool,
    limit: u32,
) -> Result<Vec<Push>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT policy, version, begun, by_account, reached, pushed, opted_out, unreached, again, is_done
         FROM policy_push WHERE division = $1 AND is_done <= $2 ORDER BY begun DESC, policy, version LIMIT $3",
    )
    .bind(division.as_str())
    .bind(i64::from(!is_open))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(push).collect()
}

/// Opens the claims of the next ones and moves on, if the push still is where it was seen; whether it was.
pub(crate) async fn push_move(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    seen: &Push,
    to: &Push,
    opens: &[NewClaim],
) -> Result<bool, StoreError> {
    let moved = sqlx::query::<Db>(
        "UPDATE policy_push SET reached = $5, opted_out = $6, unreached = $7, again = $8, is_done = $9
         WHERE division = $1 AND policy = $2 AND version = $3 AND reached = $4 AND is_done = 0",
    )
    .bind(division.as_str())
    .bind(seen.policy.as_str())
    .bind(i64::from(seen.version))
    .bind(seen.reached.as_str())
    .bind(to.reached.as_str())
    .bind(row::signed(to.opted_out))
    .bind(row::signed(to.unreached))
    .bind(row::signed(to.again))
    .bind(i64::from(to.is_done))
    .execute(&mut *db)
    .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    let (mut pushed, mut again) = (0_i64, 0_i64);
    for new in opens {
        match claim_open(db, keys, division, new).await? {
            Opened::New => pushed += 1,
            Opened::Before(_) => again += 1,
        }
    }
    sqlx::query::<Db>(
        "UPDATE policy_push SET pushed = pushed + $4, again = again + $5
         WHERE division = $1 AND policy = $2 AND version = $3",
    )
    .bind(division.as_str())
    .bind(seen.policy.as_str())
    .bind(i64::from(seen.version))
    .bind(pushed)
    .bind(again)
    .execute(db)
    .await?;
    Ok(true)
}
