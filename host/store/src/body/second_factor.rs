//! Second factors: sealed TOTP secrets, and the last code that was taken.

use lotus_domain::account::AccountId;
use lotus_domain::district::Division;
use sqlx::Row as _;

use super::{Connection, Db, row};
use crate::StoreError;
use crate::index::SecondFactor;
use crate::vault::DistrictKeys;

const SECRET: &str = "second_factor.secret";

pub(crate) async fn second_factor_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    account: &AccountId,
) -> Result<Option<SecondFactor>, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT secret, confirmed, last_step FROM second_factor WHERE division = $1 AND account = $2",
    )
    .bind(city.as_str())
    .bind(account.0.as_str())
    .fetch_optional(db)
    .await?;
    let Some(found) = found else { return Ok(None) };
    Ok(Some(SecondFactor {
        secret: keys.open(SECRET, &account.0, found.try_get(0)?)?,
        confirmed: found.try_get::<i64, _>(1)? != 0,
        last_step: row::unsigned(found.try_get(2)?),
    }))
}

/// Keeps a new secret, unless one is confirmed already: that one can't be replaced by whoever comes by.
pub(crate) async fn second_factor_propose(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    account: &AccountId,
    secret: &[u8],
) -> Result<bool, StoreError> {
    let kept = sqlx::query::<Db>(
        "INSERT INTO second_factor (division, account, secret, confirmed, last_step) VALUES ($1, $2, $3, 0, 0)
         ON CONFLICT (division, account) DO UPDATE SET secret = excluded.secret WHERE second_factor.confirmed = 0",
    )
    .bind(city.as_str())
    .bind(account.0.as_str())
    .bind(keys.seal(SECRET, &account.0, secret)?)
    .execute(db)
    .await?;
    Ok(kept.rows_affected() > 0)
}

/// Takes a code of this time step, which confirms the secret; whether no code of it or a later one was taken before.
pub(crate) async fn second_factor_take(
    db: &mut Connection,
    city: &Division,
    account: &AccountId,
    step: &u64,
) -> Result<bool, StoreError> {
    let taken = sqlx::query::<Db>(
        "UPDATE second_factor SET confirmed = 1, last_step = $3 WHERE division = $1 AND account = $2 AND last_step < $3",
    )
    .bind(city.as_str())
    .bind(account.0.as_str())
    .bind(row::signed(*step))
    .execute(db)
    .await?;
    Ok(taken.rows_affected() > 0)
}
