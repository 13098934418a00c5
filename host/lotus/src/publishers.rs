//! `lotus publishers`: whose plugins the city believes: listed, added, revoked.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::publisher::Publisher;
use lotus_domain::text::Text;
use lotus_platform::{Key, NewPublisher, PlatformConfig, Store, publisher_add, publisher_list, publisher_revoke};

use crate::config::Config;
use crate::{data, log, plugin};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List every key that is, or was, believed.
    List {
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
    },
    /// Believe a publisher's key. To replace one, add the next while the last still holds.
    Add {
        /// The public key (PEM), as `lotus plugin keygen` makes it.
        key: PathBuf,
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
        /// Whose key it is, e.g. 禹州市政务服务和大数据管理局.
        #[arg(long)]
        title: String,
        /// With what the ids of the plugins begin that it may sign, e.g. cn.xuchang.yuzhou.
        #[arg(long = "plugins", required = true)]
        plugins: Vec<String>,
        /// The first day on which it may have signed; without it whatever it ever signed is believed.
        #[arg(long)]
        from: Option<Date>,
        /// The last day on which it may sign, e.g. 2027-12-31; without it until it is revoked.
        #[arg(long)]
        until: Option<Date>,
    },
    /// Take a key back, for good: nothing that it signed serves any more.
    Revoke {
        /// The key's id.
        key: String,
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    let now = Timestamp::now();
    let by = format!("operator/{}", std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned()));
    let zone = PlatformConfig::new(Key::random()).time_zone;
    match command {
        Command::List { config } => {
            let store = open(config).await?;
            let publishers = publisher_list(&store).await;
            store.close().await;
            let publishers = publishers?;
            if publishers.is_empty() {
                println!("nobody's plugins are believed yet: `lotus publishers add`");
            }
            for publisher in &publishers {
                println!("{}", said(publisher, now));
            }
        }
        Command::Add { key, config, title, plugins, from, until } => {
            let public_key = plugin::public_key(&key)?;
            let begins = |day: Date| zone.to_timestamp(day.at(0, 0, 0, 0)).context("that day has no beginning");
            let from = from.map(begins).transpose()?.unwrap_or(Timestamp::UNIX_EPOCH);
            let after = |day: Date| -> anyhow::Result<Timestamp> {
                let next = day.tomorrow().context("that day has no next one")?;
                begins(next)
            };
            let until = until.map(after).transpose()?;
            let new = NewPublisher { public_key, title: Text::zh(title), plugins, from, until };
            let store = open(config).await?;
            let added = publisher_add(&store, new, &by, now).await;
            store.close().await;
            println!("{}", said(&added?, now));
        }
        Command::Revoke { key, config, reason } => {
            let store = open(config).await?;
            let revoked = publisher_revoke(&store, &key, &reason, &by, now).await;
            store.close().await;
            println!("{}", said(&revoked?, now));
            println!("what it signed serves no more, on every host, within a second");
        }
    }
    Ok(())
}

fn said(publisher: &Publisher, now: Timestamp) -> String {
    let state = match (&publisher.revoked, publisher.held(now)) {
        (Some(revoked), _) => format!("REVOKED {}: {}", revoked.at, revoked.reason),
        (None, true) => "signs".to_owned(),
        (None, false) => "over".to_owned(),
    };
    let is_ever = publisher.from == Timestamp::UNIX_EPOCH;
    let from = if is_ever { String::new() } else { format!("from {} ", publisher.from) };
    let until = publisher.until.map_or_else(|| "until it is revoked".to_owned(), |until| format!("until {until}"));
    let plugins = publisher.plugins.join(", ");
    format!("{} {} for {plugins}, {from}{until}: {state}", publisher.key_id, publisher.title.zh)
}

async fn open(config: PathBuf) -> anyhow::Result<Store> {
    let config = Config::read(&config)?;
    log::start(&config.log);
    Store::open(&config.store(), data::keyring(&config)?).await.context("the database")
}
