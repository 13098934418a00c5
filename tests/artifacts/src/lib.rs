//! The guests that tests run in the sandbox, compiled to components by the build.
//!
//! Invariant: nothing that ships depends on this crate.

/// A guest as it is handed to a host.
#[derive(Debug, Clone, Copy)]
pub struct Package {
    /// The folder in `tests/guests` that it is kept in.
    pub name: &'static str,
    /// Its `plugin.toml`.
    pub manifest: &'static str,
    /// Its WebAssembly component.
    pub component: &'static [u8],
}

/// All of them, by name.
pub static GUESTS: &[Package] = include!(concat!(env!("OUT_DIR"), "/packages.rs"));

/// The guest of this name.
///
/// # Panics
///
/// Where there is none: a test then names a guest that was renamed or removed.
#[allow(clippy::panic, reason = "only tests call it, and they can't go on")]
pub fn guest(name: &str) -> Package {
    match GUESTS.iter().find(|guest| guest.name == name) {
        Some(guest) => *guest,
        None => panic!("there is no guest {name} in tests/guests"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_guest_is_a_component() {
        assert!(!GUESTS.is_empty());
        for guest in GUESTS {
            assert!(guest.component.starts_with(b"\0asm\x0d\0\x01\0"), "{}", guest.name);
        }
    }
}
