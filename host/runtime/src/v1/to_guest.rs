//! The host's types into generation 1's.

use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::Slug;
use lotus_domain::applicant::Fact;
use lotus_domain::catalog::Served;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::hook::{CaseCover, CaseEntry, Tick, TransitionMade};
use lotus_domain::law::{LegalBasis, Period, TimeUnit};
use lotus_domain::text::{Language, Text};

use super::bindings::exports::lotus::plugin::{case_hooks, services, timers};
use super::bindings::lotus::plugin::{applicants, case_files, catalog, policy_library, types};
use crate::call::Moment;
use crate::capabilities::{ItemInBrief, PolicyInBrief};

pub(super) fn context(moment: &Moment) -> types::Context {
    types::Context {
        district: moment.division.to_string(),
        language: match moment.language {
            Language::Zh => types::Language::Zh,
            Language::En => types::Language::En,
        },
        now: timestamp(moment.at),
        today: date(moment.today),
    }
}

pub(super) fn timestamp(at: Timestamp) -> types::Timestamp {
    u64::try_from(at.as_millisecond()).unwrap_or(0)
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

pub(super) fn policy(policy: PolicyInBrief) -> policy_library::Policy {
    policy_library::Policy {
        id: policy.id,
        version: policy.version,
        title: text(policy.title),
        summary: text(policy.summary),
        opens: policy.opens.map(date),
        closes: policy.closes.map(date),
        at_most: policy.at_most.map(|fen| fen.0),
        basis: basis(policy.basis),
    }
}

fn basis(basis: LegalBasis) -> types::LegalBasis {
    types::LegalBasis { title: basis.title, article: basis.article }
}

pub(super) fn transition(made: &TransitionMade) -> case_hooks::TransitionMade {
    let TransitionMade { case, subject, transition, from, to } = made.clone();
    case_hooks::TransitionMade { case_number: case, subject, transition, from_state: from, to_state: to }
}

pub(super) fn tick(tick: &Tick) -> timers::Tick {
    timers::Tick { timer: tick.timer.to_string(), due: timestamp(tick.due) }
}

pub(super) fn case_cover(cover: CaseCover) -> case_files::CaseFile {
    case_files::CaseFile {
        number: cover.number,
        service: cover.service,
        state: cover.state,
        submitted: timestamp(cover.submitted),
        due: cover.due.map(date),
        revision: cover.revision,
    }
}

pub(super) fn case_entry(entry: CaseEntry) -> case_files::CaseEvent {
    case_files::CaseEvent {
        at: timestamp(entry.at),
        action: entry.action,
        from_state: entry.from,
        to_state: entry.to,
        reason: entry.reason.map(text),
        basis: entry.basis.map(basis),
    }
}

pub(super) fn fact(fact: Fact) -> applicants::Fact {
    applicants::Fact { name: fact.name, value: value(fact.value), source: fact.source, as_of: timestamp(fact.as_of) }
}

pub(super) fn served(served: Served) -> types::Served {
    match served {
        Served::NaturalPerson => types::Served::NaturalPerson,
        Served::Enterprise => types::Served::Enterprise,
        Served::PublicInstitution => types::Served::PublicInstitution,
        Served::SocialOrganisation => types::Served::SocialOrganisation,
        Served::AdministrativeOrgan => types::Served::AdministrativeOrgan,
        Served::Other => types::Served::Other,
    }
}
