//! Files that people hand in: streamed, sealed and scanned on their way into a directory or an S3-compatible store.
//!
//! ```text
//!   chunks ─► bound ─► hash ─► first and last bytes (what is it?) ─► scanner (clamd) ─► sealed chunks ─► object store
//! ```
//!
//! A file is never whole in memory and never unsealed on a disk. It is there under its name only after all of it was
//! written, accepted and found clean; a file that breaks off, is refused or infected leaves nothing behind.
//!
//! Invariant: what is read back is what was written, whole and in order, or an error: each chunk is authenticated with its
//! place and with whether it is the last.

mod intake;
mod s3;
mod scan;
mod seal;
mod sniff;
mod store;

pub use intake::{Intake, Taken};
pub use s3::S3Config;
pub use scan::{Scanner, ScannerAddress};
pub use store::{Objects, ObjectsConfig, Place};

use lotus_domain::material::Unacceptable;

/// Why a file was not taken or can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// It is not acceptable; its sender is told why.
    #[error(transparent)]
    Unacceptable(#[from] Unacceptable),
    /// The store or the scanner is away: worth trying again.
    #[error("files can't be kept or read for now: {0}")]
    Unavailable(String),
    /// There is no such file.
    #[error("there is no such file")]
    NotFound,
    /// It is not what was written: altered, cut off, or its key is another's.
    #[error("the file was altered")]
    Altered,
    /// The configuration can't be used.
    #[error("the store of files can't be used as configured: {0}")]
    Configuration(String),
}

impl From<object_store::Error> for ObjectError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound,
            other => Self::Unavailable(other.to_string()),
        }
    }
}
