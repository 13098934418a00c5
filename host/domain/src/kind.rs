//! Kinds of case as data: states, transitions, who may make each, what the clock does where.
//!
//! Invariant: a checked definition starts in a state that exists, can reach an end from every state that can be
//! reached, and has a running clock in at least one state, so that no case can be forgotten.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::law::{LegalBasis, Period};
use crate::text::Text;

/// Who may make a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The platform itself, e.g. at a deadline.
    System,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Applicant, Self::Clerk, Self::Handler, Self::DepartmentHead, Self::Helper, Self::System];

    /// For columns, and for the hash of an event: never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Clerk => "clerk",
            Self::Handler => "handler",
            Self::DepartmentHead => "department-head",
            Self::Helper => "helper",
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
}

/// A transition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// Unique in the definition.
    pub id: Slug,
    /// What the button says.
    pub title: Text,
    /// Where from.
    pub from: Slug,
    /// Where to.
    pub to: Slug,
    /// Who may.
    pub by: Role,
    /// A reason must be given.
    pub needs_reason: bool,
    /// The plugin is asked first.
    pub asks_plugin: bool,
}

/// A kind of case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its id.
    pub id: Slug,
    /// Its name.
    pub title: Text,
    /// The state of a new case.
    pub initial: Slug,
    /// Its states.
    pub states: Vec<State>,
    /// Its transitions.
    pub transitions: Vec<Transition>,
    /// The promise.
    pub promised: Period,
    /// Whether the applicant rates it at its end.
    pub rated: bool,
    /// What it stands on.
    pub basis: Option<LegalBasis>,
}

/// What is wrong with a definition.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DefinitionError {
    /// More than the contract allows.
    #[error("a kind of case has at most 50 states and 200 transitions")]
    TooLarge,
    /// Two states or transitions share an id.
    #[error("“{0}” is there twice")]
    Twice(String),
    /// A state that is named is not there.
    #[error("{place} names the state “{state}”, which is not there")]
    NoSuchState {
        /// Where it is named.
        place: String,
        /// Which.
        state: String,
    },
    /// A state from which no case can end.
    #[error("from the state “{0}” no end can be reached")]
    NoEnd(String),
    /// A final state that can be left.
    #[error("the final state “{0}” has a transition out of it")]
    LeavesEnd(String),
    /// A final state whose clock runs, or a case whose clock never runs.
    #[error("{0}")]
    Clock(String),
    /// A state that no case can come to.
    #[error("no case can come to the state “{0}”")]
    Unreachable(String),
}

impl Definition {
    /// The host's plain kind: submitted, in hand, answered; declined or withdrawn on the way.
    pub fn plain(promised: Period, basis: Option<LegalBasis>) -> Self {
        let slug = |id: &'static str| Slug(id.to_owned());
        let state =
            |id, zh: &str, en: &str, clock, is_final| State { id: slug(id), title: Text::new(zh, en), clock, is_final };
        let step = |id, zh: &str, en: &str, from, to, by, needs_reason| Transition {
            id: slug(id),
            title: Text::new(zh, en),
            from: slug(from),
            to: slug(to),
            by,
            needs_reason,
            asks_plugin: false,
        };
        Self {
            id: slug("service"),
            title: Text::new("增值服务", "Value-added service"),
            initial: slug("submitted"),
            states: vec![
                state("submitted", "已提交", "Submitted", Clock::Running, false),
                state("in-hand", "办理中", "In hand", Clock::Running, false),
                state("returned", "退回补正", "Returned for correction", Clock::Paused, false),
                state("answered", "已办结", "Answered", Clock::Stopped, true),
                state("declined", "不予办理", "Declined", Clock::Stopped, true),
                state("withdrawn", "已撤回", "Withdrawn", Clock::Stopped, true),
            ],
            transitions: vec![
                step("take", "受理", "Take in hand", "submitted", "in-hand", Role::Handler, false),
                step("return", "退回补正", "Return for correction", "in-hand", "returned", Role::Handler, true),
                step("correct", "补正提交", "Submit the correction", "returned", "in-hand", Role::Applicant, false),
                step("answer", "办结", "Answer", "in-hand", "answered", Role::Handler, false),
                step("decline", "不予办理", "Decline", "in-hand", "declined", Role::Handler, true),
                step("withdraw", "撤回", "Withdraw", "submitted", "withdrawn", Role::Applicant, false),
                step("withdraw-later", "撤回", "Withdraw", "in-hand", "withdrawn", Role::Applicant, false),
                step("give-up", "撤回", "Withdraw", "returned", "withdrawn", Role::Applicant, false),
            ],
            promised,
            rated: true,
            basis,
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

    /// Checks what this module promises.
    pub fn check(&self) -> Result<(), DefinitionError> {
        if self.states.len() > 50 || self.transitions.len() > 200 {
            return Err(DefinitionError::TooLarge);
        }
        let mut ids = BTreeSet::new();
        for id in self.states.iter().map(|state| &state.id) {
            if !ids.insert(id) {
                return Err(DefinitionError::Twice(id.to_string()));
            }
        }
        let mut ids = BTreeSet::new();
        for id in self.transitions.iter().map(|transition| &transition.id) {
            if !ids.insert(id) {
                return Err(DefinitionError::Twice(id.to_string()));
            }
        }
        let known = |place: &str, id: &Slug| match self.state(id.as_str()) {
            Some(state) => Ok(state),
            None => Err(DefinitionError::NoSuchState { place: place.to_owned(), state: id.to_string() }),
        };
        known("initial", &self.initial)?;
        let mut next: BTreeMap<&Slug, Vec<&Slug>> = BTreeMap::new();
        for transition in &self.transitions {
            let place = format!("the transition “{}”", transition.id);
            let from = known(&place, &transition.from)?;
            known(&place, &transition.to)?;
            if from.is_final {
                return Err(DefinitionError::LeavesEnd(from.id.to_string()));
            }
            next.entry(&transition.from).or_default().push(&transition.to);
        }
        let reach = |start: &Slug| {
            let mut seen = BTreeSet::from([start.clone()]);
            let mut open = vec![start.clone()];
            while let Some(at) = open.pop() {
                for to in next.get(&at).into_iter().flatten() {
                    if seen.insert((*to).clone()) {
                        open.push((*to).clone());
                    }
                }
            }
            seen
        };
        let reached = reach(&self.initial);
        for state in &self.states {
            if !reached.contains(&state.id) {
                return Err(DefinitionError::Unreachable(state.id.to_string()));
            }
            if state.is_final && state.clock != Clock::Stopped {
                return Err(DefinitionError::Clock(format!(
                    "the clock does not stop in the final state “{}”",
                    state.id
                )));
            }
            let ends = reach(&state.id).iter().any(|id| self.state(id.as_str()).is_some_and(|state| state.is_final));
            if !ends {
                return Err(DefinitionError::NoEnd(state.id.to_string()));
            }
        }
        if !self.states.iter().any(|state| state.clock == Clock::Running) {
            return Err(DefinitionError::Clock(
                "the clock runs in no state: nobody would watch such a case".to_owned(),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Definition {
        Definition::plain(Period::working_days(5), None)
    }

    #[test]
    fn the_plain_kind_keeps_its_own_rules() {
        assert_eq!(plain().check(), Ok(()));
    }

    #[test]
    fn a_state_without_a_way_to_an_end_is_named() {
        let mut kind = plain();
        kind.transitions.retain(|transition| transition.from.as_str() != "returned");
        assert_eq!(kind.check(), Err(DefinitionError::NoEnd("returned".into())));
    }

    #[test]
    fn a_transition_to_nowhere_is_named() {
        let mut kind = plain();
        kind.states.retain(|state| state.id.as_str() != "declined");
        let error = kind.check().unwrap_err();
        assert_eq!(error.to_string(), "the transition “decline” names the state “declined”, which is not there");
    }

    #[test]
    fn an_end_that_can_be_left_or_a_clock_that_never_runs_is_refused() {
        let mut kind = plain();
        if let Some(step) = kind.transitions.iter_mut().find(|step| step.id.as_str() == "correct") {
            step.from = Slug::parse("answered").unwrap();
        }
        assert_eq!(kind.check(), Err(DefinitionError::LeavesEnd("answered".into())));
        let mut kind = plain();
        for state in &mut kind.states {
            state.clock = Clock::Stopped;
        }
        assert!(matches!(kind.check(), Err(DefinitionError::Clock(_))));
    }
}
