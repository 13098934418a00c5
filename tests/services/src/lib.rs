//! Outside programs that tests run against: real ones, started by the test that needs them, ended with it.
//!
//! What is started here ends with the test process, *however that ends*: each program hangs on a pipe that only the test
//! process holds open. Nothing is ever searched for by name and killed.
//!
//! Which programs the machine has is a matter of the build: see `lotus_test_find`.

pub mod clamav;
mod keeper;
pub mod oidc;
pub mod pdf;
pub mod postgres;
pub mod python;
pub mod registry;
pub mod s3;
pub mod smtp;
pub mod sqlite;
