//! Tokens for machines, in the city's division; of a token only its hash is here.

use lotus_domain::access::Deed;
use lotus_domain::account::{AccountId, ApiToken};
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;

fn token(found: &Row) -> Result<ApiToken, StoreError> {
    let deeds: Vec<Deed> = row::from_json("a token's deeds", found.try_get::<&str, _>(3)?.as_bytes())?;
    Ok(ApiToken {
        id: row::hash(found.try_get(0)?)?,
        division: row::parsed("a division", Division::parse(found.try_get::<&str, _>(1)?))?,
        label: found.try_get(2)?,
        deeds,
        ends: row::moment(found.try_get(4)?)?,
        made_by: AccountId(found.try_get(5)?),
        made: row::moment(found.try_get(6)?)?,
    })
}

pub(crate) async fn token_put(db: &mut Connection, city: &Division, new: &ApiToken) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO api_token (division, id, acts_in, label, deeds, ends, made_by, made)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(city.as_str())
    .bind(new.id.0.as_slice())
    .bind(new.division.as_str())
    .bind(new.label.replace('\0', ""))
    .bind(row::to_json(&new.deeds)?)
    .bind(new.ends.as_millisecond())
    .bind(new.made_by.0.as_str())
    .bind(new.made.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn token_get(db: &mut Connection, city: &Division, id: &Hash) -> Result<Option<ApiToken>, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT id, acts_in, label, deeds, ends, made_by, made FROM api_token WHERE division = $1 AND id = $2",
    )
    .bind(city.as_str())
    .bind(id.0.as_slice())
    .fetch_optional(db)
    .await?;
    found.map(|found| token(&found)).transpose()
}

pub(crate) async fn token_list(
    db: &mut Connection,
    city: &Division,
    acts_in: &Division,
) -> Result<Vec<ApiToken>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, acts_in, label, deeds, ends, made_by, made FROM api_token
         WHERE division = $1 AND acts_in = $2 ORDER BY made DESC",
    )
    .bind(city.as_str())
    .bind(acts_in.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(token).collect()
}

pub(crate) async fn token_end(db: &mut Connection, city: &Division, id: &Hash) -> Result<bool, StoreError> {
    let ended = sqlx::query::<Db>("DELETE FROM api_token WHERE division = $1 AND id = $2")
        .bind(city.as_str())
        .bind(id.0.as_slice())
        .execute(db)
        .await?;
    Ok(ended.rows_affected() > 0)
}
