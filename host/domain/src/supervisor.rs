//! Invited supervisors 特约监督员 (article 35): whom each speaks for and for how long, and their visits. Their opinions are
//! cases of the kind `opinion`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::district::Division;
use crate::text::Text;

/// The kind of case that an opinion is.
pub const OPINION: &str = "opinion";
/// What published opinions are filed under.
pub const TOPIC: &str = "特约监督员意见";

/// An invited supervisor, as the public list has them: by what they speak for, not by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supervisor {
    /// Whose district.
    pub division: Division,
    /// Unique in the district.
    pub id: String,
    /// Whom they speak for: a kind of organisation.
    pub represents: String,
    /// The first day of their term.
    pub since: Date,
    /// The last.
    pub until: Date,
}

impl Supervisor {
    /// Whether their term holds on a day.
    pub fn serves(&self, day: Date) -> bool {
        (self.since..=self.until).contains(&day)
    }
}

/// How a visit came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VisitSort {
    /// 例行走访
    Planned,
    /// 暗访: nobody was told.
    Unannounced,
}

impl VisitSort {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Planned, Self::Unannounced];

    /// For columns and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Unannounced => "unannounced",
        }
    }

    /// The sort of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Planned => ("例行走访", "Planned visit"),
            Self::Unannounced => ("暗访", "Unannounced visit"),
        };
        Text::new(zh, en)
    }
}

/// What a visit says: kept sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Where.
    pub place: String,
    /// What was found; nothing before it took place.
    pub findings: String,
}

/// A visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupervisorVisit {
    /// 12 hexadecimal characters of randomness.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// How it came about.
    pub sort: VisitSort,
    /// On which day.
    pub day: Date,
    /// What it says.
    pub body: Found,
    /// When it was written down.
    pub made: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_term_holds_from_its_first_day_to_its_last() {
        let division = Division::parse("411081").unwrap();
        let (since, until) = (date(2026, 1, 1), date(2027, 12, 31));
        let supervisor = Supervisor { division, id: "s1".into(), represents: "行业协会".into(), since, until };
        assert!(supervisor.serves(since) && supervisor.serves(until));
        assert!(!supervisor.serves(date(2025, 12, 31)) && !supervisor.serves(date(2028, 1, 1)));
    }

    #[test]
    fn the_supervisor_alone_says_whether_an_opinion_is_answered_to_their_satisfaction() {
        let kind = crate::kind::shipped(OPINION).unwrap();
        for step in ["accept", "object"] {
            assert_eq!(kind.transition(step).unwrap().by, [crate::kind::Role::Applicant], "{step}");
        }
    }
}
