//! Between columns and domain types: JSON, hashes, moments, counts.

use jiff::Timestamp;
use lotus_domain::chain::Hash;
use lotus_domain::package::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

/// A value as a column of JSON.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::unreadable("a value to be stored", error))
}

/// A column of JSON as a value.
pub(super) fn from_json<T: DeserializeOwned>(what: &str, text: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(text).map_err(|error| StoreError::unreadable(what, error))
}

/// A count as databases have it.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count as it was stored.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A revision, a version or a year that was stored.
pub(super) fn small<T: TryFrom<i64>>(what: &str, number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::unreadable(what, number))
}

/// A moment that was stored in milliseconds.
pub(super) fn moment(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| StoreError::unreadable("a moment", error))
}

/// A hash that was stored.
pub(super) fn hash(bytes: &[u8]) -> Result<Hash, StoreError> {
    Hash::from_bytes(bytes).ok_or_else(|| StoreError::unreadable("a hash", "it has not 32 bytes"))
}

/// A package's digest that was stored.
pub(super) fn digest(bytes: &[u8]) -> Result<Digest, StoreError> {
    Digest::from_bytes(bytes).ok_or_else(|| StoreError::unreadable("a digest", "it has not 32 bytes"))
}

/// A code or an id that was stored.
pub(super) fn parsed<T, E: std::fmt::Display>(what: &str, parsed: Result<T, E>) -> Result<T, StoreError> {
    parsed.map_err(|error| StoreError::unreadable(what, error))
}
