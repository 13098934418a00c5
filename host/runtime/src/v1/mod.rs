//! The adapter of contract generation 1: its types in and out, its calls, nothing decided here.

mod bindings;
mod cases;
mod from_guest;
mod host;
mod points;
mod to_guest;

use serde::{Deserialize, Serialize};
use wasmtime::Store;
use wasmtime::component::{HasSelf, Instance, Linker};

use self::bindings::exports::lotus::plugin::{assistance, case_hooks, policies, reminders, services, timers, zones};
use self::bindings::lotus::plugin::{pages, types};
use crate::ask::{Answer, Ask};
use crate::outcome::Outcome;
use crate::sandbox::Sandbox;

pub(crate) use self::from_guest::Misfit;
pub(crate) use self::points::{NotAnswered, Points};

/// The generation's number.
pub(crate) const GENERATION: u32 = 1;

/// Links the generation's capabilities.
pub(crate) fn add_to_linker(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    bindings::lotus::plugin::log::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::settings::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::storage::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::catalog::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::calendar::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::case_files::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::applicants::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::policy_library::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::notify::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)
}

/// A call in the generation's types: what a transcript holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Call {
    context: types::Context,
    function: Function,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Function {
    ListZones,
    Render(zones::PageRequest),
    ListServices,
    Form(String),
    Check(services::Submission),
    Submit(services::Submission),
    Advance(services::AdvanceRequest),
    Offers(String),
    ForCase { case: String, state: String },
    Advise(case_hooks::TransitionMade),
    Observe(case_hooks::TransitionMade),
    Run(timers::Tick),
    MatchPolicies,
    DecideClaim(policies::Claim),
}

/// An answer in the generation's types.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Reply {
    Zones(Vec<zones::Zone>),
    Page(Result<pages::Page, types::AnswerError>),
    Services(Vec<services::Service>),
    Form(Result<Option<pages::Form>, types::AnswerError>),
    Checked(Result<Vec<types::FieldError>, types::AnswerError>),
    Submitted(Result<services::Outcome, services::SubmitError>),
    Advised(Result<services::Advice, types::AnswerError>),
    Offered(Result<Vec<assistance::Offer>, types::AnswerError>),
    Reminders(Result<Vec<reminders::Reminder>, types::AnswerError>),
    HookAdvised(Result<case_hooks::Advice, types::AnswerError>),
    Observed,
    Ran(Result<(), timers::TimerError>),
    Matched(Result<Vec<policies::Match>, types::AnswerError>),
    ClaimDecided(Result<policies::Decision, types::AnswerError>),
}

impl Call {
    /// Turns the host's question into the generation's.
    pub(crate) fn new(ask: &Ask, context: &crate::call::Moment) -> Self {
        let function = match ask {
            Ask::ListZones => Function::ListZones,
            Ask::RenderPage { zone, page } => {
                Function::Render(zones::PageRequest { zone: zone.to_string(), page: page.clone() })
            }
            Ask::ListServices => Function::ListServices,
            Ask::ServiceForm { service } => Function::Form(service.to_string()),
            Ask::Check { service, values } => Function::Check(to_guest::submission(service, values)),
            Ask::Submit { service, values } => Function::Submit(to_guest::submission(service, values)),
            Ask::Advance { case, service, state, transition, values, reason } => {
                Function::Advance(services::AdvanceRequest {
                    case_number: case.to_string(),
                    service: service.to_string(),
                    state: state.to_string(),
                    transition: transition.to_string(),
                    fields: to_guest::fields(values),
                    reason: reason.clone(),
                })
            }
            Ask::Offers { item } => Function::Offers(item.clone()),
            Ask::RemindersForCase { case, state } => {
                Function::ForCase { case: case.to_string(), state: state.to_string() }
            }
            Ask::Advise(intended) => Function::Advise(to_guest::transition(intended)),
            Ask::Observe(made) => Function::Observe(to_guest::transition(made)),
            Ask::RunTimer(tick) => Function::Run(to_guest::tick(tick)),
            Ask::MatchPolicies => Function::MatchPolicies,
            Ask::DecideClaim { case, policy } => {
                Function::DecideClaim(policies::Claim { number: case.to_string(), policy: policy.to_string() })
            }
        };
        Self { context: to_guest::context(context), function }
    }

    /// The case whose transition this call decides, if it does.
    pub(crate) fn decides(&self) -> Option<&str> {
        match &self.function {
            Function::Advance(request) => Some(&request.case_number),
            Function::Advise(intended) => Some(&intended.case_number),
            _ => None,
        }
    }
}

/// Makes the call on an instance.
pub(crate) async fn dispatch(
    points: &Points,
    instance: &Instance,
    store: &mut Store<Sandbox>,
    call: &Call,
) -> wasmtime::Result<Reply> {
    let context = &call.context;
    Ok(match &call.function {
        Function::ListZones => {
            let (zones,) = points::call(store, instance, &points.zones()?.list, (context,)).await?;
            Reply::Zones(zones)
        }
        Function::Render(request) => {
            let (page,) = points::call(store, instance, &points.zones()?.render, (context, request)).await?;
            Reply::Page(page)
        }
        Function::ListServices => {
            let (services,) = points::call(store, instance, &points.services()?.list, (context,)).await?;
            Reply::Services(services)
        }
        Function::Form(service) => {
            let form = &points.services()?.form;
            let (form,) = points::call(store, instance, form, (context, service.as_str())).await?;
            Reply::Form(form)
        }
        Function::Check(submission) => {
            let (errors,) = points::call(store, instance, &points.services()?.check, (context, submission)).await?;
            Reply::Checked(errors)
        }
        Function::Submit(submission) => {
            let (outcome,) = points::call(store, instance, &points.services()?.submit, (context, submission)).await?;
            Reply::Submitted(outcome)
        }
        Function::Advance(request) => {
            let (advice,) = points::call(store, instance, &points.services()?.advance, (context, request)).await?;
            Reply::Advised(advice)
        }
        Function::Offers(item) => {
            let (offers,) = points::call(store, instance, points.offers()?, (context, item.as_str())).await?;
            Reply::Offered(offers)
        }
        Function::ForCase { case, state } => {
            let params = (context, case.as_str(), state.as_str());
            let (reminders,) = points::call(store, instance, points.for_case()?, params).await?;
            Reply::Reminders(reminders)
        }
        Function::Advise(intended) => {
            let (advice,) = points::call(store, instance, &points.case_hooks()?.advise, (context, intended)).await?;
            Reply::HookAdvised(advice)
        }
        Function::Observe(made) => {
            let () = points::call(store, instance, &points.case_hooks()?.observe, (context, made)).await?;
            Reply::Observed
        }
        Function::Run(tick) => {
            let (ran,) = points::call(store, instance, points.run()?, (context, tick)).await?;
            Reply::Ran(ran)
        }
        Function::MatchPolicies => {
            let (matches,) = points::call(store, instance, &points.policies()?.matches, (context,)).await?;
            Reply::Matched(matches)
        }
        Function::DecideClaim(claim) => {
            let (decision,) = points::call(store, instance, &points.policies()?.decide, (context, claim)).await?;
            Reply::ClaimDecided(decision)
        }
    })
}

impl Reply {
    /// Turns the generation's answer into the host's; what is outside the contract's bounds does not fit.
    pub(crate) fn into_outcome(self) -> Result<Outcome<Answer>, Misfit> {
        from_guest::outcome(self)
    }
}

/// The names of the interfaces that the generation exports and imports for types alone.
pub(crate) fn is_types_only(interface: &str) -> bool {
    matches!(interface, "types" | "pages" | "case-kinds")
}
