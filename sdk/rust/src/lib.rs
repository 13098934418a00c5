//! What a Lotus plugin in Rust depends on: the contract's types, the extension points as traits, the capabilities as
//! functions, and small builders that keep a plugin's own code in the field's words.
//!
//! A plugin implements `Guest` of each extension point that it answers and exports exactly those:
//!
//! ```
//! use lotus_sdk::prelude::*;
//!
//! pub struct Tea;
//!
//! impl lotus_sdk::zones::Guest for Tea {
//!     fn list_zones(_: Context) -> Vec<Zone> {
//!         vec![Zone::new("tea", ("茶叶专区", "Tea zone"), ("政策和服务。", "Policies and services."))]
//!     }
//!
//!     fn render(_: Context, request: PageRequest) -> Result<Page, AnswerError> {
//!         match request.zone.as_str() {
//!             "tea" => Ok(Page::new(("茶叶专区", "Tea zone")).markdown(("欢迎。", "Welcome."))),
//!             _ => Err(AnswerError::NotFound),
//!         }
//!     }
//! }
//!
//! lotus_sdk::export!(Tea: zones);
//! ```
//!
//! Invariant: whatever a plugin does not use leaves no trace in its component, so the component's imports are what it
//! really asks for. Capabilities answer inside a host only; keep rules in plain functions and test those natively.
#![warn(missing_docs)]

#[doc(hidden)]
pub mod bindings;
mod count;
mod date;
mod form;
mod hook;
mod kind;
mod link;
mod money;
mod page;
mod service;
mod setting;
mod text;

pub use bindings::shared::lotus::plugin::{
    applicants, calendar, case_files, case_kinds, catalog, http, log, notify, pages, policy_library, settings, storage,
    types,
};
pub use count::count_up;
pub use money::{percent_of, yuan};
pub use setting::{setting_integer, setting_money, setting_text};

/// One module per extension point: its `Guest` trait and the types it speaks.
macro_rules! extension_points {
    ($($(#[$doc:meta])* $point:ident)*) => {$(
        $(#[$doc])*
        pub mod $point {
            pub use crate::bindings::$point::exports::lotus::plugin::$point::*;
        }
    )*};
}

extension_points! {
    /// Zones 专区: an industry's or an enterprise zone and its pages (article 29).
    zones
    /// Value-added services 增值服务 (article 29).
    services
    /// Policies 惠企利民政策 (article 30).
    policies
    /// Emergencies 应急 (article 33).
    emergencies
    /// Assistance 帮办代办 (article 26).
    assistance
    /// Reminders 提示服务 (article 28).
    reminders
    /// Cases 办件 as they move.
    case_hooks
    /// Work at a time.
    timers
}

/// What zones and services need, in one line: `use lotus_sdk::prelude::*;`.
pub mod prelude {
    pub use crate::pages::{
        Alignment, Block, Card, Chart, ChartKind, Choice, Column, Contact, Field, FieldKind, Figure, Form, Page,
        Section, Series, Step, Table, Tone,
    };
    pub use crate::services::{Opening, Outcome, Referral, Service, ServiceField, Submission, SubmitError};
    pub use crate::types::{
        AnswerError, Context, Date, FieldError, FieldValue, LegalBasis, Link, LinkTarget, Period, Refusal, Served,
        Text, TimeUnit, Value,
    };
    pub use crate::zones::{PageRequest, Zone};
}

/// Exports a plugin's extension points: `lotus_sdk::export!(MyPlugin: zones, services);`, once per plugin.
///
/// Natively, where there is no host, it only checks that the extension points are implemented: the contract's export
/// names are none that a native linker takes.
#[macro_export]
macro_rules! export {
    ($plugin:ident: $($point:ident),+ $(,)?) => {$(
        const _: () = {
            const fn answers<P: $crate::$point::Guest>() {}
            answers::<$plugin>();
        };
        #[cfg(target_family = "wasm")]
        $crate::__export_points!($plugin $point);
    )+};
}

/// The generated macro of each extension point, by its name.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_points {
    ($plugin:ident $point:ident) => {
        $crate::bindings::$point::export!($plugin with_types_in $crate::bindings::$point);
    };
}
