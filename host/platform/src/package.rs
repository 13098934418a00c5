//! Packages: checked before they are kept, loaded once, ready for every district that uses them and every case that
//! began with them.

use std::collections::HashMap;
use std::sync::Arc;

use lotus_domain::package::{Digest, ManifestError, Package};
use lotus_runtime::LoadError;
use lotus_store::StoreError;
use tokio::sync::Mutex;

use crate::plugin::Ready;
use crate::start::Platform;

/// Packages that are ready, by digest.
#[derive(Default)]
pub(crate) struct Packages {
    ready: Mutex<HashMap<Digest, Ready>>,
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
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// Checks a package whole, compiles it, and keeps it. One that is there already stays as it is.
    pub async fn package_install(&self, manifest: &str, component: &[u8]) -> Result<Digest, PackageError> {
        let package = Package::read(manifest, component, self.now())?;
        let loaded = self.inner.runtime.load(&package.manifest, component).await?;
        let (digest, manifest) = (package.digest, Arc::new(package.manifest.clone()));
        self.store().package_put(package).await?;
        self.inner.packages.ready.lock().await.insert(digest, Ready { manifest, loaded });
        Ok(digest)
    }

    /// The package of this digest, ready to be called, or in words why not.
    pub(crate) async fn package_ready(&self, digest: &Digest) -> Result<Ready, String> {
        // Held while it loads: two that need the same package must not compile it twice.
        let mut packages = self.inner.packages.ready.lock().await;
        if let Some(ready) = packages.get(digest) {
            return Ok(ready.clone());
        }
        let package = self.store().package_get(digest).await.map_err(|error| error.to_string())?;
        let package = package.ok_or_else(|| format!("the package {digest} is not in the store"))?;
        let loaded = self.inner.runtime.load(&package.manifest, &package.component).await;
        let loaded = loaded.map_err(|error| error.to_string())?;
        let ready = Ready { manifest: Arc::new(package.manifest), loaded };
        packages.insert(*digest, ready.clone());
        Ok(ready)
    }
}
