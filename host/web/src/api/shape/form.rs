//! Forms as they go out.

use lotus_domain::form as domain;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Text, all};

/// A form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Form {
    title: Text,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    introduction: Option<Text>,
    sections: Vec<Section>,
    /// The button's words.
    submit: Text,
}

/// Fields that belong together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Section {
    title: Text,
    fields: Vec<Field>,
}

/// One field.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Field {
    /// Unique in the form.
    name: String,
    label: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<Text>,
    required: bool,
    kind: Kind,
    /// What is there before the person starts, as it is typed; options by their values.
    initial: Vec<String>,
}

/// What a field takes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub(crate) enum Kind {
    /// One line, bounds in characters.
    Line { min: u32, max: u32 },
    /// Several lines, bounds in characters.
    Area { min: u32, max: u32 },
    /// A whole number, bounds included.
    Integer { min: i64, max: i64 },
    /// Money, sent in yuan with at most two decimals; bounds in fen.
    Money { min: i64, max: i64 },
    /// A decimal number with at most so many decimals.
    Decimal { decimals: u8 },
    /// A date, `YYYY-MM-DD`, bounds included.
    Date {
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<String>,
    },
    /// Yes or no.
    Confirm,
    /// Exactly one of these.
    ChooseOne { choices: Vec<Choice> },
    /// Any number of these.
    ChooseMany { choices: Vec<Choice> },
    /// A telephone number.
    Telephone,
    /// An e-mail address.
    Email,
    /// Unified social credit code (GB 32100-2015).
    CreditCode,
    /// Identity number (GB 11643-1999).
    IdentityNumber,
}

/// One choice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Choice {
    /// What is sent.
    value: String,
    /// What is read.
    label: Text,
}

impl From<domain::Form> for Form {
    fn from(domain::Form { title, introduction, sections, submit }: domain::Form) -> Self {
        Self {
            title: title.into(),
            introduction: introduction.map(Text::from),
            sections: all(sections),
            submit: submit.into(),
        }
    }
}

impl From<domain::Section> for Section {
    fn from(domain::Section { title, fields }: domain::Section) -> Self {
        Self { title: title.into(), fields: all(fields) }
    }
}

impl From<domain::Field> for Field {
    fn from(domain::Field { name, label, hint, required, kind, initial }: domain::Field) -> Self {
        let initial = match initial {
            Some(domain::Value::Options(options)) => options,
            Some(value) => vec![value.typed()],
            None => Vec::new(),
        };
        Self {
            name: name.to_string(),
            label: label.into(),
            hint: hint.map(Text::from),
            required,
            kind: kind.into(),
            initial,
        }
    }
}

impl From<domain::FieldKind> for Kind {
    fn from(kind: domain::FieldKind) -> Self {
        match kind {
            domain::FieldKind::Line { min, max } => Self::Line { min, max },
            domain::FieldKind::Area { min, max } => Self::Area { min, max },
            domain::FieldKind::Integer { min, max } => Self::Integer { min, max },
            domain::FieldKind::Money { min, max } => Self::Money { min: min.0, max: max.0 },
            domain::FieldKind::Decimal { decimals } => Self::Decimal { decimals },
            domain::FieldKind::Date { min, max } => {
                Self::Date { min: min.map(|day| day.to_string()), max: max.map(|day| day.to_string()) }
            }
            domain::FieldKind::Confirm => Self::Confirm,
            domain::FieldKind::ChooseOne(choices) => Self::ChooseOne { choices: all(choices) },
            domain::FieldKind::ChooseMany(choices) => Self::ChooseMany { choices: all(choices) },
            domain::FieldKind::Telephone => Self::Telephone,
            domain::FieldKind::Email => Self::Email,
            domain::FieldKind::CreditCode => Self::CreditCode,
            domain::FieldKind::IdentityNumber => Self::IdentityNumber,
        }
    }
}

impl From<domain::Choice> for Choice {
    fn from(domain::Choice { value, label }: domain::Choice) -> Self {
        Self { value, label: label.into() }
    }
}
