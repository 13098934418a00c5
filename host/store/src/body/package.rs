//! Plugin packages, by digest.

use jiff::Timestamp;
use lotus_domain::package::{Digest, Package};
use sqlx::Row as _;

use super::{Connection, Db, row};
use crate::StoreError;

pub(crate) async fn package_get(db: &mut Connection, digest: &Digest) -> Result<Option<Package>, StoreError> {
    let found = sqlx::query::<Db>("SELECT manifest, component, installed FROM package WHERE digest = $1")
        .bind(digest.as_bytes().as_slice())
        .fetch_optional(db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let source: String = found.try_get(0)?;
    let component: Vec<u8> = found.try_get(1)?;
    let installed = row::moment(found.try_get(2)?)?;
    let package = row::parsed("a package's manifest", Package::read(&source, component, installed))?;
    if package.digest != *digest {
        return Err(StoreError::unreadable("a package", format!("{digest} does not fit its bytes")));
    }
    Ok(Some(package))
}

pub(crate) async fn package_put(db: &mut Connection, package: &Package) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO package (digest, plugin, version, manifest, component, installed) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (digest) DO NOTHING",
    )
    .bind(package.digest.as_bytes().as_slice())
    .bind(package.manifest.id.as_str())
    .bind(package.manifest.version.as_str())
    .bind(package.source.as_str())
    .bind(&*package.component)
    .bind(package.installed.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn package_list(
    db: &mut Connection,
    plugin: &str,
) -> Result<Vec<(Digest, String, Timestamp)>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT digest, version, installed FROM package WHERE plugin = $1 ORDER BY installed DESC, version",
    )
    .bind(plugin)
    .fetch_all(db)
    .await?;
    let one =
        |found: &super::Row| Ok((row::digest(found.try_get(0)?)?, found.try_get(1)?, row::moment(found.try_get(2)?)?));
    rows.iter().map(one).collect()
}
