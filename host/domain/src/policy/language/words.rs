//! Compiled texts in words, in Chinese and in English: what a list of policies says of a condition or an amount.

use super::super::fact::{FactName, FactType, FactValue};
use super::super::number::Number;
use super::program::{Asked, Id, Node, Order, Program, Shown};
use super::{Names, industry};
use crate::law::Fen;
use crate::text::Text;

/// A text whose English is always there.
fn both(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text::new(zh, en)
}

fn en(text: &Text) -> &str {
    text.en.as_deref().unwrap_or(&text.zh)
}

/// At most two decimals; what is smaller and not nothing is said to be so.
fn two_decimals(number: Number) -> (bool, String) {
    let text = number.to_string();
    let cut = match text.split_once('.') {
        Some((whole, decimals)) => {
            let decimals = decimals.get(..2).unwrap_or(decimals).trim_end_matches('0');
            if decimals.is_empty() { whole.to_owned() } else { format!("{whole}.{decimals}") }
        }
        None => text,
    };
    let tiny = matches!(cut.as_str(), "0" | "-0") && !number.is_zero();
    (tiny, if tiny { "0.01".to_owned() } else { cut })
}

/// A number as people read it.
pub(super) fn number(number: Number, shown: Shown) -> Text {
    let plain = |zh: &str, en: &str, number: Number| {
        let (tiny, digits) = two_decimals(number);
        let (less_zh, less_en) = if tiny { ("不到", "less than ") } else { ("", "") };
        both(format!("{less_zh}{digits}{zh}"), format!("{less_en}{digits}{en}"))
    };
    match shown {
        Shown::Plain | Shown::Day => plain("", "", number),
        Shown::Percent => plain("%", "%", number.times(Number::whole(100)).unwrap_or(number)),
        Shown::Unit(unit) => {
            let (zh, en) = unit.words();
            plain(zh, &format!(" {en}"), number)
        }
        Shown::Money => number.to_fen().map_or_else(|| both("金额过大", "too much"), |fen| money(fen, number)),
    }
}

/// Money: 万元 where it is whole hundreds of at least ten thousand; three decimals where a fen is too coarse.
fn money(fen: Fen, exact: Number) -> Text {
    if Number::of_fen(fen) != exact && exact < Number::whole(1) {
        return both(format!("{exact}元"), format!("{exact} yuan"));
    }
    let yuan = fen.to_string();
    let yuan = yuan.strip_suffix(".00").unwrap_or(&yuan);
    let of_ten_thousand = Number::of_fen(fen)
        .over(Number::whole(10_000))
        .filter(|_| fen.0.unsigned_abs() >= 1_000_000 && fen.0 % 10_000 == 0);
    let zh = of_ten_thousand.map_or_else(|| format!("{yuan}元"), |wan| format!("{wan}万元"));
    both(zh, format!("{yuan} yuan"))
}

/// A fact's value as people read it.
pub(super) fn value(name: FactName, value: &FactValue, names: &Names) -> Text {
    let kind = name.kind();
    match value {
        FactValue::YesNo(true) => both("是", "yes"),
        FactValue::YesNo(false) => both("否", "no"),
        FactValue::Number(found) => number(*found, super::program::shown(name)),
        FactValue::Money(fen) => money(*fen, Number::of_fen(*fen)),
        FactValue::Date(day) => both(day.to_string(), day.to_string()),
        FactValue::Word(word) => match kind.kind {
            FactType::District => names.district(word),
            FactType::Industry => industry::name(word),
            _ => kind.option(word),
        },
        FactValue::Words(words) if words.is_empty() => both("无", "none"),
        FactValue::Words(words) => listed(words.iter().map(|word| kind.option(word)), "、", ", "),
    }
}

fn listed(all: impl Iterator<Item = Text>, zh: &str, between: &str) -> Text {
    let all: Vec<Text> = all.collect();
    let zh = all.iter().map(|text| text.zh.as_str()).collect::<Vec<_>>().join(zh);
    both(zh, all.iter().map(en).collect::<Vec<_>>().join(between))
}

/// One program in words.
pub(super) struct Speaker<'a> {
    pub(super) program: &'a Program,
    pub(super) names: &'a Names,
}

impl Speaker<'_> {
    /// What a value is called.
    fn phrase(&self, id: Id) -> Text {
        let part = |id: &Id| self.phrase(*id);
        let sum = |one: &Id, other: &Id, zh: &str, sign: &str| {
            let (one, other) = (part(one), self.bracketed(*other));
            both(format!("{}{zh}{}", one.zh, other.zh), format!("{} {sign} {}", en(&one), en(&other)))
        };
        match self.program.node(id) {
            Some(Node::Number(found, shown)) => number(*found, *shown),
            Some(Node::Day(day)) => both(day.to_string(), day.to_string()),
            Some(Node::Today) => both("今天", "today"),
            Some(Node::Fact(name)) => name.kind().title.clone(),
            Some(Node::Negative(inner)) => {
                let inner = self.bracketed(*inner);
                both(format!("负{}", inner.zh), format!("minus {}", en(&inner)))
            }
            Some(Node::Plus(one, other)) => sum(one, other, "加", "plus"),
            Some(Node::Minus(one, other)) => sum(one, other, "减", "less"),
            Some(Node::Times(one, other)) => self.product(*one, *other),
            Some(Node::Over(one, other)) => {
                let (one, other) = (self.bracketed(*one), self.bracketed(*other));
                both(format!("{}与{}之比", one.zh, other.zh), format!("{} over {}", en(&one), en(&other)))
            }
            Some(Node::DaysBetween(one, other)) => {
                let (one, other) = (part(one), part(other));
                both(format!("{}到{}的天数", other.zh, one.zh), format!("days from {} to {}", en(&other), en(&one)))
            }
            Some(Node::Since(day, unit)) => self.since(*day, *unit),
            Some(Node::Least(all)) => self.extreme(all, true),
            Some(Node::Most(all)) => self.extreme(all, false),
            Some(Node::If(condition, then, otherwise)) => {
                let (condition, then, otherwise) = (self.condition(*condition, false), part(then), part(otherwise));
                both(
                    format!("{}的，{}；否则{}", condition.zh, then.zh, otherwise.zh),
                    format!("{} if {}; otherwise {}", en(&then), en(&condition), en(&otherwise)),
                )
            }
            _ => self.condition(id, false),
        }
    }

    fn since(&self, day: Id, unit: super::super::Unit) -> Text {
        use super::super::Unit;
        if let (Some(Node::Fact(name)), Unit::Years) = (self.program.node(day), unit)
            && name.as_str() == "person.birth-date"
        {
            return both("年龄", "Age");
        }
        let day = self.phrase(day);
        let zh = match unit {
            Unit::Years => "年数",
            Unit::Months => "月数",
            _ => "天数",
        };
        both(format!("{}至今的{zh}", day.zh), format!("{} since “{}”", unit.words().1, en(&day)))
    }

    fn bracketed(&self, id: Id) -> Text {
        let text = self.phrase(id);
        if matches!(self.program.node(id), Some(Node::Plus(..) | Node::Minus(..) | Node::If(..))) {
            return both(format!("（{}）", text.zh), format!("({})", en(&text)));
        }
        text
    }

    fn product(&self, one: Id, other: Id) -> Text {
        let percent = |id: Id| matches!(self.program.node(id), Some(Node::Number(_, Shown::Percent)));
        let (one_text, other_text) = (self.bracketed(one), self.bracketed(other));
        if percent(other) {
            return both(
                format!("{}的{}", one_text.zh, other_text.zh),
                format!("{} of {}", en(&other_text), en(&one_text)),
            );
        }
        if percent(one) {
            return both(
                format!("{}的{}", other_text.zh, one_text.zh),
                format!("{} of {}", en(&one_text), en(&other_text)),
            );
        }
        both(format!("{}×{}", one_text.zh, other_text.zh), format!("{} × {}", en(&one_text), en(&other_text)))
    }

    /// The lower or the higher of several; one that is said beforehand is a bound.
    fn extreme(&self, all: &[Id], least: bool) -> Text {
        let fixed = |id: &&Id| matches!(self.program.node(**id), Some(Node::Number(..)));
        if let [one, bound] = all
            && fixed(&bound)
            && !fixed(&one)
        {
            let (one, bound) = (self.phrase(*one), self.phrase(*bound));
            let (zh, most) = if least { ("最高", "at most") } else { ("最低", "at least") };
            return both(format!("{}，{zh}{}", one.zh, bound.zh), format!("{}, {most} {}", en(&one), en(&bound)));
        }
        let all = listed(all.iter().map(|id| self.phrase(*id)), "、", ", ");
        let (zh, which) = if least { ("低", "lowest") } else { ("高", "highest") };
        both(format!("{}中最{zh}的", all.zh), format!("the {which} of {}", en(&all)))
    }

    /// A condition, or its opposite.
    pub(super) fn condition(&self, id: Id, negated: bool) -> Text {
        match self.program.node(id) {
            Some(Node::Not(inner)) => self.condition(*inner, !negated),
            Some(Node::And(parts)) => self.together(parts, negated, !negated),
            Some(Node::Or(parts)) => self.together(parts, negated, negated),
            Some(Node::YesNo(value)) if *value != negated => both("不限", "everybody"),
            Some(Node::YesNo(_)) => both("暂无人享受", "nobody"),
            Some(Node::Fact(name)) => yes_no(*name, negated),
            Some(Node::Compare(order, one, other, shown)) => {
                let order = if negated { order.opposite() } else { *order };
                self.comparison(order, *one, *other, *shown)
            }
            Some(Node::Among(fact, asked, words)) => self.among(*fact, *asked, words, negated),
            _ => both("", ""),
        }
    }

    fn together(&self, parts: &[Id], negated: bool, all: bool) -> Text {
        let parts = parts.iter().map(|id| {
            let text = self.condition(*id, negated);
            let inner = match self.program.node(*id) {
                Some(Node::And(_)) => Some(!negated),
                Some(Node::Or(_)) => Some(negated),
                _ => None,
            };
            if inner.is_some_and(|inner| inner != all) {
                both(format!("（{}）", text.zh), format!("({})", en(&text)))
            } else {
                text
            }
        });
        if all { listed(parts, "，且", ", and ") } else { listed(parts, "，或", ", or ") }
    }

    fn comparison(&self, order: Order, one: Id, other: Id, shown: Shown) -> Text {
        let (one, other) = (self.phrase(one), self.phrase(other));
        let (zh, words) = match (order, shown) {
            (Order::AtLeast, Shown::Day) => ("不早于", "on or after"),
            (Order::MoreThan, Shown::Day) => ("晚于", "after"),
            (Order::AtMost, Shown::Day) => ("不晚于", "on or before"),
            (Order::LessThan, Shown::Day) => ("早于", "before"),
            (Order::AtLeast, _) => ("不低于", "at least"),
            (Order::MoreThan, _) => ("高于", "more than"),
            (Order::AtMost, _) => ("不高于", "at most"),
            (Order::LessThan, _) => ("低于", "less than"),
            (Order::Is, _) => ("为", "is"),
            (Order::IsNot, _) => ("不为", "is not"),
        };
        both(format!("{}{zh}{}", one.zh, other.zh), format!("{}: {words} {}", en(&one), en(&other)))
    }

    fn among(&self, fact: Id, asked: Asked, words: &[Box<str>], negated: bool) -> Text {
        let title = self.phrase(fact);
        let words = self.titles(fact, asked, words);
        let all = asked == Asked::All;
        let words = if all { listed(words, "、", " and ") } else { listed(words, "或", " or ") };
        let (zh, said) = match (asked, negated) {
            (Asked::One, false) => ("为", "is"),
            (Asked::One, true) => ("不是", "is not"),
            (Asked::Industry, false) => ("属于", "belongs to"),
            (Asked::Industry, true) => ("不属于", "doesn’t belong to"),
            (Asked::District, false) => ("在", "in"),
            (Asked::District, true) => ("不在", "not in"),
            (Asked::Any, false) => ("有", "has"),
            (Asked::Any, true) => ("没有", "has no"),
            (Asked::All, false) => ("同时有", "has"),
            (Asked::All, true) => ("没有全部具备", "doesn’t have all of"),
        };
        both(format!("{}{zh}{}", title.zh, words.zh), format!("{}: {said} {}", en(&title), en(&words)))
    }

    /// What the words of a set are called.
    pub(super) fn titles<'a>(
        &'a self,
        fact: Id,
        asked: Asked,
        words: &'a [Box<str>],
    ) -> impl Iterator<Item = Text> + 'a {
        let name = match self.program.node(fact) {
            Some(Node::Fact(name)) => Some(*name),
            _ => None,
        };
        words.iter().map(move |word| match (asked, name) {
            (Asked::District, _) => self.names.district(word),
            (Asked::Industry, _) => industry::name(word),
            (_, Some(name)) => name.kind().option(word),
            _ => Text::zh(&**word),
        })
    }
}

fn yes_no(name: FactName, negated: bool) -> Text {
    let kind = name.kind();
    if !negated {
        return kind.title.clone();
    }
    let title = &kind.title;
    kind.absent.clone().unwrap_or_else(|| both(format!("不属于“{}”", title.zh), format!("not “{}”", en(title))))
}

/// The conditions that must hold together.
pub(super) fn conditions(program: &Program, names: &Names) -> Vec<Text> {
    let speaker = Speaker { program, names };
    match program.node(program.root()) {
        Some(Node::And(parts)) => parts.iter().map(|part| speaker.condition(*part, false)).collect(),
        _ => vec![speaker.condition(program.root(), false)],
    }
}

/// An amount.
pub(super) fn amount(program: &Program, names: &Names) -> Text {
    Speaker { program, names }.phrase(program.root())
}
