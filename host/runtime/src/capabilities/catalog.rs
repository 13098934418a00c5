//! `catalog`: the district's published items.

use lotus_domain::catalog::{Item, Served};
use lotus_domain::law::Period;
use lotus_domain::package::Capability;
use lotus_domain::text::Text;
use serde::{Deserialize, Serialize};

use crate::sandbox::Sandbox;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CatalogDenial {
    Denied,
    Invalid(String),
    Unavailable,
}

/// What a guest is told of an item, and what its record keeps: the domain's item may grow, a record may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ItemInBrief {
    pub(crate) code: String,
    pub(crate) name: Text,
    pub(crate) department: Text,
    pub(crate) served: Vec<Served>,
    pub(crate) statutory: Period,
    pub(crate) promised: Period,
    pub(crate) visits: u32,
    pub(crate) version: u32,
}

impl From<Item> for ItemInBrief {
    fn from(item: Item) -> Self {
        Self {
            code: item.code,
            name: item.name,
            department: item.department,
            served: item.served,
            statutory: item.statutory,
            promised: item.promised,
            visits: u32::from(item.visits),
            version: item.version,
        }
    }
}

impl Sandbox {
    pub(crate) async fn catalog_get(
        &mut self,
        code: &str,
    ) -> wasmtime::Result<Result<Option<ItemInBrief>, CatalogDenial>> {
        const FUNCTION: &str = "catalog.get";
        if let Some(answer) = self.recall(Capability::Catalog, FUNCTION, &code)? {
            return Ok(answer);
        }
        let answer = if !self.allows(Capability::Catalog) {
            Err(CatalogDenial::Denied)
        } else if code.len() > 36 {
            Err(CatalogDenial::Invalid("a code has at most 36 characters".to_owned()))
        } else {
            let found = self.ports.catalog_get(&self.caller, code).await;
            found.map(|item| item.map(ItemInBrief::from)).map_err(|_| CatalogDenial::Unavailable)
        };
        self.note(Capability::Catalog, FUNCTION, &code, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn catalog_search(
        &mut self,
        query: &str,
        limit: u32,
    ) -> wasmtime::Result<Result<Vec<ItemInBrief>, CatalogDenial>> {
        const FUNCTION: &str = "catalog.search";
        let request = (query, limit);
        if let Some(answer) = self.recall(Capability::Catalog, FUNCTION, &request)? {
            return Ok(answer);
        }
        let answer = if !self.allows(Capability::Catalog) {
            Err(CatalogDenial::Denied)
        } else if query.chars().count() > 100 || !(1..=50).contains(&limit) {
            Err(CatalogDenial::Invalid("a query has at most 100 characters, a limit is 1 to 50".to_owned()))
        } else {
            let found = self.ports.catalog_search(&self.caller, query, limit).await;
            found
                .map(|items| items.into_iter().take(limit as usize).map(ItemInBrief::from).collect())
                .map_err(|_| CatalogDenial::Unavailable)
        };
        self.note(Capability::Catalog, FUNCTION, &request, &answer)?;
        Ok(answer)
    }
}
