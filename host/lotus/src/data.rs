//! The data directory: made, found writable, held by one host at a time; and the key that is kept in it.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use lotus_platform::{Authorities, Key, Keyring};

use crate::config::Config;

/// A data directory that this process holds until it ends.
#[derive(Debug)]
pub(crate) struct DataDirectory {
    path: PathBuf,
    // Unlocked when it is closed, however the process ends.
    _held: File,
}

impl DataDirectory {
    /// Takes a directory for this process alone.
    pub(crate) fn take(path: &Path) -> anyhow::Result<Self> {
        let wanted = || format!("the data directory {}", path.display());
        fs::create_dir_all(path).with_context(wanted).with_context(|| {
            "it can't be made; choose another with --data (or `data` in the configuration), or let this user write there"
        })?;
        let lock = path.join("lotus.lock");
        let held = File::options().create(true).truncate(false).write(true).open(&lock);
        let held = held.with_context(wanted).with_context(|| {
            "it is not writable for this user; change its owner, or choose another with --data (or `data` in the configuration)"
        })?;
        match held.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _held: held }),
            Err(TryLockError::WouldBlock) => bail!(
                "the data directory {} is in use by another lotus; stop that one, or choose another directory",
                path.display()
            ),
            Err(TryLockError::Error(error)) => Err(error).with_context(wanted),
        }
    }

    /// The key that forms are signed with: read, or made on the first start.
    pub(crate) fn key(&self) -> anyhow::Result<Key> {
        let file = self.path.join("form.key");
        match fs::read_to_string(&file) {
            Ok(text) => Key::parse(&text).with_context(|| {
                format!(
                    "the key {}; restore it from a backup, or remove it (forms that are open now then expire)",
                    file.display()
                )
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Key::random();
                write_private(&file, &format!("{}\n", key.to_hex()))
                    .with_context(|| format!("writing the key {}", file.display()))?;
                Ok(key)
            }
            Err(error) => Err(error).with_context(|| format!("reading the key {}", file.display())),
        }
    }
}

/// The keyring of a configuration: from the environment, its file, or made in the data directory on the first start.
pub(crate) fn keyring(config: &Config) -> anyhow::Result<Keyring> {
    if let Some(text) = &config.keys.text {
        return Keyring::parse(&text.0).context("the keyring in LOTUS_KEYS__TEXT");
    }
    let file = config.keys.file.clone().unwrap_or_else(|| config.data.join("keyring.toml"));
    let wanted = || format!("the keyring {}", file.display());
    match fs::read_to_string(&file) {
        Ok(text) => {
            open_to_others(&file)?;
            Keyring::parse(&text).with_context(wanted)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && config.keys.file.is_none() => {
            let day = today();
            let text = Keyring::generate(&day, config.keys.suite);
            write_private(&file, &text).with_context(wanted)?;
            Keyring::parse(&text).with_context(wanted)
        }
        Err(error) => {
            Err(error).with_context(wanted).context("restore it from its copy; without it sealed data can't be read")
        }
    }
}

/// The authorities that vouch for providers: those of the configuration's file, else the well-known ones alone.
pub(crate) fn authorities(config: &Config) -> anyhow::Result<Authorities> {
    let Some(file) = &config.sign_in.ca_certificate else { return Ok(Authorities::default()) };
    let wanted = || format!("the certificates in sign_in.ca_certificate, {}", file.display());
    let pem = fs::read(file).with_context(wanted)?;
    Authorities::parse(&pem).map_err(|why| anyhow::anyhow!("{why}")).with_context(wanted)
}

/// The date in UTC: the id of a key that is made today.
fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

/// Whoever can read the keyring can read everything.
#[cfg(unix)]
fn open_to_others(file: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(file)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("the keyring {} can be read by others (mode {:o}); chmod 600 it", file.display(), mode & 0o777);
    }
    Ok(())
}

#[cfg(not(unix))]
fn open_to_others(_file: &Path) -> anyhow::Result<()> {
    Ok(())
}

/// Writes a file that only this user can read, whole or not at all.
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    let partial = file.with_extension("partial");
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut handle = options.open(&partial)?;
    handle.write_all(text.as_bytes())?;
    handle.sync_all()?;
    fs::rename(partial, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_held_by_one_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let held = DataDirectory::take(directory.path()).unwrap();
        let error = DataDirectory::take(directory.path()).unwrap_err();
        assert!(error.to_string().contains("in use by another lotus"), "{error}");
        drop(held);
        assert!(DataDirectory::take(directory.path()).is_ok());
    }

    #[test]
    fn the_key_stays_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let held = DataDirectory::take(directory.path()).unwrap();
        assert_eq!(held.key().unwrap().to_hex(), held.key().unwrap().to_hex());
        fs::write(directory.path().join("form.key"), "nonsense").unwrap();
        assert!(format!("{:#}", held.key().unwrap_err()).contains("64 hexadecimal"));
    }
}
