//! By what cases are found again: blind indexes of what was typed into them, and of whose they are.

use std::collections::BTreeSet;

use lotus_domain::account::AccountId;
use lotus_domain::case::{Application, Case, CaseNumber};
use lotus_domain::district::Division;
use lotus_domain::grievance::ORGAN;
use lotus_domain::mark::Mark;
use sqlx::{QueryBuilder, Row as _};

use super::{Connection, Db, Row, case, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

/// A mark as it is kept: under the district's own key, so that no other district's index tells what is in it.
fn blind(keys: &DistrictKeys, mark: &Mark) -> Vec<u8> {
    keys.index(&format!("mark.{}", mark.kind().name()), mark.value()).0.to_vec()
}

/// Keeps marks of a case, each once.
pub(crate) async fn case_mark_add(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    marks: &BTreeSet<Mark>,
) -> Result<(), StoreError> {
    if marks.is_empty() {
        return Ok(());
    }
    let mut insert = QueryBuilder::<Db>::new("INSERT INTO case_mark (division, mark, number) ");
    insert.push_values(marks, |mut values, mark| {
        values.push_bind(division.as_str()).push_bind(blind(keys, mark)).push_bind(number.as_str());
    });
    insert.push(" ON CONFLICT (division, mark, number) DO NOTHING");
    insert.build().execute(db).await?;
    Ok(())
}

/// Keeps the marks of what an applicant gave.
pub(super) async fn case_mark_given(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    given: &Application,
) -> Result<(), StoreError> {
    case_mark_add(db, keys, division, number, &Mark::of(given)).await
}

/// Replaces the marks of an account.
pub(super) async fn account_mark_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    account: &str,
    marks: impl Iterator<Item = Mark>,
) -> Result<(), StoreError> {
    sqlx::query::<Db>("DELETE FROM account_mark WHERE division = $1 AND account = $2")
        .bind(city.as_str())
        .bind(account)
        .execute(&mut *db)
        .await?;
    for mark in marks.collect::<BTreeSet<Mark>>() {
        sqlx::query::<Db>("INSERT INTO account_mark (division, mark, account) VALUES ($1, $2, $3)")
            .bind(city.as_str())
            .bind(blind(keys, &mark))
            .bind(account)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

/// The accounts of people with one of these marks.
pub(crate) async fn account_list_marked(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    marks: &[Mark],
) -> Result<Vec<AccountId>, StoreError> {
    let mut found = BTreeSet::new();
    for mark in marks {
        let rows = sqlx::query::<Db>("SELECT account FROM account_mark WHERE division = $1 AND mark = $2 LIMIT 100")
            .bind(city.as_str())
            .bind(blind(keys, mark))
            .fetch_all(&mut *db)
            .await?;
        for row in rows {
            found.insert(AccountId(row.try_get(0)?));
        }
    }
    Ok(found.into_iter().collect())
}

/// A case that was found, and when it was submitted.
fn hit(found: &Row) -> Result<(i64, CaseNumber), StoreError> {
    let number = row::parsed("a case number", CaseNumber::parse(found.try_get(0)?))?;
    Ok((found.try_get(1)?, number))
}

/// The newest cases of a district with one of these marks or of one of these accounts, newest first; of these departments
/// alone where some are named.
pub(crate) async fn case_list_marked(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    marks: &[Mark],
    accounts: &[AccountId],
    departments: Option<&BTreeSet<String>>,
    limit: u32,
) -> Result<Vec<Case>, StoreError> {
    let departments: Vec<Option<&str>> = match departments {
        Some(departments) => departments.iter().map(|department| Some(department.as_str())).collect(),
        None => vec![None],
    };
    let mut hits = BTreeSet::new();
    for department in departments {
        for mark in marks {
            let rows = sqlx::query::<Db>(
                "SELECT f.number, f.submitted
                 FROM case_mark AS m JOIN case_file AS f ON f.division = m.division AND f.number = m.number
                 WHERE m.division = $1 AND m.mark = $2
                     AND (f.department = $3 OR ($3 IS NULL AND f.department <> $5))
                 ORDER BY f.submitted DESC, f.number LIMIT $4",
            )
            .bind(division.as_str())
            .bind(blind(keys, mark))
            .bind(department)
            .bind(i64::from(limit))
            .bind(ORGAN)
            .fetch_all(&mut *db)
            .await?;
            for found in &rows {
                hits.insert(hit(found)?);
            }
        }
        for account in accounts {
            let rows = sqlx::query::<Db>(
                "SELECT f.number, f.submitted FROM case_file AS f
                 WHERE f.division = $1 AND f.account = $2
                     AND (f.department = $3 OR ($3 IS NULL AND f.department <> $5))
                 ORDER BY f.submitted DESC, f.number LIMIT $4",
            )
            .bind(division.as_str())
            .bind(account.0.as_str())
            .bind(department)
            .bind(i64::from(limit))
            .bind(ORGAN)
            .fetch_all(&mut *db)
            .await?;
            for found in &rows {
                hits.insert(hit(found)?);
            }
        }
    }
    let mut cases = Vec::new();
    for (_, number) in hits.into_iter().rev().take(limit as usize) {
        cases.extend(case::case_get(db, keys, division, &number).await?.map(|file| file.case));
    }
    Ok(cases)
}
