//! Notices 提示 (article 28): what somebody is told, once, over which channels, and what became of it.
//!
//! A notice is made from an approved template with typed values, and holds its wording from then on: what was told never
//! changes. It is written in the same transaction as the event that causes it; what carries it comes later and may try
//! often. Invariant: one key of a division is one notice, whoever writes it and however often.

mod rule;
mod template;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::case::CaseNumber;
use crate::chain::Hash;
use crate::district::Division;
use crate::text::{Language, Text};

pub use rule::{Backoff, Preference, QuietHours, QuietTimes, TOPICS, Topic, Verdict, Withheld, topic};
pub use template::{NoticeError, Template, TemplateError, Templates, Value};

/// How long a notice is worth carrying, in hours, where nothing else is said.
pub const LIFE_HOURS: i64 = 7 * 24;
/// Longest key, in bytes.
const LONGEST_KEY: usize = 160;

/// What carries a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    /// 站内信: the portal's own, there as soon as the notice is.
    Inbox,
    /// 短信
    Sms,
    /// 语音电话
    Voice,
    /// 电子邮件
    Email,
}

impl ChannelKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Inbox, Self::Sms, Self::Voice, Self::Email];
    /// Those that have to be carried somewhere.
    pub const CARRIED: [Self; 3] = [Self::Sms, Self::Voice, Self::Email];

    /// For columns and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Email => "email",
        }
    }

    /// The channel of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Inbox => ("站内信", "Messages here"),
            Self::Sms => ("短信", "SMS"),
            Self::Voice => ("语音电话", "Telephone call"),
            Self::Email => ("电子邮件", "E-mail"),
        };
        Text::new(zh, en)
    }

    /// Makes a sound at somebody's bed: waits for the end of the quiet hours.
    pub const fn rings(self) -> bool {
        matches!(self, Self::Sms | Self::Voice)
    }
}

/// What a notice is about; what people turn off, they turn off by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 办件进度: a case has moved.
    Milestone,
    /// 补正告知: what is missing; the law says that the applicant is told (Administrative Licence Law, article 32).
    Correction,
    /// 办理决定: the decision is served.
    Decision,
    /// 预约: a booked time.
    Appointment,
    /// 证照到期
    Licence,
    /// 风险提示
    Risk,
    /// 政策推送
    Policy,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Milestone, Self::Correction, Self::Decision, Self::Appointment, Self::Licence, Self::Risk, Self::Policy];

    /// For columns and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Milestone => "milestone",
            Self::Correction => "correction",
            Self::Decision => "decision",
            Self::Appointment => "appointment",
            Self::Licence => "licence",
            Self::Risk => "risk",
            Self::Policy => "policy",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Milestone => ("办件进度", "Progress of cases"),
            Self::Correction => ("补正告知", "What has to be corrected"),
            Self::Decision => ("办理决定", "Decisions"),
            Self::Appointment => ("预约提醒", "Booked times"),
            Self::Licence => ("证照到期", "Licences about to expire"),
            Self::Risk => ("风险提示", "Warnings of risks"),
            Self::Policy => ("政策推送", "Policies for you"),
        };
        Text::new(zh, en)
    }

    /// Told in any case: the law says that it is served, so nobody can turn it off.
    pub const fn is_mandatory(self) -> bool {
        matches!(self, Self::Correction | Self::Decision)
    }
}

/// What makes one notice one: within a division, whoever writes the same key again tells nobody twice.
///
/// 1 to 160 of letters, digits and `-/._:`; says where it comes from, e.g. `case/4110…/3/applicant`, and names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoticeKey(String);

impl NoticeKey {
    /// Parses a key.
    pub fn parse(text: impl Into<String>) -> Result<Self, NoticeError> {
        let text = text.into();
        let shape = |b: u8| b.is_ascii_alphanumeric() || b"-/._:".contains(&b);
        if !text.is_empty() && text.len() <= LONGEST_KEY && text.bytes().all(shape) {
            Ok(Self(text))
        } else {
            Err(NoticeError::Key(text))
        }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for NoticeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where somebody can be reached. Sensitive: stored sealed, shown nowhere.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Telephone, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let has = |there: &Option<String>| if there.is_some() { "…" } else { "none" };
        write!(f, "Contact(telephone {}, e-mail {})", has(&self.telephone), has(&self.email))
    }
}

impl Contact {
    /// What a channel is told to reach: a telephone number of 5 to 20 digits (a leading `+` kept, spaces and hyphens
    /// dropped), or an address with one `@` and no space. Nothing where it is not there or can't be one.
    pub fn address(&self, channel: ChannelKind) -> Option<String> {
        match channel {
            ChannelKind::Inbox => None,
            ChannelKind::Sms | ChannelKind::Voice => self.telephone.as_deref().and_then(telephone),
            ChannelKind::Email => self.email.as_deref().and_then(email),
        }
    }
}

/// A telephone number as a gateway takes it.
fn telephone(text: &str) -> Option<String> {
    let plain: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    let shape = (5..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    shape.then_some(plain)
}

/// An e-mail address, by what it can't be: whether it is one, its server says.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (name, host) = text.rsplit_once('@')?;
    let ends = |part: &str| part.starts_with('.') || part.ends_with('.') || part.is_empty();
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>,;:\"\\()[]@".contains(c);
    let shape = text.len() <= 254 && !ends(name) && !ends(host) && host.contains('.') && !name.contains(odd);
    (shape && !host.contains(odd)).then(|| text.to_owned())
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipient {
    /// An account: reached as its profile and its own choices say, and in its inbox.
    Account(AccountId),
    /// Somebody without an account, by what was given with a case or a licence.
    Contact(Contact),
}

/// Something that somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// In whose name.
    pub division: Division,
    /// What makes it one.
    pub key: NoticeKey,
    /// Who is told.
    pub to: Recipient,
    /// What it is about.
    pub kind: Kind,
    /// The template that its wording came from.
    pub template: String,
    /// Its headline, without a line break.
    pub title: Text,
    /// What it says.
    pub body: Text,
    /// Over which channels; the inbox only where there is an account.
    pub channels: Vec<ChannelKind>,
    /// The case that it is about.
    pub case: Option<CaseNumber>,
    /// Told in quiet hours too.
    pub urgent: bool,
    /// When it was made; whole milliseconds.
    pub created: Timestamp,
    /// Not carried before.
    pub not_before: Timestamp,
    /// Not carried from then on: it would be no news any more.
    pub until: Timestamp,
}

impl Notice {
    /// Not carried before this moment.
    pub fn not_before(self, not_before: Timestamp) -> Self {
        Self { not_before, ..self }
    }

    /// About this case.
    pub fn about(self, case: &CaseNumber) -> Self {
        Self { case: Some(case.clone()), ..self }
    }

    /// Told in quiet hours too.
    pub fn urgent(self) -> Self {
        Self { urgent: true, ..self }
    }

    /// The channels that it has to be carried over.
    pub fn carried(&self) -> impl Iterator<Item = ChannelKind> + '_ {
        ChannelKind::CARRIED.into_iter().filter(|channel| self.channels.contains(channel))
    }

    /// The account in whose inbox it lies.
    pub fn inbox(&self) -> Option<&AccountId> {
        match &self.to {
            Recipient::Account(account) if self.channels.contains(&ChannelKind::Inbox) => Some(account),
            _ => None,
        }
    }
}

/// What a notice is called outside, over one channel: tells nothing of its key. The gateway's own idempotency key.
pub fn reference(division: &Division, key: &NoticeKey, channel: ChannelKind) -> Hash {
    Hash::of(format!("lotus notice\0{division}\0{key}\0{}", channel.name()).as_bytes())
}

/// A notice over one channel that is to be carried now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// In whose name.
    pub division: Division,
    /// What makes it one.
    pub key: NoticeKey,
    /// Over what.
    pub channel: ChannelKind,
    /// What it is called outside.
    pub reference: Hash,
    /// What it is about.
    pub kind: Kind,
    /// Who is told.
    pub to: Recipient,
    /// Its headline.
    pub title: Text,
    /// What it says.
    pub body: Text,
    /// Told in quiet hours too.
    pub urgent: bool,
    /// Which try this is, from 1.
    pub attempt: u32,
}

/// How it stands with a notice over a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// To be carried.
    Waiting,
    /// The channel has taken it.
    Sent,
    /// A receipt says that it arrived.
    Delivered,
    /// The channel, or a receipt, says that it can't arrive.
    Undeliverable,
    /// Tried as often as it may be.
    Dead,
    /// Not sent: turned off, or nowhere to send it to.
    Withheld,
    /// Its time was over before it could be sent.
    Over,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Waiting, Self::Sent, Self::Delivered, Self::Undeliverable, Self::Dead, Self::Withheld, Self::Over];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undeliverable => "undeliverable",
            Self::Dead => "dead",
            Self::Withheld => "withheld",
            Self::Over => "over",
        }
    }

    /// The standing of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Waiting => ("待发送", "Waiting"),
            Self::Sent => ("已发送", "Sent"),
            Self::Delivered => ("已送达", "Delivered"),
            Self::Undeliverable => ("无法送达", "Can't be delivered"),
            Self::Dead => ("多次失败", "Failed too often"),
            Self::Withheld => ("未发送", "Not sent"),
            Self::Over => ("已过时", "Too late"),
        };
        Text::new(zh, en)
    }
}

/// A message in somebody's inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// In whose name.
    pub division: Division,
    /// What makes it one.
    pub key: NoticeKey,
    /// What it is about.
    pub kind: Kind,
    /// Its headline.
    pub title: Text,
    /// What it says.
    pub body: Text,
    /// The case that it is about.
    pub case: Option<CaseNumber>,
    /// When it came.
    pub created: Timestamp,
    /// When it was read.
    pub read: Option<Timestamp>,
    /// How it stands with the channels that it was carried over.
    pub carried: Vec<(ChannelKind, Standing)>,
}

impl Message {
    /// Its text in a language.
    pub fn says(&self, language: Language) -> &str {
        self.body.in_language(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_and_an_address_are_taken_as_they_can_be_reached_and_else_not_at_all() {
        let contact =
            |telephone: &str, email: &str| Contact { telephone: Some(telephone.into()), email: Some(email.into()) };
        let good = contact(" 0374-8000 000", " a.b@example.cn ");
        assert_eq!(good.address(ChannelKind::Sms).as_deref(), Some("03748000000"));
        assert_eq!(good.address(ChannelKind::Email).as_deref(), Some("a.b@example.cn"));
        for bad in ["", "1", "not a number", "13800000000;rm", "139\r\n0000", "１３８００００００００"] {
            assert_eq!(contact(bad, "").address(ChannelKind::Voice), None, "{bad}");
        }
        for bad in ["", "a", "a@b", "@b.cn", "a@.cn", "a b@c.cn", "a@b.cn\r\nBcc: x@y.cn", "<a@b.cn>", "a@b@c.cn"] {
            assert_eq!(email(bad), None, "{bad}");
        }
        assert!(!format!("{good:?}").contains("8000"));
    }

    #[test]
    fn a_key_names_nobody_by_mistake_and_each_channel_has_a_name_of_its_own_outside() {
        assert!(NoticeKey::parse("case/411081202603012900000000A/3/applicant").is_ok());
        for bad in ["", "李莲花", "a b", &"x".repeat(161)] {
            assert!(NoticeKey::parse(bad).is_err(), "{bad}");
        }
        let division = Division::parse("411081").unwrap();
        let key = NoticeKey::parse("k").unwrap();
        assert_ne!(reference(&division, &key, ChannelKind::Sms), reference(&division, &key, ChannelKind::Voice));
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        assert!(ChannelKind::ALL.into_iter().all(|one| ChannelKind::parse(one.name()) == Some(one)));
        assert!(Kind::ALL.into_iter().all(|one| Kind::parse(one.name()) == Some(one)));
        assert!(Standing::ALL.into_iter().all(|one| Standing::parse(one.name()) == Some(one)));
    }
}
