//! Search: how long an index of the city takes, what it holds, and how long a query does.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use lotus_domain::district::Division;
use lotus_search::{Entry, Index, Query, Wanted};

use crate::machine::resident;
use crate::table::{Bounds, Table};

/// What people type, in every way in which they do.
const TYPED: [&str; 12] = [
    "身份证换领",
    "开饭店",
    "低保怎么办理",
    "公司不干了想注销",
    "身份正换领",
    "食品经菅许可",
    "shenfenzheng",
    "gongjijin tiqu",
    "sfz",
    "gonggong场所卫生",
    "營業執照",
    "private kindergarden",
];
const ROUNDS: usize = 200;

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let before = resident()?;
    let entries =
        || Ok::<_, anyhow::Error>(lotus_demo::city()?.items.iter().flat_map(Entry::of_item).collect::<Vec<_>>());
    let started = Instant::now();
    drop(Index::build(entries()?)?);
    let first = started.elapsed();
    let mut built = Vec::new();
    let mut index = None;
    for _ in 0..9 {
        let entries = entries()?;
        let started = Instant::now();
        index = Some(Index::build(entries)?);
        built.push(started.elapsed());
    }
    let index = index.context("an index was built")?;
    built.sort();
    let wanted = Wanted {
        division: Division::parse("411081")?,
        city: Some(Division::parse("411000")?),
        everywhere: false,
        kind: None,
        served: None,
        skip: 0,
        take: 10,
    };
    let mut took = Vec::with_capacity(TYPED.len() * ROUNDS);
    for _ in 0..ROUNDS {
        for typed in TYPED {
            let started = Instant::now();
            let query = Query::parse(typed).context("a query says something")?;
            let answer = index.search(&query, &wanted)?;
            took.push(started.elapsed());
            ensure!(answer.total > 0, "{typed} finds nothing");
        }
    }
    took.sort();
    let at = |all: &[Duration], share: usize| all.get(all.len() * share / 100).copied().unwrap_or_default();
    let milliseconds = |took: Duration| took.as_secs_f64() * 1000.0;
    let bounds = Bounds { words: ("2 ms", "0.5 ms"), numbers: (2.0, 0.5), more: false };
    let median = milliseconds(at(&took, 50));
    table.held("a query of the search, median", bounds, median, format!("{median:.2} ms"));
    table.beside("a query of the search, 99 of 100", format!("{:.2} ms", milliseconds(at(&took, 99))));
    let bounds = Bounds { words: ("1,000 ms", "100 ms"), numbers: (1000.0, 100.0), more: false };
    let made = milliseconds(at(&built, 50));
    let what = format!("the search index of the city, {} wordings", index.documents());
    table.held(&what, bounds, made, format!("{made:.0} ms"));
    table.beside("the first one, with the dictionary read", format!("{:.0} ms", milliseconds(first)));
    let memory = (resident()? - before) / 1024.0;
    table.beside(
        "memory: dictionary, readings and index",
        format!("{memory:.0} MiB, the index {} KiB of it", index.bytes() / 1024),
    );
    Ok(())
}
