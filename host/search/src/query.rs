//! What somebody typed, read into units: each a pair of characters, a run of letters or a number that an answer should
//! have.
//!
//! Invariant: a query is bounded, and one that holds an identity number or a telephone number is never looked for.

use lotus_domain::applicant::IdentityNumber;
use lotus_domain::catalog::Served;
use lotus_domain::district::Division;

use crate::entry::Kind;
use crate::sound;
use crate::text::{self, Run};
use crate::words;

/// Most characters that are read; what follows is left out.
pub const LONGEST: usize = 64;
/// Most first letters that are looked for together.
pub(crate) const MOST_INITIALS: usize = 10;

/// What a query holds that should not be typed into a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Private {
    /// An identity number.
    IdentityNumber,
    /// A telephone number.
    Telephone,
}

/// What a search wants beside its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whose portal it is asked in.
    pub division: Division,
    /// The city's own, whose things every district shows.
    pub city: Option<Division>,
    /// In the other districts too.
    pub everywhere: bool,
    /// This kind alone.
    pub kind: Option<Kind>,
    /// Whom it should serve, where that is known.
    pub served: Option<Served>,
    /// How many to leave out: those of the pages before.
    pub skip: usize,
    /// How many to give.
    pub take: usize,
}

/// Something that an answer should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Two characters that stand together.
    Pair(char, char),
    /// A character that stands alone.
    Character(char),
    /// Letters: a word, pinyin or first letters.
    Letters(Letters),
    /// What holds digits: a number, a code.
    Number(String),
}

/// A run of letters and what it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letters {
    pub(crate) letters: String,
    /// As syllables, the likeliest first.
    pub(crate) ways: Vec<Vec<String>>,
}

/// What somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    typed: String,
    pub(crate) bare: String,
    pub(crate) units: Vec<Unit>,
    pub(crate) words: Vec<String>,
    /// The sounds of all of it, one after another, where each has one.
    pub(crate) sounds: Vec<String>,
    shortened: bool,
}

impl Query {
    /// Reads what somebody typed; nothing where it says nothing.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let shortened = typed.chars().nth(LONGEST).is_some();
        let typed: String = typed.chars().take(LONGEST).collect();
        let normal = text::normal(&typed);
        let runs = text::runs(&normal);
        let telling: Vec<Run> = runs.iter().flat_map(telling).collect();
        // Somebody who only says “how do I” gets what these words are in.
        let runs = if telling.is_empty() { runs } else { telling };
        if runs.is_empty() {
            return None;
        }
        let mut query = Self {
            bare: text::bare(&typed),
            typed,
            units: Vec::new(),
            words: Vec::new(),
            sounds: Vec::new(),
            shortened,
        };
        for run in &runs {
            query.read(run);
        }
        Some(query)
    }

    fn read(&mut self, run: &Run) {
        match run {
            Run::Han(characters) => {
                self.words.extend(words::words(characters));
                match characters.as_slice() {
                    [one] => self.units.push(Unit::Character(*one)),
                    more => self.units.extend(more.windows(2).filter_map(|pair| match pair {
                        [one, other] => Some(Unit::Pair(*one, *other)),
                        _ => None,
                    })),
                }
                self.sounds.extend(characters.iter().filter_map(|c| sound::reading(*c)).map(sound::sound));
            }
            Run::Latin(letters) if letters.chars().any(char::is_numeric) => {
                self.units.push(Unit::Number(letters.clone()));
            }
            Run::Latin(letters) => {
                let ways: Vec<Vec<String>> = sound::syllables(letters);
                self.sounds.extend(ways.first().into_iter().flatten().map(|syllable| sound::sound(syllable)));
                self.units.push(Unit::Letters(Letters { letters: letters.clone(), ways }));
            }
        }
    }

    /// What was typed, as far as it was read.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// It was too long, and is read only in part.
    pub fn is_shortened(&self) -> bool {
        self.shortened
    }
}

/// A run without the words that say nothing, which divide it.
fn telling(run: &Run) -> Vec<Run> {
    let Run::Han(characters) = run else { return vec![run.clone()] };
    let mut told = vec![Vec::new()];
    for (word, says) in words::parts(characters) {
        match told.last_mut() {
            Some(last) if says => last.extend(word.chars()),
            _ => told.push(Vec::new()),
        }
    }
    told.into_iter().filter(|run| !run.is_empty()).map(Run::Han).collect()
}

/// The identity number or telephone number in a text, if there is one: written together, with spaces or with hyphens.
pub fn personal(text: &str) -> Option<Private> {
    let characters = text::normal(text);
    let mut digits = String::new();
    for character in characters.iter().copied().chain(std::iter::once('.')) {
        match character {
            '0'..='9' | 'x' => digits.push(character),
            // As numbers are written in groups.
            ' ' | '-' => {}
            _ => {
                if let Some(found) = numbered(&digits) {
                    return Some(found);
                }
                digits.clear();
            }
        }
    }
    None
}

/// What a row of digits is: an identity number stands anywhere in it, a telephone number is all of it.
fn numbered(digits: &str) -> Option<Private> {
    let identity = |at: usize| digits.get(at..at + 18).is_some_and(|part| IdentityNumber::parse(part).is_ok());
    if (0..digits.len()).any(identity) {
        return Some(Private::IdentityNumber);
    }
    let plain = digits.trim_matches('x');
    let own = plain.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(plain);
    let mobile = own.len() == 11 && own.starts_with('1') && !own.starts_with("10") && !own.contains('x');
    // The city's own numbers: 0374 and seven or eight digits.
    let landline = own.starts_with("0374") && (11..=12).contains(&own.len());
    // An identity number with a digit wrong is still somebody's.
    let nearly = plain.len() == 18 && (plain.get(6..8) == Some("19") || plain.get(6..8) == Some("20"));
    if mobile || landline {
        return Some(Private::Telephone);
    }
    nearly.then_some(Private::IdentityNumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_into_what_an_answer_should_have() {
        let query = Query::parse("gonggong场所卫生怎么办理").unwrap();
        assert_eq!(query.units.len(), 4);
        assert_eq!(query.sounds.first().map(String::as_str), Some("gon"));
        assert!(Query::parse("怎么办理").is_some());
        assert!(Query::parse("？！ ").is_none());
        let long = Query::parse(&"长".repeat(LONGEST + 1)).unwrap();
        assert!(long.is_shortened());
        assert_eq!(long.typed().chars().count(), LONGEST);
    }

    #[test]
    fn numbers_of_people_are_known_however_they_are_written() {
        assert_eq!(personal("13800000000"), Some(Private::Telephone));
        assert_eq!(personal("我的电话 138-0000-0000"), Some(Private::Telephone));
        assert_eq!(personal("+86 138 0000 0000"), Some(Private::Telephone));
        assert_eq!(personal("0374-2965000"), Some(Private::Telephone));
        assert_eq!(personal("４１１０８１１９９００１０１００１４"), Some(Private::IdentityNumber));
        assert_eq!(personal("XC07004-411081"), None);
        assert_eq!(personal("80岁老人补贴 2025"), None);
    }
}
