//! Selections of intermediaries: each moves with its case in one transaction; seeds, quotes and contributions are sealed
//! until the draw and the closing.

use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::account::AccountId;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::intermediary::credit::CreditEvent;
use lotus_domain::intermediary::draw::Seed;
use lotus_domain::intermediary::selection::{Bid, Kept, Selection};
use sqlx::Row as _;

use super::{Connection, Db, Row, activation, case, intermediary, row};
use crate::vault::DistrictKeys;
use crate::{NewCase, Opened, Step, StoreError};

const SEED: &str = "selection_seed.seed";
const BID: &str = "selection_bid.body";

/// The columns of a selection, then the rest of the query.
macro_rules! select_selection {
    ($rest:literal) => {
        concat!(
            "SELECT s.body, s.revision, c.state, s.owner FROM selection AS s
             JOIN case_file AS c ON c.division = s.division AND c.number = s.number ",
            $rest
        )
    };
}

fn kept(division: &Division, found: &Row) -> Result<Kept, StoreError> {
    Ok(Kept {
        division: division.clone(),
        selection: row::from_json("a selection", found.try_get::<&str, _>(0)?.as_bytes())?,
        revision: found.try_get(1)?,
        state: found.try_get(2)?,
        account: AccountId(found.try_get(3)?),
    })
}

async fn seal_seed(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    selection: &Selection,
    seed: &Seed,
) -> Result<(), StoreError> {
    let number = selection.number.0.as_str();
    let round = selection.round().map_or(0, |round| round.number);
    sqlx::query::<Db>("INSERT INTO selection_seed (division, number, round, seed) VALUES ($1, $2, $3, $4)")
        .bind(division.as_str())
        .bind(number)
        .bind(i64::from(round))
        .bind(keys.seal(SEED, &format!("{number}\0{round}"), seed.reveal().as_bytes())?)
        .execute(db)
        .await?;
    Ok(())
}

/// Opens the case of a selection with the selection and the seed that it is committed to: all or nothing.
pub(crate) async fn selection_open(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &NewCase,
    selection: &Selection,
    owner: &AccountId,
    seed: &Option<Seed>,
) -> Result<Opened, StoreError> {
    let opened = case::case_open(&mut *db, keys, division, new).await?;
    if !matches!(opened, Opened::New) {
        return Ok(opened);
    }
    sqlx::query::<Db>(
        "INSERT INTO selection (division, number, made, closes, due, late, owner, body, revision)
         VALUES ($1, $2, $3, $4, NULL, 0, $5, $6, 1)",
    )
    .bind(division.as_str())
    .bind(selection.number.0.as_str())
    .bind(selection.made.as_millisecond())
    .bind(selection.round().map(|round| round.closes.as_millisecond()))
    .bind(owner.0.as_str())
    .bind(row::to_json(selection)?)
    .execute(&mut *db)
    .await?;
    if let Some(seed) = seed {
        seal_seed(db, keys, division, selection, seed).await?;
    }
    Ok(opened)
}

pub(crate) async fn selection_get(
    db: &mut Connection,
    division: &Division,
    number: &CaseNumber,
) -> Result<Option<Kept>, StoreError> {
    let found = sqlx::query::<Db>(select_selection!("WHERE s.division = $1 AND s.number = $2"))
        .bind(division.as_str())
        .bind(number.as_str())
        .fetch_optional(db)
        .await?;
    found.map(|found| kept(division, &found)).transpose()
}

pub(crate) async fn selection_list(
    db: &mut Connection,
    division: &Division,
    limit: u32,
) -> Result<Vec<Kept>, StoreError> {
    let rows =
        sqlx::query::<Db>(select_selection!("WHERE s.division = $1 ORDER BY s.made DESC, s.number DESC LIMIT $2"))
            .bind(division.as_str())
            .bind(i64::from(limit))
            .fetch_all(db)
            .await?;
    rows.iter().map(|found| kept(division, found)).collect()
}

/// Those whose sign-up is over, those that wait for their draw, and those that are late without it being said.
pub(crate) async fn selection_list_due(
    db: &mut Connection,
    division: &Division,
    now: Timestamp,
    day: Date,
    limit: u32,
) -> Result<Vec<Kept>, StoreError> {
    let rows = sqlx::query::<Db>(select_selection!(
        "WHERE s.division = $1 AND ((c.state = 'published' AND s.closes <= $2) OR c.state = 'closed'
             OR (c.state = 'contracted' AND s.late = 0 AND s.due < $3))
         ORDER BY s.number LIMIT $4"
    ))
    .bind(division.as_str())
    .bind(now.as_millisecond())
    .bind(day.to_string())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| kept(division, found)).collect()
}

/// Counts a change of a selection that is still at a revision; whether it was.
async fn changes(db: &mut Connection, division: &Division, number: &str, seen: i64) -> Result<bool, StoreError> {
    let done = sqlx::query::<Db>(
        "UPDATE selection SET revision = revision + 1 WHERE division = $1 AND number = $2 AND revision = $3",
    )
    .bind(division.as_str())
    .bind(number)
    .bind(seen)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Moves a selection on with its case's step and what it brings into credit records, if nobody was faster; whether.
pub(crate) async fn selection_move(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &Kept,
    step: &Option<Step>,
    seed: &Option<Seed>,
    credit: &Option<(Division, CreditEvent)>,
) -> Result<bool, StoreError> {
    let selection = &new.selection;
    let number = selection.number.0.as_str();
    if !changes(db, division, number, new.revision).await? {
        return Ok(false);
    }
    sqlx::query::<Db>(
        "UPDATE selection SET body = $3, closes = $4, due = $5, late = $6 WHERE division = $1 AND number = $2",
    )
    .bind(division.as_str())
    .bind(number)
    .bind(row::to_json(selection)?)
    .bind(selection.round().map(|round| round.closes.as_millisecond()))
    .bind(selection.contract.map(|contract| contract.due.to_string()))
    .bind(i64::from(selection.late))
    .execute(&mut *db)
    .await?;
    if let Some(seed) = seed {
        seal_seed(db, keys, division, selection, seed).await?;
    }
    if let Some((city, event)) = credit {
        intermediary::credit(db, city, event).await?;
        activation::changed(db).await?;
    }
    if let Some(step) = step
        && !case::case_append(db, keys, division, step).await?
    {
        return Err(StoreError::Unavailable("the selection's case has moved; try again".to_owned()));
    }
    Ok(true)
}

/// Takes a bid while sign-up is open: the first of an intermediary, or another contribution in another round; whether.
pub(crate) async fn selection_bid(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    bid: &Bid,
    account: &AccountId,
    again: &bool,
) -> Result<bool, StoreError> {
    let open = sqlx::query::<Db>(
        "UPDATE selection SET revision = revision + 1
         WHERE division = $1 AND number = $2 AND closes > $3 AND EXISTS (
             SELECT 1 FROM case_file AS c WHERE c.division = $1 AND c.number = $2 AND c.state = 'published')",
    )
    .bind(division.as_str())
    .bind(number.as_str())
    .bind(bid.at.as_millisecond())
    .execute(&mut *db)
    .await?;
    if open.rows_affected() == 0 {
        return Ok(false);
    }
    let place = format!("{number}\0{}", bid.code);
    let body = keys.seal(BID, &place, row::to_json(bid)?.as_bytes())?;
    let statement = if *again {
        "UPDATE selection_bid SET account = $4, body = $5 WHERE division = $1 AND number = $2 AND code = $3"
    } else {
        "INSERT INTO selection_bid (division, number, code, account, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (division, number, code) DO NOTHING"
    };
    let done = sqlx::query::<Db>(statement)
        .bind(division.as_str())
        .bind(number.as_str())
        .bind(bid.code.as_str())
        .bind(account.0.as_str())
        .bind(body)
        .execute(db)
        .await?;
    Ok(done.rows_affected() > 0)
}

pub(crate) async fn selection_list_bids(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
) -> Result<Vec<Bid>, StoreError> {
    let rows =
        sqlx::query::<Db>("SELECT code, body FROM selection_bid WHERE division = $1 AND number = $2 ORDER BY code")
            .bind(division.as_str())
            .bind(number.as_str())
            .fetch_all(db)
            .await?;
    rows.iter()
        .map(|found| {
            let place = format!("{number}\0{}", found.try_get::<&str, _>(0)?);
            row::from_json(BID, &keys.open(BID, &place, found.try_get(1)?)?)
        })
        .collect()
}

pub(crate) async fn selection_seed(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    round: u32,
) -> Result<Option<Seed>, StoreError> {
    let found = sqlx::query::<Db>("SELECT seed FROM selection_seed WHERE division = $1 AND number = $2 AND round = $3")
        .bind(division.as_str())
        .bind(number.as_str())
        .bind(i64::from(round))
        .fetch_optional(db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let opened = keys.open(SEED, &format!("{number}\0{round}"), found.try_get(0)?)?;
    Ok(Seed::parse(&String::from_utf8_lossy(&opened)))
}
