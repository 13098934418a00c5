//! The keyring: keys that wrap the districts' data keys. It comes from a file or the environment, never the database.

use std::collections::BTreeSet;

use lotus_domain::chain::Hash;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::suite::NONCE;
use super::{DataKey, SealError, Suite};

/// Keys that wrap data keys, the one in use first.
pub struct Keyring {
    keys: Vec<Wrapping>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

struct Wrapping {
    id: String,
    suite: Suite,
    secret: Zeroizing<[u8; 32]>,
}

/// Why a keyring can't be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyringError {
    /// It is no keyring.
    #[error("the keyring can't be read: {0}")]
    Unreadable(String),
    /// It holds no key.
    #[error("the keyring holds no key; `lotus keys new` writes one")]
    Empty,
    /// A secret is not 32 random bytes.
    #[error(
        "the key “{0}” is weak: a secret is 64 hexadecimal characters of randomness, e.g. from `openssl rand -hex 32`"
    )]
    Weak(String),
    /// Two keys share an id.
    #[error("the key “{0}” stands twice in the keyring")]
    Twice(String),
    /// A data key is wrapped with a key that is not there.
    #[error("the data is sealed under the key “{0}”, which the keyring does not hold; put it back behind the others")]
    Missing(String),
    /// A data key does not open with the key that wrapped it.
    #[error("the key “{0}” does not open what was sealed under it; it is not the one that it was")]
    Wrong(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyringFile {
    #[serde(default)]
    key: Vec<KeyFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    id: String,
    #[serde(default)]
    suite: Suite,
    secret: String,
}

/// A data key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrapped {
    pub(crate) id: u32,
    pub(crate) suite: Suite,
    pub(crate) by: String,
    pub(crate) bytes: Vec<u8>,
}

impl Keyring {
    /// Reads a keyring: `[[key]]` with `id`, `suite` and `secret`, the one in use first.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let file: KeyringFile =
            toml::from_str(text).map_err(|error| KeyringError::Unreadable(error.message().to_owned()))?;
        let mut seen = BTreeSet::new();
        let mut keys = Vec::new();
        for key in file.key {
            let secret = secret(&key.secret).ok_or_else(|| KeyringError::Weak(key.id.clone()))?;
            if !seen.insert(key.id.clone()) {
                return Err(KeyringError::Twice(key.id));
            }
            keys.push(Wrapping { id: key.id, suite: key.suite, secret });
        }
        if keys.is_empty() { Err(KeyringError::Empty) } else { Ok(Self { keys }) }
    }

    /// The text of a keyring with one new key.
    pub fn generate(id: &str, suite: Suite) -> String {
        // A hash is written as hexadecimal, which is what is wanted here.
        let secret = Hash(rand::random());
        format!(
            "# Wraps the keys under which personal data are sealed. Without it they can't be read: keep a copy apart from\n\
             # the database. A new key goes first; the old ones stay until `lotus keys rotate` has let go of them.\n\
             [[key]]\nid = \"{id}\"\nsuite = \"{}\"\nsecret = \"{secret}\"\n",
            suite.name()
        )
    }

    /// The suite of the key in use: new data keys are of it.
    pub(crate) fn suite(&self) -> Suite {
        self.keys.first().map_or(Suite::default(), |key| key.suite)
    }

    /// The id of the key in use.
    pub(crate) fn current(&self) -> &str {
        self.keys.first().map_or("", |key| key.id.as_str())
    }

    /// Wraps a data key under the key in use, for its place.
    pub(crate) fn wrap(&self, id: u32, suite: Suite, place: &str, data: &[u8; 32]) -> Result<Wrapped, KeyringError> {
        let key = self.keys.first().ok_or(KeyringError::Empty)?;
        let nonce: [u8; NONCE] = rand::random();
        let sealed = key.suite.cipher(&key.secret).seal(&nonce, place.as_bytes(), data);
        let sealed = sealed.map_err(|_| KeyringError::Wrong(key.id.clone()))?;
        Ok(Wrapped { id, suite, by: key.id.clone(), bytes: [nonce.as_slice(), &sealed].concat() })
    }

    /// A new data key, wrapped.
    pub(crate) fn new_data_key(&self, id: u32, place: &str) -> Result<Wrapped, KeyringError> {
        let data = Zeroizing::new(rand::random::<[u8; 32]>());
        self.wrap(id, self.suite(), place, &data)
    }

    fn unwrap_secret(&self, wrapped: &Wrapped, place: &str) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
        let key = self.keys.iter().find(|key| key.id == wrapped.by);
        let key = key.ok_or_else(|| KeyringError::Missing(wrapped.by.clone()))?;
        let open = || {
            let (nonce, sealed) = wrapped.bytes.split_at_checked(NONCE).ok_or(SealError::Altered)?;
            let nonce = nonce.try_into().map_err(|_| SealError::Altered)?;
            let opened = Zeroizing::new(key.suite.cipher(&key.secret).open(nonce, place.as_bytes(), sealed)?);
            <[u8; 32]>::try_from(opened.as_slice()).map_err(|_| SealError::Altered)
        };
        open().map(Zeroizing::new).map_err(|_| KeyringError::Wrong(key.id.clone()))
    }

    /// Unwraps a data key.
    pub(crate) fn unwrap(&self, wrapped: &Wrapped, place: &str) -> Result<DataKey, KeyringError> {
        Ok(DataKey::of(wrapped.suite, &*self.unwrap_secret(wrapped, place)?))
    }

    /// The same data key, wrapped under the key in use.
    pub(crate) fn rewrap(&self, wrapped: &Wrapped, place: &str) -> Result<Wrapped, KeyringError> {
        self.wrap(wrapped.id, wrapped.suite, place, &*self.unwrap_secret(wrapped, place)?)
    }
}

/// 32 bytes of hexadecimal that are not the same few characters over and over.
fn secret(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let text = text.trim();
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut secret = Zeroizing::new([0; 32]);
    for (at, byte) in secret.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    // 32 random bytes hold fewer than 16 different ones about once in 10^18 times.
    let different: BTreeSet<u8> = secret.iter().copied().collect();
    (different.len() >= 16).then_some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_or_doubled_or_missing_key_is_named() {
        let weak = format!("[[key]]\nid = \"a\"\nsecret = \"{}\"", "00".repeat(32));
        assert_eq!(Keyring::parse(&weak).unwrap_err(), KeyringError::Weak("a".into()));
        assert_eq!(Keyring::parse("").unwrap_err(), KeyringError::Empty);
        let one = Keyring::generate("a", Suite::AesGcm);
        assert_eq!(Keyring::parse(&format!("{one}{one}")).unwrap_err(), KeyringError::Twice("a".into()));
        assert!(matches!(Keyring::parse("[[key]]\nid = 3"), Err(KeyringError::Unreadable(_))));
    }

    #[test]
    fn a_data_key_survives_a_new_wrapping_key_of_another_suite() {
        let old = Keyring::generate("old", Suite::AesGcm);
        let before = Keyring::parse(&old).unwrap();
        let wrapped = before.new_data_key(1, "411081").unwrap();
        let both = format!("{}{old}", Keyring::generate("new", Suite::Sm4Gcm));
        let after = Keyring::parse(&both).unwrap();
        let again = after.rewrap(&wrapped, "411081").unwrap();
        assert_eq!((again.by.as_str(), again.suite), ("new", Suite::AesGcm));
        assert!(after.unwrap(&again, "411081").is_ok());
        assert_eq!(before.unwrap(&again, "411081").err(), Some(KeyringError::Missing("new".into())));
        assert_eq!(after.unwrap(&again, "411082").err(), Some(KeyringError::Wrong("new".into())), "another district's");
    }
}
