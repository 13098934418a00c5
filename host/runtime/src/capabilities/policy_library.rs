//! `policy-library`: the policies that a district and its city publish. Public data.

use jiff::civil::Date;
use lotus_domain::law::{Fen, LegalBasis};
use lotus_domain::package::Capability;
use lotus_domain::policy::Policy;
use lotus_domain::text::Text;
use serde::{Deserialize, Serialize};

use super::Said;
use crate::sandbox::Sandbox;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PolicyDenial {
    Denied,
    Invalid(String),
    Unavailable,
}

impl<T> Said for Result<T, PolicyDenial> {
    fn denied(&self) -> bool {
        matches!(self, Err(PolicyDenial::Denied))
    }
}

/// What a guest is told of a policy, and what its record keeps: the domain's policy may grow, a record may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PolicyInBrief {
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) title: Text,
    pub(crate) summary: Text,
    pub(crate) opens: Option<Date>,
    pub(crate) closes: Option<Date>,
    pub(crate) at_most: Option<Fen>,
    pub(crate) basis: LegalBasis,
}

impl From<Policy> for PolicyInBrief {
    fn from(policy: Policy) -> Self {
        Self {
            id: policy.id.to_string(),
            version: policy.version,
            title: policy.title,
            summary: policy.summary,
            opens: policy.opens,
            closes: policy.closes,
            at_most: policy.at_most,
            basis: policy.basis,
        }
    }
}

impl Sandbox {
    pub(crate) async fn policy_get(
        &mut self,
        id: &str,
    ) -> wasmtime::Result<Result<Option<PolicyInBrief>, PolicyDenial>> {
        const FUNCTION: &str = "policy-library.get";
        if let Some(answer) = self.recall(Capability::PolicyLibrary, FUNCTION, &id)? {
            return Ok(answer);
        }
        let answer = if !self.allows(Capability::PolicyLibrary) {
            Err(PolicyDenial::Denied)
        } else if id.len() > 64 {
            Err(PolicyDenial::Invalid("an id has at most 64 characters".to_owned()))
        } else {
            let found = self.ports.policy_get(&self.caller, id).await;
            found.map(|policy| policy.map(PolicyInBrief::from)).map_err(|_| PolicyDenial::Unavailable)
        };
        self.note(Capability::PolicyLibrary, FUNCTION, &id, &answer)?;
        Ok(answer)
    }

    pub(crate) async fn policy_search(
        &mut self,
        query: &str,
        limit: u32,
    ) -> wasmtime::Result<Result<Vec<PolicyInBrief>, PolicyDenial>> {
        const FUNCTION: &str = "policy-library.search";
        let request = (query, limit);
        if let Some(answer) = self.recall(Capability::PolicyLibrary, FUNCTION, &request)? {
            return Ok(answer);
        }
        let answer = if !self.allows(Capability::PolicyLibrary) {
            Err(PolicyDenial::Denied)
        } else if query.chars().count() > 100 || !(1..=50).contains(&limit) {
            Err(PolicyDenial::Invalid("a query has at most 100 characters, a limit is 1 to 50".to_owned()))
        } else {
            let found = self.ports.policy_search(&self.caller, query, limit).await;
            found
                .map(|all| all.into_iter().take(limit as usize).map(PolicyInBrief::from).collect())
                .map_err(|_| PolicyDenial::Unavailable)
        };
        self.note(Capability::PolicyLibrary, FUNCTION, &request, &answer)?;
        Ok(answer)
    }
}
