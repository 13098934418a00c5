//! Tutoring sessions and what is said in them, sealed. Whoever says something takes turns on the session's row.

use jiff::Timestamp;
use lotus_domain::account::AccountId;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::material::Holder;
use lotus_domain::tutoring::{Party, Remark, Session};
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

const WORDS: &str = "tutoring_remark.words";

/// What binds a remark to its row.
fn place(id: &str, sequence: u32) -> String {
    format!("{id}\0{sequence}")
}

macro_rules! select_session {
    ($rest:literal) => {
        concat!("SELECT id, code, holder, subject, started, ends, helper, ended FROM tutoring ", $rest)
    };
}

fn session(found: &Row) -> Result<Session, StoreError> {
    let holder: &str = found.try_get(2)?;
    let ended: Option<i64> = found.try_get(7)?;
    Ok(Session {
        id: found.try_get(0)?,
        code: row::hash(found.try_get(1)?)?,
        holder: Holder::parse(holder).ok_or_else(|| StoreError::unreadable("a draft's holder", "it is none"))?,
        subject: found.try_get(3)?,
        started: row::moment(found.try_get(4)?)?,
        ends: row::moment(found.try_get(5)?)?,
        helper: found.try_get::<Option<String>, _>(6)?.map(AccountId),
        ended: ended.map(row::moment).transpose()?,
    })
}

pub(crate) async fn tutoring_begin(
    db: &mut Connection,
    division: &Division,
    new: &Session,
) -> Result<bool, StoreError> {
    // One that ran out ended then, even if nobody has written it down yet.
    sqlx::query::<Db>(
        "UPDATE tutoring SET ended = ends
         WHERE division = $1 AND holder = $2 AND subject = $3 AND ended IS NULL AND ends <= $4",
    )
    .bind(division.as_str())
    .bind(new.holder.column())
    .bind(new.subject.as_str())
    .bind(new.started.as_millisecond())
    .execute(&mut *db)
    .await?;
    let begun = sqlx::query::<Db>(
        "INSERT INTO tutoring (division, id, code, holder, subject, started, ends, helper, ended, said)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, 0) ON CONFLICT DO NOTHING",
    )
    .bind(division.as_str())
    .bind(new.id.as_str())
    .bind(new.code.0.as_slice())
    .bind(new.holder.column())
    .bind(new.subject.as_str())
    .bind(new.started.as_millisecond())
    .bind(new.ends.as_millisecond())
    .execute(db)
    .await?;
    Ok(begun.rows_affected() == 1)
}

pub(crate) async fn tutoring_of(
    db: &mut Connection,
    division: &Division,
    holder: &Holder,
    subject: &str,
) -> Result<Option<Session>, StoreError> {
    let found = sqlx::query::<Db>(select_session!(
        "WHERE division = $1 AND holder = $2 AND subject = $3 ORDER BY started DESC, id LIMIT 1"
    ))
    .bind(division.as_str())
    .bind(holder.column())
    .bind(subject)
    .fetch_optional(db)
    .await?;
    found.map(|found| session(&found)).transpose()
}

pub(crate) async fn tutoring_get(
    db: &mut Connection,
    division: &Division,
    id: &str,
) -> Result<Option<Session>, StoreError> {
    let found = sqlx::query::<Db>(select_session!("WHERE division = $1 AND id = $2"))
        .bind(division.as_str())
        .bind(id)
        .fetch_optional(db)
        .await?;
    found.map(|found| session(&found)).transpose()
}

pub(crate) async fn tutoring_join(
    db: &mut Connection,
    division: &Division,
    code: &Hash,
    helper: &AccountId,
    now: &Timestamp,
) -> Result<Option<Session>, StoreError> {
    // A code is good for one helper; the same one may come again.
    sqlx::query::<Db>(
        "UPDATE tutoring SET helper = $3
         WHERE division = $1 AND code = $2 AND ended IS NULL AND ends > $4 AND helper IS NULL",
    )
    .bind(division.as_str())
    .bind(code.0.as_slice())
    .bind(helper.0.as_str())
    .bind(now.as_millisecond())
    .execute(&mut *db)
    .await?;
    let found = sqlx::query::<Db>(select_session!(
        "WHERE division = $1 AND code = $2 AND ended IS NULL AND ends > $4 AND helper = $3"
    ))
    .bind(division.as_str())
    .bind(code.0.as_slice())
    .bind(helper.0.as_str())
    .bind(now.as_millisecond())
    .fetch_optional(db)
    .await?;
    found.map(|found| session(&found)).transpose()
}

pub(crate) async fn tutoring_say(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
    said: &Remark,
) -> Result<bool, StoreError> {
    let turn = sqlx::query::<Db>(
        "UPDATE tutoring SET said = said + 1 WHERE division = $1 AND id = $2 AND ended IS NULL AND ends > $3",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(said.at.as_millisecond())
    .execute(&mut *db)
    .await?;
    if turn.rows_affected() == 0 {
        return Ok(false);
    }
    let found = sqlx::query::<Db>("SELECT said FROM tutoring WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(id)
        .fetch_one(&mut *db)
        .await?;
    let sequence: u32 = row::small("a remark's place", found.try_get(0)?)?;
    sqlx::query::<Db>(
        "INSERT INTO tutoring_remark (division, id, sequence, at, party, field, words)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(i64::from(sequence))
    .bind(said.at.as_millisecond())
    .bind(said.by.name())
    .bind(said.field.as_deref())
    .bind(keys.seal(WORDS, &place(id, sequence), said.words.as_bytes())?)
    .execute(db)
    .await?;
    Ok(true)
}

pub(crate) async fn tutoring_said(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
) -> Result<Vec<Remark>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT sequence, at, party, field, words FROM tutoring_remark
         WHERE division = $1 AND id = $2 ORDER BY sequence",
    )
    .bind(division.as_str())
    .bind(id)
    .fetch_all(db)
    .await?;
    let remark = |found: &Row| {
        let sequence: u32 = row::small("a remark's place", found.try_get(0)?)?;
        let party: &str = found.try_get(2)?;
        let words = keys.open(WORDS, &place(id, sequence), found.try_get(4)?)?;
        Ok(Remark {
            sequence,
            at: row::moment(found.try_get(1)?)?,
            by: Party::parse(party).ok_or_else(|| StoreError::unreadable("a party", party))?,
            field: found.try_get(3)?,
            words: String::from_utf8(words).map_err(|_| StoreError::unreadable("a remark", "it is no text"))?,
        })
    };
    rows.iter().map(remark).collect()
}

pub(crate) async fn tutoring_end(
    db: &mut Connection,
    division: &Division,
    id: &str,
    at: &Timestamp,
) -> Result<bool, StoreError> {
    let ended = sqlx::query::<Db>("UPDATE tutoring SET ended = $3 WHERE division = $1 AND id = $2 AND ended IS NULL")
        .bind(division.as_str())
        .bind(id)
        .bind(at.as_millisecond())
        .execute(db)
        .await?;
    Ok(ended.rows_affected() == 1)
}

pub(crate) async fn tutoring_list_over(
    db: &mut Connection,
    division: &Division,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Session>, StoreError> {
    let rows = sqlx::query::<Db>(select_session!("WHERE division = $1 AND ended IS NULL AND ends <= $2 LIMIT $3"))
        .bind(division.as_str())
        .bind(now.as_millisecond())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(session).collect()
}

pub(crate) async fn tutoring_sweep(
    db: &mut Connection,
    division: &Division,
    before: &Timestamp,
) -> Result<u64, StoreError> {
    sqlx::query::<Db>(
        "DELETE FROM tutoring_remark WHERE division = $1 AND id IN
             (SELECT id FROM tutoring WHERE division = $1 AND ended < $2)",
    )
    .bind(division.as_str())
    .bind(before.as_millisecond())
    .execute(&mut *db)
    .await?;
    let gone = sqlx::query::<Db>("DELETE FROM tutoring WHERE division = $1 AND ended < $2")
        .bind(division.as_str())
        .bind(before.as_millisecond())
        .execute(db)
        .await?;
    Ok(gone.rows_affected())
}
