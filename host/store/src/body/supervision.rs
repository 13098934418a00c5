//! Supervision (article 37): cases at which there is something to see, and the cards that were given.

use jiff::Timestamp;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::supervision::{Card, CardState, Evidence, Ground, Level};
use lotus_domain::text::Text;
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

/// A sealed column: it may name people.
const ANSWER: &str = "supervision_card.answer";

/// Where a card stands.
fn place(card: &Card) -> String {
    let (level, ground) = (card.level.name(), card.ground.name());
    format!("{}\0{level}\0{ground}\0{}", card.number, card.about.as_millisecond())
}

fn sealed(keys: &DistrictKeys, card: &Card) -> Result<Option<Vec<u8>>, StoreError> {
    let seal = |answer: &Text| Ok(keys.seal(ANSWER, &place(card), row::to_json(answer)?.as_bytes())?);
    card.answer.as_ref().map(seal).transpose()
}

pub(crate) async fn case_list_watched(
    db: &mut Connection,
    division: &Division,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<CaseNumber>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT number FROM case_file WHERE division = $1 AND watch IS NOT NULL AND watch <= $2 ORDER BY watch LIMIT $3",
    )
    .bind(division.as_str())
    .bind(now.as_millisecond())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| row::parsed("a case number", CaseNumber::parse(found.try_get(0)?))).collect()
}

pub(crate) async fn case_supervise(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    revision: &u32,
    cards: &[Card],
    next: &Option<Timestamp>,
) -> Result<bool, StoreError> {
    let noted =
        sqlx::query::<Db>("UPDATE case_file SET watch = $3 WHERE division = $1 AND number = $2 AND revision = $4")
            .bind(division.as_str())
            .bind(number.as_str())
            .bind(next.map(Timestamp::as_millisecond))
            .bind(i64::from(*revision))
            .execute(&mut *db)
            .await?;
    if noted.rows_affected() == 0 {
        return Ok(false);
    }
    card_put(db, keys, division, cards).await?;
    Ok(true)
}

pub(crate) async fn card_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    cards: &[Card],
) -> Result<u64, StoreError> {
    let mut new = 0;
    for card in cards {
        let evidence: Vec<(u32, String)> =
            card.evidence.iter().map(|evidence| (evidence.event, evidence.hash.to_string())).collect();
        let put = sqlx::query::<Db>(
            "INSERT INTO supervision_card (division, number, level, ground, about, department, given, evidence, state,
                 is_open, answer)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        )
        .bind(division.as_str())
        .bind(card.number.as_str())
        .bind(card.level.name())
        .bind(card.ground.name())
        .bind(card.about.as_millisecond())
        .bind(card.department.as_str())
        .bind(card.given.as_millisecond())
        .bind(row::to_json(&evidence)?)
        .bind(card.state.name())
        .bind(i64::from(card.state.is_open()))
        .bind(sealed(keys, card)?)
        .execute(&mut *db)
        .await?;
        new += put.rows_affected();
    }
    Ok(new)
}

/// The columns of a card, then the rest of the query.
macro_rules! select_card {
    ($rest:literal) => {
        concat!(
            "SELECT number, level, ground, about, department, given, evidence, state, answer FROM supervision_card ",
            $rest
        )
    };
}

pub(super) fn card(keys: &DistrictKeys, division: &Division, found: &Row) -> Result<Card, StoreError> {
    let (level, ground, state): (&str, &str, &str) = (found.try_get(1)?, found.try_get(2)?, found.try_get(7)?);
    let evidence: Vec<(u32, String)> = row::from_json("evidence", found.try_get::<&str, _>(6)?.as_bytes())?;
    let hash = |text: &str| {
        lotus_domain::chain::Hash::parse(text).ok_or_else(|| StoreError::unreadable("the hash of an event", text))
    };
    let evidence = evidence.iter().map(|(event, text)| Ok(Evidence { event: *event, hash: hash(text)? }));
    let mut card = Card {
        division: division.clone(),
        number: row::parsed("a case number", CaseNumber::parse(found.try_get(0)?))?,
        department: found.try_get(4)?,
        level: Level::parse(level).ok_or_else(|| StoreError::unreadable("a level", level))?,
        ground: Ground::parse(ground).ok_or_else(|| StoreError::unreadable("a ground", ground))?,
        about: row::moment(found.try_get(3)?)?,
        given: row::moment(found.try_get(5)?)?,
        evidence: evidence.collect::<Result<_, StoreError>>()?,
        state: CardState::parse(state).ok_or_else(|| StoreError::unreadable("a card's state", state))?,
        answer: None,
    };
    if let Some(sealed) = found.try_get::<Option<&[u8]>, _>(8)? {
        card.answer = Some(row::from_json(ANSWER, &keys.open(ANSWER, &place(&card), sealed)?)?);
    }
    Ok(card)
}

pub(crate) async fn card_list(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    department: Option<&str>,
    limit: u32,
) -> Result<Vec<Card>, StoreError> {
    let query = match department {
        Some(department) => sqlx::query::<Db>(select_card!(
            "WHERE division = $1 AND is_open = 1 AND department = $3 ORDER BY given DESC, number LIMIT $2"
        ))
        .bind(division.as_str())
        .bind(i64::from(limit))
        .bind(department),
        None => {
            sqlx::query::<Db>(select_card!("WHERE division = $1 AND is_open = 1 ORDER BY given DESC, number LIMIT $2"))
                .bind(division.as_str())
                .bind(i64::from(limit))
        }
    };
    query.fetch_all(db).await?.iter().map(|found| card(keys, division, found)).collect()
}

pub(crate) async fn card_list_case(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
) -> Result<Vec<Card>, StoreError> {
    let rows = sqlx::query::<Db>(select_card!("WHERE division = $1 AND number = $2 ORDER BY given, level"))
        .bind(division.as_str())
        .bind(number.as_str())
        .fetch_all(db)
        .await?;
    rows.iter().map(|found| card(keys, division, found)).collect()
}

pub(crate) async fn card_count(
    db: &mut Connection,
    division: &Division,
    since: Timestamp,
) -> Result<Vec<(Level, CardState, u64)>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT level, state, COUNT(*) FROM supervision_card WHERE division = $1 AND given >= $2
         GROUP BY level, state ORDER BY level, state",
    )
    .bind(division.as_str())
    .bind(since.as_millisecond())
    .fetch_all(db)
    .await?;
    let counted = |found: &Row| {
        let (level, state): (&str, &str) = (found.try_get(0)?, found.try_get(1)?);
        let level = Level::parse(level).ok_or_else(|| StoreError::unreadable("a level", level))?;
        let state = CardState::parse(state).ok_or_else(|| StoreError::unreadable("a card's state", state))?;
        Ok((level, state, row::unsigned(found.try_get(2)?)))
    };
    rows.iter().map(counted).collect()
}

pub(crate) async fn card_answer(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    card: &Card,
) -> Result<bool, StoreError> {
    let answered = sqlx::query::<Db>(
        "UPDATE supervision_card SET state = $6, is_open = $7, answer = $8
         WHERE division = $1 AND number = $2 AND level = $3 AND ground = $4 AND about = $5 AND is_open = 1",
    )
    .bind(division.as_str())
    .bind(card.number.as_str())
    .bind(card.level.name())
    .bind(card.ground.name())
    .bind(card.about.as_millisecond())
    .bind(card.state.name())
    .bind(i64::from(card.state.is_open()))
    .bind(sealed(keys, card)?)
    .execute(db)
    .await?;
    Ok(answered.rows_affected() == 1)
}
