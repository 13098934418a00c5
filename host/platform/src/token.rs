//! Form tokens: what makes two submissions of one form one case, and the key that signs them.
//!
//! A token is random, dated and signed, so that only a form that this city handed out can be submitted, and nobody can
//! guess another's. The secret by which a case is followed is derived from the token that opened it: whoever submits the
//! same form twice gets the same number and the same secret, and the store needs neither.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use lotus_domain::case::FollowSecret;
use lotus_domain::chain::Hash;
use sha2::Sha256;

/// How long a form may lie open.
const LIFE_MILLISECONDS: i64 = 24 * 60 * 60 * 1000;

/// A key of 32 bytes. Never printed.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Text that is no key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a key is 64 hexadecimal characters (32 bytes), for instance from `openssl rand -hex 32`")]
pub struct NotAKey;

impl Key {
    /// A new key from the system's randomness.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// From hexadecimal.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        from_hex(text.trim()).and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(NotAKey)
    }

    /// As hexadecimal, to be kept.
    pub fn to_hex(&self) -> String {
        to_hex(&self.0)
    }

    pub(crate) fn sign(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        // A key of any length is taken, so this never fails; a MAC over nothing would still verify nothing.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into a `String` can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// A form's token: 16 random bytes, the moment it was handed out, and a signature over both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormToken {
    body: [u8; 24],
    signature: [u8; 16],
}

impl std::fmt::Display for FormToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", to_hex(&self.body), to_hex(&self.signature))
    }
}

impl FormToken {
    /// Reads a token as a form sends it; whether it is ours is seen when it is used.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = from_hex(text)?;
        let (body, signature) = bytes.split_at_checked(24)?;
        Some(Self { body: body.try_into().ok()?, signature: signature.try_into().ok()? })
    }

    pub(crate) fn issue(key: &Key, at: Timestamp) -> Self {
        let mut body = [0; 24];
        let (random, moment) = body.split_at_mut(16);
        random.copy_from_slice(&rand::random::<[u8; 16]>());
        moment.copy_from_slice(&at.as_millisecond().to_be_bytes());
        let mut signature = [0; 16];
        signature.copy_from_slice(key.sign("form", &body).split_at(16).0);
        Self { body, signature }
    }

    /// Whether this city handed it out, not too long ago.
    pub(crate) fn holds(&self, key: &Key, now: Timestamp) -> bool {
        let expected = key.sign("form", &self.body);
        let same = self.signature.iter().zip(expected).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0;
        let moment = self.body.split_at(16).1.try_into().map_or(i64::MIN, i64::from_be_bytes);
        let age = now.as_millisecond().saturating_sub(moment);
        same && (-60_000..=LIFE_MILLISECONDS).contains(&age)
    }

    /// What is stored of it.
    pub(crate) fn hash(&self) -> Hash {
        Hash::of(&[b"lotus form token\0".as_slice(), &self.body].concat())
    }

    /// The secret of the case that it opens.
    pub(crate) fn secret(&self, key: &Key) -> FollowSecret {
        let derived = key.sign("follow", &self.body);
        let bits = derived.split_at(8).0.try_into().map_or(0, u64::from_be_bytes);
        FollowSecret::new(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_millisecond(1_772_000_000_000 + hours * 3_600_000).unwrap()
    }

    #[test]
    fn a_token_is_taken_for_a_day_and_only_as_it_was_handed_out() {
        let key = Key::random();
        let token = FormToken::issue(&key, at(0));
        let read = FormToken::parse(&token.to_string()).unwrap();
        assert_eq!(read, token);
        assert!(read.holds(&key, at(23)));
        assert!(!read.holds(&key, at(25)), "too old");
        assert!(!read.holds(&key, at(-1)), "from the future");
        assert!(!read.holds(&Key::random(), at(1)), "another city's");
        let mut forged = token.to_string().into_bytes();
        forged[3] = if forged[3] == b'0' { b'1' } else { b'0' };
        assert!(!FormToken::parse(std::str::from_utf8(&forged).unwrap()).unwrap().holds(&key, at(1)));
    }

    #[test]
    fn what_is_no_token_is_none() {
        for text in ["", "zz", "00", &"0".repeat(78), &"é".repeat(40), &"0".repeat(82)] {
            assert_eq!(FormToken::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_same_form_gives_the_same_secret_and_another_form_another() {
        let key = Key::random();
        let (one, other) = (FormToken::issue(&key, at(0)), FormToken::issue(&key, at(0)));
        assert!(one.secret(&key).hash().same(&one.secret(&key).hash()));
        assert!(!one.secret(&key).hash().same(&other.secret(&key).hash()));
    }

    #[test]
    fn a_key_is_kept_as_hexadecimal() {
        let key = Key::random();
        assert_eq!(Key::parse(&format!("{}\n", key.to_hex())).unwrap().to_hex(), key.to_hex());
        assert_eq!(Key::parse("short").err(), Some(NotAKey));
        assert_eq!(format!("{key:?}"), "Key(…)");
    }
}
