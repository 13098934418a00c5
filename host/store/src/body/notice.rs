//! Notices: the outbox that events write into, what carries it, the inbox, receipts.
//!
//! [`notice_insert`] is called inside the transaction of the event that causes a notice, so that either both are there or
//! neither. A key that is there already tells nobody again. What is claimed is claimed for a time: a sender that dies
//! loses its claim, and the next one sends under the same reference.

use jiff::Timestamp;
use lotus_domain::account::AccountId;
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::notice::{
    ChannelKind, Contact, Kind, Message, Notice, NoticeKey, Outgoing, Recipient, Standing, reference,
};
use lotus_domain::text::Text;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::notice::{Claim, Failure, Mark, Queue, Receipt};
use crate::vault::DistrictKeys;

/// Sealed: says who is told, and what.
const BODY: &str = "notice.body";

#[derive(Serialize, Deserialize)]
struct Sealed {
    /// Where there is no account.
    contact: Option<Contact>,
    title: Text,
    body: Text,
}

fn open(keys: &DistrictKeys, key: &str, sealed: &[u8]) -> Result<Sealed, StoreError> {
    row::from_json(BODY, &keys.open(BODY, key, sealed)?)
}

fn kind(name: &str) -> Result<Kind, StoreError> {
    Kind::parse(name).ok_or_else(|| StoreError::unreadable("a kind of notice", name))
}

fn channel(name: &str) -> Result<ChannelKind, StoreError> {
    ChannelKind::parse(name).ok_or_else(|| StoreError::unreadable("a channel", name))
}

fn standing(name: &str) -> Result<Standing, StoreError> {
    Standing::parse(name).ok_or_else(|| StoreError::unreadable("how a notice stands", name))
}

/// Writes notices in the transaction that is under way; how many of them are new.
pub(crate) async fn notice_insert(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    notices: &[Notice],
) -> Result<u32, StoreError> {
    let mut new = 0;
    for notice in notices {
        let (account, contact) = match &notice.to {
            Recipient::Account(account) => (Some(account.0.as_str()), None),
            Recipient::Contact(contact) => (None, Some(contact.clone())),
        };
        let body = Sealed { contact, title: notice.title.clone(), body: notice.body.clone() };
        let key = notice.key.as_str();
        let inserted = sqlx::query::<Db>(
            "INSERT INTO notice (division, key, kind, template, account, case_number, urgent, in_inbox, created, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (division, key) DO NOTHING",
        )
        .bind(division.as_str())
        .bind(key)
        .bind(notice.kind.name())
        .bind(notice.template.as_str())
        .bind(account)
        .bind(notice.case.as_ref().map(CaseNumber::as_str))
        .bind(i64::from(notice.urgent))
        .bind(i64::from(notice.inbox().is_some()))
        .bind(notice.created.max(notice.not_before).as_millisecond())
        .bind(keys.seal(BODY, key, row::to_json(&body)?.as_bytes())?)
        .execute(&mut *db)
        .await?;
        if inserted.rows_affected() == 0 {
            continue;
        }
        new += 1;
        for channel in notice.carried() {
            sqlx::query::<Db>(
                "INSERT INTO notice_delivery (division, key, channel, reference, state, attempts, created, next_attempt,
                     until)
                 VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $6, $7)",
            )
            .bind(division.as_str())
            .bind(key)
            .bind(channel.name())
            .bind(reference(division, &notice.key, channel).0.as_slice())
            .bind(notice.created.as_millisecond())
            .bind(notice.not_before.as_millisecond())
            .bind(notice.until.as_millisecond())
            .execute(&mut *db)
            .await?;
        }
    }
    Ok(new)
}

pub(crate) async fn notice_put(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    notices: &[Notice],
) -> Result<u32, StoreError> {
    notice_insert(db, keys, division, notices).await
}

/// Whether something is to be done for a channel: carried where it can be, put away where its time is over.
pub(crate) async fn notice_due(
    db: &mut Connection,
    division: &Division,
    channel: ChannelKind,
    is_carried: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT 1 FROM notice_delivery
         WHERE division = $1 AND channel = $2 AND state = 'waiting' AND next_attempt <= $3
             AND (claimed_until IS NULL OR claimed_until <= $3) AND ($4 = 1 OR until <= $3) LIMIT 1",
    )
    .bind(division.as_str())
    .bind(channel.name())
    .bind(now.as_millisecond())
    .bind(i64::from(is_carried))
    .fetch_optional(db)
    .await?;
    Ok(found.is_some())
}

/// Takes what is due of a channel, the longest waiting first; what is too late is put away.
pub(crate) async fn notice_claim(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    claim: &Claim,
) -> Result<Vec<Outgoing>, StoreError> {
    let now = claim.now.as_millisecond();
    sqlx::query::<Db>(
        "UPDATE notice_delivery SET state = 'over', settled = $3
         WHERE division = $1 AND channel = $2 AND state = 'waiting' AND next_attempt <= $3 AND until <= $3
             AND (claimed_until IS NULL OR claimed_until <= $3)",
    )
    .bind(division.as_str())
    .bind(claim.channel.name())
    .bind(now)
    .execute(&mut *db)
    .await?;
    let rows = sqlx::query::<Db>(concat!(
        "UPDATE notice_delivery SET claimed_by = $4, claimed_until = $5, attempts = attempts + 1
         WHERE division = $1 AND channel = $2 AND key IN (
             SELECT key FROM notice_delivery
             WHERE division = $1 AND channel = $2 AND state = 'waiting' AND next_attempt <= $3
                 AND (claimed_until IS NULL OR claimed_until <= $3)
             ORDER BY next_attempt LIMIT $6",
        for_update_skip_locked!(),
        ") RETURNING key, reference, attempts"
    ))
    .bind(division.as_str())
    .bind(claim.channel.name())
    .bind(now)
    .bind(claim.by)
    .bind(claim.until.as_millisecond())
    .bind(i64::from(claim.limit))
    .fetch_all(&mut *db)
    .await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for delivery in rows {
        let key: String = delivery.try_get(0)?;
        let found =
            sqlx::query::<Db>("SELECT kind, account, urgent, body FROM notice WHERE division = $1 AND key = $2")
                .bind(division.as_str())
                .bind(key.as_str())
                .fetch_one(&mut *db)
                .await?;
        let Sealed { contact, title, body } = open(keys, &key, found.try_get(3)?)?;
        let account: Option<String> = found.try_get(1)?;
        claimed.push(Outgoing {
            division: division.clone(),
            channel: claim.channel,
            reference: row::hash(delivery.try_get(1)?)?,
            kind: kind(found.try_get(0)?)?,
            to: match account {
                Some(account) => Recipient::Account(AccountId(account)),
                None => Recipient::Contact(contact.unwrap_or_default()),
            },
            title,
            body,
            urgent: found.try_get::<i64, _>(2)? != 0,
            attempt: row::small("a number of tries", delivery.try_get(2)?)?,
            key: row::parsed("a notice's key", NoticeKey::parse(key))?,
        });
    }
    Ok(claimed)
}

/// Notes how a try ended, if the claim is still the sender's own; whether it was.
pub(crate) async fn notice_mark(db: &mut Connection, division: &Division, mark: &Mark) -> Result<bool, StoreError> {
    let is_over = mark.standing != Standing::Waiting;
    let marked = sqlx::query::<Db>(
        "UPDATE notice_delivery SET state = $5, next_attempt = $6, said = $7, settled = $8, attempts = attempts - $9,
             claimed_by = NULL, claimed_until = NULL
         WHERE division = $1 AND key = $2 AND channel = $3 AND claimed_by = $4 AND state = 'waiting'",
    )
    .bind(division.as_str())
    .bind(mark.key.as_str())
    .bind(mark.channel.name())
    .bind(mark.by)
    .bind(mark.standing.name())
    .bind(mark.next.unwrap_or(mark.at).as_millisecond())
    .bind(mark.said.replace('\0', ""))
    .bind(is_over.then(|| mark.at.as_millisecond()))
    .bind(i64::from(!mark.counts))
    .execute(db)
    .await?;
    Ok(marked.rows_affected() > 0)
}

/// Notes what a gateway says became of something. The same again changes nothing.
pub(crate) async fn notice_receipt(
    db: &mut Connection,
    division: &Division,
    reference: &Hash,
    became: &Standing,
    said: &str,
    at: &Timestamp,
) -> Result<Receipt, StoreError> {
    let noted = sqlx::query::<Db>(
        "UPDATE notice_delivery SET state = $3, said = $4, settled = $5, claimed_by = NULL, claimed_until = NULL
         WHERE division = $1 AND reference = $2 AND state IN ('waiting', 'sent', 'dead', 'over')",
    )
    .bind(division.as_str())
    .bind(reference.0.as_slice())
    .bind(became.name())
    .bind(said.replace('\0', ""))
    .bind(at.as_millisecond())
    .execute(&mut *db)
    .await?;
    if noted.rows_affected() > 0 {
        return Ok(Receipt::New);
    }
    let known = sqlx::query::<Db>("SELECT 1 FROM notice_delivery WHERE division = $1 AND reference = $2")
        .bind(division.as_str())
        .bind(reference.0.as_slice())
        .fetch_optional(db)
        .await?;
    Ok(if known.is_some() { Receipt::Before } else { Receipt::Unknown })
}

fn message(keys: &DistrictKeys, division: &Division, found: &Row) -> Result<Message, StoreError> {
    let key: String = found.try_get(0)?;
    let Sealed { title, body, .. } = open(keys, &key, found.try_get(5)?)?;
    let case: Option<&str> = found.try_get(2)?;
    let read: Option<i64> = found.try_get(4)?;
    Ok(Message {
        division: division.clone(),
        kind: kind(found.try_get(1)?)?,
        case: case.map(|number| row::parsed("a case number", CaseNumber::parse(number))).transpose()?,
        created: row::moment(found.try_get(3)?)?,
        read: read.map(row::moment).transpose()?,
        key: row::parsed("a notice's key", NoticeKey::parse(key))?,
        title,
        body,
        carried: Vec::new(),
    })
}

/// How it stands with what was carried of messages.
async fn carried(db: &mut Connection, division: &Division, messages: &mut [Message]) -> Result<(), StoreError> {
    for message in messages {
        let rows = sqlx::query::<Db>(
            "SELECT channel, state FROM notice_delivery WHERE division = $1 AND key = $2 ORDER BY channel",
        )
        .bind(division.as_str())
        .bind(message.key.as_str())
        .fetch_all(&mut *db)
        .await?;
        for found in rows {
            message.carried.push((channel(found.try_get(0)?)?, standing(found.try_get(1)?)?));
        }
    }
    Ok(())
}

pub(crate) async fn inbox_list(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    account: &AccountId,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT key, kind, case_number, created, read_at, body FROM notice
         WHERE division = $1 AND account = $2 AND in_inbox = 1 AND created <= $3 ORDER BY created DESC, key LIMIT $4",
    )
    .bind(division.as_str())
    .bind(account.0.as_str())
    .bind(now.as_millisecond())
    .bind(i64::from(limit))
    .fetch_all(&mut *db)
    .await?;
    let mut messages = rows.iter().map(|found| message(keys, division, found)).collect::<Result<Vec<_>, _>>()?;
    carried(db, division, &mut messages).await?;
    Ok(messages)
}

/// How many messages of an account are not read yet.
pub(crate) async fn inbox_unread(
    db: &mut Connection,
    division: &Division,
    account: &AccountId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT COUNT(*) FROM notice
         WHERE division = $1 AND account = $2 AND in_inbox = 1 AND read_at IS NULL AND created <= $3",
    )
    .bind(division.as_str())
    .bind(account.0.as_str())
    .bind(now.as_millisecond())
    .fetch_one(db)
    .await?;
    Ok(row::unsigned(found.try_get(0)?))
}

/// Notes that an account has read a message, or all of them; how many were not read before.
pub(crate) async fn inbox_read(
    db: &mut Connection,
    division: &Division,
    account: &AccountId,
    key: &Option<NoticeKey>,
    at: &Timestamp,
) -> Result<u64, StoreError> {
    let read = sqlx::query::<Db>(
        "UPDATE notice SET read_at = $3 WHERE division = $1 AND account = $2 AND in_inbox = 1 AND read_at IS NULL
             AND created <= $3 AND key = COALESCE($4, key)",
    )
    .bind(division.as_str())
    .bind(account.0.as_str())
    .bind(at.as_millisecond())
    .bind(key.as_ref().map(NoticeKey::as_str))
    .execute(db)
    .await?;
    Ok(read.rows_affected())
}

pub(crate) async fn notice_list_case(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    case: &CaseNumber,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT key, kind, case_number, created, read_at, body FROM notice
         WHERE division = $1 AND case_number = $2 ORDER BY created DESC, key LIMIT $3",
    )
    .bind(division.as_str())
    .bind(case.as_str())
    .bind(i64::from(limit))
    .fetch_all(&mut *db)
    .await?;
    let mut messages = rows.iter().map(|found| message(keys, division, found)).collect::<Result<Vec<_>, _>>()?;
    carried(db, division, &mut messages).await?;
    Ok(messages)
}

/// What waits and what failed since a moment, by channel.
pub(crate) async fn notice_queue(
    db: &mut Connection,
    division: &Division,
    since: Timestamp,
) -> Result<Vec<Queue>, StoreError> {
    let waiting = sqlx::query::<Db>(
        "SELECT channel, COUNT(*), MIN(created) FROM notice_delivery WHERE division = $1 AND state = 'waiting'
         GROUP BY channel ORDER BY channel",
    )
    .bind(division.as_str())
    .fetch_all(&mut *db)
    .await?;
    let failed = sqlx::query::<Db>(
        "SELECT channel, COUNT(*) FROM notice_delivery
         WHERE division = $1 AND state IN ('dead', 'undeliverable') AND settled >= $2 GROUP BY channel ORDER BY channel",
    )
    .bind(division.as_str())
    .bind(since.as_millisecond())
    .fetch_all(db)
    .await?;
    let mut queues = Vec::new();
    for one in ChannelKind::CARRIED {
        let mut queue = Queue { channel: one, waiting: 0, oldest: None, failed: 0 };
        for found in &waiting {
            if channel(found.try_get(0)?)? == one {
                queue.waiting = row::unsigned(found.try_get(1)?);
                queue.oldest = found.try_get::<Option<i64>, _>(2)?.map(row::moment).transpose()?;
            }
        }
        for found in &failed {
            if channel(found.try_get(0)?)? == one {
                queue.failed = row::unsigned(found.try_get(1)?);
            }
        }
        queues.push(queue);
    }
    Ok(queues)
}

/// The newest of what could not be delivered; says nothing of whom.
pub(crate) async fn notice_failures(
    db: &mut Connection,
    division: &Division,
    limit: u32,
) -> Result<Vec<Failure>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT d.key, d.channel, d.state, d.attempts, d.said, d.settled, n.template
         FROM notice_delivery AS d JOIN notice AS n ON n.division = d.division AND n.key = d.key
         WHERE d.division = $1 AND d.state IN ('dead', 'undeliverable') ORDER BY d.settled DESC, d.key LIMIT $2",
    )
    .bind(division.as_str())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|found| {
            Ok(Failure {
                key: row::parsed("a notice's key", NoticeKey::parse(found.try_get::<String, _>(0)?))?,
                channel: channel(found.try_get(1)?)?,
                standing: standing(found.try_get(2)?)?,
                attempts: row::small("a number of tries", found.try_get(3)?)?,
                said: found.try_get::<Option<String>, _>(4)?.unwrap_or_default(),
                at: row::moment(found.try_get(5)?)?,
                template: found.try_get(6)?,
            })
        })
        .collect()
}

/// Tries again what failed, until a moment; whether it had failed.
pub(crate) async fn notice_retry(
    db: &mut Connection,
    division: &Division,
    key: &NoticeKey,
    channel: &ChannelKind,
    now: &Timestamp,
    until: &Timestamp,
) -> Result<bool, StoreError> {
    let again = sqlx::query::<Db>(
        "UPDATE notice_delivery SET state = 'waiting', attempts = 0, next_attempt = $4, until = $5, settled = NULL
         WHERE division = $1 AND key = $2 AND channel = $3 AND state IN ('dead', 'undeliverable')",
    )
    .bind(division.as_str())
    .bind(key.as_str())
    .bind(channel.name())
    .bind(now.as_millisecond())
    .bind(until.as_millisecond())
    .execute(db)
    .await?;
    Ok(again.rows_affected() > 0)
}
