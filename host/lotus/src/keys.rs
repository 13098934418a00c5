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
    /// Give every district a new data key, wrapped under the keyring's first key. What is sealed stays readable.
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
