//! Approved wording 短信模板: templates in both languages as data, their placeholders checked when they are loaded.
//!
//! A placeholder is `{name}`; which there are and of what type stands beside the wording. Invariant: a loaded template
//! has every declared value in each language at least once in title or body, and no other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{ChannelKind, Kind, LIFE_HOURS, Notice, NoticeKey, Recipient};
use crate::district::Division;
use crate::law::Fen;
use crate::text::{Language, Text};

/// The wordings that the platform comes with.
const SHIPPED: &str = include_str!("templates.toml");
/// Longest text of a value, in characters, where its declaration says nothing.
const LONGEST_TEXT: usize = 60;
/// Longest wording that a template may come to, in characters: four parts of an SMS (GSM 03.38, UCS-2: 67 each).
const LONGEST_BODY: usize = 268;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ValueKind {
    Text,
    Day,
    Moment,
    Count,
    Money,
}

/// A value that a template is filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Words; bounded and freed of control characters when filled in.
    Text(Text),
    /// A day.
    Day(Date),
    /// A moment, shown in the city's zone.
    Moment(Timestamp),
    /// How many.
    Count(i64),
    /// An amount.
    Money(Fen),
}

impl Value {
    /// Words that are the same in both languages, such as a number or a name.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text(Text::zh(text))
    }

    const fn kind(&self) -> ValueKind {
        match self {
            Self::Text(_) => ValueKind::Text,
            Self::Day(_) => ValueKind::Day,
            Self::Moment(_) => ValueKind::Moment,
            Self::Count(_) => ValueKind::Count,
            Self::Money(_) => ValueKind::Money,
        }
    }

    fn say(&self, language: Language, zone: &TimeZone, longest: usize) -> String {
        match (self, language) {
            (Self::Text(text), _) => bounded(text.in_language(language), longest),
            (Self::Day(day), Language::Zh) => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            (Self::Day(day), Language::En) => day.to_string(),
            (Self::Moment(at), Language::Zh) => {
                let at = zone.to_datetime(*at);
                format!("{}年{}月{}日{:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute())
            }
            (Self::Moment(at), Language::En) => {
                let at = zone.to_datetime(*at);
                format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
            }
            (Self::Count(count), _) => count.to_string(),
            (Self::Money(fen), Language::Zh) => format!("{fen}元"),
            (Self::Money(fen), Language::En) => format!("{fen} yuan"),
        }
    }
}

/// One line of at most so many characters; what is longer ends in `…`.
fn bounded(text: &str, longest: usize) -> String {
    let plain = |c: char| if c.is_control() || c.is_whitespace() { ' ' } else { c };
    let words: String = text.trim().chars().map(plain).collect();
    if words.chars().count() <= longest {
        return words;
    }
    words.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    name: String,
    #[serde(rename = "type")]
    kind: ValueKind,
    longest: Option<usize>,
}

/// Who let a wording be used, and when.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approved {
    by: String,
    on: String,
}

/// An approved wording.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What it is called.
    id: String,
    kind: Kind,
    approved: Approved,
    channels: Vec<ChannelKind>,
    #[serde(default)]
    values: Vec<Declared>,
    title: Text,
    body: Text,
}

/// What is wrong with templates.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TemplateError {
    /// No TOML, or not of the shape.
    #[error("{0}")]
    Toml(String),
    /// Two of one id.
    #[error("the template {0} stands twice")]
    Twice(String),
    /// A placeholder that no value is declared for, or the other way round.
    #[error("the template {template}: {language} {problem} {{{name}}}")]
    Placeholder {
        /// Which template.
        template: String,
        /// In which language.
        language: &'static str,
        /// The name that is not right.
        name: String,
        /// What is not right with it.
        problem: &'static str,
    },
    /// Anything else that it must have.
    #[error("the template {0}: {1}")]
    Rule(String, &'static str),
}

/// Why a notice can't be made.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum NoticeError {
    /// There is no such template.
    #[error("there is no template {0}")]
    NoTemplate(String),
    /// A value that the template needs is not given, is of another type, or has no place in it.
    #[error("the template {0} can't be filled: the value {1} {2}")]
    Value(String, String, &'static str),
    /// A key that can't be one.
    #[error("“{0}” is no key of a notice")]
    Key(String),
}

/// The placeholders of a wording, and whether its braces are whole.
fn placeholders(text: &str) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        if before.contains('}') || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') || name.is_empty() {
            return None;
        }
        names.insert(name.to_owned());
        rest = after;
    }
    (!rest.contains('}')).then_some(names)
}

/// A wording with its placeholders filled, in one pass: what a value says is never read as a placeholder.
fn filled(text: &str, said: &BTreeMap<&str, String>) -> String {
    let mut whole = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        whole.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        whole.push_str(said.get(name).map_or("", String::as_str));
        rest = after;
    }
    whole + rest
}

impl Template {
    fn check(&self) -> Result<(), TemplateError> {
        let rule = |problem| Err(TemplateError::Rule(self.id.clone(), problem));
        if crate::Slug::parse(self.id.as_str()).is_err() {
            return rule("its id is none");
        }
        if self.approved.by.trim().is_empty() || self.approved.on.parse::<Date>().is_err() {
            return rule("nobody is named who approved it, or no day");
        }
        if self.channels.is_empty() || self.title.en.is_none() || self.body.en.is_none() {
            return rule("it needs a channel, and its wording in both languages");
        }
        if self.title.longest() > 40 || self.body.longest() > LONGEST_BODY {
            return rule("its title or body is too long");
        }
        let declared: BTreeSet<String> = self.values.iter().map(|value| value.name.clone()).collect();
        if declared.len() != self.values.len() {
            return rule("a value is declared twice");
        }
        for (language, name) in [(Language::Zh, "zh"), (Language::En, "en")] {
            let whole = format!("{}\n{}", self.title.in_language(language), self.body.in_language(language));
            let Some(used) = placeholders(&whole) else { return rule("its braces are not whole") };
            let wrong = |name_of: &String, problem| TemplateError::Placeholder {
                template: self.id.clone(),
                language: name,
                name: name_of.clone(),
                problem,
            };
            if let Some(unknown) = used.difference(&declared).next() {
                return Err(wrong(unknown, "has no declared value for"));
            }
            if let Some(unused) = declared.difference(&used).next() {
                return Err(wrong(unused, "never says"));
            }
        }
        Ok(())
    }

    /// What it is about.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its wording with these values.
    fn fill(&self, values: &[(&str, Value)], zone: &TimeZone) -> Result<(Text, Text), NoticeError> {
        let wrong = |name: &str, problem| NoticeError::Value(self.id.clone(), name.to_owned(), problem);
        if let Some((name, _)) = values.iter().find(|(name, _)| !self.values.iter().any(|value| value.name == *name)) {
            return Err(wrong(name, "has no place in it"));
        }
        let mut said = [BTreeMap::new(), BTreeMap::new()];
        for declared in &self.values {
            let given = values.iter().find(|(name, _)| *name == declared.name);
            let (_, value) = given.ok_or_else(|| wrong(&declared.name, "is not given"))?;
            if value.kind() != declared.kind {
                return Err(wrong(&declared.name, "is of another type"));
            }
            let longest = declared.longest.unwrap_or(LONGEST_TEXT);
            for (said, language) in said.iter_mut().zip([Language::Zh, Language::En]) {
                said.insert(declared.name.as_str(), value.say(language, zone, longest));
            }
        }
        let [zh, en] = said;
        let in_both = |text: &Text| Text::new(filled(&text.zh, &zh), filled(text.in_language(Language::En), &en));
        Ok((in_both(&self.title), in_both(&self.body)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    template: Vec<Template>,
}

/// The wordings that may be used.
#[derive(Debug, Clone)]
pub struct Templates(BTreeMap<String, Template>);

impl Templates {
    /// Reads and checks templates from TOML.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let file: File = toml::from_str(text).map_err(|error| TemplateError::Toml(error.to_string()))?;
        let mut templates = BTreeMap::new();
        for template in file.template {
            template.check()?;
            let id = template.id.clone();
            if templates.insert(id.clone(), template).is_some() {
                return Err(TemplateError::Twice(id));
            }
        }
        Ok(Self(templates))
    }

    /// The wordings that the platform comes with.
    pub fn shipped() -> Result<Self, TemplateError> {
        Self::parse(SHIPPED)
    }

    /// The template of this id.
    pub fn get(&self, id: &str) -> Option<&Template> {
        self.0.get(id)
    }

    /// Makes a notice: the one way to come to one. `now` in whole milliseconds; `zone` is the city's.
    #[allow(clippy::too_many_arguments, reason = "each is a thing of its own, and none has a default")]
    pub fn notice(
        &self,
        template: &str,
        values: &[(&str, Value)],
        division: &Division,
        key: NoticeKey,
        to: Recipient,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Notice, NoticeError> {
        let template = self.get(template).ok_or_else(|| NoticeError::NoTemplate(template.to_owned()))?;
        let (title, body) = template.fill(values, zone)?;
        let life = jiff::SignedDuration::from_hours(LIFE_HOURS);
        Ok(Notice {
            division: division.clone(),
            key,
            to,
            kind: template.kind,
            template: template.id.clone(),
            title,
            body,
            channels: template.channels.clone(),
            case: None,
            urgent: false,
            created: now,
            not_before: now,
            until: now.checked_add(life).unwrap_or(Timestamp::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const ONE: &str = r#"
        [[template]]
        id = "one"
        kind = "licence"
        approved = { by = "市局", on = "2026-01-01" }
        channels = ["inbox", "sms"]
        values = [{ name = "what", type = "text", longest = 6 }, { name = "day", type = "day" }]
        title = { zh = "{what}到期", en = "{what} expires" }
        body = { zh = "{what}于{day}到期。", en = "{what} expires on {day}." }
    "#;

    fn made(values: &[(&str, Value)]) -> Result<Notice, NoticeError> {
        let templates = Templates::parse(ONE).unwrap();
        let to = Recipient::Contact(crate::notice::Contact::default());
        let (division, key) = (Division::parse("411081").unwrap(), NoticeKey::parse("k").unwrap());
        templates.notice("one", values, &division, key, to, Timestamp::UNIX_EPOCH, &TimeZone::UTC)
    }

    #[test]
    fn the_shipped_wordings_are_whole() {
        assert!(Templates::shipped().unwrap().get("licence-expires").is_some());
    }

    #[test]
    fn a_wording_is_filled_in_both_languages() {
        let what = Value::Text(Text::new("食品许可", "Food"));
        let notice = made(&[("what", what), ("day", Value::Day(date(2026, 3, 1)))]).unwrap();
        assert_eq!(notice.body.zh, "食品许可于2026年3月1日到期。");
        assert_eq!(notice.body.in_language(Language::En), "Food expires on 2026-03-01.");
    }

    #[test]
    fn a_template_that_can_not_be_filled_is_refused_when_it_is_loaded() {
        let refused = |from: &str, to: &str| Templates::parse(&ONE.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(refused("于{day}到", "到").contains("{day}"), "a value that one language never says");
        assert!(refused("on {day}", "on {date}").contains("{date}"), "a placeholder without a value");
        assert!(refused("{what}于", "{what于").contains("braces"));
        assert!(refused("\"2026-01-01\"", "\"soon\"").contains("approved"));
        assert!(refused(", en = \"{what} expires\" }", " }").contains("both languages"));
        assert!(refused("channels = [\"inbox\", \"sms\"]", "channels = []").contains("channel"));
        assert!(Templates::parse(&ONE.repeat(2)).is_err(), "twice");
    }

    #[test]
    fn values_that_do_not_fit_are_named() {
        let what = || ("what", Value::plain("x"));
        let wrong = |values: &[(&str, Value)]| made(values).unwrap_err().to_string();
        assert!(wrong(&[what()]).contains("day is not given"));
        assert!(wrong(&[what(), ("day", Value::Count(1))]).contains("another type"));
        assert!(wrong(&[what(), ("day", Value::Day(date(2026, 1, 1))), ("more", Value::Count(1))]).contains("more"));
    }

    proptest! {
        #[test]
        fn what_a_value_says_is_one_bounded_line_and_never_a_placeholder(text in ".*") {
            let notice = made(&[("what", Value::plain(format!("{text}{{day}}"))), ("day", Value::Day(date(2026, 3, 1)))]);
            let notice = notice.unwrap();
            prop_assert!(!notice.title.zh.contains(['\n', '\r', '\0']));
            prop_assert!(notice.title.zh.chars().count() <= 8);
            prop_assert_eq!(notice.body.zh.matches("2026").count(), 1);
        }
    }
}
