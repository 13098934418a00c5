//! Evaluations: the plan, the population's published names, the sample with its sealed cases and answers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::evaluation::{Evaluation, Named};
use sqlx::{QueryBuilder, Row as _};

use super::{Connection, Db, case, row};
use crate::vault::DistrictKeys;
use crate::{Sampled, StoreError};

const CASE: &str = "evaluation_sample.case_number";
const ANSWERS: &str = "evaluation_sample.answers";
/// Rows of one statement.
const AT_ONCE: usize = 500;

fn place(evaluation: &str, name: &str) -> String {
    format!("{evaluation}\0{name}")
}

pub(crate) async fn evaluation_put(
    db: &mut Connection,
    division: &Division,
    evaluation: &Evaluation,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO evaluation (division, id, body, state, made) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (division, id) DO UPDATE SET body = excluded.body, state = excluded.state",
    )
    .bind(division.as_str())
    .bind(evaluation.id.as_str())
    .bind(row::to_json(evaluation)?)
    .bind(evaluation.stage.name())
    .bind(evaluation.made.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn evaluation_get(
    db: &mut Connection,
    division: &Division,
    id: &str,
) -> Result<Option<Evaluation>, StoreError> {
    let found = sqlx::query::<Db>("SELECT body FROM evaluation WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(id)
        .fetch_optional(db)
        .await?;
    found.map(|found| row::from_json("an evaluation", found.try_get::<&str, _>(0)?.as_bytes())).transpose()
}

pub(crate) async fn evaluation_list(
    db: &mut Connection,
    division: &Division,
    limit: u32,
) -> Result<Vec<Evaluation>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT body FROM evaluation WHERE division = $1 ORDER BY made DESC, id LIMIT $2")
        .bind(division.as_str())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(|found| row::from_json("an evaluation", found.try_get::<&str, _>(0)?.as_bytes())).collect()
}

/// Keeps a population and its sample, once: whether the evaluation was still only planned.
pub(crate) async fn evaluation_draw(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    drawn: &Evaluation,
    population: &[Named],
    sample: &[(Named, CaseNumber, Hash)],
) -> Result<bool, StoreError> {
    let done = sqlx::query::<Db>(
        "UPDATE evaluation SET body = $3, state = $4 WHERE division = $1 AND id = $2 AND state = 'planned'",
    )
    .bind(division.as_str())
    .bind(drawn.id.as_str())
    .bind(row::to_json(drawn)?)
    .bind(drawn.stage.name())
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    for part in population.chunks(AT_ONCE) {
        let mut insert =
            QueryBuilder::<Db>::new("INSERT INTO evaluation_population (division, evaluation, name, stratum) ");
        insert.push_values(part, |mut values, one| {
            values
                .push_bind(division.as_str())
                .push_bind(drawn.id.as_str())
                .push_bind(one.name.as_str())
                .push_bind(one.stratum.as_str());
        });
        insert.build().execute(&mut *db).await?;
    }
    for (one, number, token) in sample {
        sqlx::query::<Db>(
            "INSERT INTO evaluation_sample (division, evaluation, name, stratum, case_number, token)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(division.as_str())
        .bind(drawn.id.as_str())
        .bind(one.name.as_str())
        .bind(one.stratum.as_str())
        .bind(keys.seal(CASE, &place(&drawn.id, &one.name), number.as_str().as_bytes())?)
        .bind(token.0.as_slice())
        .execute(&mut *db)
        .await?;
    }
    Ok(true)
}

pub(crate) async fn evaluation_population(
    db: &mut Connection,
    division: &Division,
    id: &str,
) -> Result<Vec<Named>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT stratum, name FROM evaluation_population WHERE division = $1 AND evaluation = $2
         ORDER BY stratum, name",
    )
    .bind(division.as_str())
    .bind(id)
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| Ok(Named { stratum: found.try_get(0)?, name: found.try_get(1)? })).collect()
}

pub(crate) async fn evaluation_sample(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
) -> Result<Vec<Sampled>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT stratum, name, case_number, invited, answered, answers FROM evaluation_sample
         WHERE division = $1 AND evaluation = $2 ORDER BY stratum, name",
    )
    .bind(division.as_str())
    .bind(id)
    .fetch_all(db)
    .await?;
    let mut sample = Vec::with_capacity(rows.len());
    for found in &rows {
        let one = Named { stratum: found.try_get(0)?, name: found.try_get(1)? };
        let at = place(id, &one.name);
        let number = keys.open(CASE, &at, found.try_get(2)?)?;
        let answers: Option<&[u8]> = found.try_get(5)?;
        let answers = answers.map(|sealed| row::from_json(ANSWERS, &keys.open(ANSWERS, &at, sealed)?)).transpose()?;
        sample.push(Sampled {
            number: row::parsed("a case number", CaseNumber::parse(&String::from_utf8_lossy(&number)))?,
            invited: found.try_get::<Option<i64>, _>(3)?.map(row::moment).transpose()?,
            answered: found.try_get::<Option<i64>, _>(4)?.map(row::moment).transpose()?,
            answers,
            one,
        });
    }
    Ok(sample)
}

/// Notes that somebody of a sample was asked.
pub(crate) async fn evaluation_invited(
    db: &mut Connection,
    division: &Division,
    id: &str,
    name: &str,
    at: &Timestamp,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "UPDATE evaluation_sample SET invited = $4
         WHERE division = $1 AND evaluation = $2 AND name = $3 AND invited IS NULL",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(name)
    .bind(at.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

/// Whose link this is: the evaluation, and whether it was used.
pub(crate) async fn evaluation_of_token(
    db: &mut Connection,
    division: &Division,
    token: &Hash,
) -> Result<Option<(String, bool)>, StoreError> {
    let found =
        sqlx::query::<Db>("SELECT evaluation, answered FROM evaluation_sample WHERE division = $1 AND token = $2")
            .bind(division.as_str())
            .bind(token.0.as_slice())
            .fetch_optional(db)
            .await?;
    found.map(|found| Ok((found.try_get(0)?, found.try_get::<Option<i64>, _>(1)?.is_some()))).transpose()
}

/// Keeps what was answered, once; whether it was the first time, while the evaluation asks.
pub(crate) async fn evaluation_answer(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    token: &Hash,
    answers: &BTreeMap<usize, String>,
    at: &Timestamp,
) -> Result<bool, StoreError> {
    let found = sqlx::query::<Db>("SELECT evaluation, name FROM evaluation_sample WHERE division = $1 AND token = $2")
        .bind(division.as_str())
        .bind(token.0.as_slice())
        .fetch_optional(&mut *db)
        .await?;
    let Some(found) = found else { return Ok(false) };
    let (id, name): (String, String) = (found.try_get(0)?, found.try_get(1)?);
    let done = sqlx::query::<Db>(
        "UPDATE evaluation_sample SET answers = $4, answered = $5
         WHERE division = $1 AND evaluation = $2 AND name = $3 AND answered IS NULL
             AND EXISTS (SELECT 1 FROM evaluation AS e WHERE e.division = $1 AND e.id = $2 AND e.state = 'drawn')",
    )
    .bind(division.as_str())
    .bind(id.as_str())
    .bind(name.as_str())
    .bind(keys.seal(ANSWERS, &place(&id, &name), row::to_json(answers)?.as_bytes())?)
    .bind(at.as_millisecond())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Cases of a district that were submitted in a time and are over or answered, after a number, by number.
pub(crate) async fn case_list_ended(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    (from, to): (Timestamp, Timestamp),
    after: Option<&CaseNumber>,
    limit: u32,
) -> Result<Vec<Case>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT number FROM case_file
         WHERE division = $1 AND is_open = 0 AND submitted >= $2 AND submitted < $3 AND number > $4
         ORDER BY number LIMIT $5",
    )
    .bind(division.as_str())
    .bind(from.as_millisecond())
    .bind(to.as_millisecond())
    .bind(after.map_or("", CaseNumber::as_str))
    .bind(i64::from(limit))
    .fetch_all(&mut *db)
    .await?;
    let mut cases = Vec::with_capacity(rows.len());
    for found in &rows {
        let number = row::parsed("a case number", CaseNumber::parse(found.try_get(0)?))?;
        cases.extend(case::case_recent(db, keys, division, &number, 1).await?.map(|file| file.case));
    }
    Ok(cases)
}
