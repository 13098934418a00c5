//! Cases with their hash-chained events; the state stands beside the events and is written with them.

use lotus_domain::account::AccountId;
use lotus_domain::case::{Actor, Case, CaseNumber, Event, Happening};
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::grievance::ORGAN;
use lotus_domain::kind::Role;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::{Connection, Db, Row, notice, record, row, supervision};
use crate::vault::DistrictKeys;
use crate::{CaseFile, NewCase, Opened, Step, StoreError, definitions};

/// Sealed columns: they name people, or say in words what about them.
const TITLE: &str = "case_file.title";
const MESSAGE: &str = "case_file.message";
const APPLICATION: &str = "case_file.application";
const REASON: &str = "case_event.reason";
const REMARK: &str = "case_event.remark";

/// A value as a sealed column.
fn seal<T: Serialize>(keys: &DistrictKeys, column: &str, row: &str, value: &T) -> Result<Vec<u8>, StoreError> {
    Ok(keys.seal(column, row, row::to_json(value)?.as_bytes())?)
}

/// A sealed column as a value.
fn open<T: DeserializeOwned>(keys: &DistrictKeys, column: &str, row: &str, sealed: &[u8]) -> Result<T, StoreError> {
    row::from_json(column, &keys.open(column, row, sealed)?)
}

/// Where an event stands.
fn event_place(number: &CaseNumber, sequence: u32) -> String {
    format!("{number}\0{sequence}")
}

/// The columns of a case, then the rest of the query.
macro_rules! select_case {
    ($rest:literal) => {
        concat!(
            "SELECT f.number, f.subject, f.title, f.message, f.application, f.state, f.revision, f.submitted, f.clocks,
                 f.secret, k.body, f.account, f.priority, f.parent, f.assigned, f.kind
             FROM case_file AS f JOIN case_kind AS k ON k.division = f.division AND k.digest = f.kind ",
            $rest
        )
    };
}

/// The columns of an event, then the rest of the query.
macro_rules! select_event {
    ($rest:literal) => {
        concat!(
            "SELECT sequence, at, role, account, action, from_state, to_state, reason, basis, remark, previous, hash,
                 number
             FROM case_event ",
            $rest
        )
    };
}

/// What comes first on a worklist: more priority, then what is due first, then what came first. A priority weighs more
/// than any date.
fn rank(case: &Case) -> i64 {
    const NEVER: i64 = 100_000_000_000_000;
    let due = case.clocks.due().map_or(NEVER, |deadline| deadline.at().as_millisecond());
    due - i64::from(case.priority) * NEVER * 10
}

pub(crate) async fn case_open(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &NewCase,
) -> Result<Opened, StoreError> {
    let case = &new.case;
    let number = case.number.as_str();
    let definition = row::to_json(&case.definition)?;
    let kind = Hash::of(definition.as_bytes());
    let opened = sqlx::query::<Db>(
        "INSERT INTO case_file (division, number, kind, subject, title, message, application, state, is_open, revision,
             submitted, due, secret, token, account, department, clocks, priority, rank, watch, parent, assigned)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
         ON CONFLICT DO NOTHING",
    )
    .bind(division.as_str())
    .bind(case.number.as_str())
    .bind(kind.0.as_slice())
    .bind(row::to_json(&case.subject)?)
    .bind(seal(keys, TITLE, number, &case.title)?)
    .bind(case.message.as_ref().map(|message| seal(keys, MESSAGE, number, message)).transpose()?)
    .bind(seal(keys, APPLICATION, number, &case.application)?)
    .bind(case.state.as_str())
    .bind(i64::from(case.is_open()))
    .bind(i64::from(case.revision))
    .bind(case.submitted.as_millisecond())
    .bind(case.due().map(|due| due.to_string()))
    .bind(case.secret.0.as_slice())
    .bind(new.token.0.as_slice())
    .bind(case.account.as_ref().map(|account| account.0.as_str()))
    .bind(case.subject.department())
    .bind(row::to_json(&case.clocks)?)
    .bind(i64::from(case.priority))
    .bind(rank(case))
    .bind(case.clocks.next(None).map(jiff::Timestamp::as_millisecond))
    .bind(case.parent.as_ref().map(CaseNumber::as_str))
    .bind(case.assigned.as_ref().map(|account| account.0.as_str()))
    .execute(&mut *db)
    .await?;
    if opened.rows_affected() == 0 {
        let before = case_find(db, division, &new.token).await?;
        return before.map(Opened::Before).ok_or_else(|| StoreError::unreadable("a case", "its token is gone"));
    }
    sqlx::query::<Db>(
        "INSERT INTO case_kind (division, digest, body) VALUES ($1, $2, $3) ON CONFLICT (division, digest) DO NOTHING",
    )
    .bind(division.as_str())
    .bind(kind.0.as_slice())
    .bind(definition)
    .execute(&mut *db)
    .await?;
    super::case_mark::case_mark_given(db, keys, division, &case.number, &case.application).await?;
    event_insert(db, keys, division, &case.number, &new.first).await?;
    notice::notice_insert(db, keys, division, &new.notices).await?;
    if let Some(decided) = &new.record {
        record::record_append(db, keys, division, decided).await?;
    }
    Ok(Opened::New)
}

pub(crate) async fn case_find(
    db: &mut Connection,
    division: &Division,
    token: &Hash,
) -> Result<Option<CaseNumber>, StoreError> {
    let found = sqlx::query::<Db>("SELECT number FROM case_file WHERE division = $1 AND token = $2")
        .bind(division.as_str())
        .bind(token.0.as_slice())
        .fetch_optional(db)
        .await?;
    found.map(|found| row::parsed("a case number", CaseNumber::parse(found.try_get(0)?))).transpose()
}

async fn event_insert(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    event: &Event,
) -> Result<(), StoreError> {
    let happening = &event.happening;
    let place = event_place(number, event.sequence);
    sqlx::query::<Db>(
        "INSERT INTO case_event (division, number, sequence, at, role, account, action, from_state, to_state, reason,
             basis, remark, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(division.as_str())
    .bind(number.as_str())
    .bind(i64::from(event.sequence))
    .bind(happening.at.as_millisecond())
    .bind(happening.actor.role.name())
    .bind(happening.actor.account.as_deref())
    .bind(happening.action.as_str())
    .bind(happening.from.as_deref())
    .bind(happening.to.as_str())
    .bind(happening.reason.as_ref().map(|reason| seal(keys, REASON, &place, reason)).transpose()?)
    .bind(happening.basis.as_ref().map(row::to_json).transpose()?)
    .bind(happening.remark.as_ref().map(|remark| seal(keys, REMARK, &place, remark)).transpose()?)
    .bind(event.previous.0.as_slice())
    .bind(event.hash.0.as_slice())
    .execute(db)
    .await?;
    Ok(())
}

pub(super) fn event(keys: &DistrictKeys, number: &CaseNumber, found: &Row) -> Result<Event, StoreError> {
    let role: &str = found.try_get(2)?;
    let sequence = row::small("an event's place", found.try_get(0)?)?;
    let place = event_place(number, sequence);
    let opened = |column, sealed: Option<&[u8]>| sealed.map(|sealed| open(keys, column, &place, sealed)).transpose();
    let basis: Option<&str> = found.try_get(8)?;
    Ok(Event {
        sequence,
        happening: Happening {
            at: row::moment(found.try_get(1)?)?,
            actor: Actor {
                role: Role::parse(role).ok_or_else(|| StoreError::unreadable("a role", role))?,
                account: found.try_get(3)?,
            },
            action: found.try_get(4)?,
            from: found.try_get(5)?,
            to: found.try_get(6)?,
            reason: opened(REASON, found.try_get(7)?)?,
            basis: basis.map(|text| row::from_json("a legal basis", text.as_bytes())).transpose()?,
            remark: opened(REMARK, found.try_get(9)?)?,
        },
        previous: row::hash(found.try_get(10)?)?,
        hash: row::hash(found.try_get(11)?)?,
    })
}

fn case(keys: &DistrictKeys, division: &Division, found: &Row) -> Result<Case, StoreError> {
    let number = row::parsed("a case number", CaseNumber::parse(found.try_get(0)?))?;
    let message: Option<&[u8]> = found.try_get(3)?;
    let definition = definitions::definition(row::hash(found.try_get(15)?)?, found.try_get(10)?)?;
    let parent: Option<&str> = found.try_get(13)?;
    Ok(Case {
        division: division.clone(),
        subject: row::from_json("what a case is about", found.try_get::<&str, _>(1)?.as_bytes())?,
        title: open(keys, TITLE, number.as_str(), found.try_get(2)?)?,
        message: message.map(|sealed| open(keys, MESSAGE, number.as_str(), sealed)).transpose()?,
        application: open(keys, APPLICATION, number.as_str(), found.try_get(4)?)?,
        state: found.try_get(5)?,
        revision: row::small("a revision", found.try_get(6)?)?,
        submitted: row::moment(found.try_get(7)?)?,
        clocks: row::from_json("a case's clocks", found.try_get::<&str, _>(8)?.as_bytes())?,
        secret: row::hash(found.try_get(9)?)?,
        account: found.try_get::<Option<String>, _>(11)?.map(AccountId),
        priority: row::small("a priority", found.try_get(12)?)?,
        parent: parent.map(|parent| row::parsed("a case number", CaseNumber::parse(parent))).transpose()?,
        assigned: found.try_get::<Option<String>, _>(14)?.map(AccountId),
        definition,
        number,
    })
}

pub(crate) async fn case_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
) -> Result<Option<CaseFile>, StoreError> {
    case_recent(db, keys, division, number, u32::MAX).await
}

pub(crate) async fn case_recent(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    last: u32,
) -> Result<Option<CaseFile>, StoreError> {
    let found = sqlx::query::<Db>(select_case!("WHERE f.division = $1 AND f.number = $2"))
        .bind(division.as_str())
        .bind(number.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let case = case(keys, division, &found)?;
    let after = case.revision.saturating_sub(last);
    // What began it is needed wherever its last events are: a card stands on both.
    let mut events = if after > 0 { events_between(db, keys, division, number, 0, 1).await? } else { Vec::new() };
    // Up to the revision that was read: an event that was added in between belongs to the next reading.
    events.extend(events_between(db, keys, division, number, after, case.revision).await?);
    Ok(Some(CaseFile { case, events }))
}

/// Events after a place up to another, in order.
async fn events_between(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    after: u32,
    up_to: u32,
) -> Result<Vec<Event>, StoreError> {
    let rows = sqlx::query::<Db>(select_event!(
        "WHERE division = $1 AND number = $2 AND sequence > $3 AND sequence <= $4 ORDER BY sequence"
    ))
    .bind(division.as_str())
    .bind(number.as_str())
    .bind(i64::from(after))
    .bind(i64::from(up_to))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| event(keys, number, found)).collect()
}

pub(crate) async fn event_list_before(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    before: u32,
    limit: u32,
) -> Result<Vec<Event>, StoreError> {
    let up_to = before.saturating_sub(1);
    events_between(db, keys, division, number, up_to.saturating_sub(limit), up_to).await
}

pub(crate) async fn case_page(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    after: Option<&CaseNumber>,
    limit: u32,
) -> Result<Vec<CaseFile>, StoreError> {
    let after = after.map_or("", CaseNumber::as_str);
    let found = sqlx::query::<Db>(select_case!("WHERE f.division = $1 AND f.number > $2 ORDER BY f.number LIMIT $3"))
        .bind(division.as_str())
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut *db)
        .await?;
    let mut files = Vec::with_capacity(found.len());
    for found in &found {
        files.push(CaseFile { case: case(keys, division, found)?, events: Vec::new() });
    }
    let Some(last) = files.last().map(|file| file.case.number.to_string()) else { return Ok(files) };
    let rows = sqlx::query::<Db>(select_event!(
        "WHERE division = $1 AND number > $2 AND number <= $3 ORDER BY number, sequence"
    ))
    .bind(division.as_str())
    .bind(after)
    .bind(last)
    .fetch_all(db)
    .await?;
    let mut events = rows.iter().peekable();
    for file in &mut files {
        let number = &file.case.number;
        while let Some(found) = events.peek() {
            match found.try_get::<&str, _>(12)?.cmp(number.as_str()) {
                // An event whose case is gone is passed over here; the verification counts them.
                std::cmp::Ordering::Less => _ = events.next(),
                std::cmp::Ordering::Equal => {
                    file.events.push(event(keys, number, found)?);
                    events.next();
                }
                std::cmp::Ordering::Greater => break,
            }
        }
    }
    Ok(files)
}

pub(crate) async fn case_append(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    step: &Step,
) -> Result<bool, StoreError> {
    let (case, event) = (&step.case, &step.event);
    let moved = sqlx::query::<Db>(
        "UPDATE case_file SET state = $3, is_open = $4, revision = $5, due = $6, clocks = $8, priority = $9, rank = $10,
             watch = $11, assigned = $12, subject = $13, department = $14
         WHERE division = $1 AND number = $2 AND revision = $7",
    )
    .bind(division.as_str())
    .bind(case.number.as_str())
    .bind(case.state.as_str())
    .bind(i64::from(case.is_open()))
    .bind(i64::from(event.sequence))
    .bind(case.due().map(|due| due.to_string()))
    .bind(i64::from(event.sequence) - 1)
    .bind(row::to_json(&case.clocks)?)
    .bind(i64::from(case.priority))
    .bind(rank(case))
    .bind(case.clocks.next(None).map(jiff::Timestamp::as_millisecond))
    .bind(case.assigned.as_ref().map(|account| account.0.as_str()))
    .bind(row::to_json(&case.subject)?)
    .bind(case.subject.department())
    .execute(&mut *db)
    .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    event_insert(db, keys, division, &case.number, event).await?;
    supervision::card_put(db, keys, division, &step.cards).await?;
    notice::notice_insert(db, keys, division, &step.notices).await?;
    for new in &step.opens {
        case_open(db, keys, division, new).await?;
    }
    for other in &step.also {
        if !Box::pin(case_append(db, keys, division, other)).await? {
            return Err(StoreError::Unavailable("a case beside it has moved; try again".to_owned()));
        }
    }
    if let Some(claim) = &step.claim {
        super::claim::claim_write(db, keys, division, claim).await?;
    }
    super::rating::rectified(db, keys, division, case, event).await?;
    if let Some(decided) = &step.record {
        record::record_append(db, keys, division, decided).await?;
    }
    Ok(true)
}

pub(crate) async fn case_import(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    files: &[CaseFile],
) -> Result<(), StoreError> {
    for file in files {
        let Some((first, later)) = file.events.split_first() else { continue };
        // No form was submitted here: the number stands for its token.
        let token = Hash::of(file.case.number.as_str().as_bytes());
        let new = NewCase { case: file.case.clone(), first: first.clone(), token, record: None, notices: Vec::new() };
        if case_open(db, keys, division, &new).await? == Opened::New {
            for event in later {
                event_insert(db, keys, division, &file.case.number, event).await?;
            }
        }
    }
    Ok(())
}

pub(crate) async fn case_assign(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &CaseNumber,
    assigned: &Option<AccountId>,
    priority: &u8,
) -> Result<bool, StoreError> {
    let Some(CaseFile { case, .. }) = case_recent(db, keys, division, number, 1).await? else { return Ok(false) };
    let case = Case { assigned: assigned.clone(), priority: *priority, ..case };
    let done = sqlx::query::<Db>(
        "UPDATE case_file SET assigned = $3, priority = $4, rank = $5
         WHERE division = $1 AND number = $2 AND revision = $6",
    )
    .bind(division.as_str())
    .bind(number.as_str())
    .bind(case.assigned.as_ref().map(|account| account.0.as_str()))
    .bind(i64::from(case.priority))
    .bind(rank(&case))
    .bind(i64::from(case.revision))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(crate) async fn case_list_worklist(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    department: Option<&str>,
    after: Option<&CaseNumber>,
    limit: u32,
) -> Result<Vec<Case>, StoreError> {
    // Where the page before ended; a case that has moved since is found again at its new place.
    let (rank, submitted, number) = match after {
        None => (i64::MIN, i64::MIN, String::new()),
        Some(after) => {
            let found = sqlx::query::<Db>("SELECT rank, submitted FROM case_file WHERE division = $1 AND number = $2")
                .bind(division.as_str())
                .bind(after.as_str())
                .fetch_optional(&mut *db)
                .await?;
            let Some(found) = found else { return Ok(Vec::new()) };
            (found.try_get(0)?, found.try_get(1)?, after.to_string())
        }
    };
    let query = match department {
        Some(department) => sqlx::query::<Db>(select_case!(
            "WHERE f.division = $1 AND f.is_open = 1 AND (f.rank, f.submitted, f.number) > ($2, $3, $4)
             AND f.department = $6 ORDER BY f.rank, f.submitted, f.number LIMIT $5"
        ))
        .bind(division.as_str())
        .bind(rank)
        .bind(submitted)
        .bind(number)
        .bind(i64::from(limit))
        .bind(department),
        None => sqlx::query::<Db>(select_case!(
            "WHERE f.division = $1 AND f.is_open = 1 AND (f.rank, f.submitted, f.number) > ($2, $3, $4)
             AND f.department <> $6 ORDER BY f.rank, f.submitted, f.number LIMIT $5"
        ))
        .bind(division.as_str())
        .bind(rank)
        .bind(submitted)
        .bind(number)
        .bind(i64::from(limit))
        // What is escalated is in the organ's sight alone: it names its department.
        .bind(ORGAN),
    };
    query.fetch_all(db).await?.iter().map(|found| case(keys, division, found)).collect()
}

pub(crate) async fn case_list_assigned(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    account: &AccountId,
    limit: u32,
) -> Result<Vec<Case>, StoreError> {
    let rows = sqlx::query::<Db>(select_case!(
        "WHERE f.division = $1 AND f.assigned = $2 AND f.is_open = 1
         ORDER BY f.rank, f.submitted, f.number LIMIT $3"
    ))
    .bind(division.as_str())
    .bind(account.0.as_str())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| case(keys, division, found)).collect()
}

pub(crate) async fn case_count_assigned(
    db: &mut Connection,
    division: &Division,
) -> Result<Vec<(AccountId, u64)>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT assigned, COUNT(*) FROM case_file
         WHERE division = $1 AND is_open = 1 AND assigned IS NOT NULL GROUP BY assigned ORDER BY assigned",
    )
    .bind(division.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| Ok((AccountId(found.try_get(0)?), row::unsigned(found.try_get(1)?)))).collect()
}

pub(crate) async fn case_list_parts(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    parent: &CaseNumber,
) -> Result<Vec<Case>, StoreError> {
    let rows = sqlx::query::<Db>(select_case!("WHERE f.division = $1 AND f.parent = $2 ORDER BY f.number"))
        .bind(division.as_str())
        .bind(parent.as_str())
        .fetch_all(db)
        .await?;
    rows.iter().map(|found| case(keys, division, found)).collect()
}

pub(crate) async fn case_list_account(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    account: &AccountId,
    limit: u32,
) -> Result<Vec<Case>, StoreError> {
    let rows = sqlx::query::<Db>(select_case!(
        "WHERE f.division = $1 AND f.account = $2 ORDER BY f.submitted DESC, f.number LIMIT $3"
    ))
    .bind(division.as_str())
    .bind(account.0.as_str())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| case(keys, division, found)).collect()
}
