//! Capabilities: what a guest may ask. Each checks grant and bounds, then asks the platform's ports, then notes the
//! answer. Contract generations (`v1`) only convert to and from these.

mod calendar;
mod catalog;
mod log;
mod settings;
mod storage;

pub(crate) use calendar::CalendarDenial;
pub(crate) use catalog::CatalogDenial;
pub(crate) use storage::StorageDenial;

use wasmtime::Engine;
use wasmtime::component::Linker;

use crate::sandbox::Sandbox;

/// Links every capability and the empty WASI. Who may call what is decided at load and at each call, not by linking.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Sandbox>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    crate::v1::add_to_linker(&mut linker)?;
    Ok(linker)
}
