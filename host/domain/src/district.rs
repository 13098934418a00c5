//! Districts 区县: the tenants. Each is named by its division code and has its own portal.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// Division code 行政区划代码, 6 to 9 digits (GB/T 2260; a city may add codes of its own for its zones).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Division(String);

/// A text that is no division code.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("“{0}” is no division code: 6 to 9 digits")]
pub struct NotADivision(String);

impl Division {
    /// Parses a code.
    pub fn parse(code: impl Into<String>) -> Result<Self, NotADivision> {
        let code = code.into();
        if (6..=9).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(code))
        } else {
            Err(NotADivision(code))
        }
    }

    /// The code's digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Division {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Division {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A colour as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Colour(String);

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(serde::de::Error::custom(format!("“{text}” is no colour: #rrggbb")))
        }
    }
}

impl Colour {
    /// As CSS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    pub fn luminance(&self) -> f64 {
        let channel = |at: usize| {
            let byte = self.0.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    /// Contrast with white, 1 to 21; text on this colour needs 4.5 (WCAG 2.2, AA).
    pub fn contrast_with_white(&self) -> f64 {
        1.05 / (self.luminance() + 0.05)
    }
}

/// What a district's pages look like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Headings, links and buttons; white text stands on it, so its contrast with white is at least 4.5.
    pub primary: Colour,
    /// A lighter companion for grounds and borders.
    pub accent: Colour,
}

/// A notice 公告 on a district's home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its headline.
    pub title: Text,
    /// Plain text.
    pub body: Text,
    /// Day of publication.
    pub published: jiff::civil::Date,
}

/// Where and when the district's hall is open: what a page falls back to when nothing else works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hall {
    /// Postal address.
    pub address: Text,
    /// Opening hours.
    pub hours: Text,
    /// Advice telephone.
    pub telephone: String,
    /// Supervision telephone.
    pub supervision: String,
}

/// Where whoever doesn't accept a decision can go: a refusal names both (Administrative Licence Law, article 38).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedies {
    /// The authority for reconsideration 行政复议机关, in Chinese, e.g. 禹州市人民政府.
    pub reconsideration: String,
    /// The court, in Chinese.
    pub court: String,
}

/// A tenant: the city itself or one of its districts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct District {
    /// Its code.
    pub division: Division,
    /// Its name, e.g. 禹州市.
    pub name: Text,
    /// What it is known for, one sentence.
    pub motto: Text,
    /// The city's own tenant, whose items are open to everybody.
    #[serde(default)]
    pub is_city: bool,
    /// Its look.
    pub theme: Theme,
    /// Its hall.
    pub hall: Hall,
    /// Where its decisions are looked at again; what the law says in general where it names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedies: Option<Remedies>,
    /// Its notices, newest first.
    #[serde(default)]
    pub notices: Vec<Notice>,
}

/// What is wrong with a district's data.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum DistrictError {
    /// White text on the primary colour can't be read well enough.
    #[error("{division}: white on the primary colour {colour} has a contrast of {contrast:.2}; at least 4.5 is needed")]
    Contrast {
        /// Which district.
        division: Division,
        /// Which colour.
        colour: String,
        /// What it has.
        contrast: f64,
    },
}

impl District {
    /// Checks what the types alone can't.
    pub fn check(&self) -> Result<(), DistrictError> {
        let contrast = self.theme.primary.contrast_with_white();
        if contrast < 4.5 {
            return Err(DistrictError::Contrast {
                division: self.division.clone(),
                colour: self.theme.primary.as_str().to_owned(),
                contrast,
            });
        }
        Ok(())
    }
}
