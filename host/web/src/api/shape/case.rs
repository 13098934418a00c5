//! Cases as they go out to their applicants.

use lotus_domain::case as domain;
use lotus_domain::kind::Transition;
use lotus_platform::CaseView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Basis, Period, Text, all};

/// A case as its applicant sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Case {
    number: String,
    division: String,
    title: Text,
    /// What the applicant was told beside the number; markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
    /// The service's name when the case began.
    service: Text,
    department: Text,
    state: State,
    /// Events so far: to be sent back with an action.
    revision: u32,
    #[schema(format = DateTime)]
    submitted: String,
    promised: Period,
    /// The last day of the promise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    due: Option<String>,
    /// Working days left, negative where the promise is over; absent while the clock does not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<i32>,
    /// In order: the first and the newest fifty.
    events: Vec<Event>,
    /// What the applicant may do from here.
    actions: Vec<Action>,
}

/// Where a case is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseState)]
pub(crate) struct State {
    id: String,
    title: Text,
    /// The case is over.
    is_final: bool,
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseEvent)]
pub(crate) struct Event {
    sequence: u32,
    #[schema(format = DateTime)]
    at: String,
    /// `applicant`, `clerk`, `handler`, `department-head`, `helper` or `system`.
    by: String,
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<Basis>,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<Text>,
    /// SHA-256 over this event and the hash of the one before it.
    hash: String,
}

/// What an applicant may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseAction)]
pub(crate) struct Action {
    id: String,
    title: Text,
    /// Into which state.
    to: String,
    needs_reason: bool,
}

/// What is to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Act {
    /// The revision at which the case was seen.
    pub(crate) revision: u32,
    /// Why, where the action needs it.
    pub(crate) reason: Option<String>,
    /// Though a plugin of the district advises against it.
    #[serde(default)]
    pub(crate) overrules: bool,
}

impl From<CaseView> for Case {
    fn from(CaseView { case, events, actions, left, .. }: CaseView) -> Self {
        let state = case.definition.state(&case.state);
        let actions = actions.into_iter().map(|step| Action::of(step, &case.state)).collect();
        let due = case.due().map(|day| day.to_string());
        let (service, department) = (case.subject.title().clone(), case.subject.answers().clone());
        Self {
            number: case.number.to_string(),
            division: case.division.to_string(),
            title: case.title.into(),
            message: case.message.map(Text::from),
            service: service.into(),
            department: department.into(),
            state: State {
                title: state.map_or_else(
                    || Text::from(lotus_domain::text::Text::zh(&case.state)),
                    |state| state.title.clone().into(),
                ),
                is_final: state.is_some_and(|state| state.is_final),
                id: case.state,
            },
            revision: case.revision,
            submitted: case.submitted.to_string(),
            promised: case.definition.promised.into(),
            due,
            left,
            events: all(events),
            actions,
        }
    }
}

impl From<domain::Event> for Event {
    fn from(event: domain::Event) -> Self {
        let domain::Happening { at, actor, action, from, to, reason, basis, remark } = event.happening;
        Self {
            sequence: event.sequence,
            at: at.to_string(),
            // The account of whoever acted for the city is the city's own matter.
            by: actor.role.name().to_owned(),
            action,
            from,
            to,
            reason: reason.map(Text::from),
            basis: basis.map(Basis::from),
            remark: remark.map(Text::from),
            hash: event.hash.to_string(),
        }
    }
}

impl Action {
    fn of(transition: Transition, state: &str) -> Self {
        Self {
            id: transition.id.to_string(),
            to: transition.target(state).to_owned(),
            title: transition.title.into(),
            needs_reason: transition.needs_reason,
        }
    }
}
