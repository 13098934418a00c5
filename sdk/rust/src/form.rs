//! Forms: sections of fields, each field made by what it takes.

use std::ops::RangeInclusive;

use crate::pages::{Choice, DateBounds, Field, FieldKind, Form, IntegerBounds, Section, TextBounds};
use crate::types::{Date, Text, Value};

impl Form {
    /// A form without fields, and the words of its button.
    pub fn new(title: impl Into<Text>, submit: impl Into<Text>) -> Self {
        Self { title: title.into(), introduction: None, sections: Vec::new(), submit: submit.into() }
    }

    /// Markdown above the first field.
    #[must_use]
    pub fn introduction(mut self, text: impl Into<Text>) -> Self {
        self.introduction = Some(text.into());
        self
    }

    /// Adds fields that belong together.
    #[must_use]
    pub fn section(mut self, title: impl Into<Text>, fields: impl IntoIterator<Item = Field>) -> Self {
        self.sections.push(Section { title: title.into(), fields: fields.into_iter().collect() });
        self
    }
}

/// Each makes a field that must be filled in; [`Field::optional`] lifts that.
impl Field {
    /// A field of any kind.
    pub fn new(name: impl Into<String>, label: impl Into<Text>, kind: FieldKind) -> Self {
        Self { name: name.into(), label: label.into(), hint: None, required: true, kind, initial: None }
    }

    /// One line, bounds in characters.
    pub fn line(name: &str, label: impl Into<Text>, length: RangeInclusive<u32>) -> Self {
        Self::new(name, label, FieldKind::Line(TextBounds { min: *length.start(), max: *length.end() }))
    }

    /// Several lines, bounds in characters.
    pub fn area(name: &str, label: impl Into<Text>, length: RangeInclusive<u32>) -> Self {
        Self::new(name, label, FieldKind::Area(TextBounds { min: *length.start(), max: *length.end() }))
    }

    /// A whole number.
    pub fn integer(name: &str, label: impl Into<Text>, range: RangeInclusive<i64>) -> Self {
        Self::new(name, label, FieldKind::Integer(IntegerBounds { min: *range.start(), max: *range.end() }))
    }

    /// Money; the bounds are whole **yuan**.
    pub fn money(name: &str, label: impl Into<Text>, yuan: RangeInclusive<i64>) -> Self {
        let (min, max) = (yuan.start().saturating_mul(100), yuan.end().saturating_mul(100));
        Self::new(name, label, FieldKind::Money(IntegerBounds { min, max }))
    }

    /// A decimal number with at most so many decimals (0 to 6).
    pub fn decimal(name: &str, label: impl Into<Text>, decimals: u8) -> Self {
        Self::new(name, label, FieldKind::Decimal(decimals))
    }

    /// A date, bounds included.
    pub fn date(name: &str, label: impl Into<Text>, min: Option<Date>, max: Option<Date>) -> Self {
        Self::new(name, label, FieldKind::Date(DateBounds { min, max }))
    }

    /// A box to tick; it must be ticked unless the field is optional.
    pub fn confirm(name: &str, label: impl Into<Text>) -> Self {
        Self::new(name, label, FieldKind::Confirm)
    }

    /// Exactly one of these: (value, label).
    pub fn choose_one<T: Into<Text>>(
        name: &str,
        label: impl Into<Text>,
        choices: impl IntoIterator<Item = (&'static str, T)>,
    ) -> Self {
        Self::new(name, label, FieldKind::ChooseOne(choices_of(choices)))
    }

    /// Any number of these: (value, label).
    pub fn choose_many<T: Into<Text>>(
        name: &str,
        label: impl Into<Text>,
        choices: impl IntoIterator<Item = (&'static str, T)>,
    ) -> Self {
        Self::new(name, label, FieldKind::ChooseMany(choices_of(choices)))
    }

    /// A telephone number.
    pub fn telephone(name: &str, label: impl Into<Text>) -> Self {
        Self::new(name, label, FieldKind::Telephone)
    }

    /// A unified social credit code 统一社会信用代码.
    pub fn credit_code(name: &str, label: impl Into<Text>) -> Self {
        Self::new(name, label, FieldKind::CreditCode)
    }

    /// Shown below the label.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// It may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Filled in before the person starts.
    #[must_use]
    pub fn initial(mut self, value: Value) -> Self {
        self.initial = Some(value);
        self
    }
}

fn choices_of<T: Into<Text>>(choices: impl IntoIterator<Item = (&'static str, T)>) -> Vec<Choice> {
    choices.into_iter().map(|(value, label)| Choice { value: value.to_owned(), label: label.into() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_money_are_given_in_yuan_and_kept_in_fen() {
        let field = Field::money("sales", "销售额", 0..=1_000);
        assert_eq!(field.kind, FieldKind::Money(IntegerBounds { min: 0, max: 100_000 }));
        assert!(field.required && !field.optional().required);
    }
}
