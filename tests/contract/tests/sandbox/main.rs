//! The contract through real components, one binary: what the sandbox promises to hosts, to plugins and to citizens.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "every function here is a test's")]

mod asked;
mod bounds;
mod cases;
mod concurrent;
mod hooks;
mod hostile;
mod loading;
mod policies;
mod recorded;
mod released;
mod shipped;
mod surroundings;
