//! An OCI registry (OCI Distribution 1.1), through oci-client.
//!
//! What a registry says is material, never truth: sizes are held before and while something is fetched, bytes against their
//! digests, times against a limit. What broke off is tried again, from where it stopped.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt as _;
use jiff::Timestamp;
use lotus_domain::artifact::{Artifact, Descriptor, MANIFEST_TYPE};
use lotus_domain::package::{Digest, Package};
use oci_client::Reference;
use oci_client::client::{BlobResponse, Client, ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;

use crate::statement::{MOST_ENVELOPE_BYTES, STATEMENT_TYPE};
use crate::{
    EMPTY, Entry, Fetched, INDEX_TYPE, Index, MOST_MANIFEST_BYTES, Name, RegistryError, StatementManifest, Which,
    assemble, is_described, within_bounds,
};

/// Attempts before a registry counts as away.
const ATTEMPTS: u32 = 5;
/// Before the second attempt; doubled before each further one.
const PAUSE: Duration = Duration::from_millis(200);
/// For one connection, and between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(10);
/// For a whole package, attempts and pauses included.
const MOST_TIME: Duration = Duration::from_mins(3);
/// Statements of one package that are looked at.
const MOST_STATEMENTS: usize = 16;
/// Versions that are listed.
const MOST_VERSIONS: usize = 1_000;

/// Who asks a registry.
#[derive(Clone)]
pub struct Credentials {
    /// The user's name.
    pub user: String,
    /// Its password, or a token.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({})", self.user)
    }
}

/// A namespace of an OCI registry.
#[derive(Clone)]
pub struct Oci {
    client: Client,
    auth: RegistryAuth,
    /// `host[:port]`.
    host: String,
    /// Before the plugin's id.
    namespace: String,
    most_time: Duration,
}

impl std::fmt::Debug for Oci {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Oci({}/{})", self.host, self.namespace)
    }
}

impl Oci {
    /// `HOST[:PORT]/NAMESPACE`. Only this machine is spoken to without TLS.
    pub fn new(place: &str, credentials: Option<Credentials>) -> Result<Self, RegistryError> {
        let (host, namespace) = place.split_once('/').unwrap_or((place, ""));
        let namespace = namespace.trim_matches('/');
        let plain = |text: &str, more: &str| {
            text.len() <= 200 && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c))
        };
        if host.is_empty() || !plain(host, ".-:[]") || !plain(namespace, "._-/") || namespace.contains("..") {
            return Err(RegistryError::Address(format!("oci://{place}")));
        }
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let loopback = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
        let config = ClientConfig {
            protocol: if loopback { ClientProtocol::Http } else { ClientProtocol::Https },
            read_timeout: Some(SILENCE),
            connect_timeout: Some(SILENCE),
            user_agent: concat!("lotus/", env!("CARGO_PKG_VERSION")),
            ..ClientConfig::default()
        };
        // The HTTP client takes the process's suite of TLS; whoever was first is right.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::try_from(config).map_err(|_| RegistryError::Address(format!("oci://{place}")))?;
        let auth = credentials
            .map_or(RegistryAuth::Anonymous, |credentials| RegistryAuth::Basic(credentials.user, credentials.password));
        Ok(Self { client, auth, host: host.to_owned(), namespace: namespace.to_owned(), most_time: MOST_TIME })
    }

    /// With another limit for a whole package.
    #[must_use]
    pub fn within(mut self, most_time: Duration) -> Self {
        self.most_time = most_time;
        self
    }

    pub(crate) async fn fetch(&self, name: &Name, now: Timestamp) -> Result<Fetched, RegistryError> {
        self.in_time(async {
            let image = self.image(name);
            let manifest = self.manifest(&image, name).await?;
            let (config, component) = Artifact::parts(&manifest)?;
            within_bounds(&config, &component)?;
            let config = self.blob("configuration", &image, &config).await?;
            let component = self.blob("component", &image, &component).await?;
            let package = assemble(name, &manifest, &config, component, now)?;
            let statements = self.statements(&image, &package.digest).await?;
            Ok(Fetched { package, statements })
        })
        .await
    }

    pub(crate) async fn publish(&self, package: &Package, statement: Option<&[u8]>) -> Result<Digest, RegistryError> {
        self.in_time(async {
            let version = package.manifest.version.clone();
            let name = Name { plugin: package.manifest.id.clone(), which: Which::Version(version) };
            let image = self.image(&name);
            self.client.store_auth_if_needed(&self.host, &self.auth).await;
            let artifact = package.artifact();
            match self.manifest(&image, &name).await {
                Ok(published) if published == artifact.manifest => {}
                Ok(published) => {
                    let published = Digest::of(&published).to_string();
                    return Err(RegistryError::Taken { name: name.to_string(), published });
                }
                Err(RegistryError::NotFound(_)) => {
                    self.put(&image, Bytes::copy_from_slice(&package.component)).await?;
                    self.put(&image, artifact.config.clone().into()).await?;
                    self.tag(&image, artifact.manifest.clone(), MANIFEST_TYPE).await?;
                }
                Err(other) => return Err(other),
            }
            if let Some(envelope) = statement {
                self.state(&image, &artifact.manifest, envelope).await?;
            }
            Ok(package.digest)
        })
        .await
    }

    pub(crate) async fn versions(&self, plugin: &str) -> Result<Vec<String>, RegistryError> {
        let name = Name { plugin: plugin.to_owned(), which: Which::Version("0.0.0".to_owned()) };
        let image = self.image(&name);
        self.in_time(async {
            let ask = || self.client.list_tags(&image, &self.auth, Some(MOST_VERSIONS), None);
            match self.tried(&name.plugin, ask).await {
                // Tags that begin with a digest's algorithm are OCI's own way to find what refers to a manifest.
                Ok(found) => {
                    let versions = found.tags.iter().filter(|tag| !tag.starts_with("sha256-"));
                    Ok(versions.map(|tag| tag.replace('_', "+")).collect())
                }
                Err(RegistryError::NotFound(_)) => Ok(Vec::new()),
                Err(other) => Err(other),
            }
        })
        .await
    }

    fn image(&self, name: &Name) -> Reference {
        let repository =
            if self.namespace.is_empty() { name.plugin.clone() } else { format!("{}/{}", self.namespace, name.plugin) };
        match &name.which {
            // A tag has no `+`; OCI's other users write `_` for it.
            Which::Version(version) => Reference::with_tag(self.host.clone(), repository, version.replace('+', "_")),
            Which::Digest(digest) => Reference::with_digest(self.host.clone(), repository, digest.to_string()),
        }
    }

    async fn manifest(&self, image: &Reference, name: &Name) -> Result<Vec<u8>, RegistryError> {
        let ask = || self.client.pull_manifest_raw(image, &self.auth, &[MANIFEST_TYPE]);
        let (manifest, _) = self.tried(&name.to_string(), ask).await?;
        let bytes = manifest.len() as u64;
        if bytes > MOST_MANIFEST_BYTES {
            return Err(RegistryError::TooLarge { part: "manifest", bytes, most: MOST_MANIFEST_BYTES });
        }
        Ok(manifest.to_vec())
    }

    /// Fetches a blob, going on after a break where it stopped.
    async fn blob(
        &self,
        part: &'static str,
        image: &Reference,
        described: &Descriptor,
    ) -> Result<Vec<u8>, RegistryError> {
        let mut bytes: Vec<u8> = Vec::with_capacity(usize::try_from(described.size).unwrap_or_default());
        let (mut attempt, mut pause) = (1, PAUSE);
        loop {
            match self.more(part, image, described, &mut bytes).await {
                Ok(()) if is_described(described, &bytes) => return Ok(bytes),
                Ok(()) => return Err(RegistryError::Damaged(part)),
                Err(RegistryError::Away { .. }) if attempt < ATTEMPTS => {
                    tokio::time::sleep(pause).await;
                    (attempt, pause) = (attempt + 1, pause * 2);
                }
                Err(other) => return Err(other),
            }
        }
    }

    /// What is missing of a blob, behind what is there.
    async fn more(
        &self,
        part: &'static str,
        image: &Reference,
        described: &Descriptor,
        bytes: &mut Vec<u8>,
    ) -> Result<(), RegistryError> {
        let have = bytes.len() as u64;
        if have == described.size {
            return Ok(());
        }
        let ask = self.client.pull_blob_stream_partial(image, described.digest.as_str(), have, None);
        let mut stream = match ask.await.map_err(|error| self.failed(&image.to_string(), error))? {
            BlobResponse::Full(whole) => {
                bytes.clear();
                whole
            }
            BlobResponse::Partial(rest) => rest,
        };
        loop {
            // The registry's silence is bounded by the client; what it says, here.
            match stream.try_next().await {
                Ok(Some(piece)) if (bytes.len() + piece.len()) as u64 > described.size => {
                    return Err(RegistryError::Damaged(part));
                }
                Ok(Some(piece)) => bytes.extend_from_slice(&piece),
                Ok(None) if (bytes.len() as u64) < described.size => return Err(self.away("it broke off")),
                Ok(None) => return Ok(()),
                // The client verifies whole answers itself.
                Err(error) if bytes.len() as u64 == described.size => {
                    tracing::debug!(%error, "a blob that is not what its digest says");
                    return Err(RegistryError::Damaged(part));
                }
                Err(error) => return Err(self.away(&error.to_string())),
            }
        }
    }

    /// The statements that refer to a package.
    async fn statements(&self, image: &Reference, package: &Digest) -> Result<Vec<Vec<u8>>, RegistryError> {
        let image = Reference::with_digest(self.host.clone(), image.repository().to_owned(), package.to_string());
        let ask = || self.client.pull_referrers(&image, Some(STATEMENT_TYPE));
        let found = match self.tried(&image.to_string(), ask).await {
            Ok(found) => found,
            Err(RegistryError::NotFound(_)) => return Ok(Vec::new()),
            Err(other) => return Err(other),
        };
        let mut statements = Vec::new();
        for entry in found.manifests.iter().take(MOST_STATEMENTS) {
            let Some(digest) = Digest::parse(&entry.digest) else { continue };
            let place = Reference::with_digest(self.host.clone(), image.repository().to_owned(), digest.to_string());
            let name = Name { plugin: image.repository().to_owned(), which: Which::Digest(digest) };
            let manifest = self.manifest(&place, &name).await?;
            if Digest::of(&manifest) != digest {
                return Err(RegistryError::Damaged("statement's manifest"));
            }
            let Ok(manifest) = serde_json::from_slice::<StatementManifest>(&manifest) else { continue };
            let about = manifest.subject.digest == package.to_string();
            let ([envelope], true, STATEMENT_TYPE) = (&*manifest.layers, about, manifest.artifact_type.as_str()) else {
                continue;
            };
            if envelope.size <= MOST_ENVELOPE_BYTES as u64 {
                statements.push(self.blob("statement", &image, envelope).await?);
            }
        }
        Ok(statements)
    }

    /// Attaches a statement to a package, and lists it where a registry does not do that by itself (OCI Distribution 1.1,
    /// "Referrers Tag Schema").
    async fn state(&self, image: &Reference, package: &[u8], envelope: &[u8]) -> Result<(), RegistryError> {
        let manifest = StatementManifest::of(package, envelope).json();
        self.put(image, Bytes::from_static(EMPTY)).await?;
        self.put(image, Bytes::copy_from_slice(envelope)).await?;
        let repository = image.repository().to_owned();
        let digest = Digest::of(&manifest).to_string();
        let place = Reference::with_digest(self.host.clone(), repository.clone(), digest.clone());
        self.tag(&place, manifest.clone(), MANIFEST_TYPE).await?;
        let subject = Digest::of(package);
        let by_digest = Reference::with_digest(self.host.clone(), repository.clone(), subject.to_string());
        let listed = self.tried(&by_digest.to_string(), || self.client.pull_referrers(&by_digest, None)).await;
        let listed = match listed {
            Ok(listed) => listed.manifests,
            Err(RegistryError::NotFound(_)) => Vec::new(),
            Err(other) => return Err(other),
        };
        if listed.iter().any(|entry| entry.digest == digest) {
            return Ok(());
        }
        let mut index = Index::default();
        for entry in &listed {
            let (media_type, digest) = (entry.media_type.clone(), entry.digest.clone());
            let part = Descriptor { media_type, digest, size: u64::try_from(entry.size).unwrap_or_default() };
            let annotations = entry.annotations.clone().unwrap_or_default().into_iter().collect();
            index.manifests.push(Entry { part, artifact_type: entry.artifact_type.clone(), annotations });
        }
        let part = Descriptor::of(MANIFEST_TYPE, &manifest);
        let artifact_type = Some(STATEMENT_TYPE.to_owned());
        index.manifests.push(Entry { part, artifact_type, annotations: BTreeMap::default() });
        let index = serde_json::to_vec(&index).map_err(|_| RegistryError::OtherLayout)?;
        let fallback = Reference::with_tag(self.host.clone(), repository, format!("sha256-{}", subject.hex()));
        self.tag(&fallback, index, INDEX_TYPE).await
    }

    async fn put(&self, image: &Reference, blob: Bytes) -> Result<(), RegistryError> {
        let digest = Digest::of(&blob).to_string();
        let name = image.to_string();
        if self.tried(&name, || self.client.blob_exists(image, &digest)).await? {
            return Ok(());
        }
        self.tried(&name, || self.client.push_blob(image, blob.clone(), &digest)).await.map(drop)
    }

    async fn tag(&self, image: &Reference, manifest: Vec<u8>, media_type: &'static str) -> Result<(), RegistryError> {
        let (manifest, media_type) = (Bytes::from(manifest), http::HeaderValue::from_static(media_type));
        let put = || self.client.push_manifest_raw(image, manifest.clone(), media_type.clone());
        self.tried(&image.to_string(), put).await.map(drop)
    }

    /// Does something that may be done twice, again where the registry was away.
    async fn tried<T, F>(&self, name: &str, ask: impl Fn() -> F) -> Result<T, RegistryError>
    where
        F: Future<Output = Result<T, OciDistributionError>>,
    {
        let (mut attempt, mut pause) = (1, PAUSE);
        loop {
            match ask().await.map_err(|error| self.failed(name, error)) {
                Err(RegistryError::Away { .. }) if attempt < ATTEMPTS => {
                    tokio::time::sleep(pause).await;
                    (attempt, pause) = (attempt + 1, pause * 2);
                }
                done => return done,
            }
        }
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, RegistryError>>) -> Result<T, RegistryError> {
        let limit = self.most_time;
        tokio::time::timeout(limit, work)
            .await
            .unwrap_or_else(|_| Err(self.away(&format!("not done within {} s", limit.as_secs()))))
    }

    fn failed(&self, name: &str, error: OciDistributionError) -> RegistryError {
        use OciDistributionError as Oci;
        match error {
            Oci::UnauthorizedError { .. }
            | Oci::AuthenticationFailure(_)
            | Oci::ServerError { code: 401 | 403, .. } => RegistryError::NotLetIn(self.host.clone()),
            Oci::ImageManifestNotFoundError(_) | Oci::ServerError { code: 404, .. } => {
                RegistryError::NotFound(name.to_owned())
            }
            Oci::RegistryError { envelope, .. } => {
                use oci_client::errors::OciErrorCode as Code;
                let codes: Vec<_> = envelope.errors.iter().map(|error| &error.code).collect();
                let any = |wanted: &[Code]| codes.iter().any(|code| wanted.contains(code));
                if any(&[Code::ManifestUnknown, Code::NameUnknown, Code::BlobUnknown, Code::NotFound]) {
                    RegistryError::NotFound(name.to_owned())
                } else if any(&[Code::Unauthorized, Code::Denied]) {
                    RegistryError::NotLetIn(self.host.clone())
                } else {
                    self.away(&envelope.to_string())
                }
            }
            Oci::DigestError(_) => RegistryError::Damaged("manifest"),
            // Its text names the request, and the request may name a token.
            Oci::RequestError(error) => self.away(&root_of(&error.without_url())),
            other => self.away(&other.to_string()),
        }
    }

    fn away(&self, problem: &str) -> RegistryError {
        let problem = problem.chars().filter(|c| !c.is_control()).take(300).collect();
        RegistryError::Away { registry: self.host.clone(), problem }
    }
}

/// What is at the bottom of an error: "connection refused" says more than "error sending request".
fn root_of(error: &dyn std::error::Error) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}
