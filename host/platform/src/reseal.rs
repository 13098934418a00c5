//! Sealing anew in the background: after a rotation each district's old rows come under its new key, by one replica.

use std::time::Duration;

use lotus_store::Pace;

use crate::start::{Inner, Platform};
use crate::token::to_hex;

/// How often it is looked whether keys were rotated.
const LOOK: Duration = Duration::from_secs(15);

/// Looks again and again, until the platform ends.
pub(crate) async fn reseal(inner: std::sync::Weak<Inner>) {
    let holder = to_hex(&rand::random::<[u8; 8]>());
    loop {
        let Some(platform) = inner.upgrade().map(|inner| Platform { inner }) else { return };
        platform.reseal(&holder, Pace::default()).await;
        drop(platform);
        tokio::time::sleep(LOOK).await;
    }
}

impl Platform {
    /// Seals anew what is sealed with an old key, in every district; what can't be done now is done at the next look.
    pub(crate) async fn reseal(&self, holder: &str, pace: Pace) {
        for district in self.districts() {
            match self.store().reseal(&district.division, holder, pace).await {
                Ok(0) => {}
                Ok(values) => tracing::info!(division = %district.division, values, "sealed anew with the newest key"),
                Err(error) => tracing::warn!(%error, division = %district.division, "sealing anew goes on later"),
            }
        }
    }
}
