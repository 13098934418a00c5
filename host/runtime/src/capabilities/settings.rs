//! `settings`: what the district set for the plugin, else the manifest's default.

use lotus_domain::form::Value;

use crate::sandbox::Sandbox;

impl Sandbox {
    pub(crate) fn settings_get(&mut self, name: &str) -> wasmtime::Result<Option<Value>> {
        if let Some(answer) = self.recall("settings.get", &name)? {
            return Ok(answer);
        }
        let answer = self.settings.get(name).cloned();
        self.note("settings.get", &name, &answer)?;
        Ok(answer)
    }
}
