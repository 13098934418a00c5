//! A compiled text: nodes in one block, each after those that it needs; evaluated fast, without reasons.
//!
//! Invariant: a node names only nodes before it, so evaluation ends. What is not known, or can't be reckoned, is unknown.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::super::fact::{FactName, FactType, FactValue, Facts, Unit};
use super::super::finding::Verdict;
use super::super::number::Number;

/// Where a node stands.
pub(super) type Id = u16;

/// How a number is written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Plain,
    Percent,
    Money,
    Unit(Unit),
    Day,
}

/// How two things are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    Is,
    IsNot,
}

impl Order {
    const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::AtLeast => order.is_ge(),
            Self::MoreThan => order.is_gt(),
            Self::AtMost => order.is_le(),
            Self::LessThan => order.is_lt(),
            Self::Is => order.is_eq(),
            Self::IsNot => order.is_ne(),
        }
    }

    /// What holds where this doesn't.
    pub(super) const fn opposite(self) -> Self {
        match self {
            Self::AtLeast => Self::LessThan,
            Self::MoreThan => Self::AtMost,
            Self::AtMost => Self::MoreThan,
            Self::LessThan => Self::AtLeast,
            Self::Is => Self::IsNot,
            Self::IsNot => Self::Is,
        }
    }
}

/// How a set is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The word is one of them.
    One,
    /// The industry begins with one of them.
    Industry,
    /// The district is one of them, or lies in one.
    District,
    /// The words have one of them.
    Any,
    /// The words have all of them.
    All,
}

/// One step.
#[derive(Debug, Clone)]
pub(super) enum Node {
    YesNo(bool),
    Number(Number, Shown),
    Day(Date),
    Today,
    Fact(FactName),
    Negative(Id),
    Plus(Id, Id),
    Minus(Id, Id),
    Times(Id, Id),
    Over(Id, Id),
    /// Days from the second to the first.
    DaysBetween(Id, Id),
    /// Whole years, months or days from a day until today.
    Since(Id, Unit),
    Least(Box<[Id]>),
    Most(Box<[Id]>),
    If(Id, Id, Id),
    Compare(Order, Id, Id, Shown),
    Among(Id, Asked, Box<[Box<str>]>),
    And(Box<[Id]>),
    Or(Box<[Id]>),
    Not(Id),
}

/// What a node comes to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Verdict(Verdict),
    Number(Number),
    Day(Date),
    Word(&'a str),
    Words(&'a BTreeSet<String>),
}

/// Why something comes to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Nobody knows this fact.
    Fact(FactName),
    /// The divisor is nothing.
    DivisionByZero,
    /// Over 128 bits.
    TooLarge,
    /// What the compiler never makes.
    Unsound,
}

/// A compiled text.
#[derive(Debug, Clone)]
pub(super) struct Program {
    nodes: Box<[Node]>,
    facts: Box<[FactName]>,
}

/// Facts and the day: what a text is evaluated against.
#[derive(Clone, Copy)]
pub(super) struct Against<'a> {
    pub(super) facts: &'a Facts,
    pub(super) today: Date,
}

impl Program {
    /// Of nodes, the last of which is the whole.
    pub(super) fn new(nodes: Vec<Node>) -> Self {
        let facts = nodes.iter().filter_map(|node| match node {
            Node::Fact(name) => Some(*name),
            _ => None,
        });
        let facts: BTreeSet<FactName> = facts.collect();
        Self { nodes: nodes.into(), facts: facts.into_iter().collect() }
    }

    pub(super) fn facts(&self) -> &[FactName] {
        &self.facts
    }

    pub(super) fn root(&self) -> Id {
        Id::try_from(self.nodes.len().saturating_sub(1)).unwrap_or_default()
    }

    pub(super) fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(usize::from(id))
    }

    /// The verdict of the whole.
    pub(super) fn verdict(&self, facts: &Facts, today: Date) -> Verdict {
        self.verdict_of(self.root(), Against { facts, today })
    }

    /// The number that the whole comes to.
    pub(super) fn number(&self, facts: &Facts, today: Date) -> Option<Number> {
        self.number_of(self.root(), Against { facts, today }).ok()
    }

    pub(super) fn verdict_of(&self, id: Id, against: Against<'_>) -> Verdict {
        let part = |id: &Id| self.verdict_of(*id, against);
        match self.node(id) {
            Some(Node::And(parts)) => {
                let mut all = Verdict::Met;
                for found in parts.iter().map(part) {
                    all = all.and(found);
                    if all == Verdict::NotMet {
                        break;
                    }
                }
                all
            }
            Some(Node::Or(parts)) => {
                let mut any = Verdict::NotMet;
                for found in parts.iter().map(part) {
                    any = any.or(found);
                    if any == Verdict::Met {
                        break;
                    }
                }
                any
            }
            Some(Node::Not(inner)) => part(inner).not(),
            _ => match self.value(id, against) {
                Ok(Value::Verdict(verdict)) => verdict,
                _ => Verdict::Unknown,
            },
        }
    }

    fn number_of(&self, id: Id, against: Against<'_>) -> Result<Number, Unknown> {
        match self.value(id, against)? {
            Value::Number(number) => Ok(number),
            _ => Err(Unknown::Unsound),
        }
    }

    fn day_of(&self, id: Id, against: Against<'_>) -> Result<Date, Unknown> {
        match self.value(id, against)? {
            Value::Day(day) => Ok(day),
            _ => Err(Unknown::Unsound),
        }
    }

    pub(super) fn value<'a>(&'a self, id: Id, against: Against<'a>) -> Result<Value<'a>, Unknown> {
        let number = |id: &Id| self.number_of(*id, against);
        let large = |number: Option<Number>| number.map(Value::Number).ok_or(Unknown::TooLarge);
        match self.node(id).ok_or(Unknown::Unsound)? {
            Node::YesNo(value) => Ok(Value::Verdict(Verdict::of(*value))),
            Node::Number(number, _) => Ok(Value::Number(*number)),
            Node::Day(day) => Ok(Value::Day(*day)),
            Node::Today => Ok(Value::Day(against.today)),
            Node::Fact(name) => known(*name, against.facts),
            Node::Negative(inner) => Ok(Value::Number(number(inner)?.negative())),
            Node::Plus(one, other) => large(number(one)?.plus(number(other)?)),
            Node::Minus(one, other) => large(number(one)?.minus(number(other)?)),
            Node::Times(one, other) => large(number(one)?.times(number(other)?)),
            Node::Over(one, other) => {
                let (one, other) = (number(one)?, number(other)?);
                if other.is_zero() { Err(Unknown::DivisionByZero) } else { large(one.over(other)) }
            }
            Node::DaysBetween(one, other) => {
                let (one, other) = (self.day_of(*one, against)?, self.day_of(*other, against)?);
                Ok(Value::Number(whole(one, other, Unit::Days)))
            }
            Node::Since(day, unit) => {
                let day = self.day_of(*day, against)?;
                Ok(Value::Number(whole(against.today, day, *unit)))
            }
            Node::Least(all) => self.extreme(all, against, Ordering::Less),
            Node::Most(all) => self.extreme(all, against, Ordering::Greater),
            Node::If(condition, then, otherwise) => match self.verdict_of(*condition, against) {
                Verdict::Met => self.value(*then, against),
                Verdict::NotMet => self.value(*otherwise, against),
                Verdict::Unknown => Err(self.why(*condition, against)),
            },
            Node::Compare(order, one, other, _) => {
                let found = match (self.value(*one, against)?, self.value(*other, against)?) {
                    (Value::Number(one), Value::Number(other)) => one.cmp(&other),
                    (Value::Day(one), Value::Day(other)) => one.cmp(&other),
                    _ => return Err(Unknown::Unsound),
                };
                Ok(Value::Verdict(Verdict::of(order.holds(found))))
            }
            Node::Among(fact, asked, words) => {
                let found = match (self.value(*fact, against)?, asked) {
                    (Value::Word(word), Asked::One) => words.iter().any(|one| **one == *word),
                    (Value::Word(code), Asked::Industry) => words.iter().any(|one| code.starts_with(&**one)),
                    (Value::Word(code), Asked::District) => words.iter().any(|one| lies_in(code, one)),
                    (Value::Words(all), Asked::Any) => words.iter().any(|one| all.contains(&**one)),
                    (Value::Words(all), Asked::All) => words.iter().all(|one| all.contains(&**one)),
                    _ => return Err(Unknown::Unsound),
                };
                Ok(Value::Verdict(Verdict::of(found)))
            }
            Node::And(_) | Node::Or(_) | Node::Not(_) => Ok(Value::Verdict(self.verdict_of(id, against))),
        }
    }

    fn extreme<'a>(&'a self, all: &'a [Id], against: Against<'a>, wanted: Ordering) -> Result<Value<'a>, Unknown> {
        let mut best = None;
        for id in all {
            let next = self.value(*id, against)?;
            best = Some(match (best, next) {
                (Some(Value::Number(best)), Value::Number(next)) if next.cmp(&best) == wanted => Value::Number(next),
                (Some(Value::Day(best)), Value::Day(next)) if next.cmp(&best) == wanted => Value::Day(next),
                (Some(best), _) => best,
                (None, next) => next,
            });
        }
        best.ok_or(Unknown::Unsound)
    }

    /// The first reason why a condition is unknown.
    pub(super) fn why(&self, id: Id, against: Against<'_>) -> Unknown {
        match self.node(id) {
            Some(Node::And(parts) | Node::Or(parts)) => {
                let unknown = parts.iter().find(|part| self.verdict_of(**part, against) == Verdict::Unknown);
                unknown.map_or(Unknown::Unsound, |part| self.why(*part, against))
            }
            Some(Node::Not(inner)) => self.why(*inner, against),
            _ => self.value(id, against).err().unwrap_or(Unknown::Unsound),
        }
    }

    /// What a node comes to whatever the facts and the day; none where it depends on them.
    pub(super) fn constant(&self, id: Id) -> Option<Result<Value<'_>, Unknown>> {
        static NOTHING: std::sync::LazyLock<Facts> = std::sync::LazyLock::new(Facts::default);
        let fixed = |node: &Node| !matches!(node, Node::Fact(_) | Node::Today | Node::Since(..));
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let node = self.node(id).filter(|node| fixed(node))?;
            open.extend(children(node));
        }
        Some(self.value(id, Against { facts: &NOTHING, today: Date::ZERO }))
    }
}

/// The nodes that a node needs.
pub(super) fn children(node: &Node) -> Vec<Id> {
    match node {
        Node::YesNo(_) | Node::Number(..) | Node::Day(_) | Node::Today | Node::Fact(_) => Vec::new(),
        Node::Negative(inner) | Node::Since(inner, _) | Node::Among(inner, ..) | Node::Not(inner) => vec![*inner],
        Node::Plus(one, other)
        | Node::Minus(one, other)
        | Node::Times(one, other)
        | Node::Over(one, other)
        | Node::DaysBetween(one, other)
        | Node::Compare(_, one, other, _) => vec![*one, *other],
        Node::If(condition, then, otherwise) => vec![*condition, *then, *otherwise],
        Node::Least(all) | Node::Most(all) | Node::And(all) | Node::Or(all) => all.to_vec(),
    }
}

fn known(name: FactName, facts: &Facts) -> Result<Value<'_>, Unknown> {
    let fact = facts.get(name).ok_or(Unknown::Fact(name))?;
    Ok(match &fact.value {
        FactValue::YesNo(value) => Value::Verdict(Verdict::of(*value)),
        FactValue::Number(number) => Value::Number(*number),
        FactValue::Money(fen) => Value::Number(Number::of_fen(*fen)),
        FactValue::Date(day) => Value::Day(*day),
        FactValue::Word(word) => Value::Word(word),
        FactValue::Words(words) => Value::Words(words),
    })
}

/// Whether a district lies in an area: pairs of zeros at a code's end stand for everything in it.
pub(super) fn lies_in(code: &str, area: &str) -> bool {
    let mut area = area;
    while let Some(wider) = area.strip_suffix("00").filter(|wider| wider.len() >= 2) {
        area = wider;
    }
    code.starts_with(area)
}

/// Whole units from a day until another; negative where it is later.
fn whole(until: Date, from: Date, unit: Unit) -> Number {
    if until < from {
        return whole(from, until, unit).negative();
    }
    let months = |until: Date, from: Date| {
        let months = (i64::from(until.year()) - i64::from(from.year())) * 12 + i64::from(until.month())
            - i64::from(from.month());
        // Who was born on the 31st is a month older on the last day of a shorter one.
        let short = until.day() < from.day() && until.day() < until.days_in_month();
        months - i64::from(short)
    };
    Number::whole(match unit {
        Unit::Years => months(until, from).div_euclid(12),
        Unit::Months => months(until, from),
        _ => i64::from((until - from).get_days()),
    })
}

/// How a fact's number is written for people.
pub(super) fn shown(name: FactName) -> Shown {
    let kind = name.kind();
    match kind.kind {
        FactType::Money => Shown::Money,
        FactType::Date => Shown::Day,
        _ if kind.share => Shown::Percent,
        _ => kind.unit.map_or(Shown::Plain, Shown::Unit),
    }
}
