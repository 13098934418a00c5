//! Districts as they go out.

use lotus_domain::district as domain;
use serde::Serialize;
use utoipa::ToSchema;

use super::Text;

/// The city and its districts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Districts {
    /// The city first.
    pub(crate) districts: Vec<District>,
}

/// A district, or the city itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct District {
    /// Division code.
    #[schema(example = "411081")]
    division: String,
    name: Text,
    /// What it is known for.
    motto: Text,
    is_city: bool,
    hall: Hall,
    /// Newest first.
    notices: Vec<Notice>,
    /// Its portal's address on this host.
    portal: String,
}

/// Its hall.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hall {
    address: Text,
    hours: Text,
    /// Advice.
    telephone: String,
    /// Supervision.
    supervision: String,
}

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Notice {
    title: Text,
    body: Text,
    #[schema(format = Date)]
    published: String,
}

impl From<&domain::District> for District {
    fn from(district: &domain::District) -> Self {
        let domain::District { division, name, motto, is_city, theme: _, hall, remedies: _, notices } =
            district.clone();
        let notice = |domain::Notice { title, body, published }| Notice {
            title: title.into(),
            body: body.into(),
            published: published.to_string(),
        };
        Self {
            portal: format!("/d/{division}"),
            division: division.to_string(),
            name: name.into(),
            motto: motto.into(),
            is_city,
            hall: Hall {
                address: hall.address.into(),
                hours: hall.hours.into(),
                telephone: hall.telephone,
                supervision: hall.supervision,
            },
            notices: notices.into_iter().map(notice).collect(),
        }
    }
}
