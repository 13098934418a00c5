//! Texts of conditions as tokens, each with its place.

use jiff::civil::Date;

use super::super::number::Number;
use super::{At, Flaw, LONGEST_SOURCE};

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a word of the language.
    Word(String),
    /// A number without its unit.
    Number(Number),
    /// `%` right behind a number.
    Percent,
    Day(Date),
    /// What stands between quotation marks.
    Quoted(String),
    Sign(&'static str),
    End,
}

impl Token {
    /// As messages name it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(word) => format!("“{word}”"),
            Self::Number(number) => format!("“{number}”"),
            Self::Percent => "“%”".to_owned(),
            Self::Day(day) => format!("“{day}”"),
            Self::Quoted(text) => format!("“\"{text}\"”"),
            Self::Sign(sign) => format!("“{sign}”"),
            Self::End => "end / 结尾".to_owned(),
        }
    }
}

/// Signs, the longer before those that they begin with.
const SIGNS: [(&str, &str); 24] = [
    (">=", ">="),
    ("<=", "<="),
    ("!=", "!="),
    ("==", "="),
    ("≥", ">="),
    ("≤", "<="),
    ("≠", "!="),
    (">", ">"),
    ("<", "<"),
    ("=", "="),
    ("+", "+"),
    ("-", "-"),
    ("*", "*"),
    ("×", "*"),
    ("/", "/"),
    ("÷", "/"),
    ("(", "("),
    (")", ")"),
    ("（", "("),
    ("）", ")"),
    ("{", "{"),
    ("}", "}"),
    (",", ","),
    ("，", ","),
];

/// Characters of a quoted word at most.
const LONGEST_WORD: usize = 100;

struct Reader<'a> {
    rest: &'a str,
    at: At,
}

impl<'a> Reader<'a> {
    /// Goes over so many bytes, which end between two characters.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        for character in taken.chars() {
            if character == '\n' {
                self.at = At { line: self.at.line.saturating_add(1), column: 1 };
            } else {
                self.at.column = self.at.column.saturating_add(1);
            }
        }
        self.rest = rest;
        taken
    }

    fn while_of(&self, of: impl Fn(char) -> bool) -> usize {
        self.rest.find(|c| !of(c)).unwrap_or(self.rest.len())
    }

    /// A name: letters, digits, `_` and `.`, and `-` where a letter or digit follows at once.
    fn name(&self) -> usize {
        let mut end = 0;
        let mut characters = self.rest.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            let joins =
                matches!(c, '-' | '.') && characters.peek().is_some_and(|(_, next)| next.is_ascii_alphanumeric());
            if !(c.is_ascii_alphanumeric() || c == '_' || joins) {
                break;
            }
            end = at + c.len_utf8();
        }
        end
    }

    fn number(&mut self) -> Result<Token, Flaw> {
        let at = self.at;
        let bytes = self.while_of(|c| c.is_ascii_digit() || matches!(c, '_' | '.'));
        // A day: 2024-01-01.
        if bytes == 4
            && let Some(day) = self.rest.get(..10)
            && day.as_bytes().get(4) == Some(&b'-')
            && day.as_bytes().get(7) == Some(&b'-')
        {
            let day = self.take(day.len());
            return day
                .parse::<Date>()
                .ok()
                .filter(|day| (1900..=2200).contains(&day.year()))
                .map(Token::Day)
                .ok_or_else(|| {
                    at.flaw(format!("“{day}”不是1900至2200年间的日期"), format!("“{day}” is no day of 1900 to 2200"))
                });
        }
        let digits = self.take(bytes);
        Number::parse(digits).map(Token::Number).map_err(|_| {
            at.flaw(
                format!("“{digits:.40}”不是数：小数点前至多15位、后至多6位"),
                format!("“{digits:.40}” is no number: at most 15 digits before its point and 6 after it"),
            )
        })
    }

    fn quoted(&mut self) -> Result<Token, Flaw> {
        let at = self.at;
        let open = self.take(self.rest.chars().next().map_or(0, char::len_utf8));
        let close = if open == "“" { '”' } else { '"' };
        let text = self.take(self.while_of(|c| c != close && c != '\n'));
        if !self.rest.starts_with(close) {
            return Err(at.flaw("引号没有结束", "the quotation mark is not closed"));
        }
        self.take(close.len_utf8());
        if text.is_empty() || text.chars().count() > LONGEST_WORD {
            return Err(at.flaw("引号内应为1至100个字符", "1 to 100 characters stand between quotation marks"));
        }
        Ok(Token::Quoted(text.to_owned()))
    }
}

/// Reads a text.
pub(super) fn lex(source: &str) -> Result<Vec<(Token, At)>, Flaw> {
    let mut reader = Reader { rest: source, at: At { line: 1, column: 1 } };
    if source.chars().count() > LONGEST_SOURCE {
        return Err(reader.at.flaw("超过4000个字符", "over 4,000 characters"));
    }
    let mut tokens = Vec::new();
    loop {
        reader.take(reader.while_of(char::is_whitespace));
        let at = reader.at;
        let Some(next) = reader.rest.chars().next() else { break };
        let token = if next.is_ascii_digit() {
            reader.number()?
        } else if next == '%' || next == '％' {
            reader.take(next.len_utf8());
            Token::Percent
        } else if next.is_ascii_alphabetic() {
            Token::Word(reader.take(reader.name()).to_owned())
        } else if matches!(next, '"' | '“') {
            reader.quoted()?
        } else if next == '元' {
            reader.take(next.len_utf8());
            Token::Word("yuan".to_owned())
        } else if let Some((written, sign)) = SIGNS.iter().find(|(written, _)| reader.rest.starts_with(written)) {
            reader.take(written.len());
            Token::Sign(sign)
        } else {
            return Err(at.flaw(format!("这里不能有“{next}”"), format!("“{next}” has no meaning here")));
        };
        tokens.push((token, at));
    }
    tokens.push((Token::End, reader.at));
    Ok(tokens)
}
