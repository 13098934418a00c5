//! Signatures between us and the gateway: HMAC-SHA256 over the moment, the idempotency key and the body.
//!
//! `Lotus-Signature: v1=<hex>` over `timestamp\nkey\nbody`; the timestamp is Unix seconds, in `Lotus-Timestamp`.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How far the other side's clock may be off, in seconds.
const SKEW: i64 = 300;

/// A shared secret. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// At least 16 bytes; nothing where there are fewer.
    pub fn new(text: &str) -> Option<Self> {
        (text.len() >= 16).then(|| Self(text.as_bytes().to_vec()))
    }

    fn mac(&self, timestamp: i64, key: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{timestamp}\n{key}\n").as_bytes());
        mac.update(body);
        Some(mac)
    }

    /// The signature's header.
    pub fn sign(&self, timestamp: i64, key: &str, body: &[u8]) -> String {
        let mut text = "v1=".to_owned();
        // A key of any length is taken, so there always is one.
        if let Some(mac) = self.mac(timestamp, key, body) {
            for byte in mac.finalize().into_bytes() {
                // Writing into a `String` can't fail.
                let _ = write!(text, "{byte:02x}");
            }
        }
        text
    }

    /// Whether a header is the signature of what came, and of about now (both in Unix seconds).
    pub fn verifies(&self, header: &str, timestamp: &str, key: &str, body: &[u8], now: i64) -> bool {
        let Ok(moment) = timestamp.parse::<i64>() else { return false };
        let Some(given) = header.strip_prefix("v1=").and_then(from_hex) else { return false };
        if now.abs_diff(moment) > SKEW.unsigned_abs() {
            return false;
        }
        // Compared in constant time.
        self.mac(moment, key, body).is_some_and(|mac| mac.verify_slice(&given).is_ok())
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_its_body_its_key_and_about_now() {
        let secret = Secret::new("of the tests alone").unwrap();
        let header = secret.sign(1_000_000, "key", b"body");
        assert!(secret.verifies(&header, "1000000", "key", b"body", 1_000_299));
        assert!(!secret.verifies(&header, "1000000", "key", b"body", 1_000_301), "too old");
        assert!(!secret.verifies(&header, "1000001", "key", b"body", 1_000_001), "of another moment");
        assert!(!secret.verifies(&header, "1000000", "other", b"body", 1_000_000));
        assert!(!secret.verifies(&header, "1000000", "key", b"bodz", 1_000_000));
        assert!(!Secret::new("another of the tests").unwrap().verifies(&header, "1000000", "key", b"body", 1_000_000));
        for bad in ["", "v1=", "v1=zz", "v2=00", "v1=é0"] {
            assert!(!secret.verifies(bad, "1000000", "key", b"body", 1_000_000), "{bad}");
        }
        assert!(Secret::new("short").is_none());
    }
}
