//! What a text of the language says, as a tree: read from tokens by recursive descent.
//!
//! Invariant: no tree has more than [`MOST_NODES`] nodes, and nothing stands deeper in one another than [`DEEPEST`], so
//! whatever walks it may recurse.

use jiff::civil::Date;

use super::super::fact::Unit;
use super::super::number::Number;
use super::lex::{Token, lex};
use super::{At, Flaw};

/// How deep brackets and operators may stand in one another.
pub(super) const DEEPEST: u32 = 24;
/// Nodes of a tree at most.
pub(super) const MOST_NODES: u32 = 300;
/// Words of a set, and arguments of a function, at most.
pub(super) const MOST_WORDS: usize = 50;

/// What a literal number is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Plain,
    /// Written in per cent: 8 is eight per cent.
    Percent,
    Yuan,
    Unit(Unit),
}

/// Operators with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    Is,
    IsNot,
    Before,
    After,
    In,
    NotIn,
    Has,
    HasAny,
    HasAll,
    Plus,
    Minus,
    Times,
    Over,
}

/// A part of a text, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expression {
    pub(super) at: At,
    pub(super) says: Says,
}

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Says {
    YesNo(bool),
    /// As it is written: eight per cent is 8.
    Number(Number, Of),
    Day(Date),
    Today,
    Word(String),
    Set(Vec<(String, At)>),
    Fact(String),
    Call(String, Vec<Expression>),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    Two(Operator, Box<Expression>, Box<Expression>),
}

/// Words that are no facts.
const RESERVED: [&str; 15] =
    ["and", "or", "not", "in", "has", "any", "all", "before", "after", "true", "false", "today", "yuan", "wan", "if"];

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<(Token, At)>>,
    end: At,
    depth: u32,
    nodes: u32,
}

/// Reads a text.
pub(super) fn parse(source: &str) -> Result<Expression, Flaw> {
    let tokens = lex(source)?;
    let end = tokens.last().map_or(At { line: 1, column: 1 }, |(_, at)| *at);
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), end, depth: 0, nodes: 0 };
    if *parser.peek() == Token::End {
        return Err(end.flaw("还没有填写", "nothing is written yet"));
    }
    let expression = parser.either()?;
    let (token, at) = parser.next();
    if token != Token::End {
        let shown = token.shown();
        return Err(at.flaw(
            format!("{shown}前面缺少“and”“or”或运算符"),
            format!("before {shown} an “and”, an “or” or an operator is missing"),
        ));
    }
    Ok(expression)
}

impl Parser {
    fn peek(&mut self) -> &Token {
        self.tokens.peek().map_or(&Token::End, |(token, _)| token)
    }

    fn at(&mut self) -> At {
        let end = self.end;
        self.tokens.peek().map_or(end, |(_, at)| *at)
    }

    fn next(&mut self) -> (Token, At) {
        self.tokens.next().unwrap_or((Token::End, self.end))
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(next) if next == word);
        if found {
            self.next();
        }
        found
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(next) if *next == sign);
        if found {
            self.next();
        }
        found
    }

    fn needs_sign(&mut self, sign: &str) -> Result<(), Flaw> {
        if self.takes_sign(sign) {
            return Ok(());
        }
        let (token, at) = self.next();
        let shown = token.shown();
        Err(at.flaw(format!("{shown}前面缺少“{sign}”"), format!("a “{sign}” is missing before {shown}")))
    }

    fn node(&mut self, at: At, says: Says) -> Result<Expression, Flaw> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(at.flaw("条件过长：请拆成几项政策", "too much in one text: divide it into several policies"));
        }
        Ok(Expression { at, says })
    }

    fn two(&mut self, at: At, operator: Operator, one: Expression, other: Expression) -> Result<Expression, Flaw> {
        self.node(at, Says::Two(operator, Box::new(one), Box::new(other)))
    }

    /// Goes one level down; each way that recurses comes through here.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Flaw>) -> Result<T, Flaw> {
        if self.depth >= DEEPEST {
            let at = self.at();
            return Err(at.flaw("括号或运算嵌套过深", "brackets or operators stand too deep in one another"));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn either(&mut self) -> Result<Expression, Flaw> {
        self.deeper(|parser| {
            let mut one = parser.both()?;
            loop {
                let at = parser.at();
                if !parser.takes_word("or") {
                    return Ok(one);
                }
                let other = parser.both()?;
                one = parser.two(at, Operator::Or, one, other)?;
            }
        })
    }

    fn both(&mut self) -> Result<Expression, Flaw> {
        let mut one = self.negated()?;
        loop {
            let at = self.at();
            if !self.takes_word("and") {
                return Ok(one);
            }
            let other = self.negated()?;
            one = self.two(at, Operator::And, one, other)?;
        }
    }

    fn negated(&mut self) -> Result<Expression, Flaw> {
        let at = self.at();
        if self.takes_word("not") {
            let inner = self.deeper(Self::negated)?;
            return self.node(at, Says::Not(Box::new(inner)));
        }
        self.comparison()
    }

    fn operator(&mut self) -> Result<Option<Operator>, Flaw> {
        let operator = match self.peek() {
            Token::Sign(">=") => Operator::AtLeast,
            Token::Sign(">") => Operator::MoreThan,
            Token::Sign("<=") => Operator::AtMost,
            Token::Sign("<") => Operator::LessThan,
            Token::Sign("=") => Operator::Is,
            Token::Sign("!=") => Operator::IsNot,
            Token::Word(word) => match word.as_str() {
                "before" => Operator::Before,
                "after" => Operator::After,
                "in" => Operator::In,
                "has" => Operator::Has,
                "not" => Operator::NotIn,
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let (_, at) = self.next();
        match operator {
            Operator::NotIn if !self.takes_word("in") => {
                Err(at.flaw("“not”应写在条件前面，或写成“not in”", "“not” stands before a condition, or as “not in”"))
            }
            Operator::Has if self.takes_word("any") => Ok(Some(Operator::HasAny)),
            Operator::Has if self.takes_word("all") => Ok(Some(Operator::HasAll)),
            operator => Ok(Some(operator)),
        }
    }

    fn comparison(&mut self) -> Result<Expression, Flaw> {
        let one = self.sum()?;
        let at = self.at();
        let Some(operator) = self.operator()? else { return Ok(one) };
        let other = self.sum()?;
        let compared = self.two(at, operator, one, other)?;
        let at = self.at();
        if self.operator()?.is_some() {
            return Err(at.flaw(
                "一次只能比较两项：请用“and”连接两个比较",
                "two things are compared at a time: join two comparisons by “and”",
            ));
        }
        Ok(compared)
    }

    fn sum(&mut self) -> Result<Expression, Flaw> {
        let mut one = self.product()?;
        loop {
            let at = self.at();
            let operator = if self.takes_sign("+") {
                Operator::Plus
            } else if self.takes_sign("-") {
                Operator::Minus
            } else {
                return Ok(one);
            };
            let other = self.product()?;
            one = self.two(at, operator, one, other)?;
        }
    }

    fn product(&mut self) -> Result<Expression, Flaw> {
        let mut one = self.signed()?;
        loop {
            let at = self.at();
            let operator = if self.takes_sign("*") {
                Operator::Times
            } else if self.takes_sign("/") {
                Operator::Over
            } else {
                return Ok(one);
            };
            let other = self.signed()?;
            one = self.two(at, operator, one, other)?;
        }
    }

    fn signed(&mut self) -> Result<Expression, Flaw> {
        let at = self.at();
        if self.takes_sign("-") {
            let inner = self.deeper(Self::signed)?;
            return self.node(at, Says::Negative(Box::new(inner)));
        }
        self.single()
    }

    fn single(&mut self) -> Result<Expression, Flaw> {
        let (token, at) = self.next();
        match token {
            Token::Number(number) => {
                let (number, of) = self.measured(number);
                self.node(at, Says::Number(number, of))
            }
            Token::Day(day) => self.node(at, Says::Day(day)),
            Token::Quoted(word) => self.node(at, Says::Word(word)),
            Token::Sign("(") => {
                let inner = self.either()?;
                self.needs_sign(")")?;
                Ok(inner)
            }
            Token::Sign("{") => {
                let words = self.set(at)?;
                self.node(at, Says::Set(words))
            }
            Token::Word(word) if matches!(self.peek(), Token::Sign("(")) => {
                self.next();
                let arguments = self.arguments(at)?;
                self.node(at, Says::Call(word, arguments))
            }
            Token::Word(word) => match word.as_str() {
                "true" => self.node(at, Says::YesNo(true)),
                "false" => self.node(at, Says::YesNo(false)),
                "today" => self.node(at, Says::Today),
                word if RESERVED.contains(&word) => {
                    Err(at.flaw(format!("这里不能有“{word}”"), format!("“{word}” can't stand here")))
                }
                _ => self.node(at, Says::Fact(word)),
            },
            token => {
                let shown = token.shown();
                Err(at.flaw(
                    format!("这里应有事实、数、日期或括号，而不是{shown}"),
                    format!("a fact, a number, a day or a bracket is needed here, not {shown}"),
                ))
            }
        }
    }

    /// The unit behind a number; so many `wan` (万元) become yuan.
    fn measured(&mut self, number: Number) -> (Number, Of) {
        if matches!(self.peek(), Token::Percent) {
            self.next();
            return (number, Of::Percent);
        }
        let Token::Word(word) = self.peek() else { return (number, Of::Plain) };
        let of = match word.as_str() {
            "yuan" => Some((number, Of::Yuan)),
            "wan" => {
                let yuan = number.times(Number::whole(10_000));
                yuan.filter(|yuan| *yuan < Number::whole(1_000_000_000_000_000)).map(|yuan| (yuan, Of::Yuan))
            }
            unit => Unit::parse(unit).map(|unit| (number, Of::Unit(unit))),
        };
        if of.is_some() {
            self.next();
        }
        of.unwrap_or((number, Of::Plain))
    }

    fn set(&mut self, open: At) -> Result<Vec<(String, At)>, Flaw> {
        let mut words = Vec::new();
        loop {
            match self.next() {
                (Token::Quoted(word), at) => words.push((word, at)),
                (Token::Sign("}"), _) if words.is_empty() => {
                    return Err(open.flaw("集合不能为空", "a set has at least one word"));
                }
                (token, at) => {
                    let shown = token.shown();
                    return Err(at.flaw(
                        format!("集合里应为引号中的词，而不是{shown}"),
                        format!("a set holds words in quotation marks, not {shown}"),
                    ));
                }
            }
            if words.len() > MOST_WORDS {
                return Err(open.flaw("集合至多50个词", "a set has at most 50 words"));
            }
            if self.takes_sign("}") {
                return Ok(words);
            }
            self.needs_sign(",")?;
        }
    }

    fn arguments(&mut self, open: At) -> Result<Vec<Expression>, Flaw> {
        let mut arguments = Vec::new();
        if self.takes_sign(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.either()?);
            if arguments.len() > MOST_WORDS {
                return Err(open.flaw("参数至多50个", "a function has at most 50 arguments"));
            }
            if self.takes_sign(")") {
                return Ok(arguments);
            }
            self.needs_sign(",")?;
        }
    }
}
