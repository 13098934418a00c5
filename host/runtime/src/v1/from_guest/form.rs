//! Forms and their fields.

use lotus_domain::form::{Choice, Field, FieldKind, Form, Section};
use lotus_domain::law::Fen;

use super::words::{date, short, slug, text, value};
use super::{Fit, Misfit};
use crate::v1::bindings::lotus::plugin::pages;

pub(super) fn form(form: pages::Form) -> Fit<Form> {
    let form = Form {
        title: short(form.title, "a form's title")?,
        introduction: form.introduction.map(text).transpose()?,
        sections: form
            .sections
            .into_iter()
            .map(|section| {
                let fields = section.fields.into_iter().map(field).collect::<Fit<_>>()?;
                Ok(Section { title: text(section.title)?, fields })
            })
            .collect::<Fit<_>>()?,
        submit: short(form.submit, "a button's words")?,
    };
    form.check().map_err(Misfit::of)?;
    Ok(form)
}

fn field(field: pages::Field) -> Fit<Field> {
    let choices = |choices: Vec<pages::Choice>| {
        let choice =
            |choice: pages::Choice| Ok(Choice { value: choice.value, label: short(choice.label, "a choice's label")? });
        choices.into_iter().map(choice).collect::<Fit<_>>()
    };
    let kind = match field.kind {
        pages::FieldKind::Line(bounds) => FieldKind::Line { min: bounds.min, max: bounds.max },
        pages::FieldKind::Area(bounds) => FieldKind::Area { min: bounds.min, max: bounds.max },
        pages::FieldKind::Integer(bounds) => FieldKind::Integer { min: bounds.min, max: bounds.max },
        pages::FieldKind::Money(bounds) => FieldKind::Money { min: Fen(bounds.min), max: Fen(bounds.max) },
        pages::FieldKind::Decimal(decimals) => FieldKind::Decimal { decimals },
        pages::FieldKind::Date(bounds) => {
            FieldKind::Date { min: bounds.min.map(date).transpose()?, max: bounds.max.map(date).transpose()? }
        }
        pages::FieldKind::Confirm => FieldKind::Confirm,
        pages::FieldKind::ChooseOne(all) => FieldKind::ChooseOne(choices(all)?),
        pages::FieldKind::ChooseMany(all) => FieldKind::ChooseMany(choices(all)?),
        pages::FieldKind::Telephone => FieldKind::Telephone,
        pages::FieldKind::Email => FieldKind::Email,
        pages::FieldKind::CreditCode => FieldKind::CreditCode,
        pages::FieldKind::IdentityNumber => FieldKind::IdentityNumber,
    };
    Ok(Field {
        name: slug(field.name)?,
        label: short(field.label, "a field's label")?,
        hint: field.hint.map(text).transpose()?,
        required: field.required,
        kind,
        initial: field.initial.map(value).transpose()?,
    })
}
