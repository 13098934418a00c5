//! Kinds of case as a city keeps them: its own definitions beside those that ship, each from a day on.
//!
//! Invariant: an unsound definition is never kept; a case that runs keeps the one that it began with, which lies beside it.

use jiff::Timestamp;
use lotus_domain::audit::Done;
use lotus_domain::district::Division;
use lotus_domain::kind::{self, Definition, DefinitionFileError};
use lotus_store::{Store, StoreError};

/// A kind as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KindVersion {
    /// From when it holds; none for one that ships with the platform.
    pub since: Option<Timestamp>,
    /// It, or what is wrong with it by now.
    pub definition: Result<Definition, DefinitionFileError>,
}

/// Why a definition is not published.
#[derive(Debug, thiserror::Error)]
pub enum KindError {
    /// It is not sound.
    #[error(transparent)]
    Unsound(#[from] DefinitionFileError),
    /// It would be a kind that nothing begins.
    #[error("nothing begins a case of the kind “{0}”; the kinds are {names}", names = kind::shipped_names().collect::<Vec<_>>().join(", "))]
    Unknown(String),
    /// There is no city yet.
    #[error("there is no city yet: bring its districts into the database first")]
    NoCity,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn city(store: &Store) -> Result<Division, KindError> {
    let districts = store.district_list().await?;
    let city = districts.into_iter().find(|district| district.is_city);
    city.map(|city| city.division).ok_or(KindError::NoCity)
}

/// Every kind: those that ship, then the city's own, the newest last. What holds on a day is the last by then.
pub async fn kind_versions(store: &Store) -> Result<Vec<KindVersion>, KindError> {
    let shipped = kind::shipped_names().filter_map(kind::shipped);
    let shipped = shipped.map(|kind| KindVersion { since: None, definition: Ok(kind.clone()) });
    let own = store.kind_list(&city(store).await?).await?.into_iter();
    let own = own.map(|(since, source)| KindVersion { since: Some(since), definition: Definition::parse(&source) });
    Ok(shipped.chain(own).collect())
}

/// Publishes a city's own version of a kind from a moment on; whoever did it stands in the audit chain. Hosts that serve
/// notice within a second, or on the day on which it begins to hold.
pub async fn kind_publish(
    store: &Store,
    source: &str,
    since: Timestamp,
    by: &str,
    now: Timestamp,
) -> Result<Definition, KindError> {
    let definition = Definition::parse(source)?;
    if kind::shipped(definition.id.as_str()).is_none() {
        return Err(KindError::Unknown(definition.id.to_string()));
    }
    let city = city(store).await?;
    store.kind_put(city.clone(), definition.id.to_string(), since, source.to_owned()).await?;
    let done = Done {
        at: now,
        actor: Some(by.to_owned()),
        action: "kind-published".to_owned(),
        subject: format!("{} {}", definition.id, lotus_domain::chain::Hash::of(source.as_bytes())),
        outcome: format!("holds from {since}"),
        client: None,
    };
    store.audit_append(city, done).await?;
    Ok(definition)
}
