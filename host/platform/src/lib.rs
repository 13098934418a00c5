//! The use cases: where the domain's rules, the store and the plugins meet.
//!
//! ```text
//!   web ──► Platform ──► City (everything that rarely changes, in memory, swapped whole)
//!              │  └────► plugins: each call has its own terms, clock and record ──► Runtime
//!              │                         capabilities ask back through Ports ──┐
//!              └────────────────────────────────────────────────────────► Store
//! ```
//!
//! One file for each word of the domain. A request takes the city's snapshot once and works with it to its end, so that
//! nothing changes under it.
//!
//! Invariant: a plugin is never called inside a transaction and never holds a connection while it runs guest code; what
//! a plugin answers decides nothing that the host has not checked.

mod account;
mod activation;
mod application;
mod appointment;
mod asker;
mod assistance;
mod assistance_paper;
mod audit;
mod bulletin;
mod case;
mod case_access;
mod case_files;
mod catalog;
mod city;
mod claim;
mod claim_begin;
mod claim_decide;
mod claim_payment;
mod claim_public;
mod claim_push;
mod complainant;
mod convenience;
mod disclosure;
mod district;
mod draft;
mod enterprise;
mod evaluation;
mod evaluation_report;
mod export;
mod fee;
mod finder;
mod grievance;
mod health;
mod hooks;
mod improvement;
mod inbox;
mod intermediary;
mod intermediary_filing;
mod job;
mod kind;
mod licence;
mod machine;
mod material;
mod milestone;
mod monitoring;
mod notice;
mod observing;
mod oidc;
mod opening;
mod outbox;
mod package;
mod paper;
mod payment;
mod plugin;
mod policy;
mod policy_match;
mod policy_plugin;
mod policy_run;
mod ports;
mod publisher;
mod rating;
mod rating_public;
mod rating_staff;
mod rating_way;
mod receipt;
mod record;
mod rectification;
mod reseal;
mod role;
mod search;
mod second_factor;
mod selection;
mod selection_contract;
mod selection_turn;
mod service;
mod start;
mod steering;
mod supervision;
mod supervisor;
mod sweep;
mod time;
mod timers;
mod token;
mod trial;
mod tutoring;
mod verify;
mod visit;
mod warning;
mod worklist;
mod zone;

pub use account::{ReadyAccount, SessionSecret, Vouched, session_name};
pub use activation::ActivateError;
pub use application::{Applied, ItemForm};
pub use appointment::{BookError, CounterDay, OpenSlot, Standing};
pub use asker::{Asker, Denied, Machine, Person, Who};
pub use assistance::{HelpAsked, HelpFor, Helping};
pub use bulletin::PublishedBulletin;
pub use case::{CaseError, CaseView};
pub use case_files::NOTE as PLUGIN_NOTE;
pub use catalog::PublishError;
pub use claim::{ClaimError, ClaimView, ConsentWish};
pub use claim_payment::ClaimsDesk;
pub use claim_public::Publicised;
pub use claim_push::Pushable;
pub use complainant::GrievancePanel;
pub use draft::BrowserSecret;
pub use enterprise::{Ends, EnterprisePage, LastDay};
pub use evaluation::{EvaluationView, FindingWish, Invitation, PlanWish};
pub use export::{Export, ExportError, Exported, MOST_EXPORTED};
pub use fee::{CaseFees, PayError, papers_ready};
pub use finder::{Find, FindUnavailable};
pub use grievance::{GrievanceError, GrievanceWish};
pub use health::{BUCKETS, CallCounts, CallSeries, FleetEntry, State};
pub use hooks::{Held, PluginOffer, Reminded, Reminding};
pub use improvement::Tracked;
pub use inbox::{DistrictQueue, Wanted, WantedError};
pub use intermediary::{CreditError, CreditWish, Listed, Looked};
pub use intermediary_filing::Filed;
pub use kind::{KindError, KindVersion, kind_publish, kind_versions};
pub use lotus_channel::{Channel, ReceiptsError};
pub use lotus_objects::{ObjectError, Objects, ObjectsConfig, S3Config, ScannerAddress};
pub use lotus_runtime::{LoadError, Runtime, RuntimeConfig, StartError};
pub use lotus_search::{
    Answer as Found, Hit, Kind as FoundKind, LONGEST as LONGEST_QUERY, Piece, Private, Query, Target, personal,
};
pub use lotus_store::{CaseFile, Device as RatingDevice, Failure, PublicRating, Queue, Spread};
pub use lotus_store::{Keyring, KeyringError, Store, StoreConfig, StoreError, Suite};
pub use machine::LONGEST_DAYS;
pub use material::{Announced, Arriving, MaterialError, Reading};
pub use monitoring::{FaultyGuide, Monitored};
pub use notice::{NoticeConfig, ReceiptsProblem};
pub use oidc::{Authorities, OidcError, Provider, ProviderKind, SignInFlow};
pub use package::PackageError;
pub use paper::Issued;
pub use payment::{
    Disbelief, Gateway, Notice, Order, PaymentProvider, ProviderAway, SIGNATURE, TIMESTAMP, signature, verify,
};
pub use plugin::{NotServed, Offered, Part, StandIn};
pub use policy::{HISTORY, PublishPolicyError};
pub use policy_match::{DeclareError, MyPolicies};
pub use policy_run::MATCHED_PAGE;
pub use publisher::{NewPublisher, PublisherError, Unsigned, publisher_add, publisher_list, publisher_revoke};
pub use rating::{Given, RateError, RatingPanel, RatingWish, Taken};
pub use rating_staff::{Checks, SeenRating};
pub use rating_way::{Kiosk, LinkPanel};
pub use role::{Holder, RoleError};
pub use search::{MOST_FOUND, SearchError};
pub use second_factor::{Coded, Enrolment};
pub use selection::{NeedPublished, SelectionError, SelectionView};
pub use service::{Receipt, ServiceForm, Submission};
pub use start::{Platform, PlatformConfig};
pub use supervision::{Answer, Board};
pub use supervisor::{OpinionWish, SupervisorDesk, SupervisorVisitWish};
pub use sweep::Swept;
pub use time::CityClock;
pub use token::{FormToken, Key};
pub use trial::{MOST_TRIED, TrialError};
pub use tutoring::{Heard, Look, TutorError};
pub use verify::{Flaw, Verified, verify_division};
pub use visit::{DayRound, VisitError, VisitWish};
pub use warning::{WarnError, Wording};
pub use worklist::{Clocked, WorkError};
pub use zone::ZonePage;

use lotus_domain::district::Division;
use lotus_domain::text::Language;

/// Who looks at what: what every public page needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The district whose portal is looked at.
    pub division: Division,
    /// The language of the page.
    pub language: Language,
}
