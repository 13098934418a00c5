//! Cases as they go out to the staff whose they are.

use lotus_domain::case as domain;
use lotus_domain::form::FieldValue;
use lotus_platform::CaseView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Text;
use super::case::Case;

/// A page of a worklist.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Worklist {
    /// By their due day; those without one last.
    pub(crate) cases: Vec<Line>,
    /// To be sent as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// Cases that were found, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Found {
    /// At most 50.
    pub(crate) cases: Vec<Line>,
}

/// A case as a list has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorklistLine)]
pub(crate) struct Line {
    number: String,
    title: Text,
    /// The id of its state.
    state: String,
    /// What its state is called.
    state_title: Text,
    revision: u32,
    #[schema(format = DateTime)]
    submitted: String,
    /// The last day of the promise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    due: Option<String>,
    /// Working days left, negative where the promise is over; absent while the clock does not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<i32>,
}

impl Line {
    pub(crate) fn new(left: Option<i32>, case: domain::Case) -> Self {
        let state = case.definition.state(&case.state).map(|state| state.title.clone());
        let due = case.due().map(|day| day.to_string());
        Self {
            number: case.number.to_string(),
            title: case.title.into(),
            state_title: state.unwrap_or_else(|| lotus_domain::text::Text::zh(&case.state)).into(),
            state: case.state,
            revision: case.revision,
            submitted: case.submitted.to_string(),
            due,
            left,
        }
    }
}

/// A case whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StaffCase {
    /// As its applicant sees it, with what the asker may do from here.
    case: Case,
    /// What the applicant gave, in the form's order.
    given: Vec<Given>,
}

/// A value that was given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GivenValue)]
pub(crate) struct Given {
    /// The field's name.
    name: String,
    /// What stood above the field then.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<Text>,
    /// As it is typed; options by their ids, with commas between them.
    value: String,
}

impl From<CaseView> for StaffCase {
    fn from(view: CaseView) -> Self {
        let application = &view.case.application;
        let given = |FieldValue { name, value }: &FieldValue| Given {
            name: name.clone(),
            label: application.labels.iter().find(|(of, _)| of == name).map(|(_, label)| label.clone().into()),
            value: value.typed(),
        };
        let given = application.values.iter().map(given).collect();
        Self { given, case: view.into() }
    }
}

/// What is looked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CaseSearch)]
pub(crate) struct Search {
    /// A case number, identity number, telephone number, full name or unified social credit code.
    #[schema(example = "0374-8000000")]
    pub(crate) term: String,
}

/// Why a worklist is taken away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorklistExport)]
pub(crate) struct TakeAway {
    /// What the file is for: 2 to 200 characters, kept in the audit chain and in the file's first line.
    #[schema(example = "季度核对")]
    pub(crate) purpose: String,
}
