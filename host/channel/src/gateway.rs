//! The HTTP gateway for SMS and calls: signed requests out, signed receipts in.
//!
//! ```text
//!   POST {url}                                            POST {us}/hooks/sms-receipt
//!   Lotus-Gateway, Lotus-Timestamp, Lotus-Signature       Lotus-Timestamp, Lotus-Signature (key: empty)
//!   Idempotency-Key: 411081-3f…                           {"receipts": [{"reference": "411081-3f…",
//!   {"kind": "sms", "reference", "to", "text", …}           "status": "delivered" | "undeliverable", "said": "…"}]}
//! ```
//!
//! 2xx and 409 (it has this key already) are taken; 400, 404, 410, 413 and 422 never will be; everything else is tried
//! again: a gateway that doesn't know our signature is a mistake in the configuration, and no reason to drop a notice.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lotus_domain::notice::ChannelKind;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode, redirect};
use serde::{Deserialize, Serialize};

use crate::signature::Secret;
use crate::{Channel, Letter, SendError, SetUpError};

/// Most receipts of one request.
const MOST_RECEIPTS: usize = 1_000;
/// Longest that is kept of what a gateway says.
const SAID: usize = 120;

/// Where a gateway is and how it is spoken to.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// Where requests go.
    pub url: String,
    /// What the gateway calls us.
    pub name: String,
    /// What both sides sign with.
    pub secret: Secret,
    /// Stands before each text, e.g. 【许昌政务】; may be empty.
    pub sign: String,
    /// The longest that one request may take.
    pub timeout: Duration,
}

/// A gateway for one channel: SMS or calls.
#[derive(Debug)]
pub struct Gateway {
    kind: ChannelKind,
    config: GatewayConfig,
    client: Client,
}

#[derive(Serialize)]
struct Order<'a> {
    kind: &'static str,
    reference: &'a str,
    to: &'a str,
    text: String,
    language: &'static str,
}

#[derive(Deserialize)]
struct Taken {
    #[serde(default)]
    id: String,
}

impl Gateway {
    /// A gateway for SMS or calls.
    pub fn new(kind: ChannelKind, config: GatewayConfig) -> Result<Self, SetUpError> {
        let wrong = |problem: String| SetUpError { channel: kind.name(), problem };
        if !matches!(kind, ChannelKind::Sms | ChannelKind::Voice) {
            return Err(wrong("a gateway carries SMS and calls".to_owned()));
        }
        let address = reqwest::Url::parse(&config.url).map_err(|error| wrong(error.to_string()))?;
        if !matches!(address.scheme(), "http" | "https") {
            return Err(wrong("its address begins with https://".to_owned()));
        }
        let client = Client::builder()
            .timeout(config.timeout)
            .connect_timeout(config.timeout)
            // Whoever signs for one address does not follow to another.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| wrong(error.to_string()))?;
        Ok(Self { kind, config, client })
    }
}

/// What a gateway says, for people: one line, bounded.
fn bounded(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SAID).collect::<String>().trim().to_owned()
}

#[async_trait]
impl Channel for Gateway {
    fn kind(&self) -> ChannelKind {
        self.kind
    }

    async fn send(&self, letter: &Letter) -> Result<String, SendError> {
        let order = Order {
            kind: self.kind.name(),
            reference: &letter.reference,
            to: &letter.to,
            text: format!("{}{}", self.config.sign, letter.body),
            language: letter.language,
        };
        let body = serde_json::to_vec(&order).map_err(|error| SendError::Refused(error.to_string()))?;
        let moment = Timestamp::now().as_second();
        let sent = self
            .client
            .post(&self.config.url)
            .header(CONTENT_TYPE, "application/json")
            .header("Lotus-Gateway", &self.config.name)
            .header("Lotus-Timestamp", moment)
            .header("Lotus-Signature", self.config.secret.sign(moment, &letter.reference, &body))
            .header("Idempotency-Key", &letter.reference)
            .body(body)
            .send()
            .await
            // Neither the address nor the body: they say who is told.
            .map_err(|error| SendError::Away(bounded(&error.without_url().to_string())))?;
        let status = sent.status();
        if status.is_success() || status == StatusCode::CONFLICT {
            // It is taken, whatever else it says.
            let taken = sent.json::<Taken>().await.map(|taken| bounded(&taken.id)).unwrap_or_default();
            return Ok(taken);
        }
        match status.as_u16() {
            400 | 404 | 410 | 413 | 422 => Err(SendError::Refused(format!("HTTP {}", status.as_u16()))),
            other => Err(SendError::Away(format!("HTTP {other}"))),
        }
    }
}

/// What a gateway says became of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What it was called.
    pub reference: String,
    /// Whether it arrived.
    pub is_delivered: bool,
    /// In the gateway's words.
    pub said: String,
}

/// Receipts as they come in, once they are known to be the gateway's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipts(pub Vec<Receipt>);

/// Why receipts are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptsError {
    /// The signature is not the gateway's, or not of about now.
    #[error("the signature is not the gateway's, or its moment is not about now")]
    NotGenuine,
    /// It is signed, and not to be understood.
    #[error(
        "{{\"receipts\": [{{\"reference\", \"status\": delivered or undeliverable, \"said\"}}]}} is expected, at most {MOST_RECEIPTS}"
    )]
    Unreadable,
}

#[derive(Deserialize)]
struct ReceiptsForm {
    receipts: Vec<ReceiptForm>,
}

#[derive(Deserialize)]
struct ReceiptForm {
    reference: String,
    status: StatusForm,
    #[serde(default)]
    said: String,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum StatusForm {
    Delivered,
    Undeliverable,
}

impl Receipts {
    /// Reads what came to the hook, if one of these secrets signed it.
    pub fn read(
        secrets: &[Secret],
        signature: &str,
        timestamp: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Self, ReceiptsError> {
        let now = now.as_second();
        if !secrets.iter().any(|secret| secret.verifies(signature, timestamp, "", body, now)) {
            return Err(ReceiptsError::NotGenuine);
        }
        let form: ReceiptsForm = serde_json::from_slice(body).map_err(|_| ReceiptsError::Unreadable)?;
        if form.receipts.len() > MOST_RECEIPTS {
            return Err(ReceiptsError::Unreadable);
        }
        let read = |form: ReceiptForm| Receipt {
            reference: form.reference,
            is_delivered: form.status == StatusForm::Delivered,
            said: bounded(&form.said),
        };
        Ok(Self(form.receipts.into_iter().map(read).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_are_read_when_the_gateway_signed_them_and_not_otherwise() {
        let secret = Secret::new("of the tests alone").unwrap();
        let now = Timestamp::from_second(1_772_000_000).unwrap();
        let body = br#"{"receipts": [{"reference": "411081-ab", "status": "undeliverable", "said": "off\nline"}]}"#;
        let signed = secret.sign(now.as_second(), "", body);
        let read = |secret: &Secret, signature: &str, body: &[u8]| {
            Receipts::read(std::slice::from_ref(secret), signature, "1772000000", body, now)
        };
        let receipts = read(&secret, &signed, body).unwrap().0;
        assert_eq!(receipts.first().map(|one| (one.is_delivered, one.said.as_str())), Some((false, "off line")));
        assert_eq!(read(&secret, &signed, b"{}"), Err(ReceiptsError::NotGenuine));
        assert_eq!(read(&secret, &secret.sign(now.as_second(), "", b"{}"), b"{}"), Err(ReceiptsError::Unreadable));
        let other = Secret::new("another of the tests").unwrap();
        assert_eq!(read(&other, &signed, body), Err(ReceiptsError::NotGenuine));
    }

    #[test]
    fn a_gateway_that_can_not_be_one_is_refused_when_it_is_set_up() {
        let config = |url: &str| GatewayConfig {
            url: url.to_owned(),
            name: "lotus".to_owned(),
            secret: Secret::new("of the tests alone").unwrap(),
            sign: String::new(),
            timeout: Duration::from_secs(1),
        };
        assert!(Gateway::new(ChannelKind::Sms, config("https://sms.example.cn/send")).is_ok());
        assert!(Gateway::new(ChannelKind::Sms, config("ftp://sms.example.cn")).is_err());
        assert!(Gateway::new(ChannelKind::Email, config("https://sms.example.cn/send")).is_err());
    }
}
