//! Services and what comes back from their forms.

use crate::case_kinds::Definition;
use crate::services::{Opening, Outcome, Referral, Service, ServiceField, Submission, SubmitError};
use crate::types::{AnswerError, Date, FieldError, LegalBasis, Link, Period, Refusal, Served, Text, Value};

impl Service {
    /// A service for enterprises, without a zone, a basis or a kind of case of its own yet.
    pub fn new(
        id: impl Into<String>,
        field: ServiceField,
        title: impl Into<Text>,
        summary: impl Into<Text>,
        department: impl Into<Text>,
        promised: Period,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            summary: summary.into(),
            field,
            served: vec![Served::Enterprise],
            promised,
            department: department.into(),
            basis: None,
            zone: None,
            kind: None,
        }
    }

    /// Whom it serves, instead of enterprises alone.
    #[must_use]
    pub fn serving(mut self, served: &[Served]) -> Self {
        self.served = served.to_vec();
        self
    }

    /// What it stands on.
    #[must_use]
    pub fn basis(mut self, basis: LegalBasis) -> Self {
        self.basis = Some(basis);
        self
    }

    /// The zone that it belongs to.
    #[must_use]
    pub fn zone(mut self, zone: impl Into<String>) -> Self {
        self.zone = Some(zone.into());
        self
    }

    /// How its cases run, instead of the host's plain kind.
    #[must_use]
    pub fn kind(mut self, kind: Definition) -> Self {
        self.kind = Some(kind);
        self
    }
}

/// Each reads a field by its name; none where it was left empty or is of another kind.
impl Submission {
    /// The value itself.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|field| field.name == name).map(|field| &field.value)
    }

    /// A line or an area.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Money in fen.
    pub fn money(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Money(fen) => Some(*fen),
            _ => None,
        }
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// A decimal number in units of its last decimal place: `12.5` with 2 decimals is 1250. Further digits are cut.
    pub fn decimal(&self, name: &str, decimals: u32) -> Option<i64> {
        match self.value(name)? {
            Value::Decimal(number) => scaled(number, decimals),
            _ => None,
        }
    }

    /// A date.
    pub fn date(&self, name: &str) -> Option<Date> {
        match self.value(name)? {
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Boolean(true)))
    }

    /// The one option that was chosen.
    pub fn chosen(&self, name: &str) -> Option<&str> {
        self.all_chosen(name).first().map(String::as_str)
    }

    /// The options that were chosen.
    pub fn all_chosen(&self, name: &str) -> &[String] {
        match self.value(name) {
            Some(Value::Options(options)) => options,
            _ => &[],
        }
    }
}

fn scaled(number: &str, decimals: u32) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let places = usize::try_from(decimals).ok()?;
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(places).collect();
    format!("{whole}{fraction}").parse().ok()
}

impl FieldError {
    /// What is wrong with a field and what would be right.
    pub fn new(field: impl Into<String>, message: impl Into<Text>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl Refusal {
    /// Why not, in plain words.
    pub fn new(reason: impl Into<Text>) -> Self {
        Self { reason: reason.into(), basis: None, next_step: None }
    }

    /// The law that it stands on.
    #[must_use]
    pub fn basis(mut self, basis: LegalBasis) -> Self {
        self.basis = Some(basis);
        self
    }

    /// What the person can do now.
    #[must_use]
    pub fn next_step(mut self, step: impl Into<Text>) -> Self {
        self.next_step = Some(step.into());
        self
    }
}

impl Opening {
    /// A case with one line for the worklist.
    pub fn new(title: impl Into<Text>) -> Self {
        Self { title: title.into(), message: None, promised: None }
    }

    /// What the applicant is told beside the number; markdown.
    #[must_use]
    pub fn message(mut self, message: impl Into<Text>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// A promise shorter than the service's.
    #[must_use]
    pub fn promised(mut self, period: Period) -> Self {
        self.promised = Some(period);
        self
    }
}

impl Outcome {
    /// The applicant is better served elsewhere.
    pub fn refers(reason: impl Into<Text>, links: impl IntoIterator<Item = Link>) -> Self {
        Self::Refers(Referral { reason: reason.into(), links: links.into_iter().collect() })
    }
}

impl From<AnswerError> for SubmitError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::NotFound => Self::NotFound,
            AnswerError::Refused(refusal) => Self::Refused(refusal),
            AnswerError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::FieldValue;

    fn submission(value: Value) -> Submission {
        Submission { service: "s".into(), fields: vec![FieldValue { name: "f".into(), value }] }
    }

    #[test]
    fn a_decimal_is_read_without_a_float() {
        assert_eq!(submission(Value::Decimal("12.5".into())).decimal("f", 2), Some(1250));
        assert_eq!(submission(Value::Decimal("-0.075".into())).decimal("f", 2), Some(-7));
        assert_eq!(submission(Value::Decimal("3".into())).decimal("f", 0), Some(3));
    }

    #[test]
    fn a_field_of_another_kind_reads_as_nothing() {
        assert_eq!(submission(Value::Integer(3)).money("f"), None);
        assert_eq!(submission(Value::Options(vec!["a".into()])).chosen("f"), Some("a"));
    }
}
