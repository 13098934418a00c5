//! `catalog`: the district's published items.

use lotus_domain::catalog::Item;
use lotus_domain::package::Capability;
use serde::{Deserialize, Serialize};

use crate::sandbox::Sandbox;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CatalogDenial {
    Denied,
    Invalid(String),
    Unavailable,
}

impl Sandbox {
    pub(crate) async fn catalog_get(&mut self, code: &str) -> wasmtime::Result<Result<Option<Item>, CatalogDenial>> {
        const FUNCTION: &str = "catalog.get";
        if let Some(answer) = self.recall(FUNCTION, &code)? {
            return Ok(answer);
        }
        let answer = if !self.allows(Capability::Catalog) {
            Err(CatalogDenial::Denied)
        } else if code.len() > 36 {
            Err(CatalogDenial::Invalid("a code has at most 36 characters".to_owned()))
        } else {
            self.ports.catalog_get(&self.caller, code).await.map_err(|_| CatalogDenial::Unavailable)
        };
        self.note(FUNCTION, &code, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn catalog_search(
        &mut self,
        query: &str,
        limit: u32,
    ) -> wasmtime::Result<Result<Vec<Item>, CatalogDenial>> {
        const FUNCTION: &str = "catalog.search";
        let request = (query, limit);
        if let Some(answer) = self.recall(FUNCTION, &request)? {
            return Ok(answer);
        }
        let answer = if !self.allows(Capability::Catalog) {
            Err(CatalogDenial::Denied)
        } else if query.chars().count() > 100 || !(1..=50).contains(&limit) {
            Err(CatalogDenial::Invalid("a query has at most 100 characters, a limit is 1 to 50".to_owned()))
        } else {
            self.ports.catalog_search(&self.caller, query, limit).await.map_err(|_| CatalogDenial::Unavailable)
        };
        self.note(FUNCTION, &request, &answer)?;
        Ok(answer)
    }
}
