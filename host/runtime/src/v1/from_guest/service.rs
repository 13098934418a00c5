//! Zones and services, the kinds of their cases, and what they say to a submission or a transition.

use lotus_domain::kind::{Clock, Definition, NumberCode, Role, State, Transition};
use lotus_domain::service::{Advice, Opening, Service, ServiceField};
use lotus_domain::zone::Zone;

use super::words::{basis, period, refusal, said, served, short, slug, text};
use super::{Fit, Misfit};
use crate::v1::bindings::exports::lotus::plugin::{services, zones};
use crate::v1::bindings::lotus::plugin::case_kinds;

pub(super) fn zone(zone: zones::Zone) -> Fit<Zone> {
    Ok(Zone {
        id: slug(zone.id)?,
        title: short(zone.title, "a zone's title")?,
        summary: text(zone.summary)?,
        served: zone.served.into_iter().map(served).collect(),
    })
}

pub(super) fn service(service: services::Service) -> Fit<Service> {
    let field = match service.field {
        services::ServiceField::Policy => ServiceField::Policy,
        services::ServiceField::Talent => ServiceField::Talent,
        services::ServiceField::Finance => ServiceField::Finance,
        services::ServiceField::Law => ServiceField::Law,
        services::ServiceField::ScienceAndTechnology => ServiceField::ScienceAndTechnology,
        services::ServiceField::Other(name) => ServiceField::Other(short(name, "a field's name")?),
    };
    Ok(Service {
        id: slug(service.id)?,
        title: short(service.title, "a service's title")?,
        summary: text(service.summary)?,
        field,
        served: service.served.into_iter().map(served).collect(),
        promised: period(service.promised),
        department: short(service.department, "a department's name")?,
        basis: service.basis.map(basis).transpose()?,
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
        Ok(State {
            id: slug(state.id)?,
            title: short(state.title, "a state's title")?,
            clock,
            is_final: state.final_,
            is_answered: false,
            limit: None,
        })
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
            from: vec![slug(step.from_state)?],
            to: Some(slug(step.to_state)?),
            by: vec![by],
            needs_reason: step.needs_reason,
            asks_plugin: step.asks_plugin,
            needs: Vec::new(),
            means: None,
            extends: None,
            at_end_of: None,
            opens_parts: false,
            hands_over: None,
            at_most: None,
            basis: None,
        })
    };
    let definition = Definition {
        id: slug(kind.id)?,
        title: short(kind.title, "a kind's title")?,
        initial: slug(kind.initial)?,
        states: kind.states.into_iter().map(state).collect::<Fit<_>>()?,
        transitions: kind.transitions.into_iter().map(transition).collect::<Fit<_>>()?,
        code: NumberCode::SERVICE,
        promised: period(kind.promised),
        statutory: None,
        rated: kind.rated,
        protects_applicant: false,
        impartial: false,
        basis: kind.basis.map(basis).transpose()?,
    };
    definition.check().map_err(|error| Misfit(format!("the kind of case “{}”: {error}", definition.id)))?;
    Ok(definition)
}

pub(super) fn advice(advice: services::Advice) -> Fit<Advice> {
    Ok(match advice {
        services::Advice::Proceed => Advice::Proceed,
        services::Advice::ProceedWith(words) => Advice::ProceedWith(said(words, "what is said of a transition")?),
        services::Advice::Hold(no) => Advice::Hold(refusal(no)?),
    })
}

pub(super) fn opening(opening: services::Opening) -> Fit<Opening> {
    Ok(Opening {
        title: short(opening.title, "a case's title")?,
        message: opening.message.map(text).transpose()?,
        promised: opening.promised.map(period),
    })
}
