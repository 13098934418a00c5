//! A city at a moment of one's choice, and the ready accounts of its staff at their desks.

use lotus_platform::{CityClock, PlatformConfig, StoreConfig};
use reqwest::StatusCode;

use crate::{Browser, City, config};

impl City {
    /// On SQLite, at this moment: `2026-03-03T09:00:00+08:00`.
    pub async fn at(moment: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = StoreConfig::sqlite(directory.path().join("lotus.db"));
        let clock = CityClock::at(moment.parse().unwrap());
        let city = Self::serve(store, directory, PlatformConfig { clock, ..config() }).await;
        city.fill().await;
        city
    }

    /// Lets it be this moment. Sessions end as they do when time passes.
    pub fn set(&self, moment: &str) {
        self.platform.clock().set(moment.parse().unwrap());
    }

    /// Somebody signed in with a ready account.
    pub async fn sign_in(&self, subject: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.post("/sign-in/ready", &[("subject", subject), ("then", "/me")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{subject}: {}", answer.body);
        browser
    }
}
