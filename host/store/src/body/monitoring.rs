//! What monitoring counts and finds (article 34): sums that grow with each event once, anomalies with their cases, bulletins.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lotus_domain::calendar::Calendar;
use lotus_domain::case::{CaseNumber, Subject};
use lotus_domain::district::Division;
use lotus_domain::kind::{Definition, Role};
use lotus_domain::monitoring::{Counting, Happened, Matter, Month, Tally, Unusual, item_key, measure, tallied};
use sqlx::Row as _;

use super::{Connection, Db, Row, case, row};
use crate::monitoring::{Anomaly, Slice, Tallied};
use crate::vault::DistrictKeys;
use crate::{NewCase, Opened, StoreError};

/// The grains of months: what the tables of a month are made of.
macro_rules! months {
    () => {
        "grain IN ('month', 'guide', 'materials', 'demo')"
    };
}

/// A place in the tables: grain, period, item, department, measure.
type Place = (&'static str, String, String, String, String);

/// A case whose events are not all in the tallies.
struct Behind {
    number: String,
    kind: Vec<u8>,
    subject: Subject,
    tallied: i64,
    revision: i64,
}

/// Adds what has happened since to the tallies, for so many cases; how far it came.
pub(crate) async fn tally_fold(
    db: &mut Connection,
    division: &Division,
    calendar: &Arc<Calendar>,
    zone: &TimeZone,
    limit: &u32,
) -> Result<Tallied, StoreError> {
    let counting = Counting { calendar, zone };
    let rows = sqlx::query::<Db>(
        "SELECT number, kind, subject, tallied, revision FROM case_file
         WHERE division = $1 AND tallied < revision ORDER BY number LIMIT $2",
    )
    .bind(division.as_str())
    .bind(i64::from(*limit))
    .fetch_all(&mut *db)
    .await?;
    let mut kinds: HashMap<Vec<u8>, Definition> = HashMap::new();
    let mut sums: BTreeMap<Place, i64> = BTreeMap::new();
    let mut done = Tallied { cases: 0, events: 0, more: rows.len() >= usize::try_from(*limit).unwrap_or(usize::MAX) };
    for found in &rows {
        let behind = Behind {
            number: found.try_get(0)?,
            kind: found.try_get(1)?,
            subject: row::from_json("what a case is about", found.try_get::<&str, _>(2)?.as_bytes())?,
            tallied: found.try_get(3)?,
            revision: found.try_get(4)?,
        };
        // Whoever else is at the same case waits here, and finds then that it is done.
        let taken =
            sqlx::query::<Db>("UPDATE case_file SET tallied = $3 WHERE division = $1 AND number = $2 AND tallied = $4")
                .bind(division.as_str())
                .bind(behind.number.as_str())
                .bind(behind.revision)
                .bind(behind.tallied)
                .execute(&mut *db)
                .await?;
        if taken.rows_affected() == 0 {
            continue;
        }
        if !kinds.contains_key(&behind.kind) {
            let definition = kind_of(db, division, &behind.kind).await?;
            kinds.insert(behind.kind.clone(), definition);
        }
        let Some(definition) = kinds.get(&behind.kind) else { continue };
        let events = happened(db, division, &behind).await?;
        let item = item_key(&behind.subject, definition.id.as_str());
        let after = row::small("a place in a history", behind.tallied)?;
        for counted in tallied(counting, definition, (&item, behind.subject.department()), &events, after) {
            let month = Month::of(counted.day).to_string();
            let at = |grain, period| {
                (grain, period, counted.item.clone(), counted.department.clone(), counted.measure.clone())
            };
            *sums.entry(at("day", counted.day.to_string())).or_default() += counted.by;
            *sums.entry(at("month", month)).or_default() += counted.by;
        }
        done.cases += 1;
        done.events += row::unsigned(behind.revision - behind.tallied);
    }
    add(db, division, &sums).await?;
    Ok(done)
}

async fn kind_of(db: &mut Connection, division: &Division, digest: &[u8]) -> Result<Definition, StoreError> {
    let found = sqlx::query::<Db>("SELECT body FROM case_kind WHERE division = $1 AND digest = $2")
        .bind(division.as_str())
        .bind(digest)
        .fetch_one(db)
        .await?;
    row::from_json("a kind of case", found.try_get::<&str, _>(0)?.as_bytes())
}

/// A case's events up to what was read of it: one that is added meanwhile belongs to the next turn.
async fn happened(db: &mut Connection, division: &Division, behind: &Behind) -> Result<Vec<Happened>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT sequence, at, role, action, to_state FROM case_event
         WHERE division = $1 AND number = $2 AND sequence <= $3 ORDER BY sequence",
    )
    .bind(division.as_str())
    .bind(behind.number.as_str())
    .bind(behind.revision)
    .fetch_all(db)
    .await?;
    let event = |found: &Row| {
        let role: &str = found.try_get(2)?;
        Ok(Happened {
            sequence: row::small("an event's place", found.try_get(0)?)?,
            at: row::moment(found.try_get(1)?)?,
            role: Role::parse(role).ok_or_else(|| StoreError::unreadable("a role", role))?,
            action: found.try_get(3)?,
            to: found.try_get(4)?,
        })
    };
    rows.iter().map(event).collect()
}

/// Adds sums, in one order, so that two who add at once do not wait for each other in a circle.
async fn add(db: &mut Connection, division: &Division, sums: &BTreeMap<Place, i64>) -> Result<(), StoreError> {
    for ((grain, period, item, department, measure), by) in sums {
        sqlx::query::<Db>(
            "INSERT INTO tally (division, grain, period, item, department, measure, total)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (division, grain, period, item, department, measure)
             DO UPDATE SET total = tally.total + excluded.total",
        )
        .bind(division.as_str())
        .bind(*grain)
        .bind(period.as_str())
        .bind(item.as_str())
        .bind(department.as_str())
        .bind(measure.as_str())
        .bind(*by)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Forgets what was counted of events, so that all of them are counted again.
pub(crate) async fn tally_forget(db: &mut Connection, division: &Division) -> Result<(), StoreError> {
    sqlx::query::<Db>("UPDATE case_file SET tallied = 0 WHERE division = $1 AND tallied > 0")
        .bind(division.as_str())
        .execute(&mut *db)
        .await?;
    sqlx::query::<Db>("DELETE FROM tally WHERE division = $1 AND grain IN ('day', 'month')")
        .bind(division.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Puts a month's sums of one grain in place of those that were there.
async fn replace(
    db: &mut Connection,
    division: &Division,
    (grain, month): (&'static str, &Month),
    tallies: &BTreeMap<Matter, Tally>,
) -> Result<(), StoreError> {
    sqlx::query::<Db>("DELETE FROM tally WHERE division = $1 AND grain = $2 AND period = $3")
        .bind(division.as_str())
        .bind(grain)
        .bind(month.to_string())
        .execute(&mut *db)
        .await?;
    let mut sums = BTreeMap::new();
    for (matter, tally) in tallies {
        for (measure, total) in tally.iter() {
            let place = (grain, month.to_string(), matter.item.clone(), matter.department.clone(), measure.to_owned());
            sums.insert(place, total);
        }
    }
    add(db, division, &sums).await
}

/// Keeps how guides are found to be in a month, in place of what was kept before.
pub(crate) async fn tally_put_guides(
    db: &mut Connection,
    division: &Division,
    month: &Month,
    tallies: &BTreeMap<Matter, Tally>,
) -> Result<(), StoreError> {
    replace(db, division, ("guide", month), tallies).await
}

/// Keeps a month of a demonstration.
pub(crate) async fn tally_put_demonstration(
    db: &mut Connection,
    division: &Division,
    months: &BTreeMap<Month, BTreeMap<Matter, Tally>>,
) -> Result<(), StoreError> {
    for (month, tallies) in months {
        replace(db, division, ("demo", month), tallies).await?;
    }
    Ok(())
}

/// Whether something has happened in a district that is not in the tallies yet.
pub(crate) async fn tally_is_behind(db: &mut Connection, division: &Division) -> Result<bool, StoreError> {
    let found = sqlx::query::<Db>("SELECT 1 FROM case_file WHERE division = $1 AND tallied < revision LIMIT 1")
        .bind(division.as_str())
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// What was attached to cases between two moments, by department: how much of it lay in a drawer for a day at least, and how
/// much was handed in anew though something of the same name lay there.
pub(crate) async fn tally_count_materials(
    db: &mut Connection,
    division: &Division,
    from: Timestamp,
    to: Timestamp,
) -> Result<BTreeMap<Matter, Tally>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT f.department, COUNT(*),
             CAST(SUM(CASE WHEN m.given < f.submitted - 86400000 THEN 1 ELSE 0 END) AS BIGINT),
             CAST(SUM(CASE WHEN m.given >= f.submitted - 86400000 AND EXISTS (
                 SELECT 1 FROM material AS o WHERE o.division = m.division AND o.holder = m.holder
                     AND o.name_index = m.name_index AND o.in_drawer = 1 AND o.given < f.submitted - 86400000
             ) THEN 1 ELSE 0 END) AS BIGINT)
         FROM case_material AS a
         JOIN case_file AS f ON f.division = a.division AND f.number = a.number
         JOIN material AS m ON m.division = a.drawer AND m.id = a.material
         WHERE a.division = $1 AND a.attached >= $2 AND a.attached < $3 GROUP BY f.department",
    )
    .bind(division.as_str())
    .bind(from.as_millisecond())
    .bind(to.as_millisecond())
    .fetch_all(db)
    .await?;
    let mut counted = BTreeMap::new();
    for found in &rows {
        let mut tally = Tally::default();
        tally.add(measure::ATTACHED, found.try_get(1)?);
        tally.add(measure::REUSED, found.try_get(2)?);
        tally.add(measure::ASKED_TWICE, found.try_get(3)?);
        let department: Option<String> = found.try_get(0)?;
        counted.insert(Matter { item: String::new(), department: department.unwrap_or_default() }, tally);
    }
    Ok(counted)
}

/// Keeps what was counted of a month's materials, in place of what was kept before.
pub(crate) async fn tally_put_materials(
    db: &mut Connection,
    division: &Division,
    month: &Month,
    tallies: &BTreeMap<Matter, Tally>,
) -> Result<(), StoreError> {
    replace(db, division, ("materials", month), tallies).await
}

/// Whether a division has a demonstration's months.
pub(crate) async fn tally_is_demonstration(db: &mut Connection, division: &Division) -> Result<bool, StoreError> {
    let found = sqlx::query::<Db>("SELECT 1 FROM tally WHERE division = $1 AND grain = 'demo' LIMIT 1")
        .bind(division.as_str())
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// What ratings 好差评 count of a district's months: their own counts are kept by themselves. Of the five grades the first is best;
/// here it is worth five points.
async fn rated(
    db: &mut Connection,
    division: &Division,
    from: Month,
    to: Month,
) -> Result<Vec<(Month, Matter, Tally)>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT month, item, department, grade_1, grade_2, grade_3, grade_4, grade_5 FROM rating_count
         WHERE division = $1 AND month >= $2 AND month <= $3 ORDER BY month, item, department",
    )
    .bind(division.as_str())
    .bind(from.to_string())
    .bind(to.to_string())
    .fetch_all(db)
    .await?;
    let counted = |found: &Row| {
        let mut tally = Tally::default();
        for (column, points) in [(3, 5), (4, 4), (5, 3), (6, 2), (7, 1)] {
            let count: i64 = found.try_get(column)?;
            tally.add(measure::RATED, count);
            tally.add(measure::GRADES, count.saturating_mul(points));
            tally.add(measure::RATED_WELL, if points >= 3 { count } else { 0 });
        }
        let month = row::parsed("a month", Month::parse(found.try_get(0)?))?;
        Ok((month, Matter { item: found.try_get(1)?, department: found.try_get(2)? }, tally))
    };
    rows.iter().map(counted).collect()
}

/// A district's months as a whole: without what is no application and no service.
pub(crate) async fn tally_list_months(
    db: &mut Connection,
    division: &Division,
    from: Month,
    to: Month,
) -> Result<BTreeMap<Month, Tally>, StoreError> {
    let rows = sqlx::query::<Db>(concat!(
        "SELECT period, measure, CAST(SUM(total) AS BIGINT) FROM tally WHERE division = $1 AND ",
        months!(),
        " AND period >= $2 AND period <= $3 AND measure NOT LIKE 'stay-%' AND measure NOT LIKE 'left-%'
          AND item NOT LIKE 'kind:%' GROUP BY period, measure"
    ))
    .bind(division.as_str())
    .bind(from.to_string())
    .bind(to.to_string())
    .fetch_all(&mut *db)
    .await?;
    let mut months: BTreeMap<Month, Tally> = BTreeMap::new();
    for found in &rows {
        let month = row::parsed("a month", Month::parse(found.try_get(0)?))?;
        months.entry(month).or_default().add(found.try_get(1)?, found.try_get(2)?);
    }
    for (month, _, tally) in rated(db, division, from, to).await? {
        months.entry(month).or_default().merge(&tally);
    }
    Ok(months)
}

/// What a district's month is made of, by item and department.
pub(crate) async fn tally_list_matters(
    db: &mut Connection,
    division: &Division,
    month: Month,
) -> Result<BTreeMap<Matter, Tally>, StoreError> {
    let rows = sqlx::query::<Db>(concat!(
        "SELECT item, department, measure, total FROM tally WHERE division = $1 AND ",
        months!(),
        " AND period = $2 AND item NOT LIKE 'kind:%'"
    ))
    .bind(division.as_str())
    .bind(month.to_string())
    .fetch_all(&mut *db)
    .await?;
    let mut matters: BTreeMap<Matter, Tally> = BTreeMap::new();
    for found in &rows {
        let matter = Matter { item: found.try_get(0)?, department: found.try_get(1)? };
        matters.entry(matter).or_default().add(found.try_get(2)?, found.try_get(3)?);
    }
    for (_, matter, tally) in rated(db, division, month, month).await? {
        matters.entry(matter).or_default().merge(&tally);
    }
    Ok(matters)
}

/// Everything of a district between two periods, by item, department and period: what anomalies are looked for in.
pub(crate) async fn tally_list_series(
    db: &mut Connection,
    division: &Division,
    slice: &Slice,
) -> Result<BTreeMap<Matter, BTreeMap<String, Tally>>, StoreError> {
    let (from, to, query) = match slice {
        Slice::Months(from, to) => (
            from.to_string(),
            to.to_string(),
            concat!(
                "SELECT item, department, period, measure, total FROM tally WHERE division = $1 AND ",
                months!(),
                " AND period >= $2 AND period <= $3 AND item NOT LIKE 'kind:%' AND measure NOT LIKE 'items%'"
            ),
        ),
        Slice::Days(from, to) => (
            from.to_string(),
            to.to_string(),
            "SELECT item, department, period, measure, total FROM tally WHERE division = $1 AND grain = 'day'
             AND period >= $2 AND period <= $3 AND item NOT LIKE 'kind:%'",
        ),
    };
    let rows = sqlx::query::<Db>(query).bind(division.as_str()).bind(from).bind(to).fetch_all(&mut *db).await?;
    let mut series: BTreeMap<Matter, BTreeMap<String, Tally>> = BTreeMap::new();
    for found in &rows {
        let matter = Matter { item: found.try_get(0)?, department: found.try_get(1)? };
        let periods = series.entry(matter).or_default();
        periods.entry(found.try_get(2)?).or_default().add(found.try_get(3)?, found.try_get(4)?);
    }
    if let Slice::Months(from, to) = slice {
        for (month, matter, tally) in rated(db, division, *from, *to).await? {
            series.entry(matter).or_default().entry(month.to_string()).or_default().merge(&tally);
        }
    }
    Ok(series)
}

/// Keeps a find with the case that it opens; whether it is new: of one matter one is open, and what was found in a period before
/// the last one of it ended is not found again.
pub(crate) async fn anomaly_open(
    db: &mut Connection,
    keys: &DistrictKeys,
    division: &Division,
    anomaly: &Anomaly,
    new: &NewCase,
) -> Result<bool, StoreError> {
    let (find, matter) = (&anomaly.find, &anomaly.find.matter);
    let done = sqlx::query::<Db>(
        "INSERT INTO anomaly (division, id, family, item, department, period, found, ended, number, body)
         SELECT $1, $2, $3, $4, $5, $6, $7, NULL, $8, $9
         WHERE NOT EXISTS (
             SELECT 1 FROM anomaly WHERE division = $1 AND family = $3 AND item = $4 AND department = $5
                 AND (ended IS NULL OR ended >= $6)
         )
         ON CONFLICT DO NOTHING",
    )
    .bind(division.as_str())
    .bind(anomaly.id.as_str())
    .bind(find.family.as_str())
    .bind(matter.item.as_str())
    .bind(matter.department.as_str())
    .bind(find.start.to_string())
    .bind(anomaly.found.as_millisecond())
    .bind(anomaly.number.as_str())
    .bind(row::to_json(&(find, &anomaly.sentence))?)
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    match case::case_open(db, keys, division, new).await? {
        Opened::New => Ok(true),
        Opened::Before(_) => Err(StoreError::unreadable("a case", "its form was sent before")),
    }
}

fn anomaly(found: &Row) -> Result<Anomaly, StoreError> {
    let (find, sentence): (Unusual, _) = row::from_json("a find", found.try_get::<&str, _>(4)?.as_bytes())?;
    let ended: Option<&str> = found.try_get(2)?;
    Ok(Anomaly {
        id: found.try_get(0)?,
        found: row::moment(found.try_get(1)?)?,
        ended: ended.map(|day| row::parsed("a day", day.parse())).transpose()?,
        number: row::parsed("a case number", CaseNumber::parse(found.try_get(3)?))?,
        find,
        sentence,
    })
}

/// The newest finds of a district, newest first; those whose case has not ended, and those found or ended since a day.
pub(crate) async fn anomaly_list(
    db: &mut Connection,
    division: &Division,
    since: Timestamp,
    ended_since: Date,
    limit: u32,
) -> Result<Vec<Anomaly>, StoreError> {
    let rows = sqlx::query::<Db>(
        "SELECT id, found, ended, number, body FROM anomaly
         WHERE division = $1 AND (ended IS NULL OR found >= $2 OR ended >= $3) ORDER BY found DESC, id LIMIT $4",
    )
    .bind(division.as_str())
    .bind(since.as_millisecond())
    .bind(ended_since.to_string())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(anomaly).collect()
}

/// The find that a case was opened for.
pub(crate) async fn anomaly_get(
    db: &mut Connection,
    division: &Division,
    id: &str,
) -> Result<Option<Anomaly>, StoreError> {
    let found = sqlx::query::<Db>("SELECT id, found, ended, number, body FROM anomaly WHERE division = $1 AND id = $2")
        .bind(division.as_str())
        .bind(id)
        .fetch_optional(db)
        .await?;
    found.as_ref().map(anomaly).transpose()
}

/// Notes that a find's case has ended; whether it had not before.
pub(crate) async fn anomaly_end(
    db: &mut Connection,
    division: &Division,
    id: &str,
    day: &Date,
) -> Result<bool, StoreError> {
    let done = sqlx::query::<Db>("UPDATE anomaly SET ended = $3 WHERE division = $1 AND id = $2 AND ended IS NULL")
        .bind(division.as_str())
        .bind(id)
        .bind(day.to_string())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How far something has come.
pub(crate) async fn monitoring_mark_get(
    db: &mut Connection,
    division: &Division,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let found = sqlx::query::<Db>("SELECT reached FROM monitoring_mark WHERE division = $1 AND name = $2")
        .bind(division.as_str())
        .bind(name)
        .fetch_optional(db)
        .await?;
    found.map(|found| Ok(found.try_get(0)?)).transpose()
}

/// Notes how far something has come.
pub(crate) async fn monitoring_mark_put(
    db: &mut Connection,
    division: &Division,
    name: &str,
    reached: &str,
) -> Result<(), StoreError> {
    sqlx::query::<Db>(
        "INSERT INTO monitoring_mark (division, name, reached) VALUES ($1, $2, $3)
         ON CONFLICT (division, name) DO UPDATE SET reached = excluded.reached",
    )
    .bind(division.as_str())
    .bind(name)
    .bind(reached)
    .execute(db)
    .await?;
    Ok(())
}
