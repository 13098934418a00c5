//! Packages on their way from a publisher to a host: what signs them, and the registries that hold them.
//!
//! The one place that knows oci-client. `domain` says what a package is and which bytes its artifact has
//! (`artifact.rs`); here it is carried and its signature verified. Nothing is believed because of where it came from: every
//! blob is held against its digest, and a package against its statement.

use jiff::Timestamp;
use lotus_domain::artifact::{Artifact, ArtifactError, Descriptor, MANIFEST_TYPE};
use lotus_domain::package::{Digest, ManifestError, Package};
use serde::{Deserialize, Serialize};

mod directory;
mod oci;
pub mod statement;
pub mod suite;

pub use directory::Directory;
pub use oci::{Credentials, Oci};

/// The longest manifest, bytes.
pub const MOST_MANIFEST_BYTES: u64 = 64 << 10;
/// The longest configuration, `plugin.toml` within it, bytes.
pub const MOST_CONFIG_BYTES: u64 = 1 << 20;
/// The largest component that is fetched, bytes; what the sandbox loads may be less.
pub const MOST_COMPONENT_BYTES: u64 = 32 << 20;

/// Where packages are published and found.
#[derive(Debug, Clone)]
pub enum Registry {
    /// A directory: the embedded default.
    Directory(Directory),
    /// An OCI registry.
    Oci(Oci),
}

/// Which of a plugin's packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The one that is published as this version.
    Version(String),
    /// The one of this digest, whatever it is called.
    Digest(Digest),
}

/// A package as a registry names it: `cn.example.tea:1.0.0`, or `…@sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The plugin's id.
    pub plugin: String,
    /// Which package.
    pub which: Which,
}

impl Name {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        let wrong = || RegistryError::Name(text.chars().filter(|c| !c.is_control()).take(200).collect());
        let (plugin, which) = if let Some((plugin, digest)) = text.split_once('@') {
            (plugin, Which::Digest(Digest::parse(digest).ok_or_else(wrong)?))
        } else {
            let (plugin, version) = text.split_once(':').ok_or_else(wrong)?;
            (plugin, Which::Version(version.to_owned()))
        };
        let named = |text: &str, more: &[u8]| {
            (1..=100).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || more.contains(&b))
        };
        let plain = |text: &str| !text.starts_with(['.', '-']) && !text.contains("..") && !text.ends_with('.');
        let version = match &which {
            Which::Version(version) => named(&version.to_ascii_lowercase(), b".-+") && plain(version),
            Which::Digest(_) => true,
        };
        if !(named(plugin, b".-") && plain(plugin) && version) {
            return Err(wrong());
        }
        Ok(Self { plugin: plugin.to_owned(), which })
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.which {
            Which::Version(version) => write!(f, "{}:{version}", self.plugin),
            Which::Digest(digest) => write!(f, "{}@{digest}", self.plugin),
        }
    }
}

/// A package that was fetched, every part held against its digest. Its statement is still anybody's word.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The package.
    pub package: Package,
    /// The statements that came with it, each an envelope.
    pub statements: Vec<Vec<u8>>,
}

/// Why nothing was fetched or published. Each message ends with what to do.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// It does not answer, or not in time.
    #[error("the registry {registry} is away: {problem}; what this host has already serves on, try again later")]
    Away {
        /// Which.
        registry: String,
        /// What happened.
        problem: String,
    },
    /// It wants to know who asks, or says no.
    #[error("the registry {0} does not let this host in; set its credentials in the configuration")]
    NotLetIn(String),
    /// There is no such package.
    #[error("there is no package {0} there; `lotus plugin versions` lists what is")]
    NotFound(String),
    /// The version is published, with other bytes.
    #[error("{name} is published already, as {published}; a version never changes: publish the next one")]
    Taken {
        /// Which.
        name: String,
        /// As which digest.
        published: String,
    },
    /// A part is larger than it may be.
    #[error(
        "the {part} has {bytes} bytes, at most {most} are fetched; build the plugin optimised and without debug information"
    )]
    TooLarge {
        /// Which part.
        part: &'static str,
        /// What it has.
        bytes: u64,
        /// What it may have.
        most: u64,
    },
    /// A part isn't what its digest says.
    #[error(
        "the {0} that came is not the one that was asked for: its digest differs; publish the package again, or ask who runs the registry"
    )]
    Damaged(&'static str),
    /// Another kind of artifact.
    #[error(transparent)]
    NoPlugin(#[from] ArtifactError),
    /// Its manifest can't be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Its parts are right, but nobody packs them like that.
    #[error(
        "the package was not made by `lotus plugin`: its manifest differs from what its parts give; publish it again with `lotus plugin publish`"
    )]
    OtherLayout,
    /// It calls itself something else.
    #[error(
        "what is published as {asked} is {found}; a tag may have been moved: ask its publisher, or fetch it by its digest"
    )]
    OtherPlugin {
        /// What was asked for.
        asked: String,
        /// What it says it is.
        found: String,
    },
    /// A name that can't be one.
    #[error("“{0}” is no package: say PLUGIN:VERSION or PLUGIN@sha256:DIGEST")]
    Name(String),
    /// An address that can't be one.
    #[error("“{0}” is no registry: say a directory, or oci://HOST/NAMESPACE")]
    Address(String),
    /// The disk.
    #[error("{path}: {problem}; see that there is room, and that this program may write there")]
    Disk {
        /// Where.
        path: String,
        /// What happened.
        problem: std::io::Error,
    },
}

impl Registry {
    /// `oci://HOST[:PORT]/NAMESPACE`, or a directory.
    pub fn parse(address: &str, credentials: Option<Credentials>) -> Result<Self, RegistryError> {
        match address.split_once("://") {
            Some(("oci", place)) => Ok(Self::Oci(Oci::new(place, credentials)?)),
            Some(_) => Err(RegistryError::Address(address.to_owned())),
            None => Ok(Self::Directory(Directory::new(address))),
        }
    }

    /// Fetches a package with its statements.
    pub async fn fetch(&self, name: &Name, now: Timestamp) -> Result<Fetched, RegistryError> {
        match self {
            Self::Directory(directory) => directory.fetch(name, now).await,
            Self::Oci(registry) => registry.fetch(name, now).await,
        }
    }

    /// Publishes a package under its version, with its statement where it has one. Doing so again changes nothing; the
    /// same version with other bytes is refused.
    pub async fn publish(&self, package: &Package, statement: Option<&[u8]>) -> Result<Digest, RegistryError> {
        match self {
            Self::Directory(directory) => directory.publish(package, statement).await,
            Self::Oci(registry) => registry.publish(package, statement).await,
        }
    }

    /// The versions of a plugin that are published.
    pub async fn versions(&self, plugin: &str) -> Result<Vec<String>, RegistryError> {
        match self {
            Self::Directory(directory) => directory.versions(plugin).await,
            Self::Oci(registry) => registry.versions(plugin).await,
        }
    }
}

/// Puts the parts of a package together again, each held against what named it.
fn assemble(
    name: &Name,
    manifest: &[u8],
    config: &[u8],
    component: Vec<u8>,
    now: Timestamp,
) -> Result<Package, RegistryError> {
    let digest = Digest::of(manifest);
    if matches!(&name.which, Which::Digest(asked) if *asked != digest) {
        return Err(RegistryError::Damaged("manifest"));
    }
    let source = Artifact::plugin_toml(config)?;
    let package = Package::read(&source, component, now)?;
    if package.digest != digest {
        return Err(RegistryError::OtherLayout);
    }
    let (id, version) = (&package.manifest.id, &package.manifest.version);
    let fits = *id == name.plugin && !matches!(&name.which, Which::Version(asked) if asked != version);
    if !fits {
        return Err(RegistryError::OtherPlugin { asked: name.to_string(), found: format!("{id}:{version}") });
    }
    Ok(package)
}

/// The sizes that a manifest's parts may have, held before anything of them is fetched.
fn within_bounds(config: &Descriptor, component: &Descriptor) -> Result<(), RegistryError> {
    let parts = [("configuration", config, MOST_CONFIG_BYTES), ("component", component, MOST_COMPONENT_BYTES)];
    match parts.into_iter().find(|(_, part, most)| part.size > *most) {
        Some((part, found, most)) => Err(RegistryError::TooLarge { part, bytes: found.size, most }),
        None => Ok(()),
    }
}

/// Whether a blob is the one that a descriptor names.
fn is_described(part: &Descriptor, bytes: &[u8]) -> bool {
    Descriptor::of(&part.media_type, bytes) == *part
}

/// The media type of OCI's empty configuration, `{}` (OCI Image Format 1.1, "Guidance for an empty descriptor").
const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";
/// Its bytes.
const EMPTY: &[u8] = b"{}";

/// A statement as an OCI artifact: it names the package as its subject (OCI Image Format 1.1, "subject").
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatementManifest {
    schema_version: u8,
    media_type: String,
    artifact_type: String,
    config: Descriptor,
    layers: Vec<Descriptor>,
    subject: Descriptor,
}

impl StatementManifest {
    fn of(package: &[u8], envelope: &[u8]) -> Self {
        Self {
            schema_version: 2,
            media_type: MANIFEST_TYPE.to_owned(),
            artifact_type: statement::STATEMENT_TYPE.to_owned(),
            config: Descriptor::of(EMPTY_TYPE, EMPTY),
            layers: vec![Descriptor::of(statement::ENVELOPE_TYPE, envelope)],
            subject: Descriptor::of(MANIFEST_TYPE, package),
        }
    }

    fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// A list of manifests (OCI Image Format 1.1, "Image Index"): a layout's contents, or what refers to a package.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    schema_version: u8,
    media_type: String,
    manifests: Vec<Entry>,
}

/// The media type of such a list.
const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";

impl Default for Index {
    fn default() -> Self {
        Self { schema_version: 2, media_type: INDEX_TYPE.to_owned(), manifests: Vec::new() }
    }
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(flatten)]
    part: Descriptor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artifact_type: Option<String>,
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    annotations: std::collections::BTreeMap<String, String>,
}

#[cfg(test)]
mod tests;
