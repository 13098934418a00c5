//! Generation 1's types into the host's: parsed, bounded, or said not to fit.

mod form;
mod hook;
mod page;
mod policy;
mod service;
mod words;

use std::collections::BTreeSet;

use lotus_domain::Slug;
use lotus_domain::law::Refusal;
use lotus_domain::service::Submitted;

use self::form::form;
use self::page::page;
use self::service::{advice, opening, service, zone};
pub(super) use self::words::{date, raw};
use self::words::{field_errors, link, refusal, said};
use super::Reply;
use super::bindings::exports::lotus::plugin::{services, timers};
use super::bindings::lotus::plugin::types;
use crate::ask::Answer;
use crate::outcome::Outcome;

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
/// Most policies that a plugin matches.
const MOST_POLICIES: usize = 100;
/// Most offers for one item, and reminders at one state.
const MOST_OFFERS: usize = 20;
const MOST_REMINDERS: usize = 50;

pub(super) fn outcome(reply: Reply) -> Fit<Outcome<Answer>> {
    Ok(match reply {
        Reply::Zones(all) => {
            let zones = several(all, MOST_ZONES, "zones", zone)?;
            distinct("zones", zones.iter().map(|zone| &zone.id))?;
            Outcome::Answer(Answer::Zones(zones))
        }
        Reply::Services(all) => {
            let services = several(all, MOST_SERVICES, "services", service)?;
            distinct("services", services.iter().map(|service| &service.id))?;
            Outcome::Answer(Answer::Services(services))
        }
        Reply::Page(Ok(answer)) => Outcome::Answer(Answer::Page(page(answer)?)),
        Reply::Form(Ok(answer)) => Outcome::Answer(Answer::Form(answer.map(form).transpose()?)),
        Reply::Checked(Ok(errors)) => Outcome::Answer(Answer::Checked(field_errors(errors)?)),
        Reply::Advised(Ok(said)) => Outcome::Answer(Answer::Advised(advice(said)?)),
        Reply::Offered(Ok(all)) => Outcome::Answer(Answer::Offers(several(all, MOST_OFFERS, "offers", hook::offer)?)),
        Reply::Reminders(Ok(all)) => {
            Outcome::Answer(Answer::Reminders(several(all, MOST_REMINDERS, "reminders", hook::reminder)?))
        }
        Reply::HookAdvised(Ok(said)) => Outcome::Answer(Answer::Advised(hook::advice(said)?)),
        Reply::Matched(Ok(all)) => {
            let matches = several(all, MOST_POLICIES, "matches", policy::matched)?;
            distinct("matches", matches.iter().map(|found| &found.policy))?;
            Outcome::Answer(Answer::Matches(matches))
        }
        Reply::ClaimDecided(Ok(decision)) => Outcome::Answer(Answer::Decided(policy::decided(decision)?)),
        Reply::Observed => Outcome::Answer(Answer::Observed),
        Reply::Ran(Ok(())) => Outcome::Answer(Answer::Ran),
        Reply::Ran(Err(timers::TimerError::Later(why))) => Outcome::Unavailable(said(why, "why it runs later")?),
        Reply::Ran(Err(timers::TimerError::Failed(why))) => {
            Outcome::Refused(Refusal { reason: said(why, "why it failed")?, basis: None, next_step: None })
        }
        Reply::Page(Err(error))
        | Reply::Form(Err(error))
        | Reply::Checked(Err(error))
        | Reply::Advised(Err(error))
        | Reply::Offered(Err(error))
        | Reply::Reminders(Err(error))
        | Reply::HookAdvised(Err(error))
        | Reply::Matched(Err(error))
        | Reply::ClaimDecided(Err(error)) => answer_error(error)?,
        Reply::Submitted(Ok(submitted)) => Outcome::Answer(Answer::Submitted(match submitted {
            services::Outcome::Answered(answer) => Submitted::Answered(page(answer)?),
            services::Outcome::OpensCase(opened) => Submitted::OpensCase(opening(opened)?),
            services::Outcome::Refers(referral) => Submitted::Refers {
                reason: said(referral.reason, "the reason of a referral")?,
                links: referral.links.into_iter().map(link).collect::<Fit<_>>()?,
            },
        })),
        Reply::Submitted(Err(error)) => match error {
            services::SubmitError::NotFound => Outcome::NotFound,
            services::SubmitError::Invalid(errors) => {
                Outcome::Answer(Answer::Submitted(Submitted::Invalid(field_errors(errors)?)))
            }
            services::SubmitError::Refused(no) => Outcome::Refused(refusal(no)?),
            services::SubmitError::Unavailable(why) => Outcome::Unavailable(said(why, "what is unavailable")?),
        },
    })
}

fn several<A, B>(all: Vec<A>, most: usize, what: &str, convert: impl Fn(A) -> Fit<B>) -> Fit<Vec<B>> {
    if all.len() > most {
        return Err(Misfit(format!("{} {what}; at most {most} are allowed", all.len())));
    }
    all.into_iter().map(convert).collect()
}

fn distinct<'a>(what: &str, ids: impl Iterator<Item = &'a Slug>) -> Fit<()> {
    let mut seen = BTreeSet::new();
    match ids.into_iter().find(|id| !seen.insert(id.as_str())) {
        Some(twice) => Err(Misfit(format!("two {what} are called “{twice}”"))),
        None => Ok(()),
    }
}

fn answer_error<T>(error: types::AnswerError) -> Fit<Outcome<T>> {
    Ok(match error {
        types::AnswerError::NotFound => Outcome::NotFound,
        types::AnswerError::Refused(no) => Outcome::Refused(refusal(no)?),
        types::AnswerError::Unavailable(why) => Outcome::Unavailable(said(why, "what is unavailable")?),
    })
}
