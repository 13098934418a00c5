//! What was probably meant: the words of an answer that sound like what was typed, or differ from it in one character.

use crate::query::Query;
use crate::sound;
use crate::text::{is_han, normal};
use crate::words;

/// Fewest characters in which one may be wrong.
const ENOUGH: usize = 3;

/// The part of these names that was probably meant; nothing where it is what was typed, or nothing is near enough.
pub(crate) fn meant<'a>(query: &Query, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut near = None;
    for name in names {
        let characters: Vec<char> = normal(name).into_iter().filter(|character| character.is_alphanumeric()).collect();
        if characters.iter().collect::<String>().contains(&query.bare) {
            return None;
        }
        if near.is_none() {
            near = whole_words(&characters, query.sounds.len(), |part| sounds_so(query, part))
                .or_else(|| whole_words(&characters, query.bare.chars().count(), |part| one_wrong(query, part)));
        }
    }
    near.filter(|near| !query.bare.contains(near.as_str()))
}

/// The first whole words of this length that fit.
fn whole_words(characters: &[char], length: usize, fits: impl Fn(&[char]) -> bool) -> Option<String> {
    if length < 2 {
        return None;
    }
    let fitting: Vec<(usize, &[char])> =
        characters.windows(length).enumerate().filter(|(_, part)| fits(part)).collect();
    if fitting.is_empty() {
        return None;
    }
    let (begins, ends) = words::borders(characters);
    let whole = fitting.into_iter().find(|(at, _)| begins.contains(at) && ends.contains(&(at + length)));
    whole.map(|(_, part)| part.iter().collect())
}

/// Characters that sound as what was typed does, all of it.
fn sounds_so(query: &Query, part: &[char]) -> bool {
    part.iter()
        .zip(&query.sounds)
        .all(|(character, wanted)| is_han(*character) && sound::sounds(*character).contains(wanted))
}

/// Characters of which one is another than was typed.
fn one_wrong(query: &Query, part: &[char]) -> bool {
    let chinese = part.len() >= ENOUGH && query.bare.chars().all(is_han);
    chinese && part.iter().zip(query.bare.chars()).filter(|(one, other)| **one != *other).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn for_query(query: &str, name: &str) -> Option<String> {
        meant(&Query::parse(query).unwrap(), std::iter::once(name))
    }

    #[test]
    fn what_sounds_the_same_or_is_one_character_away_was_meant() {
        assert_eq!(for_query("身份正", "居民身份证换领").as_deref(), Some("身份证"));
        assert_eq!(for_query("shenfenzheng", "居民身份证换领").as_deref(), Some("身份证"));
        assert_eq!(for_query("食品经菅许可", "食品经营许可").as_deref(), Some("食品经营许可"));
        assert_eq!(for_query("身份证", "居民身份证换领"), None, "it is right");
        assert_eq!(for_query("开饭店", "食品经营许可"), None);
        assert_eq!(for_query("娃上户口", "孩子上户口"), None, "no half words");
        assert_eq!(for_query("低保怎么办理", "最低生活保障，低保"), None);
    }
}
