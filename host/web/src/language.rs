//! The languages of pages: which one a person reads, and every wording in it, from `locales/`.
//!
//! Invariant: no wording stands in code or templates; a test keeps both languages' keys the same and every used key there.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use askama::filters::Safe;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _, static_loader};
use lotus_domain::text::{Language, Text};

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "zh-CN",
        // The marks that isolate directions are for mixed scripts of two directions; we have one.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static CHINESE: LazyLock<LanguageIdentifier> = LazyLock::new(|| identifier(Language::Zh));
static ENGLISH: LazyLock<LanguageIdentifier> = LazyLock::new(|| identifier(Language::En));

fn identifier(language: Language) -> LanguageIdentifier {
    language.tag().parse().unwrap_or_default()
}

/// What can stand for a variable in a wording.
pub(crate) trait Argument {
    /// As fluent takes it: numbers stay numbers, so that plurals are chosen by them.
    fn value(&self) -> FluentValue<'_>;
}

impl Argument for str {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

macro_rules! numbers {
    ($($number:ty),+) => { $(impl Argument for $number {
        fn value(&self) -> FluentValue<'_> {
            FluentValue::from(*self)
        }
    })+ };
}
numbers!(usize, u64, u32, u16, u8, i8, i16, i32, i64);

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

/// The wordings of one language; copied freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    /// Which language.
    pub(crate) language: Language,
}

impl Words {
    /// The wordings of this language.
    pub(crate) fn of(language: Language) -> Self {
        Self { language }
    }

    fn look_up(self, key: &str, arguments: &HashMap<Cow<'static, str>, FluentValue<'_>>) -> String {
        let language = match self.language {
            Language::Zh => &*CHINESE,
            Language::En => &*ENGLISH,
        };
        LOCALES.try_lookup_with_args(language, key, arguments).unwrap_or_else(|| {
            tracing::error!(key, "a wording is missing");
            key.to_owned()
        })
    }

    /// A wording.
    pub(crate) fn t(self, key: &str) -> String {
        self.look_up(key, &HashMap::new())
    }

    /// A wording with one variable.
    pub(crate) fn t1(self, key: &str, name: &'static str, value: impl Argument) -> String {
        self.look_up(key, &HashMap::from([(Cow::Borrowed(name), value.value())]))
    }

    /// A wording with several variables.
    pub(crate) fn with(self, key: &str, arguments: &[(&'static str, &dyn Argument)]) -> String {
        let arguments = arguments.iter().map(|(name, value)| (Cow::Borrowed(*name), value.value())).collect();
        self.look_up(key, &arguments)
    }

    /// A text in this language, in Chinese where it has no other.
    pub(crate) fn text(self, text: &Text) -> &str {
        text.in_language(self.language)
    }

    /// A text as HTML; where it stands in another language than the page it says so, for whoever has it read aloud.
    pub(crate) fn say(self, text: &Text) -> Safe<String> {
        let escaped = escaped(self.text(text));
        Safe(match self.foreign(text) {
            Some(tag) => format!("<span lang=\"{tag}\">{escaped}</span>"),
            None => escaped,
        })
    }

    /// The language of a text, where it is not the page's.
    pub(crate) fn foreign(self, text: &Text) -> Option<&'static str> {
        (self.language == Language::En && text.en.is_none()).then_some(Language::Zh.tag())
    }

    /// The language's tag.
    pub(crate) fn tag(self) -> &'static str {
        self.language.tag()
    }

    /// The other language.
    pub(crate) fn other(self) -> Language {
        match self.language {
            Language::Zh => Language::En,
            Language::En => Language::Zh,
        }
    }
}

/// A text with the characters that HTML takes for its own replaced, inside quoted attributes as well.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// The language that a browser asks for, as `Accept-Language` weighs them; nothing where it asks for none we speak.
pub(crate) fn preferred(header: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in header.split(',').take(20) {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
        let (Some(language), Some(weight)) = (Language::parse(tag.trim()), weight) else { continue };
        if weight > 0.0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_language_that_we_speak_wins() {
        assert_eq!(preferred("de-DE,de;q=0.9,en;q=0.5,zh-CN;q=0.8"), Some(Language::Zh));
        assert_eq!(preferred("en-GB"), Some(Language::En));
        assert_eq!(preferred("fr, ja;q=0.2, zh;q=0"), None);
        assert_eq!(preferred(""), None);
    }

    #[test]
    fn a_text_without_english_says_that_it_is_chinese() {
        let english = Words::of(Language::En);
        assert_eq!(english.say(&Text::zh("钧瓷 <b>")).0, "<span lang=\"zh-CN\">钧瓷 &lt;b&gt;</span>");
        assert_eq!(english.say(&Text::new("钧瓷", "Jun")).0, "Jun");
    }

    #[test]
    fn english_counts_one_and_many() {
        let english = Words::of(Language::En);
        assert_eq!(english.t1("period-working-day", "n", 1_u32), "1 working day");
        assert_eq!(english.t1("period-working-day", "n", 10_u32), "10 working days");
        assert_eq!(Words::of(Language::Zh).t1("period-working-day", "n", 10_u32), "10 个工作日");
    }
}
