//! Packages: checked before they are kept, loaded once, ready for every district that uses them and every case that
//! began with them; and only those that somebody stands behind.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use lotus_domain::package::{Digest, Manifest, ManifestError, Package};
use lotus_domain::publisher::Signed;
use lotus_registry::statement::{Distrust, Subject};
use lotus_registry::{Fetched, Name, Registry, RegistryError};
use lotus_runtime::{LoadError, Loaded};
use lotus_store::StoreError;
use tokio::sync::Mutex;

use crate::plugin::Ready;
use crate::publisher::Trust;
use crate::start::Platform;

/// Packages that are loaded, by digest.
#[derive(Default)]
pub(crate) struct Packages {
    loaded: Mutex<HashMap<Digest, Kept>>,
}

/// A package that is loaded, and what came with it.
#[derive(Clone)]
struct Kept {
    manifest: Arc<Manifest>,
    /// The component's size, bytes.
    size: u64,
    loaded: Loaded,
    /// Statements about it, each with when it came.
    statements: Arc<Vec<(Timestamp, Vec<u8>)>>,
}

impl Kept {
    /// Ready to be called, where somebody stands behind it.
    fn ready(self, digest: Digest, trust: &Trust) -> Result<Ready, Distrust> {
        let subject = Subject { manifest: &self.manifest, digest, size: self.size };
        let signed = trust.vouched(subject, &self.statements)?;
        Ok(Ready { manifest: self.manifest, loaded: self.loaded, signed: signed.map(Arc::new) })
    }
}

/// Why a package is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Its manifest says something that can't be.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Its component can't be used.
    #[error(transparent)]
    Component(#[from] LoadError),
    /// Nobody who is believed stands behind it.
    #[error(transparent)]
    Distrusted(#[from] Distrust),
    /// It could not be fetched.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// Checks a package whole, compiles it, and keeps it with its statements. One that is there already stays as it is.
    pub async fn package_install(&self, manifest: &str, component: &[u8]) -> Result<Digest, PackageError> {
        let package = Package::read(manifest, component, self.now())?;
        let (digest, _) = self.package_take(Fetched { package, statements: Vec::new() }).await?;
        Ok(digest)
    }

    /// Fetches a package from a registry and takes it. From then on the registry may be away: this city has it.
    pub async fn package_fetch(
        &self,
        registry: &Registry,
        name: &Name,
    ) -> Result<(Digest, Option<Signed>), PackageError> {
        let fetched = registry.fetch(name, self.now()).await?;
        self.package_take(fetched).await
    }

    /// Checks a package that came with its statements, compiles it, and keeps it; who stands behind it.
    pub async fn package_take(&self, fetched: Fetched) -> Result<(Digest, Option<Signed>), PackageError> {
        let Fetched { package, statements } = fetched;
        let trust = Trust::of(self.store(), self.inner.unsigned).await?;
        // What came before counts from the day on which it came.
        let mut known = self.store().statement_list(&package.digest).await?;
        let now = self.now();
        let new: Vec<Vec<u8>> =
            statements.into_iter().filter(|new| !known.iter().any(|(_, known)| known == new)).collect();
        known.extend(new.iter().map(|envelope| (now, envelope.clone())));
        let signed = trust.vouched((&package).into(), &known)?;
        // Only now is anything of it looked at by a compiler.
        let loaded = self.inner.runtime.load(&package.manifest, &package.component).await?;
        let kept = Kept {
            manifest: Arc::new(package.manifest.clone()),
            size: package.component.len() as u64,
            loaded,
            statements: Arc::new(known),
        };
        let digest = package.digest;
        self.store().package_put(package).await?;
        for envelope in new {
            self.store().statement_put(digest, now, envelope).await?;
        }
        self.inner.packages.loaded.lock().await.insert(digest, kept);
        Ok((digest, signed))
    }

    /// The package of this digest, ready to be called, or in words why not.
    pub(crate) async fn package_ready(&self, digest: &Digest, trust: &Trust) -> Result<Ready, String> {
        let kept = self.package_kept(digest).await?;
        let Err(_) = kept.clone().ready(*digest, trust) else {
            return kept.ready(*digest, trust).map_err(|distrust| distrust.to_string());
        };
        // Another replica may have got a statement meanwhile.
        let statements = self.store().statement_list(digest).await.map_err(|error| error.to_string())?;
        let kept = Kept { statements: Arc::new(statements), ..kept };
        self.inner.packages.loaded.lock().await.insert(*digest, kept.clone());
        kept.ready(*digest, trust).map_err(|distrust| distrust.to_string())
    }

    /// The package of this digest, to run recorded calls again: nobody is served by it.
    pub(crate) async fn package_ready_to_explain(&self, digest: &Digest) -> Result<Ready, String> {
        let kept = self.package_kept(digest).await?;
        Ok(Ready { manifest: kept.manifest, loaded: kept.loaded, signed: None })
    }

    async fn package_kept(&self, digest: &Digest) -> Result<Kept, String> {
        // Held while it loads: two that need the same package must not compile it twice.
        let mut packages = self.inner.packages.loaded.lock().await;
        if let Some(kept) = packages.get(digest) {
            return Ok(kept.clone());
        }
        let package = self.store().package_get(digest).await.map_err(|error| error.to_string())?;
        let package = package.ok_or_else(|| format!("the package {digest} is not in the store"))?;
        let statements = self.store().statement_list(digest).await.map_err(|error| error.to_string())?;
        let loaded = self.inner.runtime.load(&package.manifest, &package.component).await;
        let loaded = loaded.map_err(|error| error.to_string())?;
        let size = package.component.len() as u64;
        let kept = Kept { manifest: Arc::new(package.manifest), size, loaded, statements: Arc::new(statements) };
        packages.insert(*digest, kept.clone());
        Ok(kept)
    }
}
