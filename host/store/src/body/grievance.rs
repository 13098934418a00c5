//! Grievances beside their cases: who said them, sealed; and the answers that everybody reads.

use jiff::Timestamp;
use lotus_domain::account::AccountId;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::Division;
use lotus_domain::grievance::{Channel, Grievance, Identity, PublicAnswer, Sort};
use sqlx::Row as _;

use super::{Connection, Db, Row, case, row};
use crate::vault::DistrictKeys;
use crate::{NewCase, Opened, StoreError};

const BODY: &str = "grievance.body";
/// Whose a grievance is: found again by a keyed hash of the account, so that the database names nobody.
const OWNER: &str = "grievance.owner";

fn owner(keys: &DistrictKeys, account: &AccountId) -> Vec<u8> {
    keys.index(OWNER, &account.0).0.to_vec()
}

/// Opens a grievance's case, with who said it beside it: both or neither.
pub(crate) async fn grievance_open(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &NewCase,
    said: &Grievance,
) -> Result<Opened, StoreError> {
    let opened = case::case_open(db, keys, division, new).await?;
    if opened != Opened::New {
        return Ok(opened);
    }
    let number = said.number.as_str();
    sqlx::query::<Db>(
        "INSERT INTO grievance (division, number, sort, identity, channel, consent, owner, body, filed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(division.as_str())
    .bind(number)
    .bind(said.sort.name())
    .bind(said.identity.name())
    .bind(said.channel.name())
    .bind(i64::from(said.consent))
    .bind(said.complainant.account.as_ref().map(|account| owner(keys, account)))
    .bind(keys.seal(BODY, number, row::to_json(&said.complainant)?.as_bytes())?)
    .bind(said.filed.as_millisecond())
    .execute(db)
    .await?;
    Ok(Opened::New)
}

pub(crate) async fn grievance_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
) -> Result<Option<Grievance>, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT sort, identity, channel, consent, body, filed FROM grievance WHERE division = $1 AND number = $2",
    )
    .bind(division.as_str())
    .bind(number.as_str())
    .fetch_optional(db)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let named = |what: &'static str| StoreError::unreadable(what, "it is none");
    Ok(Some(Grievance {
        number: number.clone(),
        sort: Sort::parse(found.try_get(0)?).ok_or_else(|| named("a sort of grievance"))?,
        identity: Identity::parse(found.try_get(1)?).ok_or_else(|| named("how somebody is known"))?,
        channel: Channel::parse(found.try_get(2)?).ok_or_else(|| named("a channel"))?,
        consent: found.try_get::<i64, _>(3)? != 0,
        complainant: row::from_json(BODY, &keys.open(BODY, number.as_str(), found.try_get(4)?)?)?,
        filed: row::moment(found.try_get(5)?)?,
    }))
}

pub(crate) async fn grievance_is_of(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    account: &AccountId,
) -> Result<bool, StoreError> {
    let found = sqlx::query::<Db>("SELECT 1 FROM grievance WHERE division = $1 AND number = $2 AND owner = $3")
        .bind(division.as_str())
        .bind(number.as_str())
        .bind(owner(keys, account))
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// Somebody's own, newest first.
pub(crate) async fn grievance_list_owner(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    account: &AccountId,
    limit: u32,
) -> Result<Vec<Case>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT number FROM grievance WHERE division = $1 AND owner = $2 ORDER BY filed DESC, number LIMIT $3",
    )
    .bind(division.as_str())
    .bind(owner(keys, account))
    .bind(i64::from(limit))
    .fetch_all(&mut *db)
    .await?;
    let mut cases = Vec::new();
    for found in &rows {
        let number = row::parsed("a case number", CaseNumber::parse(found.try_get(0)?))?;
        cases.extend(case::case_recent(db, keys, division, &number, 1).await?.map(|file| file.case));
    }
    Ok(cases)
}

/// How many somebody has filed since.
pub(crate) async fn grievance_count_owner(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    account: &AccountId,
    since: Timestamp,
) -> Result<u64, StoreError> {
    let found = sqlx::query::<Db>("SELECT COUNT(*) FROM grievance WHERE division = $1 AND owner = $2 AND filed >= $3")
        .bind(division.as_str())
        .bind(owner(keys, account))
        .bind(since.as_millisecond())
        .fetch_one(db)
        .await?;
    Ok(row::unsigned(found.try_get(0)?))
}

/// Publishes an answer, in place of the same case's before.
pub(crate) async fn public_answer_put(
    db: &mut Connection,
    division: &Division,
    said: &PublicAnswer,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO public_answer (division, number, topic, question, answer, department, published)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (division, number) DO UPDATE SET topic = excluded.topic, question = excluded.question,
             answer = excluded.answer, department = excluded.department, published = excluded.published",
    )
    .bind(division.as_str())
    .bind(said.number.as_str())
    .bind(said.topic.as_str())
    .bind(said.question.as_str())
    .bind(said.answer.as_str())
    .bind(said.department.as_str())
    .bind(said.published.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

fn public_answer(found: &Row) -> Result<PublicAnswer, StoreError> {
    Ok(PublicAnswer {
        number: row::parsed("a case number", CaseNumber::parse(found.try_get(0)?))?,
        topic: found.try_get(1)?,
        question: found.try_get(2)?,
        answer: found.try_get(3)?,
        department: found.try_get(4)?,
        published: row::moment(found.try_get(5)?)?,
    })
}

/// Published answers, newest first.
pub(crate) async fn public_answer_list(
    db: &mut Connection,
    division: &Division,
    limit: u32,
) -> Result<Vec<PublicAnswer>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT number, topic, question, answer, department, published FROM public_answer WHERE division = $1
         ORDER BY published DESC, number LIMIT $2",
    )
    .bind(division.as_str())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(public_answer).collect()
}
