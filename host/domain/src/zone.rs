//! Zones 专区 (article 29): what a district offers an industry, as its plugin says.

use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::catalog::Served;
use crate::text::Text;

/// A zone as the district's home shows it; its address is `/d/{division}/zones/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Unique in its district.
    pub id: Slug,
    /// Its name.
    pub title: Text,
    /// One sentence.
    pub summary: Text,
    /// Whom it serves.
    pub served: Vec<Served>,
}
