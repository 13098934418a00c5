//! The program `lotus`: reads what it is asked for, wires the rooms together, and says in one message what went wrong.

mod audit;
mod config;
mod data;
mod demo;
mod doctor;
mod keys;
mod kinds;
mod log;
mod migrate;
mod notices;
mod plugin;
mod publishers;
mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// 莲城 Lotus: the government-service platform of a city and all its districts.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the demonstration city: Xuchang, its districts, and the plugins that ship.
    Demo {
        /// Where everything is kept; made where it is not there.
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// Where to listen; port 0 takes a free one.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// A PostgreSQL to use in place of SQLite in the data directory: `postgres://user:password@host/database`
        #[arg(long)]
        database: Option<String>,
    },
    /// Serve a city.
    Serve {
        /// The configuration (TOML); environment variables LOTUS_… override it.
        #[arg(long)]
        config: PathBuf,
    },
    /// Bring the database's schema up to date, and nothing else.
    Migrate {
        /// The configuration (TOML).
        #[arg(long)]
        config: PathBuf,
    },
    /// Say what is missing on this machine and how to get it.
    Doctor {
        /// The configuration (TOML) to look at; the defaults without one.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Rotate the keys that personal data are sealed under.
    Keys {
        #[command(subcommand)]
        command: keys::Command,
    },
    /// Check and publish a city's own kinds of case.
    Kinds {
        #[command(subcommand)]
        command: kinds::Command,
    },
    /// Verify that what happened is still what was written down.
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Say whose plugins the city believes.
    Publishers {
        #[command(subcommand)]
        command: publishers::Command,
    },
    /// Sign and publish a plugin, and bring it into service in a district.
    Plugin {
        #[command(subcommand)]
        command: plugin::Command,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One message: what was wanted, what came in between, what to do.
            eprintln!("lotus: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("lotus").build()?;
    runtime.block_on(async {
        match command {
            Command::Demo { data, listen, database } => demo::run(data, listen, database).await,
            Command::Serve { config } => serve::run(&config).await,
            Command::Migrate { config } => migrate::run(&config).await,
            Command::Doctor { config } => doctor::run(config.as_deref()).await,
            Command::Keys { command } => keys::run(command).await,
            Command::Kinds { command } => kinds::run(command).await,
            Command::Audit { command } => audit::run(command).await,
            Command::Publishers { command } => publishers::run(command).await,
            Command::Plugin { command } => plugin::run(command).await,
        }
    })
}
