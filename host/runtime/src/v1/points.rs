//! Where a component's extension points are: found and checked, shape by shape, when it is loaded, so that a call only
//! looks at the one function that it needs.

use std::collections::BTreeSet;

use lotus_domain::package::ExtensionPoint;
use wasmtime::Store;
use wasmtime::component::types::{Component, ComponentInstance, ComponentItem};
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Instance, InstancePre, Lift, Lower};

use super::bindings::exports::lotus::plugin::{assistance, case_hooks, policies, reminders, services, timers, zones};
use super::bindings::lotus::plugin::{pages, types};
use crate::sandbox::Sandbox;

type Context = &'static types::Context;
pub(super) type Answered<T> = (Result<T, types::AnswerError>,);

/// The functions of `zones`.
#[derive(Clone)]
pub(super) struct Zones {
    pub(super) list: ComponentExportIndex,
    pub(super) render: ComponentExportIndex,
}

/// The functions of `services`.
#[derive(Clone)]
pub(super) struct Services {
    pub(super) list: ComponentExportIndex,
    pub(super) form: ComponentExportIndex,
    pub(super) check: ComponentExportIndex,
    pub(super) submit: ComponentExportIndex,
    pub(super) advance: ComponentExportIndex,
}

/// The functions of `case-hooks`.
#[derive(Clone)]
pub(super) struct CaseHooks {
    pub(super) advise: ComponentExportIndex,
    pub(super) observe: ComponentExportIndex,
}

/// The functions of `policies`.
#[derive(Clone)]
pub(super) struct Policies {
    pub(super) matches: ComponentExportIndex,
    pub(super) decide: ComponentExportIndex,
}

/// The extension points that a component answers. A point of one function is that function.
#[derive(Clone)]
pub(crate) struct Points {
    zones: Option<Zones>,
    services: Option<Services>,
    offers: Option<ComponentExportIndex>,
    for_case: Option<ComponentExportIndex>,
    case_hooks: Option<CaseHooks>,
    run: Option<ComponentExportIndex>,
    policies: Option<Policies>,
}

/// The extension point is not among the component's exports.
#[derive(Debug, thiserror::Error)]
#[error("it does not answer {0}; its manifest and its component say which points it answers")]
pub(crate) struct NotAnswered(&'static str);

impl Points {
    /// Finds them; an export of the right name and the wrong shape is an error.
    pub(crate) fn find(pre: &InstancePre<Sandbox>, answers: &BTreeSet<ExtensionPoint>) -> wasmtime::Result<Self> {
        let has = |point| answers.contains(&point);
        let zones = has(ExtensionPoint::Zones).then(|| {
            Interface::with("lotus:plugin/zones@1.0.0", pre, |zones| {
                Ok(Zones {
                    list: zones.function::<(Context,), (Vec<zones::Zone>,)>("list-zones")?,
                    render: zones.function::<(Context, &zones::PageRequest), Answered<pages::Page>>("render")?,
                })
            })
        });
        let services = has(ExtensionPoint::Services).then(|| {
            Interface::with("lotus:plugin/services@1.0.0", pre, |services| {
                type Submission = &'static services::Submission;
                type Advance = &'static services::AdvanceRequest;
                type Submitted = (Result<services::Outcome, services::SubmitError>,);
                Ok(Services {
                    list: services.function::<(Context,), (Vec<services::Service>,)>("list-services")?,
                    form: services.function::<(Context, &str), Answered<Option<pages::Form>>>("form")?,
                    check: services.function::<(Context, Submission), Answered<Vec<types::FieldError>>>("check")?,
                    submit: services.function::<(Context, Submission), Submitted>("submit")?,
                    advance: services.function::<(Context, Advance), Answered<services::Advice>>("advance")?,
                })
            })
        });
        let offers = has(ExtensionPoint::Assistance).then(|| {
            Interface::with("lotus:plugin/assistance@1.0.0", pre, |assistance| {
                assistance.function::<(Context, &str), Answered<Vec<assistance::Offer>>>("offers")
            })
        });
        let for_case = has(ExtensionPoint::Reminders).then(|| {
            Interface::with("lotus:plugin/reminders@1.0.0", pre, |reminders| {
                reminders.function::<(Context, &str, &str), Answered<Vec<reminders::Reminder>>>("for-case")
            })
        });
        let case_hooks = has(ExtensionPoint::CaseHooks).then(|| {
            Interface::with("lotus:plugin/case-hooks@1.0.0", pre, |hooks| {
                type Made = &'static case_hooks::TransitionMade;
                Ok(CaseHooks {
                    advise: hooks.function::<(Context, Made), Answered<case_hooks::Advice>>("advise")?,
                    observe: hooks.function::<(Context, Made), ()>("observe")?,
                })
            })
        });
        let run = has(ExtensionPoint::Timers).then(|| {
            Interface::with("lotus:plugin/timers@1.0.0", pre, |timers| {
                timers.function::<(Context, &timers::Tick), (Result<(), timers::TimerError>,)>("run")
            })
        });
        let policies = has(ExtensionPoint::Policies).then(|| {
            Interface::with("lotus:plugin/policies@1.0.0", pre, |policies| {
                type Claim = &'static policies::Claim;
                Ok(Policies {
                    matches: policies.function::<(Context,), Answered<Vec<policies::Match>>>("match-policies")?,
                    decide: policies.function::<(Context, Claim), Answered<policies::Decision>>("decide")?,
                })
            })
        });
        Ok(Self {
            zones: zones.transpose()?,
            services: services.transpose()?,
            offers: offers.transpose()?,
            for_case: for_case.transpose()?,
            case_hooks: case_hooks.transpose()?,
            run: run.transpose()?,
            policies: policies.transpose()?,
        })
    }

    pub(super) fn zones(&self) -> Result<&Zones, NotAnswered> {
        self.zones.as_ref().ok_or(NotAnswered("zones"))
    }

    pub(super) fn services(&self) -> Result<&Services, NotAnswered> {
        self.services.as_ref().ok_or(NotAnswered("services"))
    }

    pub(super) fn offers(&self) -> Result<&ComponentExportIndex, NotAnswered> {
        self.offers.as_ref().ok_or(NotAnswered("assistance"))
    }

    pub(super) fn for_case(&self) -> Result<&ComponentExportIndex, NotAnswered> {
        self.for_case.as_ref().ok_or(NotAnswered("reminders"))
    }

    pub(super) fn case_hooks(&self) -> Result<&CaseHooks, NotAnswered> {
        self.case_hooks.as_ref().ok_or(NotAnswered("case-hooks"))
    }

    pub(super) fn policies(&self) -> Result<&Policies, NotAnswered> {
        self.policies.as_ref().ok_or(NotAnswered("policies"))
    }

    pub(super) fn run(&self) -> Result<&ComponentExportIndex, NotAnswered> {
        self.run.as_ref().ok_or(NotAnswered("timers"))
    }
}

/// An exported interface, while its functions are looked up.
struct Interface<'a> {
    name: &'static str,
    pre: &'a InstancePre<Sandbox>,
    index: ComponentExportIndex,
    exports: ComponentInstance,
    whole: &'a Component,
}

impl Interface<'_> {
    fn with<T>(
        name: &'static str,
        pre: &InstancePre<Sandbox>,
        find: impl FnOnce(&Interface<'_>) -> wasmtime::Result<T>,
    ) -> wasmtime::Result<T> {
        let missing = || wasmtime::Error::msg(format!("it does not export the interface {name}"));
        let whole = pre.component().component_type();
        let exported = whole.get_export(pre.engine(), name).ok_or_else(missing)?;
        let ComponentItem::ComponentInstance(exports) = exported.ty else { return Err(missing()) };
        let index = pre.component().get_export_index(None, name).ok_or_else(missing)?;
        find(&Interface { name, pre, index, exports, whole: &whole })
    }

    fn function<P, R>(&self, function: &str) -> wasmtime::Result<ComponentExportIndex>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        let name = self.name;
        let missing = || wasmtime::Error::msg(format!("{name} has no function {function}"));
        let exported = self.exports.get_export(self.pre.engine(), function).ok_or_else(missing)?;
        let ComponentItem::ComponentFunc(shape) = exported.ty else { return Err(missing()) };
        shape
            .typecheck::<P, R>(&self.whole.instance_type())
            .map_err(|error| error.context(format!("{name} has another {function} than the contract")))?;
        self.pre.component().get_export_index(Some(&self.index), function).ok_or_else(missing)
    }
}

/// Calls one function of an instance.
pub(super) async fn call<P, R>(
    store: &mut Store<Sandbox>,
    instance: &Instance,
    function: &ComponentExportIndex,
    params: P,
) -> wasmtime::Result<R>
where
    P: ComponentNamedList + Lower + Send + Sync,
    R: ComponentNamedList + Lift + Send + Sync + 'static,
{
    let function = instance.get_typed_func::<P, R>(&mut *store, function)?;
    function.call_async(store, params).await
}
