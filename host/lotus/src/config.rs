//! The configuration: a TOML file, overridden by the environment, unknown keys refused.
//!
//! `LOTUS_LISTEN`, `LOTUS_DATABASE__URL`, …: a table and its key are joined by two underscores.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use lotus_platform::{ObjectsConfig, Provider, RuntimeConfig, S3Config, ScannerAddress, StoreConfig, Suite};
use lotus_registry::{Credentials, Registry};
use serde::{Deserialize, Serialize};

use crate::notices::Notices;

/// Variables with our prefix that are not configuration: what builds and tests look at.
const NOT_OURS: [&str; 11] = [
    "POSTGRES_BIN",
    "NODE_BIN",
    "POPPLER_BIN",
    "FONTS",
    "CLAMAV_BIN",
    "PYTHON_BIN",
    "SQLITE_BIN",
    "REGISTRY_BIN",
    "REGISTRY_PASSWORD",
    "REQUIRE_SERVICES",
    "KILLS",
];

/// Everything that can be set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// Where files are kept.
    pub(crate) data: PathBuf,
    /// The address that people type; `https://` makes cookies secure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) public_url: Option<String>,
    /// How many proxies of the city's own stand in front: so many forwarded addresses are believed, from the right.
    pub(crate) trusted_proxies: usize,
    pub(crate) database: Database,
    pub(crate) keys: Keys,
    pub(crate) objects: Files,
    /// Who takes electronic payments; none is cash and cards at the counter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payments: Option<Payments>,
    /// The directory of the Chinese font that papers are set in; none is the system's folders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fonts: Option<PathBuf>,
    pub(crate) sign_in: SignIn,
    pub(crate) notices: Notices,
    pub(crate) plugins: Plugins,
    pub(crate) rate: Rate,
    pub(crate) log: Log,
    pub(crate) sandbox: Sandbox,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Database {
    /// `postgres://…`; none is SQLite in the data directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// Most connections to PostgreSQL.
    pub(crate) connections: u32,
    /// Connections that read SQLite at the same time.
    pub(crate) readers: u32,
}

/// What personal data are sealed under. Never in the database.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    /// The keyring's file; none is `keyring.toml` in the data directory, made on the first start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<PathBuf>,
    /// The keyring itself, for the environment: `LOTUS_KEYS__TEXT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<Secret>,
    /// The suite of a keyring that is made.
    pub(crate) suite: Suite,
}

/// Where the files are kept that people hand in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Files {
    /// A directory; none is `objects` in the data directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) directory: Option<PathBuf>,
    /// A bucket of an S3-compatible store instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) s3: Option<Bucket>,
    /// ClamAV's daemon: `127.0.0.1:3310`, or the path of its socket; none is no scanner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scanner: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bucket {
    pub(crate) endpoint: String,
    #[serde(rename = "bucket")]
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: Secret,
}

/// A payment gateway that is spoken to over HTTP with signed requests.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Payments {
    /// Its name: it calls back at `{public_url}/api/v1/payments/{name}`.
    pub(crate) name: String,
    /// Its address, without the last `/`.
    pub(crate) address: String,
    /// What both sign with.
    pub(crate) secret: Secret,
}

/// Who vouches for people.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// OpenID providers.
    pub(crate) provider: Vec<Provider>,
    /// A file (PEM) with the certificates of authorities of the city's own that vouch for providers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ca_certificate: Option<PathBuf>,
    /// Who becomes the first security administrator on signing in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_administrator: Option<FirstAdministrator>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstAdministrator {
    /// The provider's id.
    pub(crate) provider: String,
    /// What the provider calls them (`sub`).
    pub(crate) subject: String,
}

/// A text that is never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where plugins come from, and which of them serve.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plugins {
    /// Whether packages serve that nobody signed.
    pub(crate) unsigned: Unsigned,
    /// A directory, or `oci://HOST/NAMESPACE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) registry: Option<String>,
    /// Who asks the registry, where it wants to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Secret>,
}

/// `refused`, or `allowed` for demonstration and development: pages say so then.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unsigned {
    #[default]
    Refused,
    Allowed,
}

impl From<Unsigned> for lotus_platform::Unsigned {
    fn from(unsigned: Unsigned) -> Self {
        match unsigned {
            Unsigned::Refused => Self::Refused,
            Unsigned::Allowed => Self::Allowed,
        }
    }
}

impl Plugins {
    /// The registry that packages are fetched from.
    pub(crate) fn registry(&self) -> anyhow::Result<Registry> {
        let Some(address) = &self.registry else {
            bail!(
                "the configuration names no registry: set `registry` in [plugins] to a directory or oci://HOST/NAMESPACE"
            );
        };
        let credentials = match (&self.user, &self.password) {
            (Some(user), Some(password)) => Some(Credentials { user: user.clone(), password: password.0.clone() }),
            (None, None) => None,
            _ => bail!("a registry's user and password belong together: set both in [plugins], or none"),
        };
        Ok(Registry::parse(address, credentials)?)
    }
}

/// What one client, known by its address, may ask.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    /// Requests each second, over a while; 0 is no limit.
    pub(crate) per_second: u32,
    /// Requests at once.
    pub(crate) burst: u32,
    /// Guesses each minute: signing in, codes, a case's secret.
    pub(crate) guesses_per_minute: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    /// For people or for machines.
    pub(crate) format: LogFormat,
    /// As `tracing` reads it, e.g. `info,lotus::plugin=debug`.
    pub(crate) filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Human,
    Json,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sandbox {
    /// Most plugin calls that run at the same time.
    pub(crate) instances: u32,
    /// Most components that are compiled at the same time: up to 400 MB each.
    pub(crate) compilers: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("data"),
            public_url: None,
            trusted_proxies: 0,
            database: Database { url: None, connections: 16, readers: 4 },
            keys: Keys::default(),
            objects: Files::default(),
            payments: None,
            fonts: None,
            sign_in: SignIn::default(),
            notices: Notices::default(),
            plugins: Plugins::default(),
            // A whole office may come from one address.
            rate: Rate { per_second: 100, burst: 500, guesses_per_minute: 60 },
            log: Log { format: LogFormat::Human, filter: "info".to_owned() },
            sandbox: Sandbox { instances: 1_000, compilers: 1 },
        }
    }
}

impl Config {
    /// Reads a file and the environment over the defaults.
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        if !file.is_file() {
            bail!(
                "there is no configuration at {}; write one (host/lotus/README.md lists every key), or try `lotus demo`",
                file.display()
            );
        }
        Self::from(Figment::from(Serialized::defaults(Self::default())).merge(Toml::file_exact(file)))
            .with_context(|| format!("the configuration {}", file.display()))
    }

    /// The defaults with the environment over them.
    pub(crate) fn from_environment() -> anyhow::Result<Self> {
        Self::from(Figment::from(Serialized::defaults(Self::default())))
    }

    fn from(figment: Figment) -> anyhow::Result<Self> {
        let environment = Env::prefixed("LOTUS_").ignore(&NOT_OURS).split("__");
        let config: Self = figment.merge(environment).extract().map_err(|error| {
            // Every mistake at once, so that nobody fixes them one by one.
            let all: Vec<String> = error.into_iter().map(|one| one.to_string()).collect();
            anyhow::anyhow!("{}", all.join("; "))
        })?;
        Ok(config)
    }

    pub(crate) fn store(&self) -> StoreConfig {
        match &self.database.url {
            Some(url) => StoreConfig::Postgres { url: url.clone(), connections: self.database.connections },
            None => StoreConfig::Sqlite { file: self.data.join("lotus.db"), readers: self.database.readers },
        }
    }

    /// Where files are kept, and who looks through them.
    pub(crate) fn objects(&self) -> ObjectsConfig {
        let s3 = self.objects.s3.as_ref().map(|s3| S3Config {
            endpoint: s3.endpoint.clone(),
            bucket: s3.name.clone(),
            region: s3.region.clone(),
            access_key: s3.access_key.clone(),
            secret_key: s3.secret_key.0.clone(),
        });
        let scanner = self.objects.scanner.as_ref().map(|said| match said.parse() {
            Ok(address) => ScannerAddress::Tcp(address),
            Err(_) => ScannerAddress::Unix(said.into()),
        });
        let directory = self.objects.directory.clone().unwrap_or_else(|| self.data.join("objects"));
        ObjectsConfig { directory, s3, scanner }
    }

    pub(crate) fn sandbox(&self) -> RuntimeConfig {
        RuntimeConfig {
            instances: self.sandbox.instances,
            compilers: self.sandbox.compilers,
            ..RuntimeConfig::new(self.data.join("compiled"))
        }
    }

    pub(crate) fn rate(&self) -> Option<lotus_web::Rate> {
        let number = std::num::NonZeroU32::new;
        Some(lotus_web::Rate {
            per_second: number(self.rate.per_second)?,
            burst: number(self.rate.burst)?,
            guesses_per_minute: number(self.rate.guesses_per_minute)?,
        })
    }

    pub(crate) fn secure_cookies(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<Config> {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("lotus.toml");
        std::fs::write(&file, text).unwrap();
        Config::read(&file)
    }

    #[test]
    fn what_is_not_said_is_the_default() {
        let config = read("data = \"/srv/lotus\"\n[database]\nconnections = 3").unwrap();
        assert_eq!(config.listen.port(), 8080);
        assert_eq!((config.database.connections, config.database.readers), (3, 4));
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = format!("{:#}", read("lsten = \"127.0.0.1:1\"").unwrap_err());
        assert!(error.contains("lsten"), "{error}");
        let error = format!("{:#}", read("[database]\nurll = \"postgres://x\"").unwrap_err());
        assert!(error.contains("urll"), "{error}");
    }
}
