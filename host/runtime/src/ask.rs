//! What a plugin can be asked, and what it answers: the host's types, whatever contract generation a plugin speaks.

use lotus_domain::Slug;
use lotus_domain::case::CaseNumber;
use lotus_domain::form::{FieldError, FieldValue, Form};
use lotus_domain::hook::{HelpOffer, Reminder, Tick, TransitionMade};
use lotus_domain::package::ExtensionPoint;
use lotus_domain::page::Page;
use lotus_domain::policy::{Added, Decided};
use lotus_domain::service::{Advice, Service, Submitted};
use lotus_domain::zone::Zone;

/// A question to a plugin.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// `zones.list-zones`
    ListZones,
    /// `zones.render`
    RenderPage {
        /// Which zone.
        zone: Slug,
        /// Which page of it; none for its first.
        page: Option<String>,
    },
    /// `services.list-services`
    ListServices,
    /// `services.form`
    ServiceForm {
        /// Which service.
        service: Slug,
    },
    /// `services.check`
    Check {
        /// Which service.
        service: Slug,
        /// The values, typed.
        values: Vec<FieldValue>,
    },
    /// `services.submit`
    Submit {
        /// Which service.
        service: Slug,
        /// The values, typed.
        values: Vec<FieldValue>,
    },
    /// `services.advance`: before a transition whose definition asks the plugin.
    Advance {
        /// Which case.
        case: CaseNumber,
        /// Of which service.
        service: Slug,
        /// The state that it is in.
        state: Slug,
        /// The transition that is wanted.
        transition: Slug,
        /// What was filled in when it was submitted.
        values: Vec<FieldValue>,
        /// The reason that was given.
        reason: Option<String>,
    },
    /// `assistance.offers`: what help the call's applicant is offered for an item.
    Offers {
        /// Its implementation code.
        item: String,
    },
    /// `reminders.for-case`: what is to be said now that a case has come to a state.
    RemindersForCase {
        /// Which case.
        case: CaseNumber,
        /// Where it is now.
        state: Slug,
    },
    /// `case-hooks.advise`: before a transition of whatever case.
    Advise(TransitionMade),
    /// `case-hooks.observe`: after it.
    Observe(TransitionMade),
    /// `timers.run`
    RunTimer(Tick),
    /// `policies.match-policies`: the call's applicant held against the plugin's policies.
    MatchPolicies,
    /// `policies.decide`: a claim without an application.
    DecideClaim {
        /// Which claim.
        case: CaseNumber,
        /// To which policy.
        policy: Slug,
    },
}

impl Ask {
    /// The extension point that answers.
    pub const fn point(&self) -> ExtensionPoint {
        match self {
            Self::ListZones | Self::RenderPage { .. } => ExtensionPoint::Zones,
            Self::ListServices
            | Self::ServiceForm { .. }
            | Self::Check { .. }
            | Self::Submit { .. }
            | Self::Advance { .. } => ExtensionPoint::Services,
            Self::Offers { .. } => ExtensionPoint::Assistance,
            Self::RemindersForCase { .. } => ExtensionPoint::Reminders,
            Self::Advise(_) | Self::Observe(_) => ExtensionPoint::CaseHooks,
            Self::RunTimer(_) => ExtensionPoint::Timers,
            Self::MatchPolicies | Self::DecideClaim { .. } => ExtensionPoint::Policies,
        }
    }

    /// `interface.function` of the contract.
    pub const fn function(&self) -> &'static str {
        match self {
            Self::ListZones => "zones.list-zones",
            Self::RenderPage { .. } => "zones.render",
            Self::ListServices => "services.list-services",
            Self::ServiceForm { .. } => "services.form",
            Self::Check { .. } => "services.check",
            Self::Submit { .. } => "services.submit",
            Self::Advance { .. } => "services.advance",
            Self::Offers { .. } => "assistance.offers",
            Self::RemindersForCase { .. } => "reminders.for-case",
            Self::Advise(_) => "case-hooks.advise",
            Self::Observe(_) => "case-hooks.observe",
            Self::RunTimer(_) => "timers.run",
            Self::MatchPolicies => "policies.match-policies",
            Self::DecideClaim { .. } => "policies.decide",
        }
    }
}

/// What a plugin answered, in the order of [`Ask`].
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Its zones.
    Zones(Vec<Zone>),
    /// A page.
    Page(Page),
    /// Its services.
    Services(Vec<Service>),
    /// A service's form, if it has one.
    Form(Option<Form>),
    /// What is wrong with the values.
    Checked(Vec<FieldError>),
    /// What became of a submission.
    Submitted(Submitted),
    /// What it says to a transition.
    Advised(Advice),
    /// The help that it offers.
    Offers(Vec<HelpOffer>),
    /// What is to be said, and when.
    Reminders(Vec<Reminder>),
    /// It has seen a transition.
    Observed,
    /// Its timer ran. One that is to run later is unavailable, one that will not work is refused.
    Ran,
    /// Its policies, held against the applicant.
    Matches(Vec<Added>),
    /// What it decides on a claim.
    Decided(Decided),
}
