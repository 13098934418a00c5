//! Publishers as a city keeps them: whose keys are believed, who added and revoked them, and who stands behind a package.
//!
//! Invariant: a package that nobody who is believed signed does not serve, unless this host is one for demonstration or
//! development and says so on its pages. A key that was revoked takes everything that it signed out of service, on every
//! replica, within its next look at the store.

use jiff::Timestamp;
use lotus_domain::audit::Done;
use lotus_domain::publisher::{Publisher, Revocation, Signed};
use lotus_domain::text::Text;
use lotus_registry::statement::{Distrust, Subject, verify};
use lotus_registry::suite::{KeyError, PublicKey};
use lotus_store::{Store, StoreError};

use crate::kind::city;

/// Whether packages serve that nobody signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unsigned {
    /// They don't.
    #[default]
    Refused,
    /// They do, with a banner: for demonstration and development.
    Allowed,
}

/// Why the list of publishers doesn't change.
#[derive(Debug, thiserror::Error)]
pub enum PublisherError {
    /// No key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nothing that it may sign.
    #[error("say with what the ids of its plugins begin, e.g. cn.xuchang.yuzhou: 3 to 100 of a-z, 0-9, . and -")]
    NoPlugins,
    /// The key is there already.
    #[error("the key {0} is known already; revoke it, or add another one")]
    Known(String),
    /// It isn't.
    #[error("there is no key {0}; `lotus publishers list` shows those that are known")]
    Unknown(String),
    /// Nobody could read why.
    #[error("say why, in up to 200 characters")]
    NoReason,
    /// There is no city yet.
    #[error("there is no city yet: bring its districts into the database first")]
    NoCity,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key to be believed.
#[derive(Debug, Clone)]
pub struct NewPublisher {
    /// Its PEM.
    pub public_key: String,
    /// Whose it is.
    pub title: Text,
    /// With what the ids of its plugins begin.
    pub plugins: Vec<String>,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
}

/// Everybody who is, or was, believed.
pub async fn publisher_list(store: &Store) -> Result<Vec<Publisher>, PublisherError> {
    let city = city(store).await.map_err(no_city)?;
    Ok(store.publisher_list(&city).await?)
}

/// Believes a key from now on; whoever said so stands in the audit chain.
pub async fn publisher_add(
    store: &Store,
    new: NewPublisher,
    by: &str,
    now: Timestamp,
) -> Result<Publisher, PublisherError> {
    let key = PublicKey::from_pem(&new.public_key)?;
    let named = |part: &String| {
        (3..=100).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-')
    };
    if new.plugins.is_empty() || !new.plugins.iter().all(named) {
        return Err(PublisherError::NoPlugins);
    }
    let publisher = Publisher {
        key_id: key.id()?,
        public_key: key.to_pem()?,
        title: new.title,
        plugins: new.plugins,
        from: new.from,
        until: new.until,
        revoked: None,
    };
    let city = city(store).await.map_err(no_city)?;
    if store.publisher_list(&city).await?.iter().any(|known| known.key_id == publisher.key_id) {
        return Err(PublisherError::Known(publisher.key_id));
    }
    store.publisher_put(city.clone(), publisher.clone()).await?;
    let outcome = format!("{}, plugins {}", publisher.title.zh, publisher.plugins.join(", "));
    store.audit_append(city, done("publisher-added", &publisher, outcome, by, now)).await?;
    Ok(publisher)
}

/// Takes a key back: what it signed serves no more. There is no way back; another key is added.
pub async fn publisher_revoke(
    store: &Store,
    key_id: &str,
    reason: &str,
    by: &str,
    now: Timestamp,
) -> Result<Publisher, PublisherError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 200 {
        return Err(PublisherError::NoReason);
    }
    let city = city(store).await.map_err(no_city)?;
    let known = store.publisher_list(&city).await?.into_iter().find(|known| known.key_id == key_id);
    let known = known.ok_or_else(|| PublisherError::Unknown(key_id.to_owned()))?;
    if known.revoked.is_some() {
        return Ok(known);
    }
    let publisher = Publisher { revoked: Some(Revocation { at: now, reason: reason.to_owned() }), ..known };
    store.publisher_put(city.clone(), publisher.clone()).await?;
    store.audit_append(city, done("publisher-revoked", &publisher, reason.to_owned(), by, now)).await?;
    Ok(publisher)
}

fn no_city(error: crate::kind::KindError) -> PublisherError {
    match error {
        crate::kind::KindError::Store(error) => PublisherError::Store(error),
        _ => PublisherError::NoCity,
    }
}

fn done(action: &str, publisher: &Publisher, outcome: String, by: &str, now: Timestamp) -> Done {
    Done {
        at: now,
        actor: Some(by.to_owned()),
        action: action.to_owned(),
        subject: publisher.key_id.clone(),
        outcome,
        client: None,
    }
}

/// What a host holds a package's statements against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Trust {
    pub(crate) publishers: Vec<Publisher>,
    pub(crate) unsigned: Unsigned,
}

impl Trust {
    /// What the city says now.
    pub(crate) async fn of(store: &Store, unsigned: Unsigned) -> Result<Self, StoreError> {
        let city = store.district_list().await?.into_iter().find(|district| district.is_city);
        let publishers = match city {
            Some(city) => store.publisher_list(&city.division).await?,
            None => Vec::new(),
        };
        Ok(Self { publishers, unsigned })
    }

    /// Who stands behind a package: somebody, nobody where that is allowed, or why it does not serve. Each statement is
    /// held against the day on which it came.
    pub(crate) fn vouched(
        &self,
        subject: Subject<'_>,
        statements: &[(Timestamp, Vec<u8>)],
    ) -> Result<Option<Signed>, Distrust> {
        let mut distrust = Distrust::Unsigned;
        for (received, envelope) in statements {
            match verify(envelope, subject, &self.publishers, *received) {
                Ok(signed) => return Ok(Some(signed)),
                // The worst that is said of it is what its operator has to hear.
                Err(why) if matches!(distrust, Distrust::Unsigned | Distrust::UnknownKey(_)) => distrust = why,
                Err(_) => {}
            }
        }
        match distrust {
            // What nobody signed, or nobody who is known here, may be tried. What is wrong may not.
            Distrust::Unsigned | Distrust::UnknownKey(_) if self.unsigned == Unsigned::Allowed => Ok(None),
            distrust => Err(distrust),
        }
    }
}
