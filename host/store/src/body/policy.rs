//! Policies, their versions, their runs through everybody's files, and who meets them.

use jiff::Timestamp;
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::district::Division;
use lotus_domain::law::Fen;
use lotus_domain::policy::{Edition, Matched, Of, Policy, Position, Run, Tally, Withdrawal};
use sqlx::Row as _;

use super::{Connection, Db, Row, activation, row};
use crate::StoreError;

/// The columns of a version, then the rest of the query.
macro_rules! select_edition {
    ($rest:literal) => {
        concat!(
            "SELECT e.body, e.published, e.account, p.withdrawn FROM policy_edition AS e
             JOIN policy AS p ON p.division = e.division AND p.id = e.id ",
            $rest
        )
    };
}

fn edition(found: &Row) -> Result<Edition, StoreError> {
    let withdrawn: Option<&str> = found.try_get(3)?;
    Ok(Edition {
        policy: row::from_json("a policy", found.try_get::<&str, _>(0)?.as_bytes())?,
        published: row::moment(found.try_get(1)?)?,
        by: found.try_get::<Option<String>, _>(2)?.map(AccountId),
        withdrawn: withdrawn.map(|json| row::from_json("a withdrawal", json.as_bytes())).transpose()?,
    })
}

/// Publishes versions, each where it is the next of its policy; which ones were not, by id. One that is there already as
/// it is given is no conflict. Publishing again ends a withdrawal.
pub(crate) async fn policy_publish(
    db: &mut Connection,
    division: &Division,
    editions: &[Edition],
) -> Result<Vec<Slug>, StoreError> {
    let mut refused = Vec::new();
    for edition in editions {
        let (policy, body) = (&edition.policy, row::to_json(&edition.policy)?);
        let version = i64::from(policy.version);
        let next = sqlx::query::<Db>(
            "INSERT INTO policy (division, id, latest, withdrawn) VALUES ($1, $2, 1, NULL)
             ON CONFLICT (division, id) DO UPDATE SET latest = policy.latest + 1, withdrawn = NULL
                 WHERE policy.latest = $3 - 1
             RETURNING latest",
        )
        .bind(division.as_str())
        .bind(policy.id.as_str())
        .bind(version)
        .fetch_optional(&mut *db)
        .await?;
        let next: Option<i64> = next.map(|found| found.try_get(0)).transpose()?;
        if next != Some(version) {
            let there =
                sqlx::query::<Db>("SELECT body FROM policy_edition WHERE division = $1 AND id = $2 AND version = $3")
                    .bind(division.as_str())
                    .bind(policy.id.as_str())
                    .bind(version)
                    .fetch_optional(&mut *db)
                    .await?;
            let same = match there {
                Some(found) => {
                    row::from_json::<Policy>("a policy", found.try_get::<&str, _>(0)?.as_bytes())? == *policy
                }
                None => false,
            };
            if next.is_some() {
                // A first version that doesn't call itself one: nothing of it is kept.
                sqlx::query::<Db>("DELETE FROM policy WHERE division = $1 AND id = $2")
                    .bind(division.as_str())
                    .bind(policy.id.as_str())
                    .execute(&mut *db)
                    .await?;
            }
            if !same {
                refused.push(policy.id.clone());
            }
            continue;
        }
        sqlx::query::<Db>(
            "INSERT INTO policy_edition (division, id, version, since, published, account, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(division.as_str())
        .bind(policy.id.as_str())
        .bind(version)
        .bind(policy.since.to_string())
        .bind(edition.published.as_millisecond())
        .bind(edition.by.as_ref().map(|by| by.0.as_str()))
        .bind(body)
        .execute(&mut *db)
        .await?;
    }
    activation::changed(db).await?;
    Ok(refused)
}

/// Withdraws a policy; whether it was there and not withdrawn.
pub(crate) async fn policy_withdraw(
    db: &mut Connection,
    division: &Division,
    id: &Slug,
    withdrawal: &Withdrawal,
) -> Result<bool, StoreError> {
    let done =
        sqlx::query::<Db>("UPDATE policy SET withdrawn = $3 WHERE division = $1 AND id = $2 AND withdrawn IS NULL")
            .bind(division.as_str())
            .bind(id.as_str())
            .bind(row::to_json(withdrawal)?)
            .execute(&mut *db)
            .await?;
    activation::changed(db).await?;
    Ok(done.rows_affected() == 1)
}

/// One version.
pub(crate) async fn policy_get(
    db: &mut Connection,
    division: &Division,
    id: &Slug,
    version: u32,
) -> Result<Option<Edition>, StoreError> {
    let found = sqlx::query::<Db>(select_edition!("WHERE e.division = $1 AND e.id = $2 AND e.version = $3"))
        .bind(division.as_str())
        .bind(id.as_str())
        .bind(i64::from(version))
        .fetch_optional(db)
        .await?;
    found.map(|found| edition(&found)).transpose()
}

/// The versions of a policy, the newest first, before a version.
pub(crate) async fn policy_history(
    db: &mut Connection,
    division: &Division,
    id: &Slug,
    before: Option<u32>,
    limit: u32,
) -> Result<Vec<Edition>, StoreError> {
    let rows = sqlx::query::<Db>(select_edition!(
        "WHERE e.division = $1 AND e.id = $2 AND e.version < $3 ORDER BY e.version DESC LIMIT $4"
    ))
    .bind(division.as_str())
    .bind(id.as_str())
    .bind(before.map_or(i64::MAX, i64::from))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(edition).collect()
}

/// Of each policy the version that holds on a day, and those that are to hold later.
pub(crate) async fn policy_list(
    db: &mut Connection,
    division: &Division,
    today: jiff::civil::Date,
) -> Result<Vec<Edition>, StoreError> {
    let rows = sqlx::query::<Db>(select_edition!(
        "WHERE e.division = $1 AND e.version >= COALESCE(
             (SELECT MAX(n.version) FROM policy_edition AS n
              WHERE n.division = e.division AND n.id = e.id AND n.since <= $2), 0)
         ORDER BY e.id, e.version"
    ))
    .bind(division.as_str())
    .bind(today.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(edition).collect()
}

macro_rules! select_run {
    ($rest:literal) => {
        concat!("SELECT policy, version, position, total, seen, met, unknown, begun, moved FROM policy_run ", $rest)
    };
}

fn run(division: &Division, found: &Row) -> Result<Run, StoreError> {
    let position: Option<&str> = found.try_get(2)?;
    Ok(Run {
        division: division.clone(),
        policy: row::parsed("a policy's id", Slug::parse(found.try_get::<&str, _>(0)?))?,
        version: row::small("a version", found.try_get(1)?)?,
        position: position.map(|json| row::from_json("a position", json.as_bytes())).transpose()?,
        total: row::unsigned(found.try_get(3)?),
        tally: Tally {
            seen: row::unsigned(found.try_get(4)?),
            met: row::unsigned(found.try_get(5)?),
            unknown: row::unsigned(found.try_get(6)?),
        },
        begun: row::moment(found.try_get(7)?)?,
        moved: row::moment(found.try_get(8)?)?,
    })
}

/// Begins runs; one that is there goes on as it is.
pub(crate) async fn policy_run_begin(db: &mut Connection, division: &Division, runs: &[Run]) -> Result<(), StoreError> {
    for new in runs {
        sqlx::query::<Db>(
            "INSERT INTO policy_run (division, policy, version, position, total, seen, met, unknown, begun, moved)
             VALUES ($1, $2, $3, $4, $5, 0, 0, 0, $6, $6) ON CONFLICT DO NOTHING",
        )
        .bind(division.as_str())
        .bind(new.policy.as_str())
        .bind(i64::from(new.version))
        .bind(new.position.as_ref().map(row::to_json).transpose()?)
        .bind(row::signed(new.total))
        .bind(new.begun.as_millisecond())
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// The run that began first of those that are not done.
pub(crate) async fn policy_run_next(db: &mut Connection, division: &Division) -> Result<Option<Run>, StoreError> {
    let found = sqlx::query::<Db>(select_run!(
        "WHERE division = $1 AND position IS NOT NULL ORDER BY begun, policy, version LIMIT 1"
    ))
    .bind(division.as_str())
    .fetch_optional(db)
    .await?;
    found.map(|found| run(division, &found)).transpose()
}

/// The newest run of a policy.
pub(crate) async fn policy_run_of(
    db: &mut Connection,
    division: &Division,
    policy: &Slug,
) -> Result<Option<Run>, StoreError> {
    let found = sqlx::query::<Db>(select_run!("WHERE division = $1 AND policy = $2 ORDER BY version DESC LIMIT 1"))
        .bind(division.as_str())
        .bind(policy.as_str())
        .fetch_optional(db)
        .await?;
    found.map(|found| run(division, &found)).transpose()
}

/// Takes a run on by a page: who meets the policy is noted, and whoever of a finished run no longer does is forgotten.
/// Only where it still is where it was read; whether it was.
pub(crate) async fn policy_run_step(
    db: &mut Connection,
    division: &Division,
    seen: &Run,
    to: &Option<Position>,
    matched: &[Matched],
    tally: &Tally,
    now: &Timestamp,
) -> Result<bool, StoreError> {
    let moved = sqlx::query::<Db>(
        "UPDATE policy_run SET position = $5, seen = seen + $6, met = met + $7, unknown = unknown + $8, moved = $9
         WHERE division = $1 AND policy = $2 AND version = $3 AND position = $4",
    )
    .bind(division.as_str())
    .bind(seen.policy.as_str())
    .bind(i64::from(seen.version))
    .bind(seen.position.as_ref().map(row::to_json).transpose()?)
    .bind(to.as_ref().map(row::to_json).transpose()?)
    .bind(row::signed(tally.seen))
    .bind(row::signed(tally.met))
    .bind(row::signed(tally.unknown))
    .bind(now.as_millisecond())
    .execute(&mut *db)
    .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    for found in matched {
        put(&mut *db, division, &seen.policy, found).await?;
    }
    if to.is_none() {
        sqlx::query::<Db>("DELETE FROM policy_match WHERE division = $1 AND policy = $2 AND version < $3")
            .bind(division.as_str())
            .bind(seen.policy.as_str())
            .bind(i64::from(seen.version))
            .execute(db)
            .await?;
    }
    Ok(true)
}

async fn put(db: &mut Connection, division: &Division, policy: &Slug, found: &Matched) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO policy_match (division, policy, place, file, kind, version, amount, found)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (division, policy, place, file) DO UPDATE SET version = excluded.version,
             amount = excluded.amount, found = excluded.found WHERE policy_match.version <= excluded.version",
    )
    .bind(division.as_str())
    .bind(policy.as_str())
    .bind(found.place.as_str())
    .bind(found.file.as_str())
    .bind(found.of.name())
    .bind(i64::from(found.version))
    .bind(found.amount.map(|fen| fen.0))
    .bind(found.found.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

/// What a file meets of a district's policies, in place of what it met before.
pub(crate) async fn policy_match_set(
    db: &mut Connection,
    division: &Division,
    place: &Division,
    file: &str,
    met: &[(Slug, Matched)],
) -> Result<(), StoreError> {
    sqlx::query::<Db>("DELETE FROM policy_match WHERE division = $1 AND place = $2 AND file = $3")
        .bind(division.as_str())
        .bind(place.as_str())
        .bind(file)
        .execute(&mut *db)
        .await?;
    for (policy, found) in met {
        put(&mut *db, division, policy, found).await?;
    }
    Ok(())
}

/// Who meets a version of a policy, by place and file, after one.
pub(crate) async fn policy_match_list(
    db: &mut Connection,
    division: &Division,
    policy: &Slug,
    version: u32,
    after: Option<(&Division, &str)>,
    limit: u32,
) -> Result<Vec<Matched>, StoreError> {
    let (place, file) = after.map_or(("", ""), |(place, file)| (place.as_str(), file));
    let rows = sqlx::query::<Db>(
        "SELECT place, file, kind, version, amount, found FROM policy_match
         WHERE division = $1 AND policy = $2 AND version = $3 AND (place > $4 OR (place = $4 AND file > $5))
         ORDER BY place, file LIMIT $6",
    )
    .bind(division.as_str())
    .bind(policy.as_str())
    .bind(i64::from(version))
    .bind(place)
    .bind(file)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    let matched = |found: &Row| {
        let kind: &str = found.try_get(2)?;
        let amount: Option<i64> = found.try_get(4)?;
        Ok(Matched {
            place: row::parsed("a division", Division::parse(found.try_get::<&str, _>(0)?))?,
            file: found.try_get(1)?,
            of: Of::parse(kind).ok_or_else(|| StoreError::unreadable("whose file it is", kind))?,
            version: row::small("a version", found.try_get(3)?)?,
            amount: amount.map(Fen),
            found: row::moment(found.try_get(5)?)?,
        })
    };
    rows.iter().map(matched).collect()
}

/// How many meet a version of a policy.
pub(crate) async fn policy_match_count(
    db: &mut Connection,
    division: &Division,
    policy: &Slug,
    version: u32,
) -> Result<u64, StoreError> {
    let found =
        sqlx::query::<Db>("SELECT COUNT(*) FROM policy_match WHERE division = $1 AND policy = $2 AND version = $3")
            .bind(division.as_str())
            .bind(policy.as_str())
            .bind(i64::from(version))
            .fetch_one(db)
            .await?;
    Ok(row::unsigned(found.try_get(0)?))
}
