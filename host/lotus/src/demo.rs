//! `lotus demo`: the demonstration city, its items and the plugins that ship, from one command.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::Division;
use lotus_domain::monitoring::Month;
use lotus_domain::package::Manifest;
use lotus_domain::text::Language;
use lotus_platform::{Platform, ReadyAccount, Visit, Vouched};

use crate::config::{Config, Unsigned};
use crate::log;
use crate::serve::Host;

pub(crate) async fn run(data: PathBuf, listen: SocketAddr, database: Option<String>) -> anyhow::Result<()> {
    let mut config = Config::from_environment()?;
    config.data = data;
    config.listen = listen;
    config.plugins.unsigned = Unsigned::Allowed;
    config.database.url = database.or(config.database.url);
    log::start(&config.log);
    let host = Host::open(&config, ready_accounts()?).await?;
    fill(&host.platform).await?;
    announce(&host, &config).await?;
    let platform = host.platform.clone();
    // Nobody waits for a year of counters: the charts have them a moment later.
    let seeding = tokio::spawn(async move {
        if let Err(error) = seed(&platform).await {
            tracing::warn!(%error, "the demonstration goes on without a year of counters");
        }
    });
    let served = host.serve(&config).await;
    seeding.abort();
    served
}

/// A year of counters, so that monitoring has something to show; those that are there stay.
async fn seed(platform: &Platform) -> anyhow::Result<()> {
    let today = platform.today();
    let bulletins = Month::of(today).plus(-2);
    for (division, months) in lotus_demo::monitoring(&lotus_demo::city()?, today) {
        platform.monitoring_seed(&division, months, bulletins).await?;
    }
    let city = lotus_demo::city()?;
    for district in &city.districts {
        let ratings = lotus_demo::ratings(&city, &district.division, today);
        // In parts: whoever writes meanwhile does not wait for all of them.
        for part in ratings.chunks(200) {
            platform.ratings_import(&district.division, part.to_vec()).await?;
        }
    }
    // The city's own bulletins are about all districts.
    let city = platform.districts().into_iter().find(|district| district.is_city);
    match city {
        Some(city) => Ok(platform.monitoring_seed(&city.division, BTreeMap::new(), bulletins).await?),
        None => Ok(()),
    }
}

/// The demonstration's accounts, as a provider of its own would vouch for them.
fn ready_accounts() -> anyhow::Result<Vec<ReadyAccount>> {
    let ready = |account: lotus_demo::ReadyAccount| ReadyAccount {
        vouched: Vouched {
            provider: "demo".to_owned(),
            subject: account.subject,
            profile: account.profile,
            mandates: account.mandates,
            strong: true,
        },
        note: account.note,
        roles: account.roles,
    };
    Ok(lotus_demo::accounts()?.into_iter().map(ready).collect())
}

/// Brings the city and the shipped plugins in; what is there already stays, so that a demonstration goes on.
async fn fill(platform: &Platform) -> anyhow::Result<()> {
    let city = lotus_demo::city()?;
    if let Some(seat) = city.districts.iter().find(|district| district.is_city) {
        platform.calendar_put(seat.division.clone(), city.calendar).await?;
    }
    platform.district_put(city.districts).await?;
    platform.halls_put(city.halls).await?;
    for (division, supervisors) in lotus_demo::supervisors()? {
        platform.supervisors_put(division, supervisors).await?;
    }
    let mut items: BTreeMap<Division, Vec<DistrictItem>> = BTreeMap::new();
    for item in city.items {
        items.entry(item.division.clone()).or_default().push(item);
    }
    for (division, items) in items {
        platform.item_publish(division, items).await?;
    }
    let listed = lotus_demo::intermediaries()?;
    platform.intermediaries_seed(listed.services, listed.listings, listed.events).await?;
    for (division, licences) in lotus_demo::licences(platform.today())? {
        // Those that are there stay: their last day does not move with every start.
        platform.licence_seed(&division, licences).await?;
    }
    for (division, holder, facts) in lotus_demo::fact_files()? {
        platform.facts_keep(&division, vec![(holder, facts)]).await?;
    }
    platform.policy_seed(lotus_demo::policies()?).await?;
    let serving: BTreeSet<(Division, String)> =
        platform.fleet().into_iter().map(|entry| (entry.division, entry.package.hex())).collect();
    for package in lotus_plugins::SHIPPED {
        let wanted = || format!("the plugin {}", package.name);
        let digest = platform.package_install(package.manifest, package.component).await.with_context(wanted)?;
        for division in Manifest::parse(package.manifest)?.districts {
            if !serving.contains(&(division.clone(), digest.hex())) {
                platform.activate(&division, digest, BTreeMap::new()).await.with_context(wanted)?;
            }
        }
    }
    Ok(())
}

/// Says where everything is.
async fn announce(host: &Host, config: &Config) -> anyhow::Result<()> {
    let base = format!("http://{}", host.listener.local_addr()?);
    println!("莲城 Lotus: the demonstration city of Xuchang is serving.\n");
    println!("  {base}/  choose a district");
    for district in host.platform.districts() {
        let visit = Visit { division: district.division.clone(), language: Language::Zh };
        println!("  {base}/d/{}  {}", district.division, district.name.zh);
        for zone in host.platform.zones(&visit).await.offered {
            println!("  {base}/d/{}/zones/{}  {}", district.division, zone.id, zone.title.zh);
        }
    }
    println!(
        "  {base}/sign-in  {} ready accounts: a citizen, staff, administrators",
        host.platform.ready_accounts().len()
    );
    println!("  {base}/console  the console, for those whose role it is");
    println!("  {base}/api/openapi.json  the API");
    println!("\nEverything is kept in {}. Ctrl-C ends it.", config.data.display());
    Ok(())
}
