//! Accounts and mandates, in the city's division. Profiles are sealed; people are found by blind indexes.

use lotus_domain::account::{Account, AccountId, Mandate, Profile};
use lotus_domain::district::Division;
use lotus_domain::mark::Mark;
use sqlx::Row as _;

use super::case_mark::account_mark_put;
use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

const PROFILE: &str = "account.profile";
const MANDATE: &str = "mandate.body";
/// Kinds of blind index.
const SUBJECT: &str = "account.subject";
const IDENTITY: &str = "account.identity";

fn account(keys: &DistrictKeys, found: &Row) -> Result<Account, StoreError> {
    let id: String = found.try_get(0)?;
    let profile: Profile = row::from_json(PROFILE, &keys.open(PROFILE, &id, found.try_get(2)?)?)?;
    Ok(Account { id: AccountId(id), provider: found.try_get(1)?, profile, created: row::moment(found.try_get(3)?)? })
}

/// Keeps what a provider says of a person now, under the account that it had before or a new one.
pub(crate) async fn account_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    new: &Account,
    subject: &str,
) -> Result<AccountId, StoreError> {
    let subject = keys.index(SUBJECT, &format!("{}\0{subject}", new.provider));
    let found = sqlx::query::<Db>("SELECT id FROM account WHERE division = $1 AND provider = $2 AND subject = $3")
        .bind(city.as_str())
        .bind(new.provider.as_str())
        .bind(subject.0.as_slice())
        .fetch_optional(&mut *db)
        .await?;
    let id = found.map_or(Ok(new.id.0.clone()), |found| found.try_get(0))?;
    let identity = new.profile.identity_number.as_ref().map(|number| keys.index(IDENTITY, number).0.to_vec());
    sqlx::query::<Db>(
        "INSERT INTO account (division, id, provider, subject, identity, profile, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (division, id) DO UPDATE SET identity = excluded.identity, profile = excluded.profile",
    )
    .bind(city.as_str())
    .bind(id.as_str())
    .bind(new.provider.as_str())
    .bind(subject.0.as_slice())
    .bind(identity)
    .bind(keys.seal(PROFILE, &id, row::to_json(&new.profile)?.as_bytes())?)
    .bind(new.created.as_millisecond())
    .execute(&mut *db)
    .await?;
    let (name, telephone) = (Mark::name(&new.profile.name), new.profile.telephone.as_deref().and_then(Mark::telephone));
    let identity = new.profile.identity_number.as_deref().and_then(Mark::identity_number);
    account_mark_put(db, keys, city, &id, [name, telephone, identity].into_iter().flatten()).await?;
    Ok(AccountId(id))
}

pub(crate) async fn account_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    id: &AccountId,
) -> Result<Option<Account>, StoreError> {
    let found = sqlx::query::<Db>("SELECT id, provider, profile, created FROM account WHERE division = $1 AND id = $2")
        .bind(city.as_str())
        .bind(id.0.as_str())
        .fetch_optional(db)
        .await?;
    found.map(|found| account(keys, &found)).transpose()
}

pub(crate) async fn account_find_identity(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    number: &str,
) -> Result<Vec<Account>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, provider, profile, created FROM account WHERE division = $1 AND identity = $2 ORDER BY id",
    )
    .bind(city.as_str())
    .bind(keys.index(IDENTITY, number).0.as_slice())
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| account(keys, found)).collect()
}

/// What binds a mandate to its holder.
fn mandate_place(account: &AccountId, credit_code: &str) -> String {
    format!("{account}\0{credit_code}")
}

/// Replaces a person's mandates by what the provider says now.
pub(crate) async fn mandate_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    account: &AccountId,
    mandates: &[Mandate],
) -> Result<(), StoreError> {
    sqlx::query::<Db>("DELETE FROM mandate WHERE division = $1 AND account = $2")
        .bind(city.as_str())
        .bind(account.0.as_str())
        .execute(&mut *db)
        .await?;
    for mandate in mandates {
        let place = mandate_place(account, &mandate.credit_code);
        sqlx::query::<Db>("INSERT INTO mandate (division, account, credit_code, body) VALUES ($1, $2, $3, $4)")
            .bind(city.as_str())
            .bind(account.0.as_str())
            .bind(mandate.credit_code.as_str())
            .bind(keys.seal(MANDATE, &place, row::to_json(mandate)?.as_bytes())?)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

pub(crate) async fn mandate_list(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    account: &AccountId,
) -> Result<Vec<Mandate>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT credit_code, body FROM mandate WHERE division = $1 AND account = $2 ORDER BY credit_code",
    )
    .bind(city.as_str())
    .bind(account.0.as_str())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|found| {
            let place = mandate_place(account, found.try_get(0)?);
            row::from_json(MANDATE, &keys.open(MANDATE, &place, found.try_get(1)?)?)
        })
        .collect()
}
