//! Districts: the tenants.

use lotus_domain::district::District;
use sqlx::Row as _;

use super::{Connection, Db, activation, row};
use crate::StoreError;

pub(crate) async fn district_list(db: &mut Connection) -> Result<Vec<District>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT body FROM district ORDER BY position, division").fetch_all(db).await?;
    rows.iter().map(|found| row::from_json("a district", found.try_get::<&str, _>(0)?.as_bytes())).collect()
}

pub(crate) async fn district_put(db: &mut Connection, districts: &[District]) -> Result<(), StoreError> {
    for (position, district) in (0_i64..).zip(districts) {
        sqlx::query::<Db>(
            "INSERT INTO district (division, position, body) VALUES ($1, $2, $3)
             ON CONFLICT (division) DO UPDATE SET position = excluded.position, body = excluded.body",
        )
        .bind(district.division.as_str())
        .bind(position)
        .bind(row::to_json(district)?)
        .execute(&mut *db)
        .await?;
    }
    activation::changed(db).await
}
