//! Counters, bookings and waiting numbers. Whoever books, comes or is called at a counter on a day takes turns on one row.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::appointment::{Booking, BookingState, Halls, NotBooked};
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use sqlx::Row as _;

use super::{Connection, Db, Row, case, convenience, row};
use crate::vault::DistrictKeys;
use crate::{NewCase, StoreError};

/// The columns of a booking, then the rest of the query.
macro_rules! select_booking {
    ($rest:literal) => {
        concat!(
            "SELECT id, counter, day, starts, account, matter, state, number, made,
                 (SELECT c.number FROM convenience_case AS c
                  WHERE c.division = booking.division AND c.source = 'booking' AND c.id = booking.id)
             FROM booking ",
            $rest
        )
    };
}

pub(crate) async fn halls_get(db: &mut Connection, division: &Division) -> Result<Option<Halls>, StoreError> {
    let found = sqlx::query::<Db>("SELECT body FROM halls WHERE division = $1")
        .bind(division.as_str())
        .fetch_optional(db)
        .await?;
    found.map(|found| row::from_json("halls", found.try_get::<&str, _>(0)?.as_bytes())).transpose()
}

pub(crate) async fn halls_put(db: &mut Connection, halls: &Halls) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO halls (division, body) VALUES ($1, $2)
         ON CONFLICT (division) DO UPDATE SET body = excluded.body",
    )
    .bind(halls.division.as_str())
    .bind(row::to_json(halls)?)
    .execute(db)
    .await?;
    Ok(())
}

fn starts(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn booking(found: &Row) -> Result<Booking, StoreError> {
    let number: Option<i64> = found.try_get(7)?;
    let answers: Option<&str> = found.try_get(9)?;
    Ok(Booking {
        id: found.try_get(0)?,
        counter: row::parsed("a counter", Slug::parse(found.try_get::<String, _>(1)?))?,
        day: row::parsed("a day", found.try_get::<&str, _>(2)?.parse())?,
        from: row::parsed("a time", found.try_get::<&str, _>(3)?.parse())?,
        account: found.try_get::<Option<String>, _>(4)?.map(AccountId),
        matter: found.try_get(5)?,
        state: BookingState::parse(found.try_get(6)?)
            .ok_or_else(|| StoreError::unreadable("a booking's state", "it is none"))?,
        number: number.map(|number| row::small("a waiting number", number)).transpose()?,
        made: row::moment(found.try_get(8)?)?,
        case: answers.map(|number| row::parsed("a case number", CaseNumber::parse(number))).transpose()?,
    })
}

/// Holds the counter's day until the end of the transaction; its last waiting number, and one more where that is wanted.
async fn turn(
    db: &mut Connection,
    division: &Division,
    counter: &Slug,
    day: Date,
    more: i64,
) -> Result<i64, StoreError> {
    let found = sqlx::query::<Db>(
        "INSERT INTO counter_day (division, counter, day, last) VALUES ($1, $2, $3, $4)
         ON CONFLICT (division, counter, day) DO UPDATE SET last = counter_day.last + $4 RETURNING last",
    )
    .bind(division.as_str())
    .bind(counter.as_str())
    .bind(day.to_string())
    .bind(more)
    .fetch_one(db)
    .await?;
    Ok(found.try_get(0)?)
}

async fn insert(
    db: &mut Connection,
    division: &Division,
    new: &Booking,
    place: Option<i64>,
    begins: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO booking (division, id, counter, day, starts, place, account, matter, state, number, begins, made)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(division.as_str())
    .bind(new.id.as_str())
    .bind(new.counter.as_str())
    .bind(new.day.to_string())
    .bind(starts(new.from))
    .bind(place)
    .bind(new.account.as_ref().map(|account| account.0.as_str()))
    .bind(new.matter.as_str())
    .bind(new.state.name())
    .bind(new.number.map(i64::from))
    .bind(begins.as_millisecond())
    .bind(new.made.as_millisecond())
    .execute(db)
    .await?;
    Ok(())
}

/// Books a place with the case that answers for it: both or neither.
pub(crate) async fn booking_book(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    new: &Booking,
    capacity: &u16,
    begins: &Timestamp,
    answers: &Option<NewCase>,
) -> Result<Result<(), NotBooked>, StoreError> {
    turn(db, division, &new.counter, new.day, 0).await?;
    let open = sqlx::query::<Db>(
        "SELECT 1 FROM booking WHERE division = $1 AND account = $2 AND matter = $3 AND state = 'booked'",
    )
    .bind(division.as_str())
    .bind(new.account.as_ref().map(|account| account.0.as_str()))
    .bind(new.matter.as_str())
    .fetch_optional(&mut *db)
    .await?;
    if open.is_some() {
        return Ok(Err(NotBooked::HasOne));
    }
    let rows = sqlx::query::<Db>(
        "SELECT place FROM booking
         WHERE division = $1 AND counter = $2 AND day = $3 AND starts = $4 AND place IS NOT NULL ORDER BY place",
    )
    .bind(division.as_str())
    .bind(new.counter.as_str())
    .bind(new.day.to_string())
    .bind(starts(new.from))
    .fetch_all(&mut *db)
    .await?;
    let taken = rows.iter().map(|found| found.try_get::<i64, _>(0)).collect::<Result<Vec<_>, _>>()?;
    let Some(place) = (1..=i64::from(*capacity)).find(|place| !taken.contains(place)) else {
        return Ok(Err(NotBooked::Full));
    };
    insert(db, division, new, Some(place), *begins).await?;
    if let Some(answers) = answers {
        case::case_open(db, keys, division, answers).await?;
        convenience::begun(db, division, convenience::BOOKING, &new.id, &answers.case.number).await?;
    }
    Ok(Ok(()))
}

pub(crate) async fn booking_taken(
    db: &mut Connection,
    division: &Division,
    from: Date,
    to: Date,
) -> Result<Vec<(Slug, Date, Time, u16)>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT counter, day, starts, COUNT(place) FROM booking
         WHERE division = $1 AND day >= $2 AND day <= $3 AND place IS NOT NULL GROUP BY counter, day, starts",
    )
    .bind(division.as_str())
    .bind(from.to_string())
    .bind(to.to_string())
    .fetch_all(db)
    .await?;
    let of = |found: &Row| {
        let counter = row::parsed("a counter", Slug::parse(found.try_get::<String, _>(0)?))?;
        let day = row::parsed("a day", found.try_get::<&str, _>(1)?.parse())?;
        let time = row::parsed("a time", found.try_get::<&str, _>(2)?.parse())?;
        Ok((counter, day, time, row::small("places", found.try_get(3)?)?))
    };
    rows.iter().map(of).collect()
}

pub(crate) async fn booking_list_account(
    db: &mut Connection,
    division: &Division,
    account: &AccountId,
    limit: u32,
) -> Result<Vec<Booking>, StoreError> {
    let rows = sqlx::query::<Db>(select_booking!("WHERE division = $1 AND account = $2 ORDER BY begins DESC LIMIT $3"))
        .bind(division.as_str())
        .bind(account.0.as_str())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(booking).collect()
}

pub(crate) async fn booking_list_day(
    db: &mut Connection,
    division: &Division,
    day: Date,
) -> Result<Vec<Booking>, StoreError> {
    let rows =
        sqlx::query::<Db>(select_booking!("WHERE division = $1 AND day = $2 ORDER BY counter, begins, made, id"))
            .bind(division.as_str())
            .bind(day.to_string())
            .fetch_all(db)
            .await?;
    rows.iter().map(booking).collect()
}

pub(crate) async fn booking_cancel(
    db: &mut Connection,
    division: &Division,
    account: &AccountId,
    id: &str,
) -> Result<bool, StoreError> {
    let done = sqlx::query::<Db>(
        "UPDATE booking SET state = 'cancelled', place = NULL
         WHERE division = $1 AND account = $2 AND id = $3 AND state = 'booked'",
    )
    .bind(division.as_str())
    .bind(account.0.as_str())
    .bind(id)
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    convenience::changed(db, division, convenience::BOOKING, id).await?;
    Ok(true)
}

/// Gives whoever booked and came a waiting number; none where there is no such open booking on the day.
pub(crate) async fn booking_arrive(
    db: &mut Connection,
    division: &Division,
    id: &str,
    day: &Date,
) -> Result<Option<u32>, StoreError> {
    let found = sqlx::query::<Db>(
        "SELECT counter FROM booking WHERE division = $1 AND id = $2 AND day = $3 AND state = 'booked'",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(day.to_string())
    .fetch_optional(&mut *db)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let counter = row::parsed("a counter", Slug::parse(found.try_get::<String, _>(0)?))?;
    let number = turn(db, division, &counter, *day, 1).await?;
    // Once more: somebody may have been faster.
    let done = sqlx::query::<Db>(
        "UPDATE booking SET state = 'waiting', number = $3 WHERE division = $1 AND id = $2 AND state = 'booked'",
    )
    .bind(division.as_str())
    .bind(id)
    .bind(number)
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    convenience::changed(db, division, convenience::BOOKING, id).await?;
    Ok(Some(row::small("a waiting number", number)?))
}

/// Gives somebody who came without a booking a waiting number.
pub(crate) async fn booking_walk_in(
    db: &mut Connection,
    division: &Division,
    new: &Booking,
    begins: &Timestamp,
) -> Result<u32, StoreError> {
    let number = row::small("a waiting number", turn(db, division, &new.counter, new.day, 1).await?)?;
    let new = Booking { state: BookingState::Waiting, number: Some(number), ..new.clone() };
    insert(db, division, &new, None, *begins).await?;
    Ok(number)
}

/// Calls the next waiting number of a counter.
pub(crate) async fn booking_call(
    db: &mut Connection,
    division: &Division,
    counter: &Slug,
    day: &Date,
) -> Result<Option<Booking>, StoreError> {
    turn(db, division, counter, *day, 0).await?;
    let found = sqlx::query::<Db>(
        "UPDATE booking SET state = 'called' WHERE division = $1 AND id = (
             SELECT id FROM booking
             WHERE division = $1 AND counter = $2 AND day = $3 AND state = 'waiting' ORDER BY number LIMIT 1)
         RETURNING id, counter, day, starts, account, matter, state, number, made,
             (SELECT c.number FROM convenience_case AS c
              WHERE c.division = booking.division AND c.source = 'booking' AND c.id = booking.id)",
    )
    .bind(division.as_str())
    .bind(counter.as_str())
    .bind(day.to_string())
    .fetch_optional(&mut *db)
    .await?;
    let called = found.map(|found| booking(&found)).transpose()?;
    if let Some(called) = &called {
        convenience::changed(db, division, convenience::BOOKING, &called.id).await?;
    }
    Ok(called)
}

/// Marks bookings that nobody came to as missed; their places are free.
pub(crate) async fn booking_miss(
    db: &mut Connection,
    division: &Division,
    before: &Timestamp,
) -> Result<u64, StoreError> {
    let missed = sqlx::query::<Db>(
        "UPDATE booking SET state = 'missed', place = NULL WHERE division = $1 AND state = 'booked' AND begins < $2
         RETURNING id",
    )
    .bind(division.as_str())
    .bind(before.as_millisecond())
    .fetch_all(&mut *db)
    .await?;
    for found in &missed {
        convenience::changed(db, division, convenience::BOOKING, found.try_get(0)?).await?;
    }
    Ok(missed.len() as u64)
}

pub(crate) async fn booking_missed(
    db: &mut Connection,
    division: &Division,
    account: &AccountId,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT begins FROM booking
         WHERE division = $1 AND account = $2 AND state = 'missed' AND begins >= $3 ORDER BY begins",
    )
    .bind(division.as_str())
    .bind(account.0.as_str())
    .bind(since.as_millisecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(|found| row::moment(found.try_get(0)?)).collect()
}
