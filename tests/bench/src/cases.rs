//! Durable case submissions: from the form's values to the answered case number, 32 at once, on both databases.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::future::try_join_all;
use lotus_domain::Slug;
use lotus_domain::text::Language;
use lotus_platform::{Asker, Submission, Visit, Who};
use lotus_test_services::postgres;

use crate::city::City;
use crate::table::{Bounds, Table, median, percentile};

const AT_ONCE: usize = 32;
const ROUNDS: usize = 7;
const LASTS: Duration = Duration::from_secs(1);

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let sqlite = tokio.block_on(City::open(None, false))?;
    let bounds = Bounds { words: ("3,000", "10,000"), numbers: (3_000.0, 10_000.0), more: true };
    held(table, &tokio, &sqlite, "SQLite, `synchronous=FULL`", bounds)?;
    match postgres::Server::durable() {
        Ok(server) => {
            let city = tokio.block_on(City::open(Some(server.create_database()?), false))?;
            let bounds = Bounds { words: ("2,000", "6,000"), numbers: (2_000.0, 6_000.0), more: true };
            held(table, &tokio, &city, "PostgreSQL on this host, `fsync=on`", bounds)?;
            tokio.block_on(city.platform.stop());
        }
        Err(error) => table.beside("durable case submissions/s on PostgreSQL", format!("not measured: {error}")),
    }
    tokio.block_on(sqlite.platform.stop());
    Ok(())
}

fn held(
    table: &mut Table,
    tokio: &tokio::runtime::Runtime,
    city: &City,
    place: &str,
    bounds: Bounds,
) -> anyhow::Result<()> {
    let (mut rates, mut took) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let begun = Instant::now();
        let all = tokio.block_on(try_join_all((0..AT_ONCE).map(|_| submitting(city, begun))))?.concat();
        // The first round warms up.
        if round > 0 {
            #[allow(clippy::cast_precision_loss)]
            rates.push(all.len() as f64 / begun.elapsed().as_secs_f64());
            took.extend(all);
        }
    }
    let rate = median(&rates);
    let shown = format!("{rate:.0} (p50 {:.1} ms, p99 {:.1} ms)", median(&took), percentile(&took, 0.99));
    table.held(&format!("durable case submissions/s at {AT_ONCE} at once, {place}"), bounds, rate, shown);
    Ok(())
}

/// One person after another, each with a form of their own; milliseconds of each.
async fn submitting(city: &City, begun: Instant) -> anyhow::Result<Vec<f64>> {
    let visit = Visit { division: city.division.clone(), language: Language::Zh };
    let service = Slug::parse("calm").context("an id")?;
    let typed = BTreeMap::from([("word".to_owned(), vec!["茶".to_owned()])]);
    let asker = Asker { who: Who::Nobody, client: None };
    let mut took = Vec::new();
    while begun.elapsed() < LASTS {
        let sent = Instant::now();
        let token = city.platform.form_token();
        let submitted = city.platform.service_submit(&visit, &service, &token, &typed, &asker).await;
        ensure!(matches!(submitted, Ok(Submission::Opened(_))), "no case was opened: {submitted:?}");
        took.push(sent.elapsed().as_secs_f64() * 1e3);
    }
    Ok(took)
}
