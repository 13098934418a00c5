//! One form of writing: simplified characters, small letters, half width; and the runs that a text is made of.
//!
//! Invariant: a text has as many characters in that form as before, so that a place found in it is a place in the text.

/// A run of one script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Run {
    /// Chinese characters.
    Han(Vec<char>),
    /// Letters and digits of any other script.
    Latin(String),
}

/// In one form, character by character.
pub(crate) fn normal(text: &str) -> Vec<char> {
    let plain: String = text.chars().map(plain).collect();
    let simplified: Vec<char> = fast2s::convert(&plain).chars().collect();
    // A converter that adds or drops a character would move every place; then the text stays as it was written.
    if simplified.len() == plain.chars().count() { simplified } else { plain.chars().collect() }
}

fn plain(character: char) -> char {
    let half = match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    };
    let mut small = half.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => half,
    }
}

/// Chinese characters.
pub(crate) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// Its runs; what is neither letter nor digit divides.
pub(crate) fn runs(characters: &[char]) -> Vec<Run> {
    let mut runs = Vec::new();
    for part in characters.split(|character| !character.is_alphanumeric()) {
        for piece in part.chunk_by(|one, other| is_han(*one) == is_han(*other)) {
            let han = piece.first().copied().is_some_and(is_han);
            runs.push(if han { Run::Han(piece.to_vec()) } else { Run::Latin(piece.iter().collect()) });
        }
    }
    runs
}

/// The letters and characters alone: what two texts are compared by.
pub(crate) fn bare(text: &str) -> String {
    normal(text).into_iter().filter(|character| character.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn traditional_full_width_and_capital_letters_are_one_form() {
        assert_eq!(bare("營業執照（ＡＢＣ）"), "营业执照abc");
        assert_eq!(
            runs(&normal("80岁老人Card补贴")),
            [
                Run::Latin("80".to_owned()),
                Run::Han("岁老人".chars().collect()),
                Run::Latin("card".to_owned()),
                Run::Han("补贴".chars().collect()),
            ]
        );
    }

    proptest! {
        #[test]
        fn a_text_keeps_its_number_of_characters(text in any::<String>()) {
            prop_assert_eq!(normal(&text).len(), text.chars().count());
        }
    }
}
