//! Personal data at rest: sealed before they reach the database, found again by blind indexes.
//!
//! ```text
//!   keyring (a file, never the database) ── wraps ──► a district's data keys (table data_key)
//!                                                        │ seal, open ──► what people gave
//!                                                        └ index ───────► a keyed hash that equals find each other by
//! ```
//!
//! A sealed value names the data key that it was sealed with, so old values stay readable when a new key comes, and it
//! is bound to its place, so that it can't be moved to another row. Duties: Personal Information Protection Law,
//! article 51; GB/T 22239-2019 level 3, 8.1.4.8.
//!
//! Invariant: a key is used only after the transaction that keeps it has been committed.

mod keyring;
mod suite;

use std::collections::BTreeMap;
use std::sync::Arc;

use lotus_domain::chain::Hash;
use lotus_domain::district::Division;

pub(crate) use keyring::Wrapped;
pub use keyring::{Keyring, KeyringError};
pub use suite::Suite;
use suite::{Cipher, NONCE};

/// What every sealed value begins with.
const FORMAT: u8 = 1;
/// Format, key id, nonce.
const HEAD: usize = 1 + 4 + NONCE;

/// Why a sealed value can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It was sealed with a data key that is not known here (yet).
    #[error("it is sealed with the data key {0}, which is not known here")]
    UnknownKey(u32),
    /// It was altered, or belongs to another place.
    #[error("it was altered, or moved from another place")]
    Altered,
}

/// The data key that a value is sealed with; none where it is no sealed value.
pub(crate) fn sealed_with(sealed: &[u8]) -> Option<u32> {
    let (format, rest) = sealed.split_first()?;
    let id = rest.get(..4)?.try_into().ok()?;
    (*format == FORMAT).then(|| u32::from_be_bytes(id))
}

/// A data key, unwrapped.
pub(crate) struct DataKey {
    cipher: Box<dyn Cipher>,
}

/// The data keys of one district.
pub(crate) struct DistrictKeys {
    division: Division,
    /// New values are sealed with the one of the highest id.
    seal: BTreeMap<u32, DataKey>,
    /// Blind indexes: one key for ever, or nothing would be found again.
    index: DataKey,
}

impl std::fmt::Debug for DistrictKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DistrictKeys").field("division", &self.division).finish_non_exhaustive()
    }
}

impl DistrictKeys {
    pub(crate) fn new(division: Division, seal: BTreeMap<u32, DataKey>, index: DataKey) -> Self {
        Self { division, seal, index }
    }

    /// What binds a value to its place: a table's column, a district, a row.
    fn place(&self, column: &str, row: &str) -> Vec<u8> {
        format!("{column}\0{}\0{row}", self.division).into_bytes()
    }

    /// Seals a value for its place; none where the district has no key, which its making rules out.
    pub(crate) fn seal(&self, column: &str, row: &str, value: &[u8]) -> Result<Vec<u8>, SealError> {
        let (id, key) = self.seal.last_key_value().ok_or(SealError::UnknownKey(0))?;
        let nonce: [u8; NONCE] = rand::random();
        let sealed = key.cipher.seal(&nonce, &self.place(column, row), value)?;
        let mut whole = Vec::with_capacity(HEAD + sealed.len());
        whole.push(FORMAT);
        whole.extend(id.to_be_bytes());
        whole.extend(nonce);
        whole.extend(sealed);
        Ok(whole)
    }

    /// Opens a sealed value at its place.
    pub(crate) fn open(&self, column: &str, row: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(SealError::Altered)?;
        let (format, rest) = head.split_first().ok_or(SealError::Altered)?;
        let (id, nonce) = rest.split_at_checked(4).ok_or(SealError::Altered)?;
        if *format != FORMAT {
            return Err(SealError::Altered);
        }
        let id = u32::from_be_bytes(id.try_into().map_err(|_| SealError::Altered)?);
        let nonce: &[u8; NONCE] = nonce.try_into().map_err(|_| SealError::Altered)?;
        let key = self.seal.get(&id).ok_or(SealError::UnknownKey(id))?;
        key.cipher.open(nonce, &self.place(column, row), body)
    }

    /// A keyed hash of a value, under which its equals are found: it tells nobody without the key what it is of.
    pub(crate) fn index(&self, kind: &str, value: &str) -> Hash {
        Hash(self.index.cipher.mac(&[kind.as_bytes(), b"\0", value.as_bytes()].concat()))
    }

    /// The id of the key that new values are sealed with.
    pub(crate) fn current(&self) -> u32 {
        self.seal.last_key_value().map_or(0, |(id, _)| *id)
    }
}

impl DataKey {
    pub(crate) fn of(suite: Suite, secret: &[u8; 32]) -> Self {
        Self { cipher: suite.cipher(secret) }
    }
}

/// What districts' keys are unwrapped with, and those that were.
pub(crate) struct Vault {
    pub(crate) keyring: Keyring,
    pub(crate) districts: std::sync::RwLock<BTreeMap<Division, Arc<DistrictKeys>>>,
}

impl Vault {
    pub(crate) fn new(keyring: Keyring) -> Self {
        Self { keyring, districts: std::sync::RwLock::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(suite: Suite, ids: &[u32]) -> DistrictKeys {
        let key = |id: &u32| (*id, DataKey::of(suite, &[u8::try_from(*id).unwrap(); 32]));
        let index = DataKey::of(suite, &[99; 32]);
        DistrictKeys::new(Division::parse("411081").unwrap(), ids.iter().map(key).collect(), index)
    }

    #[test]
    fn what_is_sealed_opens_at_its_own_place_alone_in_each_suite() {
        for suite in Suite::ALL {
            let keys = keys(suite, &[1]);
            let sealed = keys.seal("case_file.application", "A", "13800000000".as_bytes()).unwrap();
            assert!(!sealed.windows(6).any(|part| part == b"138000"));
            assert_eq!(keys.open("case_file.application", "A", &sealed).unwrap(), b"13800000000");
            assert_eq!(keys.open("case_file.application", "B", &sealed), Err(SealError::Altered));
            assert_eq!(keys.open("case_file.title", "A", &sealed), Err(SealError::Altered));
            let mut altered = sealed.clone();
            *altered.last_mut().unwrap() ^= 1;
            assert_eq!(keys.open("case_file.application", "A", &altered), Err(SealError::Altered));
            assert_eq!(keys.open("case_file.application", "A", &sealed[..10]), Err(SealError::Altered));
        }
    }

    #[test]
    fn an_old_value_stays_readable_after_a_new_key_and_a_lost_key_is_named() {
        let old = keys(Suite::AesGcm, &[1]).seal("c", "r", b"old").unwrap();
        let both = keys(Suite::AesGcm, &[1, 2]);
        assert_eq!(both.open("c", "r", &old).unwrap(), b"old");
        let new = both.seal("c", "r", b"new").unwrap();
        assert_eq!(keys(Suite::AesGcm, &[1]).open("c", "r", &new), Err(SealError::UnknownKey(2)));
    }

    #[test]
    fn equals_find_each_other_within_their_kind_and_their_district() {
        let keys = keys(Suite::Sm4Gcm, &[1]);
        assert_eq!(keys.index("telephone", "13800000000"), keys.index("telephone", "13800000000"));
        assert_ne!(keys.index("telephone", "13800000000"), keys.index("identity", "13800000000"));
    }
}
