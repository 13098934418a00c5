//! What carries notices, as the configuration says: gateways for SMS and calls, a server for e-mail. None is set up by
//! itself; without them the portal's inbox works alone.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lotus_channel::{Gateway, GatewayConfig, Secret as Shared, Smtp, SmtpConfig, SmtpSecurity};
use lotus_domain::notice::ChannelKind;
use lotus_platform::{Channel, NoticeConfig};
use serde::{Deserialize, Serialize};

use crate::config::Secret;

/// `[notices]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notices {
    /// Carries SMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sms: Option<GatewayTable>,
    /// Carries calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) voice: Option<GatewayTable>,
    /// Carries e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<SmtpTable>,
}

/// `[notices.sms]`, `[notices.voice]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GatewayTable {
    /// Where requests go.
    pub(crate) url: String,
    /// What the gateway calls us.
    pub(crate) name: String,
    /// What both sides sign with, at least 16 characters.
    pub(crate) secret: Secret,
    /// Stands before each text, e.g. 【许昌政务】.
    #[serde(default)]
    pub(crate) sign: String,
    /// The longest that one request may take, in seconds.
    #[serde(default = "ten")]
    pub(crate) timeout: u64,
}

/// `[notices.email]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmtpTable {
    /// The server's name.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
    /// `tls`, `starttls`, or `none` for a server on this machine.
    pub(crate) security: SecurityName,
    /// From whom.
    pub(crate) from: String,
    /// The account's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    /// Its password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Secret>,
    /// The longest that one step may take, in seconds.
    #[serde(default = "ten")]
    pub(crate) timeout: u64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SecurityName {
    Tls,
    StartTls,
    None,
}

const fn ten() -> u64 {
    10
}

impl Notices {
    /// The channels, set up; nothing is connected yet.
    pub(crate) fn config(&self) -> anyhow::Result<NoticeConfig> {
        let mut config = NoticeConfig::default();
        for (kind, table) in [(ChannelKind::Sms, &self.sms), (ChannelKind::Voice, &self.voice)] {
            let Some(table) = table else { continue };
            let place = || format!("[notices.{}]", kind.name());
            let secret =
                Shared::new(&table.secret.0).context("a secret has at least 16 characters").with_context(place)?;
            config.receipts.push(secret.clone());
            let gateway = GatewayConfig {
                url: table.url.clone(),
                name: table.name.clone(),
                secret,
                sign: table.sign.clone(),
                timeout: Duration::from_secs(table.timeout),
            };
            config.channels.push(Arc::new(Gateway::new(kind, gateway).with_context(place)?) as Arc<dyn Channel>);
        }
        if let Some(table) = &self.email {
            let smtp = SmtpConfig {
                host: table.host.clone(),
                port: table.port,
                security: match table.security {
                    SecurityName::Tls => SmtpSecurity::Tls,
                    SecurityName::StartTls => SmtpSecurity::StartTls,
                    SecurityName::None => SmtpSecurity::None,
                },
                credentials: table.user.clone().zip(table.password.clone().map(|password| password.0)),
                from: table.from.clone(),
                timeout: Duration::from_secs(table.timeout),
            };
            config.channels.push(Arc::new(Smtp::new(smtp).context("[notices.email]")?));
        }
        Ok(config)
    }

    /// The tables that are not there.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let tables = [
            ("[notices.sms]", self.sms.is_none()),
            ("[notices.voice]", self.voice.is_none()),
            ("[notices.email]", self.email.is_none()),
        ];
        tables.into_iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Notices {
        use figment::providers::Format as _;
        figment::Figment::from(figment::providers::Toml::string(text)).extract().unwrap()
    }

    #[test]
    fn nothing_is_set_up_by_itself_and_what_is_missing_is_named() {
        let none = read("");
        assert!(none.config().unwrap().channels.is_empty());
        assert_eq!(none.missing().len(), 3);
        let sms = "[sms]\nurl = \"https://sms.example.cn/send\"\nname = \"lotus\"\nsecret = \"0123456789abcdef\"\n";
        let some = read(sms);
        assert_eq!(some.config().unwrap().channels.len(), 1);
        assert_eq!(some.missing(), ["[notices.voice]", "[notices.email]"]);
        assert!(!format!("{some:?}").contains("0123456789abcdef"));
        let error = read(&sms.replace("0123456789abcdef", "short")).config().unwrap_err();
        assert!(format!("{error:#}").contains("[notices.sms]"));
    }
}
