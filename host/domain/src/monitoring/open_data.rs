//! Open data 开放数据: the indicators of a district's month as rows, small numbers kept back.
//!
//! Invariant: no number between one and four that counts people's cases leaves here, and where a single one is kept back,
//! another is kept back with it, so that the sum does not give it away.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::anomaly::Matter;
use super::indicator::{Formula, Indicator, indicators};
use super::month::Month;
use super::tally::{Tally, measure};
use crate::district::Division;

/// Numbers below this are kept back.
pub const SMALL: i64 = 5;

/// The columns with what stands in them, in both languages: column, Chinese, English.
pub const COLUMNS: [(&str, &str, &str); 9] = [
    ("division", "行政区划代码", "division code"),
    ("district", "区县名称", "name of the district"),
    ("month", "月份（年-月）", "month, year-month"),
    (
        "item",
        "事项实施编码；service:… 为区县服务；空为合计",
        "implementation code of the item; service:… for a district's service; empty for the total",
    ),
    ("department", "部门；空为合计", "department; empty for the total"),
    ("indicator", "指标代码", "id of the indicator"),
    (
        "value",
        "指标值；比例为 0 至 1；空为不公开或无数据",
        "its value; shares from 0 to 1; empty where kept back or where there is none",
    ),
    ("unit", "单位", "unit"),
    (
        "volume",
        "所依据的办件、指南或评价数；小于 5 记作 <5",
        "cases, guides or ratings that it stands on; <5 where there are fewer than five",
    ),
];

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpenRow {
    /// The division code.
    pub division: String,
    /// The district's Chinese name.
    pub district: String,
    /// The month.
    pub month: Month,
    /// The item; empty for the total.
    pub item: String,
    /// The department; empty for the total.
    pub department: String,
    /// The indicator's id.
    pub indicator: String,
    /// Its value; none where it is kept back.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: &'static str,
    /// What it stands on, or `<5`.
    pub volume: String,
}

/// Whether an indicator counts people's cases, and not guides.
fn is_of_people(indicator: &Indicator) -> bool {
    let base = match &indicator.formula {
        Formula::Share { of, .. } => of,
        Formula::Mean { over, .. } => over,
        Formula::Count { count } => count,
        Formula::Quantile { .. } => return true,
    };
    !base.starts_with(measure::ITEMS) && base != measure::MATERIALS
}

/// A district's month: the total, then each item and department.
pub fn open_rows(
    (division, district): (&Division, &str),
    month: Month,
    total: &Tally,
    parts: &BTreeMap<Matter, Tally>,
) -> Vec<OpenRow> {
    let mut rows = Vec::new();
    for indicator in indicators() {
        let volumes: Vec<(Matter, &Tally, i64)> =
            parts.iter().map(|(matter, tally)| (matter.clone(), tally, indicator.volume(tally))).collect();
        let is_small = |volume: i64| is_of_people(indicator) && (1..SMALL).contains(&volume);
        let mut kept: Vec<bool> = volumes.iter().map(|(_, _, volume)| is_small(*volume)).collect();
        if kept.iter().filter(|kept| **kept).count() == 1 {
            let open =
                volumes.iter().enumerate().filter(|(at, (_, _, volume))| *volume > 0 && kept.get(*at) == Some(&false));
            if let Some(least) = open.min_by_key(|(_, (_, _, volume))| *volume).map(|(at, _)| at)
                && let Some(kept) = kept.get_mut(least)
            {
                *kept = true;
            }
        }
        let mut row = |item: &str, department: &str, tally: &Tally, volume: i64, kept: bool| {
            let value = indicator.value(tally).filter(|_| !kept);
            if value.is_none() && volume == 0 {
                return;
            }
            rows.push(OpenRow {
                division: division.to_string(),
                district: district.to_owned(),
                month,
                item: item.to_owned(),
                department: department.to_owned(),
                indicator: indicator.id.to_string(),
                value: value.map(|value| (value * 10_000.0).round() / 10_000.0),
                unit: indicator.unit.name(),
                volume: match (is_small(volume), kept) {
                    (true, _) => format!("<{SMALL}"),
                    (false, true) => String::new(),
                    (false, false) => volume.to_string(),
                },
            });
        };
        let volume = indicator.volume(total);
        row("", "", total, volume, is_small(volume));
        for ((matter, tally, volume), kept) in volumes.into_iter().zip(kept) {
            row(&matter.item, &matter.department, tally, volume, kept);
        }
    }
    rows
}

/// A field as spreadsheets read it; what they would take for a formula is made a text.
fn field(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// Rows as CSV (RFC 4180) in UTF-8 with a byte order mark, as spreadsheets want it.
pub fn csv(rows: &[OpenRow]) -> String {
    let mut out = String::from("\u{feff}");
    let names: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
    // Writing to a string can't fail.
    let _ = write!(out, "{}\r\n", names.join(","));
    for row in rows {
        let value = row.value.map(|value| value.to_string()).unwrap_or_default();
        let fields = [
            field(&row.division),
            field(&row.district),
            row.month.to_string(),
            field(&row.item),
            field(&row.department),
            field(&row.indicator),
            value,
            row.unit.to_owned(),
            row.volume.clone(),
        ];
        let _ = write!(out, "{}\r\n", fields.join(","));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_reckon_stays_a_text() {
        assert_eq!(field("=1+1"), "'=1+1");
        assert_eq!(field("二楼,\"综合\""), "\"二楼,\"\"综合\"\"\"");
    }

    #[test]
    fn a_single_small_number_is_kept_back_with_a_second_one() {
        let division = Division::parse("411081").unwrap();
        let tally = |received: i64| {
            let mut tally = Tally::default();
            tally.add(measure::RECEIVED, received);
            tally.add(measure::ONLINE, 1);
            tally
        };
        let matter = |item: &str| Matter { item: item.to_owned(), department: "局".to_owned() };
        let parts = BTreeMap::from([(matter("A"), tally(3)), (matter("B"), tally(9)), (matter("C"), tally(20))]);
        let rows = open_rows((&division, "禹州市"), Month::parse("2026-03").unwrap(), &tally(32), &parts);
        let begun = |item: &str| {
            let row = rows.iter().find(|row| row.indicator == "begun-online" && row.item == item).unwrap();
            (row.value.is_some(), row.volume.clone())
        };
        assert_eq!(begun(""), (true, "32".to_owned()));
        assert_eq!(begun("A"), (false, "<5".to_owned()));
        assert_eq!(begun("B"), (false, String::new()), "32 less 20 would give A away");
        assert_eq!(begun("C"), (true, "20".to_owned()));
        let text = csv(&rows);
        assert!(text.starts_with("\u{feff}division,district,month,item,"));
        assert!(text.lines().count() == rows.len() + 1);
    }
}
