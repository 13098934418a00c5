//! Compiled components on disk, by digest and engine: compiled once, mapped in microseconds afterwards.
//!
//! Invariant: what is loaded was written whole by this user's host. Files appear by rename, beside a checksum, in a
//! directory that nobody else may write to; a file that does not fit its checksum is compiled anew.
//!
//! Hosts of the same user may share a directory: each compiles what it does not find, and the last rename wins. Whoever
//! could exchange a file between the check and the mapping could have written it in the first place: that is why the
//! directory must be private, and why a checksum is enough (it finds damage, not malice). A mapped file is never
//! written to again: a newer one takes its name, and the old one stays until it is unmapped.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use lotus_domain::package::Digest;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::compiled;
use crate::engine::StartError;

pub(crate) struct Cache {
    directory: PathBuf,
    engine: String,
}

impl Cache {
    pub(crate) fn open(directory: &Path, engine: &Engine) -> Result<Self, StartError> {
        let unusable = |problem: String| StartError::Cache { path: directory.to_owned(), problem };
        create_private(directory).map_err(|error| unusable(error.to_string()))?;
        private(directory).map_err(unusable)?;
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Ok(Self { directory: directory.to_owned(), engine: format!("{:016x}", hasher.finish()) })
    }

    fn file(&self, component: &Digest) -> PathBuf {
        self.directory.join(format!("{}-{}.cwasm", component.hex(), self.engine))
    }

    /// The compiled component, from the cache where it is there and sound.
    pub(crate) fn load(&self, engine: &Engine, component: &Digest) -> Option<Component> {
        let file = self.file(component);
        let noted = fs::read(checksum_of(&file)).ok()?;
        let bytes = fs::read(&file).ok()?;
        if blake3::hash(&bytes).as_bytes().as_slice() != noted.as_slice() {
            tracing::warn!(file = %file.display(), "a compiled component does not fit its checksum; it is compiled anew");
            return None;
        }
        match compiled::load(engine, &file) {
            Ok(component) => Some(component),
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "a compiled component can't be loaded; it is compiled anew");
                None
            }
        }
    }

    /// Compiles and keeps a component. A disk that is full costs the cache, not the plugin.
    pub(crate) fn compile(&self, engine: &Engine, digest: &Digest, component: &[u8]) -> wasmtime::Result<Component> {
        let code = engine.precompile_component(component)?;
        match self.keep(digest, &code) {
            Ok(file) => compiled::load(engine, &file),
            Err(error) => {
                tracing::warn!(%error, "the compiled component can't be kept; the next start compiles it again");
                Component::new(engine, component)
            }
        }
    }

    fn keep(&self, digest: &Digest, code: &[u8]) -> std::io::Result<PathBuf> {
        let file = self.file(digest);
        let checksum = checksum_of(&file);
        // The checksum first: a file without one, or with another's, is never loaded.
        write_whole(&checksum, blake3::hash(code).as_bytes())?;
        write_whole(&file, code)?;
        Ok(file)
    }
}

fn checksum_of(file: &Path) -> PathBuf {
    file.with_extension("b3")
}

fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let partial = file.with_extension(format!("partial-{}-{:08x}", std::process::id(), rand::random::<u32>()));
    let written = fs::File::create(&partial).and_then(|mut handle| {
        handle.write_all(bytes)?;
        handle.sync_all()
    });
    let renamed = written.and_then(|()| fs::rename(&partial, file));
    if renamed.is_err() {
        // The reason that matters is the first one; what is left over is only a partial file.
        let _ = fs::remove_file(&partial);
    }
    renamed
}

#[cfg(unix)]
fn create_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn create_private(directory: &Path) -> std::io::Result<()> {
    fs::create_dir_all(directory)
}

/// Whoever can write here can run code in the host.
#[cfg(unix)]
fn private(directory: &Path) -> Result<(), String> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let about = fs::metadata(directory).map_err(|error| error.to_string())?;
    let mode = about.permissions().mode();
    if mode & 0o022 != 0 {
        return Err(format!("others may write to it (mode {:o})", mode & 0o777));
    }
    // Who we are shows in a file that we make; it also shows that we can.
    let probe = directory.join(format!("probe-{:08x}", rand::random::<u32>()));
    fs::write(&probe, []).map_err(|error| error.to_string())?;
    let ours = fs::metadata(&probe).map(|probe| probe.uid());
    fs::remove_file(&probe).map_err(|error| error.to_string())?;
    if ours.map_err(|error| error.to_string())? == about.uid() {
        Ok(())
    } else {
        Err("it belongs to another user".to_owned())
    }
}

#[cfg(not(unix))]
fn private(_directory: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn a_damaged_file_is_never_loaded() {
        let directory = tempfile::tempdir().unwrap();
        let engine = Engine::default();
        let cache = Cache::open(&directory.path().join("cache"), &engine).unwrap();
        let digest = Digest::of(EMPTY);
        assert!(cache.load(&engine, &digest).is_none());
        cache.compile(&engine, &digest, EMPTY).unwrap();
        assert!(cache.load(&engine, &digest).is_some());
        let file = cache.file(&digest);
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&file, bytes).unwrap();
        assert!(cache.load(&engine, &digest).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_cache_that_others_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let error = Cache::open(directory.path(), &Engine::default()).err().unwrap();
        assert!(error.to_string().contains("others may write"), "{error}");
    }
}
