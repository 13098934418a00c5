//! A definition as its file writes it, and the definitions that ship with the platform.
//!
//! Invariant: whatever is refused names the line that it stands on.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use toml::Spanned;

use super::{
    Clock, Definition, DefinitionError, HandsOver, Meaning, Need, NumberCode, Role, State, StepLimit, Transition,
};
use crate::Slug;
use crate::law::{LegalBasis, Period};
use crate::text::Text;

/// A file that is no definition.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {problem}")]
pub struct DefinitionFileError {
    /// From 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    id: Slug,
    title: Text,
    code: NumberCode,
    initial: Spanned<Slug>,
    promised: Spanned<Period>,
    statutory: Option<Period>,
    #[serde(default)]
    rated: bool,
    #[serde(default)]
    protects_applicant: bool,
    #[serde(default)]
    impartial: bool,
    basis: Option<LegalBasis>,
    state: Vec<Spanned<StateEntry>>,
    step: Vec<Spanned<StepEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct StateEntry {
    id: Slug,
    title: Text,
    clock: Clock,
    #[serde(default, rename = "final")]
    is_final: bool,
    #[serde(default, rename = "answered")]
    is_answered: bool,
    limit: Option<StepLimit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct StepEntry {
    id: Slug,
    title: Text,
    from: Vec<Slug>,
    to: Option<Slug>,
    by: Vec<Role>,
    #[serde(default)]
    needs_reason: bool,
    #[serde(default)]
    asks_plugin: bool,
    #[serde(default)]
    needs: Vec<Need>,
    means: Option<Meaning>,
    extends: Option<Period>,
    at_end_of: Option<Slug>,
    #[serde(default)]
    opens_parts: bool,
    hands_over: Option<HandsOver>,
    at_most: Option<u32>,
    basis: Option<LegalBasis>,
}

fn line_of(source: &str, at: usize) -> usize {
    source.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

impl Definition {
    /// Reads and checks a definition; what is wrong with it is said with its line.
    pub fn parse(source: &str) -> Result<Self, DefinitionFileError> {
        let file: File = toml::from_str(source).map_err(|error| DefinitionFileError {
            line: error.span().map_or(1, |span| line_of(source, span.start)),
            problem: error.message().to_owned(),
        })?;
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        let mut twice = None;
        for (id, span) in file
            .state
            .iter()
            .map(|state| (state.get_ref().id.as_str(), state.span()))
            .chain(file.step.iter().map(|step| (step.get_ref().id.as_str(), step.span())))
        {
            let line = line_of(source, span.start);
            if lines.insert(id.to_owned(), line).is_some() {
                twice = twice.or(Some((id.to_owned(), line)));
            }
        }
        // A state and a transition may share an id; two of a kind may not, and the later one is the one to change.
        let initial = line_of(source, file.initial.span().start);
        let promised = line_of(source, file.promised.span().start);
        let naming: BTreeMap<String, usize> = file
            .step
            .iter()
            .flat_map(|step| {
                let line = line_of(source, step.span().start);
                let entry = step.get_ref();
                entry.from.iter().chain(&entry.to).map(move |named| (named.to_string(), line)).collect::<Vec<_>>()
            })
            .collect();
        let definition = Self {
            id: file.id,
            title: file.title,
            code: file.code,
            initial: file.initial.into_inner(),
            states: file.state.into_iter().map(|state| state.into_inner().into()).collect(),
            transitions: file.step.into_iter().map(|step| step.into_inner().into()).collect(),
            promised: file.promised.into_inner(),
            statutory: file.statutory,
            rated: file.rated,
            protects_applicant: file.protects_applicant,
            impartial: file.impartial,
            basis: file.basis,
        };
        definition.check().map_err(|error| {
            let line = match &error {
                DefinitionError::NoSuchState { place, .. } if place == "initial" => initial,
                DefinitionError::NoSuchState { state, .. } => naming.get(state).copied().unwrap_or(1),
                DefinitionError::Twice(id) => {
                    twice.as_ref().filter(|(known, _)| known == id).map_or(1, |(_, line)| *line)
                }
                DefinitionError::LongerThanLaw => promised,
                other => other.place().and_then(|id| lines.get(id)).copied().unwrap_or(1),
            };
            DefinitionFileError { line, problem: error.to_string() }
        })?;
        Ok(definition)
    }
}

impl From<StateEntry> for State {
    fn from(entry: StateEntry) -> Self {
        let StateEntry { id, title, clock, is_final, is_answered, limit } = entry;
        Self { id, title, clock, is_final, is_answered, limit }
    }
}

impl From<StepEntry> for Transition {
    fn from(entry: StepEntry) -> Self {
        Self {
            id: entry.id,
            title: entry.title,
            from: entry.from,
            to: entry.to,
            by: entry.by,
            needs_reason: entry.needs_reason,
            asks_plugin: entry.asks_plugin,
            needs: entry.needs,
            means: entry.means,
            extends: entry.extends,
            at_end_of: entry.at_end_of,
            opens_parts: entry.opens_parts,
            hands_over: entry.hands_over,
            at_most: entry.at_most,
            basis: entry.basis,
        }
    }
}

/// The files, by id.
const FILES: &[&str] = &[
    include_str!("../../kinds/service.toml"),
    include_str!("../../kinds/application.toml"),
    include_str!("../../kinds/part.toml"),
    include_str!("../../kinds/assistance.toml"),
    include_str!("../../kinds/appointment.toml"),
    include_str!("../../kinds/home-visit.toml"),
    include_str!("../../kinds/receipt.toml"),
    include_str!("../../kinds/intermediary.toml"),
    include_str!("../../kinds/selection.toml"),
    concat!(include_str!("../../kinds/question.toml"), include_str!("../../kinds/grievance.steps.toml")),
    concat!(include_str!("../../kinds/help.toml"), include_str!("../../kinds/grievance.steps.toml")),
    concat!(include_str!("../../kinds/complaint.toml"), include_str!("../../kinds/grievance.steps.toml")),
    concat!(include_str!("../../kinds/urgent.toml"), include_str!("../../kinds/grievance.steps.toml")),
    include_str!("../../kinds/opinion.toml"),
    include_str!("../../kinds/evaluation-rectification.toml"),
    include_str!("../../kinds/policy-claim.toml"),
    include_str!("../../kinds/improvement.toml"),
    include_str!("../../kinds/rectification.toml"),
];

static SHIPPED: LazyLock<Vec<Definition>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| Definition::parse(file).ok()).collect());

/// The definition of this id that ships with the platform; a city may put its own in its place.
pub fn shipped(id: &str) -> Option<&'static Definition> {
    SHIPPED.iter().find(|definition| definition.id.as_str() == id)
}

/// The ids of all that ship.
pub fn shipped_names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|definition| definition.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_that_ships_is_sound_and_has_a_code_of_its_own() {
        let mut codes = Vec::new();
        for file in FILES {
            let definition = Definition::parse(file).unwrap_or_else(|error| panic!("{error}\n{file}"));
            assert!(shipped(definition.id.as_str()).is_some());
            codes.push(String::from(definition.code));
        }
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), FILES.len());
    }

    fn refused(change: impl Fn(&str) -> String) -> String {
        Definition::parse(&change(include_str!("../../kinds/service.toml"))).unwrap_err().to_string()
    }

    fn line_with(text: &str) -> usize {
        let file = include_str!("../../kinds/service.toml");
        file.lines().position(|line| line.contains(text)).unwrap() + 1
    }

    #[test]
    fn an_unknown_role_is_refused_with_its_line() {
        let error = refused(|file| file.replacen("by = [\"handler\"]", "by = [\"mayor\"]", 1));
        assert!(error.starts_with(&format!("line {}: ", line_with("by = [\"handler\"]"))), "{error}");
        assert!(error.contains("mayor"), "{error}");
    }

    #[test]
    fn a_state_that_cannot_reach_an_end_is_refused_with_its_line() {
        let error = refused(|file| {
            let without = file.replace("from = [\"returned\"]", "from = [\"in-hand\"]");
            without.replace("from = [\"submitted\", \"in-hand\", \"returned\"]", "from = [\"submitted\", \"in-hand\"]")
        });
        let line = line_with("id = \"returned\"") - 1;
        assert_eq!(error, format!("line {line}: from the state “returned” no end can be reached"));
    }

    #[test]
    fn a_definition_that_loses_its_clock_is_refused() {
        let error = refused(|file| file.replace("clock = \"running\"", "clock = \"stopped\""));
        assert!(error.ends_with("the clock runs in no state: nobody would watch such a case"), "{error}");
    }
}
