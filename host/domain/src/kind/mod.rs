//! Kinds of case as data: states, transitions, who may make each, what the clock does where, what each brings about.
//!
//! Invariant: a checked definition starts in a state that exists, can reach an end from every state that can be
//! reached, and has a running clock in at least one state, so that no case can be forgotten.

mod check;
mod file;

use serde::{Deserialize, Serialize};

pub use check::DefinitionError;
pub use file::{DefinitionFileError, shipped, shipped_names};

use crate::Slug;
use crate::law::{LegalBasis, Period};
use crate::text::Text;

/// Who may make a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The applicant.
    Applicant,
    /// Counter clerk 窗口人员.
    Clerk,
    /// Case handler 承办人.
    Handler,
    /// Department head 负责人.
    DepartmentHead,
    /// Helper 帮办代办员.
    Helper,
    /// Grievance desk 诉求受理员 (article 38).
    Desk,
    /// Supervisory organ 监督机关 and officers of supervision (articles 35 to 38).
    Supervision,
    /// The platform itself, e.g. at a deadline.
    System,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Applicant,
        Self::Clerk,
        Self::Handler,
        Self::DepartmentHead,
        Self::Helper,
        Self::Desk,
        Self::Supervision,
        Self::System,
    ];

    /// For columns, and for the hash of an event: never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Clerk => "clerk",
            Self::Handler => "handler",
            Self::DepartmentHead => "department-head",
            Self::Helper => "helper",
            Self::Desk => "desk",
            Self::Supervision => "supervision",
            Self::System => "system",
        }
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// What the clock does in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// Not started or ended.
    Stopped,
    /// Counting.
    Running,
    /// Waiting for the applicant or a special procedure.
    Paused,
}

/// How long a step may take beside the promise, e.g. five working days for a correction notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepLimit {
    /// States with a limit of this name share it: moving among them does not begin it anew.
    pub name: Slug,
    /// How long.
    pub within: Period,
    /// What it stands on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<LegalBasis>,
    /// It ends earlier where the applicant gave an earlier last day, as with a mandate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given: bool,
    /// Its end is nobody's lateness: what it bounds is simply over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lapses: bool,
}

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Unique in the definition.
    pub id: Slug,
    /// What the applicant reads.
    pub title: Text,
    /// What the clock does.
    pub clock: Clock,
    /// The case is over here.
    pub is_final: bool,
    /// The city has answered; what may follow (a rating, the archive) is on nobody's worklist.
    #[serde(default)]
    pub is_answered: bool,
    /// How long a case may stay here.
    #[serde(default)]
    pub limit: Option<StepLimit>,
}

impl State {
    /// Whether somebody in the city still has something to do.
    pub const fn is_open(&self) -> bool {
        !self.is_final && !self.is_answered
    }
}

/// What must hold before a transition can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Every part of a joint case 一件事 has its answer.
    PartsAnswered,
    /// Whatever was asked for is paid or waived.
    FeesPaid,
    /// What is due is over.
    Overdue,
    /// Nobody is known who could be called back: neither an account nor a telephone number.
    NobodyToCall,
}

/// To whom a transition hands the case over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandsOver {
    /// To the department that whoever makes it chooses.
    Chosen,
    /// To the supervisory organ 监督机关 (article 38).
    Organ,
}

/// What a transition means for the applicant's matter, whatever the definition calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// 受理: the promise begins.
    Accepted,
    /// 不予受理
    NotAccepted,
    /// 补正告知: everything that is missing, said at once.
    CorrectionAsked,
    /// 特别程序: hearing, inspection, expert review and the like, outside the clock.
    SpecialProcedure,
    /// 延长
    Extended,
    /// 准予
    Granted,
    /// 不予
    Refused,
    /// 送达
    Delivered,
    /// 撤回
    Withdrawn,
    /// 中止
    Suspended,
    /// 续办: a suspended matter goes on under a new mandate.
    Renewed,
    /// 终结: it ended before its answer.
    Ended,
}

/// A transition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// Unique in the definition.
    pub id: Slug,
    /// What the button says.
    pub title: Text,
    /// Where from; at least one state.
    pub from: Vec<Slug>,
    /// Where to; none stays where the case is.
    pub to: Option<Slug>,
    /// Who may; at least one.
    pub by: Vec<Role>,
    /// A reason must be given.
    pub needs_reason: bool,
    /// The plugin is asked first.
    pub asks_plugin: bool,
    /// What must hold.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// What it means.
    #[serde(default)]
    pub means: Option<Meaning>,
    /// By how much it lengthens promise and statutory time, once.
    #[serde(default)]
    pub extends: Option<Period>,
    /// The platform makes it by itself when the limit of this name is over.
    #[serde(default)]
    pub at_end_of: Option<Slug>,
    /// It opens the parts of a joint case, one for each department that takes part; where the case names none, one for the
    /// department that whoever makes it chooses.
    #[serde(default)]
    pub opens_parts: bool,
    /// It makes the case another department's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hands_over: Option<HandsOver>,
    /// How often it can be made in one case; none is as often as one likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
    /// What it stands on.
    #[serde(default)]
    pub basis: Option<LegalBasis>,
}

impl Transition {
    /// Whether it leads out of this state.
    pub fn leaves(&self, state: &str) -> bool {
        self.from.iter().any(|from| from.as_str() == state)
    }

    /// The state that it leads to from this one.
    pub fn target<'a>(&'a self, state: &'a str) -> &'a str {
        self.to.as_ref().map_or(state, Slug::as_str)
    }
}

/// A kind of case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its id.
    pub id: Slug,
    /// Its name.
    pub title: Text,
    /// The two digits in the numbers of its cases.
    #[serde(default)]
    pub code: NumberCode,
    /// The state of a new case.
    pub initial: Slug,
    /// Its states.
    pub states: Vec<State>,
    /// Its transitions.
    pub transitions: Vec<Transition>,
    /// The promise.
    pub promised: Period,
    /// What the law gives; never shorter than the promise.
    #[serde(default)]
    pub statutory: Option<Period>,
    /// Whether the applicant rates it at its end.
    pub rated: bool,
    /// Who the applicant is stands neither in the case nor in its history (article 38).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protects_applicant: bool,
    /// Nobody whom it is about has a hand in it (回避, article 36).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub impartial: bool,
    /// What it stands on.
    pub basis: Option<LegalBasis>,
}

/// Two digits in a case number that say what kind it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NumberCode([u8; 2]);

/// A text that is no such code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code of a kind is two digits")]
pub struct NotANumberCode;

impl NumberCode {
    /// An application for an item.
    pub const APPLICATION: Self = Self(*b"01");
    /// A value-added service (article 29).
    pub const SERVICE: Self = Self(*b"29");

    /// As it stands in a number.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("29")
    }
}

impl Default for NumberCode {
    fn default() -> Self {
        Self::SERVICE
    }
}

impl TryFrom<String> for NumberCode {
    type Error = NotANumberCode;

    fn try_from(text: String) -> Result<Self, NotANumberCode> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => Ok(Self([*a, *b])),
            _ => Err(NotANumberCode),
        }
    }
}

impl From<NumberCode> for String {
    fn from(code: NumberCode) -> Self {
        code.as_str().to_owned()
    }
}

impl Definition {
    /// The host's plain kind: submitted, in hand, answered; declined or withdrawn on the way.
    pub fn plain(promised: Period, basis: Option<LegalBasis>) -> Self {
        let plain = shipped("service").cloned();
        // The tests read every shipped definition; an empty one is refused wherever a definition is checked.
        let plain = plain.unwrap_or_else(|| Self::empty(promised));
        Self { promised, basis, ..plain }
    }

    fn empty(promised: Period) -> Self {
        let id = Slug("service".to_owned());
        Self {
            initial: id.clone(),
            title: Text::new("增值服务", "Value-added service"),
            id,
            code: NumberCode::SERVICE,
            states: Vec::new(),
            transitions: Vec::new(),
            promised,
            statutory: None,
            rated: true,
            protects_applicant: false,
            impartial: false,
            basis: None,
        }
    }

    /// The state of this id.
    pub fn state(&self, id: &str) -> Option<&State> {
        self.states.iter().find(|state| state.id.as_str() == id)
    }

    /// The transition of this id.
    pub fn transition(&self, id: &str) -> Option<&Transition> {
        self.transitions.iter().find(|transition| transition.id.as_str() == id)
    }

    /// The transitions out of a state.
    pub fn steps<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Transition> {
        self.transitions.iter().filter(move |transition| transition.leaves(state))
    }

    /// The transition that the platform makes when the limit of a state is over.
    pub fn at_end_of<'a>(&'a self, state: &'a State) -> Option<&'a Transition> {
        let limit = state.limit.as_ref()?;
        self.steps(state.id.as_str()).find(|step| step.at_end_of.as_ref() == Some(&limit.name))
    }

    /// The same with another promise where that is certainly no longer: whoever adds may tighten, never lengthen.
    pub fn tightened(self, promised: Option<Period>) -> Self {
        match promised {
            Some(promised) if promised.within(self.promised) => Self { promised, ..self },
            _ => self,
        }
    }
}
