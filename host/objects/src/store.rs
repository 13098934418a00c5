//! The store of files: a directory, or a bucket of an S3-compatible server.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use lotus_domain::district::Division;
use lotus_domain::material::{FileKey, MaterialId};
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::intake::Intake;
use crate::s3::{self, S3Config};
use crate::scan::Scanner;
use crate::seal::{Chunks, SEALED};
use crate::{ObjectError, ScannerAddress};

/// Bytes that gather in memory before they are sent: the least that S3 takes as a part.
const PART: usize = 5 << 20;

/// Where files are kept, and who looks through them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectsConfig {
    /// A directory, which is made where it is not there; unless `s3` is given.
    pub directory: PathBuf,
    /// A bucket instead.
    pub s3: Option<S3Config>,
    /// The virus scanner; without one nothing is looked through, and each material says so.
    pub scanner: Option<ScannerAddress>,
}

impl ObjectsConfig {
    /// A directory without a scanner.
    pub fn directory(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), s3: None, scanner: None }
    }
}

/// Where one file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// In whose part of the store.
    pub division: Division,
    /// Which.
    pub id: MaterialId,
}

impl Place {
    fn path(&self) -> Path {
        Path::from_iter([self.division.as_str(), self.id.as_str()])
    }
}

/// The store of files; cheap to clone.
#[derive(Debug, Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    scanner: Option<Scanner>,
    /// Where it is a directory.
    directory: Option<PathBuf>,
}

impl Objects {
    /// Opens it.
    pub fn open(config: &ObjectsConfig) -> Result<Self, ObjectError> {
        let scanner = config.scanner.clone().map(Scanner::new);
        if let Some(s3) = &config.s3 {
            return Ok(Self { store: Arc::new(s3::open(s3)?), scanner, directory: None });
        }
        let wrong = |error: &dyn std::fmt::Display| {
            ObjectError::Configuration(format!("{}: {error}", config.directory.display()))
        };
        std::fs::create_dir_all(&config.directory).map_err(|error| wrong(&error))?;
        let store = LocalFileSystem::new_with_prefix(&config.directory).map_err(|error| wrong(&error))?;
        // A rename is durable only when its directory was flushed; and what is removed leaves no empty folder.
        let store = store.with_automatic_cleanup(false).with_fsync(true);
        Ok(Self { store: Arc::new(store), scanner, directory: Some(config.directory.clone()) })
    }

    /// Whether a scanner looks through what comes in.
    pub fn scans(&self) -> bool {
        self.scanner.is_some()
    }

    /// Begins to take a file of at most so many bytes in. It is not there before [`Intake::finish`].
    pub async fn take(&self, place: &Place, key: &FileKey, most_bytes: u64) -> Result<Intake, ObjectError> {
        let scan = match &self.scanner {
            Some(scanner) => Some(scanner.begin().await?),
            None => None,
        };
        let writer = BufWriter::with_capacity(Arc::clone(&self.store), place.path(), PART).with_max_concurrency(1);
        Ok(Intake::new(writer, Chunks::new(key), scan, most_bytes))
    }

    /// Reads a file: its chunks as they were given, each authenticated. The first is there when this returns.
    pub async fn read(
        &self,
        place: &Place,
        key: &FileKey,
        size: u64,
    ) -> Result<BoxStream<'static, Result<Bytes, ObjectError>>, ObjectError> {
        let found = self.store.get(&place.path()).await?;
        let opening = Opening {
            sealed: found.into_stream().map_err(ObjectError::from).boxed(),
            chunks: Chunks::new(key),
            gathered: Vec::with_capacity(SEALED),
            left: size,
            over: false,
        };
        let mut opened = Box::pin(stream::try_unfold(opening, Opening::next));
        let first = opened.try_next().await?;
        Ok(stream::iter(first.map(Ok)).chain(opened).boxed())
    }

    /// Removes a file; one that is not there is removed already.
    pub async fn remove(&self, place: &Place) -> Result<(), ObjectError> {
        match self.store.delete(&place.path()).await.map_err(ObjectError::from) {
            Err(ObjectError::NotFound) => Ok(()),
            removed => removed,
        }
    }

    /// The files of a district, with when each came: for finding those that nothing knows of.
    pub async fn list(&self, division: &Division) -> Result<Vec<(MaterialId, SystemTime)>, ObjectError> {
        let prefix = Path::from(division.as_str());
        let all: Vec<_> = self.store.list(Some(&prefix)).try_collect().await?;
        let known = all.into_iter().filter_map(|meta| {
            Some((MaterialId::parse(meta.location.filename()?).ok()?, SystemTime::from(meta.last_modified)))
        });
        Ok(known.collect())
    }

    /// Removes what uploads left in a directory whose process ended in the middle of them, when it is older than this; how
    /// many there were. An S3-compatible store does the same by its own rule for unfinished uploads.
    pub fn sweep_unfinished(&self, older: Duration) -> std::io::Result<u64> {
        let Some(directory) = &self.directory else { return Ok(0) };
        let mut removed = 0;
        for district in std::fs::read_dir(directory)?.filter_map(Result::ok) {
            if !district.file_type()?.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(district.path())?.filter_map(Result::ok) {
                let unfinished = file.file_name().to_string_lossy().contains('#');
                let age = file.metadata()?.modified()?.elapsed().unwrap_or_default();
                if unfinished && age >= older {
                    std::fs::remove_file(file.path())?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

/// A file that is being read.
struct Opening {
    sealed: BoxStream<'static, Result<Bytes, ObjectError>>,
    chunks: Chunks,
    gathered: Vec<u8>,
    /// Bytes that are still to come.
    left: u64,
    over: bool,
}

impl Opening {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, ObjectError> {
        if self.over {
            return Ok(None);
        }
        // One byte more than a chunk tells that it is not the last.
        while self.gathered.len() <= SEALED {
            match self.sealed.try_next().await? {
                Some(bytes) => self.gathered.extend_from_slice(&bytes),
                None => break,
            }
        }
        let last = self.gathered.len() <= SEALED;
        let rest = self.gathered.split_off(self.gathered.len().min(SEALED));
        let chunk = std::mem::replace(&mut self.gathered, rest);
        let opened = self.chunks.open(&chunk, last)?;
        self.over = last;
        self.left = self.left.checked_sub(opened.len() as u64).ok_or(ObjectError::Altered)?;
        if last && self.left > 0 {
            return Err(ObjectError::Altered);
        }
        Ok(Some((Bytes::from(opened), self)))
    }
}
