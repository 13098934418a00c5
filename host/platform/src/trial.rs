//! Trials: a version is run on recorded calls before it serves anybody; a record is run again to explain a decision.
//!
//! The same carries the check of an upgraded host: every active plugin's last calls, on their own packages, must come out
//! byte for byte.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lotus_domain::access::{Deed, Place};
use lotus_domain::district::Division;
use lotus_domain::package::Digest;
use lotus_domain::record::CallRecord;
use lotus_domain::trial::{Trial, Tried, Verdict, differences};
use lotus_runtime::{Replayed, Transcript};
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::plugin::Ready;
use crate::start::Platform;

/// Records that one trial runs, at most.
pub const MOST_TRIED: u32 = 1_000;
/// How long one trial may take.
const MOST_TIME: Duration = Duration::from_secs(30);

/// Why there is no trial.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// It is not theirs to try.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The package can't be used.
    #[error("{0}")]
    Package(String),
    /// It is another plugin's.
    #[error("the package is of the plugin {found}, not of {plugin}")]
    OtherPlugin {
        /// Whose records they are.
        plugin: String,
        /// Whose package it is.
        found: String,
    },
    /// There is no such record.
    #[error("there is no record {0} in this district; records of failures and of decisions are kept")]
    NoRecord(i64),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// Runs the last calls of a plugin in a district again, for whoever may change its plugins: on a package, or on the one
    /// that each was recorded with.
    pub async fn trial(
        &self,
        asker: &Asker,
        division: &Division,
        plugin: &str,
        package: Option<Digest>,
        last: u32,
    ) -> Result<Trial, TrialError> {
        self.allow(asker, Deed::ChangePlugins, Place { division, department: None }, plugin).await?;
        let trial = self.trial_of(division, plugin, package, last).await?;
        let on = package.map_or_else(|| "their own packages".to_owned(), |package| package.to_string());
        let outcome = format!("{} calls on {on}, {} others", trial.tried.len(), trial.others());
        self.note(asker, division, "plugin-tried", plugin, &outcome).await;
        Ok(trial)
    }

    /// The packages of a plugin that this city has, newest first, for whoever may change a district's plugins.
    pub async fn trial_versions(
        &self,
        asker: &Asker,
        division: &Division,
        plugin: &str,
    ) -> Result<Vec<(Digest, String, Timestamp)>, TrialError> {
        self.allow(asker, Deed::ChangePlugins, Place { division, department: None }, plugin).await?;
        Ok(self.store().package_list(plugin).await?)
    }

    /// The same for the program itself.
    pub async fn trial_of(
        &self,
        division: &Division,
        plugin: &str,
        package: Option<Digest>,
        last: u32,
    ) -> Result<Trial, TrialError> {
        let records = self.store().record_list_plugin(division, plugin, last.min(MOST_TRIED)).await?;
        self.run_again(plugin, package, records).await
    }

    /// Runs one record again.
    pub async fn trial_of_record(
        &self,
        division: &Division,
        record: i64,
        package: Option<Digest>,
    ) -> Result<Trial, TrialError> {
        let found = self.store().record_get(division, record).await?.ok_or(TrialError::NoRecord(record))?;
        let plugin = found.plugin.clone();
        self.run_again(&plugin, package, vec![found]).await
    }

    async fn run_again(
        &self,
        plugin: &str,
        package: Option<Digest>,
        records: Vec<CallRecord>,
    ) -> Result<Trial, TrialError> {
        let mut ready: HashMap<Digest, Ready> = HashMap::new();
        if let Some(package) = package {
            let one = self.package_ready(&package, &self.city().trust).await.map_err(TrialError::Package)?;
            if one.manifest.id != plugin {
                return Err(TrialError::OtherPlugin { plugin: plugin.to_owned(), found: one.manifest.id.clone() });
            }
            ready.insert(package, one);
        }
        let (begun, all) = (Instant::now(), records.len());
        let mut tried = Vec::with_capacity(all);
        for record in records {
            if begun.elapsed() > MOST_TIME {
                break;
            }
            let on = package.unwrap_or(record.package);
            if let std::collections::hash_map::Entry::Vacant(place) = ready.entry(on) {
                // What serves no more may still be explained, so nobody has to stand behind it now.
                let one = self.package_ready_to_explain(&on).await.map_err(TrialError::Package)?;
                place.insert(one);
            }
            let Some(on) = ready.get(&on) else { continue };
            let verdict = self.verdict(on, &record).await;
            tried.push(Tried {
                record: record.id,
                function: record.function,
                at: record.at,
                recorded: record.package,
                ending: record.ending,
                case: record.case,
                verdict,
            });
        }
        Ok(Trial { plugin: plugin.to_owned(), package, is_cut: tried.len() < all, tried })
    }

    async fn verdict(&self, on: &Ready, record: &CallRecord) -> Verdict {
        let transcript = match Transcript::from_bytes(&record.transcript) {
            Ok(transcript) => transcript,
            Err(error) => return Verdict::Unreadable(error.to_string()),
        };
        let then = transcript.output();
        match self.inner.runtime.replay(&on.loaded, &transcript).await {
            Err(error) => Verdict::Unreadable(error.to_string()),
            Ok(Replayed { same: true, .. }) => Verdict::Same,
            Ok(Replayed { diverged: Some(said), .. }) => Verdict::AsksOtherwise(said),
            Ok(Replayed { failure: Some(failure), .. }) if !then.is_empty() => Verdict::Fails(failure),
            Ok(Replayed { .. }) if then.is_empty() => Verdict::Mended,
            Ok(Replayed { output, .. }) => {
                let json = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(serde_json::Value::Null);
                Verdict::Differs(differences(&json(&then), &json(&output)))
            }
        }
    }
}
