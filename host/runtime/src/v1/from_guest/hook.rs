//! Offers of help, reminders, advice on other cases' transitions.

use jiff::Timestamp;
use lotus_domain::hook::{HelpKind, HelpOffer, Reminder};
use lotus_domain::service::Advice;
use lotus_domain::text::Text;

use super::words::{plain, refusal, said, short};
use super::{Fit, Misfit, several};
use crate::v1::bindings::exports::lotus::plugin::{assistance, case_hooks, reminders};
use crate::v1::bindings::lotus::plugin::types;

/// Most values of one message: as many as a template can have places.
const MOST_VALUES: usize = 50;

pub(super) fn offer(offer: assistance::Offer) -> Fit<HelpOffer> {
    let kind = match offer.kind {
        assistance::AssistanceKind::WholeCourse => HelpKind::WholeCourse,
        assistance::AssistanceKind::Guidance => HelpKind::Guidance,
        assistance::AssistanceKind::Accompanied => HelpKind::Accompanied,
        assistance::AssistanceKind::OnBehalf => HelpKind::OnBehalf,
    };
    Ok(HelpOffer {
        kind,
        title: short(offer.title, "an offer's title")?,
        reason: said(offer.reason, "the reason of an offer")?,
    })
}

pub(super) fn reminder(reminder: reminders::Reminder) -> Fit<Reminder> {
    Ok(Reminder {
        template: plain(reminder.template, 64, "a template's name")?,
        at: moment(reminder.at)?,
        values: several(reminder.values, MOST_VALUES, "values of a template", value)?,
        key: plain(reminder.idempotency_key, 64, "an idempotency key")?,
    })
}

fn value((place, value): (String, types::Text)) -> Fit<(String, Text)> {
    Ok((plain(place, 64, "a place of a template")?, short(value, "the value of a place")?))
}

/// A moment within the years that dates have.
fn moment(at: types::Timestamp) -> Fit<Timestamp> {
    let at = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    at.filter(|at| at.as_second() < 7_289_568_000).ok_or_else(|| Misfit("a moment is not before 2201".to_owned()))
}

pub(super) fn advice(advice: case_hooks::Advice) -> Fit<Advice> {
    Ok(match advice {
        case_hooks::Advice::Proceed => Advice::Proceed,
        case_hooks::Advice::Hold(no) => Advice::Hold(refusal(no)?),
    })
}
