//! Warnings of risks 风险提示 (article 28): written by an officer to the holders of a kind of licence, or to all who
//! subscribed to a topic.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::district::Division;
use crate::notice::topic;

/// Longest headline and text, in characters: as the template takes them whole.
pub const LONGEST_TITLE: usize = 30;
/// Longest text, in characters.
pub const LONGEST_TEXT: usize = 180;

/// Who is warned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Whoever holds a licence of this kind that is not over.
    Holders(Slug),
    /// Whoever subscribed to this topic.
    Subscribers(Slug),
}

impl Audience {
    /// For columns, forms and the audit chain.
    pub fn name(&self) -> String {
        match self {
            Self::Holders(kind) => format!("holders/{kind}"),
            Self::Subscribers(topic) => format!("subscribers/{topic}"),
        }
    }

    /// The audience of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let (which, of) = name.split_once('/')?;
        let of = Slug::parse(of).ok()?;
        match which {
            "holders" => Some(Self::Holders(of)),
            "subscribers" if topic(of.as_str()).is_some() => Some(Self::Subscribers(of)),
            _ => None,
        }
    }
}

/// A warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// In whose name.
    pub division: Division,
    /// What the platform calls it.
    pub id: Slug,
    /// Who is warned.
    pub audience: Audience,
    /// Its headline.
    pub title: String,
    /// What it says.
    pub text: String,
    /// Told in quiet hours too.
    pub urgent: bool,
    /// Whoever is told is to say that it has arrived: a case of the kind `receipt` begins for each account.
    #[serde(default)]
    pub receipt: bool,
    /// The account that wrote it.
    pub by: String,
    /// When; whole milliseconds.
    pub at: Timestamp,
}

/// What is wrong with a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WarningError {
    /// No headline, or too long a one.
    #[error("a headline of 1 to {LONGEST_TITLE} characters is needed")]
    Title,
    /// No text, or too long a one.
    #[error("a text of 1 to {LONGEST_TEXT} characters is needed")]
    Text,
    /// An address in it: what is sent in the city's name leads nowhere else.
    #[error("a warning holds no address of a web page: people are told not to follow such links")]
    Link,
}

impl Warning {
    /// Checks what the types alone can't.
    pub fn check(&self) -> Result<(), WarningError> {
        let within = |text: &str, longest| (1..=longest).contains(&text.trim().chars().count());
        if !within(&self.title, LONGEST_TITLE) {
            return Err(WarningError::Title);
        }
        if !within(&self.text, LONGEST_TEXT) {
            return Err(WarningError::Text);
        }
        let links =
            |text: &str| ["http:", "https:", "www."].iter().any(|start| text.to_ascii_lowercase().contains(start));
        if links(&self.title) || links(&self.text) { Err(WarningError::Link) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_short_and_leads_nowhere_else() {
        let good = Warning {
            division: Division::parse("411081").unwrap(),
            id: Slug::parse("w1").unwrap(),
            audience: Audience::parse("subscribers/flood").unwrap(),
            title: "暴雨".into(),
            text: "请远离河道。".into(),
            urgent: true,
            receipt: false,
            by: "a".into(),
            at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(good.check(), Ok(()));
        assert_eq!(Warning { title: " ".into(), ..good.clone() }.check(), Err(WarningError::Title));
        assert_eq!(Warning { text: "水".repeat(181), ..good.clone() }.check(), Err(WarningError::Text));
        assert_eq!(Warning { text: "见 HTTPS://x.cn".into(), ..good }.check(), Err(WarningError::Link));
    }

    #[test]
    fn an_audience_is_read_as_it_is_written() {
        for name in ["holders/food-licence", "subscribers/flood"] {
            assert_eq!(Audience::parse(name).unwrap().name(), name);
        }
        for bad in ["", "holders/", "subscribers/nothing", "all/x", "holders/X"] {
            assert_eq!(Audience::parse(bad), None, "{bad}");
        }
    }
}
