//! What `wit_bindgen` makes of `wit/v1`: the shared words and the capabilities once, then each extension point alone.
//!
//! Invariant: nothing here is written by hand but the list of interfaces. An extension point is a world of its own, so
//! that a plugin exports those it answers and no other; all of them use the same types.
#![allow(unsafe_code, reason = "the canonical ABI lifts and lowers through raw memory; all of it is generated")]
#![allow(missing_docs, unreachable_pub, rust_2018_idioms, reason = "generated")]
#![allow(clippy::all, clippy::pedantic, clippy::restriction, reason = "generated")]

/// Shared types, and every capability. `wit-component` drops the imports that a plugin does not use.
pub mod shared {
    wit_bindgen::generate!({
        path: "../../wit/v1",
        inline: "
            package lotus:sdk;
            world shared {
                include lotus:plugin/capabilities@1.0.0;
                import lotus:plugin/types@1.0.0;
                import lotus:plugin/pages@1.0.0;
                import lotus:plugin/case-kinds@1.0.0;
            }
        ",
        generate_all,
        generate_unused_types: true,
        additional_derives: [PartialEq],
    });
}

/// The extension point `zones`.
pub mod zones {
    wit_bindgen::generate!({
        path: "../../wit/v1",
        world: "zones-point",
        with: {
            "lotus:plugin/types@1.0.0": crate::bindings::shared::lotus::plugin::types,
            "lotus:plugin/pages@1.0.0": crate::bindings::shared::lotus::plugin::pages,
        },
        generate_unused_types: true,
        pub_export_macro: true,
        additional_derives: [PartialEq],
    });
}

/// The extension point `services`.
pub mod services {
    wit_bindgen::generate!({
        path: "../../wit/v1",
        world: "services-point",
        with: {
            "lotus:plugin/types@1.0.0": crate::bindings::shared::lotus::plugin::types,
            "lotus:plugin/pages@1.0.0": crate::bindings::shared::lotus::plugin::pages,
            "lotus:plugin/case-kinds@1.0.0": crate::bindings::shared::lotus::plugin::case_kinds,
        },
        generate_unused_types: true,
        pub_export_macro: true,
        additional_derives: [PartialEq],
    });
}

/// The extension point `policies`.
pub mod policies {
    wit_bindgen::generate!({
        path: "../../wit/v1",
        world: "policies-point",
        with: {
            "lotus:plugin/types@1.0.0": crate::bindings::shared::lotus::plugin::types,
        },
        generate_unused_types: true,
        pub_export_macro: true,
        additional_derives: [PartialEq],
    });
}

/// The extension point `emergencies`.
pub mod emergencies {
    wit_bindgen::generate!({
        path: "../../wit/v1",
        world: "emergencies-point",
        with: {
            "lotus:plugin/types@1.0.0": crate::bindings::shared::lotus::plugin::types,
        },
        generate_unused_types: true,
        pub_export_macro: true,
        additional_derives: [PartialEq],
    });
}

/// The extension point `assistance`.
pub mod assistance {
    wit_bindgen::generate!({
        path: "../../wit/v1",
        world: "assistance-point",
        with: {
            "lotus:plugin/types@1.0.0": crate::bindings::shared::lotus::plugin::types,
        },
        generate_unused_types: true,
        pub_export_macro: true,
        additional_derives: [PartialEq],
    });
}

/// The extension point `reminders`.
pub mod reminders {
    wit_bindgen::generate!({
        path: "../../wit/v1",
        world: "reminders-point",
        with: {
            "lotus:plugin/types@1.0.0": crate::bindings::shared::lotus::plugin::types,
        },
        generate_unused_types: true,
        pub_export_macro: true,
        additional_derives: [PartialEq],
    });
}

/// The extension point `case-hooks`.
pub mod case_hooks {
    wit_bindgen::generate!({
        path: "../../wit/v1",
        world: "case-hooks-point",
        with: {
            "lotus:plugin/types@1.0.0": crate::bindings::shared::lotus::plugin::types,
        },
        generate_unused_types: true,
        pub_export_macro: true,
        additional_derives: [PartialEq],
    });
}

/// The extension point `timers`.
pub mod timers {
    wit_bindgen::generate!({
        path: "../../wit/v1",
        world: "timers-point",
        with: {
            "lotus:plugin/types@1.0.0": crate::bindings::shared::lotus::plugin::types,
        },
        generate_unused_types: true,
        pub_export_macro: true,
        additional_derives: [PartialEq],
    });
}
