//! The catalogue: items with their versions. A version that is published never changes.

use lotus_domain::catalog::{DistrictItem, Item};
use lotus_domain::district::Division;
use sqlx::Row as _;

use super::{Connection, Db, Row, activation, row};
use crate::StoreError;

fn item(division: &Division, found: &Row) -> Result<DistrictItem, StoreError> {
    let item: Item = row::from_json("an item", found.try_get::<&str, _>(0)?.as_bytes())?;
    Ok(DistrictItem { division: division.clone(), item })
}

pub(crate) async fn item_list(db: &mut Connection, division: &Division) -> Result<Vec<DistrictItem>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT body FROM item WHERE division = $1 AND version =
             (SELECT MAX(version) FROM item AS newest WHERE newest.division = item.division AND newest.code = item.code)
         ORDER BY code",
    )
    .bind(division.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| item(division, found)).collect()
}

pub(crate) async fn item_version(
    db: &mut Connection,
    division: &Division,
    code: &str,
    version: u32,
) -> Result<Option<DistrictItem>, StoreError> {
    let found = sqlx::query::<Db>("SELECT body FROM item WHERE division = $1 AND code = $2 AND version = $3")
        .bind(division.as_str())
        .bind(code)
        .bind(i64::from(version))
        .fetch_optional(db)
        .await?;
    found.map(|found| item(division, &found)).transpose()
}

pub(crate) async fn item_publish(
    db: &mut Connection,
    division: &Division,
    items: &[DistrictItem],
) -> Result<(), StoreError> {
    for published in items.iter().map(|item| &item.item) {
        sqlx::query::<Db>(
            "INSERT INTO item (division, code, version, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (division, code, version) DO NOTHING",
        )
        .bind(division.as_str())
        .bind(published.code.as_str())
        .bind(i64::from(published.version))
        .bind(row::to_json(published)?)
        .execute(&mut *db)
        .await?;
    }
    activation::changed(db).await
}
