//! Roles 角色 and what each may do: one table, one function.
//!
//! A role is held in a district and, where it applies, in a department. The administrators of system, security and audit
//! are three different people (GB/T 22239-2019 level 3, 8.1.5.1–8.1.5.3): no account holds two of those roles.
//!
//! Invariant: whoever asks [`Access::may`] gets the answer of this table; there is no other place that decides.

mod deed;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use deed::Deed;

use crate::district::Division;
use crate::grievance;
use crate::kind;
use crate::text::Text;

/// What somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 自然人: signed in with the province's unified identity.
    Citizen,
    /// 企业经办人: acts for an enterprise by a mandate.
    EnterpriseAgent,
    /// 帮办代办员
    Helper,
    /// 窗口人员
    Clerk,
    /// 承办人
    Handler,
    /// 部门负责人
    DepartmentHead,
    /// 区县管理员
    DistrictAdministrator,
    /// 区县插件开发人员
    PluginDeveloper,
    /// 特约监督员 (article 35)
    Supervisor,
    /// 监督员: electronic supervision (article 37)
    SupervisionOfficer,
    /// 诉求受理员: takes calls and routes grievances (article 38)
    GrievanceDesk,
    /// 监督机关工作人员: of the supervisory organ, to which grievances are escalated (article 38)
    SupervisoryOrgan,
    /// 第三方评估人员: of an outside body that evaluates (article 35); held in that body, as if it were a department
    Evaluator,
    /// 系统管理员: runs the host and its plugins.
    CityOperator,
    /// 安全管理员: says who may do what.
    SecurityAdministrator,
    /// 审计管理员: reads what everybody did.
    Auditor,
}

/// How a case that isn't one's department's is in one's hands all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// It is assigned to them.
    Assigned,
    /// They help its applicant, by a mandate that holds now.
    Helping,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Citizen,
        Self::EnterpriseAgent,
        Self::Helper,
        Self::Clerk,
        Self::Handler,
        Self::DepartmentHead,
        Self::DistrictAdministrator,
        Self::PluginDeveloper,
        Self::Supervisor,
        Self::SupervisionOfficer,
        Self::GrievanceDesk,
        Self::SupervisoryOrgan,
        Self::Evaluator,
        Self::CityOperator,
        Self::SecurityAdministrator,
        Self::Auditor,
    ];

    /// For columns, addresses and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::EnterpriseAgent => "enterprise-agent",
            Self::Helper => "helper",
            Self::Clerk => "clerk",
            Self::Handler => "handler",
            Self::DepartmentHead => "department-head",
            Self::DistrictAdministrator => "district-administrator",
            Self::PluginDeveloper => "plugin-developer",
            Self::Supervisor => "supervisor",
            Self::SupervisionOfficer => "supervision-officer",
            Self::GrievanceDesk => "grievance-desk",
            Self::SupervisoryOrgan => "supervisory-organ",
            Self::Evaluator => "evaluator",
            Self::CityOperator => "city-operator",
            Self::SecurityAdministrator => "security-administrator",
            Self::Auditor => "auditor",
        }
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Citizen => ("自然人", "Citizen"),
            Self::EnterpriseAgent => ("企业经办人", "Enterprise agent"),
            Self::Helper => ("帮办代办员", "Helper"),
            Self::Clerk => ("窗口人员", "Counter clerk"),
            Self::Handler => ("承办人", "Case handler"),
            Self::DepartmentHead => ("部门负责人", "Department head"),
            Self::DistrictAdministrator => ("区县管理员", "District administrator"),
            Self::PluginDeveloper => ("区县插件开发人员", "Plugin developer"),
            Self::Supervisor => ("特约监督员", "Invited supervisor"),
            Self::SupervisionOfficer => ("监督员", "Supervision officer"),
            Self::GrievanceDesk => ("诉求受理员", "Grievance desk"),
            Self::SupervisoryOrgan => ("监督机关工作人员", "Supervisory organ"),
            Self::Evaluator => ("第三方评估人员", "Outside evaluator"),
            Self::CityOperator => ("系统管理员", "City operator"),
            Self::SecurityAdministrator => ("安全管理员", "Security administrator"),
            Self::Auditor => ("审计管理员", "Auditor"),
        };
        Text::new(zh, en)
    }

    /// What it may do: the table.
    pub const fn deeds(self) -> &'static [Deed] {
        match self {
            Self::Citizen | Self::EnterpriseAgent => &[Deed::FollowOwnCases],
            Self::Helper => &[Deed::SeeWorklist, Deed::RunCounters, Deed::Help],
            Self::Clerk => &[
                Deed::SeeWorklist,
                Deed::SeeCase,
                Deed::MoveCase,
                Deed::SearchCases,
                Deed::SeeClocks,
                Deed::RunCounters,
                Deed::TakeFees,
                Deed::RecordGrievances,
                Deed::SeeRatings,
                Deed::RecordRatings,
                Deed::CallBackRaters,
            ],
            Self::Handler => &[
                Deed::SeeWorklist,
                Deed::SeeCase,
                Deed::MoveCase,
                Deed::SearchCases,
                Deed::SeeClocks,
                Deed::ExplainCard,
                Deed::KeepIntermediaries,
                Deed::SeeRatings,
            ],
            // Tokens are for programs that do a department's work, so they are made by whoever answers for it.
            Self::DepartmentHead => &[
                Deed::SeeWorklist,
                Deed::SeeCase,
                Deed::MoveCase,
                Deed::SearchCases,
                Deed::ExportCases,
                Deed::SeeClocks,
                Deed::ExplainCard,
                Deed::RunCounters,
                Deed::MakeTokens,
                Deed::SettleFees,
                Deed::SetPriority,
                Deed::EditPolicies,
                Deed::EscalateGrievances,
                Deed::PublishAnswers,
                Deed::SeeRatings,
                Deed::CallBackRaters,
                Deed::KeepIntermediaries,
                Deed::RunClaims,
            ],
            Self::DistrictAdministrator => &[
                Deed::SeeWorklist,
                Deed::SeeClocks,
                Deed::SeePlugins,
                Deed::ChangePlugins,
                Deed::SeeRoles,
                Deed::ChangeRoles,
                Deed::MakeTokens,
                Deed::RunNotices,
                Deed::WarnOfRisks,
                Deed::EditPolicies,
                Deed::SeeRatings,
                Deed::IssueRatingDevices,
            ],
            Self::PluginDeveloper => &[Deed::SeePlugins],
            Self::Supervisor => &[Deed::SeeClocks, Deed::GiveOpinions],
            Self::SupervisionOfficer => &[
                Deed::SeeClocks,
                Deed::CloseCard,
                Deed::SeeWorklist,
                Deed::ExportCases,
                Deed::EscalateGrievances,
                Deed::RunEvaluations,
                Deed::SeeRatings,
                Deed::CheckRatings,
                Deed::CallBackRaters,
                Deed::SuperviseDraws,
            ],
            Self::GrievanceDesk => &[
                Deed::RecordGrievances,
                Deed::RevealComplainant,
                Deed::PublishAnswers,
                Deed::SeeClocks,
                Deed::RecordRatings,
                Deed::CallBackRaters,
            ],
            Self::SupervisoryOrgan => {
                &[Deed::SeeEscalated, Deed::RevealComplainant, Deed::EscalateGrievances, Deed::SeeClocks]
            }
            Self::Evaluator => &[Deed::SeeEvaluations],
            Self::CityOperator => &[Deed::SeePlugins, Deed::ChangePlugins, Deed::MakeTokens, Deed::RunNotices],
            Self::SecurityAdministrator => &[Deed::SeeRoles, Deed::ChangeRoles, Deed::EndSessions],
            Self::Auditor => &[Deed::ReadAudit, Deed::SeeRoles],
        }
    }

    /// What it may do beside, with a case in its hands: the table's second part. A helper reads what they help with, and
    /// moves their own mandate; the application itself stays its applicant's (article 26).
    pub const fn deeds_in_hand(self, hand: Hand) -> &'static [Deed] {
        match (self, hand) {
            (Self::Helper, Hand::Assigned) => &[Deed::SeeCase, Deed::MoveCase],
            (Self::Helper, Hand::Helping) => &[Deed::SeeCase],
            _ => &[],
        }
    }

    /// The department whose affairs are its own wherever it reaches, whatever department it is held in.
    pub const fn own_department(self) -> Option<&'static str> {
        match self {
            Self::GrievanceDesk => Some(grievance::DESK),
            Self::SupervisoryOrgan => Some(grievance::ORGAN),
            _ => None,
        }
    }

    /// What it may do beside in its own department: the table's third part.
    pub const fn deeds_at_home(self) -> &'static [Deed] {
        match self {
            Self::GrievanceDesk | Self::SupervisoryOrgan => {
                &[Deed::SeeWorklist, Deed::SeeCase, Deed::MoveCase, Deed::SearchCases]
            }
            _ => &[],
        }
    }

    /// What it may do in a department; in none, what it may do in a district.
    fn may_in(self, deed: Deed, department: Option<&str>) -> bool {
        let at_home = self.own_department().is_some_and(|own| department == Some(own));
        if at_home && self.deeds_at_home().contains(&deed) {
            return true;
        }
        // What is escalated is in the organ's sight alone, whoever else has the whole district.
        let is_kept_from = !at_home && department == Some(grievance::ORGAN) && deed.is_of_cases();
        self.deeds().contains(&deed) && !is_kept_from
    }

    /// How far it reaches beyond the district that it is held in.
    pub const fn reach(self) -> Reach {
        match self {
            Self::Citizen | Self::EnterpriseAgent => Reach::Own,
            Self::Helper | Self::Clerk | Self::Handler | Self::DepartmentHead | Self::Evaluator => Reach::Department,
            Self::DistrictAdministrator | Self::PluginDeveloper | Self::Supervisor | Self::GrievanceDesk => {
                Reach::District
            }
            Self::SupervisionOfficer
            | Self::SupervisoryOrgan
            | Self::CityOperator
            | Self::SecurityAdministrator
            | Self::Auditor => Reach::City,
        }
    }

    /// As which party to a case it moves one.
    pub const fn party(self) -> Option<kind::Role> {
        match self {
            Self::Citizen | Self::EnterpriseAgent => Some(kind::Role::Applicant),
            Self::Helper => Some(kind::Role::Helper),
            Self::Clerk => Some(kind::Role::Clerk),
            Self::Handler => Some(kind::Role::Handler),
            Self::DepartmentHead => Some(kind::Role::DepartmentHead),
            Self::GrievanceDesk => Some(kind::Role::Desk),
            Self::SupervisoryOrgan | Self::SupervisionOfficer => Some(kind::Role::Supervision),
            _ => None,
        }
    }

    /// One of the three administrators, of whom nobody may be two.
    const fn is_administrator_of_three(self) -> bool {
        matches!(self, Self::CityOperator | Self::SecurityAdministrator | Self::Auditor)
    }

    /// The roles that a holder of this one may give and take.
    pub const fn gives(self) -> &'static [Self] {
        match self {
            Self::DistrictAdministrator => &[
                Self::Helper,
                Self::Clerk,
                Self::Handler,
                Self::DepartmentHead,
                Self::PluginDeveloper,
                Self::GrievanceDesk,
            ],
            Self::SecurityAdministrator => &[
                Self::DistrictAdministrator,
                Self::Supervisor,
                Self::SupervisionOfficer,
                Self::SupervisoryOrgan,
                Self::Evaluator,
                Self::CityOperator,
                Self::SecurityAdministrator,
                Self::Auditor,
            ],
            _ => &[],
        }
    }
}

/// How far a role reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// One's own affairs.
    Own,
    /// The department that it is held in; the whole district where it is held in none.
    Department,
    /// The district that it is held in.
    District,
    /// Held in the city, every district.
    City,
}

/// A role that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Which.
    pub role: Role,
    /// Where.
    pub division: Division,
    /// In which department, by its Chinese name; none is the whole district.
    pub department: Option<String>,
    /// Until when; none is until it is taken.
    pub until: Option<Timestamp>,
}

/// Where something is done.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// In which district.
    pub division: &'a Division,
    /// In which department, where it is a department's affair.
    pub department: Option<&'a str>,
}

/// Why a role can't be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// Nobody may be two of the three administrators.
    #[error(
        "the administrators of system, security and audit are three different people; this account is one of them already"
    )]
    ThreeAdministrators,
    /// It is given by others, or comes by itself.
    #[error("this role is not yours to give")]
    NotYours,
    /// Its holder must be in the city, or in a district.
    #[error("a role that reaches every district is held in the city")]
    Elsewhere,
}

/// The roles that somebody holds, and the city that they are held in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// All of them.
    pub held: Vec<Held>,
    /// The city's own division.
    pub city: Division,
}

impl Access {
    /// Whether this may be done there now. The one function that decides.
    pub fn may(&self, deed: Deed, place: Place<'_>, now: Timestamp) -> bool {
        self.roles_for(deed, place, now).next().is_some()
    }

    /// The roles by which this may be done there now with a case in one's hands. A role reaches no further than ever.
    pub fn roles_in_hand<'a>(
        &'a self,
        deed: Deed,
        hand: Hand,
        place: Place<'a>,
        now: Timestamp,
    ) -> impl Iterator<Item = Role> + 'a {
        self.held
            .iter()
            .filter(move |held| self.reaches(held, place, now))
            .map(|held| held.role)
            .filter(move |role| role.deeds_in_hand(hand).contains(&deed))
    }

    /// Whether a role holds there now.
    fn reaches(&self, held: &Held, place: Place<'_>, now: Timestamp) -> bool {
        let in_time = held.until.is_none_or(|until| now < until);
        let here = held.division == *place.division;
        in_time
            && match held.role.reach() {
                Reach::Own => true,
                Reach::Department => {
                    here && (held.department.is_none() || held.department.as_deref() == place.department)
                }
                Reach::District => here,
                Reach::City => here || held.division == self.city,
            }
    }

    /// The roles by which this may be done there now.
    pub fn roles_for<'a>(&'a self, deed: Deed, place: Place<'a>, now: Timestamp) -> impl Iterator<Item = Role> + 'a {
        let holds = move |held: &&Held| self.reaches(held, place, now) && held.role.may_in(deed, place.department);
        self.held.iter().filter(holds).map(|held| held.role)
    }

    /// The departments of a district in which this may be done now; none is the whole district.
    pub fn departments(&self, deed: Deed, division: &Division, now: Timestamp) -> Option<BTreeSet<String>> {
        let mut departments = BTreeSet::new();
        for held in self.held.iter().filter(|held| held.role.deeds_at_home().contains(&deed)) {
            let home = held.role.own_department();
            if self.reaches(held, Place { division, department: home }, now) {
                departments.extend(home.map(ToOwned::to_owned));
            }
        }
        for held in self.held.iter().filter(|held| held.role.deeds().contains(&deed)) {
            let place = Place { division, department: held.department.as_deref() };
            let own = Self { held: vec![held.clone()], city: self.city.clone() };
            match &held.department {
                _ if !own.may(deed, place, now) => {}
                Some(department) if held.role.reach() == Reach::Department => {
                    departments.insert(department.clone());
                }
                _ => return None,
            }
        }
        Some(departments)
    }

    /// Whether this account, which holds `theirs`, may be given a role by this one.
    pub fn may_give(&self, role: &Held, theirs: &[Held], now: Timestamp) -> Result<(), GrantError> {
        let place = Place { division: &role.division, department: role.department.as_deref() };
        if !self.roles_for(Deed::ChangeRoles, place, now).any(|own| own.gives().contains(&role.role)) {
            return Err(GrantError::NotYours);
        }
        if role.role.reach() == Reach::City && role.division != self.city {
            return Err(GrantError::Elsewhere);
        }
        let another = |held: &Held| held.role.is_administrator_of_three() && held.role != role.role;
        if role.role.is_administrator_of_three() && theirs.iter().any(another) {
            return Err(GrantError::ThreeAdministrators);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
