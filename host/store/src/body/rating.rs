//! Ratings, sealed, and what counts of them: counted in the transaction that locks, discards or judges one.

use jiff::Timestamp;
use lotus_domain::account::AccountId;
use lotus_domain::case::{Case, CaseNumber, Event};
use lotus_domain::district::Division;
use lotus_domain::rating::{Body, Channel, Grade, RECTIFICATION, Rated, Rating, Screening, Standing, screened};
use sqlx::Row as _;

use super::{Connection, Db, Row, case, row};
use crate::rating::{NewRating, Rate};
use crate::vault::DistrictKeys;
use crate::{NewCase, StoreError};

const BODY: &str = "rating.body";
/// Where a rating came from, and whose it is: the database names neither.
const CLIENT: &str = "rating.client";
const RATER: &str = "rating.rater";

/// The columns of a rating, then the rest of the query.
macro_rules! select_rating {
    ($rest:literal) => {
        concat!(
            "SELECT id, rated, department, item, month, grade, tags, channel, named, made, locks, locked, standing,
                 people, body, screening, public_text, rectification, rectified, outcome
             FROM rating ",
            $rest
        )
    };
}

fn none_is(what: &'static str) -> StoreError {
    StoreError::unreadable(what, "it is none")
}

pub(super) fn grade(number: i64) -> Result<Grade, StoreError> {
    u8::try_from(number).ok().and_then(Grade::of).ok_or_else(|| none_is("a grade"))
}

pub(super) fn item(code: String) -> Option<String> {
    Some(code).filter(|code| !code.is_empty())
}

fn rating(keys: &DistrictKeys, found: &Row) -> Result<Rating, StoreError> {
    let id: String = found.try_get(0)?;
    let rectification: Option<&str> = found.try_get(17)?;
    Ok(Rating {
        of: Rated::parse(found.try_get(1)?).ok_or_else(|| none_is("what is rated"))?,
        department: found.try_get(2)?,
        item: item(found.try_get(3)?),
        month: found.try_get(4)?,
        grade: grade(found.try_get(5)?)?,
        tags: row::from_json("tags", found.try_get::<&str, _>(6)?.as_bytes())?,
        channel: Channel::parse(found.try_get(7)?).ok_or_else(|| none_is("a rating's channel"))?,
        named: found.try_get::<i64, _>(8)? != 0,
        made: row::moment(found.try_get(9)?)?,
        locks: row::moment(found.try_get(10)?)?,
        locked: found.try_get::<i64, _>(11)? != 0,
        standing: Standing::parse(found.try_get(12)?).ok_or_else(|| none_is("a rating's standing"))?,
        rated: row::from_json("people", found.try_get::<&str, _>(13)?.as_bytes())?,
        body: row::from_json(BODY, &keys.open(BODY, &id, found.try_get(14)?)?)?,
        screening: Screening::parse(found.try_get(15)?).ok_or_else(|| none_is("a screening"))?,
        public_text: found.try_get(16)?,
        rectification: rectification.map(|of| row::parsed("a case number", CaseNumber::parse(of))).transpose()?,
        rectified: found.try_get(18)?,
        outcome: found.try_get(19)?,
        id,
    })
}

fn all(keys: &DistrictKeys, rows: &[Row]) -> Result<Vec<Rating>, StoreError> {
    rows.iter().map(|found| rating(keys, found)).collect()
}

fn sealed(keys: &DistrictKeys, id: &str, body: &Body) -> Result<Vec<u8>, StoreError> {
    Ok(keys.seal(BODY, id, row::to_json(body)?.as_bytes())?)
}

/// Adds a rating to what counts, or takes it out again.
async fn count(
    db: &mut Connection,
    division: &Division,
    of: &Rating,
    by: i64,
    rectified: i64,
) -> Result<(), StoreError> {
    let mut query = sqlx::query::<Db>(
        "INSERT INTO rating_count (division, month, department, item, grade_1, grade_2, grade_3, grade_4, grade_5,
             rectified)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (division, month, department, item) DO UPDATE SET
             grade_1 = rating_count.grade_1 + excluded.grade_1, grade_2 = rating_count.grade_2 + excluded.grade_2,
             grade_3 = rating_count.grade_3 + excluded.grade_3, grade_4 = rating_count.grade_4 + excluded.grade_4,
             grade_5 = rating_count.grade_5 + excluded.grade_5, rectified = rating_count.rectified + excluded.rectified",
    )
    .bind(division.as_str())
    .bind(of.month.as_str())
    .bind(of.department.as_str())
    .bind(of.item.as_deref().unwrap_or_default());
    for grade in Grade::ALL {
        query = query.bind(if grade == of.grade { by } else { 0 });
    }
    query.bind(rectified).execute(db).await?;
    Ok(())
}

/// What is locked and stands counts from now on, and is put right where it is bad.
async fn counts(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    of: &Rating,
    rectification: Option<&NewCase>,
) -> Result<(), StoreError> {
    count(db, division, of, 1, 0).await?;
    let Some(new) = rectification.filter(|_| of.grade.is_bad()) else { return Ok(()) };
    case::case_open(db, keys, division, new).await?;
    sqlx::query::<Db>("UPDATE rating SET rectification = $3, rectified = $4 WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(of.id.as_str())
        .bind(new.case.number.as_str())
        .bind(new.case.state.as_str())
        .execute(db)
        .await?;
    Ok(())
}

async fn insert(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    of: &Rating,
    client: &str,
    rater: Option<&str>,
) -> Result<bool, StoreError> {
    let done = sqlx::query::<Db>(
        "INSERT INTO rating (division, id, rated, department, item, month, grade, tags, channel, named, made, locks,
             locked, standing, client, rater, people, body, screening, public_text, rectification, rectified, outcome)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, NULL, $21, $22)
         ON CONFLICT DO NOTHING",
    )
    .bind(division.as_str())
    .bind(of.id.as_str())
    .bind(of.of.key())
    .bind(of.department.as_str())
    .bind(of.item.as_deref().unwrap_or_default())
    .bind(of.month.as_str())
    .bind(i64::from(of.grade.number()))
    .bind(row::to_json(&of.tags)?)
    .bind(of.channel.name())
    .bind(i64::from(of.named))
    .bind(of.made.as_millisecond())
    .bind(of.locks.as_millisecond())
    .bind(i64::from(of.locked))
    .bind(of.standing.name())
    .bind(keys.index(CLIENT, client).0.to_vec())
    .bind(rater.map(|rater| keys.index(RATER, rater).0.to_vec()))
    .bind(row::to_json(&of.rated)?)
    .bind(sealed(keys, &of.id, &of.body)?)
    .bind(of.screening.name())
    .bind(of.public_text.as_deref())
    .bind(of.rectified.as_deref())
    .bind(of.outcome.as_deref())
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps a rating, once; what is locked at once counts in the same transaction.
pub(crate) async fn rating_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &NewRating,
) -> Result<Rate, StoreError> {
    let NewRating { rating: of, client, rater, since, held_from, most, rectification } = new;
    if let Some(before) = rating_of(db, keys, division, &of.of).await? {
        return correct(db, keys, division, new, before).await;
    }
    let found = sqlx::query::<Db>("SELECT COUNT(*) FROM rating WHERE division = $1 AND client = $2 AND made >= $3")
        .bind(division.as_str())
        .bind(keys.index(CLIENT, client).0.to_vec())
        .bind(since.as_millisecond())
        .fetch_one(&mut *db)
        .await?;
    let given = row::unsigned(found.try_get(0)?);
    if given >= *most {
        return Ok(Rate::TooMany);
    }
    let standing = if given >= *held_from { Standing::Held } else { of.standing };
    let of = Rating { standing, ..of.clone() };
    if !insert(db, keys, division, &of, client, rater.as_deref()).await? {
        let before = rating_of(db, keys, division, &of.of).await?;
        return before.map(|before| Rate::Before(Box::new(before))).ok_or_else(|| none_is("a rating"));
    }
    if of.locked && standing == Standing::Counted {
        counts(db, keys, division, &of, rectification.as_ref()).await?;
    }
    Ok(Rate::New(standing))
}

/// Lets the same rater say something else, as long as it is not locked.
async fn correct(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &NewRating,
    before: Rating,
) -> Result<Rate, StoreError> {
    let Some(rater) = new.rater.as_deref().filter(|_| !before.locked) else {
        return Ok(Rate::Before(Box::new(before)));
    };
    let of = &new.rating;
    let done = sqlx::query::<Db>(
        "UPDATE rating SET grade = $4, tags = $5, named = $6, body = $7, screening = $8, public_text = $9
         WHERE division = $1 AND id = $2 AND rater = $3 AND locked = 0 AND locks > $10",
    )
    .bind(division.as_str())
    .bind(before.id.as_str())
    .bind(keys.index(RATER, rater).0.to_vec())
    .bind(i64::from(of.grade.number()))
    .bind(row::to_json(&of.tags)?)
    .bind(i64::from(of.named))
    .bind(sealed(keys, &before.id, &of.body)?)
    .bind(of.screening.name())
    .bind(of.public_text.as_deref())
    .bind(of.made.as_millisecond())
    .execute(db)
    .await?;
    Ok(if done.rows_affected() > 0 { Rate::Corrected } else { Rate::Before(Box::new(before)) })
}

/// Takes over ratings that are locked, e.g. of a system before this one; what was rated before stays.
pub(crate) async fn rating_import(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    ratings: &[Rating],
) -> Result<u64, StoreError> {
    let mut taken = 0;
    for of in ratings.iter().filter(|of| of.locked && of.standing == Standing::Counted) {
        if insert(db, keys, division, of, "import", None).await? {
            let rectified = i64::from(of.grade.is_bad() && of.outcome.is_some());
            count(db, division, of, 1, rectified).await?;
            taken += 1;
        }
    }
    Ok(taken)
}

/// The rating of something.
pub(crate) async fn rating_of(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    rated: &Rated,
) -> Result<Option<Rating>, StoreError> {
    let found = sqlx::query::<Db>(select_rating!("WHERE division = $1 AND rated = $2"))
        .bind(division.as_str())
        .bind(rated.key())
        .fetch_optional(db)
        .await?;
    found.map(|found| rating(keys, &found)).transpose()
}

/// The ratings of several things, of those that are rated.
pub(crate) async fn rating_list_of(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    rated: &[Rated],
) -> Result<Vec<Rating>, StoreError> {
    let mut found = Vec::new();
    for of in rated {
        found.extend(rating_of(db, keys, division, of).await?);
    }
    Ok(found)
}

pub(crate) async fn rating_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
) -> Result<Option<Rating>, StoreError> {
    let found = sqlx::query::<Db>(select_rating!("WHERE division = $1 AND id = $2"))
        .bind(division.as_str())
        .bind(id)
        .fetch_optional(db)
        .await?;
    found.map(|found| rating(keys, &found)).transpose()
}

/// The rating that a case puts right.
pub(crate) async fn rating_put_right_by(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
) -> Result<Option<Rating>, StoreError> {
    let found = sqlx::query::<Db>(select_rating!("WHERE division = $1 AND rectification = $2"))
        .bind(division.as_str())
        .bind(number.as_str())
        .fetch_optional(db)
        .await?;
    found.map(|found| rating(keys, &found)).transpose()
}

/// Whether a rating is this rater's.
pub(crate) async fn rating_is_of(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
    rater: &str,
) -> Result<bool, StoreError> {
    let found = sqlx::query::<Db>("SELECT 1 FROM rating WHERE division = $1 AND id = $2 AND rater = $3")
        .bind(division.as_str())
        .bind(id)
        .bind(keys.index(RATER, rater).0.to_vec())
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// What somebody has given, newest first.
pub(crate) async fn rating_list_rater(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    account: &AccountId,
    limit: u32,
) -> Result<Vec<Rating>, StoreError> {
    let rows = sqlx::query::<Db>(select_rating!("WHERE division = $1 AND rater = $2 ORDER BY made DESC, id LIMIT $3"))
        .bind(division.as_str())
        .bind(keys.index(RATER, &account.0).0.to_vec())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    all(keys, &rows)
}

/// What can't be corrected any more and is not locked yet.
pub(crate) async fn rating_list_due(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Rating>, StoreError> {
    let rows = sqlx::query::<Db>(select_rating!(
        "WHERE division = $1 AND locked = 0 AND locks <= $2 ORDER BY locks, id LIMIT $3"
    ))
    .bind(division.as_str())
    .bind(now.as_millisecond())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    all(keys, &rows)
}

/// Locks a rating as it was read; whether it was still so.
pub(crate) async fn rating_lock(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    of: &Rating,
    rectification: &Option<NewCase>,
) -> Result<bool, StoreError> {
    // What was corrected since it was read is read again: its grade may be another.
    let done = sqlx::query::<Db>(
        "UPDATE rating SET locked = 1 WHERE division = $1 AND id = $2 AND locked = 0 AND grade = $3 AND named = $4",
    )
    .bind(division.as_str())
    .bind(of.id.as_str())
    .bind(i64::from(of.grade.number()))
    .bind(i64::from(of.named))
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if of.standing == Standing::Counted {
        counts(db, keys, division, of, rectification.as_ref()).await?;
    }
    Ok(true)
}

/// Ratings that are locked and stand, newest first; of a department where one is named.
pub(crate) async fn rating_list_department(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    department: Option<&str>,
    limit: u32,
) -> Result<Vec<Rating>, StoreError> {
    let rows = sqlx::query::<Db>(select_rating!(
        "WHERE division = $1 AND ($2 IS NULL OR department = $2) AND locked = 1 AND standing IN ('counted', 'misjudged')
         ORDER BY made DESC, id LIMIT $3"
    ))
    .bind(division.as_str())
    .bind(department)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    all(keys, &rows)
}

/// Ratings that wait for a look, the oldest first.
pub(crate) async fn rating_list_held(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    limit: u32,
) -> Result<Vec<Rating>, StoreError> {
    let rows =
        sqlx::query::<Db>(select_rating!("WHERE division = $1 AND standing = 'held' ORDER BY made, id LIMIT $2"))
            .bind(division.as_str())
            .bind(i64::from(limit))
            .fetch_all(db)
            .await?;
    all(keys, &rows)
}

/// Texts that wait for a look, the oldest first.
pub(crate) async fn rating_list_texts(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    limit: u32,
) -> Result<Vec<Rating>, StoreError> {
    let rows = sqlx::query::<Db>(select_rating!(
        "WHERE division = $1 AND screening = 'held' AND locked = 1 AND standing = 'counted' ORDER BY made, id LIMIT $2"
    ))
    .bind(division.as_str())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    all(keys, &rows)
}

/// Ratings whose rectification is in a state, the oldest first; of a department where one is named.
pub(crate) async fn rating_list_rectified(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    state: &str,
    department: Option<&str>,
    limit: u32,
) -> Result<Vec<Rating>, StoreError> {
    let rows = sqlx::query::<Db>(select_rating!(
        "WHERE division = $1 AND rectified = $2 AND ($3 IS NULL OR department = $3) ORDER BY made, id LIMIT $4"
    ))
    .bind(division.as_str())
    .bind(state)
    .bind(department)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    all(keys, &rows)
}

/// Lets a rating that was held count, or puts it away with the reason; whether it was still held.
pub(crate) async fn rating_check(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    of: &Rating,
    rectification: &Option<NewCase>,
) -> Result<bool, StoreError> {
    let done = sqlx::query::<Db>(
        "UPDATE rating SET standing = $3, locked = 1, body = $4 WHERE division = $1 AND id = $2 AND standing = 'held'",
    )
    .bind(division.as_str())
    .bind(of.id.as_str())
    .bind(of.standing.name())
    .bind(sealed(keys, &of.id, &of.body)?)
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if of.standing == Standing::Counted {
        counts(db, keys, division, of, rectification.as_ref()).await?;
    }
    Ok(true)
}

/// Publishes a text that was held, as it is given, or keeps it inside; whether it was still held.
pub(crate) async fn rating_text_decide(
    db: &mut Connection,
    division: &Division,
    id: &str,
    text: &Option<String>,
) -> Result<bool, StoreError> {
    let screening = if text.is_some() { Screening::Masked } else { Screening::Withheld };
    let done = sqlx::query::<Db>(
        "UPDATE rating SET screening = $3, public_text = $4 WHERE division = $1 AND id = $2 AND screening = 'held'",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(screening.name())
    .bind(text.as_deref())
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The accounts of those whom a case is about, who have no hand in it.
pub(crate) async fn rating_people(
    db: &mut Connection,
    division: &Division,
    number: &CaseNumber,
) -> Result<Vec<String>, StoreError> {
    let found = sqlx::query::<Db>("SELECT people FROM rating WHERE division = $1 AND rectification = $2")
        .bind(division.as_str())
        .bind(number.as_str())
        .fetch_optional(db)
        .await?;
    found.map_or(Ok(Vec::new()), |found| row::from_json("people", found.try_get::<&str, _>(0)?.as_bytes()))
}

/// A case that puts a rating right has moved: the rating says so, and what counts follows.
pub(super) async fn rectified(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    case: &Case,
    event: &Event,
) -> Result<(), StoreError> {
    if case.definition.id.as_str() != RECTIFICATION {
        return Ok(());
    }
    let Some(of) = rating_put_right_by(db, keys, division, &case.number).await? else { return Ok(()) };
    let state = event.happening.to.as_str();
    let reason = event.happening.reason.as_ref().map(|reason| reason.zh.clone());
    let is_misjudged = state == "misjudged" && of.standing == Standing::Counted;
    let is_published = state == "published" && of.outcome.is_none();
    let known: Vec<&str> = of.body.known.iter().map(String::as_str).chain(of.body.rater.known()).collect();
    let outcome = reason.as_ref().filter(|_| is_published).map(|said| screened(said, &known).text);
    let standing = if is_misjudged { Standing::Misjudged } else { of.standing };
    let body = Body { why: reason.filter(|_| is_misjudged).or(of.body.why.clone()), ..of.body.clone() };
    let text = of.public_text.as_deref().filter(|_| !is_misjudged);
    sqlx::query::<Db>(
        "UPDATE rating SET rectified = $3, standing = $4, body = $5, outcome = $6, public_text = $7
         WHERE division = $1 AND id = $2",
    )
    .bind(division.as_str())
    .bind(of.id.as_str())
    .bind(state)
    .bind(standing.name())
    .bind(sealed(keys, &of.id, &body)?)
    .bind(outcome.or(of.outcome.clone()))
    .bind(text)
    .execute(&mut *db)
    .await?;
    if is_misjudged {
        count(db, division, &of, -1, 0).await?;
    }
    if is_published {
        count(db, division, &of, 0, 1).await?;
    }
    Ok(())
}
