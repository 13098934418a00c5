//! Activations: which package serves in which district; and the count of changes by which replicas notice them.

use lotus_domain::activation::Activation;
use lotus_domain::district::Division;
use sqlx::Row as _;

use super::{Connection, Db, row};
use crate::StoreError;

pub(crate) async fn activation_list(db: &mut Connection) -> Result<Vec<Activation>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT division, plugin, package, granted, settings, since FROM activation ORDER BY division, since, plugin",
    )
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|found| {
            Ok(Activation {
                division: row::parsed("a division", Division::parse(found.try_get::<&str, _>(0)?))?,
                plugin: found.try_get(1)?,
                package: row::digest(found.try_get(2)?)?,
                grant: row::from_json("a grant", found.try_get::<&str, _>(3)?.as_bytes())?,
                settings: row::from_json("a plugin's settings", found.try_get::<&str, _>(4)?.as_bytes())?,
                since: row::moment(found.try_get(5)?)?,
            })
        })
        .collect()
}

pub(crate) async fn activation_put(db: &mut Connection, activation: &Activation) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO activation (division, plugin, package, granted, settings, since) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (division, plugin) DO UPDATE SET package = excluded.package, granted = excluded.granted,
             settings = excluded.settings, since = excluded.since",
    )
    .bind(activation.division.as_str())
    .bind(activation.plugin.as_str())
    .bind(activation.package.as_bytes().as_slice())
    .bind(row::to_json(&activation.grant)?)
    .bind(row::to_json(&activation.settings)?)
    .bind(activation.since.as_millisecond())
    .execute(&mut *db)
    .await?;
    changed(db).await
}

pub(crate) async fn activation_remove(
    db: &mut Connection,
    division: &Division,
    plugin: &str,
) -> Result<bool, StoreError> {
    let removed = sqlx::query::<Db>("DELETE FROM activation WHERE division = $1 AND plugin = $2")
        .bind(division.as_str())
        .bind(plugin)
        .execute(&mut *db)
        .await?;
    changed(db).await?;
    Ok(removed.rows_affected() > 0)
}

pub(crate) async fn generation(db: &mut Connection) -> Result<i64, StoreError> {
    let found = sqlx::query::<Db>("SELECT generation FROM change WHERE topic = 'house'").fetch_optional(db).await?;
    found.map_or(Ok(0), |found| Ok(found.try_get(0)?))
}

/// Counts a change of what every replica holds in memory.
pub(super) async fn changed(db: &mut Connection) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO change (topic, generation) VALUES ('house', 1)
         ON CONFLICT (topic) DO UPDATE SET generation = change.generation + 1",
    )
    .execute(db)
    .await?;
    Ok(())
}
