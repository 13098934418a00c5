//! The two suites behind one trait: AES-256-GCM with HMAC-SHA-256, and SM4-GCM with HMAC-SM3 (GB/T 32907, GB/T 32905).

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead as _, Nonce, Payload};
use aes_gcm::{Aes256Gcm, AesGcm, KeyInit};
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use sm3::Sm3;
use sm4::Sm4;

use super::SealError;

/// Bytes of a nonce: random for each value, so that a key may seal 2³² of them (NIST SP 800-38D, 8.3).
pub(super) const NONCE: usize = 12;

/// Which algorithms seal and index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Suite {
    /// AES-256-GCM and HMAC-SHA-256.
    #[default]
    #[serde(rename = "aes-256-gcm")]
    AesGcm,
    /// SM4-GCM and HMAC-SM3, the national commercial cryptography 商用密码.
    #[serde(rename = "sm4-gcm")]
    Sm4Gcm,
}

impl Suite {
    /// Both.
    pub const ALL: [Self; 2] = [Self::AesGcm, Self::Sm4Gcm];

    /// As it stands in the configuration and beside a data key.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AesGcm => "aes-256-gcm",
            Self::Sm4Gcm => "sm4-gcm",
        }
    }

    /// The suite of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// A cipher with this secret. SM4 takes half of it as its key and the other half for its hash.
    pub(super) fn cipher(self, secret: &[u8; 32]) -> Box<dyn Cipher> {
        match self {
            Self::AesGcm => Box::new(Aes { gcm: Aes256Gcm::new(secret.into()), mac: *secret }),
            Self::Sm4Gcm => {
                let (key, mac) = secret.split_at(16);
                let mut half = [0; 16];
                half.copy_from_slice(key);
                Box::new(ShangMi { gcm: AesGcm::new(&half.into()), mac: mac.to_vec() })
            }
        }
    }
}

/// What a suite does. Implementations hold their key and never show it.
pub(super) trait Cipher: Send + Sync {
    /// Encrypts and authenticates a value together with its place.
    fn seal(&self, nonce: &[u8; NONCE], place: &[u8], value: &[u8]) -> Result<Vec<u8>, SealError>;
    /// Decrypts a value where it and its place are what was sealed.
    fn open(&self, nonce: &[u8; NONCE], place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError>;
    /// A keyed hash.
    fn mac(&self, value: &[u8]) -> [u8; 32];
}

struct Aes {
    gcm: Aes256Gcm,
    mac: [u8; 32],
}

struct ShangMi {
    gcm: AesGcm<Sm4, U12>,
    mac: Vec<u8>,
}

macro_rules! cipher {
    ($kind:ident, $gcm:ty, $hash:ty) => {
        impl Cipher for $kind {
            fn seal(&self, nonce: &[u8; NONCE], place: &[u8], value: &[u8]) -> Result<Vec<u8>, SealError> {
                let nonce = Nonce::<$gcm>::from(*nonce);
                self.gcm.encrypt(&nonce, Payload { msg: value, aad: place }).map_err(|_| SealError::Altered)
            }

            fn open(&self, nonce: &[u8; NONCE], place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
                let nonce = Nonce::<$gcm>::from(*nonce);
                self.gcm.decrypt(&nonce, Payload { msg: sealed, aad: place }).map_err(|_| SealError::Altered)
            }

            fn mac(&self, value: &[u8]) -> [u8; 32] {
                // HMAC takes a key of any length, so this never fails.
                let Ok(mut mac) = <Hmac<$hash> as KeyInit>::new_from_slice(&self.mac) else { return [0; 32] };
                mac.update(b"lotus blind index\0");
                mac.update(value);
                mac.finalize().into_bytes().into()
            }
        }
    };
}

cipher!(Aes, Aes256Gcm, Sha256);
cipher!(ShangMi, AesGcm<Sm4, U12>, Sm3);
