//! The benchmark: `cargo run --release -p lotus-bench` prints the measures of the design as one Markdown table.
//!
//! Words after `--` choose measures by the beginning of their names (`calls`, `http`, …); none for all of them. What is
//! compared runs interleaved in one run, and what is printed is a median. No test reads these numbers: a machine that is
//! busy makes them worse, and the way to know is to run them again.

mod calls;
mod cases;
mod city;
mod engine;
mod fleet;
mod http;
mod load;
mod machine;
mod monitoring;
mod page;
mod policies;
mod search;
mod server;
mod side;
mod start;
mod stop;
mod table;

use std::process::ExitCode;

use crate::table::Table;

type Measure = fn(&mut Table) -> anyhow::Result<()>;

/// What can be measured, in the order of the table.
const MEASURES: &[(&str, Measure)] = &[
    ("calls", calls::measure),
    ("start", start::measure),
    ("stop", stop::measure),
    ("fleet", fleet::measure),
    ("http", http::measure),
    ("page", page::measure),
    ("search", search::measure),
    ("cases", cases::measure),
    ("engine", engine::measure),
    ("policies", policies::measure),
    ("monitoring", monitoring::measure),
];

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == server::WORD) {
        words.remove(0);
        return ended(server::serve(&words));
    }
    if cfg!(debug_assertions) {
        eprintln!("this is not a release build: the numbers say nothing. cargo run --release -p lotus-bench");
    }
    let chosen = |name: &str| words.is_empty() || words.iter().any(|word| name.starts_with(word.as_str()));
    let mut table = Table::new();
    for (name, measure) in MEASURES.iter().filter(|(name, _)| chosen(name)) {
        eprintln!("measuring {name} …");
        if let Err(error) = measure(&mut table) {
            return ended(Err(error.context(format!("measuring {name}"))));
        }
    }
    println!("{}\n\n{table}", machine::about());
    ExitCode::SUCCESS
}

fn ended(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
