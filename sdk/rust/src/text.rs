//! Texts: Chinese always, English where there is some.

use crate::types::Text;

impl Text {
    /// Both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: Some(en.into()) }
    }

    /// Chinese alone; the host shows it in every language.
    pub fn zh(zh: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: None }
    }

    /// The same in every language: numbers, names, codes.
    pub fn same(text: impl Into<String>) -> Self {
        let zh = text.into();
        Self { en: Some(zh.clone()), zh }
    }
}

impl<Z: Into<String>, E: Into<String>> From<(Z, E)> for Text {
    /// (Chinese, English).
    fn from((zh, en): (Z, E)) -> Self {
        Self::new(zh, en)
    }
}

impl From<&str> for Text {
    fn from(zh: &str) -> Self {
        Self::zh(zh)
    }
}

impl From<String> for Text {
    fn from(zh: String) -> Self {
        Self::zh(zh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_chinese_then_english() {
        assert_eq!(Text::from(("钧瓷", "Jun porcelain")).en.as_deref(), Some("Jun porcelain"));
        assert_eq!(Text::from("钧瓷").en, None);
    }
}
