//! `lotus serve`: opens everything, serves until it is told to end, and ends cleanly.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lotus_platform::{Gateway, Objects, PaymentProvider, Platform, PlatformConfig, ReadyAccount, Runtime, Store};
use lotus_web::WebConfig;
use tokio::net::TcpListener;

use crate::config::Config;
use crate::data::{self, DataDirectory};
use crate::log;

/// How long requests that are under way may take to finish when the host ends.
const FINISH: Duration = Duration::from_secs(20);

pub(crate) async fn run(file: &Path) -> anyhow::Result<()> {
    let config = Config::read(file)?;
    log::start(&config.log);
    let host = Host::open(&config, Vec::new()).await?;
    let address = host.listener.local_addr()?;
    if host.platform.districts().is_empty() {
        tracing::warn!("the database holds no district yet; every page will say so");
    }
    tracing::info!(%address, database = host.database, "serving");
    println!("lotus serves at http://{address}/");
    host.serve(&config).await
}

/// Everything that is open while a host serves.
pub(crate) struct Host {
    pub(crate) platform: Platform,
    pub(crate) listener: TcpListener,
    database: &'static str,
    end: End,
    // Held until the host ends.
    _data: DataDirectory,
}

impl Host {
    /// Opens the address first, which is the quickest to fail, then the directory, the sandbox and the database.
    pub(crate) async fn open(config: &Config, ready: Vec<ReadyAccount>) -> anyhow::Result<Self> {
        let listener = listen(config.listen).await?;
        let data = DataDirectory::take(&config.data)?;
        let platform = platform(config, &data, ready).await?;
        let database = if config.database.url.is_some() { "PostgreSQL" } else { "SQLite" };
        Ok(Self { platform, listener, database, end: End::listen()?, _data: data })
    }

    /// Serves until SIGINT or SIGTERM; then accepts no more, finishes what runs, writes what waits.
    pub(crate) async fn serve(self, config: &Config) -> anyhow::Result<()> {
        let web = WebConfig {
            secure_cookies: config.secure_cookies(),
            public_url: config.public_url.clone(),
            trusted_proxies: config.trusted_proxies,
            rate: config.rate(),
        };
        let Self { platform, listener, end: ending, _data: held, .. } = self;
        let (told, mut tell) = tokio::sync::watch::channel(false);
        let end = async move {
            ending.comes().await;
            tracing::info!("ending: no new requests, those under way are finished");
            // Nobody listens any more only where serving has failed already.
            let _ = told.send(true);
        };
        let serving = lotus_web::serve(listener, platform.clone(), web, end);
        let served = tokio::select! {
            served = serving => served.context("serving"),
            () = async {
                let _ = tell.wait_for(|ending| *ending).await;
                tokio::time::sleep(FINISH).await;
            } => {
                tracing::warn!("some requests did not finish in {} s; they are cut off", FINISH.as_secs());
                Ok(())
            }
        };
        platform.stop().await;
        drop(held);
        tracing::info!("ended");
        served
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("listening at {address}: is another program using it? Choose another with --listen (or `listen` in the configuration)")
    })
}

/// The platform over this configuration.
async fn platform(config: &Config, directory: &DataDirectory, ready: Vec<ReadyAccount>) -> anyhow::Result<Platform> {
    let runtime = Runtime::start(&config.sandbox())?;
    let store =
        Store::open(&config.store(), data::keyring(config)?).await.with_context(|| match &config.database.url {
            Some(_) => "the database in `database.url`".to_owned(),
            None => format!("the database in {}", config.data.display()),
        })?;
    let first = config.sign_in.first_administrator.clone();
    let settings = PlatformConfig {
        providers: config.sign_in.provider.clone(),
        authorities: data::authorities(config)?,
        first_administrator: first.map(|first| (first.provider, first.subject)),
        ready_accounts: ready,
        payments: config.payments.as_ref().map(|payments| {
            let secret = payments.secret.0.as_bytes();
            Arc::new(Gateway::new(&payments.name, &payments.address, secret)) as Arc<dyn PaymentProvider>
        }),
        fonts: config.fonts.clone(),
        unsigned: config.plugins.unsigned.into(),
        notices: config.notices.config()?,
        objects: Some(Objects::open(&config.objects())?),
        ..PlatformConfig::new(directory.key()?)
    };
    Ok(Platform::start(store, runtime, settings).await?)
}

/// SIGINT and SIGTERM, listened for before anything is announced: whoever reads that a host serves may end it at once.
struct End {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl End {
    #[cfg(unix)]
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?] })
    }

    #[cfg(unix)]
    async fn comes(self) {
        let [mut interrupt, mut terminate] = self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn comes(self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
