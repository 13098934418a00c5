//! Generated from `wit/v1`: the types and calls of contract generation 1.

// Generated code keeps its generator's taste, not ours.
#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]
#![allow(missing_docs, unreachable_pub, unsafe_code)]

wasmtime::component::bindgen!({
    path: "../../wit/v1",
    inline: "
        package lotus:host;

        world host {
            import lotus:plugin/log@1.0.0;
            import lotus:plugin/settings@1.0.0;
            import lotus:plugin/storage@1.0.0;
            import lotus:plugin/catalog@1.0.0;
            import lotus:plugin/calendar@1.0.0;
            import lotus:plugin/case-files@1.0.0;
            import lotus:plugin/applicants@1.0.0;
            import lotus:plugin/policy-library@1.0.0;
            import lotus:plugin/notify@1.0.0;
            export lotus:plugin/zones@1.0.0;
            export lotus:plugin/services@1.0.0;
            export lotus:plugin/assistance@1.0.0;
            export lotus:plugin/reminders@1.0.0;
            export lotus:plugin/case-hooks@1.0.0;
            export lotus:plugin/timers@1.0.0;
            export lotus:plugin/policies@1.0.0;
        }
    ",
    imports: {
        "lotus:plugin/storage": async | trappable,
        "lotus:plugin/catalog": async | trappable,
        "lotus:plugin/case-files": async | trappable,
        "lotus:plugin/applicants": async | trappable,
        "lotus:plugin/policy-library": async | trappable,
        "lotus:plugin/notify": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    additional_derives: [serde::Serialize, serde::Deserialize],
});
