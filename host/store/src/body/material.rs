//! Materials in their drawers and on cases. Their files are elsewhere; the keys of the files are here, sealed.

use jiff::Timestamp;
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::material::{FileKey, Holder, Material, MaterialId, MediaType, Verdict};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

const BODY: &str = "material.body";
const FILE_KEY: &str = "material.file_key";
/// What names are indexed as.
const NAME: &str = "material-name";

/// What of a material is sealed together.
#[derive(Serialize, Deserialize)]
struct Body {
    name: String,
    file: String,
    media: MediaType,
    size: u64,
    sha256: Vec<u8>,
    verdict: Verdict,
    purpose: String,
}

fn material(keys: &DistrictKeys, found: &Row) -> Result<(Material, FileKey), StoreError> {
    let id: String = found.try_get(0)?;
    let body: Body = row::from_json(BODY, &keys.open(BODY, &id, found.try_get(2)?)?)?;
    let key = FileKey::from_bytes(&keys.open(FILE_KEY, &id, found.try_get(3)?)?);
    let key = key.ok_or_else(|| StoreError::unreadable("a file's key", "it is none"))?;
    let holder = Holder::parse(found.try_get(1)?);
    let material = Material {
        id: row::parsed("a material's id", MaterialId::parse(&id))?,
        holder: holder.ok_or_else(|| StoreError::unreadable("a material's holder", "it is none"))?,
        name: body.name,
        file: body.file,
        media: body.media,
        size: body.size,
        sha256: row::hash(&body.sha256)?,
        verdict: body.verdict,
        purpose: body.purpose,
        given: row::moment(found.try_get(4)?)?,
    };
    Ok((material, key))
}

pub(crate) async fn material_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    material: &Material,
    key: &FileKey,
) -> Result<(), StoreError> {
    let Hash(sha256) = material.sha256;
    let body = Body {
        name: material.name.clone(),
        file: material.file.clone(),
        media: material.media,
        size: material.size,
        sha256: sha256.to_vec(),
        verdict: material.verdict,
        purpose: material.purpose.clone(),
    };
    let id = material.id.as_str();
    sqlx::query::<Db>(
        "INSERT INTO material (division, id, holder, name_index, body, file_key, given, in_drawer)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(material.holder.column())
    .bind(keys.index(NAME, &material.name).0.as_slice())
    .bind(keys.seal(BODY, id, row::to_json(&body)?.as_bytes())?)
    .bind(keys.seal(FILE_KEY, id, &key.to_bytes())?)
    .bind(material.given.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn material_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &MaterialId,
) -> Result<Option<(Material, FileKey)>, StoreError> {
    let found =
        sqlx::query::<Db>("SELECT id, holder, body, file_key, given FROM material WHERE division = $1 AND id = $2")
            .bind(division.as_str())
            .bind(id.as_str())
            .fetch_optional(db)
            .await?;
    found.map(|found| material(keys, &found)).transpose()
}

pub(crate) async fn material_is_known(
    db: &mut Connection,
    division: &Division,
    id: &MaterialId,
) -> Result<bool, StoreError> {
    let found = sqlx::query::<Db>("SELECT 1 FROM material WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(id.as_str())
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

pub(crate) async fn material_list(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    holder: &Holder,
    name: Option<&str>,
    limit: u32,
) -> Result<Vec<Material>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, holder, body, file_key, given FROM material
         WHERE division = $1 AND holder = $2 AND in_drawer = 1 AND ($3 IS NULL OR name_index = $3)
         ORDER BY given DESC, id LIMIT $4",
    )
    .bind(division.as_str())
    .bind(holder.column())
    .bind(name.map(|name| keys.index(NAME, name).0.to_vec()))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| material(keys, found).map(|(material, _)| material)).collect()
}

pub(crate) async fn material_take_out(
    db: &mut Connection,
    division: &Division,
    holder: &Holder,
    id: &MaterialId,
) -> Result<bool, StoreError> {
    let taken = sqlx::query::<Db>(
        "UPDATE material SET in_drawer = 0 WHERE division = $1 AND holder = $2 AND id = $3 AND in_drawer = 1",
    )
    .bind(division.as_str())
    .bind(holder.column())
    .bind(id.as_str())
    .execute(db)
    .await?;
    Ok(taken.rows_affected() > 0)
}

/// Removes what is in no drawer any more, or was given by a browser before this moment, and belongs to no case.
pub(crate) async fn material_sweep(
    db: &mut Connection,
    division: &Division,
    before: &Timestamp,
) -> Result<Vec<MaterialId>, StoreError> {
    let rows = sqlx::query::<Db>(
        "DELETE FROM material
         WHERE division = $1 AND (in_drawer = 0 OR (holder LIKE 'browser/%' AND given < $2))
             AND NOT EXISTS (SELECT 1 FROM case_material AS c
                 WHERE c.drawer = material.division AND c.material = material.id)
         RETURNING id",
    )
    .bind(division.as_str())
    .bind(before.as_millisecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| row::parsed("a material's id", MaterialId::parse(found.try_get(0)?))).collect()
}

/// Attaches a material to a case, once; whether it was not there before.
pub(crate) async fn material_attach(
    db: &mut Connection,
    division: &Division,
    number: &CaseNumber,
    drawer: &Division,
    id: &MaterialId,
    by: &Option<String>,
    at: &Timestamp,
) -> Result<bool, StoreError> {
    let attached = sqlx::query::<Db>(
        "INSERT INTO case_material (division, number, drawer, material, attached, attached_by)
         SELECT $1, $2, $3, $4, $5, $6 WHERE EXISTS (SELECT 1 FROM material WHERE division = $3 AND id = $4)
         ON CONFLICT (division, number, drawer, material) DO NOTHING",
    )
    .bind(division.as_str())
    .bind(number.as_str())
    .bind(drawer.as_str())
    .bind(id.as_str())
    .bind(at.as_millisecond())
    .bind(by.as_deref())
    .execute(db)
    .await?;
    Ok(attached.rows_affected() > 0)
}

pub(crate) async fn material_list_case(
    db: &mut Connection,
    division: &Division,
    number: &CaseNumber,
) -> Result<Vec<(Division, MaterialId)>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT drawer, material FROM case_material WHERE division = $1 AND number = $2 ORDER BY attached, material",
    )
    .bind(division.as_str())
    .bind(number.as_str())
    .fetch_all(db)
    .await?;
    let of = |found: &Row| {
        let drawer = row::parsed("a division", Division::parse(found.try_get::<String, _>(0)?))?;
        Ok((drawer, row::parsed("a material's id", MaterialId::parse(found.try_get(1)?))?))
    };
    rows.iter().map(of).collect()
}
