//! Forms as people fill them in: each field with its label, its hint, what was typed before and what was wrong with it.
//!
//! Invariant: whatever was typed stands in the form again, even where no field of that kind could have taken it.

use askama::Template;
use askama::filters::Safe;
use lotus_domain::form::{Choice, Field, FieldError, FieldKind, Form, Typed, Value};
use lotus_platform::FormToken;

use crate::language::Words;
use crate::render::markdown::markdown;

/// The field that carries a form's token; no field of a plugin can have its name, because an id starts with a letter.
pub(crate) const TOKEN: &str = "_token";

/// The field that says whose form it was when it was shown.
pub(crate) const OWNER: &str = "_owner";

/// Up to so many choices are shown at once, more in a list that opens.
const SHOWN_AT_ONCE: usize = 7;

/// A form as it is shown.
#[derive(Template)]
#[template(path = "form.html")]
pub(crate) struct FormView<'a> {
    w: Words,
    /// Where it is sent.
    action: String,
    token: String,
    /// Before each field's id, so that two forms on one page don't meet.
    prefix: &'a str,
    title: Safe<String>,
    introduction: Option<Safe<String>>,
    sections: Vec<SectionView>,
    submit: Safe<String>,
    errors: Vec<ErrorView>,
    draft: Option<DraftView>,
}

/// What a form shows of its draft.
pub(crate) struct DraftView {
    /// Where it is saved; below it stands `discard`.
    pub(crate) action: String,
    /// Where materials are put with it.
    pub(crate) materials: String,
    /// A helper can be asked to tutor on it.
    pub(crate) tutored: bool,
    /// How many go with it.
    pub(crate) with_it: usize,
    /// Whose form it is; empty where nobody is signed in.
    pub(crate) owner: String,
    /// When it was saved, in words; none where nothing was.
    pub(crate) saved: Option<String>,
}

struct SectionView {
    title: Safe<String>,
    fields: Vec<FieldView>,
}

/// A line of the summary above the form.
struct ErrorView {
    /// The field's id; none where the form has no such field.
    id: Option<String>,
    label: String,
    message: String,
}

struct FieldView {
    id: String,
    name: String,
    label: Safe<String>,
    hint: Option<Safe<String>>,
    required: bool,
    error: Option<String>,
    control: Control,
}

/// What one fills in.
enum Control {
    Input {
        kind: &'static str,
        mode: &'static str,
        fill: &'static str,
        value: String,
        low: String,
        high: String,
        wide: bool,
    },
    Area {
        value: String,
        rows: u8,
    },
    Tick {
        ticked: bool,
    },
    One {
        choices: Vec<ChoiceView>,
    },
    List {
        choices: Vec<ChoiceView>,
    },
    Many {
        choices: Vec<ChoiceView>,
    },
}

struct ChoiceView {
    value: String,
    label: Safe<String>,
    chosen: bool,
}

impl<'a> FormView<'a> {
    /// A form, with what was typed and what was wrong with it; both empty where nobody has begun.
    pub(crate) fn new(
        words: Words,
        action: String,
        prefix: &'a str,
        token: &FormToken,
        form: Option<&'a Form>,
        typed: Option<&Typed>,
        errors: &[FieldError],
    ) -> Self {
        let sections = form.map(|form| form.sections.as_slice()).unwrap_or_default();
        let sections = sections
            .iter()
            .map(|section| SectionView {
                title: words.say(&section.title),
                fields: section.fields.iter().map(|field| FieldView::of(words, prefix, field, typed, errors)).collect(),
            })
            .collect();
        let summary = errors.iter().map(|error| {
            let field = form.and_then(|form| form.fields().find(|field| field.name.as_str() == error.field));
            ErrorView {
                id: field.map(|field| field_id(prefix, field)),
                label: field.map_or_else(String::new, |field| words.text(&field.label).to_owned()),
                message: words.text(&error.message).to_owned(),
            }
        });
        Self {
            w: words,
            action,
            token: token.to_string(),
            prefix,
            title: form.map_or_else(|| Safe(words.t("service-begin")), |form| words.say(&form.title)),
            introduction: form.and_then(|form| form.introduction.as_ref()).map(|text| markdown(words, text)),
            sections,
            submit: form.map_or_else(|| Safe(words.t("service-submit")), |form| words.say(&form.submit)),
            errors: summary.collect(),
            draft: None,
        }
    }

    /// With a draft that it is saved to.
    pub(crate) fn with_draft(self, draft: DraftView) -> Self {
        Self { draft: Some(draft), ..self }
    }
}

fn field_id(prefix: &str, field: &Field) -> String {
    format!("{prefix}--{}", field.name)
}

impl FieldView {
    fn of(words: Words, prefix: &str, field: &Field, typed: Option<&Typed>, errors: &[FieldError]) -> Self {
        // Once something was sent, an empty field means that it was emptied, not that it was never touched.
        let given: Vec<String> = match (typed, &field.initial) {
            (Some(typed), _) => typed.get(field.name.as_str()).cloned().unwrap_or_default(),
            (None, Some(Value::Options(options))) => options.clone(),
            (None, Some(value)) => vec![value.typed()],
            (None, None) => Vec::new(),
        };
        Self {
            id: field_id(prefix, field),
            name: field.name.to_string(),
            label: words.say(&field.label),
            hint: field.hint.as_ref().map(|hint| words.say(hint)),
            required: field.required,
            error: errors
                .iter()
                .find(|error| error.field == field.name.as_str())
                .map(|error| words.text(&error.message).to_owned()),
            control: Control::of(words, &field.kind, &given),
        }
    }

    /// Whether it is a group of boxes, which HTML names by a legend.
    fn is_group(&self) -> bool {
        matches!(self.control, Control::One { .. } | Control::Many { .. })
    }

    fn is_tick(&self) -> bool {
        matches!(self.control, Control::Tick { .. })
    }

    /// Where the summary leads: into a group, to its first box.
    fn described_by(&self) -> Option<String> {
        let hint = self.hint.is_some().then(|| format!("{}-hint", self.id));
        let error = self.error.is_some().then(|| format!("{}-error", self.id));
        match (hint, error) {
            (None, None) => None,
            (hint, error) => Some(hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")),
        }
    }
}

impl Control {
    fn of(words: Words, kind: &FieldKind, given: &[String]) -> Self {
        let value = given.first().cloned().unwrap_or_default();
        let input = |kind, mode, fill, wide| Self::Input {
            kind,
            mode,
            fill,
            value: value.clone(),
            low: String::new(),
            high: String::new(),
            wide,
        };
        let choices = |all: &[Choice]| {
            let view = |choice: &Choice| ChoiceView {
                value: choice.value.clone(),
                label: words.say(&choice.label),
                chosen: given.contains(&choice.value),
            };
            all.iter().map(view).collect::<Vec<_>>()
        };
        match kind {
            FieldKind::Line { max, .. } => input("text", "text", "off", *max > 20),
            FieldKind::Area { max, .. } => Self::Area { value, rows: if *max > 300 { 6 } else { 3 } },
            FieldKind::Integer { .. } => input("text", "numeric", "off", false),
            FieldKind::Money { .. } | FieldKind::Decimal { .. } => input("text", "decimal", "off", false),
            FieldKind::Date { min, max } => {
                // A date field would swallow what is no date; then it is shown as it was typed.
                let shown = value.is_empty() || value.parse::<jiff::civil::Date>().is_ok();
                Self::Input {
                    kind: if shown { "date" } else { "text" },
                    mode: "text",
                    fill: "off",
                    value,
                    low: min.map(|day| day.to_string()).unwrap_or_default(),
                    high: max.map(|day| day.to_string()).unwrap_or_default(),
                    wide: false,
                }
            }
            FieldKind::Confirm => Self::Tick { ticked: !value.is_empty() },
            FieldKind::ChooseOne(all) if all.len() <= SHOWN_AT_ONCE => Self::One { choices: choices(all) },
            FieldKind::ChooseOne(all) => Self::List { choices: choices(all) },
            FieldKind::ChooseMany(all) => Self::Many { choices: choices(all) },
            FieldKind::Telephone => input("tel", "tel", "tel", false),
            FieldKind::Email => input("email", "email", "email", true),
            FieldKind::CreditCode | FieldKind::IdentityNumber => input("text", "text", "off", true),
        }
    }
}
