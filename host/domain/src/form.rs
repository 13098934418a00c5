//! Forms: fields with kinds and bounds, and how what a person typed becomes typed values or an error beside its field.
//!
//! Invariant: a plugin never sees a value that its form's field would not take.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::applicant::{CodeError, CreditCode, IdentityNumber};
use crate::law::Fen;
use crate::text::Text;
use crate::{NotASlug, Slug};

/// A typed value of a field or a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "value")]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A decimal number as text, so that nothing is rounded on the way.
    Decimal(String),
    /// Yes or no.
    Boolean(bool),
    /// A date.
    Date(Date),
    /// Money.
    Money(Fen),
    /// Options chosen.
    Options(Vec<String>),
}

impl Value {
    /// As it is typed into a field again.
    pub fn typed(&self) -> String {
        match self {
            Self::Text(text) | Self::Decimal(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(yes) => if *yes { "yes" } else { "" }.to_owned(),
            Self::Date(date) => date.to_string(),
            Self::Money(fen) => fen.to_string().replace(',', ""),
            Self::Options(options) => options.join(","),
        }
    }
}

/// A named value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldValue {
    /// The field's name in its form.
    pub name: String,
    /// Its value.
    pub value: Value,
}

/// One wrong value, said beside its field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in its form.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: Text,
}

/// One choice of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: Text,
}

/// What kind of answer a field takes, with its bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line, bounds in characters.
    Line {
        /// At least so many.
        min: u32,
        /// At most so many.
        max: u32,
    },
    /// Several lines, bounds in characters.
    Area {
        /// At least so many.
        min: u32,
        /// At most so many.
        max: u32,
    },
    /// A whole number, both bounds included.
    Integer {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// Money typed in yuan, bounds in fen.
    Money {
        /// The least.
        min: Fen,
        /// The most.
        max: Fen,
    },
    /// A decimal number with at most this many decimals.
    Decimal {
        /// 0 to 6.
        decimals: u8,
    },
    /// A date, both bounds included.
    Date {
        /// The earliest.
        min: Option<Date>,
        /// The latest.
        max: Option<Date>,
    },
    /// Yes or no.
    Confirm,
    /// Exactly one of these.
    ChooseOne(Vec<Choice>),
    /// Any number of these.
    ChooseMany(Vec<Choice>),
    /// A telephone number.
    Telephone,
    /// An e-mail address.
    Email,
    /// Unified social credit code.
    CreditCode,
    /// Identity number.
    IdentityNumber,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Unique in the form.
    pub name: Slug,
    /// What stands above it.
    pub label: Text,
    /// What stands below its label.
    pub hint: Option<Text>,
    /// Whether it must be filled in.
    pub required: bool,
    /// What it takes.
    pub kind: FieldKind,
    /// What is there before the person starts.
    pub initial: Option<Value>,
}

/// Fields that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its heading.
    pub title: Text,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Its heading.
    pub title: Text,
    /// Markdown above the first field.
    pub introduction: Option<Text>,
    /// Its parts.
    pub sections: Vec<Section>,
    /// The button's words.
    pub submit: Text,
}

/// What is wrong with a form.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FormError {
    /// A field's name is no id.
    #[error(transparent)]
    Name(#[from] NotASlug),
    /// Two fields share a name.
    #[error("two fields are called “{0}”")]
    Twice(String),
    /// Too many sections, fields or choices.
    #[error("a form has at most 20 sections and 100 fields, a field at most 300 choices")]
    TooLarge,
    /// Bounds that nothing fits, or over what is allowed.
    #[error("field “{0}”: its bounds allow nothing, or more than a field may take")]
    Bounds(String),
}

/// What a person typed, by field name; several values where boxes were ticked.
pub type Typed = BTreeMap<String, Vec<String>>;

/// Longest text that a field takes, in characters.
const LONGEST: u32 = 10_000;

impl Form {
    /// All fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }

    /// Checks bounds, sizes and names.
    pub fn check(&self) -> Result<(), FormError> {
        let mut names = std::collections::BTreeSet::new();
        if self.sections.len() > 20 || self.fields().count() > 100 {
            return Err(FormError::TooLarge);
        }
        for field in self.fields() {
            if !names.insert(field.name.as_str()) {
                return Err(FormError::Twice(field.name.to_string()));
            }
            let sound = match &field.kind {
                FieldKind::Line { min, max } | FieldKind::Area { min, max } => {
                    min <= max && *max <= LONGEST && *max > 0
                }
                FieldKind::Integer { min, max } => min <= max,
                FieldKind::Money { min, max } => min <= max,
                FieldKind::Decimal { decimals } => *decimals <= 6,
                FieldKind::Date { min: Some(min), max: Some(max) } => min <= max,
                FieldKind::ChooseOne(choices) | FieldKind::ChooseMany(choices) => {
                    if choices.len() > 300 {
                        return Err(FormError::TooLarge);
                    }
                    !choices.is_empty() && choices.iter().all(|c| (1..=64).contains(&c.value.chars().count()))
                }
                _ => true,
            };
            if !sound {
                return Err(FormError::Bounds(field.name.to_string()));
            }
        }
        Ok(())
    }

    /// Reads what was typed: every value of its field's kind, or every error beside its field.
    pub fn read(&self, typed: &Typed) -> Result<Vec<FieldValue>, Vec<FieldError>> {
        let mut values = Vec::new();
        let mut errors = Vec::new();
        for field in self.fields() {
            let given: Vec<&str> = typed
                .get(field.name.as_str())
                .map(|given| given.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect())
                .unwrap_or_default();
            match field.read(&given) {
                Ok(Some(value)) => values.push(FieldValue { name: field.name.to_string(), value }),
                Ok(None) => {}
                Err(message) => errors.push(FieldError { field: field.name.to_string(), message }),
            }
        }
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }
}

impl Field {
    fn read(&self, given: &[&str]) -> Result<Option<Value>, Text> {
        let Some(first) = given.first().copied() else {
            return match (&self.kind, self.required) {
                (FieldKind::Confirm, true) => Err(Text::new("请勾选确认。", "Please tick to confirm.")),
                (FieldKind::ChooseOne(_) | FieldKind::ChooseMany(_), true) => {
                    Err(Text::new("请选择一项。", "Please choose."))
                }
                (_, true) => Err(Text::new("请填写此项。", "Please fill this in.")),
                (FieldKind::Confirm, false) => Ok(Some(Value::Boolean(false))),
                (_, false) => Ok(None),
            };
        };
        self.kind.read(first, given).map(Some)
    }
}

impl FieldKind {
    fn read(&self, first: &str, given: &[&str]) -> Result<Value, Text> {
        match self {
            Self::Line { min, max } | Self::Area { min, max } => {
                let length = u32::try_from(first.chars().count()).unwrap_or(u32::MAX);
                let one_line = matches!(self, Self::Area { .. }) || !first.contains(['\n', '\r']);
                if !one_line {
                    Err(Text::new("只能填写一行。", "Only one line, please."))
                } else if (*min..=*max).contains(&length) {
                    Ok(Value::Text(first.to_owned()))
                } else {
                    Err(Text::new(
                        format!("请填写 {min} 至 {max} 个字，现在是 {length} 个字。"),
                        format!("{min} to {max} characters, please; there are {length}."),
                    ))
                }
            }
            Self::Integer { min, max } => match first.replace([',', '，'], "").parse::<i64>() {
                Ok(number) if (*min..=*max).contains(&number) => Ok(Value::Integer(number)),
                _ => Err(Text::new(
                    format!("请填写 {min} 至 {max} 之间的整数。"),
                    format!("A whole number from {min} to {max}, please."),
                )),
            },
            Self::Money { min, max } => match Fen::parse_yuan(first) {
                Ok(fen) if (*min..=*max).contains(&fen) => Ok(Value::Money(fen)),
                _ => Err(Text::new(
                    format!("请填写 {min} 至 {max} 元之间的金额，最多两位小数。"),
                    format!("An amount from {min} to {max} yuan with at most two decimals, please."),
                )),
            },
            Self::Decimal { decimals } => read_decimal(first, *decimals),
            Self::Date { min, max } => match first.parse::<Date>() {
                Ok(date) if min.is_none_or(|min| date >= min) && max.is_none_or(|max| date <= max) => {
                    Ok(Value::Date(date))
                }
                _ => Err(date_message(*min, *max)),
            },
            Self::Confirm => Ok(Value::Boolean(true)),
            Self::ChooseOne(choices) => match choices.iter().find(|choice| choice.value == first) {
                Some(choice) if given.len() == 1 => Ok(Value::Options(vec![choice.value.clone()])),
                _ => Err(Text::new("请从列出的选项中选择一项。", "Please choose one of those listed.")),
            },
            Self::ChooseMany(choices) => {
                if given.iter().all(|value| choices.iter().any(|choice| choice.value == *value)) {
                    Ok(Value::Options(given.iter().map(|value| (*value).to_owned()).collect()))
                } else {
                    Err(Text::new("请从列出的选项中选择。", "Please choose from those listed."))
                }
            }
            Self::Telephone => {
                let digits = first.bytes().filter(u8::is_ascii_digit).count();
                let shape = first.bytes().all(|b| b.is_ascii_digit() || b" +-()".contains(&b));
                if shape && (7..=15).contains(&digits) {
                    Ok(Value::Text(first.to_owned()))
                } else {
                    Err(Text::new(
                        "请填写电话号码，例如 13800000000 或 0374-8000000。",
                        "A telephone number, please, e.g. 13800000000 or 0374-8000000.",
                    ))
                }
            }
            Self::Email => {
                let shape = first.split_once('@').is_some_and(|(name, host)| {
                    !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
                });
                if shape && first.len() <= 254 && !first.contains(char::is_whitespace) {
                    Ok(Value::Text(first.to_owned()))
                } else {
                    Err(Text::new("请填写电子邮箱地址。", "An e-mail address, please."))
                }
            }
            Self::CreditCode => match CreditCode::parse(first) {
                Ok(code) => Ok(Value::Text(code.as_str().to_owned())),
                Err(CodeError::Shape) => Err(Text::new(
                    "统一社会信用代码为 18 位数字或大写字母（不含 I、O、S、V、Z）。",
                    "A unified social credit code has 18 digits or capital letters (without I, O, S, V, Z).",
                )),
                Err(CodeError::CheckDigit) => Err(Text::new(
                    "统一社会信用代码的校验位不符，请核对是否输错。",
                    "The check character of the credit code does not fit; please look for a typing error.",
                )),
            },
            Self::IdentityNumber => match IdentityNumber::parse(first) {
                Ok(number) => Ok(Value::Text(number.as_str().to_owned())),
                Err(_) => Err(Text::new(
                    "公民身份号码有误，请核对 18 位号码。",
                    "This is no identity number; please check its 18 characters.",
                )),
            },
        }
    }
}

fn read_decimal(text: &str, decimals: u8) -> Result<Value, Text> {
    let plain = text.replace([',', '，'], "");
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let fits = !whole.is_empty() && numeric(whole) && numeric(fraction) && fraction.len() <= usize::from(decimals);
    if fits && plain.len() <= 30 {
        Ok(Value::Decimal(plain))
    } else {
        Err(Text::new(
            format!("请填写数字，最多 {decimals} 位小数。"),
            format!("A number with at most {decimals} decimals, please."),
        ))
    }
}

fn date_message(min: Option<Date>, max: Option<Date>) -> Text {
    match (min, max) {
        (Some(min), Some(max)) => Text::new(
            format!("请填写 {min} 至 {max} 之间的日期，例如 {min}。"),
            format!("A date from {min} to {max}, please, e.g. {min}."),
        ),
        (Some(min), None) => {
            Text::new(format!("请填写不早于 {min} 的日期。"), format!("A date not before {min}, please."))
        }
        (None, Some(max)) => {
            Text::new(format!("请填写不晚于 {max} 的日期。"), format!("A date not after {max}, please."))
        }
        (None, None) => Text::new("请填写日期，例如 2026-03-01。", "A date, please, e.g. 2026-03-01."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, required: bool, kind: FieldKind) -> Field {
        Field { name: Slug::parse(name).unwrap(), label: Text::zh(name), hint: None, required, kind, initial: None }
    }

    fn form(fields: Vec<Field>) -> Form {
        Form {
            title: Text::zh("表"),
            introduction: None,
            sections: vec![Section { title: Text::zh("段"), fields }],
            submit: Text::zh("提交"),
        }
    }

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect()
    }

    #[test]
    fn every_error_is_said_beside_its_field() {
        let form = form(vec![
            field("name", true, FieldKind::Line { min: 2, max: 10 }),
            field("code", true, FieldKind::CreditCode),
            field("sales", true, FieldKind::Money { min: Fen(0), max: Fen(100_000) }),
            field("note", false, FieldKind::Area { min: 0, max: 100 }),
        ]);
        let errors = form.read(&typed(&[("code", "91"), ("sales", "2000")])).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["name", "code", "sales"]);
    }

    #[test]
    fn what_fits_comes_out_typed_and_what_is_unknown_is_left_out() {
        let form = form(vec![
            field("sales", true, FieldKind::Money { min: Fen(0), max: Fen(i64::MAX) }),
            field("agree", false, FieldKind::Confirm),
        ]);
        let values = form.read(&typed(&[("sales", "2,000,000.5"), ("other", "x")])).unwrap();
        assert_eq!(
            values,
            [
                FieldValue { name: "sales".into(), value: Value::Money(Fen(200_000_050)) },
                FieldValue { name: "agree".into(), value: Value::Boolean(false) },
            ]
        );
    }

    #[test]
    fn a_choice_that_was_not_offered_is_not_taken() {
        let choices = vec![Choice { value: "a".into(), label: Text::zh("甲") }];
        let form = form(vec![field("one", true, FieldKind::ChooseOne(choices))]);
        assert!(form.read(&typed(&[("one", "b")])).is_err());
        assert!(form.read(&typed(&[("one", "a")])).is_ok());
    }

    #[test]
    fn a_form_with_bounds_that_nothing_fits_is_refused() {
        assert_eq!(
            form(vec![field("n", true, FieldKind::Integer { min: 2, max: 1 })]).check(),
            Err(FormError::Bounds("n".into()))
        );
        let twice = vec![field("n", true, FieldKind::Confirm), field("n", true, FieldKind::Confirm)];
        assert_eq!(form(twice).check(), Err(FormError::Twice("n".into())));
    }
}
