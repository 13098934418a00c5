//! Words, dates, values and links, each within its bounds.

use jiff::civil::Date;
use lotus_domain::Slug;
use lotus_domain::catalog::Served;
use lotus_domain::form::{FieldError, Value};
use lotus_domain::law::{Fen, LegalBasis, Period, Refusal, TimeUnit};
use lotus_domain::page::{LONGEST_TEXT, Link, LinkTarget};
use lotus_domain::text::Text;

use super::{Fit, Misfit, several};
use crate::v1::bindings::lotus::plugin::types;

/// A text whose bounds are checked with the whole that it is part of.
pub(in crate::v1) fn raw(text: types::Text) -> Text {
    Text { zh: text.zh, en: text.en }
}

/// Any text: what no other bound stops, this one does.
pub(super) fn text(text: types::Text) -> Fit<Text> {
    let text = raw(text);
    if text.longest() > LONGEST_TEXT {
        return Err(Misfit("a text has at most 10,000 characters".to_owned()));
    }
    Ok(text)
}

/// A text in Chinese alone, such as a code or the title of a law.
pub(super) fn plain(text: String, most: usize, what: &str) -> Fit<String> {
    if text.chars().count() > most {
        return Err(Misfit(format!("{what} has at most {most} characters")));
    }
    Ok(text)
}

/// A text without which the answer says nothing.
pub(super) fn said(words: types::Text, what: &str) -> Fit<Text> {
    let words = text(words)?;
    if words.zh.is_empty() {
        return Err(Misfit(format!("{what} is empty")));
    }
    Ok(words)
}

pub(super) fn short(words: types::Text, what: &str) -> Fit<Text> {
    let words = text(words)?;
    if words.longest() > 200 || words.zh.is_empty() {
        return Err(Misfit(format!("{what} has 1 to 200 characters")));
    }
    Ok(words)
}

pub(super) fn slug(id: String) -> Fit<Slug> {
    Slug::parse(id).map_err(Misfit::of)
}

pub(in crate::v1) fn date(date: types::Date) -> Fit<Date> {
    let part = |number: u8| i8::try_from(number).map_err(Misfit::of);
    let year = i16::try_from(date.year).map_err(Misfit::of)?;
    if !(1900..=2200).contains(&year) {
        return Err(Misfit(format!("the year {year} is not within 1900 to 2200")));
    }
    Date::new(year, part(date.month)?, part(date.day)?).map_err(Misfit::of)
}

pub(super) fn period(period: types::Period) -> Period {
    let unit = match period.unit {
        types::TimeUnit::Day => TimeUnit::Day,
        types::TimeUnit::WorkingDay => TimeUnit::WorkingDay,
        types::TimeUnit::Month => TimeUnit::Month,
        types::TimeUnit::Year => TimeUnit::Year,
        types::TimeUnit::Hour => TimeUnit::Hour,
    };
    Period { amount: period.amount, unit }
}

pub(super) fn basis(basis: types::LegalBasis) -> Fit<LegalBasis> {
    let article = basis.article.map(|article| plain(article, 200, "an article")).transpose()?;
    Ok(LegalBasis { title: plain(basis.title, 200, "the title of a legal basis")?, article })
}

pub(super) fn refusal(no: types::Refusal) -> Fit<Refusal> {
    Ok(Refusal {
        reason: said(no.reason, "the reason of a refusal")?,
        basis: no.basis.map(basis).transpose()?,
        next_step: no.next_step.map(text).transpose()?,
    })
}

pub(super) fn field_errors(errors: Vec<types::FieldError>) -> Fit<Vec<FieldError>> {
    several(errors, 200, "errors", |error| {
        let message = said(error.message, "what is wrong with a value")?;
        Ok(FieldError { field: plain(error.field, 64, "a field's name")?, message })
    })
}

pub(super) fn served(served: types::Served) -> Served {
    match served {
        types::Served::NaturalPerson => Served::NaturalPerson,
        types::Served::Enterprise => Served::Enterprise,
        types::Served::PublicInstitution => Served::PublicInstitution,
        types::Served::SocialOrganisation => Served::SocialOrganisation,
        types::Served::AdministrativeOrgan => Served::AdministrativeOrgan,
        types::Served::Other => Served::Other,
    }
}

pub(super) fn value(value: types::Value) -> Fit<Value> {
    Ok(match value {
        types::Value::Text(text) => Value::Text(plain(text, LONGEST_TEXT, "a value")?),
        types::Value::Integer(number) => Value::Integer(number),
        types::Value::Decimal(number) if number.len() <= 30 && number.parse::<f64>().is_ok_and(f64::is_finite) => {
            Value::Decimal(number)
        }
        types::Value::Decimal(number) => return Err(Misfit(format!("“{number:.40}” is no decimal number"))),
        types::Value::Boolean(yes) => Value::Boolean(yes),
        types::Value::Date(day) => Value::Date(date(day)?),
        types::Value::Money(fen) => Value::Money(Fen(fen)),
        types::Value::Options(options) => Value::Options(options),
    })
}

pub(super) fn link(link: types::Link) -> Fit<Link> {
    let target = match link.target {
        types::LinkTarget::Page(id) => LinkTarget::Page(id),
        types::LinkTarget::Service(id) => LinkTarget::Service(id),
        types::LinkTarget::Item(code) => LinkTarget::Item(code),
        types::LinkTarget::Zone(id) => LinkTarget::Zone(id),
        types::LinkTarget::Site(url) => LinkTarget::Site(url),
        types::LinkTarget::Telephone(number) => LinkTarget::Telephone(number),
        types::LinkTarget::Email(address) => LinkTarget::Email(address),
    };
    target.check().map_err(Misfit::of)?;
    Ok(Link { label: said(link.label, "a link's label")?, target })
}
