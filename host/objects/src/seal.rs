//! Sealing a stream: chunks of 64 KiB, each encrypted and authenticated with its number and with whether it is the last.
//!
//! This is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015). Each file has a key of its own, so that
//! chunk numbers are nonces that never repeat under a key, and a file is gone for good when its key is.
//!
//! Invariant: removing, repeating, reordering or cutting off chunks is found when the file is read.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead as _, Nonce, Payload};
use aes_gcm::{Aes256Gcm, AesGcm, KeyInit as _};
use lotus_domain::material::{FileKey, FileSuite};
use sm4::Sm4;

use crate::ObjectError;

/// Bytes of a chunk before it is sealed.
pub(crate) const CHUNK: usize = 64 << 10;
/// What sealing adds to a chunk.
const TAG: usize = 16;
/// Bytes of a sealed chunk; the last may have fewer.
pub(crate) const SEALED: usize = CHUNK + TAG;
/// What a chunk is authenticated with besides its place.
const PURPOSE: &[u8] = b"lotus material 1";

enum Cipher {
    Aes(Box<Aes256Gcm>),
    Sm4(Box<AesGcm<Sm4, U12>>),
}

/// Seals or opens a file's chunks, one after the other.
pub(crate) struct Chunks {
    cipher: Cipher,
    next: u32,
}

impl Chunks {
    /// From the first chunk of a file with this key.
    pub(crate) fn new(key: &FileKey) -> Self {
        let cipher = match key.suite {
            FileSuite::AesGcm => Cipher::Aes(Box::new(Aes256Gcm::new(&key.secret.into()))),
            FileSuite::Sm4Gcm => {
                let mut half = [0; 16];
                half.copy_from_slice(key.secret.split_at(16).0);
                Cipher::Sm4(Box::new(AesGcm::new(&half.into())))
            }
        };
        Self { cipher, next: 0 }
    }

    /// The nonce of the next chunk: seven zero bytes, its number, whether it is the last.
    fn nonce(&mut self, last: bool) -> Result<[u8; 12], ObjectError> {
        let mut nonce = [0; 12];
        let (_, tail) = nonce.split_at_mut(7);
        let (number, flag) = tail.split_at_mut(4);
        number.copy_from_slice(&self.next.to_be_bytes());
        flag.fill(u8::from(last));
        self.next = self.next.checked_add(1).ok_or(ObjectError::Altered)?;
        Ok(nonce)
    }

    /// Seals the next chunk.
    pub(crate) fn seal(&mut self, chunk: &[u8], last: bool) -> Result<Vec<u8>, ObjectError> {
        let nonce = self.nonce(last)?;
        let payload = Payload { msg: chunk, aad: PURPOSE };
        let sealed = match &self.cipher {
            Cipher::Aes(cipher) => cipher.encrypt(&Nonce::<Aes256Gcm>::from(nonce), payload),
            Cipher::Sm4(cipher) => cipher.encrypt(&Nonce::<AesGcm<Sm4, U12>>::from(nonce), payload),
        };
        sealed.map_err(|_| ObjectError::Altered)
    }

    /// Opens the next chunk.
    pub(crate) fn open(&mut self, sealed: &[u8], last: bool) -> Result<Vec<u8>, ObjectError> {
        let nonce = self.nonce(last)?;
        let payload = Payload { msg: sealed, aad: PURPOSE };
        let opened = match &self.cipher {
            Cipher::Aes(cipher) => cipher.decrypt(&Nonce::<Aes256Gcm>::from(nonce), payload),
            Cipher::Sm4(cipher) => cipher.decrypt(&Nonce::<AesGcm<Sm4, U12>>::from(nonce), payload),
        };
        opened.map_err(|_| ObjectError::Altered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(suite: FileSuite) -> FileKey {
        FileKey { suite, secret: [5; 32] }
    }

    #[test]
    fn chunks_open_in_their_order_alone_and_the_last_is_known_to_be_the_last() {
        for suite in [FileSuite::AesGcm, FileSuite::Sm4Gcm] {
            let key = key(suite);
            let mut seal = Chunks::new(&key);
            let first = seal.seal(b"first", false).unwrap();
            let second = seal.seal(b"second", true).unwrap();
            let mut open = Chunks::new(&key);
            assert_eq!(open.open(&first, false).unwrap(), b"first");
            assert_eq!(open.open(&second, true).unwrap(), b"second");
            assert!(Chunks::new(&key).open(&second, true).is_err(), "reordered");
            assert!(Chunks::new(&key).open(&first, true).is_err(), "cut off after the first");
            let other = FileKey { secret: [6; 32], ..key };
            assert!(Chunks::new(&other).open(&first, false).is_err(), "another file's key");
        }
    }
}
