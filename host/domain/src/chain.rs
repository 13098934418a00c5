//! Hash chains: each link holds the hash of the one before it, so that whatever is altered, removed, inserted or
//! reordered is found.
//!
//! Invariant: a link's hash is over length-prefixed parts, so that no two links have the same bytes.

use sha2::{Digest as _, Sha256};

/// A SHA-256 hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What stands before the first link.
    pub const NONE: Self = Self([0; 32]);

    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// From stored bytes; nothing where they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// From 64 hexadecimal digits, as it is shown.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let bytes: Vec<u8> = (0..32).map_while(|at| digit(2 * at)).collect();
        if text.len() == 64 { Self::from_bytes(&bytes) } else { None }
    }

    /// Compares without telling by its time where the difference is.
    pub fn same(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Hashes a link part by part.
pub(crate) struct Link(Sha256);

impl Link {
    /// A link of a chain of this kind.
    pub(crate) fn of(kind: &str) -> Self {
        Self(Sha256::new()).part(kind.as_bytes())
    }

    /// The next part.
    pub(crate) fn part(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// The next part, which may be missing: that is not the same as being empty.
    pub(crate) fn optional(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.part(&[1]).part(text.as_bytes()),
            None => self.part(&[0]),
        }
    }

    /// The hash over all parts.
    pub(crate) fn hash(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}
