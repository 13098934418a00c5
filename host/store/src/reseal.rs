//! Sealing anew: after a district's keys were rotated, what is sealed with an old data key is sealed with the new one, in
//! small batches, while everybody reads and writes.
//!
//! ```text
//!   for each table: a page of rows by key ─► those with an old key ─► open, seal, put back where still as it was read
//!   again from the start, until a whole pass finds nothing old
//! ```
//!
//! Invariant: a row is only put back where it is still what was read, so whoever writes meanwhile wins, and nothing is
//! lost. Which columns are sealed is said once, in [`SEALED`]; a test reads the SQL and finds one that is left out.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use lotus_domain::district::Division;

use crate::vault::sealed_with;
use crate::{Store, StoreError};

/// What a column of a row's key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Text,
    Integer,
    /// Text that is kept as bytes, for its order.
    Bytes,
}

/// A table with sealed columns. What binds a sealed value to its row is the row's key, its parts divided by `\0`.
#[derive(Debug)]
pub(crate) struct SealedTable {
    pub(crate) name: &'static str,
    /// Its primary key after the division.
    pub(crate) key: &'static [(&'static str, KeyKind)],
    pub(crate) sealed: &'static [&'static str],
}

use KeyKind::{Bytes, Integer, Text};

/// Every table with sealed columns.
pub(crate) const SEALED: &[SealedTable] = &[
    SealedTable { name: "account", key: &[("id", Text)], sealed: &["profile"] },
    SealedTable { name: "mandate", key: &[("account", Text), ("credit_code", Text)], sealed: &["body"] },
    SealedTable { name: "second_factor", key: &[("account", Text)], sealed: &["secret"] },
    SealedTable { name: "fee_due", key: &[("id", Text)], sealed: &["asked"] },
    SealedTable { name: "case_file", key: &[("number", Text)], sealed: &["title", "message", "application"] },
    SealedTable { name: "case_event", key: &[("number", Text), ("sequence", Integer)], sealed: &["reason", "remark"] },
    SealedTable { name: "call_record", key: &[("id", Integer)], sealed: &["transcript"] },
    SealedTable { name: "plugin_entry", key: &[("plugin", Text), ("key", Bytes)], sealed: &["value"] },
    SealedTable { name: "selection_seed", key: &[("number", Text), ("round", Integer)], sealed: &["seed"] },
    SealedTable { name: "selection_bid", key: &[("number", Text), ("code", Text)], sealed: &["body"] },
    SealedTable { name: "visit_order", key: &[("id", Text)], sealed: &["body"] },
    SealedTable { name: "policy_claim", key: &[("number", Text)], sealed: &["body"] },
    SealedTable { name: "payment_line", key: &[("batch", Text), ("line", Integer)], sealed: &["body", "said"] },
    SealedTable { name: "supervisor_visit", key: &[("id", Text)], sealed: &["body"] },
    SealedTable {
        name: "evaluation_sample",
        key: &[("evaluation", Text), ("name", Text)],
        sealed: &["case_number", "answers"],
    },
    SealedTable { name: "grievance", key: &[("number", Text)], sealed: &["body"] },
    SealedTable { name: "rating", key: &[("id", Text)], sealed: &["body"] },
    SealedTable { name: "notice", key: &[("key", Text)], sealed: &["body"] },
    SealedTable { name: "notice_preference", key: &[("account", Text)], sealed: &["body"] },
    SealedTable { name: "licence", key: &[("id", Text)], sealed: &["body"] },
    SealedTable { name: "fact_file", key: &[("id", Text)], sealed: &["body"] },
    SealedTable { name: "draft", key: &[("holder", Text), ("subject", Text)], sealed: &["body"] },
    SealedTable { name: "tutoring_remark", key: &[("id", Text), ("sequence", Integer)], sealed: &["words"] },
    SealedTable { name: "material", key: &[("id", Text)], sealed: &["body", "file_key"] },
    SealedTable {
        name: "supervision_card",
        key: &[("number", Text), ("level", Text), ("ground", Text), ("about", Integer)],
        sealed: &["answer"],
    },
];

/// A part of a row's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Integer(i64),
    Bytes(Vec<u8>),
}

/// A row's key and its sealed columns, in the table's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SealedRow {
    pub(crate) key: Vec<Part>,
    pub(crate) sealed: Vec<Option<Vec<u8>>>,
}

impl SealedRow {
    /// What binds its sealed values to it.
    pub(crate) fn place(&self) -> String {
        let parts = self.key.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Integer(number) => number.to_string(),
            Part::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        });
        parts.collect::<Vec<_>>().join("\0")
    }

    /// Whether something of it is sealed with a key before this one.
    fn is_old(&self, key: u32) -> bool {
        self.sealed.iter().flatten().any(|value| sealed_with(value).is_some_and(|id| id < key))
    }
}

/// How fast sealing anew goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Rows that are looked at, and sealed anew in one transaction.
    pub batch: u32,
    /// How long others have the database to themselves between two batches.
    pub pause: Duration,
    /// The last pass begins so long after the first at the earliest: until then another replica may not have heard of
    /// the new key and seals with the old one.
    pub settle: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { batch: 100, pause: Duration::from_millis(20), settle: Duration::from_secs(10) }
    }
}

/// What of a table is sealed with which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedCount {
    /// The table.
    pub table: &'static str,
    /// Its rows in the district.
    pub rows: u64,
    /// Those that an old data key is still needed for.
    pub old: u64,
}

/// Whoever seals a district anew holds it so long without a word.
const HOLD: Duration = Duration::from_mins(1);

impl Store {
    /// What of a district is sealed, and how much of it with an old key.
    pub async fn reseal_count(&self, division: &Division) -> Result<Vec<SealedCount>, StoreError> {
        let key = self.keys_load(division).await?.current();
        let mut counts = Vec::new();
        for table in SEALED {
            let mut count = SealedCount { table: table.name, rows: 0, old: 0 };
            let mut after = None;
            loop {
                let page = self.reseal_page(division, table, after.as_deref(), 500).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.key.clone());
                count.rows += page.len() as u64;
                count.old += page.iter().filter(|row| row.is_old(key)).count() as u64;
            }
            counts.push(count);
        }
        Ok(counts)
    }

    /// Seals anew what a district has sealed with an old key, until nothing is left; how many rows. Does nothing where it
    /// is done already, or where another replica (another `holder`) is at it.
    pub async fn reseal(&self, division: &Division, holder: &str, pace: Pace) -> Result<u64, StoreError> {
        let key = self.keys_load(division).await?.current();
        if key <= 1 || !self.reseal_held(division, key, holder).await? {
            return Ok(0);
        }
        let (begun, mut held, mut anew) = (Instant::now(), Instant::now(), 0);
        loop {
            let (pass, mut seen) = (Instant::now(), 0);
            for table in SEALED {
                let mut after = None;
                loop {
                    let rows = self.reseal_page(division, table, after.as_deref(), pace.batch).await?;
                    let Some(last) = rows.last() else { break };
                    after = Some(last.key.clone());
                    let old: Vec<SealedRow> = rows.into_iter().filter(|row| row.is_old(key)).collect();
                    if !old.is_empty() {
                        seen += old.len();
                        anew += self.reseal_rows(division.clone(), table, old).await?;
                    }
                    if held.elapsed() > HOLD / 3 {
                        if !self.reseal_held(division, key, holder).await? {
                            return Ok(anew);
                        }
                        held = Instant::now();
                    }
                    tokio::time::sleep(pace.pause).await;
                }
            }
            if seen == 0 && pass.duration_since(begun) >= pace.settle {
                self.reseal_done(division.clone(), key).await?;
                return Ok(anew);
            }
            if seen == 0 {
                tokio::time::sleep(pace.settle.saturating_sub(begun.elapsed())).await;
            }
        }
    }

    async fn reseal_held(&self, division: &Division, key: u32, holder: &str) -> Result<bool, StoreError> {
        let now = Timestamp::now().as_millisecond();
        let until = now.saturating_add(i64::try_from(HOLD.as_millis()).unwrap_or(i64::MAX));
        self.reseal_hold(division.clone(), key, holder.to_owned(), now, until).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places that blind indexes are made for, not sealed.
    const BLIND: [&str; 8] = [
        "account.subject",
        "account.identity",
        "licence.holder",
        "fact_file.holder",
        "grievance.owner",
        "rating.client",
        "rating.rater",
        "rating_call.telephone",
    ];

    #[test]
    fn every_column_that_the_sql_seals_is_sealed_anew() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/body");
        let mut found = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let constants =
                text.lines().filter(|line| line.trim_start().starts_with("const ") && line.contains(": &str"));
            for place in constants.filter_map(|line| line.split('"').nth(1)).filter(|place| !BLIND.contains(place)) {
                let Some((table, column)) = place.split_once('.').filter(|_| !place.contains(' ')) else { continue };
                let known = SEALED.iter().any(|known| known.name == table && known.sealed.contains(&column));
                assert!(known, "{place} is sealed and not in SEALED: it would stay under an old key for ever");
                found += 1;
            }
        }
        assert_eq!(found, SEALED.iter().map(|table| table.sealed.len()).sum::<usize>());
    }
}
