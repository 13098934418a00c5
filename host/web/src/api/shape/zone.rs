//! Zones as they go out.

use lotus_domain::zone as domain;
use serde::Serialize;
use utoipa::ToSchema;

use super::page::Page;
use super::service::Service;
use super::{StandIn, Text, name_of};

/// A district's zones.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Zones {
    pub(crate) zones: Vec<Zone>,
    /// One for each plugin that can't say its zones now.
    pub(crate) missing: Vec<StandIn>,
}

/// A zone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Zone {
    /// Unique in its district.
    id: String,
    title: Text,
    summary: Text,
    served: Vec<String>,
}

impl From<domain::Zone> for Zone {
    fn from(domain::Zone { id, title, summary, served }: domain::Zone) -> Self {
        Self {
            id: id.to_string(),
            title: title.into(),
            summary: summary.into(),
            served: served.iter().map(name_of).collect(),
        }
    }
}

/// A page of a zone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ZonePage {
    pub(crate) zone: Zone,
    /// Absent where the plugin can't give it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page: Option<Page>,
    /// What stands in for it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) missing: Option<StandIn>,
    /// The zone's services.
    pub(crate) services: Vec<Service>,
}
