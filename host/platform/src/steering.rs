//! No plugin's answer leads to one intermediary (article 32): the one place where every answer passes.
//!
//! Invariant: what is held back is a failure of the plugin like any other: the page shows its stand-in, the operator reads
//! whom it named and where, and nobody is told anything in its name. What somebody typed themselves may be said back to
//! them, and an intermediary that applies may be called by its name.

use std::sync::Arc;

use lotus_domain::applicant::Applicant;
use lotus_domain::intermediary::steering::{Steering, Watch};
use lotus_domain::policy::Decided;
use lotus_domain::service::Submitted;
use lotus_runtime::{Answer, Ask, Called, Failure, Outcome};

use crate::start::Platform;

fn found(watch: &Watch, answer: &Answer, exempt: &dyn Fn(&str) -> bool) -> Option<Steering> {
    match answer {
        Answer::Page(page) | Answer::Submitted(Submitted::Answered(page)) => watch.in_page(page, exempt),
        Answer::Zones(zones) => watch.in_value(zones, exempt),
        Answer::Services(services) => watch.in_value(services, exempt),
        Answer::Form(form) => watch.in_value(form, exempt),
        Answer::Checked(errors) => watch.in_value(errors, exempt),
        Answer::Submitted(submitted) => watch.in_value(submitted, exempt),
        Answer::Advised(advice) => watch.in_value(advice, exempt),
        Answer::Offers(offers) => watch.in_value(offers, exempt),
        Answer::Reminders(reminders) => watch.in_value(reminders, exempt),
        Answer::Matches(matches) => matches.iter().find_map(|added| {
            let said: Vec<_> = added.findings.iter().map(|found| (&found.condition, &found.reason)).collect();
            watch.in_value(&(&added.basis, said), exempt)
        }),
        Answer::Decided(Decided::Declined(refusal)) => watch.in_value(refusal, exempt),
        Answer::Decided(Decided::ForAPerson(why)) => watch.in_value(why, exempt),
        Answer::Decided(Decided::Granted(_)) | Answer::Observed | Answer::Ran => None,
    }
}

impl Platform {
    /// Holds an answer back that names an intermediary, and what it wanted to be said.
    pub(crate) fn unsteered(&self, called: &mut Called<Answer>, ask: &Ask, applicant: Option<&Arc<Applicant>>) {
        let register = Arc::clone(&self.city().register);
        let watch = &register.watch;
        let typed = |code: &str| match ask {
            Ask::Check { values, .. } | Ask::Submit { values, .. } | Ask::Advance { values, .. } => {
                watch.named_in(values).contains(code)
            }
            _ => false,
        };
        // Asked only of what was found.
        let exempt = |code: &str| applicant.is_some_and(|applicant| applicant.is_enterprise(code)) || typed(code);
        let Outcome::Answer(answer) = &called.outcome else { return };
        let named = found(watch, answer, &exempt).or_else(|| watch.in_value(&called.messages, &exempt));
        if let Some(steering) = named {
            called.messages.clear();
            called.outcome = Outcome::Failed(Failure::Incompatible(steering.to_string()));
        }
    }
}
