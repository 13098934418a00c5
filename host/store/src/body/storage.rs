//! Plugin storage: entries, their versions, and what a space holds of its quota.
//!
//! A write first takes the row of its space in `plugin_space`, so that two writers of one space wait for each other and
//! the quota holds; writers of other spaces don't.

use lotus_domain::district::Division;
use lotus_domain::storage::{Entry, Expectation, Quota, ScanPage, StorageRefusal};
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

/// Values are sealed: nobody but the plugin knows whether they name people. Keys stand open, since they are ordered.
const VALUE: &str = "plugin_entry.value";

/// What binds a value to its plugin and key.
fn place(plugin: &str, key: &str) -> String {
    format!("{plugin}\0{key}")
}

fn entry(keys: &DistrictKeys, plugin: &str, found: &Row) -> Result<Entry, StoreError> {
    let key = row::parsed("a plugin's key", String::from_utf8(found.try_get(0)?))?;
    let value = keys.open(VALUE, &place(plugin, &key), found.try_get(1)?)?;
    Ok(Entry { key, value, version: row::unsigned(found.try_get(2)?) })
}

pub(crate) async fn storage_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    plugin: &str,
    key: &str,
) -> Result<Option<Entry>, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT key, value, version FROM plugin_entry WHERE division = $1 AND plugin = $2 AND key = $3",
    )
    .bind(division.as_str())
    .bind(plugin)
    .bind(key.as_bytes())
    .fetch_optional(db)
    .await?;
    found.as_ref().map(|found| entry(keys, plugin, found)).transpose()
}

/// A space that is held until the end of the transaction.
struct Space {
    used: u64,
    version: u64,
}

async fn hold(db: &mut Connection, division: &Division, plugin: &str) -> Result<Space, StoreError> {
    let held = sqlx::query::<Db>(
        "INSERT INTO plugin_space (division, plugin, used, version) VALUES ($1, $2, 0, 0)
         ON CONFLICT (division, plugin) DO UPDATE SET used = plugin_space.used
         RETURNING used, version",
    )
    .bind(division.as_str())
    .bind(plugin)
    .fetch_one(db)
    .await?;
    Ok(Space { used: row::unsigned(held.try_get(0)?), version: row::unsigned(held.try_get(1)?) })
}

async fn put_back(db: &mut Connection, division: &Division, plugin: &str, space: &Space) -> Result<(), StoreError> {
    sqlx::query::<Db>("UPDATE plugin_space SET used = $3, version = $4 WHERE division = $1 AND plugin = $2")
        .bind(division.as_str())
        .bind(plugin)
        .bind(row::signed(space.used))
        .bind(row::signed(space.version))
        .execute(db)
        .await?;
    Ok(())
}

/// Bytes that an entry takes of its quota.
fn weight(key: &str, value: usize) -> u64 {
    (key.len() + value) as u64
}

pub(crate) async fn storage_set(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    plugin: &str,
    key: &str,
    value: &[u8],
    expect: &Expectation,
    quota: &u64,
) -> Result<Result<u64, StorageRefusal>, StoreError> {
    let mut space = hold(db, division, plugin).await?;
    let there = storage_get(db, keys, division, plugin, key).await?;
    let version = there.as_ref().map(|entry| entry.version);
    if !expect.holds(version) {
        return Ok(Err(StorageRefusal::Conflict(version)));
    }
    let before = there.map_or(0, |entry| weight(key, entry.value.len()));
    let used = space.used.saturating_sub(before) + weight(key, value.len());
    if used > *quota {
        return Ok(Err(StorageRefusal::OverQuota(Quota { limit: *quota, used: space.used })));
    }
    space = Space { used, version: space.version + 1 };
    sqlx::query::<Db>(
        "INSERT INTO plugin_entry (division, plugin, key, value, version) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (division, plugin, key) DO UPDATE SET value = excluded.value, version = excluded.version",
    )
    .bind(division.as_str())
    .bind(plugin)
    .bind(key.as_bytes())
    .bind(keys.seal(VALUE, &place(plugin, key), value)?)
    .bind(row::signed(space.version))
    .execute(&mut *db)
    .await?;
    put_back(db, division, plugin, &space).await?;
    Ok(Ok(space.version))
}

pub(crate) async fn storage_remove(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    plugin: &str,
    key: &str,
    expect: &Expectation,
) -> Result<Result<bool, StorageRefusal>, StoreError> {
    let mut space = hold(db, division, plugin).await?;
    let there = storage_get(db, keys, division, plugin, key).await?;
    let version = there.as_ref().map(|entry| entry.version);
    if !expect.holds(version) {
        return Ok(Err(StorageRefusal::Conflict(version)));
    }
    let Some(there) = there else { return Ok(Ok(false)) };
    sqlx::query::<Db>("DELETE FROM plugin_entry WHERE division = $1 AND plugin = $2 AND key = $3")
        .bind(division.as_str())
        .bind(plugin)
        .bind(key.as_bytes())
        .execute(&mut *db)
        .await?;
    space.used = space.used.saturating_sub(weight(key, there.value.len()));
    put_back(db, division, plugin, &space).await?;
    Ok(Ok(true))
}

/// The first bytes that come after everything with this prefix; none where nothing does.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte < u8::MAX)?;
    let mut bound = prefix.get(..=last)?.to_vec();
    if let Some(byte) = bound.last_mut() {
        *byte += 1;
    }
    Some(bound)
}

pub(crate) async fn storage_scan(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    plugin: &str,
    prefix: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<ScanPage, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT key, value, version FROM plugin_entry
         WHERE division = $1 AND plugin = $2 AND key >= $3 AND ($4 IS NULL OR key < $4) AND ($5 IS NULL OR key > $5)
         ORDER BY key LIMIT $6",
    )
    .bind(division.as_str())
    .bind(plugin)
    .bind(prefix.as_bytes())
    .bind(after_prefix(prefix.as_bytes()))
    .bind(after.map(str::as_bytes))
    // One more than wanted tells whether there is a next page.
    .bind(i64::from(limit) + 1)
    .fetch_all(db)
    .await?;
    let mut entries = rows.iter().map(|found| entry(keys, plugin, found)).collect::<Result<Vec<_>, _>>()?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next = if more { entries.last().map(|last| last.key.clone()) } else { None };
    Ok(ScanPage { entries, next })
}

pub(crate) async fn storage_usage(
    db: &mut Connection,
    division: &Division,
    plugin: &str,
    quota: u64,
) -> Result<Quota, StoreError> {
    let found = sqlx::query::<Db>("SELECT used FROM plugin_space WHERE division = $1 AND plugin = $2")
        .bind(division.as_str())
        .bind(plugin)
        .fetch_optional(db)
        .await?;
    let used = found.map_or(Ok(0), |found| found.try_get::<i64, _>(0))?;
    Ok(Quota { limit: quota, used: row::unsigned(used) })
}
