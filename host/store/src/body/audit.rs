//! The audit chain of each division.

use lotus_domain::audit::{Done, Entry};
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;

fn entry(found: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        sequence: row::unsigned(found.try_get(0)?),
        done: Done {
            at: row::moment(found.try_get(1)?)?,
            actor: found.try_get(2)?,
            action: found.try_get(3)?,
            subject: found.try_get(4)?,
            outcome: found.try_get(5)?,
            client: found.try_get(6)?,
        },
        previous: row::hash(found.try_get(7)?)?,
        hash: row::hash(found.try_get(8)?)?,
    })
}

/// PostgreSQL has no place for this character in a text, and what was hashed must be what is kept.
fn clean(done: &Done) -> Done {
    let clean = |text: &str| text.replace('\0', "␀");
    Done {
        at: done.at,
        actor: done.actor.as_deref().map(clean),
        action: clean(&done.action),
        subject: clean(&done.subject),
        outcome: clean(&done.outcome),
        client: done.client.as_deref().map(clean),
    }
}

pub(crate) async fn audit_append(db: &mut Connection, division: &Division, done: &Done) -> Result<u64, StoreError> {
    // Holds the chain until the end of the transaction, so that two who append at once stand in line.
    sqlx::query::<Db>(
        "INSERT INTO change (topic, generation) VALUES ($1, 1)
         ON CONFLICT (topic) DO UPDATE SET generation = change.generation + 1",
    )
    .bind(format!("audit/{division}"))
    .execute(&mut *db)
    .await?;
    let last =
        sqlx::query::<Db>("SELECT sequence, hash FROM audit_entry WHERE division = $1 ORDER BY sequence DESC LIMIT 1")
            .bind(division.as_str())
            .fetch_optional(&mut *db)
            .await?;
    let (sequence, previous) = match last {
        Some(last) => (row::unsigned(last.try_get(0)?), row::hash(last.try_get(1)?)?),
        None => (0, Hash::NONE),
    };
    let entry = Entry::seal(division, sequence, previous, clean(done));
    sqlx::query::<Db>(
        "INSERT INTO audit_entry (division, sequence, at, actor, action, subject, outcome, client, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(division.as_str())
    .bind(row::signed(entry.sequence))
    .bind(entry.done.at.as_millisecond())
    .bind(entry.done.actor.as_deref())
    .bind(entry.done.action.as_str())
    .bind(entry.done.subject.as_str())
    .bind(entry.done.outcome.as_str())
    .bind(entry.done.client.as_deref())
    .bind(entry.previous.0.as_slice())
    .bind(entry.hash.0.as_slice())
    .execute(db)
    .await?;
    Ok(entry.sequence)
}

/// Entries after a place, in order.
pub(crate) async fn audit_list(
    db: &mut Connection,
    division: &Division,
    after: u64,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT sequence, at, actor, action, subject, outcome, client, previous, hash FROM audit_entry
         WHERE division = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
    )
    .bind(division.as_str())
    .bind(row::signed(after))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(entry).collect()
}

/// The newest entries, newest first.
pub(crate) async fn audit_list_newest(
    db: &mut Connection,
    division: &Division,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT sequence, at, actor, action, subject, outcome, client, previous, hash FROM audit_entry
         WHERE division = $1 ORDER BY sequence DESC LIMIT $2",
    )
    .bind(division.as_str())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(entry).collect()
}
