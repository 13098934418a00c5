//! Generation 1's types into the host's: parsed, bounded, or said not to fit.

use jiff::civil::Date;
use lotus_domain::Slug;
use lotus_domain::catalog::Served;
use lotus_domain::form::{Choice, Field, FieldError, FieldKind, Form, Section, Value};
use lotus_domain::kind::{Clock, Definition, Role, State, Transition};
use lotus_domain::law::{Fen, LegalBasis, Period, Refusal, TimeUnit};
use lotus_domain::page::{
    Block, Card, Chart, ChartKind, Column, Contact, Figure, LONGEST_TEXT, Link, LinkTarget, Page, Series, Step, Table,
    Tone,
};
use lotus_domain::service::{Advice, Opening, Service, ServiceField, Submitted};
use lotus_domain::text::Text;
use lotus_domain::zone::Zone;

use super::Reply;
use super::bindings::exports::lotus::plugin::{services, zones};
use super::bindings::lotus::plugin::{case_kinds, pages, types};
use crate::call::{Answer, Outcome};

/// Where an answer is outside the contract's bounds.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Misfit(pub(crate) String);

impl Misfit {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

type Fit<T> = Result<T, Misfit>;

/// Most zones and services of one plugin.
const MOST_ZONES: usize = 20;
const MOST_SERVICES: usize = 100;

pub(super) fn outcome(reply: Reply) -> Fit<Outcome<Answer>> {
    Ok(match reply {
        Reply::Zones(all) => Outcome::Answer(Answer::Zones(several(all, MOST_ZONES, "zones", zone)?)),
        Reply::Services(all) => Outcome::Answer(Answer::Services(several(all, MOST_SERVICES, "services", service)?)),
        Reply::Page(Ok(answer)) => Outcome::Answer(Answer::Page(page(answer)?)),
        Reply::Form(Ok(answer)) => Outcome::Answer(Answer::Form(answer.map(form).transpose()?)),
        Reply::Checked(Ok(errors)) => Outcome::Answer(Answer::Checked(field_errors(errors)?)),
        Reply::Advised(Ok(said)) => Outcome::Answer(Answer::Advised(advice(said)?)),
        Reply::Page(Err(error)) | Reply::Form(Err(error)) | Reply::Checked(Err(error)) | Reply::Advised(Err(error)) => {
            answer_error(error)
        }
        Reply::Submitted(Ok(submitted)) => Outcome::Answer(Answer::Submitted(match submitted {
            services::Outcome::Answered(answer) => Submitted::Answered(page(answer)?),
            services::Outcome::OpensCase(opened) => Submitted::OpensCase(opening(opened)?),
            services::Outcome::Refers(referral) => Submitted::Refers {
                reason: text(referral.reason),
                links: referral.links.into_iter().map(link).collect::<Fit<_>>()?,
            },
        })),
        Reply::Submitted(Err(error)) => match error {
            services::SubmitError::NotFound => Outcome::NotFound,
            services::SubmitError::Invalid(errors) => {
                Outcome::Answer(Answer::Submitted(Submitted::Invalid(field_errors(errors)?)))
            }
            services::SubmitError::Refused(no) => Outcome::Refused(refusal(no)),
            services::SubmitError::Unavailable(why) => Outcome::Unavailable(text(why)),
        },
    })
}

fn several<A, B>(all: Vec<A>, most: usize, what: &str, convert: impl Fn(A) -> Fit<B>) -> Fit<Vec<B>> {
    if all.len() > most {
        return Err(Misfit(format!("{} {what}; at most {most} are allowed", all.len())));
    }
    all.into_iter().map(convert).collect()
}

fn answer_error<T>(error: types::AnswerError) -> Outcome<T> {
    match error {
        types::AnswerError::NotFound => Outcome::NotFound,
        types::AnswerError::Refused(no) => Outcome::Refused(refusal(no)),
        types::AnswerError::Unavailable(why) => Outcome::Unavailable(text(why)),
    }
}

fn text(text: types::Text) -> Text {
    Text { zh: text.zh, en: text.en }
}

fn short(words: types::Text, what: &str) -> Fit<Text> {
    let words = text(words);
    if words.longest() > 200 || words.zh.is_empty() {
        return Err(Misfit(format!("{what} has 1 to 200 characters")));
    }
    Ok(words)
}

fn long(words: types::Text, what: &str) -> Fit<Text> {
    let words = text(words);
    if words.longest() > LONGEST_TEXT || words.zh.is_empty() {
        return Err(Misfit(format!("{what} has 1 to 10,000 characters")));
    }
    Ok(words)
}

fn slug(id: String) -> Fit<Slug> {
    Slug::parse(id).map_err(Misfit::of)
}

pub(super) fn date(date: types::Date) -> Fit<Date> {
    let part = |number: u8| i8::try_from(number).map_err(Misfit::of);
    let year = i16::try_from(date.year).map_err(Misfit::of)?;
    if !(1900..=2200).contains(&year) {
        return Err(Misfit(format!("the year {year} is not within 1900 to 2200")));
    }
    Date::new(year, part(date.month)?, part(date.day)?).map_err(Misfit::of)
}

fn period(period: types::Period) -> Period {
    let unit = match period.unit {
        types::TimeUnit::Day => TimeUnit::Day,
        types::TimeUnit::WorkingDay => TimeUnit::WorkingDay,
        types::TimeUnit::Month => TimeUnit::Month,
        types::TimeUnit::Year => TimeUnit::Year,
        types::TimeUnit::Hour => TimeUnit::Hour,
    };
    Period { amount: period.amount, unit }
}

fn basis(basis: types::LegalBasis) -> LegalBasis {
    LegalBasis { title: basis.title, article: basis.article }
}

fn refusal(no: types::Refusal) -> Refusal {
    Refusal { reason: text(no.reason), basis: no.basis.map(basis), next_step: no.next_step.map(text) }
}

fn field_errors(errors: Vec<types::FieldError>) -> Fit<Vec<FieldError>> {
    several(errors, 200, "errors", |error| Ok(FieldError { field: error.field, message: text(error.message) }))
}

fn served(served: types::Served) -> Served {
    match served {
        types::Served::NaturalPerson => Served::NaturalPerson,
        types::Served::Enterprise => Served::Enterprise,
        types::Served::PublicInstitution => Served::PublicInstitution,
        types::Served::SocialOrganisation => Served::SocialOrganisation,
        types::Served::AdministrativeOrgan => Served::AdministrativeOrgan,
        types::Served::Other => Served::Other,
    }
}

fn value(value: types::Value) -> Fit<Value> {
    Ok(match value {
        types::Value::Text(text) => Value::Text(text),
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

fn zone(zone: zones::Zone) -> Fit<Zone> {
    Ok(Zone {
        id: slug(zone.id)?,
        title: short(zone.title, "a zone's title")?,
        summary: text(zone.summary),
        served: zone.served.into_iter().map(served).collect(),
    })
}

fn service(service: services::Service) -> Fit<Service> {
    let field = match service.field {
        services::ServiceField::Policy => ServiceField::Policy,
        services::ServiceField::Talent => ServiceField::Talent,
        services::ServiceField::Finance => ServiceField::Finance,
        services::ServiceField::Law => ServiceField::Law,
        services::ServiceField::ScienceAndTechnology => ServiceField::ScienceAndTechnology,
        services::ServiceField::Other(name) => ServiceField::Other(text(name)),
    };
    Ok(Service {
        id: slug(service.id)?,
        title: short(service.title, "a service's title")?,
        summary: text(service.summary),
        field,
        served: service.served.into_iter().map(served).collect(),
        promised: period(service.promised),
        department: text(service.department),
        basis: service.basis.map(basis),
        zone: service.zone.map(slug).transpose()?,
        kind: service.kind.map(definition).transpose()?,
    })
}

fn definition(kind: case_kinds::Definition) -> Fit<Definition> {
    let state = |state: case_kinds::State| {
        let clock = match state.clock {
            case_kinds::Clock::Stopped => Clock::Stopped,
            case_kinds::Clock::Running => Clock::Running,
            case_kinds::Clock::Paused => Clock::Paused,
        };
        Ok(State { id: slug(state.id)?, title: short(state.title, "a state's title")?, clock, is_final: state.final_ })
    };
    let transition = |step: case_kinds::Transition| {
        let by = match step.by {
            case_kinds::Role::Applicant => Role::Applicant,
            case_kinds::Role::Clerk => Role::Clerk,
            case_kinds::Role::Handler => Role::Handler,
            case_kinds::Role::DepartmentHead => Role::DepartmentHead,
            case_kinds::Role::Helper => Role::Helper,
            case_kinds::Role::System => Role::System,
        };
        Ok(Transition {
            id: slug(step.id)?,
            title: short(step.title, "a transition's title")?,
            from: slug(step.from_state)?,
            to: slug(step.to_state)?,
            by,
            needs_reason: step.needs_reason,
            asks_plugin: step.asks_plugin,
        })
    };
    let definition = Definition {
        id: slug(kind.id)?,
        title: short(kind.title, "a kind's title")?,
        initial: slug(kind.initial)?,
        states: kind.states.into_iter().map(state).collect::<Fit<_>>()?,
        transitions: kind.transitions.into_iter().map(transition).collect::<Fit<_>>()?,
        promised: period(kind.promised),
        rated: kind.rated,
        basis: kind.basis.map(basis),
    };
    definition.check().map_err(|error| Misfit(format!("the kind of case “{}”: {error}", definition.id)))?;
    Ok(definition)
}

fn advice(advice: services::Advice) -> Fit<Advice> {
    Ok(match advice {
        services::Advice::Proceed => Advice::Proceed,
        services::Advice::ProceedWith(words) => Advice::ProceedWith(long(words, "what is said of a transition")?),
        services::Advice::Hold(no) => Advice::Hold(refusal(no)),
    })
}

fn opening(opening: services::Opening) -> Fit<Opening> {
    Ok(Opening {
        title: short(opening.title, "a case's title")?,
        message: opening.message.map(text),
        promised: opening.promised.map(period),
    })
}

fn link(link: types::Link) -> Fit<Link> {
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
    Ok(Link { label: text(link.label), target })
}

fn page(page: pages::Page) -> Fit<Page> {
    let page = Page {
        title: short(page.title, "a page's title")?,
        summary: page.summary.map(text),
        blocks: page.blocks.into_iter().map(block).collect::<Fit<_>>()?,
        basis: page.basis.into_iter().map(basis).collect(),
    };
    page.check().map_err(Misfit::of)?;
    Ok(page)
}

fn block(block: pages::Block) -> Fit<Block> {
    Ok(match block {
        pages::Block::Heading(heading) => Block::Heading { text: text(heading.text), level: heading.level },
        pages::Block::Markdown(source) => Block::Markdown { text: text(source) },
        pages::Block::Cards(cards) => Block::Cards { cards: cards.into_iter().map(card).collect::<Fit<_>>()? },
        pages::Block::Figures(figures) => Block::Figures {
            figures: figures
                .into_iter()
                .map(|figure| Figure {
                    label: text(figure.label),
                    value: figure.value,
                    unit: figure.unit.map(text),
                    note: figure.note.map(text),
                })
                .collect(),
        },
        pages::Block::Table(table) => Block::Table(Table {
            caption: text(table.caption),
            columns: table
                .columns
                .into_iter()
                .map(|column| Column {
                    title: text(column.title),
                    at_end: matches!(column.align, pages::Alignment::End),
                })
                .collect(),
            rows: table.rows.into_iter().map(|row| row.into_iter().map(text).collect()).collect(),
        }),
        pages::Block::Chart(chart) => Block::Chart(Chart {
            caption: text(chart.caption),
            kind: match chart.kind {
                pages::ChartKind::Bar => ChartKind::Bar,
                pages::ChartKind::Line => ChartKind::Line,
            },
            unit: text(chart.unit),
            labels: chart.labels.into_iter().map(text).collect(),
            series: chart
                .series
                .into_iter()
                .map(|series| Series { name: text(series.name), values: series.values })
                .collect(),
        }),
        pages::Block::Notice(notice) => Block::Notice {
            tone: match notice.tone {
                pages::Tone::Info => Tone::Info,
                pages::Tone::Good => Tone::Good,
                pages::Tone::Attention => Tone::Attention,
                pages::Tone::Urgent => Tone::Urgent,
            },
            title: text(notice.title),
            body: text(notice.body),
        },
        pages::Block::Form(service) => Block::Form { service },
        pages::Block::Steps(steps) => Block::Steps {
            steps: steps
                .into_iter()
                .map(|step| Step { title: text(step.title), body: text(step.body), takes: step.takes.map(period) })
                .collect(),
        },
        pages::Block::Contact(contact) => Block::Contact(Contact {
            name: text(contact.name),
            telephone: contact.telephone,
            email: contact.email,
            address: contact.address.map(text),
            hours: contact.hours.map(text),
        }),
        pages::Block::Links(links) => Block::Links { links: links.into_iter().map(link).collect::<Fit<_>>()? },
    })
}

fn card(card: pages::Card) -> Fit<Card> {
    Ok(Card {
        title: text(card.title),
        body: text(card.body),
        tags: card.tags.into_iter().map(text).collect(),
        link: card.link.map(link).transpose()?,
    })
}

fn form(form: pages::Form) -> Fit<Form> {
    let form = Form {
        title: short(form.title, "a form's title")?,
        introduction: form.introduction.map(text),
        sections: form
            .sections
            .into_iter()
            .map(|section| {
                let fields = section.fields.into_iter().map(field).collect::<Fit<_>>()?;
                Ok(Section { title: text(section.title), fields })
            })
            .collect::<Fit<_>>()?,
        submit: short(form.submit, "a button's words")?,
    };
    form.check().map_err(Misfit::of)?;
    Ok(form)
}

fn field(field: pages::Field) -> Fit<Field> {
    let choices = |choices: Vec<pages::Choice>| {
        choices.into_iter().map(|choice| Choice { value: choice.value, label: text(choice.label) }).collect()
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
        pages::FieldKind::ChooseOne(all) => FieldKind::ChooseOne(choices(all)),
        pages::FieldKind::ChooseMany(all) => FieldKind::ChooseMany(choices(all)),
        pages::FieldKind::Telephone => FieldKind::Telephone,
        pages::FieldKind::Email => FieldKind::Email,
        pages::FieldKind::CreditCode => FieldKind::CreditCode,
        pages::FieldKind::IdentityNumber => FieldKind::IdentityNumber,
    };
    Ok(Field {
        name: slug(field.name)?,
        label: short(field.label, "a field's label")?,
        hint: field.hint.map(text),
        required: field.required,
        kind,
        initial: field.initial.map(value).transpose()?,
    })
}
