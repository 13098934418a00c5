//! The log: one line for each thing worth knowing, for people or as JSON, on standard error.

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts logging; a filter that can't be read is said and replaced by `info`.
pub(crate) fn start(log: &Log) {
    // The database driver and the engine say at `info` what only their own authors need.
    let quiet = "sqlx=warn,wasmtime=warn,cranelift=warn";
    let filter = EnvFilter::try_new(format!("{},{quiet}", log.filter)).unwrap_or_else(|error| {
        eprintln!("lotus: log.filter “{}” can't be read ({error}); using info", log.filter);
        EnvFilter::new(format!("info,{quiet}"))
    });
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Human => subscriber.with_target(false).try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).with_current_span(true).try_init(),
    };
    if started.is_err() {
        // Only a second start in one process comes here; the first log goes on.
        tracing::debug!("the log was started before");
    }
}
