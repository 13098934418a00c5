//! Activations: makes a package serve in a district, on this replica at once and on the others within their next look.

use std::collections::BTreeMap;

use lotus_domain::access::{Deed, Place};
use lotus_domain::activation::{Activation, Grant};
use lotus_domain::district::Division;
use lotus_domain::form::Value;
use lotus_domain::package::{Digest, ExtensionPoint};
use lotus_domain::text::Language;
use lotus_store::StoreError;

use crate::Visit;
use crate::asker::{Asker, Denied};
use crate::plugin::{Active, Ready};
use crate::start::Platform;

/// Why a package does not come to serve.
#[derive(Debug, thiserror::Error)]
pub enum ActivateError {
    /// There is no such district.
    #[error("there is no district {0}")]
    NoDistrict(Division),
    /// The manifest names the districts that the plugin is for, and this is none of them.
    #[error("the plugin is written for {0}, not for this district; its manifest's `districts` says so")]
    OtherDistrict(String),
    /// A setting that the manifest does not know, or of another kind.
    #[error("the setting “{name}”: {problem}")]
    Setting {
        /// Which.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Another plugin of the district has a zone or a service with the same id.
    #[error("“{id}” is a {what} of the plugin {of} already; two plugins of a district can't share an address")]
    Taken {
        /// `zone` or `service`.
        what: &'static str,
        /// The id.
        id: String,
        /// Whose it is.
        of: String,
    },
    /// The package can't be used.
    #[error("{0}")]
    Package(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// Makes a package serve in a district with what its manifest requests, in place of the version before.
    pub async fn activate(
        &self,
        division: &Division,
        package: Digest,
        settings: BTreeMap<String, Value>,
    ) -> Result<(), ActivateError> {
        if self.district(division).is_none() {
            return Err(ActivateError::NoDistrict(division.clone()));
        }
        let ready = self.package_ready(&package, &self.city().trust).await.map_err(ActivateError::Package)?;
        let districts = &ready.manifest.districts;
        if !districts.is_empty() && !districts.contains(division) {
            let names: Vec<&str> = districts.iter().map(Division::as_str).collect();
            return Err(ActivateError::OtherDistrict(names.join(", ")));
        }
        for name in settings.keys() {
            if !ready.manifest.settings.contains_key(name) {
                return Err(ActivateError::Setting {
                    name: name.clone(),
                    problem: "the manifest does not know it".into(),
                });
            }
        }
        let activation = Activation {
            division: division.clone(),
            plugin: ready.manifest.id.clone(),
            package,
            grant: Grant::requested(&ready.manifest),
            settings,
            since: self.now(),
        };
        self.addresses_are_free(&ready, &activation).await?;
        self.store().activation_put(activation).await?;
        Ok(self.reload().await?)
    }

    /// Takes a plugin out of service in a district; whether it served there.
    pub async fn deactivate(&self, division: &Division, plugin: &str) -> Result<bool, StoreError> {
        let removed = self.store().activation_remove(division.clone(), plugin.to_owned()).await?;
        self.reload().await?;
        Ok(removed)
    }

    /// The same for whoever asks, if it is theirs to do.
    pub async fn plugin_stop(&self, asker: &Asker, division: &Division, plugin: &str) -> Result<bool, Denied> {
        self.allow(asker, Deed::ChangePlugins, Place { division, department: None }, plugin).await?;
        let stopped = self.deactivate(division, plugin).await?;
        self.note(asker, division, "plugin-stopped", plugin, if stopped { "done" } else { "did not serve" }).await;
        Ok(stopped)
    }

    /// A zone's and a service's id is an address of the district: no two plugins may claim one.
    async fn addresses_are_free(&self, ready: &Ready, activation: &Activation) -> Result<(), ActivateError> {
        let visit = Visit { division: activation.division.clone(), language: Language::Zh };
        let newcomer = Active::load(self, activation.clone(), &self.city().trust).await;
        let mut claims: Vec<(&'static str, String)> = Vec::new();
        if ready.loaded.answers(ExtensionPoint::Zones) {
            let zones = newcomer.zones(self, &visit).await.unwrap_or_default();
            claims.extend(zones.iter().map(|zone| ("zone", zone.id.to_string())));
        }
        if ready.loaded.answers(ExtensionPoint::Services) {
            let services = newcomer.services(self, &visit).await.unwrap_or_default();
            claims.extend(services.iter().map(|service| ("service", service.id.to_string())));
        }
        let city = self.city();
        let others = city.tenant(&activation.division).map(|tenant| tenant.plugins.as_slice()).unwrap_or_default();
        for other in others.iter().filter(|other| other.id() != activation.plugin) {
            let zones = other.zones(self, &visit).await.unwrap_or_default();
            let services = other.services(self, &visit).await.unwrap_or_default();
            let taken = claims.iter().find(|(what, id)| match *what {
                "zone" => zones.iter().any(|zone| zone.id.as_str() == id),
                _ => services.iter().any(|service| service.id.as_str() == id),
            });
            if let Some((what, id)) = taken {
                return Err(ActivateError::Taken { what, id: id.clone(), of: other.id().to_owned() });
            }
        }
        Ok(())
    }
}
