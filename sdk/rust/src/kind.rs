//! Kinds of case: states and transitions, written one line each.

use crate::case_kinds::{Clock, Definition, Role, State, Transition};
use crate::types::{LegalBasis, Period, Text};

impl Definition {
    /// A kind that starts in `initial`, rated at its end.
    pub fn new(id: &str, title: impl Into<Text>, initial: &str, promised: Period) -> Self {
        Self {
            id: id.to_owned(),
            title: title.into(),
            initial: initial.to_owned(),
            states: Vec::new(),
            transitions: Vec::new(),
            promised,
            rated: true,
            basis: None,
        }
    }

    /// What it stands on.
    #[must_use]
    pub fn basis(mut self, basis: LegalBasis) -> Self {
        self.basis = Some(basis);
        self
    }

    /// Adds a state in which the clock runs.
    #[must_use]
    pub fn running(self, id: &str, title: impl Into<Text>) -> Self {
        self.state(id, title, Clock::Running, false)
    }

    /// Adds a state that waits for the applicant or for a special procedure 特别程序.
    #[must_use]
    pub fn paused(self, id: &str, title: impl Into<Text>) -> Self {
        self.state(id, title, Clock::Paused, false)
    }

    /// Adds a state in which the case is over.
    #[must_use]
    pub fn ends(self, id: &str, title: impl Into<Text>) -> Self {
        self.state(id, title, Clock::Stopped, true)
    }

    fn state(mut self, id: &str, title: impl Into<Text>, clock: Clock, final_: bool) -> Self {
        self.states.push(State { id: id.to_owned(), title: title.into(), clock, final_ });
        self
    }

    /// Adds a transition.
    #[must_use]
    pub fn transition(mut self, transition: Transition) -> Self {
        self.transitions.push(transition);
        self
    }
}

impl Transition {
    /// Who may take a case from one state to another.
    pub fn new(id: &str, title: impl Into<Text>, from: &str, to: &str, by: Role) -> Self {
        Self {
            id: id.to_owned(),
            title: title.into(),
            from_state: from.to_owned(),
            to_state: to.to_owned(),
            by,
            needs_reason: false,
            asks_plugin: false,
        }
    }

    /// A reason must be given.
    #[must_use]
    pub fn with_reason(mut self) -> Self {
        self.needs_reason = true;
        self
    }

    /// `services.advance` is asked first.
    #[must_use]
    pub fn asking(mut self) -> Self {
        self.asks_plugin = true;
        self
    }
}
