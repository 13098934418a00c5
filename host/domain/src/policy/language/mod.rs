//! The language of conditions and amounts 条件表达式: small, typed, total.
//!
//! ```text
//! enterprise.sales >= 2_000_000 yuan and enterprise.titles has "master-studio"
//!     and registered_in("411081") and enterprise.founded before 2024-01-01
//! min(enterprise.equipment * 8%, 3_000_000 yuan)
//! ```
//!
//! | what | how it is written |
//! |---|---|
//! | facts | `enterprise.sales`, or `sales` where only one fact ends so |
//! | numbers | `3`, `2_000_000`, `5.5%`, with a unit `500 mu`; exact, never rounded |
//! | money | `50_000 yuan`, `0.02 yuan`; cut to whole fen once, at the end |
//! | days | `2024-01-01`, `today` |
//! | words, codes | `"high-tech"`, `{"a", "b"}`; an industry `"C30"` holds `C307`, a district `"411000"` holds its districts |
//! | comparing | `>= > <= < = !=`, days also `before` and `after` |
//! | sets | `word in {…}`, `word not in {…}`, `words has "…"`, `words has any {…}`, `words has all {…}` |
//! | reckoning | `+ - * /`, `min(…)`, `max(…)`, `if(condition, a, b)`, `age(day)`, `months_since(day)`, `days_since(day)` |
//! | short words | `registered_in("411081")`, `resident_in(…)`, `industry("C30", …)` |
//! | together | `and`, `or`, `not`, brackets |
//!
//! There are no loops, no definitions and no recursion, and a text is bounded in length, depth and nodes: every text is
//! evaluated in time that grows with its length alone. What is not known makes a comparison unknown (Kleene's logic), and
//! so does a division by something that turns out to be nothing, or a number too large for 128 bits: each with its reason.
//! A divisor that is always nothing is refused when the text is read.

mod check;
mod explain;
mod industry;
mod lex;
mod print;
mod program;
mod syntax;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use self::check::Type;
use self::program::Program;
use super::fact::{FactName, FactValue, Facts};
use super::finding::{Finding, Verdict};
use crate::law::Fen;
use crate::text::Text;

/// Characters of a text at most.
pub const LONGEST_SOURCE: usize = 4_000;

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {}", problem.en.as_deref().unwrap_or(&problem.zh))]
pub struct Flaw {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What is wrong and what would be right.
    pub problem: Text,
}

/// Where in a text something begins; both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    line: u32,
    column: u32,
}

impl At {
    fn flaw(self, zh: impl Into<String>, en: impl Into<String>) -> Flaw {
        Flaw { line: self.line, column: self.column, problem: Text::new(zh, en) }
    }
}

/// What districts are called in words: conditions know their codes alone.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// By division code.
    pub districts: BTreeMap<String, Text>,
}

impl Names {
    fn district(&self, code: &str) -> Text {
        self.districts.get(code).cloned().unwrap_or_else(|| Text::zh(code))
    }
}

impl FactName {
    /// A value of this fact as people read it.
    pub fn in_words(self, value: &FactValue, names: &Names) -> Text {
        words::value(self, value, names)
    }
}

/// Who gets it: a text that is true or not of facts, compiled.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Condition {
    source: String,
    program: Program,
}

impl Condition {
    /// Reads, checks and compiles a text.
    pub fn parse(source: &str) -> Result<Self, Flaw> {
        let (program, _) = check::compile(&syntax::parse(source)?, Some(&Type::YesNo))?;
        Ok(Self { source: source.to_owned(), program })
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// As it would be written by the book: one way for each meaning.
    pub fn printed(&self) -> String {
        syntax::parse(&self.source).map_or_else(|_| self.source.clone(), |expression| print::print(&expression))
    }

    /// The facts that it rests on, each once.
    pub fn facts(&self) -> &[FactName] {
        self.program.facts()
    }

    /// Whether it is met, without reasons.
    pub fn verdict(&self, facts: &Facts, today: Date) -> Verdict {
        self.program.verdict(facts, today)
    }

    /// Whether it is met, with a finding for each condition in it.
    pub fn explained(&self, facts: &Facts, today: Date, names: &Names) -> (Verdict, Vec<Finding>) {
        explain::explain(&self.program, facts, today, names)
    }

    /// Each condition in it in words, those that must hold together in the order in which they are written; alternatives
    /// stand in one.
    pub fn in_words(&self, names: &Names) -> Vec<Text> {
        words::conditions(&self.program, names)
    }
}

/// How much: a text that reckons an amount of money from facts, compiled.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AmountRule {
    source: String,
    program: Program,
}

impl AmountRule {
    /// Reads, checks and compiles a text.
    pub fn parse(source: &str) -> Result<Self, Flaw> {
        let (program, _) = check::compile(&syntax::parse(source)?, Some(&Type::Money))?;
        Ok(Self { source: source.to_owned(), program })
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// As it would be written by the book.
    pub fn printed(&self) -> String {
        syntax::parse(&self.source).map_or_else(|_| self.source.clone(), |expression| print::print(&expression))
    }

    /// The facts that it rests on, each once.
    pub fn facts(&self) -> &[FactName] {
        self.program.facts()
    }

    /// Whole fen; none where something that it rests on isn't known, or can't be reckoned.
    pub fn amount(&self, facts: &Facts, today: Date) -> Option<Fen> {
        self.program.number(facts, today).and_then(super::Number::to_fen)
    }

    /// In words: 技术改造设备投资的8%，最高300万元.
    pub fn in_words(&self, names: &Names) -> Text {
        words::amount(&self.program, names)
    }
}

macro_rules! kept_as_text {
    ($kind:ident) => {
        impl PartialEq for $kind {
            fn eq(&self, other: &Self) -> bool {
                self.source == other.source
            }
        }

        impl Eq for $kind {}

        impl TryFrom<String> for $kind {
            type Error = Flaw;

            fn try_from(source: String) -> Result<Self, Flaw> {
                Self::parse(&source)
            }
        }

        impl From<$kind> for String {
            fn from(kept: $kind) -> Self {
                kept.source
            }
        }
    };
}

kept_as_text!(Condition);
kept_as_text!(AmountRule);
