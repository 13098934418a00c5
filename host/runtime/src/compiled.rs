//! Loads a compiled component from its file: the one place in the host that needs `unsafe`.

// Why: a compiled component is machine code, and wasmtime can't check machine code. What makes it sound here is said
// at the call; everything else in the house is safe Rust.
#![allow(unsafe_code)]

use std::path::Path;

use wasmtime::Engine;
use wasmtime::component::Component;

/// Maps a compiled component into memory.
///
/// The caller (`Cache`) has made sure that the file is in a directory that only this user can write to, was written
/// whole by this very engine configuration (its name holds the engine's hash), and still has the checksum that was
/// noted when it was written.
pub(crate) fn load(engine: &Engine, file: &Path) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are what `Engine::precompile_component` returned on this host, per the contract above.
    unsafe { Component::deserialize_file(engine, file) }
}
