//! What was probably meant: the words of an answer that sound like what was typed, or differ from it in one character.

use crate::query::Query;
use crate::sound;
use crate::text::{is_han, normal};

/// Fewest characters in which one may be wrong.
const ENOUGH: usize = 3;

/// The part of these names that was probably meant; nothing where it is what was typed, or nothing is near enough.
pub(crate) fn meant<'a>(query: &Query, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut near = None;
    for name in names {
        let plain = normal(name);
        let plain: String = plain.iter().collect();
        if plain.contains(&query.bare) {
            return None;
        }
        if near.is_none() {
            near = same_sound(query, &plain).or_else(|| one_wrong(query, &plain));
        }
    }
    near
}

/// Characters that sound as what was typed does, all of it.
fn same_sound(query: &Query, name: &str) -> Option<String> {
    let characters: Vec<char> = name.chars().filter(|character| character.is_alphanumeric()).collect();
    let wanted = &query.sounds;
    if wanted.len() < 2 {
        return None;
    }
    let sounds = |part: &[char]| {
        part.iter()
            .zip(wanted)
            .all(|(character, wanted)| sound::sounds(*character).contains(wanted) && is_han(*character))
    };
    characters.windows(wanted.len()).find(|part| sounds(part)).map(|part| part.iter().collect())
}

/// Characters of which one is another than was typed.
fn one_wrong(query: &Query, name: &str) -> Option<String> {
    let typed: Vec<char> = query.bare.chars().collect();
    if typed.len() < ENOUGH || !typed.iter().copied().all(is_han) {
        return None;
    }
    let characters: Vec<char> = name.chars().filter(|character| character.is_alphanumeric()).collect();
    let near = |part: &&[char]| part.iter().zip(&typed).filter(|(one, other)| one != other).count() == 1;
    characters.windows(typed.len()).find(near).map(|part| part.iter().collect())
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
    }
}
