//! A directory as a registry: for each plugin an OCI image layout (OCI Image Format 1.1, "Image Layout"), which other tools
//! read too.
//!
//! Blobs are written beside and renamed; the index is changed under a lock. Killed half-way, the directory is as before.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use lotus_domain::artifact::{Artifact, Descriptor, MANIFEST_TYPE};
use lotus_domain::package::{Digest, Package};

use crate::statement::{MOST_ENVELOPE_BYTES, STATEMENT_TYPE};
use crate::{
    EMPTY, Entry, Fetched, Index, MOST_MANIFEST_BYTES, Name, RegistryError, StatementManifest, Which, assemble,
    is_described, within_bounds,
};

/// What names a manifest in a layout's index.
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// The longest index, bytes: some tens of thousands of versions.
const MOST_INDEX_BYTES: u64 = 16 << 20;

/// A directory of packages.
#[derive(Debug, Clone)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// This directory; made when something is published.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub(crate) async fn fetch(&self, name: &Name, now: Timestamp) -> Result<Fetched, RegistryError> {
        let (layout, name) = (self.layout(&name.plugin), name.clone());
        apart(move || layout.fetch(&name, now)).await
    }

    pub(crate) async fn publish(&self, package: &Package, statement: Option<&[u8]>) -> Result<Digest, RegistryError> {
        let layout = self.layout(&package.manifest.id);
        let (package, statement) = (package.clone(), statement.map(<[u8]>::to_vec));
        apart(move || layout.publish(&package, statement.as_deref())).await
    }

    pub(crate) async fn versions(&self, plugin: &str) -> Result<Vec<String>, RegistryError> {
        let layout = self.layout(plugin);
        apart(move || {
            let index = layout.index()?.unwrap_or_default();
            Ok(index.manifests.iter().filter_map(|entry| entry.annotations.get(REF_NAME).cloned()).collect())
        })
        .await
    }

    fn layout(&self, plugin: &str) -> Layout {
        Layout { root: self.root.join(plugin) }
    }
}

/// Files are read and written where waiting for a disk holds nobody up.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RegistryError> + Send + 'static,
) -> Result<T, RegistryError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|stopped| {
        Err(RegistryError::Away { registry: "directory".to_owned(), problem: stopped.to_string() })
    })
}

/// One plugin's image layout.
struct Layout {
    root: PathBuf,
}

impl Layout {
    fn fetch(&self, name: &Name, now: Timestamp) -> Result<Fetched, RegistryError> {
        let index = self.index()?.ok_or_else(|| RegistryError::NotFound(name.to_string()))?;
        let found = index.manifests.iter().find(|entry| match &name.which {
            Which::Version(version) => entry.annotations.get(REF_NAME) == Some(version),
            Which::Digest(digest) => entry.part.digest == digest.to_string() && entry.artifact_type.is_none(),
        });
        let found = found.ok_or_else(|| RegistryError::NotFound(name.to_string()))?;
        let manifest = self.blob("manifest", &found.part, MOST_MANIFEST_BYTES)?;
        let (config, component) = Artifact::parts(&manifest)?;
        within_bounds(&config, &component)?;
        let config = self.blob("configuration", &config, config.size)?;
        let component = self.blob("component", &component, component.size)?;
        let package = assemble(name, &manifest, &config, component, now)?;
        let mut statements = Vec::new();
        for entry in index.manifests.iter().filter(|entry| entry.artifact_type.as_deref() == Some(STATEMENT_TYPE)) {
            let statement = self.blob("statement's manifest", &entry.part, MOST_MANIFEST_BYTES)?;
            let Ok(statement) = serde_json::from_slice::<StatementManifest>(&statement) else { continue };
            let ([envelope], true) = (&*statement.layers, statement.subject.digest == found.part.digest) else {
                continue;
            };
            statements.push(self.blob("statement", envelope, MOST_ENVELOPE_BYTES as u64)?);
        }
        Ok(Fetched { package, statements })
    }

    fn publish(&self, package: &Package, statement: Option<&[u8]>) -> Result<Digest, RegistryError> {
        let disk = |problem| self.disk(problem);
        let blobs = self.root.join("blobs").join("sha256");
        std::fs::create_dir_all(&blobs).map_err(disk)?;
        let lock = std::fs::File::create(self.root.join("lock")).map_err(disk)?;
        // Held until it is dropped, by a killed process too.
        lock.lock().map_err(disk)?;
        let mut index = self.index()?.unwrap_or_default();
        let artifact = package.artifact();
        let described = Descriptor::of(MANIFEST_TYPE, &artifact.manifest);
        let version = &package.manifest.version;
        let published = index.manifests.iter().find(|entry| entry.annotations.get(REF_NAME) == Some(version));
        match published {
            Some(entry) if entry.part != described => {
                let name = format!("{}:{version}", package.manifest.id);
                return Err(RegistryError::Taken { name, published: entry.part.digest.clone() });
            }
            Some(_) => {}
            None => {
                for blob in [&artifact.config[..], &package.component, &artifact.manifest] {
                    self.put(blob).map_err(disk)?;
                }
                let annotations = [(REF_NAME.to_owned(), version.clone())].into();
                index.manifests.push(Entry { part: described, artifact_type: None, annotations });
            }
        }
        if let Some(envelope) = statement {
            let manifest = StatementManifest::of(&artifact.manifest, envelope).json();
            for blob in [EMPTY, envelope, &manifest] {
                self.put(blob).map_err(disk)?;
            }
            let part = Descriptor::of(MANIFEST_TYPE, &manifest);
            if !index.manifests.iter().any(|entry| entry.part == part) {
                let artifact_type = Some(STATEMENT_TYPE.to_owned());
                index.manifests.push(Entry { part, artifact_type, annotations: BTreeMap::default() });
            }
        }
        let index = serde_json::to_vec(&index).map_err(|error| self.disk(io::Error::other(error)))?;
        write(&self.root.join("oci-layout"), br#"{"imageLayoutVersion":"1.0.0"}"#).map_err(disk)?;
        write(&self.root.join("index.json"), &index).map_err(disk)?;
        Ok(package.digest)
    }

    fn index(&self) -> Result<Option<Index>, RegistryError> {
        let bytes = match read(&self.root.join("index.json"), MOST_INDEX_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.disk(error)),
        };
        let index: Index = serde_json::from_slice(&bytes).map_err(|_| RegistryError::Damaged("index"))?;
        Ok(Some(index))
    }

    fn blob(&self, part: &'static str, described: &Descriptor, most: u64) -> Result<Vec<u8>, RegistryError> {
        if described.size > most {
            return Err(RegistryError::TooLarge { part, bytes: described.size, most });
        }
        // Parsed, so that what an index says never becomes a path.
        let digest = Digest::parse(&described.digest).ok_or(RegistryError::Damaged(part))?;
        let path = self.root.join("blobs").join("sha256").join(digest.hex());
        let bytes = read(&path, most).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::FileTooLarge => RegistryError::Damaged(part),
            _ => self.disk(error),
        })?;
        if is_described(described, &bytes) { Ok(bytes) } else { Err(RegistryError::Damaged(part)) }
    }

    fn put(&self, blob: &[u8]) -> io::Result<()> {
        let path = self.root.join("blobs").join("sha256").join(Digest::of(blob).hex());
        // What is there already under its digest is kept where it is whole; a damaged one is mended.
        match read(&path, blob.len() as u64) {
            Ok(there) if there == blob => Ok(()),
            _ => write(&path, blob),
        }
    }

    fn disk(&self, problem: io::Error) -> RegistryError {
        RegistryError::Disk { path: self.root.display().to_string(), problem }
    }
}

/// At most so many bytes of a file; more is an error, not a prefix.
fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// Whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    std::fs::File::open(directory)?.sync_all()
}
