//! Keys that publishers sign with: Ed25519 (RFC 8032), and SM2 with SM3 (GB/T 32918.2-2016), the national commercial
//! cryptography 商用密码.
//!
//! Keys are read and written as PEM: PKCS #8 (RFC 5958) and `SubjectPublicKeyInfo` (RFC 5280), as OpenSSL makes them.

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use lotus_domain::package::Digest;
use signature::{Signer as _, Verifier as _};
use sm2::dsa;
use zeroize::Zeroizing;

/// The identity that SM2 mixes into what is signed where the parties agreed on none (GB/T 35276-2017, 10).
const SM2_IDENTITY: &str = "1234567812345678";

/// Which algorithms sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// Ed25519.
    Ed25519,
    /// SM2 with SM3.
    Sm2,
}

impl Suite {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ed25519, Self::Sm2];

    /// As it stands before a key's fingerprint.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Sm2 => "sm2",
        }
    }

    /// The suite of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }
}

/// A text that is no key, or no key of a suite that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No private key.
    #[error(
        "this is no private key: a PKCS #8 PEM file with an Ed25519 or SM2 key, such as `lotus plugin keygen` makes"
    )]
    Private,
    /// No public key.
    #[error("this is no public key: a PEM file that begins with BEGIN PUBLIC KEY, with an Ed25519 or SM2 key")]
    Public,
    /// It can't be written, or can't sign.
    #[error("this key can't be used: make a new one with `lotus plugin keygen`")]
    Unusable,
}

/// What a publisher signs with. Never shown, wiped when it is dropped.
pub enum SigningKey {
    /// Ed25519.
    Ed25519(Box<ed25519_dalek::SigningKey>),
    /// SM2.
    Sm2(Box<dsa::SigningKey>),
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.suite().name())
    }
}

impl SigningKey {
    /// A new key, from the system's randomness.
    pub fn generate(suite: Suite) -> Result<Self, KeyError> {
        match suite {
            Suite::Ed25519 => {
                let seed = Zeroizing::new(rand::random::<[u8; 32]>());
                Ok(Self::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&seed))))
            }
            // Of 2²⁵⁶ numbers about one in 2³² is not below the group's order.
            Suite::Sm2 => (0..16)
                .find_map(|_| {
                    let secret = Zeroizing::new(rand::random::<[u8; 32]>());
                    Self::sm2(&sm2::SecretKey::from_slice(&*secret).ok()?).ok()
                })
                .ok_or(KeyError::Unusable),
        }
    }

    /// Reads a PKCS #8 PEM file.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        if let Ok(key) = ed25519_dalek::SigningKey::from_pkcs8_pem(pem) {
            return Ok(Self::Ed25519(Box::new(key)));
        }
        Self::sm2(&sm2::SecretKey::from_pkcs8_pem(pem).map_err(|_| KeyError::Private)?)
    }

    fn sm2(secret: &sm2::SecretKey) -> Result<Self, KeyError> {
        let key = dsa::SigningKey::new(SM2_IDENTITY, secret).map_err(|_| KeyError::Unusable)?;
        Ok(Self::Sm2(Box::new(key)))
    }

    /// As a PKCS #8 PEM file; wiped when it is dropped.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        match self {
            Self::Ed25519(key) => key.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Unusable),
            Self::Sm2(key) => sm2::SecretKey::from(key.as_nonzero_scalar())
                .to_pkcs8_pem(LineEnding::LF)
                .map_err(|_| KeyError::Unusable),
        }
    }

    /// Which suite it is of.
    pub const fn suite(&self) -> Suite {
        match self {
            Self::Ed25519(_) => Suite::Ed25519,
            Self::Sm2(_) => Suite::Sm2,
        }
    }

    /// What others verify with.
    pub fn public(&self) -> Result<PublicKey, KeyError> {
        match self {
            Self::Ed25519(key) => Ok(PublicKey::Ed25519(key.verifying_key())),
            Self::Sm2(key) => Ok(PublicKey::Sm2(Box::new(key.verifying_key().clone()))),
        }
    }

    /// Signs: 64 bytes, R and S of either suite.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Ed25519(key) => Ok(key.try_sign(message).map_err(|_| KeyError::Unusable)?.to_bytes().to_vec()),
            Self::Sm2(key) => {
                let signature: dsa::Signature = key.try_sign(message).map_err(|_| KeyError::Unusable)?;
                Ok(signature.to_bytes().to_vec())
            }
        }
    }
}

/// What a signature is verified with.
#[derive(Debug, Clone)]
pub enum PublicKey {
    /// Ed25519.
    Ed25519(ed25519_dalek::VerifyingKey),
    /// SM2.
    Sm2(Box<dsa::VerifyingKey>),
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` PEM file.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        if let Ok(key) = ed25519_dalek::VerifyingKey::from_public_key_pem(pem) {
            return Ok(Self::Ed25519(key));
        }
        let key = sm2::PublicKey::from_public_key_pem(pem).map_err(|_| KeyError::Public)?;
        let key = dsa::VerifyingKey::new(SM2_IDENTITY, key).map_err(|_| KeyError::Public)?;
        Ok(Self::Sm2(Box::new(key)))
    }

    /// As a `SubjectPublicKeyInfo` PEM file.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let pem = match self {
            Self::Ed25519(key) => key.to_public_key_pem(LineEnding::LF),
            Self::Sm2(key) => sm2::PublicKey::from(&**key).to_public_key_pem(LineEnding::LF),
        };
        pem.map_err(|_| KeyError::Unusable)
    }

    /// Which suite it is of.
    pub const fn suite(&self) -> Suite {
        match self {
            Self::Ed25519(_) => Suite::Ed25519,
            Self::Sm2(_) => Suite::Sm2,
        }
    }

    /// What it is called: its suite, and 32 hexadecimal digits of the SHA-256 of its `SubjectPublicKeyInfo`.
    pub fn id(&self) -> Result<String, KeyError> {
        let der = match self {
            Self::Ed25519(key) => key.to_public_key_der(),
            Self::Sm2(key) => sm2::PublicKey::from(&**key).to_public_key_der(),
        };
        let hash = Digest::of(der.map_err(|_| KeyError::Unusable)?.as_bytes()).hex();
        Ok(format!("{}:{}", self.suite().name(), hash.get(..32).unwrap_or(&hash)))
    }

    /// Whether this key's owner signed this message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            // Strict: of the signatures that fit a message, none that somebody else could make from another's.
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Self::Sm2(key) => {
                dsa::Signature::from_slice(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_either_suite_signs_is_written_and_read() {
        for suite in Suite::ALL {
            let key = SigningKey::generate(suite).unwrap();
            let again = SigningKey::from_pem(&key.to_pem().unwrap()).unwrap();
            let public = PublicKey::from_pem(&key.public().unwrap().to_pem().unwrap()).unwrap();
            assert_eq!((again.suite(), public.suite()), (suite, suite));
            assert_eq!(public.id().unwrap(), key.public().unwrap().id().unwrap());
            let signature = again.sign(b"lotus").unwrap();
            assert!(public.verifies(b"lotus", &signature));
            assert!(!public.verifies(b"lotos", &signature));
            assert!(!public.verifies(b"lotus", signature.get(1..).unwrap()));
            let other = SigningKey::generate(suite).unwrap().public().unwrap();
            assert!(!other.verifies(b"lotus", &signature));
        }
    }

    #[test]
    fn what_is_no_key_is_refused_with_what_one_looks_like() {
        let error = SigningKey::from_pem("-----BEGIN NOTHING-----").unwrap_err();
        assert!(error.to_string().contains("PKCS #8"), "{error}");
        assert_eq!(PublicKey::from_pem("").unwrap_err(), KeyError::Public);
    }
}
