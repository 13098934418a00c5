//! What people want to be told: what they turned off, what they subscribed to; and the city's quiet hours.

use lotus_domain::account::AccountId;
use lotus_domain::district::Division;
use lotus_domain::notice::{Preference, QuietHours};
use sqlx::Row as _;

use super::{Connection, Db, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

const BODY: &str = "notice_preference.body";

pub(crate) async fn preference_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    account: &AccountId,
) -> Result<Preference, StoreError> {
    let found = sqlx::query::<Db>("SELECT body FROM notice_preference WHERE division = $1 AND account = $2")
        .bind(city.as_str())
        .bind(account.0.as_str())
        .fetch_optional(db)
        .await?;
    match found {
        Some(found) => row::from_json(BODY, &keys.open(BODY, &account.0, found.try_get(0)?)?),
        None => Ok(Preference::default()),
    }
}

pub(crate) async fn preference_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    city: &Division,
    account: &AccountId,
    wanted: &Preference,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO notice_preference (division, account, body) VALUES ($1, $2, $3)
         ON CONFLICT (division, account) DO UPDATE SET body = excluded.body",
    )
    .bind(city.as_str())
    .bind(account.0.as_str())
    .bind(keys.seal(BODY, &account.0, row::to_json(wanted)?.as_bytes())?)
    .execute(db)
    .await?;
    Ok(())
}

/// The topics that an account subscribed to in a district.
pub(crate) async fn subscription_list(
    db: &mut Connection,
    division: &Division,
    account: &AccountId,
) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT topic FROM subscription WHERE division = $1 AND account = $2 ORDER BY topic")
        .bind(division.as_str())
        .bind(account.0.as_str())
        .fetch_all(db)
        .await?;
    rows.iter().map(|found| Ok(found.try_get(0)?)).collect()
}

/// Replaces what an account subscribed to in a district.
pub(crate) async fn subscription_put(
    db: &mut Connection,
    division: &Division,
    account: &AccountId,
    topics: &[String],
) -> Result<(), StoreError> {
    sqlx::query::<Db>("DELETE FROM subscription WHERE division = $1 AND account = $2")
        .bind(division.as_str())
        .bind(account.0.as_str())
        .execute(&mut *db)
        .await?;
    for topic in topics {
        sqlx::query::<Db>(
            "INSERT INTO subscription (division, topic, account) VALUES ($1, $2, $3)
             ON CONFLICT (division, topic, account) DO NOTHING",
        )
        .bind(division.as_str())
        .bind(topic.as_str())
        .bind(account.0.as_str())
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Who subscribed to a topic, in order, after an account.
pub(crate) async fn subscriber_list(
    db: &mut Connection,
    division: &Division,
    topic: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<AccountId>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT account FROM subscription WHERE division = $1 AND topic = $2 AND account > $3 ORDER BY account LIMIT $4",
    )
    .bind(division.as_str())
    .bind(topic)
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| Ok(AccountId(found.try_get(0)?))).collect()
}

/// The city's quiet hours, each from a day on.
pub(crate) async fn quiet_list(db: &mut Connection, city: &Division) -> Result<Vec<QuietHours>, StoreError> {
    let rows = sqlx::query::<Db>("SELECT body FROM quiet_hours WHERE division = $1 ORDER BY since")
        .bind(city.as_str())
        .fetch_all(db)
        .await?;
    rows.iter().map(|found| row::from_json("quiet hours", found.try_get::<&str, _>(0)?.as_bytes())).collect()
}

/// Adds quiet hours, or replaces those that hold from the same day.
pub(crate) async fn quiet_put(db: &mut Connection, city: &Division, hours: &QuietHours) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO quiet_hours (division, since, body) VALUES ($1, $2, $3)
         ON CONFLICT (division, since) DO UPDATE SET body = excluded.body",
    )
    .bind(city.as_str())
    .bind(hours.since.to_string())
    .bind(row::to_json(hours)?)
    .execute(db)
    .await?;
    Ok(())
}
