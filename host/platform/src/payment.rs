//! Electronic payment: one trait for whoever takes money for the city, and the gateway that speaks it over HTTP.
//!
//! Both sides sign: HMAC-SHA256 over `timestamp.body`, in seconds since 1970, with a secret that only the two know. A
//! call-back is believed where its signature is right and its time within minutes of ours; whether it was there before
//! is the store's to know, which keeps each of the provider's numbers once.

use std::time::Duration;

use async_trait::async_trait;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::fee::StatementLine;
use lotus_domain::law::Fen;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::token::{from_hex, to_hex};

/// The header with the time of what is signed.
pub const TIMESTAMP: &str = "lotus-pay-timestamp";
/// The header with the signature, hexadecimal.
pub const SIGNATURE: &str = "lotus-pay-signature";
/// How far a call-back's time may be from ours, in seconds.
const FRESH: i64 = 300;
/// The longest that a provider may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Our number of it: the same order may be placed again, and is still one.
    pub order: String,
    /// How much, in fen.
    pub amount: Fen,
    /// What the payer reads; names nobody.
    pub title: String,
    /// Where it is said that it was paid.
    pub notify: String,
    /// Where the payer is sent back to.
    pub back: String,
}

/// What a provider says: this was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Our number.
    pub order: String,
    /// Theirs: never the same for two payments.
    pub reference: String,
    /// How much, in fen.
    pub amount: Fen,
}

/// Why a provider's word is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Disbelief {
    /// It is not signed, or not by the provider.
    #[error("the signature is not the provider's")]
    Signature,
    /// It is too old, or of tomorrow.
    #[error("the time is not within five minutes of ours")]
    Stale,
    /// It is signed and makes no sense.
    #[error("the body can't be read")]
    Unreadable,
}

/// The provider does not do what is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the payment provider is away: {0}")]
pub struct ProviderAway(pub String);

/// Who takes money for the city.
#[async_trait]
pub trait PaymentProvider: std::fmt::Debug + Send + Sync {
    /// Its name, in addresses and columns.
    fn name(&self) -> &str;
    /// Places an order; the address at which it is paid.
    async fn order(&self, order: &Order) -> Result<String, ProviderAway>;
    /// Reads a call-back: the values of the two headers, and the body as it came.
    fn read(&self, timestamp: &str, signature: &str, body: &[u8], now: Timestamp) -> Result<Notice, Disbelief>;
    /// Gives a payment back, once.
    async fn refund(&self, reference: &str, amount: Fen) -> Result<(), ProviderAway>;
    /// What a day brought, as the provider has it.
    async fn statement(&self, day: Date) -> Result<Vec<StatementLine>, ProviderAway>;
}

/// The signature of a body at a time, hexadecimal.
pub fn signature(secret: &[u8], timestamp: &str, body: &[u8]) -> String {
    mac(secret, timestamp, body).map(|mac| to_hex(&mac.finalize().into_bytes())).unwrap_or_default()
}

fn mac(secret: &[u8], timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

/// Whether somebody who knows the secret signed this body within minutes of now.
pub fn verify(secret: &[u8], timestamp: &str, signed: &str, body: &[u8], now: Timestamp) -> Result<(), Disbelief> {
    let given = from_hex(signed).ok_or(Disbelief::Signature)?;
    let mac = mac(secret, timestamp, body).ok_or(Disbelief::Signature)?;
    mac.verify_slice(&given).map_err(|_| Disbelief::Signature)?;
    let at: i64 = timestamp.parse().map_err(|_| Disbelief::Stale)?;
    if now.as_second().abs_diff(at) > FRESH.unsigned_abs() { Err(Disbelief::Stale) } else { Ok(()) }
}

/// A gateway that is spoken to over HTTP with signed requests.
#[derive(Clone)]
pub struct Gateway {
    name: String,
    address: String,
    secret: Vec<u8>,
    client: reqwest::Client,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("name", &self.name).field("address", &self.address).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Placed {
    pay: String,
}

#[derive(Deserialize)]
struct Done {}

#[derive(Deserialize)]
struct Statement {
    lines: Vec<StatementLine>,
}

impl Gateway {
    /// A gateway at an address, without the last `/`, whose secret is shared with us.
    pub fn new(name: impl Into<String>, address: impl Into<String>, secret: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), address: address.into(), secret: secret.into(), client: reqwest::Client::new() }
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ProviderAway> {
        let away = |error: &dyn std::fmt::Display| ProviderAway(error.to_string());
        let body = serde_json::to_vec(body).map_err(|error| away(&error))?;
        let timestamp = Timestamp::now().as_second().to_string();
        let request = self
            .client
            .post(format!("{}{path}", self.address))
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .header(SIGNATURE, signature(&self.secret, &timestamp, &body))
            .header(TIMESTAMP, timestamp)
            .body(body);
        let answer =
            request.send().await.and_then(reqwest::Response::error_for_status).map_err(|error| away(&error))?;
        answer.json().await.map_err(|error| away(&error))
    }
}

#[async_trait]
impl PaymentProvider for Gateway {
    fn name(&self) -> &str {
        &self.name
    }

    async fn order(&self, order: &Order) -> Result<String, ProviderAway> {
        self.ask::<Placed>("/orders", order).await.map(|placed| placed.pay)
    }

    fn read(&self, timestamp: &str, signature: &str, body: &[u8], now: Timestamp) -> Result<Notice, Disbelief> {
        verify(&self.secret, timestamp, signature, body, now)?;
        serde_json::from_slice(body).map_err(|_| Disbelief::Unreadable)
    }

    async fn refund(&self, reference: &str, amount: Fen) -> Result<(), ProviderAway> {
        let wanted = serde_json::json!({ "reference": reference, "amount": amount });
        self.ask::<Done>("/refunds", &wanted).await.map(|Done {}| ())
    }

    async fn statement(&self, day: Date) -> Result<Vec<StatementLine>, ProviderAway> {
        self.ask::<Statement>("/statement", &serde_json::json!({ "day": day })).await.map(|statement| statement.lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_back_is_believed_with_its_signature_and_in_its_time_alone() {
        let gateway = Gateway::new("bank", "http://127.0.0.1:1", "secret");
        let now = Timestamp::from_second(1_772_000_000).unwrap();
        let body = br#"{"order":"411081-A","reference":"r1","amount":2000}"#;
        let signed = |at: &str| signature(b"secret", at, body);
        let at = "1772000000";
        assert!(gateway.read(at, &signed(at), body, now).is_ok());
        assert_eq!(gateway.read(at, &signed("1772000001"), body, now), Err(Disbelief::Signature));
        assert_eq!(gateway.read(at, &signature(b"other", at, body), body, now), Err(Disbelief::Signature));
        assert_eq!(gateway.read(at, &signed(at), b"{}", now), Err(Disbelief::Signature));
        assert_eq!(gateway.read(at, "", body, now), Err(Disbelief::Signature));
        for old in ["1771999699", "1772000301"] {
            assert_eq!(gateway.read(old, &signed(old), body, now), Err(Disbelief::Stale));
        }
        assert_eq!(gateway.read(at, &signature(b"secret", at, b"{}"), b"{}", now), Err(Disbelief::Unreadable));
    }
}
