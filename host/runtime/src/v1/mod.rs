//! The adapter of contract generation 1: its types in and out, its calls, nothing decided here.

mod bindings;
mod from_guest;
mod host;
mod to_guest;

use serde::{Deserialize, Serialize};
use wasmtime::Store;
use wasmtime::component::{HasSelf, Instance, InstancePre, Linker};

use self::bindings::exports::lotus::plugin::{services, zones};
use self::bindings::lotus::plugin::{pages, types};
use crate::ask::{Answer, Ask};
use crate::outcome::Outcome;
use crate::sandbox::Sandbox;

pub(crate) use self::from_guest::Misfit;

/// The generation's number.
pub(crate) const GENERATION: u32 = 1;

/// Links the generation's capabilities.
pub(crate) fn add_to_linker(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    bindings::lotus::plugin::log::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::settings::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::storage::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::catalog::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)?;
    bindings::lotus::plugin::calendar::add_to_linker::<_, HasSelf<_>>(linker, |sandbox| sandbox)
}

/// Where a component's exports are.
#[derive(Clone)]
pub(crate) struct Points {
    zones: Option<zones::GuestIndices>,
    services: Option<services::GuestIndices>,
}

impl Points {
    /// Finds them; an export of the right name and the wrong shape is an error.
    pub(crate) fn find(pre: &InstancePre<Sandbox>, has_zones: bool, has_services: bool) -> wasmtime::Result<Self> {
        Ok(Self {
            zones: has_zones.then(|| zones::GuestIndices::new(pre)).transpose()?,
            services: has_services.then(|| services::GuestIndices::new(pre)).transpose()?,
        })
    }
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
        };
        Self { context: to_guest::context(context), function }
    }
}

/// The extension point is not among the component's exports.
#[derive(Debug, thiserror::Error)]
#[error("it does not answer {0}; its manifest and its component say which points it answers")]
pub(crate) struct NotAnswered(&'static str);

/// Makes the call on a fresh instance.
pub(crate) async fn dispatch(
    points: &Points,
    instance: &Instance,
    store: &mut Store<Sandbox>,
    call: &Call,
) -> wasmtime::Result<Reply> {
    let context = &call.context;
    let (no_zones, no_services) = (|| NotAnswered("zones"), || NotAnswered("services"));
    match &call.function {
        Function::ListZones => {
            let guest = points.zones.as_ref().ok_or_else(no_zones)?.load(&mut *store, instance)?;
            Ok(Reply::Zones(guest.call_list_zones(store, context).await?))
        }
        Function::Render(request) => {
            let guest = points.zones.as_ref().ok_or_else(no_zones)?.load(&mut *store, instance)?;
            Ok(Reply::Page(guest.call_render(store, context, request).await?))
        }
        Function::ListServices => {
            let guest = points.services.as_ref().ok_or_else(no_services)?.load(&mut *store, instance)?;
            Ok(Reply::Services(guest.call_list_services(store, context).await?))
        }
        Function::Form(service) => {
            let guest = points.services.as_ref().ok_or_else(no_services)?.load(&mut *store, instance)?;
            Ok(Reply::Form(guest.call_form(store, context, service).await?))
        }
        Function::Check(submission) => {
            let guest = points.services.as_ref().ok_or_else(no_services)?.load(&mut *store, instance)?;
            Ok(Reply::Checked(guest.call_check(store, context, submission).await?))
        }
        Function::Submit(submission) => {
            let guest = points.services.as_ref().ok_or_else(no_services)?.load(&mut *store, instance)?;
            Ok(Reply::Submitted(guest.call_submit(store, context, submission).await?))
        }
        Function::Advance(request) => {
            let guest = points.services.as_ref().ok_or_else(no_services)?.load(&mut *store, instance)?;
            Ok(Reply::Advised(guest.call_advance(store, context, request).await?))
        }
    }
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
