//! Accounts 账号: people as their identity provider knows them, for whom they act, and how they are signed in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Deed;
use crate::chain::Hash;
use crate::district::Division;

/// What an account is called inside the platform: random, tells nothing about the person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub String);

impl std::fmt::Display for AccountId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the provider says of a person. Sensitive: stored sealed, shown masked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// 姓名
    pub name: String,
    /// 公民身份号码, where the provider gives it.
    pub identity_number: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Profile({})", self.masked_name())
    }
}

impl Profile {
    /// The family name and a star for each further character: 李**.
    pub fn masked_name(&self) -> String {
        let mut characters = self.name.chars();
        let first: String = characters.next().into_iter().collect();
        first + &"*".repeat(characters.count())
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Which provider knows it.
    pub provider: String,
    /// Who it is.
    pub profile: Profile,
    /// Since when.
    pub created: Timestamp,
}

/// By what right somebody acts for an enterprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MandateKind {
    /// 法定代表人
    LegalRepresentative,
    /// 授权经办人
    Agent,
}

/// A mandate 授权 to act for an enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// The enterprise's name.
    pub enterprise: String,
    /// Its unified social credit code.
    pub credit_code: String,
    /// By what right.
    pub kind: MandateKind,
    /// Until when; an agent's always has an end.
    pub until: Option<Timestamp>,
}

impl Mandate {
    /// Whether it holds at this moment.
    pub fn holds(&self, now: Timestamp) -> bool {
        match (self.kind, self.until) {
            (_, Some(until)) => now < until,
            (MandateKind::LegalRepresentative, None) => true,
            (MandateKind::Agent, None) => false,
        }
    }
}

/// A session 会话 as it is kept: its secret is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of the secret in the person's cookie.
    pub id: Hash,
    /// Whose.
    pub account: AccountId,
    /// Since when.
    pub created: Timestamp,
    /// When it was used last.
    pub seen: Timestamp,
    /// When it ends, used or not.
    pub ends: Timestamp,
    /// The second factor was given, by the provider or here.
    pub strong: bool,
    /// The credit code of the enterprise that is acted for.
    pub acting_for: Option<String>,
    /// What the browser calls itself, for its owner to tell sessions apart.
    pub agent: String,
}

/// Idle sessions end after this many milliseconds.
pub const IDLE: i64 = 30 * 60 * 1000;
/// Every session ends after this many milliseconds.
pub const LONGEST: i64 = 12 * 60 * 60 * 1000;

impl Session {
    /// Whether it still holds.
    pub fn holds(&self, now: Timestamp) -> bool {
        let idle = now.as_millisecond().saturating_sub(self.seen.as_millisecond());
        now < self.ends && idle < IDLE
    }
}

/// A token for a machine, as it is kept: its secret is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// The hash of the secret.
    pub id: Hash,
    /// In which district it acts.
    pub division: Division,
    /// What its maker calls it.
    pub label: String,
    /// What it may do: never more than its maker.
    pub deeds: Vec<Deed>,
    /// When it ends.
    pub ends: Timestamp,
    /// Who made it.
    pub made_by: AccountId,
    /// When.
    pub made: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_772_000_000 + second).unwrap()
    }

    #[test]
    fn an_agent_without_an_end_has_no_mandate() {
        let mut mandate = Mandate {
            enterprise: "莲城瓷业".into(),
            credit_code: "91350100M000100Y43".into(),
            kind: MandateKind::Agent,
            until: None,
        };
        assert!(!mandate.holds(at(0)));
        mandate.until = Some(at(10));
        assert!(mandate.holds(at(9)) && !mandate.holds(at(10)));
        mandate = Mandate { kind: MandateKind::LegalRepresentative, until: None, ..mandate };
        assert!(mandate.holds(at(0)));
    }

    #[test]
    fn a_session_ends_when_it_is_idle_and_at_its_end() {
        let session = Session {
            id: Hash::NONE,
            account: AccountId("a".into()),
            created: at(0),
            seen: at(0),
            ends: at(3600),
            strong: true,
            acting_for: None,
            agent: String::new(),
        };
        assert!(session.holds(at(1799)));
        assert!(!session.holds(at(1800)), "idle");
        assert!(!Session { seen: at(3599), ..session }.holds(at(3600)), "over");
    }

    #[test]
    fn a_name_is_shown_by_its_family_name() {
        let profile = Profile { name: "李莲花".into(), identity_number: None, telephone: None };
        assert_eq!(profile.masked_name(), "李**");
        assert!(!format!("{profile:?}").contains("莲花"));
    }
}
