//! The host's types into generation 1's.

use jiff::civil::Date;
use lotus_domain::Slug;
use lotus_domain::catalog::Served;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::law::{Period, TimeUnit};
use lotus_domain::text::{Language, Text};

use super::bindings::exports::lotus::plugin::services;
use super::bindings::lotus::plugin::{catalog, types};
use crate::call::Moment;
use crate::capabilities::ItemInBrief;

pub(super) fn context(moment: &Moment) -> types::Context {
    types::Context {
        district: moment.division.to_string(),
        language: match moment.language {
            Language::Zh => types::Language::Zh,
            Language::En => types::Language::En,
        },
        now: u64::try_from(moment.at.as_millisecond()).unwrap_or(0),
        today: date(moment.today),
    }
}

pub(super) fn text(text: Text) -> types::Text {
    types::Text { zh: text.zh, en: text.en }
}

pub(super) fn date(date: Date) -> types::Date {
    types::Date {
        year: u16::try_from(date.year()).unwrap_or(0),
        month: date.month().unsigned_abs(),
        day: date.day().unsigned_abs(),
    }
}

pub(super) fn period(period: Period) -> types::Period {
    types::Period {
        amount: period.amount,
        unit: match period.unit {
            TimeUnit::Day => types::TimeUnit::Day,
            TimeUnit::WorkingDay => types::TimeUnit::WorkingDay,
            TimeUnit::Month => types::TimeUnit::Month,
            TimeUnit::Year => types::TimeUnit::Year,
            TimeUnit::Hour => types::TimeUnit::Hour,
        },
    }
}

pub(super) fn value(value: Value) -> types::Value {
    match value {
        Value::Text(text) => types::Value::Text(text),
        Value::Integer(number) => types::Value::Integer(number),
        Value::Decimal(number) => types::Value::Decimal(number),
        Value::Boolean(yes) => types::Value::Boolean(yes),
        Value::Date(day) => types::Value::Date(date(day)),
        Value::Money(fen) => types::Value::Money(fen.0),
        Value::Options(options) => types::Value::Options(options),
    }
}

pub(super) fn fields(values: &[FieldValue]) -> Vec<types::FieldValue> {
    values.iter().cloned().map(|field| types::FieldValue { name: field.name, value: value(field.value) }).collect()
}

pub(super) fn submission(service: &Slug, values: &[FieldValue]) -> services::Submission {
    services::Submission { service: service.to_string(), fields: fields(values) }
}

pub(super) fn item(item: ItemInBrief) -> catalog::Item {
    catalog::Item {
        code: item.code,
        name: text(item.name),
        department: text(item.department),
        served: item.served.into_iter().map(served).collect(),
        statutory: period(item.statutory),
        promised: period(item.promised),
        visits: item.visits,
        version: item.version,
    }
}

fn served(served: Served) -> types::Served {
    match served {
        Served::NaturalPerson => types::Served::NaturalPerson,
        Served::Enterprise => types::Served::Enterprise,
        Served::PublicInstitution => types::Served::PublicInstitution,
        Served::SocialOrganisation => types::Served::SocialOrganisation,
        Served::AdministrativeOrgan => types::Served::AdministrativeOrgan,
        Served::Other => types::Served::Other,
    }
}
