//! Types of a text, and its compilation: what can't be compared is refused here, with its place, and nowhere later.

use super::super::fact::{FactName, FactType, Unit, is_industry, vocabulary};
use super::super::number::Number;
use super::program::{Asked, Id, Node, Order, Program, Shown, Value, shown};
use super::syntax::{Expression, Of, Operator, Says};
use super::{At, Flaw};
use crate::district::Division;

/// What a part of a text comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    YesNo,
    Number(Option<Unit>),
    Money,
    Day,
    /// A fact of one word.
    Word(FactName),
    /// A fact of several.
    Words(FactName),
    Industry,
    District,
}

impl Type {
    fn title(&self) -> (&'static str, &'static str) {
        match self {
            Self::YesNo => ("是否", "a yes or no"),
            Self::Number(_) => ("数", "a number"),
            Self::Money => ("金额", "money"),
            Self::Day => ("日期", "a date"),
            Self::Word(_) => ("词", "a word"),
            Self::Words(_) => ("一组词", "several words"),
            Self::Industry => ("行业代码", "an industry"),
            Self::District => ("行政区划", "a district"),
        }
    }
}

struct Compiler {
    nodes: Vec<Node>,
}

/// What was made of a part.
struct Part {
    id: Id,
    kind: Type,
    shown: Shown,
}

/// Compiles a tree that must come to what is wanted.
pub(super) fn compile(expression: &Expression, wanted: Option<&Type>) -> Result<(Program, Type), Flaw> {
    let mut compiler = Compiler { nodes: Vec::new() };
    let part = compiler.part(expression)?;
    if let Some(wanted) = wanted.filter(|wanted| **wanted != part.kind) {
        let ((zh, en), (is_zh, is_en)) = (wanted.title(), part.kind.title());
        return Err(expression
            .at
            .flaw(format!("这里应当得出{zh}，而不是{is_zh}"), format!("this must come to {en}, not to {is_en}")));
    }
    Ok((Program::new(compiler.nodes), part.kind))
}

/// The fact of a name, or of its last part where only one ends so.
fn fact(name: &str, at: At) -> Result<FactName, Flaw> {
    if let Ok(found) = FactName::parse(name) {
        return Ok(found);
    }
    let plain = name.replace('_', "-");
    let ends = |full: &str| full == plain || full.split_once('.').is_some_and(|(_, last)| last == plain);
    let mut found = vocabulary().iter().filter(|kind| ends(&kind.name));
    match (found.next(), found.next()) {
        (Some(only), None) => FactName::parse(&only.name).map_err(|_| unknown(name, at)),
        (Some(one), Some(other)) => Err(at.flaw(
            format!("“{name}”有两个：{}、{}，请写全", one.name, other.name),
            format!("“{name}” is two facts, {} and {}: write it whole", one.name, other.name),
        )),
        _ => Err(unknown(name, at)),
    }
}

fn unknown(name: &str, at: At) -> Flaw {
    let near = vocabulary().iter().min_by_key(|kind| distance(name, &kind.name));
    let hint = near.map_or("", |kind| kind.name.as_str());
    at.flaw(
        format!("没有“{name:.64}”这个事实；是否想写“{hint}”？"),
        format!("there is no fact “{name:.64}”; perhaps “{hint}”?"),
    )
}

/// How many letters have to change; the part after the dot alone where the name has none.
fn distance(name: &str, full: &str) -> usize {
    let other = if name.contains('.') { full } else { full.split_once('.').map_or(full, |(_, last)| last) };
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in name.chars().take(64).enumerate() {
        let mut next = vec![at + 1];
        for ((before, is), above) in row.iter().zip(&other).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push((before + usize::from(letter != *is)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

impl Compiler {
    fn push(&mut self, at: At, node: Node, kind: Type, shown: Shown) -> Result<Part, Flaw> {
        let id = Id::try_from(self.nodes.len()).map_err(|_| at.flaw("条件过长", "too long"))?;
        self.nodes.push(node);
        Ok(Part { id, kind, shown })
    }

    fn part(&mut self, expression: &Expression) -> Result<Part, Flaw> {
        let at = expression.at;
        match &expression.says {
            Says::YesNo(value) => self.push(at, Node::YesNo(*value), Type::YesNo, Shown::Plain),
            Says::Number(number, of) => {
                let (number, kind, shown) = match of {
                    Of::Plain => (Some(*number), Type::Number(None), Shown::Plain),
                    Of::Percent => (number.over(Number::whole(100)), Type::Number(None), Shown::Percent),
                    Of::Yuan => (Some(*number), Type::Money, Shown::Money),
                    Of::Unit(unit) => (Some(*number), Type::Number(Some(*unit)), Shown::Unit(*unit)),
                };
                let number = number.ok_or_else(|| at.flaw("数过大", "too large a number"))?;
                self.push(at, Node::Number(number, shown), kind, shown)
            }
            Says::Day(day) => self.push(at, Node::Day(*day), Type::Day, Shown::Day),
            Says::Today => self.push(at, Node::Today, Type::Day, Shown::Day),
            Says::Word(_) => Err(at.flaw(
                "引号中的词应与一个事实比较，例如 enterprise.titles has \"high-tech\"",
                "a word in quotation marks is compared with a fact, as in enterprise.titles has \"high-tech\"",
            )),
            Says::Set(_) => Err(at.flaw("集合应写在“in”或“has any”后面", "a set stands behind “in” or “has any”")),
            Says::Fact(name) => {
                let name = fact(name, at)?;
                let kind = match name.kind().kind {
                    FactType::YesNo => Type::YesNo,
                    FactType::Number => Type::Number(name.kind().unit),
                    FactType::Money => Type::Money,
                    FactType::Date => Type::Day,
                    FactType::Word => Type::Word(name),
                    FactType::Words => Type::Words(name),
                    FactType::Industry => Type::Industry,
                    FactType::District => Type::District,
                };
                self.push(at, Node::Fact(name), kind, shown(name))
            }
            Says::Call(name, arguments) => self.call(at, name, arguments),
            Says::Not(inner) => {
                let part = self.yes_no(inner)?;
                self.push(at, Node::Not(part), Type::YesNo, Shown::Plain)
            }
            Says::Negative(inner) => {
                let part = self.part(inner)?;
                if !matches!(part.kind, Type::Number(_) | Type::Money) {
                    return Err(refused(inner.at, "“-”", &part.kind));
                }
                self.push(at, Node::Negative(part.id), part.kind, part.shown)
            }
            Says::Two(operator @ (Operator::And | Operator::Or), ..) => {
                let mut parts = Vec::new();
                self.chain(*operator, expression, &mut parts)?;
                let node = match operator {
                    Operator::And => Node::And(parts.into()),
                    _ => Node::Or(parts.into()),
                };
                self.push(at, node, Type::YesNo, Shown::Plain)
            }
            Says::Two(operator, one, other) => match operator {
                Operator::Plus | Operator::Minus | Operator::Times | Operator::Over => {
                    self.reckoned(at, *operator, one, other)
                }
                Operator::In | Operator::NotIn | Operator::Has | Operator::HasAny | Operator::HasAll => {
                    self.among(at, *operator, one, other)
                }
                _ => self.compared(at, *operator, one, other),
            },
        }
    }

    fn yes_no(&mut self, expression: &Expression) -> Result<Id, Flaw> {
        let part = self.part(expression)?;
        if part.kind == Type::YesNo {
            return Ok(part.id);
        }
        let (zh, en) = part.kind.title();
        Err(expression.at.flaw(format!("这里应为条件，而不是{zh}"), format!("a condition is needed here, not {en}")))
    }

    /// The parts of `a and b and c`, side by side.
    fn chain(&mut self, operator: Operator, expression: &Expression, parts: &mut Vec<Id>) -> Result<(), Flaw> {
        match &expression.says {
            Says::Two(own, one, other) if *own == operator => {
                self.chain(operator, one, parts)?;
                self.chain(operator, other, parts)
            }
            _ => {
                parts.push(self.yes_no(expression)?);
                Ok(())
            }
        }
    }

    fn reckoned(&mut self, at: At, operator: Operator, one: &Expression, other: &Expression) -> Result<Part, Flaw> {
        let (left, right) = (self.part(one)?, self.part(other)?);
        let sign = match operator {
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
            _ => "/",
        };
        let numeric = |kind: &Type| matches!(kind, Type::Number(_) | Type::Money);
        if let (Operator::Minus, Type::Day, Type::Day) = (operator, &left.kind, &right.kind) {
            let node = Node::DaysBetween(left.id, right.id);
            return self.push(at, node, Type::Number(Some(Unit::Days)), Shown::Unit(Unit::Days));
        }
        if !numeric(&left.kind) {
            return Err(refused(one.at, sign, &left.kind));
        }
        if !numeric(&right.kind) {
            return Err(refused(other.at, sign, &right.kind));
        }
        let mixed = |en: &str, zh: &str| Err(at.flaw(zh, en));
        let (kind, shown) = match (operator, &left.kind, &right.kind) {
            (Operator::Plus | Operator::Minus, Type::Money, Type::Money)
            | (Operator::Over, Type::Money, Type::Number(_)) => (Type::Money, Shown::Money),
            (Operator::Plus | Operator::Minus, Type::Number(a), Type::Number(b)) => {
                let unit = joined(*a, *b)
                    .map_err(|OtherUnit| at.flaw("两边的单位不同", "the two sides have different units"))?;
                let shown = if left.shown == Shown::Plain { right.shown } else { left.shown };
                (Type::Number(unit), shown)
            }
            (Operator::Plus | Operator::Minus, ..) => {
                return mixed(
                    "money is added to money alone: write “yuan” behind the number",
                    "金额只能与金额相加减：请在数后写“yuan”",
                );
            }
            (Operator::Times, Type::Money, Type::Money) => {
                return mixed("money times money means nothing", "金额不能与金额相乘");
            }
            (Operator::Times, Type::Money, _) | (Operator::Times, _, Type::Money) => (Type::Money, Shown::Money),
            (Operator::Times, Type::Number(a), Type::Number(b)) => {
                let unit = a.or(*b).filter(|_| a.is_none() || b.is_none());
                (Type::Number(unit), unit.map_or(Shown::Plain, Shown::Unit))
            }
            (Operator::Over, Type::Money, Type::Money) => (Type::Number(None), Shown::Percent),
            (Operator::Over, Type::Number(a), Type::Number(b)) => match b {
                None => (Type::Number(*a), a.map_or(Shown::Plain, Shown::Unit)),
                Some(_) if a == b => (Type::Number(None), Shown::Percent),
                Some(_) => (Type::Number(None), Shown::Plain),
            },
            _ => return mixed("a number over money means nothing", "数不能除以金额"),
        };
        let node = match operator {
            Operator::Plus => Node::Plus(left.id, right.id),
            Operator::Minus => Node::Minus(left.id, right.id),
            Operator::Times => Node::Times(left.id, right.id),
            _ => Node::Over(left.id, right.id),
        };
        let made = self.push(at, node, kind, shown)?;
        if operator == Operator::Over && self.is_nothing(right.id) {
            return Err(other.at.flaw("除数为零", "the divisor is zero"));
        }
        Ok(made)
    }

    /// Whether a node is zero whatever the facts.
    fn is_nothing(&self, id: Id) -> bool {
        let program = Program::new(self.nodes.clone());
        matches!(program.constant(id), Some(Ok(Value::Number(number))) if number.is_zero())
    }

    fn compared(&mut self, at: At, operator: Operator, one: &Expression, other: &Expression) -> Result<Part, Flaw> {
        // A word or a code compared with one in quotation marks.
        if let (Operator::Is | Operator::IsNot, Says::Word(word)) = (operator, &other.says) {
            let words = [(word.clone(), other.at)];
            let made = self.asked(at, one, &words, false)?;
            return if operator == Operator::IsNot {
                self.push(at, Node::Not(made.id), Type::YesNo, Shown::Plain)
            } else {
                Ok(made)
            };
        }
        if let Says::Set(_) = other.says {
            let (zh, en) = self.part(one)?.kind.title();
            return Err(at.flaw(
                format!("{zh}不能与集合比较：集合只能用“in”或“has”"),
                format!("{en} can't be compared with a set: sets are asked by “in” or “has”"),
            ));
        }
        let (left, right) = (self.part(one)?, self.part(other)?);
        let shown = match (&left.kind, &right.kind) {
            (Type::Number(a), Type::Number(b)) => {
                joined(*a, *b).map_err(|OtherUnit| at.flaw("两边的单位不同", "the two sides have different units"))?;
                if left.shown == Shown::Plain { right.shown } else { left.shown }
            }
            (Type::Money, Type::Money) => Shown::Money,
            (Type::Day, Type::Day) => Shown::Day,
            (Type::Money, Type::Number(_)) | (Type::Number(_), Type::Money) => {
                return Err(at.flaw(
                    "金额只能与金额比较：请在数后写“yuan”",
                    "money is compared with money alone: write “yuan” behind the number",
                ));
            }
            (Type::YesNo, _) | (_, Type::YesNo) => {
                return Err(at.flaw(
                    "是否类事实直接写出即可，相反的意思写“not”",
                    "a yes-or-no fact stands alone; write “not” before it for its opposite",
                ));
            }
            (one, other) => {
                let ((zh, en), (other_zh, other_en)) = (one.title(), other.title());
                return Err(
                    at.flaw(format!("{zh}不能与{other_zh}比较"), format!("{en} can't be compared with {other_en}"))
                );
            }
        };
        let order = match operator {
            Operator::AtLeast => Order::AtLeast,
            Operator::AtMost => Order::AtMost,
            Operator::Is => Order::Is,
            Operator::IsNot => Order::IsNot,
            Operator::Before | Operator::After if left.kind != Type::Day => {
                return Err(refused(at, "before / after", &left.kind));
            }
            Operator::LessThan | Operator::Before => Order::LessThan,
            _ => Order::MoreThan,
        };
        self.push(at, Node::Compare(order, left.id, right.id, shown), Type::YesNo, Shown::Plain)
    }

    fn among(&mut self, at: At, operator: Operator, one: &Expression, other: &Expression) -> Result<Part, Flaw> {
        // `"a" in facts.words` is `facts.words has "a"`.
        if let (Operator::In | Operator::NotIn, Says::Word(word)) = (operator, &one.says) {
            let words = [(word.clone(), one.at)];
            let made = self.asked(at, other, &words, true)?;
            return self.negated_if(at, operator == Operator::NotIn, made);
        }
        let words = match &other.says {
            Says::Set(words) => words.clone(),
            Says::Word(word) => vec![(word.clone(), other.at)],
            _ => {
                return Err(other
                    .at
                    .flaw("这里应为集合，例如 {\"a\", \"b\"}", "a set is needed here, as in {\"a\", \"b\"}"));
            }
        };
        match operator {
            Operator::In | Operator::NotIn => {
                let made = self.asked(at, one, &words, false)?;
                self.negated_if(at, operator == Operator::NotIn, made)
            }
            Operator::Has if matches!(other.says, Says::Set(_)) => {
                Err(other.at.flaw("请写“has any”或“has all”", "write “has any” or “has all”"))
            }
            Operator::HasAll => {
                let made = self.asked(at, one, &words, true)?;
                self.all_of(at, made)
            }
            _ => self.asked(at, one, &words, true),
        }
    }

    fn negated_if(&mut self, at: At, negated: bool, made: Part) -> Result<Part, Flaw> {
        if negated { self.push(at, Node::Not(made.id), Type::YesNo, Shown::Plain) } else { Ok(made) }
    }

    /// Makes of a question whether there is any the question whether there are all.
    fn all_of(&mut self, at: At, made: Part) -> Result<Part, Flaw> {
        match self.nodes.get_mut(usize::from(made.id)) {
            Some(Node::Among(_, asked @ Asked::Any, _)) => {
                *asked = Asked::All;
                Ok(made)
            }
            _ => Err(at.flaw("“has”只能用于一组词", "“has” is for several words")),
        }
    }

    /// A fact held against words. `has` is for facts of several words, `in` for those of one.
    fn asked(&mut self, at: At, fact: &Expression, words: &[(String, At)], has: bool) -> Result<Part, Flaw> {
        let part = self.part(fact)?;
        let asked = match &part.kind {
            Type::Word(name) => {
                options(*name, words)?;
                Asked::One
            }
            Type::Words(name) => {
                options(*name, words)?;
                Asked::Any
            }
            Type::Industry => {
                let wrong = words.iter().find(|(code, _)| !is_industry(code));
                if let Some((code, at)) = wrong {
                    return Err(at.flaw(
                        format!("“{code}”不是行业代码：一个字母A至T和至多四位数字（GB/T 4754）"),
                        format!("“{code}” is no industry: a letter A to T and up to four digits (GB/T 4754)"),
                    ));
                }
                Asked::Industry
            }
            Type::District => {
                let wrong = words.iter().find(|(code, _)| Division::parse(code.as_str()).is_err());
                if let Some((code, at)) = wrong {
                    return Err(at.flaw(
                        format!("“{code}”不是行政区划代码：6至9位数字"),
                        format!("“{code}” is no division code: 6 to 9 digits"),
                    ));
                }
                Asked::District
            }
            other => {
                let (zh, en) = other.title();
                return Err(at.flaw(format!("{zh}不能与集合比较"), format!("{en} can't be compared with a set")));
            }
        };
        let several = asked == Asked::Any;
        if several && !has && words.len() > 1 {
            return Err(at.flaw(
                "这个事实有多个词：请写“has any”或“has all”",
                "this fact has several words: write “has any” or “has all”",
            ));
        }
        if !several && has {
            return Err(at.flaw("这个事实只有一个词：请写“in”", "this fact has one word: write “in”"));
        }
        let words = words.iter().map(|(word, _)| word.as_str().into()).collect();
        self.push(at, Node::Among(part.id, asked, words), Type::YesNo, Shown::Plain)
    }

    fn call(&mut self, at: At, name: &str, arguments: &[Expression]) -> Result<Part, Flaw> {
        let codes = |fact: &str| {
            let mut words = Vec::new();
            for argument in arguments {
                match &argument.says {
                    Says::Word(word) => words.push((word.clone(), argument.at)),
                    _ => {
                        return Err(argument
                            .at
                            .flaw("这里应为引号中的代码", "a code in quotation marks is needed here"));
                    }
                }
            }
            if words.is_empty() {
                return Err(at.flaw("括号里至少有一个代码", "at least one code stands in the brackets"));
            }
            Ok((Expression { at, says: Says::Fact(fact.to_owned()) }, words))
        };
        match (name, arguments) {
            ("registered_in", _) => {
                let (fact, words) = codes("enterprise.registered")?;
                self.asked(at, &fact, &words, false)
            }
            ("resident_in", _) => {
                let (fact, words) = codes("person.residence")?;
                self.asked(at, &fact, &words, false)
            }
            ("industry", _) => {
                let (fact, words) = codes("enterprise.industry")?;
                self.asked(at, &fact, &words, false)
            }
            ("age" | "months_since" | "days_since", [day]) => {
                let part = self.part(day)?;
                if part.kind != Type::Day {
                    return Err(refused(day.at, name, &part.kind));
                }
                let unit = match name {
                    "age" => Unit::Years,
                    "months_since" => Unit::Months,
                    _ => Unit::Days,
                };
                self.push(at, Node::Since(part.id, unit), Type::Number(Some(unit)), Shown::Unit(unit))
            }
            ("min" | "max", [first, rest @ ..]) if !rest.is_empty() => {
                let first_part = self.part(first)?;
                if !matches!(first_part.kind, Type::Number(_) | Type::Money | Type::Day) {
                    return Err(refused(first.at, name, &first_part.kind));
                }
                let mut ids = vec![first_part.id];
                for argument in rest {
                    let part = self.part(argument)?;
                    same(argument.at, &first_part.kind, &part.kind)?;
                    ids.push(part.id);
                }
                let node = if name == "min" { Node::Least(ids.into()) } else { Node::Most(ids.into()) };
                self.push(at, node, first_part.kind, first_part.shown)
            }
            ("if", [condition, then, otherwise]) => {
                let condition = self.yes_no(condition)?;
                let (then_part, otherwise_part) = (self.part(then)?, self.part(otherwise)?);
                if !matches!(then_part.kind, Type::Number(_) | Type::Money | Type::Day) {
                    return Err(refused(then.at, "if", &then_part.kind));
                }
                same(otherwise.at, &then_part.kind, &otherwise_part.kind)?;
                let node = Node::If(condition, then_part.id, otherwise_part.id);
                self.push(at, node, then_part.kind, then_part.shown)
            }
            ("age" | "months_since" | "days_since" | "min" | "max" | "if", _) => {
                Err(at.flaw(format!("“{name}”的参数个数不对"), format!("“{name}” has another number of arguments")))
            }
            _ => Err(at.flaw(format!("没有“{name:.64}”这个函数"), format!("there is no function “{name:.64}”"))),
        }
    }
}

/// The unit of two numbers together; nothing where they have different ones.
fn joined(one: Option<Unit>, other: Option<Unit>) -> Result<Option<Unit>, OtherUnit> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Err(OtherUnit),
        _ => Ok(one.or(other)),
    }
}

/// Two numbers have different units.
struct OtherUnit;

fn same(at: At, one: &Type, other: &Type) -> Result<(), Flaw> {
    let fits = match (one, other) {
        (Type::Number(a), Type::Number(b)) => joined(*a, *b).is_ok(),
        _ => one == other,
    };
    if fits {
        return Ok(());
    }
    let ((zh, en), (other_zh, other_en)) = (one.title(), other.title());
    Err(at.flaw(
        format!("这里应与前面一样是{zh}（单位也相同），而不是{other_zh}"),
        format!("this must be {en} of the same unit as before, not {other_en}"),
    ))
}

fn refused(at: At, what: &str, kind: &Type) -> Flaw {
    let (zh, en) = kind.title();
    at.flaw(format!("{zh}不能用于{what}"), format!("{en} has no {what}"))
}

fn options(name: FactName, words: &[(String, At)]) -> Result<(), Flaw> {
    let kind = name.kind();
    let wrong = words.iter().find(|(word, _)| !kind.options.iter().any(|option| option.name == *word));
    let Some((word, at)) = wrong else { return Ok(()) };
    let known: Vec<&str> = kind.options.iter().map(|option| option.name.as_str()).collect();
    let known = known.join(", ");
    Err(at.flaw(
        format!("“{}”没有“{word}”这个词；有：{known}", kind.title.zh),
        format!("{name} has no word “{word}”; it has {known}"),
    ))
}
