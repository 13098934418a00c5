//! Indicators 监测指标 as data: definition, unit, which way is better, and from which sums each is made.
//!
//! Invariant: an indicator of nothing is none, never nought: what can't be divided is not said.

use std::sync::LazyLock;

use serde::Deserialize;

use super::tally::{Tally, number};
use crate::Slug;
use crate::text::Text;

/// What an indicator is about, in the words of article 34.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// 办事指南质量
    Guides,
    /// 办理便利度
    Convenience,
    /// 办理效果
    Effect,
    /// 办事体验
    Experience,
}

impl Group {
    /// All of them, in the order of the article.
    pub const ALL: [Self; 4] = [Self::Guides, Self::Convenience, Self::Effect, Self::Experience];

    /// For addresses, columns and wordings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guides => "guides",
            Self::Convenience => "convenience",
            Self::Effect => "effect",
            Self::Experience => "experience",
        }
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Guides => ("指南质量", "Quality of guides"),
            Self::Convenience => ("便利度", "Convenience"),
            Self::Effect => ("办理效果", "Effect"),
            Self::Experience => ("办事体验", "Experience"),
        };
        Text::new(zh, en)
    }
}

/// In what it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A share; 0 to 1, shown as per cent.
    Percent,
    /// Working days.
    WorkingDays,
    /// How many.
    Count,
    /// How often.
    Times,
    /// 1 to 5.
    Grade,
}

impl Unit {
    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::WorkingDays => "working-days",
            Self::Count => "count",
            Self::Times => "times",
            Self::Grade => "grade",
        }
    }

    /// Behind a number.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Percent => ("%", "%"),
            Self::WorkingDays => ("个工作日", "working days"),
            Self::Count => ("件", "cases"),
            Self::Times => ("次", "times"),
            Self::Grade => ("分", "points"),
        };
        Text::new(zh, en)
    }

    /// A value as it is written, without its unit: per cent with one decimal, counts whole.
    pub fn number(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{:.1}", value * 100.0),
            Self::Count => format!("{value:.0}"),
            Self::Times if value.fract() == 0.0 => format!("{value:.0}"),
            Self::WorkingDays | Self::Times => format!("{value:.1}"),
            Self::Grade => format!("{value:.2}"),
        }
    }

    /// A value with its unit.
    pub fn written(self, value: f64) -> Text {
        let (number, unit) = (self.number(value), self.title());
        match (self, unit.en) {
            (Self::Percent, _) => Text::new(format!("{number}%"), format!("{number}%")),
            (_, Some(en)) => Text::new(format!("{number} {}", unit.zh), format!("{number} {en}")),
            (_, None) => Text::zh(format!("{number} {}", unit.zh)),
        }
    }
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither is: it only says what is.
    Neither,
}

/// From which sums it is made.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Formula {
    /// So many among so many.
    Share {
        /// Which.
        share: String,
        /// Among which.
        of: String,
    },
    /// A sum over a count.
    Mean {
        /// Which sum.
        mean: String,
        /// Over which count.
        over: String,
    },
    /// A count itself.
    Count {
        /// Which.
        count: String,
    },
    /// Of the times used.
    Quantile {
        /// 0 to 1.
        quantile: f64,
    },
}

/// That an indicator is watched, and what would be worth a word.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// What is unusual by two indicators of one family is one matter.
    pub family: Slug,
    /// So much worse than usual at least, in the indicator's unit.
    pub least: f64,
    /// So many times what is usual at least.
    pub ratio: f64,
    /// The sum of squares, where the indicator is a mean.
    #[serde(default)]
    pub squares: Option<String>,
}

/// An indicator.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Its id, in open data too: never changes.
    pub id: Slug,
    /// What it is about.
    pub group: Group,
    /// What it is called.
    pub title: Text,
    /// What it is, in one sentence.
    pub definition: Text,
    /// In what it is counted.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// Which article of the regulation wants it.
    pub article: String,
    /// From what it is made.
    pub formula: Formula,
    /// That it is watched.
    #[serde(default)]
    pub watch: Option<Watch>,
}

impl Indicator {
    /// Its value; none where there is nothing to divide by, or nothing was counted at all.
    pub fn value(&self, tally: &Tally) -> Option<f64> {
        let divided = |what: &str, by: &str| {
            let by = tally.get(by);
            (by > 0).then(|| number(tally.get(what)) / number(by))
        };
        match &self.formula {
            Formula::Share { share, of } => divided(share, of),
            Formula::Mean { mean, over } => divided(mean, over),
            Formula::Count { count } => (!tally.is_empty()).then(|| number(tally.get(count))),
            Formula::Quantile { quantile } => tally.quantile(*quantile),
        }
    }

    /// How many cases, guides or ratings its value stands on.
    pub fn volume(&self, tally: &Tally) -> i64 {
        match &self.formula {
            Formula::Share { of, .. } => tally.get(of),
            Formula::Mean { over, .. } => tally.get(over),
            Formula::Count { count } => tally.get(count),
            Formula::Quantile { .. } => tally.get(super::measure::TIMED),
        }
    }

    /// The standard error of its value: how far it lies from what it would be with ever so many cases; a count's is of the
    /// count itself.
    pub fn error(&self, tally: &Tally) -> f64 {
        let volume = number(self.volume(tally)).max(1.0);
        match (&self.formula, self.watch.as_ref().and_then(|watch| watch.squares.as_deref())) {
            (Formula::Mean { mean, .. }, Some(squares)) => {
                let mean = number(tally.get(mean)) / volume;
                let variance = (number(tally.get(squares)) / volume - mean * mean).max(0.0);
                // What is all alike in a few cases is not all alike for ever.
                ((variance + 0.25) / volume).sqrt()
            }
            (Formula::Share { share, .. }, _) => {
                // With one of each added, so that none of a few is not certain.
                let p = (number(tally.get(share)) + 1.0) / (volume + 2.0);
                (p * (1.0 - p) / volume).sqrt()
            }
            (Formula::Count { .. }, _) => number(self.volume(tally)).max(1.0).sqrt(),
            (Formula::Mean { .. } | Formula::Quantile { .. }, _) => 0.0,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    indicator: Vec<Indicator>,
}

static INDICATORS: LazyLock<Vec<Indicator>> =
    // A test reads the file; without it there would be no indicators, and the pages say so.
    LazyLock::new(|| {
        toml::from_str::<File>(include_str!("indicators.toml")).map(|file| file.indicator).unwrap_or_default()
    });

/// Every indicator, in the order of pages.
pub fn indicators() -> &'static [Indicator] {
    &INDICATORS
}

/// The indicator of this id.
pub fn indicator(id: &str) -> Option<&'static Indicator> {
    INDICATORS.iter().find(|indicator| indicator.id.as_str() == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_indicator_has_an_id_of_its_own_and_its_words_in_both_languages() {
        let file: File = toml::from_str(include_str!("indicators.toml")).unwrap();
        let mut ids: Vec<_> = file.indicator.iter().map(|one| one.id.to_string()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), file.indicator.len());
        assert!(ids.len() >= 20);
        for group in Group::ALL {
            assert!(file.indicator.iter().filter(|one| one.group == group).count() >= 4, "{group:?}");
        }
        assert!(file.indicator.iter().all(|one| one.title.en.is_some() && one.definition.en.is_some()));
        assert!(file.indicator.iter().filter(|one| one.watch.is_some()).count() >= 5);
    }

    #[test]
    fn an_indicator_of_nothing_is_none() {
        let nothing = Tally::default();
        assert!(indicators().iter().all(|one| one.value(&nothing).is_none()));
        let mut tally = Tally::default();
        tally.add("timed", 8);
        tally.add("overdue", 2);
        tally.add("used-days", 33);
        assert_eq!(indicator("overdue").unwrap().value(&tally), Some(0.25));
        assert_eq!(indicator("used-mean").unwrap().value(&tally), Some(4.125));
        assert_eq!(Unit::Percent.written(0.25).zh, "25.0%");
        assert_eq!(Unit::WorkingDays.written(4.125).zh, "4.1 个工作日");
    }
}
