//! Electronic supervision 电子监督 (article 37): what is seen, how grave it is, and the card that says so.
//!
//! Invariant: a card names the events that it stands on, with their hashes, so that nobody can change the evidence
//! unnoticed.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CaseNumber;
use crate::chain::Hash;
use crate::district::Division;
use crate::setting::{Dated, Setting, value_on};
use crate::text::Text;

/// When a deadline is near: a city's own rule, dated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// This part of the time is left, in per cent.
    pub near_percent: u8,
    /// Or this many working days.
    pub near_working_days: u8,
}

impl Rules {
    /// What a city's dated settings say on a day.
    pub fn on(settings: &[Dated], day: Date) -> Self {
        // More than all of the time is all of it.
        let near_percent = value_on(settings, Setting::NearPercent, day).min(100);
        Self {
            near_percent: u8::try_from(near_percent).unwrap_or(100),
            near_working_days: u8::try_from(value_on(settings, Setting::NearWorkingDays, day)).unwrap_or(u8::MAX),
        }
    }
}

impl Default for Rules {
    /// A fifth of the time, or one working day.
    fn default() -> Self {
        Self::on(&[], Date::MIN)
    }
}

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 提醒: near.
    Reminder,
    /// 黄牌: a step is overdue.
    Yellow,
    /// 红牌: the promise is overdue.
    Red,
    /// 督办: the statutory time is overdue.
    Notice,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Reminder, Self::Yellow, Self::Red, Self::Notice];

    /// For columns and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Yellow => "yellow",
            Self::Red => "red",
            Self::Notice => "notice",
        }
    }

    /// The level of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// What a card is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// The promise ends soon.
    PromiseNear,
    /// A step's time ends soon.
    StepNear,
    /// A step took too long.
    StepOverdue,
    /// The promise was not kept.
    PromiseOverdue,
    /// The law's time was not kept.
    StatutoryOverdue,
    /// 违规不予受理: not accepted after the time in which that could be said.
    WrongfulNonAcceptance,
    /// 未说明理由: refused with words that give no reason.
    NoReasonGiven,
    /// 转办迟延: forwarded late between departments.
    LateForwarding,
    /// 体外循环: handled off the platform.
    OffPlatform,
    /// 违规收费: a fee without its basis.
    UnlawfulFee,
}

impl Ground {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::PromiseNear,
        Self::StepNear,
        Self::StepOverdue,
        Self::PromiseOverdue,
        Self::StatutoryOverdue,
        Self::WrongfulNonAcceptance,
        Self::NoReasonGiven,
        Self::LateForwarding,
        Self::OffPlatform,
        Self::UnlawfulFee,
    ];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PromiseNear => "promise-near",
            Self::StepNear => "step-near",
            Self::StepOverdue => "step-overdue",
            Self::PromiseOverdue => "promise-overdue",
            Self::StatutoryOverdue => "statutory-overdue",
            Self::WrongfulNonAcceptance => "wrongful-non-acceptance",
            Self::NoReasonGiven => "no-reason-given",
            Self::LateForwarding => "late-forwarding",
            Self::OffPlatform => "off-platform",
            Self::UnlawfulFee => "unlawful-fee",
        }
    }

    /// The ground of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.name() == name)
    }
}

/// An event that a card stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its place in the case's history.
    pub event: u32,
    /// Its hash when the card was given.
    pub hash: Hash,
}

/// Where a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardState {
    /// Given, not answered.
    Given,
    /// The department has said why.
    Explained,
    /// The supervision officer has closed it.
    Closed,
    /// The supervision officer has taken it back: it was not the department's fault.
    Revoked,
}

impl CardState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Given, Self::Explained, Self::Closed, Self::Revoked];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Explained => "explained",
            Self::Closed => "closed",
            Self::Revoked => "revoked",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the officer still has something to do with it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Given | Self::Explained)
    }
}

/// A card 监督牌: what supervision found about one case, once for each ground and moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Whose case it is.
    pub division: Division,
    /// Which.
    pub number: CaseNumber,
    /// The department that is responsible, by its Chinese name.
    pub department: String,
    /// How grave.
    pub level: Level,
    /// About what.
    pub ground: Ground,
    /// The moment that it is about: the deadline, or when it happened. With case, level and ground it is the card's
    /// identity, so that looking twice gives one card.
    pub about: Timestamp,
    /// When it was given.
    pub given: Timestamp,
    /// The events that it stands on.
    pub evidence: Vec<Evidence>,
    /// Where it is.
    pub state: CardState,
    /// What the department said, or the officer.
    pub answer: Option<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_city_says_from_which_day_on_what_is_near() {
        let dated = |setting, value| Dated { setting, since: date(2026, 4, 1), value };
        let settings = [dated(Setting::NearPercent, 50), dated(Setting::NearWorkingDays, 3)];
        assert_eq!(Rules::on(&settings, date(2026, 3, 31)), Rules { near_percent: 20, near_working_days: 1 });
        assert_eq!(Rules::on(&settings, date(2026, 4, 1)), Rules { near_percent: 50, near_working_days: 3 });
        let all = [dated(Setting::NearPercent, 900), dated(Setting::NearWorkingDays, 900)];
        assert_eq!(Rules::on(&all, date(2026, 4, 1)), Rules { near_percent: 100, near_working_days: 255 });
    }
}
