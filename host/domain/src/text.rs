//! Texts in the platform's languages: Chinese always, English where somebody wrote it.

use serde::{Deserialize, Serialize};

/// The language that a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Simplified Chinese, the platform's first language.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The BCP 47 tag for HTML's `lang` and HTTP's `Content-Language`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language of a tag or the short name `zh` or `en`; nothing where the platform does not speak it.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        match primary.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// A text that has its Chinese and may have its English.
///
/// In data files a plain string is a text in Chinese alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "TextForm")]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TextForm {
    Plain(String),
    Both(TextBoth),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextBoth {
    zh: String,
    en: Option<String>,
}

impl From<TextForm> for Text {
    fn from(form: TextForm) -> Self {
        match form {
            TextForm::Plain(zh) => Self { zh, en: None },
            TextForm::Both(TextBoth { zh, en }) => Self { zh, en },
        }
    }
}

impl Text {
    /// A text in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: Some(en.into()) }
    }

    /// A text in Chinese alone.
    pub fn zh(zh: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: None }
    }

    /// The text in this language, in Chinese where it is missing.
    pub fn in_language(&self, language: Language) -> &str {
        match (language, &self.en) {
            (Language::En, Some(en)) => en,
            _ => &self.zh,
        }
    }

    /// The longer of its languages, in characters.
    pub fn longest(&self) -> usize {
        let en = self.en.as_deref().map_or(0, |en| en.chars().count());
        self.zh.chars().count().max(en)
    }
}
