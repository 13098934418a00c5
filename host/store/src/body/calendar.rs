//! The working-day calendar: published years.

use lotus_domain::calendar::CalendarYear;
use lotus_domain::district::Division;
use sqlx::Row as _;

use super::{Connection, Db, activation, row};
use crate::StoreError;

pub(crate) async fn calendar_list(db: &mut Connection, division: &Division) -> Result<Vec<CalendarYear>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT body FROM calendar_year WHERE division = $1 ORDER BY year")
        .bind(division.as_str())
        .fetch_all(db)
        .await?;
    rows.iter().map(|found| row::from_json("a year of the calendar", found.try_get::<&str, _>(0)?.as_bytes())).collect()
}

pub(crate) async fn calendar_put(
    db: &mut Connection,
    division: &Division,
    years: &[CalendarYear],
) -> Result<(), StoreError> {
    for year in years {
        sqlx::query::<Db>(
            "INSERT INTO calendar_year (division, year, body) VALUES ($1, $2, $3)
             ON CONFLICT (division, year) DO UPDATE SET body = excluded.body",
        )
        .bind(division.as_str())
        .bind(i64::from(year.year))
        .bind(row::to_json(year)?)
        .execute(&mut *db)
        .await?;
    }
    activation::changed(db).await
}
