//! The monthly bulletin 通报 (article 34): what it says, as values that are frozen when it is published.
//!
//! Invariant: the same contents give the same bytes and so the same hash, which stands in the audit chain.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::month::Month;
use super::tally::{Tally, measure};
use crate::chain::Hash;
use crate::district::Division;
use crate::text::Text;

/// Cases that a district has decided at least to be ranked: with fewer, chance decides.
pub const LEAST_RANKED: i64 = 30;

/// An indicator's value with what it was before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Which indicator.
    pub indicator: String,
    /// In the month.
    pub value: Option<f64>,
    /// In the month before.
    pub before: Option<f64>,
    /// In the same month of the year before.
    pub year_before: Option<f64>,
}

/// An indicator over the months up to the bulletin's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// Which indicator.
    pub indicator: String,
    /// Each month with its value.
    pub values: Vec<(Month, Option<f64>)>,
}

/// A department or an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its name.
    pub name: Text,
    /// Applications that came in.
    pub received: i64,
    /// Decided.
    pub decided: i64,
    /// Working days used, on average; none where there are too few.
    pub used: Option<f64>,
    /// Share decided too late; none where there are too few.
    pub overdue: Option<f64>,
}

/// A district among the districts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Its code.
    pub division: Division,
    /// Its name.
    pub name: Text,
    /// Decided.
    pub decided: i64,
    /// Share decided in time; none where nothing was.
    pub in_time: Option<f64>,
    /// Working days used, on average.
    pub used: Option<f64>,
    /// Its rank by what was decided in time; the same for the same. None where there are too few to say.
    pub rank: Option<u32>,
}

/// An improvement case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Improvement {
    /// Its number.
    pub number: String,
    /// What it is about, in one sentence.
    pub sentence: Text,
    /// Where it is.
    pub state: Text,
    /// When it was opened.
    pub opened: Date,
    /// Somebody still has something to do.
    pub is_open: bool,
}

/// The ratings of the month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingSummary {
    /// How many.
    pub rated: i64,
    /// Of the three better grades.
    pub well: i64,
    /// The grades, summed.
    pub grades: i64,
}

/// What a bulletin says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Contents {
    /// Applications that came in.
    pub received: i64,
    /// Decided.
    pub decided: i64,
    /// Indicators.
    pub figures: Vec<Figure>,
    /// Charts.
    pub trends: Vec<Trend>,
    /// Departments, by what they decided.
    pub departments: Vec<Line>,
    /// The items that took longest of what they promise.
    pub slowest: Vec<Line>,
    /// The districts; the city's bulletin alone.
    pub districts: Vec<Standing>,
    /// What was out of the ordinary, one sentence each.
    pub unusual: Vec<Text>,
    /// Improvement cases that were open or ended in the month.
    pub improvements: Vec<Improvement>,
    /// Ratings.
    pub ratings: RatingSummary,
    /// Some of it is a demonstration's, and nobody's.
    #[serde(default)]
    pub demonstration: bool,
}

/// A bulletin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bulletin {
    /// Whose.
    pub division: Division,
    /// Its name.
    pub name: Text,
    /// It is the city's own, about all districts.
    pub is_city: bool,
    /// Of which month.
    pub month: Month,
    /// The day on which it was made.
    pub issued: Date,
    /// What it says.
    pub contents: Contents,
}

impl Bulletin {
    /// Its number, e.g. `411081-2026-03`.
    pub fn number(&self) -> String {
        format!("{}-{}", self.division, self.month)
    }

    /// Nothing came in and nothing was decided: there is nothing to chart.
    pub fn is_empty(&self) -> bool {
        self.contents.received == 0 && self.contents.decided == 0
    }

    /// What its hash is over.
    pub fn frozen(&self) -> Result<(String, Hash), serde_json::Error> {
        let body = serde_json::to_string(self)?;
        let hash = Hash::of(body.as_bytes());
        Ok((body, hash))
    }
}

/// Ranks districts by the share that they decided in time, the best first; those with too few cases stand behind in the order
/// of their codes, without a rank. Shares that differ by less than a tenth of a per cent are the same.
pub fn ranked(districts: Vec<(Division, Text, Tally)>) -> Vec<Standing> {
    let mut all: Vec<Standing> = districts
        .into_iter()
        .map(|(division, name, tally)| {
            let timed = tally.get(measure::TIMED);
            let share = |count: i64| (timed > 0).then(|| super::tally::number(count) / super::tally::number(timed));
            Standing {
                division,
                name,
                decided: tally.get(measure::DECIDED),
                in_time: share(timed - tally.get(measure::OVERDUE)),
                used: share(tally.get(measure::USED)),
                rank: (timed >= LEAST_RANKED).then_some(0),
            }
        })
        .collect();
    #[expect(clippy::cast_possible_truncation, reason = "a share in thousandths")]
    let thousandths = |one: &Standing| (one.in_time.unwrap_or(0.0) * 1000.0).round() as i64;
    all.sort_by(|a, b| {
        let key = |one: &Standing| (one.rank.is_none(), one.rank.map_or(0, |_| -thousandths(one)));
        key(a).cmp(&key(b)).then_with(|| a.division.cmp(&b.division))
    });
    let mut last = None;
    for (at, one) in (1..).zip(&mut all).filter(|(_, one)| one.rank.is_some()) {
        let share = thousandths(one);
        let rank = match last {
            Some((before, rank)) if before == share => rank,
            _ => at,
        };
        last = Some((share, rank));
        one.rank = Some(rank);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn districts_with_few_cases_are_not_ranked_and_equals_share_a_rank() {
        let of = |code: &str, timed: i64, overdue: i64| {
            let mut tally = Tally::default();
            tally.add(measure::TIMED, timed);
            tally.add(measure::DECIDED, timed);
            tally.add(measure::OVERDUE, overdue);
            (Division::parse(code).unwrap(), Text::zh(code), tally)
        };
        let standings = ranked(vec![
            of("411081", 100, 5),
            of("411024", 2, 0),
            of("411082", 200, 10),
            of("411002", 50, 0),
            of("411025", 60, 30),
        ]);
        let shown: Vec<_> = standings.iter().map(|one| (one.division.as_str(), one.rank)).collect();
        let expected =
            [("411002", Some(1)), ("411081", Some(2)), ("411082", Some(2)), ("411025", Some(4)), ("411024", None)];
        assert_eq!(shown, expected);
    }
}
