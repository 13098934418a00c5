//! What a call may take of memory, tables and instances; remembers which limit it was that stopped it.

use lotus_domain::package::Limits;
use wasmtime::ResourceLimiter;

use crate::outcome::Limit;

/// Counts over all memories and tables of a call's store.
pub(crate) struct Limiter {
    memory: u64,
    memory_used: u64,
    table_elements: u64,
    table_used: u64,
    instances: usize,
    /// The first limit that was hit.
    pub(crate) over: Option<(Limit, u64)>,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory: limits.memory,
            memory_used: 0,
            table_elements: limits.table_elements,
            table_used: 0,
            instances: limits.instances as usize,
            over: None,
        }
    }

    /// Bytes of linear memory at its largest: memories only grow.
    pub(crate) const fn memory_used(&self) -> u64 {
        self.memory_used
    }

    /// Stops the call over a limit; an error rather than a refused growth, so that it is told from a bug.
    pub(crate) fn stop(&mut self, limit: Limit, allowed: u64) -> wasmtime::Error {
        self.over.get_or_insert((limit, allowed));
        wasmtime::Error::msg("over a limit of the call")
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let grown = self.memory_used.saturating_add(desired.saturating_sub(current) as u64);
        if grown > self.memory {
            return Err(self.stop(Limit::Memory, self.memory));
        }
        self.memory_used = grown;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let grown = self.table_used.saturating_add(desired.saturating_sub(current) as u64);
        if grown > self.table_elements {
            return Err(self.stop(Limit::Tables, self.table_elements));
        }
        self.table_used = grown;
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        4
    }

    fn tables(&self) -> usize {
        16
    }
}
