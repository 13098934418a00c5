//! Facts 事实 that conditions rest on: which there are (data, `facts.toml`), what is known of an applicant, from where and
//! as of when.
//!
//! Invariant: a [`FactName`] is one of the vocabulary, and [`Facts`] holds at most one value for each, of its own type.
//! What nobody knows is not there: it is neither no nor nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::number::Number;
use crate::catalog::Served;
use crate::district::Division;
use crate::form::Value;
use crate::law::Fen;
use crate::text::Text;

/// Characters of a word, a code or a source at most.
const LONGEST: usize = 100;
/// Words of a set at most.
const MOST_WORDS: usize = 50;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// 亩
    Mu,
    /// 人
    People,
    /// 年
    Years,
    /// 个月
    Months,
    /// 天
    Days,
    /// 美元
    Usd,
    /// 吨
    Tonnes,
    /// 平方米
    SquareMetres,
    /// 项、件、个
    Pieces,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Mu,
        Self::People,
        Self::Years,
        Self::Months,
        Self::Days,
        Self::Usd,
        Self::Tonnes,
        Self::SquareMetres,
        Self::Pieces,
    ];

    /// As conditions write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mu => "mu",
            Self::People => "people",
            Self::Years => "years",
            Self::Months => "months",
            Self::Days => "days",
            Self::Usd => "usd",
            Self::Tonnes => "tonnes",
            Self::SquareMetres => "square-metres",
            Self::Pieces => "pieces",
        }
    }

    /// The unit of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// As people read it behind a number.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Mu => ("亩", "mu"),
            Self::People => ("人", "people"),
            Self::Years => ("年", "years"),
            Self::Months => ("个月", "months"),
            Self::Days => ("天", "days"),
            Self::Usd => ("美元", "US dollars"),
            Self::Tonnes => ("吨", "tonnes"),
            Self::SquareMetres => ("平方米", "square metres"),
            Self::Pieces => ("项", "pieces"),
        }
    }
}

/// What kind of value a fact has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactType {
    /// Yes or no.
    YesNo,
    /// An exact number.
    Number,
    /// Money.
    Money,
    /// A day.
    Date,
    /// One word of several.
    Word,
    /// Several words of several.
    Words,
    /// An industry code 国民经济行业分类 (GB/T 4754-2017), compared by how it begins.
    Industry,
    /// A district, by its division code; the city holds its districts.
    District,
}

/// One of the words that a fact can have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactOption {
    /// As conditions write it.
    pub name: String,
    /// As people read it.
    pub title: Text,
}

/// A fact of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactKind {
    /// `person.…` or `enterprise.…`, letters a-z, digits, dots and hyphens.
    pub name: String,
    /// What it is called.
    pub title: Text,
    /// What kind of value it has.
    #[serde(rename = "type")]
    pub kind: FactType,
    /// What its number counts; none is a share or a plain number.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// A share, written and read in per cent.
    #[serde(default)]
    pub share: bool,
    /// The register that usually knows it.
    pub source: Text,
    /// The words that it can have, for `word` and `words`.
    #[serde(default)]
    pub options: Vec<FactOption>,
    /// How it is said that a yes-or-no fact is not so.
    #[serde(default)]
    pub absent: Option<Text>,
    /// Applicants may say it of themselves; otherwise only a register does.
    #[serde(default = "yes")]
    pub declarable: bool,
}

const fn yes() -> bool {
    true
}

impl FactKind {
    /// Whose fact it is.
    pub fn served(&self) -> Served {
        if self.name.starts_with("person.") { Served::NaturalPerson } else { Served::Enterprise }
    }

    /// What one of its words is called; the word itself where it is unknown.
    pub fn option(&self, word: &str) -> Text {
        self.options
            .iter()
            .find(|option| option.name == word)
            .map_or_else(|| Text::zh(word), |found| found.title.clone())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vocabulary {
    fact: Vec<FactKind>,
}

/// The vocabulary, by name. Data that ships; a test keeps it whole.
static KINDS: LazyLock<Vec<FactKind>> = LazyLock::new(|| {
    let read = toml::from_str::<Vocabulary>(include_str!("facts.toml"));
    let mut kinds = read.map(|read| read.fact).unwrap_or_default();
    kinds.sort_by(|one, other| one.name.cmp(&other.name));
    kinds
});

/// All facts that there are, by name.
pub fn vocabulary() -> &'static [FactKind] {
    &KINDS
}

/// The name of a fact of the vocabulary.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactName(u16);

/// A name that the vocabulary doesn't have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no fact “{0}”")]
pub struct UnknownFact(pub String);

impl FactName {
    /// Finds a name.
    pub fn parse(name: &str) -> Result<Self, UnknownFact> {
        let found = KINDS.binary_search_by(|kind| kind.name.as_str().cmp(name)).ok();
        found
            .and_then(|at| u16::try_from(at).ok())
            .map(Self)
            .ok_or_else(|| UnknownFact(name.chars().take(64).collect()))
    }

    /// All of them, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..u16::try_from(KINDS.len()).unwrap_or(u16::MAX)).map(Self)
    }

    /// What the vocabulary says of it.
    pub fn kind(self) -> &'static FactKind {
        static NONE: LazyLock<FactKind> = LazyLock::new(|| FactKind {
            name: String::new(),
            title: Text::zh(""),
            kind: FactType::Word,
            unit: None,
            share: false,
            source: Text::zh(""),
            options: Vec::new(),
            absent: None,
            declarable: false,
        });
        KINDS.get(usize::from(self.0)).unwrap_or(&NONE)
    }

    /// As conditions write it.
    pub fn as_str(self) -> &'static str {
        &self.kind().name
    }
}

impl std::fmt::Debug for FactName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for FactName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for FactName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FactName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// What a fact is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactValue {
    /// Yes or no.
    YesNo(bool),
    /// A number, in the unit of its kind; a share as a fraction of one.
    Number(Number),
    /// Money.
    Money(Fen),
    /// A day.
    Date(Date),
    /// A word, an industry code or a division code.
    Word(String),
    /// Words.
    Words(BTreeSet<String>),
}

/// Why a value is not one of its fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotThatFact {
    /// Of another type.
    #[error("not a value of this fact's type")]
    Type,
    /// Not one of the words that there are.
    #[error("not one of the words of this fact")]
    Word,
    /// Not a code of the standard's shape.
    #[error("an industry is a letter A to T and up to four digits, a district a division code")]
    Code,
    /// Over what is taken.
    #[error("too long or too large")]
    Bound,
}

/// Whether this is an industry code: a letter A to T, then up to four digits.
pub(super) fn is_industry(code: &str) -> bool {
    let mut characters = code.chars();
    characters.next().is_some_and(|letter| ('A'..='T').contains(&letter))
        && code.len() <= 5
        && characters.all(|digit| digit.is_ascii_digit())
}

impl FactValue {
    /// Whether it is a value that this fact can have.
    pub fn fits(&self, name: FactName) -> Result<(), NotThatFact> {
        let kind = name.kind();
        let known = |word: &String| kind.options.iter().any(|option| option.name == *word);
        match (self, kind.kind) {
            (Self::YesNo(_), FactType::YesNo) => Ok(()),
            (Self::Number(number), FactType::Number) => {
                let most = Number::whole(1_000_000_000_000_000);
                let fits = *number <= most && most.negative() <= *number;
                fits.then_some(()).ok_or(NotThatFact::Bound)
            }
            (Self::Money(fen), FactType::Money) => {
                (fen.0.unsigned_abs() <= 100_000_000_000_000_000).then_some(()).ok_or(NotThatFact::Bound)
            }
            (Self::Date(day), FactType::Date) => {
                (1900..=2200).contains(&day.year()).then_some(()).ok_or(NotThatFact::Bound)
            }
            (Self::Word(word), FactType::Word) => known(word).then_some(()).ok_or(NotThatFact::Word),
            (Self::Words(words), FactType::Words) if words.len() > MOST_WORDS => Err(NotThatFact::Bound),
            (Self::Words(words), FactType::Words) => words.iter().all(known).then_some(()).ok_or(NotThatFact::Word),
            (Self::Word(code), FactType::Industry) => is_industry(code).then_some(()).ok_or(NotThatFact::Code),
            (Self::Word(code), FactType::District) => {
                Division::parse(code.as_str()).map(|_| ()).map_err(|_| NotThatFact::Code)
            }
            _ => Err(NotThatFact::Type),
        }
    }

    /// Reads what somebody typed or chose: money in yuan, shares in per cent, days as 2026-04-27.
    pub fn read(name: FactName, typed: &[String]) -> Result<Self, NotThatFact> {
        let kind = name.kind();
        let one = typed.first().map_or("", |text| text.trim());
        if typed.iter().any(|text| text.chars().count() > LONGEST) {
            return Err(NotThatFact::Bound);
        }
        let value = match kind.kind {
            FactType::YesNo => match one {
                "yes" => Self::YesNo(true),
                "no" => Self::YesNo(false),
                _ => return Err(NotThatFact::Type),
            },
            FactType::Number => {
                let number = Number::parse(one.trim_end_matches('%')).map_err(|_| NotThatFact::Type)?;
                let share = number.over(Number::whole(100)).filter(|_| kind.share);
                Self::Number(share.unwrap_or(number))
            }
            FactType::Money => Self::Money(Fen::parse_yuan(one).map_err(|_| NotThatFact::Type)?),
            FactType::Date => Self::Date(one.parse().map_err(|_| NotThatFact::Type)?),
            FactType::Word | FactType::District => Self::Word(one.to_owned()),
            FactType::Industry => Self::Word(one.to_ascii_uppercase()),
            FactType::Words => Self::Words(typed.iter().map(|word| word.trim().to_owned()).collect()),
        };
        value.fits(name)?;
        Ok(value)
    }

    /// As a form's field would hold it: how plugins see it.
    pub fn to_value(&self) -> Value {
        match self {
            Self::YesNo(value) => Value::Boolean(*value),
            Self::Number(number) => Value::Decimal(number.to_string()),
            Self::Money(fen) => Value::Money(*fen),
            Self::Date(day) => Value::Date(*day),
            Self::Word(word) => Value::Text(word.clone()),
            Self::Words(words) => Value::Options(words.iter().cloned().collect()),
        }
    }
}

/// One fact about an applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is.
    pub value: FactValue,
    /// Who says so: a register, or the applicant.
    pub source: Text,
    /// As of when.
    pub as_of: Timestamp,
    /// The applicant says so, nobody checked it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub declared: bool,
}

/// What is known of an applicant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    known: Vec<(FactName, Fact)>,
}

impl Facts {
    /// The fact of this name; none where nobody knows it.
    pub fn get(&self, name: FactName) -> Option<&Fact> {
        let at = self.known.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        self.known.get(at).map(|(_, fact)| fact)
    }

    /// Learns a fact, in place of what was known under its name.
    pub fn learn(&mut self, name: FactName, fact: Fact) -> Result<(), NotThatFact> {
        fact.value.fits(name)?;
        if fact.source.longest() > LONGEST {
            return Err(NotThatFact::Bound);
        }
        match self.known.binary_search_by_key(&name, |(name, _)| *name) {
            Ok(at) => {
                if let Some(known) = self.known.get_mut(at) {
                    known.1 = fact;
                }
            }
            Err(at) => self.known.insert(at, (name, fact)),
        }
        Ok(())
    }

    /// Forgets a fact.
    pub fn forget(&mut self, name: FactName) -> Option<Fact> {
        let at = self.known.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        Some(self.known.remove(at).1)
    }

    /// With what others know: a register's word counts before the applicant's own, then the newer.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        for (name, fact) in others.known {
            let rank = |fact: &Fact| (!fact.declared, fact.as_of);
            if self.get(name).is_none_or(|known| rank(known) < rank(&fact)) {
                // It was held against its kind when it became a fact.
                let _ = self.learn(name, fact);
            }
        }
        self
    }

    /// All that is known, by name.
    pub fn iter(&self) -> impl Iterator<Item = (FactName, &Fact)> {
        self.known.iter().map(|(name, fact)| (*name, fact))
    }

    /// How many are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

impl Serialize for Facts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Facts {
    /// What the vocabulary no longer has, or has with another type, is as if nobody knew it.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut facts = Self::default();
        for (name, fact) in BTreeMap::<String, Fact>::deserialize(deserializer)? {
            if let Ok(name) = FactName::parse(&name) {
                let _ = facts.learn(name, fact);
            }
        }
        Ok(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> FactName {
        FactName::parse(name).unwrap()
    }

    fn fact(value: FactValue, at: i64, declared: bool) -> Fact {
        Fact { value, source: Text::zh("登记"), as_of: Timestamp::from_second(at).unwrap(), declared }
    }

    #[test]
    fn the_vocabulary_is_whole() {
        let read: Vocabulary = toml::from_str(include_str!("facts.toml")).unwrap();
        assert!(read.fact.len() >= 60, "{}", read.fact.len());
        assert!(vocabulary().is_sorted_by(|one, next| one.name < next.name), "each once");
        for kind in vocabulary() {
            let of_somebody = kind.name.starts_with("person.") || kind.name.starts_with("enterprise.");
            assert!(of_somebody && kind.title.en.is_some() && kind.source.en.is_some(), "{}", kind.name);
            let has_words = matches!(kind.kind, FactType::Word | FactType::Words);
            assert_eq!(has_words, !kind.options.is_empty(), "{}", kind.name);
            assert!(kind.unit.is_none() || kind.kind == FactType::Number, "{}", kind.name);
        }
        for found in FactName::all() {
            assert_eq!(FactName::parse(found.as_str()), Ok(found));
        }
        assert_eq!(FactName::parse("enterprise.luck"), Err(UnknownFact("enterprise.luck".into())));
    }

    #[test]
    fn a_fact_has_a_value_of_its_own_kind_or_none() {
        let mut facts = Facts::default();
        let sales = name("enterprise.sales");
        let wrong = fact(FactValue::YesNo(true), 0, false);
        assert_eq!(facts.learn(sales, wrong), Err(NotThatFact::Type));
        assert_eq!(FactValue::read(sales, &["2,000,000".into()]), Ok(FactValue::Money(Fen(200_000_000))));
        assert_eq!(FactValue::read(sales, &["many".into()]), Err(NotThatFact::Type));
        let share = FactValue::read(name("enterprise.lay-off-rate"), &["5.5%".into()]);
        assert_eq!(share, Ok(FactValue::Number(Number::parse("0.055").unwrap())));
        assert_eq!(FactValue::read(name("enterprise.industry"), &["ZZ".into()]), Err(NotThatFact::Code));
        assert_eq!(FactValue::read(name("enterprise.titles"), &["king".into()]), Err(NotThatFact::Word));
    }

    #[test]
    fn a_register_counts_before_ones_own_word_and_the_newer_before_the_older() {
        let sales = name("enterprise.sales");
        let of = |value, at, declared| {
            let mut facts = Facts::default();
            facts.learn(sales, fact(FactValue::Money(Fen(value)), at, declared)).unwrap();
            facts
        };
        let value = |facts: Facts| facts.get(sales).unwrap().value.clone();
        assert_eq!(value(of(1, 5, true).and(of(2, 1, false))), FactValue::Money(Fen(2)));
        assert_eq!(value(of(2, 1, false).and(of(1, 5, true))), FactValue::Money(Fen(2)));
        assert_eq!(value(of(1, 1, true).and(of(2, 2, true))), FactValue::Money(Fen(2)));
    }

    #[test]
    fn what_is_kept_is_read_again_and_what_nobody_knows_any_more_is_forgotten() {
        let mut facts = Facts::default();
        facts.learn(name("enterprise.sales"), fact(FactValue::Money(Fen(7)), 1, true)).unwrap();
        let kept = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&kept).unwrap(), facts);
        let old = kept.replace("enterprise.sales", "enterprise.luck");
        assert!(serde_json::from_str::<Facts>(&old).unwrap().is_empty());
    }
}
