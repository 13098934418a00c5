//! A city at a moment of one's choice, and the ready accounts of its staff at their desks.

use std::sync::Arc;
use std::time::Duration;

use lotus_channel::{Channel, Gateway as Carrier, GatewayConfig, Secret};
use lotus_domain::notice::ChannelKind;
use lotus_platform::{CityClock, NoticeConfig, PlatformConfig, StoreConfig};
use reqwest::StatusCode;

use crate::gateway::{Gateway, SECRET};
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

    /// At this moment, with a host that carries short messages by itself through this gateway.
    pub async fn telling(moment: &str, gateway: &Gateway) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = StoreConfig::sqlite(directory.path().join("lotus.db"));
        let secret = Secret::new(SECRET).unwrap();
        let carried_by = GatewayConfig {
            url: gateway.url(),
            name: "lotus".into(),
            secret: secret.clone(),
            sign: "【莲城政务】".into(),
            timeout: Duration::from_secs(2),
        };
        let carrier: Arc<dyn Channel> = Arc::new(Carrier::new(ChannelKind::Sms, carried_by).unwrap());
        let notices = NoticeConfig { channels: vec![carrier], receipts: vec![secret], ..NoticeConfig::default() };
        let clock = CityClock::at(moment.parse().unwrap());
        let city = Self::serve(store, directory, PlatformConfig { clock, notices, ..config() }).await;
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
