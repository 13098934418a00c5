//! Marking: which characters of a text answer a query, as pieces that a page shows. Text alone, never markup.

use std::collections::HashSet;

use crate::query::{Query, Unit};
use crate::sound;
use crate::text::{is_han, normal};

/// Fewest letters that a word must share to be marked.
const SHARED: usize = 4;

/// A piece of a text, marked or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its text, as it stands in the whole.
    pub text: String,
    /// It answers the query.
    pub marked: bool,
}

/// A text in pieces, in order and without loss.
pub(crate) fn pieces(query: &Query, text: &str) -> Vec<Piece> {
    let characters: Vec<char> = text.chars().collect();
    let plain = normal(text);
    let mut marked = vec![false; characters.len()];
    let mut mark = |from: usize, length: usize| {
        for place in marked.iter_mut().skip(from).take(length) {
            *place = true;
        }
    };
    let sounding: HashSet<(&str, &str)> = query
        .sounds
        .windows(2)
        .filter_map(|pair| match pair {
            [one, other] => Some((one.as_str(), other.as_str())),
            _ => None,
        })
        .collect();
    for (at, pair) in plain.windows(2).enumerate() {
        let [one, other] = pair else { continue };
        if !is_han(*one) || !is_han(*other) {
            continue;
        }
        let written = query.units.contains(&Unit::Pair(*one, *other));
        let sounds = |c: &char| sound::reading(*c).map(sound::sound).unwrap_or_default();
        if written || sounding.contains(&(sounds(one).as_str(), sounds(other).as_str())) {
            mark(at, 2);
        }
    }
    for unit in &query.units {
        match unit {
            Unit::Pair(..) => {}
            Unit::Character(wanted) => {
                for (at, _) in plain.iter().enumerate().filter(|(_, character)| *character == wanted) {
                    mark(at, 1);
                }
            }
            Unit::Letters(letters) => {
                for (at, length) in
                    spelled(&plain, &letters.letters).into_iter().chain(initials(&plain, &letters.letters))
                {
                    mark(at, length);
                }
            }
            Unit::Number(number) => {
                for (at, length) in spelled(&plain, number) {
                    mark(at, length);
                }
            }
        }
    }
    let all: Vec<(char, bool)> = characters.into_iter().zip(marked).collect();
    all.chunk_by(|(_, one), (_, other)| one == other)
        .map(|piece| Piece {
            text: piece.iter().map(|(character, _)| character).collect(),
            marked: piece.first().is_some_and(|(_, marked)| *marked),
        })
        .collect()
}

/// Places of words that are this word, begin with it, or share its beginning: licence and license.
fn spelled(plain: &[char], wanted: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in plain.chunk_by(|one, other| latin(*one) == latin(*other)) {
        if word.first().copied().is_some_and(latin) {
            let word: String = word.iter().collect();
            let shared = word.chars().zip(wanted.chars()).take_while(|(one, other)| one == other).count();
            let wanted_length = wanted.chars().count();
            if shared == wanted_length || (shared >= SHARED && shared + 3 >= wanted_length.max(word.chars().count())) {
                found.push((at, word.chars().count()));
            }
        }
        at += word.len();
    }
    found
}

fn latin(character: char) -> bool {
    character.is_alphanumeric() && !is_han(character)
}

/// Places of characters whose first letters are these.
fn initials(plain: &[char], wanted: &str) -> Vec<(usize, usize)> {
    let length = wanted.chars().count();
    if length < 2 {
        return Vec::new();
    }
    let begins = |part: &[char]| {
        part.iter().zip(wanted.chars()).all(|(character, letter)| {
            is_han(*character) && sound::reading(*character).is_some_and(|reading| reading.starts_with(letter))
        })
    };
    let windows = plain.windows(length).enumerate();
    windows.filter(|(_, part)| begins(part)).map(|(at, _)| (at, length)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(query: &str, text: &str) -> String {
        let pieces = pieces(&Query::parse(query).unwrap(), text);
        pieces.iter().map(|piece| if piece.marked { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
    }

    #[test]
    fn what_was_typed_is_marked_in_whatever_way_it_was_typed() {
        assert_eq!(marked("身份证", "居民身份证换领"), "居民[身份证]换领");
        assert_eq!(marked("身份正", "居民身份证换领"), "居民[身份证]换领");
        assert_eq!(marked("sfz", "居民身份证换领"), "居民[身份证]换领");
        assert_eq!(marked("shenfenzheng", "居民身份证换领"), "居民[身份证]换领");
        assert_eq!(marked("food license", "Food business licence"), "[Food] business [licence]");
        assert_eq!(marked("營業執照", "营业执照"), "[营业执照]");
    }

    proptest! {
        #[test]
        fn pieces_are_the_whole_text(query in "\\PC{1,30}", text in any::<String>()) {
            if let Some(query) = Query::parse(&query) {
                let whole: String = pieces(&query, &text).into_iter().map(|piece| piece.text).collect();
                prop_assert_eq!(whole, text);
            }
        }
    }
}
