//! What a definition must keep to before any case runs by it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Clock, Definition, Role};
use crate::Slug;

/// What is wrong with a definition.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
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
    /// A transition that nobody may make, or that leads out of nowhere.
    #[error("the transition “{0}” needs a state that it leads from and somebody who may make it")]
    NobodyMay(String),
    /// A state from which no case can end.
    #[error("from the state “{0}” no end can be reached")]
    NoEnd(String),
    /// A final state that can be left.
    #[error("the final state “{0}” has a transition out of it")]
    LeavesEnd(String),
    /// A final state whose clock runs.
    #[error("the clock does not stop in the final state “{0}”")]
    ClockAtEnd(String),
    /// A case whose clock never runs.
    #[error("the clock runs in no state: nobody would watch such a case")]
    NoClock,
    /// A state that no case can come to.
    #[error("no case can come to the state “{0}”")]
    Unreachable(String),
    /// A transition at the end of a limit that its state does not have, or that is not the platform's.
    #[error(
        "the transition “{0}” is made at the end of a limit: every state that it leads from must have that limit, and it is the system's to make"
    )]
    Limit(String),
    /// Nobody could make it in time.
    #[error("the state “{0}” can only be left by the platform, but has no limit at whose end it would")]
    Stuck(String),
    /// The promise is longer than the law.
    #[error("the promise is longer than the statutory time")]
    LongerThanLaw,
}

impl DefinitionError {
    /// The id of the state or transition that it is about, where it is about one.
    pub fn place(&self) -> Option<&str> {
        match self {
            Self::Twice(id)
            | Self::NobodyMay(id)
            | Self::NoEnd(id)
            | Self::LeavesEnd(id)
            | Self::ClockAtEnd(id)
            | Self::Unreachable(id)
            | Self::Limit(id)
            | Self::Stuck(id) => Some(id),
            Self::NoSuchState { state, .. } => Some(state),
            Self::TooLarge | Self::NoClock | Self::LongerThanLaw => None,
        }
    }
}

impl Definition {
    /// Checks what the module promises.
    pub fn check(&self) -> Result<(), DefinitionError> {
        if self.states.len() > 50 || self.transitions.len() > 200 {
            return Err(DefinitionError::TooLarge);
        }
        once(self.states.iter().map(|state| &state.id))?;
        once(self.transitions.iter().map(|transition| &transition.id))?;
        self.known("initial", &self.initial)?;
        let ways = self.ways()?;
        let reached = reach(&ways, &self.initial);
        for state in &self.states {
            if !reached.contains(&state.id) {
                return Err(DefinitionError::Unreachable(state.id.to_string()));
            }
            if state.is_final && state.clock != Clock::Stopped {
                return Err(DefinitionError::ClockAtEnd(state.id.to_string()));
            }
            let ends =
                reach(&ways, &state.id).iter().any(|id| self.state(id.as_str()).is_some_and(|state| state.is_final));
            if !ends {
                return Err(DefinitionError::NoEnd(state.id.to_string()));
            }
            let by_hand = self.steps(state.id.as_str()).any(|step| step.by.iter().any(|by| *by != Role::System));
            if !state.is_final && !by_hand && self.at_end_of(state).is_none() {
                return Err(DefinitionError::Stuck(state.id.to_string()));
            }
        }
        if !self.states.iter().any(|state| state.clock == Clock::Running) {
            return Err(DefinitionError::NoClock);
        }
        if self.statutory.is_some_and(|statutory| !self.promised.within(statutory)) {
            return Err(DefinitionError::LongerThanLaw);
        }
        Ok(())
    }

    fn known(&self, place: &str, id: &Slug) -> Result<&super::State, DefinitionError> {
        self.state(id.as_str())
            .ok_or_else(|| DefinitionError::NoSuchState { place: place.to_owned(), state: id.to_string() })
    }

    /// From each state, the states that one step leads to.
    fn ways(&self) -> Result<BTreeMap<Slug, BTreeSet<Slug>>, DefinitionError> {
        let mut ways: BTreeMap<Slug, BTreeSet<Slug>> = BTreeMap::new();
        for step in &self.transitions {
            let place = format!("the transition “{}”", step.id);
            if step.from.is_empty() || step.by.is_empty() {
                return Err(DefinitionError::NobodyMay(step.id.to_string()));
            }
            if let Some(to) = &step.to {
                self.known(&place, to)?;
            }
            for from in &step.from {
                let state = self.known(&place, from)?;
                if state.is_final {
                    return Err(DefinitionError::LeavesEnd(from.to_string()));
                }
                let has_limit = |name: &Slug| state.limit.as_ref().is_some_and(|limit| limit.name == *name);
                let kept = |name: &Slug| has_limit(name) && step.by.contains(&Role::System);
                if step.at_end_of.as_ref().is_some_and(|name| !kept(name)) {
                    return Err(DefinitionError::Limit(step.id.to_string()));
                }
                ways.entry(from.clone()).or_default().insert(step.to.as_ref().unwrap_or(from).clone());
            }
        }
        Ok(ways)
    }
}

fn once<'a>(ids: impl Iterator<Item = &'a Slug>) -> Result<(), DefinitionError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(DefinitionError::Twice(id.to_string()));
        }
    }
    Ok(())
}

fn reach(ways: &BTreeMap<Slug, BTreeSet<Slug>>, start: &Slug) -> BTreeSet<Slug> {
    let mut seen = BTreeSet::from([start.clone()]);
    let mut open = vec![start.clone()];
    while let Some(at) = open.pop() {
        for to in ways.get(&at).into_iter().flatten() {
            if seen.insert(to.clone()) {
                open.push(to.clone());
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Period;

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
        for step in &mut kind.transitions {
            step.from.retain(|from| from.as_str() != "returned");
        }
        kind.transitions.retain(|step| !step.from.is_empty());
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
            step.from = vec![Slug::parse("answered").unwrap()];
        }
        assert_eq!(kind.check(), Err(DefinitionError::LeavesEnd("answered".into())));
        let mut kind = plain();
        for state in &mut kind.states {
            state.clock = Clock::Stopped;
        }
        assert_eq!(kind.check(), Err(DefinitionError::NoClock));
    }

    #[test]
    fn what_the_platform_does_at_the_end_of_a_limit_needs_that_limit() {
        let mut kind = plain();
        if let Some(step) = kind.transitions.iter_mut().find(|step| step.id.as_str() == "take") {
            step.at_end_of = Some(Slug::parse("never-said").unwrap());
            step.by.push(Role::System);
        }
        assert_eq!(kind.check(), Err(DefinitionError::Limit("take".into())));
    }
}
