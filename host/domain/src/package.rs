//! Plugin packages: the manifest `plugin.toml`, and the words for what a plugin answers and asks.
//!
//! Invariant: a parsed manifest has no unknown key, known extension points and capabilities, a purpose for each
//! capability, and settings whose defaults are of their kind.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::artifact::Artifact;
pub use crate::declared::Request;
use crate::declared::{self, Template, Timer};
use crate::district::Division;
use crate::form::Value;
use crate::law::Fen;
use crate::text::Text;

/// What a plugin may answer: the interfaces it exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtensionPoint {
    /// An industry's zone and its pages.
    Zones,
    /// Value-added services.
    Services,
    /// Matching policies, deciding claims.
    Policies,
    /// What an emergency changes.
    Emergencies,
    /// Who is offered which help.
    Assistance,
    /// Whom to tell what, when.
    Reminders,
    /// Observing and advising on cases.
    CaseHooks,
    /// Work at a time.
    Timers,
}

impl ExtensionPoint {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Zones,
        Self::Services,
        Self::Policies,
        Self::Emergencies,
        Self::Assistance,
        Self::Reminders,
        Self::CaseHooks,
        Self::Timers,
    ];

    /// The name of its interface in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zones => "zones",
            Self::Services => "services",
            Self::Policies => "policies",
            Self::Emergencies => "emergencies",
            Self::Assistance => "assistance",
            Self::Reminders => "reminders",
            Self::CaseHooks => "case-hooks",
            Self::Timers => "timers",
        }
    }

    /// The extension point of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.name() == name)
    }
}

/// What a plugin may ask: the interfaces it imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Lines for its log; always granted.
    Log,
    /// What the district set; always granted.
    Settings,
    /// Its own key-value space.
    Storage,
    /// The district's items.
    Catalog,
    /// Working days.
    Calendar,
    /// Its own cases.
    CaseFiles,
    /// Facts about the applicant.
    Applicants,
    /// Published policies.
    PolicyLibrary,
    /// Messages to applicant and staff.
    Notify,
    /// Requests to hosts that are granted.
    Http,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Log,
        Self::Settings,
        Self::Storage,
        Self::Catalog,
        Self::Calendar,
        Self::CaseFiles,
        Self::Applicants,
        Self::PolicyLibrary,
        Self::Notify,
        Self::Http,
    ];

    /// The name of its interface in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Settings => "settings",
            Self::Storage => "storage",
            Self::Catalog => "catalog",
            Self::Calendar => "calendar",
            Self::CaseFiles => "case-files",
            Self::Applicants => "applicants",
            Self::PolicyLibrary => "policy-library",
            Self::Notify => "notify",
            Self::Http => "http",
        }
    }

    /// The capability of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }

    /// Whether every plugin has it without asking.
    pub const fn always_granted(self) -> bool {
        matches!(self, Self::Log | Self::Settings)
    }
}

/// The version of the contract that a plugin was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContractVersion {
    /// A folder of `wit/`.
    pub major: u32,
    /// Only additions.
    pub minor: u32,
}

/// The newest contract that this host answers.
pub const CONTRACT: ContractVersion = ContractVersion { major: 1, minor: 0 };

impl std::fmt::Display for ContractVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl<'de> Deserialize<'de> for ContractVersion {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let version = text
            .split_once('.')
            .and_then(|(major, minor)| Some(Self { major: major.parse().ok()?, minor: minor.parse().ok()? }));
        version.ok_or_else(|| serde::de::Error::custom(format!("“{text}” is no contract version: e.g. \"1.0\"")))
    }
}

/// Limits of one call that a plugin asks for; what it does not say is the host's default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LimitsAsked {
    /// Linear memory, bytes.
    pub memory: Option<u64>,
    /// The whole call, milliseconds.
    pub time: Option<u64>,
    /// Answer, bytes.
    pub output: Option<u64>,
    /// Lines of log.
    pub log_lines: Option<u32>,
    /// Calls of capabilities.
    pub capability_calls: Option<u32>,
}

/// Limits of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// All linear memories together, bytes.
    pub memory: u64,
    /// Elements of all tables together.
    pub table_elements: u64,
    /// Core instances in one component.
    pub instances: u32,
    /// The whole call, host calls included.
    pub time: Duration,
    /// Answer, bytes of its texts and lists.
    pub output: u64,
    /// Lines of log; more are dropped and counted.
    pub log_lines: u32,
    /// Calls of capabilities.
    pub capability_calls: u32,
}

impl Limits {
    /// What a plugin has that asks for nothing.
    pub const DEFAULT: Self = Self {
        memory: 32 << 20,
        table_elements: 20_000,
        instances: 64,
        time: Duration::from_millis(500),
        output: 512 << 10,
        log_lines: 100,
        capability_calls: 500,
    };

    /// The most that a city grants without saying so.
    pub const MOST: Self = Self {
        memory: 64 << 20,
        table_elements: 20_000,
        instances: 64,
        time: Duration::from_secs(2),
        output: 1 << 20,
        log_lines: 1_000,
        capability_calls: 5_000,
    };

    /// What is granted of what is asked: never more than [`Limits::MOST`].
    pub fn granted(asked: LimitsAsked) -> Self {
        let (default, most) = (Self::DEFAULT, Self::MOST);
        Self {
            memory: asked.memory.unwrap_or(default.memory).min(most.memory),
            time: asked.time.map_or(default.time, Duration::from_millis).min(most.time),
            output: asked.output.unwrap_or(default.output).min(most.output),
            log_lines: asked.log_lines.unwrap_or(default.log_lines).min(most.log_lines),
            capability_calls: asked.capability_calls.unwrap_or(default.capability_calls).min(most.capability_calls),
            ..default
        }
    }
}

/// The kind of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingKind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A decimal number, as text in the manifest.
    Decimal,
    /// true or false.
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
    /// Fen.
    Money,
    /// A list of texts.
    Options,
}

/// One setting that a district may change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// What it is.
    pub title: Text,
    /// What it takes.
    pub kind: SettingKind,
    /// What holds where the district says nothing.
    pub default: Option<toml::Value>,
}

/// What a page shows where the plugin can't answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    /// In plain words.
    pub text: Text,
    /// Telephone.
    pub telephone: Option<String>,
    /// Address.
    pub address: Option<Text>,
    /// Opening hours.
    pub hours: Option<Text>,
}

/// `plugin.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Reverse domain name, at most 100 of `a-z`, `0-9`, `.` and `-`.
    pub id: String,
    /// Semantic version.
    pub version: String,
    /// The contract it was written for.
    pub contract: ContractVersion,
    /// Its name.
    pub title: Text,
    /// What it does.
    pub summary: Option<Text>,
    /// Who publishes it.
    pub publisher: Text,
    /// The districts that it is written for; empty for any.
    #[serde(default)]
    pub districts: Vec<Division>,
    /// What it answers.
    pub points: Vec<ExtensionPoint>,
    /// What it asks.
    #[serde(default)]
    pub capabilities: BTreeMap<Capability, Request>,
    /// The limits it asks for.
    #[serde(default)]
    pub limits: LimitsAsked,
    /// What a district may set.
    #[serde(default)]
    pub settings: BTreeMap<String, Setting>,
    /// The wording of its messages and reminders, for the city to approve.
    #[serde(default)]
    pub templates: BTreeMap<String, Template>,
    /// When its timers are due.
    #[serde(default)]
    pub timers: BTreeMap<String, Timer>,
    /// What stands in for it.
    pub fallback: Option<Fallback>,
}

/// What is wrong with a manifest.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ManifestError {
    /// It can't be read; the message names line and key.
    #[error("plugin.toml: {0}")]
    Unreadable(String),
    /// A value is not what it should be.
    #[error("plugin.toml: {key}: {problem}")]
    Wrong {
        /// Which key.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
    /// It was written for a contract that this host does not answer.
    #[error(
        "plugin.toml: it needs contract {needed}, this host answers up to {CONTRACT}; upgrade the host or build against an older contract"
    )]
    NewerContract {
        /// What it needs.
        needed: ContractVersion,
    },
}

impl Manifest {
    /// Parses and checks a manifest.
    pub fn parse(source: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(source)
            .map_err(|error| ManifestError::Unreadable(error.to_string().trim_end().to_owned()))?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), ManifestError> {
        let wrong =
            |key: &str, problem: &str| Err(ManifestError::Wrong { key: key.to_owned(), problem: problem.to_owned() });
        let id_shape = self.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-');
        if !(3..=100).contains(&self.id.len()) || !id_shape || !self.id.contains('.') {
            return wrong(
                "id",
                "a reverse domain name such as cn.xuchang.yuzhou.porcelain, 3 to 100 of a-z, 0-9, . and -",
            );
        }
        let numbers = self.version.split(['-', '+']).next().unwrap_or_default();
        let semantic = numbers.split('.').count() == 3
            && numbers.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        if !semantic || self.version.len() > 50 {
            return wrong("version", "a semantic version such as 1.0.0");
        }
        if self.contract.major != CONTRACT.major || self.contract.minor > CONTRACT.minor {
            return Err(ManifestError::NewerContract { needed: self.contract });
        }
        if self.points.is_empty() {
            return wrong("points", "at least one extension point");
        }
        if self.title.longest() > 100 || self.title.zh.is_empty() {
            return wrong("title", "1 to 100 characters");
        }
        if self.settings.len() > 100 {
            return wrong("settings", "at most 100");
        }
        for (name, setting) in &self.settings {
            if let Some(default) = &setting.default {
                setting
                    .read(default)
                    .map_err(|problem| ManifestError::Wrong { key: format!("settings.{name}.default"), problem })?;
            }
        }
        for (capability, request) in &self.capabilities {
            let key = |part: &str| format!("capabilities.{}.{part}", capability.name());
            if request.quota.is_some() && !matches!(capability, Capability::Storage | Capability::Notify) {
                return wrong(&key("quota"), "only storage and notify have a quota");
            }
            if !request.fields.is_empty() && !matches!(capability, Capability::Applicants | Capability::CaseFiles) {
                return wrong(&key("fields"), "only applicants and case-files have fields");
            }
            declared::check_fields(capability.name(), &request.fields)
                .or_else(|(key, problem)| wrong(&key, &problem))?;
        }
        let declared = declared::check_templates(&self.templates).and_then(|()| declared::check_timers(&self.timers));
        declared.or_else(|(key, problem)| wrong(&key, &problem))?;
        if self.points.contains(&ExtensionPoint::Timers) == self.timers.is_empty() {
            return wrong("timers", "a plugin that answers timers declares at least one, and no other does");
        }
        Ok(())
    }

    /// The settings that hold where the district says nothing.
    pub fn defaults(&self) -> BTreeMap<String, Value> {
        self.settings
            .iter()
            .filter_map(|(name, setting)| {
                let default = setting.default.as_ref()?;
                Some((name.clone(), setting.read(default).ok()?))
            })
            .collect()
    }
}

impl Setting {
    /// The value as this setting's kind.
    pub fn read(&self, value: &toml::Value) -> Result<Value, String> {
        use toml::Value as Toml;
        let read = match (self.kind, value) {
            (SettingKind::Text, Toml::String(text)) => Value::Text(text.clone()),
            (SettingKind::Integer, Toml::Integer(number)) => Value::Integer(*number),
            (SettingKind::Decimal, Toml::String(number)) if number.parse::<f64>().is_ok_and(f64::is_finite) => {
                Value::Decimal(number.clone())
            }
            (SettingKind::Boolean, Toml::Boolean(yes)) => Value::Boolean(*yes),
            (SettingKind::Date, Toml::String(date)) => Value::Date(date.parse().map_err(|_| "no date".to_owned())?),
            (SettingKind::Date, Toml::Datetime(date)) => {
                Value::Date(date.to_string().parse().map_err(|_| "no date".to_owned())?)
            }
            (SettingKind::Money, Toml::Integer(fen)) => Value::Money(Fen(*fen)),
            (SettingKind::Options, Toml::Array(options)) => Value::Options(
                options
                    .iter()
                    .map(|option| option.as_str().map(ToOwned::to_owned).ok_or("a list of texts".to_owned()))
                    .collect::<Result<_, _>>()?,
            ),
            (kind, _) => return Err(format!("not of the kind {kind:?}")),
        };
        Ok(read)
    }
}

/// A package as it is kept: what the plugin says of itself, and its component.
#[derive(Debug, Clone)]
pub struct Package {
    /// What identifies it: its artifact's.
    pub digest: Digest,
    /// The manifest, read.
    pub manifest: Manifest,
    /// The manifest as it was written.
    pub source: String,
    /// The component.
    pub component: Arc<[u8]>,
    /// Since when this host has it.
    pub installed: Timestamp,
}

impl Package {
    /// Reads a package; the component is looked at when it is loaded.
    pub fn read(source: &str, component: impl Into<Arc<[u8]>>, installed: Timestamp) -> Result<Self, ManifestError> {
        let manifest = Manifest::parse(source)?;
        let component = component.into();
        let digest = Artifact::of(&manifest, source, &component).digest();
        Ok(Self { digest, manifest, source: source.to_owned(), component, installed })
    }

    /// As registries hold it.
    pub fn artifact(&self) -> Artifact {
        Artifact::of(&self.manifest, &self.source, &self.component)
    }
}

/// What identifies bytes: their SHA-256, as `sha256:` and hexadecimal where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// From hexadecimal, with or without `sha256:`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("sha256:").unwrap_or(text);
        let mut bytes = [0; 32];
        if hex.len() != 64 || !hex.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// From stored bytes; nothing where they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As hexadecimal.
    pub fn hex(&self) -> String {
        let halves = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        halves.filter_map(|half| char::from_digit(u32::from(half), 16)).collect()
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
id = "cn.example.porcelain"
version = "1.2.3"
contract = "1.0"
title = "钧瓷"
publisher = "禹州市"
points = ["zones"]

[capabilities.storage]
purpose = "计数"
quota = 1000

[settings.amount]
title = "金额"
kind = "money"
default = 5000000
"#;

    #[test]
    fn a_manifest_is_read_with_its_defaults() {
        let manifest = Manifest::parse(SOURCE).unwrap();
        assert_eq!(manifest.defaults()["amount"], Value::Money(Fen(5_000_000)));
        assert_eq!(manifest.capabilities[&Capability::Storage].quota, Some(1000));
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = Manifest::parse(&SOURCE.replace("version =", "versoin = \"1\"\nversion =")).unwrap_err();
        assert!(error.to_string().contains("versoin"), "{error}");
    }

    #[test]
    fn a_newer_contract_says_what_to_do() {
        let error = Manifest::parse(&SOURCE.replace("\"1.0\"", "\"1.7\"")).unwrap_err();
        assert!(error.to_string().contains("needs contract 1.7"), "{error}");
    }

    #[test]
    fn a_default_of_another_kind_is_refused_with_its_place() {
        let error = Manifest::parse(&SOURCE.replace("5000000", "\"much\"")).unwrap_err();
        assert!(error.to_string().contains("settings.amount.default"), "{error}");
    }

    #[test]
    fn nobody_is_granted_more_than_the_most() {
        let asked = LimitsAsked { memory: Some(u64::MAX), time: Some(60_000), ..LimitsAsked::default() };
        let granted = Limits::granted(asked);
        assert_eq!((granted.memory, granted.time), (Limits::MOST.memory, Limits::MOST.time));
    }

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let digest = Digest::of(b"lotus");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
    }
}
