//! Ratings as everybody reads them, and what counts of them.

use lotus_domain::district::Division;
use lotus_domain::rating::{Cell, Counts};
use sqlx::Row as _;

use super::rating::{grade, item};
use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::rating::PublicRating;

fn public(found: &Row) -> Result<PublicRating, StoreError> {
    Ok(PublicRating {
        month: found.try_get(0)?,
        department: found.try_get(1)?,
        item: item(found.try_get(2)?),
        grade: grade(found.try_get(3)?)?,
        tags: row::from_json("tags", found.try_get::<&str, _>(4)?.as_bytes())?,
        text: found.try_get(5)?,
        outcome: found.try_get(6)?,
    })
}

/// What everybody reads: texts, and what was put right; newest first.
pub(crate) async fn rating_list_public(
    db: &mut Connection,
    division: &Division,
    department: Option<&str>,
    code: Option<&str>,
    limit: u32,
) -> Result<Vec<PublicRating>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT month, department, item, grade, tags, public_text, outcome FROM rating
         WHERE division = $1 AND ($2 IS NULL OR department = $2) AND ($3 IS NULL OR item = $3)
             AND locked = 1 AND standing = 'counted' AND (public_text IS NOT NULL OR outcome IS NOT NULL)
         ORDER BY made DESC, id LIMIT $4",
    )
    .bind(division.as_str())
    .bind(department)
    .bind(code)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(public).collect()
}

/// What counts in these months, by department and item.
pub(crate) async fn rating_count_list(
    db: &mut Connection,
    division: &Division,
    from: &str,
    until: &str,
    limit: u32,
) -> Result<Vec<Cell>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT month, department, item, grade_1, grade_2, grade_3, grade_4, grade_5, rectified FROM rating_count
         WHERE division = $1 AND month >= $2 AND month <= $3 ORDER BY month DESC, department, item LIMIT $4",
    )
    .bind(division.as_str())
    .bind(from)
    .bind(until)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|found| {
            let mut grades = [0; 5];
            for (at, number) in grades.iter_mut().enumerate() {
                *number = row::unsigned(found.try_get(3 + at)?);
            }
            Ok(Cell {
                month: found.try_get(0)?,
                department: found.try_get(1)?,
                item: item(found.try_get(2)?),
                counts: Counts { grades, rectified: row::unsigned(found.try_get(8)?) },
            })
        })
        .collect()
}
