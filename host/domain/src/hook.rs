//! What passes between the case engine and plugins besides a plugin's own services: transitions that they observe or
//! advise on, offers of help, reminders, messages, and what they see of a case's file.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::law::LegalBasis;
use crate::text::Text;

/// A transition of a case, made or intended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitionMade {
    /// Case number 办件编号.
    pub case: String,
    /// Code of the item or id of the service.
    pub subject: String,
    /// The transition's id.
    pub transition: String,
    /// Where from.
    pub from: String,
    /// Where to.
    pub to: String,
}

/// The four ways of assistance 帮办代办 (article 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HelpKind {
    /// 全程帮办代办
    WholeCourse,
    /// 咨询、指导、协调
    Guidance,
    /// 陪同办理
    Accompanied,
    /// 代为办理
    OnBehalf,
}

/// Help that a plugin offers beside the host's own; free and voluntary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpOffer {
    /// Which way.
    pub kind: HelpKind,
    /// What it is called.
    pub title: Text,
    /// Why it is offered.
    pub reason: Text,
}

/// A reminder 提示 that a case needs (article 28).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// A template of the plugin's grant.
    pub template: String,
    /// When, quiet hours aside.
    pub at: Timestamp,
    /// The values of the template's places.
    pub values: Vec<(String, Text)>,
    /// Two with the same key are sent once: 1 to 64 characters, within the plugin in its district.
    pub key: String,
}

/// To whom a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipient {
    /// The case's applicant.
    Applicant,
    /// Who has the case in hand.
    Handler,
}

/// A message about a case, in a template's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Case number 办件编号.
    pub case: String,
    /// To whom.
    pub to: Recipient,
    /// A template of the plugin's grant.
    pub template: String,
    /// The values of the template's places.
    pub values: Vec<(String, Text)>,
    /// Two with the same key are sent once: 1 to 64 characters, within the plugin in its district.
    pub key: String,
}

/// What stands on the cover of a case's file 案卷.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseCover {
    /// Case number 办件编号.
    pub number: String,
    /// The service's id.
    pub service: String,
    /// The current state's id.
    pub state: String,
    /// When it was submitted.
    pub submitted: Timestamp,
    /// The last day of the promise.
    pub due: Option<Date>,
    /// Events so far.
    pub revision: u64,
}

/// One entry of a case's history as a plugin sees it: nobody's name is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseEntry {
    /// When.
    pub at: Timestamp,
    /// The transition.
    pub action: String,
    /// Out of which state; none for the first.
    pub from: Option<String>,
    /// Into which state.
    pub to: String,
    /// Why.
    pub reason: Option<Text>,
    /// On what basis.
    pub basis: Option<LegalBasis>,
}

/// One run of a timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// Its name in the manifest.
    pub timer: Slug,
    /// When it was due.
    pub due: Timestamp,
}
