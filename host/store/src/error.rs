//! Why the store did not do it, in words that a caller can act on.

use sqlx::error::ErrorKind;
use sqlx::migrate::MigrateError;

use crate::vault::{KeyringError, SealError};

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, full or overloaded: worth trying again.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A newer host wrote it.
    #[error(
        "the database was written by a newer version of Lotus (its schema has step {0}, which this version does not know); start the newer version, or give this one another data directory"
    )]
    Newer(i64),
    /// Two writes were in each other's way, again and again.
    #[error("the database is busy: {0}")]
    Collision(String),
    /// Its schema is not what this host expects.
    #[error("the database's schema can't be brought up to date: {0}")]
    Schema(String),
    /// The address of the database can't be read.
    #[error("the database's address can't be used: {0}")]
    Address(String),
    /// What is stored can't be read back.
    #[error("what is stored can't be read: {0}")]
    Unreadable(String),
    /// A sealed value can't be opened.
    #[error("what is sealed can't be opened: {0}")]
    Sealed(#[from] SealError),
    /// The keyring does not fit what is stored.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// A row with this key is there already.
    #[error("it is there already: {0}")]
    Exists(String),
    /// Anything else that the database says: a defect.
    #[error("the database refused: {0}")]
    Refused(String),
}

impl StoreError {
    /// What is stored can't be read, and why.
    pub(crate) fn unreadable(what: &str, why: impl std::fmt::Display) -> Self {
        Self::Unreadable(format!("{what}: {why}"))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            sqlx::Error::Configuration(_) => Self::Address(error.to_string()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
                Self::Unreadable(error.to_string())
            }
            sqlx::Error::Database(said) => match said.kind() {
                ErrorKind::UniqueViolation => Self::Exists(said.message().to_owned()),
                // serialization_failure, deadlock_detected
                _ if matches!(said.code().as_deref(), Some("40001" | "40P01")) => {
                    Self::Collision(said.message().to_owned())
                }
                _ if is_away(said.code().as_deref().unwrap_or_default()) => {
                    Self::Unavailable(said.message().to_owned())
                }
                _ => Self::Refused(said.message().to_owned()),
            },
            _ => Self::Refused(error.to_string()),
        }
    }
}

/// Codes of a database that is away, shutting down, full or busy: PostgreSQL's classes 08, 53, 57P and 58;
/// SQLite's BUSY, LOCKED, READONLY, IOERR, FULL and CANTOPEN with their extensions.
fn is_away(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "53", "57P", "58"].iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(step) | MigrateError::VersionTooNew(step, _) => Self::Newer(step),
            MigrateError::VersionMismatch(step) => Self::Schema(format!(
                "its step {step} is not the one of this version; a data directory belongs to one line of versions"
            )),
            MigrateError::Execute(error) => Self::from(error),
            other => Self::Schema(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_away_is_told_from_one_that_refuses() {
        for away in ["57P01", "53300", "08006", "5", "13", "522", "1034"] {
            assert!(is_away(away), "{away}");
        }
        for refusal in ["42P01", "22021", "1", "1555", ""] {
            assert!(!is_away(refusal), "{refusal}");
        }
    }
}
