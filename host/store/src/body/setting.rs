//! Dated settings of a city.

use lotus_domain::district::Division;
use lotus_domain::setting::{Dated, Setting};
use sqlx::Row as _;

use super::{Connection, Db, activation, row};
use crate::StoreError;

pub(crate) async fn setting_list(db: &mut Connection, division: &Division) -> Result<Vec<Dated>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT name, since, value FROM setting WHERE division = $1 ORDER BY name, since")
        .bind(division.as_str())
        .fetch_all(db)
        .await?;
    let mut all = Vec::new();
    for found in rows {
        // One of a newer version is not ours to read.
        let Some(setting) = Setting::parse(found.try_get(0)?) else { continue };
        let since = row::parsed("a day", found.try_get::<&str, _>(1)?.parse())?;
        all.push(Dated { setting, since, value: found.try_get(2)? });
    }
    Ok(all)
}

pub(crate) async fn setting_put(db: &mut Connection, division: &Division, dated: &Dated) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO setting (division, name, since, value) VALUES ($1, $2, $3, $4)
         ON CONFLICT (division, name, since) DO UPDATE SET value = excluded.value",
    )
    .bind(division.as_str())
    .bind(dated.setting.name())
    .bind(dated.since.to_string())
    .bind(dated.value)
    .execute(&mut *db)
    .await?;
    activation::changed(db).await
}
