//! Statements 签名声明: what a publisher signs of a package, and when a city believes it.
//!
//! What is signed is a statement (which plugin, which version, which bytes, for which contract, asking for what, from when
//! until when), not bare bytes, so that nothing can be replayed under another label. It travels in an envelope of the
//! DSSE protocol (secure-systems-lab/dsse, version 1), whose signature covers type and content together.
//!
//! Invariant: verification asks nobody. A package, its envelope, the city's publishers and the time decide.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use lotus_domain::package::{Capability, Digest, ExtensionPoint, Manifest, Package};
use lotus_domain::publisher::{Publisher, Signed};
use serde::{Deserialize, Serialize};

use crate::suite::{KeyError, PublicKey, SigningKey};

/// What an envelope's content is, and the type of the OCI artifact that carries one.
pub const STATEMENT_TYPE: &str = "application/vnd.lotus.plugin.statement.v1+json";
/// The media type of an envelope (DSSE, "Envelope").
pub const ENVELOPE_TYPE: &str = "application/vnd.dsse.envelope.v1+json";
/// The longest envelope, bytes.
pub const MOST_ENVELOPE_BYTES: usize = 64 << 10;
/// How far clocks of publisher and host may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// Signatures in one envelope, at most.
const MOST_SIGNATURES: usize = 8;

/// The package that a statement is about, as far as one tells.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its manifest.
    pub manifest: &'a Manifest,
    /// Its digest.
    pub digest: Digest,
    /// Its component's size, bytes.
    pub size: u64,
}

impl<'a> From<&'a Package> for Subject<'a> {
    fn from(package: &'a Package) -> Self {
        Self { manifest: &package.manifest, digest: package.digest, size: package.component.len() as u64 }
    }
}

/// What a publisher says of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Statement {
    /// The plugin's id.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// The package's digest.
    pub digest: String,
    /// The component's size, bytes.
    pub size: u64,
    /// The contract that it was written for.
    pub contract: String,
    /// What it answers.
    pub points: Vec<ExtensionPoint>,
    /// What it asks.
    pub capabilities: Vec<Capability>,
    /// When it was signed.
    pub issued: Timestamp,
    /// Until when it holds; none is as long as the key.
    pub expires: Option<Timestamp>,
}

impl Statement {
    /// What can be said of this package at this time.
    pub fn of(subject: Subject<'_>, issued: Timestamp, expires: Option<Timestamp>) -> Self {
        let manifest = subject.manifest;
        Self {
            plugin: manifest.id.clone(),
            version: manifest.version.clone(),
            digest: subject.digest.to_string(),
            size: subject.size,
            contract: manifest.contract.to_string(),
            points: points(manifest),
            capabilities: manifest.capabilities.keys().copied().collect(),
            issued,
            expires,
        }
    }

    /// Signs it; the envelope, as JSON.
    pub fn sign(&self, key: &SigningKey) -> Result<Vec<u8>, KeyError> {
        let payload = serde_json::to_vec(self).map_err(|_| KeyError::Unusable)?;
        let sig = STANDARD.encode(key.sign(&pre_authentication(&payload))?);
        let envelope = Envelope {
            payload_type: STATEMENT_TYPE.to_owned(),
            payload: STANDARD.encode(&payload),
            signatures: vec![Signature { keyid: key.public()?.id()?, sig }],
        };
        serde_json::to_vec(&envelope).map_err(|_| KeyError::Unusable)
    }
}

fn points(manifest: &Manifest) -> Vec<ExtensionPoint> {
    let mut points = manifest.points.clone();
    points.sort_unstable();
    points.dedup();
    points
}

/// A DSSE envelope.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload_type: String,
    payload: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Signature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// What is really signed: type and content, each behind its length (DSSE, "Pre-Authentication Encoding").
fn pre_authentication(payload: &[u8]) -> Vec<u8> {
    let mut signed = format!("DSSEv1 {} {STATEMENT_TYPE} {} ", STATEMENT_TYPE.len(), payload.len()).into_bytes();
    signed.extend_from_slice(payload);
    signed
}

/// Why a package is not believed to be its publisher's. Each message ends with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// Nobody signed it.
    #[error("the package has no statement; its publisher signs it with `lotus plugin sign`")]
    Unsigned,
    /// What should be a statement isn't one.
    #[error("the statement can't be read: {0}; sign the package again with `lotus plugin sign`")]
    Unreadable(String),
    /// Signed with a key that the city doesn't know.
    #[error(
        "it is signed with the key {0}, which is none of the city's publishers; check who sent it, and add the key if it is right"
    )]
    UnknownKey(String),
    /// The key was taken back.
    #[error(
        "the key {key} was revoked on {at} ({reason}); the publisher signs the package again with the key that replaced it"
    )]
    Revoked {
        /// Which.
        key: String,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// The key is for other plugins.
    #[error("the key {key} may sign plugins whose id begins with {allowed}, not {plugin}")]
    OtherPlugins {
        /// Which.
        key: String,
        /// What it may sign.
        allowed: String,
        /// What it signed.
        plugin: String,
    },
    /// Signed when the key didn't hold.
    #[error("it says to be signed on {issued}, when the key {key} did not hold; sign it again with one that holds")]
    KeyNotValid {
        /// Which.
        key: String,
        /// When.
        issued: Timestamp,
    },
    /// Signed in the future.
    #[error(
        "it says to be signed on {0}, which is yet to come; set the clock of the publisher's machine, or of this one"
    )]
    NotYet(Timestamp),
    /// It held until a day that is over.
    #[error("the statement held until {0}; the publisher signs the package again")]
    Expired(Timestamp),
    /// The signature fits neither content nor key.
    #[error(
        "the signature does not fit: the statement was changed, or the key {0} did not make it; get the package again from its publisher"
    )]
    BadSignature(String),
    /// It is about another package.
    #[error(
        "the statement is about another package: its {what} is {stated}, this package's is {found}; get the package again from its publisher"
    )]
    OtherPackage {
        /// Which part.
        what: &'static str,
        /// What the statement says.
        stated: String,
        /// What the package is.
        found: String,
    },
}

/// Whether one of these publishers stands behind this package. `at` is when the host got the statement: one that held then
/// goes on holding for what serves already, as long as its key isn't revoked.
pub fn verify(
    envelope: &[u8],
    subject: Subject<'_>,
    publishers: &[Publisher],
    at: Timestamp,
) -> Result<Signed, Distrust> {
    let unreadable = |problem: &str| Distrust::Unreadable(problem.to_owned());
    if envelope.len() > MOST_ENVELOPE_BYTES {
        return Err(unreadable("it is longer than 64 KiB"));
    }
    let envelope: Envelope = serde_json::from_slice(envelope).map_err(|error| unreadable(&error.to_string()))?;
    if envelope.payload_type != STATEMENT_TYPE {
        return Err(unreadable("its content is of another type"));
    }
    if envelope.signatures.len() > MOST_SIGNATURES {
        return Err(unreadable("it has more than 8 signatures"));
    }
    let payload = STANDARD.decode(&envelope.payload).map_err(|_| unreadable("its content is no base64"))?;
    // Who signed comes first: nothing of what a stranger says is read.
    let signed = pre_authentication(&payload);
    let mut distrust = Distrust::Unsigned;
    for signature in &envelope.signatures {
        match signer(signature, &signed, publishers) {
            Ok((publisher, key)) => {
                let statement: Statement =
                    serde_json::from_slice(&payload).map_err(|error| unreadable(&error.to_string()))?;
                holds(&statement, publisher, at)?;
                fits(&statement, subject)?;
                return Ok(Signed {
                    key: publisher.key_id.clone(),
                    suite: key.suite().name().to_owned(),
                    publisher: publisher.title.clone(),
                    issued: statement.issued,
                    expires: statement.expires,
                });
            }
            Err(why) => distrust = why,
        }
    }
    Err(distrust)
}

/// The publisher whose signature this is.
fn signer<'a>(
    signature: &Signature,
    signed: &[u8],
    publishers: &'a [Publisher],
) -> Result<(&'a Publisher, PublicKey), Distrust> {
    // A key id is the signer's word: it chooses a key to try, and proves nothing.
    let named: String = signature.keyid.chars().filter(|c| !c.is_control()).take(80).collect();
    let publisher = publishers.iter().find(|publisher| publisher.key_id == named);
    let publisher = publisher.ok_or_else(|| Distrust::UnknownKey(named.clone()))?;
    let bad = || Distrust::BadSignature(named.clone());
    let key = PublicKey::from_pem(&publisher.public_key).map_err(|_| bad())?;
    if key.id().as_deref() != Ok(&publisher.key_id) {
        return Err(bad());
    }
    let bytes = STANDARD.decode(&signature.sig).map_err(|_| bad())?;
    if key.verifies(signed, &bytes) { Ok((publisher, key)) } else { Err(bad()) }
}

/// Whether the signer might say this, and it held.
fn holds(statement: &Statement, publisher: &Publisher, at: Timestamp) -> Result<(), Distrust> {
    let id = publisher.key_id.clone();
    // A key that was lost may sign with any date: what it ever signed is worth nothing.
    if let Some(revoked) = &publisher.revoked {
        return Err(Distrust::Revoked { key: id, at: revoked.at, reason: revoked.reason.clone() });
    }
    if !publisher.may_publish(&statement.plugin) {
        let allowed = publisher.plugins.join(", ");
        return Err(Distrust::OtherPlugins { key: id, allowed, plugin: statement.plugin.clone() });
    }
    if statement.issued > at.saturating_add(SKEW).unwrap_or(Timestamp::MAX) {
        return Err(Distrust::NotYet(statement.issued));
    }
    if !publisher.held(statement.issued) {
        return Err(Distrust::KeyNotValid { key: id, issued: statement.issued });
    }
    match statement.expires {
        Some(expires) if expires <= at => Err(Distrust::Expired(expires)),
        _ => Ok(()),
    }
}

/// Whether the statement is about this package, in every part.
fn fits(statement: &Statement, subject: Subject<'_>) -> Result<(), Distrust> {
    let found = Statement::of(subject, statement.issued, statement.expires);
    let names = |points: &[ExtensionPoint]| points.iter().map(|point| point.name()).collect::<Vec<_>>().join(", ");
    let asked = |asked: &[Capability]| asked.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
    let parts: [(&'static str, String, String); 7] = [
        ("plugin", statement.plugin.clone(), found.plugin),
        ("version", statement.version.clone(), found.version),
        ("digest", statement.digest.clone(), found.digest),
        ("size", statement.size.to_string(), found.size.to_string()),
        ("contract", statement.contract.clone(), found.contract),
        ("extension points", names(&statement.points), names(&found.points)),
        ("capabilities", asked(&statement.capabilities), asked(&found.capabilities)),
    ];
    match parts.into_iter().find(|(_, stated, found)| stated != found) {
        Some((what, stated, found)) => Err(Distrust::OtherPackage { what, stated, found }),
        None => Ok(()),
    }
}
