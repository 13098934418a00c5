//! Fees that are due, payments, what was given back, receipts, closings (article 31).
//!
//! A payment, what it settles and its receipt are one write. The provider's number is the row's key, so that the same
//! call-back takes nothing twice.

use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::fee::{Asked, Closing, DueState, FeeDue, Kept, Means, Payment, Receipt, ReceiptKey, Taken};
use lotus_domain::law::Fen;
use sqlx::Row as _;

use super::{Connection, Db, Row, row};
use crate::StoreError;
use crate::vault::DistrictKeys;

/// The sealed column.
const ASKED: &str = "fee_due.asked";
const DUE: &str = "SELECT d.id, d.case_number, d.asked, d.amount, d.at, d.state, d.receipt, r.code
     FROM fee_due AS d LEFT JOIN receipt AS r ON r.division = d.division AND r.number = d.receipt";
const PAYMENT: &str =
    "SELECT due, means, provider, reference, amount, at, day, taken_by, is_surplus, refunded FROM fee_payment";

fn fee_due(keys: &DistrictKeys, found: &Row) -> Result<FeeDue, StoreError> {
    let id: String = found.try_get(0)?;
    let state: &str = found.try_get(5)?;
    let (number, code): (Option<String>, Option<String>) = (found.try_get(6)?, found.try_get(7)?);
    let asked: Asked = row::from_json(ASKED, &keys.open(ASKED, &id, found.try_get(2)?)?)?;
    Ok(FeeDue {
        case: row::parsed("a case number", CaseNumber::parse(found.try_get(1)?))?,
        asked,
        amount: Fen(found.try_get(3)?),
        at: row::moment(found.try_get(4)?)?,
        state: DueState::parse(state).ok_or_else(|| StoreError::unreadable("a fee's state", state))?,
        receipt: number.zip(code).map(|(number, code)| ReceiptKey { number, code }),
        id,
    })
}

fn kept(found: &Row) -> Result<Kept, StoreError> {
    let means: &str = found.try_get(1)?;
    let day = |text: &str| row::parsed("a day", text.parse());
    let refunded: Option<&str> = found.try_get(9)?;
    Ok(Kept {
        payment: Payment {
            due: found.try_get(0)?,
            means: Means::parse(means).ok_or_else(|| StoreError::unreadable("a means of payment", means))?,
            provider: found.try_get(2)?,
            reference: found.try_get(3)?,
            amount: Fen(found.try_get(4)?),
            at: row::moment(found.try_get(5)?)?,
            day: day(found.try_get(6)?)?,
            by: found.try_get(7)?,
        },
        is_surplus: found.try_get::<i64, _>(8)? != 0,
        refunded: refunded.map(day).transpose()?,
    })
}

pub(crate) async fn fee_ask(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    due: &FeeDue,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO fee_due (division, id, case_number, amount, at, state, asked) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(division.as_str())
    .bind(due.id.as_str())
    .bind(due.case.as_str())
    .bind(due.amount.0)
    .bind(due.at.as_millisecond())
    .bind(due.state.name())
    .bind(keys.seal(ASKED, &due.id, row::to_json(&due.asked)?.as_bytes())?)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn fee_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    id: &str,
) -> Result<Option<FeeDue>, StoreError> {
    let found = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!("{DUE} WHERE d.division = $1 AND d.id = $2")))
        .bind(division.as_str())
        .bind(id)
        .fetch_optional(db)
        .await?;
    found.map(|found| fee_due(keys, &found)).transpose()
}

pub(crate) async fn fee_list_case(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    case: &CaseNumber,
) -> Result<Vec<FeeDue>, StoreError> {
    let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
        "{DUE} WHERE d.division = $1 AND d.case_number = $2 ORDER BY d.at, d.id"
    )))
    .bind(division.as_str())
    .bind(case.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| fee_due(keys, found)).collect()
}

/// The receipt of a payment that was taken before.
async fn receipt_of(db: &mut Connection, division: &Division, payment: &Payment) -> Result<Option<String>, StoreError> {
    let found =
        sqlx::query::<Db>("SELECT number FROM receipt WHERE division = $1 AND provider = $2 AND reference = $3")
            .bind(division.as_str())
            .bind(payment.provider.as_str())
            .bind(payment.reference.as_str())
            .fetch_optional(db)
            .await?;
    Ok(found.map(|found| found.try_get(0)).transpose()?)
}

pub(crate) async fn fee_take(
    db: &mut Connection,
    division: &Division,
    payment: &Payment,
    code: &str,
) -> Result<Taken, StoreError> {
    let known = sqlx::query::<Db>("SELECT 1 FROM fee_payment WHERE division = $1 AND provider = $2 AND reference = $3")
        .bind(division.as_str())
        .bind(payment.provider.as_str())
        .bind(payment.reference.as_str())
        .fetch_optional(&mut *db)
        .await?;
    if known.is_some() {
        return Ok(Taken::Before(receipt_of(db, division, payment).await?));
    }
    let due = sqlx::query::<Db>("SELECT amount FROM fee_due WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(payment.due.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let Some(due) = due else { return Ok(Taken::NotDue) };
    let amount = Fen(due.try_get(0)?);
    if amount != payment.amount {
        return Ok(Taken::WrongAmount(amount));
    }
    // The row's lock makes those who pay at once stand in line; one of them finds it due.
    let settled =
        sqlx::query::<Db>("UPDATE fee_due SET state = 'paid' WHERE division = $1 AND id = $2 AND state = 'due'")
            .bind(division.as_str())
            .bind(payment.due.as_str())
            .execute(&mut *db)
            .await?;
    let is_surplus = settled.rows_affected() == 0;
    if is_surplus && payment.means != Means::EPay {
        return Ok(Taken::NotDue);
    }
    let inserted = sqlx::query::<Db>(
        "INSERT INTO fee_payment (division, provider, reference, due, means, amount, at, day, taken_by, is_surplus)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (division, provider, reference) DO NOTHING",
    )
    .bind(division.as_str())
    .bind(payment.provider.as_str())
    .bind(payment.reference.as_str())
    .bind(payment.due.as_str())
    .bind(payment.means.name())
    .bind(payment.amount.0)
    .bind(payment.at.as_millisecond())
    .bind(payment.day.to_string())
    .bind(payment.by.as_deref())
    .bind(i64::from(is_surplus))
    .execute(&mut *db)
    .await?;
    if inserted.rows_affected() == 0 {
        // The same call-back on another connection was first.
        return Ok(Taken::Before(receipt_of(db, division, payment).await?));
    }
    if is_surplus {
        return Ok(Taken::Surplus);
    }
    let counted = sqlx::query::<Db>(
        "INSERT INTO receipt_count (division, year, last) VALUES ($1, $2, 1)
         ON CONFLICT (division, year) DO UPDATE SET last = receipt_count.last + 1 RETURNING last",
    )
    .bind(division.as_str())
    .bind(i64::from(payment.day.year()))
    .fetch_one(&mut *db)
    .await?;
    let number = Receipt::numbered(division, payment.day.year(), row::unsigned(counted.try_get(0)?));
    sqlx::query::<Db>("INSERT INTO receipt (division, number, code, provider, reference) VALUES ($1, $2, $3, $4, $5)")
        .bind(division.as_str())
        .bind(number.as_str())
        .bind(code)
        .bind(payment.provider.as_str())
        .bind(payment.reference.as_str())
        .execute(&mut *db)
        .await?;
    sqlx::query::<Db>("UPDATE fee_due SET receipt = $3 WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(payment.due.as_str())
        .bind(number.as_str())
        .execute(db)
        .await?;
    Ok(Taken::Paid(number))
}

pub(crate) async fn fee_payment_list(
    db: &mut Connection,
    division: &Division,
    due: &str,
) -> Result<Vec<Kept>, StoreError> {
    let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
        "{PAYMENT} WHERE division = $1 AND due = $2 ORDER BY at, reference"
    )))
    .bind(division.as_str())
    .bind(due)
    .fetch_all(db)
    .await?;
    rows.iter().map(kept).collect()
}

pub(crate) async fn fee_payment_list_day(
    db: &mut Connection,
    division: &Division,
    day: &str,
) -> Result<Vec<Kept>, StoreError> {
    let rows = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
        "{PAYMENT} WHERE division = $1 AND day = $2 ORDER BY at, reference"
    )))
    .bind(division.as_str())
    .bind(day)
    .fetch_all(db)
    .await?;
    rows.iter().map(kept).collect()
}

pub(crate) async fn fee_refunded(
    db: &mut Connection,
    division: &Division,
    day: &str,
) -> Result<(u32, Fen), StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM fee_payment WHERE division = $1 AND refunded = $2",
    )
    .bind(division.as_str())
    .bind(day)
    .fetch_one(db)
    .await?;
    Ok((row::small("a count", found.try_get(0)?)?, Fen(found.try_get(1)?)))
}

pub(crate) async fn fee_refund(
    db: &mut Connection,
    division: &Division,
    payment: &Payment,
    day: &str,
    by: &Option<String>,
) -> Result<bool, StoreError> {
    let refunded = sqlx::query::<Db>(
        "UPDATE fee_payment SET refunded = $4, refunded_by = $5
         WHERE division = $1 AND provider = $2 AND reference = $3 AND refunded IS NULL",
    )
    .bind(division.as_str())
    .bind(payment.provider.as_str())
    .bind(payment.reference.as_str())
    .bind(day)
    .bind(by.as_deref())
    .execute(&mut *db)
    .await?;
    if refunded.rows_affected() == 0 {
        return Ok(false);
    }
    // What was a surplus leaves the fee paid as it is.
    sqlx::query::<Db>(
        "UPDATE fee_due SET state = 'refunded' WHERE division = $1 AND id = $2 AND EXISTS (
             SELECT 1 FROM fee_payment WHERE division = $1 AND provider = $3 AND reference = $4 AND is_surplus = 0)",
    )
    .bind(division.as_str())
    .bind(payment.due.as_str())
    .bind(payment.provider.as_str())
    .bind(payment.reference.as_str())
    .execute(db)
    .await?;
    Ok(true)
}

pub(crate) async fn receipt_get(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    number: &str,
) -> Result<Option<Receipt>, StoreError> {
    let found = sqlx::query::<Db>("SELECT code, provider, reference FROM receipt WHERE division = $1 AND number = $2")
        .bind(division.as_str())
        .bind(number)
        .fetch_optional(&mut *db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let payment = sqlx::query::<Db>(sqlx::AssertSqlSafe(format!(
        "{PAYMENT} WHERE division = $1 AND provider = $2 AND reference = $3"
    )))
    .bind(division.as_str())
    .bind(found.try_get::<&str, _>(1)?)
    .bind(found.try_get::<&str, _>(2)?)
    .fetch_one(&mut *db)
    .await?;
    let payment = kept(&payment)?.payment;
    let Some(due) = fee_get(db, keys, division, &payment.due).await? else { return Ok(None) };
    Ok(Some(Receipt { number: number.to_owned(), code: found.try_get(0)?, due, payment }))
}

pub(crate) async fn fee_close(
    db: &mut Connection,
    division: &Division,
    closing: &Closing,
    at: &jiff::Timestamp,
    by: &Option<String>,
) -> Result<bool, StoreError> {
    let closed = sqlx::query::<Db>(
        "INSERT INTO fee_closing (division, day, at, closed_by, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (division, day) DO NOTHING",
    )
    .bind(division.as_str())
    .bind(closing.day.to_string())
    .bind(at.as_millisecond())
    .bind(by.as_deref())
    .bind(row::to_json(closing)?)
    .execute(db)
    .await?;
    Ok(closed.rows_affected() > 0)
}

pub(crate) async fn fee_closing_get(
    db: &mut Connection,
    division: &Division,
    day: &str,
) -> Result<Option<Closing>, StoreError> {
    let found = sqlx::query::<Db>("SELECT body FROM fee_closing WHERE division = $1 AND day = $2")
        .bind(division.as_str())
        .bind(day)
        .fetch_optional(db)
        .await?;
    found.map(|found| row::from_json("a closing", found.try_get::<&str, _>(0)?.as_bytes())).transpose()
}
