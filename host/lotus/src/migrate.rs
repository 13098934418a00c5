//! `lotus migrate`: brings the database's schema up to date before the new version serves.

use std::path::Path;

use anyhow::Context as _;
use lotus_platform::Store;

use crate::config::Config;
use crate::data::{self, DataDirectory};
use crate::log;

pub(crate) async fn run(file: &Path) -> anyhow::Result<()> {
    let config = Config::read(file)?;
    log::start(&config.log);
    let _data = match config.database.url {
        // Other replicas may serve while a shared database is migrated: steps only ever add.
        Some(_) => None,
        None => Some(DataDirectory::take(&config.data)?),
    };
    let store =
        Store::open(&config.store(), data::keyring(&config)?).await.context("bringing the database up to date")?;
    println!("the {} database is up to date", store.kind());
    store.close().await;
    Ok(())
}
