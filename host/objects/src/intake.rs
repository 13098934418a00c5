//! Taking one file in, chunk by chunk: bounded, hashed, looked at, scanned, sealed, written.
//!
//! Invariant: dropped before [`Intake::finish`] has returned well, it leaves no file.

use bytes::Bytes;
use lotus_domain::chain::Hash;
use lotus_domain::material::{Accepts, MediaType, Unacceptable, Verdict};
use object_store::buffered::BufWriter;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use crate::ObjectError;
use crate::scan::Scan;
use crate::seal::{CHUNK, Chunks};
use crate::sniff::Sniffer;

/// A file that is coming in.
pub struct Intake {
    /// Gone once the file is there, or nothing of it.
    writer: Option<BufWriter>,
    chunks: Chunks,
    scan: Option<Scan>,
    sniffer: Sniffer,
    sha: Sha256,
    size: u64,
    most_bytes: u64,
    /// Less than a chunk that waits to be sealed; never empty between calls once something came, so that the last chunk
    /// is known to be the last.
    waiting: Vec<u8>,
}

/// A file that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// What it is.
    pub media: MediaType,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Hash,
    /// What the scanner said.
    pub verdict: Verdict,
}

impl Intake {
    pub(crate) fn new(writer: BufWriter, chunks: Chunks, scan: Option<Scan>, most_bytes: u64) -> Self {
        Self {
            writer: Some(writer),
            chunks,
            scan,
            sniffer: Sniffer::default(),
            sha: Sha256::new(),
            size: 0,
            most_bytes,
            waiting: Vec::with_capacity(2 * CHUNK),
        }
    }

    /// The next bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), ObjectError> {
        self.size += bytes.len() as u64;
        if self.size > self.most_bytes {
            return Err(Unacceptable::TooLarge { most_bytes: self.most_bytes }.into());
        }
        self.sha.update(bytes);
        self.sniffer.see(bytes);
        if let Some(scan) = &mut self.scan {
            scan.see(bytes).await?;
        }
        self.waiting.extend_from_slice(bytes);
        while self.waiting.len() > CHUNK {
            let rest = self.waiting.split_off(CHUNK);
            let chunk = std::mem::replace(&mut self.waiting, rest);
            self.put(&chunk, false).await?;
        }
        Ok(())
    }

    async fn put(&mut self, chunk: &[u8], last: bool) -> Result<(), ObjectError> {
        let sealed = self.chunks.seal(chunk, last)?;
        let writer = self.writer.as_mut().ok_or(ObjectError::NotFound)?;
        Ok(writer.put(Bytes::from(sealed)).await?)
    }

    /// That was all. Where it is acceptable and clean, the file is there now.
    pub async fn finish(mut self, accepts: &Accepts, claimed: Option<MediaType>) -> Result<Taken, ObjectError> {
        let taken = self.judge(accepts, claimed).await?;
        let waiting = std::mem::take(&mut self.waiting);
        self.put(&waiting, true).await?;
        let mut writer = self.writer.take().ok_or(ObjectError::NotFound)?;
        writer.shutdown().await.map_err(|error| ObjectError::Unavailable(error.to_string()))?;
        Ok(taken)
    }

    async fn judge(&mut self, accepts: &Accepts, claimed: Option<MediaType>) -> Result<Taken, ObjectError> {
        if self.size == 0 {
            return Err(Unacceptable::Empty.into());
        }
        let media = accepts.take(claimed, std::mem::take(&mut self.sniffer).media())?;
        let verdict = match self.scan.take() {
            None => Verdict::NotScanned,
            Some(scan) => match scan.found().await? {
                None => Verdict::Clean,
                Some(name) => return Err(Unacceptable::Infected(name).into()),
            },
        };
        let sha256 = Hash(std::mem::take(&mut self.sha).finalize().into());
        Ok(Taken { media, size: self.size, sha256, verdict })
    }
}

impl Drop for Intake {
    /// Broken off or refused: nothing of it is to stay, here or at a store that was sent parts of it.
    fn drop(&mut self) {
        let (Some(mut writer), Ok(runtime)) = (self.writer.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        runtime.spawn(async move {
            if let Err(error) = writer.abort().await {
                tracing::warn!(%error, "what came of a file that broke off could not be removed");
            }
        });
    }
}

impl std::fmt::Debug for Intake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intake").field("size", &self.size).finish_non_exhaustive()
    }
}
