//! The districts' plugins that ship with the platform, compiled to components by the build.
//!
//! Invariant: no plugin is named here: every folder beside this file with a `plugin.toml` is one.

/// A plugin as it is handed to a host: what it says of itself, and its component.
#[derive(Debug, Clone, Copy)]
pub struct Package {
    /// The folder that it is kept in.
    pub name: &'static str,
    /// Its `plugin.toml`.
    pub manifest: &'static str,
    /// Its WebAssembly component.
    pub component: &'static [u8],
}

/// All of them, by name.
pub static SHIPPED: &[Package] = include!(concat!(env!("OUT_DIR"), "/packages.rs"));
