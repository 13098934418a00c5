//! Policies: 120 of them held against one applicant, and a new one against everybody's sealed files, as a host does it.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use lotus_demo::load_facts::FactLoad;
use lotus_domain::catalog::Served;
use lotus_domain::district::Division;
use lotus_domain::licence::Holder;
use lotus_domain::policy::{
    Condition, Edition, Facts, Match, Names, Of, Policy, Position, Run, Tally, Verdict, held_against,
};
use lotus_platform::{Keyring, Store, StoreConfig, Suite};

use crate::table::{Bounds, Table, median, micros, percentile};

/// Persons and enterprises; few where nothing is optimised and the numbers say nothing anyway.
const EVERYBODY: (usize, usize) = if cfg!(debug_assertions) { (2_000, 400) } else { (200_000, 40_000) };
/// Files of one transaction, and of one page of a run.
const PAGE: u32 = 2_000;
/// Times that one applicant is held against every policy.
const ASKED: usize = if cfg!(debug_assertions) { 50 } else { 5_000 };
/// When it is.
const NOW: &str = "2026-04-27T10:00:00+08:00";

/// For the elderly.
const FOR_PERSONS: &str = "resident_in(\"411000\") and age(person.birth-date) >= 60 years and not person.low-income";
/// For enterprises that grow and keep their people.
const FOR_ENTERPRISES: &str =
    "registered_in(\"411000\") and enterprise.lay-off-rate <= 5.5% and not enterprise.dishonest
    and (enterprise.sales - enterprise.sales-before) / enterprise.sales-before >= 10%";

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let policies = lotus_demo::policies()?;
    let names = names()?;
    one_applicant(table, &policies, &names)?;
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    tokio.block_on(everybody(table, &policies))
}

fn names() -> anyhow::Result<Names> {
    let named = |district: lotus_domain::district::District| (district.division.to_string(), district.name);
    Ok(Names { districts: lotus_demo::city()?.districts.into_iter().map(named).collect() })
}

fn one_applicant(table: &mut Table, policies: &[Policy], names: &Names) -> anyhow::Result<()> {
    let files = lotus_demo::fact_files()?;
    let (_, _, facts) = files.iter().find(|(_, holder, _)| matches!(holder, Holder::Enterprise(_))).context("one")?;
    let now: jiff::Timestamp = NOW.parse()?;
    let today = jiff::tz::offset(8).to_datetime(now).date();
    let (mut fast, mut explained) = (Vec::with_capacity(ASKED), Vec::with_capacity(ASKED));
    for _ in 0..ASKED {
        let begun = Instant::now();
        let met = policies.iter().filter(|policy| policy.verdict(black_box(facts), today) == Verdict::Met).count();
        fast.push(micros(begun.elapsed()));
        black_box(met);
        let begun = Instant::now();
        for policy in policies {
            black_box(policy.matched(black_box(facts), today, names));
        }
        explained.push(micros(begun.elapsed()));
    }
    let all = policies.len();
    let bounds = Bounds { words: ("100 µs", "20 µs"), numbers: (100.0, 20.0), more: false };
    let shown = |took: &[f64]| format!("p50 {:.1} µs, p99 {:.1} µs", median(took), percentile(took, 0.99));
    table.held(&format!("{all} policies held against one applicant"), bounds, median(&fast), shown(&fast));
    table.beside(&format!("{all} policies with every reason in two languages"), shown(&explained));
    reasons(policies, facts, today, names)
}

/// Prints the reasons of one match and of one near-miss.
fn reasons(policies: &[Policy], facts: &Facts, today: jiff::civil::Date, names: &Names) -> anyhow::Result<()> {
    let matches = || {
        let serving = policies.iter().filter(|policy| policy.serves(Served::Enterprise));
        serving.map(|policy| policy.matched(facts, today, names))
    };
    let met = matches().find(|found| found.verdict == Verdict::Met && found.findings.len() >= 3).context("a match")?;
    let by_how_much = |found: &Match| found.lacking().any(|finding| finding.reason.zh.contains("还差"));
    let near = matches().find(|found| found.is_near_miss() && by_how_much(found)).context("a near-miss")?;
    for (what, found) in [("符合", met), ("只差一项", near)] {
        println!("{what}：{}{}", found.title.zh, found.amount.map(|fen| format!("，{fen}元")).unwrap_or_default());
        for finding in &found.findings {
            println!("  {} {}", finding.verdict.title().zh, finding.reason.zh);
        }
    }
    println!();
    Ok(())
}

async fn everybody(table: &mut Table, policies: &[Policy]) -> anyhow::Result<()> {
    let (persons, enterprises) = EVERYBODY;
    let directory = tempfile::tempdir()?;
    let keyring = Keyring::parse(&Keyring::generate("benchmark", Suite::AesGcm))?;
    let store = Store::open(&StoreConfig::sqlite(directory.path().join("lotus.db")), keyring).await?;
    store.district_put(lotus_demo::city()?.districts).await?;
    let now: jiff::Timestamp = NOW.parse()?;
    let today = jiff::tz::offset(8).to_datetime(now).date();
    let begun = Instant::now();
    let mut load = FactLoad::new(now);
    let mut waiting: BTreeMap<Division, Vec<(Holder, Facts)>> = BTreeMap::new();
    for at in 0..persons + enterprises {
        let made = if at < persons { load.person() } else { load.enterprise() };
        let (division, holder, facts) = made.context("a file")?;
        let files = waiting.entry(division.clone()).or_default();
        files.push((holder, facts));
        if files.len() >= PAGE as usize {
            let files = std::mem::take(files);
            store.fact_file_put(division, files, now).await?;
        }
    }
    for (division, files) in waiting {
        store.fact_file_put(division, files, now).await?;
    }
    let size = format!("{persons} persons, {enterprises} enterprises");
    table.beside(&format!("{size}: made, sealed and kept"), format!("{:.1} s", begun.elapsed().as_secs_f64()));

    let (mut took, mut total) = (Took::default(), Tally::default());
    for (id, served, condition) in
        [("elderly", Served::NaturalPerson, FOR_PERSONS), ("growing", Served::Enterprise, FOR_ENTERPRISES)]
    {
        let policy = Policy {
            division: Division::parse("411000")?,
            id: lotus_domain::Slug::parse(id)?,
            served: vec![served],
            condition: Condition::parse(condition)?,
            amount: None,
            months: None,
            ..policies.first().context("a policy")?.clone()
        };
        let (one, tally) = run(&store, &policy, now, today).await?;
        took = Took { all: took.all + one.all, condition: took.condition + one.condition };
        total = total.with(tally);
    }
    ensure!(total.seen == (persons + enterprises) as u64, "everybody was looked at once");
    #[allow(clippy::cast_precision_loss)]
    let each = took.condition.as_secs_f64() * 1e9 / total.seen as f64;
    let (all, condition) = (took.all.as_secs_f64(), took.condition.as_secs_f64());
    let shown = format!("{all:.1} s, of which the conditions {condition:.2} s ({each:.0} ns each)");
    let bounds = Bounds { words: ("60 s", "15 s"), numbers: (60.0, 15.0), more: false };
    let what = format!("{size}: a new policy for the ones and one for the others, progress and who meets them kept");
    table.held(&what, bounds, all, shown);
    table.beside("who meets them, and of whom something isn't known", format!("{}, {}", total.met, total.unknown));
    Ok(())
}

/// How long a run took, and how much of it the condition.
#[derive(Default)]
struct Took {
    all: Duration,
    condition: Duration,
}

/// Publishes a policy and takes it through everybody's files in every district.
async fn run(
    store: &Store,
    policy: &Policy,
    now: jiff::Timestamp,
    today: jiff::civil::Date,
) -> anyhow::Result<(Took, Tally)> {
    let city = &policy.division;
    let edition = Edition { policy: policy.clone(), published: now, by: None, withdrawn: None };
    ensure!(store.policy_publish(city.clone(), vec![edition]).await?.is_empty(), "it is published");
    let places: Vec<Division> = lotus_demo::city()?.districts.into_iter().map(|district| district.division).collect();
    let begun = Instant::now();
    let kinds: Vec<Of> = Of::ALL.into_iter().filter(|of| of.served_by(policy)).collect();
    let all: Vec<(&Division, Of)> = places.iter().flat_map(|place| kinds.iter().map(move |of| (place, *of))).collect();
    let at = |index: usize, after: String| {
        all.get(index).map(|(place, of)| Position { place: (*place).clone(), of: *of, after })
    };
    let new = Run {
        division: city.clone(),
        policy: policy.id.clone(),
        version: policy.version,
        position: at(0, String::new()),
        total: 0,
        tally: Tally::default(),
        begun: now,
        moved: now,
    };
    store.policy_run_begin(city.clone(), vec![new]).await?;
    let (mut index, mut condition) = (0, Duration::ZERO);
    while let Some(run) = store.policy_run_next(city).await? {
        let position = run.position.clone().context("it is not done")?;
        let files = store.fact_file_page(&position.place, position.of, &position.after, PAGE).await?;
        let matched = Instant::now();
        let (found, tally) = held_against(policy, &files, today, now);
        condition += matched.elapsed();
        let to = match files.last() {
            Some(last) if files.len() == PAGE as usize => at(index, last.id.clone()),
            _ => {
                index += 1;
                at(index, String::new())
            }
        };
        ensure!(store.policy_run_step(city.clone(), run, to, found, tally, now).await?, "nobody else is at it");
    }
    let all = begun.elapsed();
    let run = store.policy_run_of(city, &policy.id).await?.context("the run")?;
    ensure!(run.is_done(), "it is done");
    let noted = store.policy_match_count(city, &policy.id, policy.version).await?;
    ensure!(noted == run.tally.met, "who meets it is noted: {noted} of {}", run.tally.met);
    Ok((Took { all, condition }, run.tally))
}
