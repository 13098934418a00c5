//! Offers of help, reminders and messages.

use crate::assistance::{AssistanceKind, Offer};
use crate::case_hooks::{Advice, TransitionMade};
use crate::notify::{Message, Recipient};
use crate::reminders::Reminder;
use crate::timers::TimerError;
use crate::types::{Refusal, Text, Timestamp};

impl Offer {
    /// Help of one of the four ways of article 26, and why it is offered.
    pub fn new(kind: AssistanceKind, title: impl Into<Text>, reason: impl Into<Text>) -> Self {
        Self { kind, title: title.into(), reason: reason.into() }
    }
}

impl Reminder {
    /// A reminder in a template's words, for a moment; two with the same key are sent once.
    pub fn new(template: impl Into<String>, at: Timestamp, key: impl Into<String>) -> Self {
        Self { template: template.into(), at, values: Vec::new(), idempotency_key: key.into() }
    }

    /// With a value for one of the template's places.
    #[must_use]
    pub fn value(mut self, place: impl Into<String>, value: impl Into<Text>) -> Self {
        self.values.push((place.into(), value.into()));
        self
    }
}

impl Message {
    /// A message about a case to its applicant, in a template's words; two with the same key are sent once.
    pub fn new(case: impl Into<String>, template: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            case_number: case.into(),
            to: Recipient::Applicant,
            template: template.into(),
            values: Vec::new(),
            idempotency_key: key.into(),
        }
    }

    /// To whoever has the case in hand, instead of its applicant.
    #[must_use]
    pub fn to_handler(mut self) -> Self {
        self.to = Recipient::Handler;
        self
    }

    /// With a value for one of the template's places.
    #[must_use]
    pub fn value(mut self, place: impl Into<String>, value: impl Into<Text>) -> Self {
        self.values.push((place.into(), value.into()));
        self
    }
}

impl Advice {
    /// Holds a transition; the member of staff reads why and may overrule it.
    pub fn hold(reason: impl Into<Text>) -> Self {
        Self::Hold(Refusal::new(reason))
    }
}

impl TransitionMade {
    /// Whether this is that transition of that item or service.
    pub fn is(&self, subject: &str, transition: &str) -> bool {
        self.subject == subject && self.transition == transition
    }
}

impl TimerError {
    /// What it needs is away: it is asked again, later each time.
    pub fn later(why: impl Into<Text>) -> Self {
        Self::Later(why.into())
    }

    /// It will not work, however often it is asked: the district's team is told.
    pub fn failed(why: impl Into<Text>) -> Self {
        Self::Failed(why.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reminder_carries_its_places_in_order() {
        let reminder = Reminder::new("collect", 1, "k").value("number", ("1", "1")).value("day", ("周一", "Monday"));
        let places: Vec<&str> = reminder.values.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, ["number", "day"]);
        let message = Message::new("4110", "collect", "k").to_handler();
        assert_eq!(message.to, Recipient::Handler);
    }

    #[test]
    fn a_transition_is_recognised_by_subject_and_name() {
        let made = TransitionMade {
            case_number: "4110".into(),
            subject: "kiln-loan".into(),
            transition: "take".into(),
            from_state: "submitted".into(),
            to_state: "in-hand".into(),
        };
        assert!(made.is("kiln-loan", "take") && !made.is("other", "take"));
    }
}
