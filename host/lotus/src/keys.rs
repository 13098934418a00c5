//! `lotus keys`: new keys for what is sealed, while hosts serve.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use lotus_platform::{Keyring, Store, Suite};

use crate::config::Config;
use crate::{data, log};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print a new key, to be put first in the keyring.
    New {
        /// A name for it, e.g. its date.
        #[arg(long)]
        id: String,
        /// SM4 and SM3 in place of AES and SHA-2.
        #[arg(long)]
        sm4: bool,
    },
    /// Say how much of each district is still sealed with an old data key.
    Status {
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
    },
    /// Give every district a new data key, wrapped under the keyring's first key. What is sealed stays readable; hosts
    /// that serve seal it anew in the background.
    Rotate {
        /// The configuration (TOML) of the hosts.
        #[arg(long)]
        config: PathBuf,
    },
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::New { id, sm4 } => {
            print!("{}", Keyring::generate(&id, if sm4 { Suite::Sm4Gcm } else { Suite::AesGcm }));
            Ok(())
        }
        Command::Status { config } => {
            let config = Config::read(&config)?;
            log::start(&config.log);
            let store = Store::open(&config.store(), data::keyring(&config)?).await.context("the database")?;
            let mut old = 0;
            for district in store.district_list().await? {
                let counts = store.reseal_count(&district.division).await?;
                let rows: u64 = counts.iter().map(|count| count.rows).sum();
                let behind: Vec<_> = counts.iter().filter(|count| count.old > 0).collect();
                let told: Vec<_> = behind.iter().map(|count| format!("{} of {}", count.old, count.table)).collect();
                old += behind.iter().map(|count| count.old).sum::<u64>();
                let said = if told.is_empty() { "none".to_owned() } else { told.join(", ") };
                println!("{} {}: {rows} sealed rows; old: {said}", district.division, district.name.zh);
            }
            println!(
                "{}",
                match old {
                    0 => "nothing needs an old data key any more".to_owned(),
                    old => format!("{old} rows wait to be sealed anew; hosts that serve do it in the background"),
                }
            );
            store.close().await;
            Ok(())
        }
        Command::Rotate { config } => {
            let config = Config::read(&config)?;
            log::start(&config.log);
            let store = Store::open(&config.store(), data::keyring(&config)?).await.context("the database")?;
            for district in store.district_list().await? {
                let id = store.keys_rotate(&district.division).await?;
                println!("{} {}: sealed with data key {id} from now on", district.division, district.name.zh);
            }
            store.close().await;
            Ok(())
        }
    }
}
