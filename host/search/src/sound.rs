//! How characters sound: pinyin, so that homophones, pinyin and its first letters find what is meant.
//!
//! Invariant: sounds that people mix up when they type (zh and z, ch and c, sh and s, -ng and -n) are one sound here;
//! that something is written right is for the characters themselves to say.

use std::collections::HashSet;
use std::sync::LazyLock;

use pinyin::{ToPinyin as _, ToPinyinMulti as _};

use crate::text::is_han;

/// Longest syllable: zhuang.
const LONGEST: usize = 6;
/// Most readings of a character that are looked at.
const READINGS: usize = 3;
/// Most ways in which letters are cut into syllables.
const WAYS: usize = 3;

/// Every syllable, as the readings of all characters say.
static SYLLABLES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| ('\u{4e00}'..='\u{9fa5}').filter_map(|character| Some(character.to_pinyin()?.plain())).collect());

/// A character's first reading, without tones.
pub(crate) fn reading(character: char) -> Option<&'static str> {
    // What is typed in its place looks like it and is read like it.
    let character = if character == '囗' { '口' } else { character };
    character.to_pinyin().map(pinyin::Pinyin::plain)
}

/// A character's sounds: one for each of its readings.
pub(crate) fn sounds(character: char) -> Vec<String> {
    let readings =
        character.to_pinyin_multi().map(|many| many.into_iter().take(READINGS).map(|one| sound(one.plain())));
    let mut sounds: Vec<String> = readings.map(Iterator::collect).unwrap_or_default();
    if sounds.is_empty() {
        sounds.extend(reading(character).map(sound));
    }
    sounds.sort();
    sounds.dedup();
    sounds
}

/// What a syllable sounds like to somebody who mixes up what is often mixed up.
pub(crate) fn sound(syllable: &str) -> String {
    let mut plain: String = syllable.chars().map(|c| if c == 'ü' || c == 'v' { 'u' } else { c }).collect();
    if plain.ends_with("ng") {
        plain.pop();
    }
    if ["zh", "ch", "sh"].iter().any(|start| plain.starts_with(start)) {
        plain.remove(1);
    }
    plain
}

/// The first letters of a text's characters, one for each; a character without a reading divides.
pub(crate) fn initials(characters: &[char]) -> Vec<String> {
    let mut all = vec![String::new()];
    for character in characters {
        match (reading(*character).and_then(|reading| reading.chars().next()), all.last_mut()) {
            (Some(letter), Some(last)) if is_han(*character) => last.push(letter),
            _ => all.push(String::new()),
        }
    }
    all.retain(|letters| letters.len() > 1);
    all
}

/// The ways to cut letters into syllables, the one with the fewest first. A last syllable that is only begun is left
/// out: whoever types it isn't finished.
pub(crate) fn syllables(letters: &str) -> Vec<Vec<String>> {
    if !letters.bytes().all(|byte| byte.is_ascii_lowercase()) || letters.is_empty() {
        return Vec::new();
    }
    // The best ways to reach each place.
    let mut reached: Vec<Vec<Vec<String>>> = vec![Vec::new(); letters.len() + 1];
    if let Some(start) = reached.first_mut() {
        start.push(Vec::new());
    }
    for at in 0..letters.len() {
        let ways = reached.get(at).cloned().unwrap_or_default();
        for length in 1..=LONGEST.min(letters.len() - at) {
            let Some(syllable) = letters.get(at..at + length).filter(|part| SYLLABLES.contains(part)) else { continue };
            let Some(there) = reached.get_mut(at + length) else { continue };
            there.extend(ways.iter().map(|way| [way.as_slice(), &[syllable.to_owned()]].concat()));
            there.sort_by_key(Vec::len);
            there.truncate(WAYS);
        }
    }
    let whole = reached.pop().unwrap_or_default();
    if !whole.is_empty() {
        return whole;
    }
    // Begun: the longest part that can be cut, where what remains can begin a syllable.
    let begun = reached.iter().enumerate().rev().find(|(at, ways)| {
        let rest = letters.get(*at..).unwrap_or_default();
        *at > 0 && !ways.is_empty() && SYLLABLES.iter().any(|syllable| syllable.starts_with(rest))
    });
    begun.map(|(_, ways)| ways.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(letters: &str) -> Option<String> {
        syllables(letters).first().map(|way| way.join(" "))
    }

    #[test]
    fn letters_are_cut_into_syllables() {
        assert_eq!(cut("shenfenzheng").as_deref(), Some("shen fen zheng"));
        assert_eq!(cut("gongjijintiqu").as_deref(), Some("gong ji jin ti qu"));
        assert_eq!(cut("shenfenzh").as_deref(), Some("shen fen"), "the last is only begun");
        assert_eq!(cut("sfz"), None);
        assert_eq!(cut("card"), None);
    }

    #[test]
    fn what_is_mixed_up_sounds_the_same() {
        assert_eq!(sound("zheng"), sound("zen"));
        assert_eq!(sounds('磁'), sounds('瓷'));
        assert!(sounds('行').len() > 1, "one for each reading");
    }

    #[test]
    fn first_letters_stand_for_characters() {
        let characters: Vec<char> = "居民身份证（换领）".chars().collect();
        assert_eq!(initials(&characters), ["jmsfz", "hl"]);
    }
}
