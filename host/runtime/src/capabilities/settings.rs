//! `settings`: what the district set for the plugin, else the manifest's default.

use lotus_domain::form::Value;
use lotus_domain::package::Capability;

use crate::sandbox::Sandbox;

impl Sandbox {
    pub(crate) fn settings_get(&mut self, name: &str) -> wasmtime::Result<Option<Value>> {
        const FUNCTION: &str = "settings.get";
        if let Some(answer) = self.recall(Capability::Settings, FUNCTION, &name)? {
            return Ok(answer);
        }
        let answer = self.settings.get(name).cloned();
        self.note(Capability::Settings, FUNCTION, &name, &answer)?;
        Ok(answer)
    }
}
