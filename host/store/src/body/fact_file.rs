//! What is known of applicants, sealed, one row for each in each district that knows something. A row is found by a keyed
//! hash of whose it is.

use jiff::Timestamp;
use lotus_domain::district::Division;
use lotus_domain::licence::Holder;
use lotus_domain::policy::{Fact, FactFile, FactName, Facts, Of};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

const BODY: &str = "fact_file.body";
/// Kind of blind index.
const HOLDER: &str = "fact_file.holder";

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Body {
    holder: Holder,
    facts: Facts,
}

fn id(keys: &DistrictKeys, holder: &Holder) -> String {
    keys.index(HOLDER, &holder.name()).to_string()
}

fn file(keys: &DistrictKeys, division: &Division, found: &Row) -> Result<FactFile, StoreError> {
    let id: String = found.try_get(0)?;
    let Body { holder, facts } = row::from_json(BODY, &keys.open(BODY, &id, found.try_get(1)?)?)?;
    let changed = row::moment(found.try_get(2)?)?;
    Ok(FactFile { place: division.clone(), id, holder, facts }.completed(changed))
}

async fn get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
) -> Result<Option<FactFile>, StoreError> {
    let found = sqlx::query::<Db>("SELECT id, body, changed FROM fact_file WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(id)
        .fetch_optional(db)
        .await?;
    found.map(|found| file(keys, division, &found)).transpose()
}

async fn put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
    body: &Body,
    now: &Timestamp,
) -> Result<(), StoreError> {
    let kind = match &body.holder {
        Holder::Person(_) => Of::Person,
        Holder::Enterprise(_) => Of::Enterprise,
    };
    sqlx::query::<Db>(
        "INSERT INTO fact_file (division, id, kind, changed, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (division, id) DO UPDATE SET changed = excluded.changed, body = excluded.body",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(kind.name())
    .bind(now.as_millisecond())
    .bind(keys.seal(BODY, id, row::to_json(body)?.as_bytes())?)
    .execute(db)
    .await?;
    Ok(())
}

/// A holder's file.
pub(crate) async fn fact_file_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    holder: &Holder,
) -> Result<Option<FactFile>, StoreError> {
    get(db, keys, division, &id(keys, holder)).await
}

/// A file by its id.
pub(crate) async fn fact_file_find(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
) -> Result<Option<FactFile>, StoreError> {
    get(db, keys, division, id).await
}

/// Learns facts of a holder, in place of what was known under their names; the file as it is then.
pub(crate) async fn fact_file_learn(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    holder: &Holder,
    learnt: &[(FactName, Fact)],
    now: &Timestamp,
) -> Result<FactFile, StoreError> {
    let id = id(keys, holder);
    let known = get(&mut *db, keys, division, &id).await?;
    let mut facts = known.map(|file| file.facts).unwrap_or_default();
    for (name, fact) in learnt {
        facts.learn(*name, fact.clone()).map_err(|error| StoreError::unreadable("a fact", error))?;
    }
    let body = Body { holder: holder.clone(), facts };
    put(db, keys, division, &id, &body, now).await?;
    Ok(FactFile { place: division.clone(), id, holder: body.holder, facts: body.facts }.completed(*now))
}

/// Forgets what a holder said of themselves; the file as it is then, none where there was nothing of the kind.
pub(crate) async fn fact_file_forget(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    holder: &Holder,
    name: &FactName,
    now: &Timestamp,
) -> Result<Option<FactFile>, StoreError> {
    let Some(mut known) = get(&mut *db, keys, division, &id(keys, holder)).await? else { return Ok(None) };
    if !known.facts.get(*name).is_some_and(|fact| fact.declared) {
        return Ok(None);
    }
    known.facts.forget(*name);
    let body = Body { holder: holder.clone(), facts: known.facts.clone() };
    put(db, keys, division, &known.id, &body, now).await?;
    Ok(Some(known))
}

/// Keeps files whole, in place of what was there: for registers that hand over everybody.
pub(crate) async fn fact_file_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    files: &[(Holder, Facts)],
    now: &Timestamp,
) -> Result<(), StoreError> {
    for (holder, facts) in files {
        let body = Body { holder: holder.clone(), facts: facts.clone() };
        put(&mut *db, keys, division, &id(keys, holder), &body, now).await?;
    }
    Ok(())
}

/// Files of persons, or of enterprises, in the order of their ids, which is none, after one.
pub(crate) async fn fact_file_page(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    of: Of,
    after: &str,
    limit: u32,
) -> Result<Vec<FactFile>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, body, changed FROM fact_file WHERE division = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT $4",
    )
    .bind(division.as_str())
    .bind(of.name())
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| file(keys, division, found)).collect()
}

/// How many files there are of persons, or of enterprises.
pub(crate) async fn fact_file_count(db: &mut Connection, division: &Division, of: Of) -> Result<u64, StoreError> {
    let found = sqlx::query::<Db>("SELECT COUNT(*) FROM fact_file WHERE division = $1 AND kind = $2")
        .bind(division.as_str())
        .bind(of.name())
        .fetch_one(db)
        .await?;
    Ok(row::unsigned(found.try_get(0)?))
}
