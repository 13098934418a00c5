//! `lotus doctor`: looks at what a host needs and says what is missing, why it matters, and how to get it.

use std::path::Path;

use lotus_platform::{Runtime, Store};

use crate::config::Config;
use crate::data::{self, DataDirectory};

/// How many active plugins a check reckons with: each takes about one file descriptor and three maps.
const PLUGINS: u64 = 2_000;

/// What a check found.
enum Finding {
    Good(String),
    /// It works, and could be better.
    Mind(String),
    Missing(String),
}

pub(crate) async fn run(file: Option<&Path>) -> anyhow::Result<()> {
    let config = match file {
        Some(file) => Config::read(file)?,
        None => Config::from_environment()?,
    };
    let checks = [
        ("data directory", data(&config)),
        ("keyring", keyring(&config)),
        ("database", database(&config).await),
        ("sandbox", sandbox(&config)),
        ("sign-in", sign_in(&config)),
        ("papers", papers(&config)),
        ("notices", notices(&config)),
        ("open files", open_files()),
        ("memory maps", memory_maps()),
    ];
    let mut missing = 0;
    for (name, finding) in checks {
        match finding {
            Finding::Good(found) => println!("ok       {name}: {found}"),
            Finding::Mind(found) => println!("mind     {name}: {found}"),
            Finding::Missing(found) => {
                missing += 1;
                println!("MISSING  {name}: {found}");
            }
        }
    }
    if missing > 0 {
        anyhow::bail!("{missing} of what a host needs is missing; the lines above say how to get it");
    }
    Ok(())
}

fn data(config: &Config) -> Finding {
    match DataDirectory::take(&config.data) {
        Ok(held) => match held.key() {
            Ok(_) => Finding::Good(format!("{} is writable and holds its key", config.data.display())),
            Err(error) => Finding::Missing(format!("{error:#}")),
        },
        Err(error) if error.to_string().contains("in use") => Finding::Good(format!("{error:#}")),
        Err(error) => Finding::Missing(format!("{error:#}")),
    }
}

fn keyring(config: &Config) -> Finding {
    match data::keyring(config) {
        Ok(_) => Finding::Good("holds a strong key; keep a copy of it apart from the database".to_owned()),
        Err(error) => Finding::Missing(format!("{error:#}")),
    }
}

async fn database(config: &Config) -> Finding {
    let keyring = match data::keyring(config) {
        Ok(keyring) => keyring,
        Err(error) => return Finding::Missing(format!("{error:#}")),
    };
    match Store::open(&config.store(), keyring).await {
        Ok(store) => {
            let kind = store.kind();
            store.close().await;
            Finding::Good(format!("{kind} answers and its schema is up to date"))
        }
        Err(error) => Finding::Missing(match config.database.url {
            Some(_) => format!("{error}; start PostgreSQL (Debian: apt-get install postgresql) or mend `database.url`"),
            None => error.to_string(),
        }),
    }
}

fn sandbox(config: &Config) -> Finding {
    match Runtime::start(&config.sandbox()) {
        Ok(_) => Finding::Good(format!("{} plugin calls at the same time", config.sandbox.instances)),
        Err(error) => Finding::Missing(format!(
            "{error}; it reserves address space, so look at `ulimit -v`, or lower sandbox.instances"
        )),
    }
}

fn papers(config: &Config) -> Finding {
    match lotus_platform::papers_ready(config.fonts.clone()) {
        Ok(()) => Finding::Good("a Chinese font is there".to_owned()),
        Err(error) => Finding::Mind(format!("{error}; until then no receipt and no notice can be printed")),
    }
}

fn sign_in(config: &Config) -> Finding {
    let providers = &config.sign_in.provider;
    if let Err(error) = data::authorities(config) {
        return Finding::Missing(format!("{error:#}; providers of the city's own network can't be asked without it"));
    }
    match (providers.is_empty(), config.sign_in.first_administrator.is_some(), config.secure_cookies()) {
        (true, _, _) => {
            Finding::Mind("no [[sign_in.provider]]: nobody can sign in, and there is no console".to_owned())
        }
        (_, false, _) => Finding::Mind("no sign_in.first_administrator: nobody can give the first role".to_owned()),
        (_, _, false) => Finding::Mind(
            "public_url is not https://…: put a reverse proxy with TLS in front before others reach it".to_owned(),
        ),
        (_, _, true) => Finding::Good(format!("{} providers, and public_url is https", providers.len())),
    }
}

fn notices(config: &Config) -> Finding {
    match (config.notices.config(), config.notices.missing().as_slice()) {
        (Err(error), _) => Finding::Missing(format!("{error:#}")),
        (Ok(_), []) => Finding::Good("SMS, calls and e-mail are set up".to_owned()),
        (Ok(_), missing) => Finding::Mind(format!(
            "{} not set up: what should go there stays in the portal's inbox alone",
            missing.join(", ")
        )),
    }
}

/// The soft limit of a line of `/proc/self/limits`.
fn open_files() -> Finding {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let limit = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|soft| soft.parse::<u64>().ok());
    match limit {
        Some(limit) if limit >= 4 * PLUGINS => Finding::Good(format!("{limit}")),
        Some(limit) => Finding::Mind(format!(
            "{limit}; for {PLUGINS} active plugins at least {} (`LimitNOFILE=` in the service, or `ulimit -n`)",
            4 * PLUGINS
        )),
        None => Finding::Mind("the limit can't be read on this system".to_owned()),
    }
}

fn memory_maps() -> Finding {
    let limit =
        std::fs::read_to_string("/proc/sys/vm/max_map_count").ok().and_then(|text| text.trim().parse::<u64>().ok());
    match limit {
        Some(limit) if limit >= 30 * PLUGINS => Finding::Good(format!("{limit}")),
        Some(limit) => {
            Finding::Mind(format!("{limit}; for {PLUGINS} active plugins: sysctl -w vm.max_map_count={}", 30 * PLUGINS))
        }
        None => Finding::Mind("the limit can't be read on this system".to_owned()),
    }
}
