//! What a plugin's author does: makes a key, signs, publishes, looks what is published.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use lotus_registry::Registry;
use lotus_registry::statement::Statement;
use lotus_registry::suite::{PublicKey, SigningKey, Suite};

use super::{Files, read};

pub(super) fn keygen(file: &Path, suite: Suite) -> anyhow::Result<()> {
    let key = SigningKey::generate(suite)?;
    let public = key.public()?;
    let pem = key.to_pem()?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = || format!("making {}: a key that is there is not overwritten", file.display());
    options.open(file).and_then(|mut out| out.write_all(pem.as_bytes())).with_context(made)?;
    let shared = named(file, ".pub");
    std::fs::write(&shared, public.to_pem()?).with_context(|| format!("writing {}", shared.display()))?;
    println!("{}", public.id()?);
    println!("keep {} to yourself; give {} to the city: `lotus publishers add`", file.display(), shared.display());
    Ok(())
}

pub(super) fn sign(files: &Files, key: &Path, days: Option<u32>) -> anyhow::Result<()> {
    let (package, _) = files.read()?;
    let pem = read(key, |path| std::fs::read_to_string(path))?;
    let key = SigningKey::from_pem(&pem).with_context(|| key.display().to_string())?;
    let now = Timestamp::now();
    let expires = days.map(|days| now.checked_add(SignedDuration::from_hours(i64::from(days) * 24))).transpose()?;
    let envelope = Statement::of((&package).into(), now, expires).sign(&key)?;
    let beside = files.statement();
    std::fs::write(&beside, envelope).with_context(|| format!("writing {}", beside.display()))?;
    let manifest = &package.manifest;
    println!("{} {} ({}) signed with {}", manifest.id, manifest.version, package.digest, key.public()?.id()?);
    println!("{}", beside.display());
    Ok(())
}

pub(super) async fn publish(files: &Files, registry: &Registry) -> anyhow::Result<()> {
    let (package, statement) = files.read()?;
    let digest = registry.publish(&package, statement.as_deref()).await?;
    let manifest = &package.manifest;
    println!("{}:{} published", manifest.id, manifest.version);
    println!("{}@{digest}", manifest.id);
    if statement.is_none() {
        println!("it is not signed: no city serves it before it is (`lotus plugin sign`, then publish again)");
    }
    Ok(())
}

pub(super) async fn versions(plugin: &str, registry: &Registry) -> anyhow::Result<()> {
    let versions = registry.versions(plugin).await?;
    if versions.is_empty() {
        println!("no version of {plugin} is published there");
    }
    for version in versions {
        println!("{plugin}:{version}");
    }
    Ok(())
}

/// A public key in a file, as PEM.
pub(crate) fn public_key(file: &Path) -> anyhow::Result<String> {
    let pem = read(file, |path| std::fs::read_to_string(path))?;
    PublicKey::from_pem(&pem).with_context(|| file.display().to_string())?;
    Ok(pem)
}

fn named(file: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
