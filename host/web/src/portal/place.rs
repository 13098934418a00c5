//! Where a request is: the district in its address, and the other names in it.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use lotus_domain::district::{District, Division};
use lotus_platform::Visit;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::Error;
use crate::reader::Reader;

/// A district that there is, visited in the reader's language.
pub(crate) struct Place {
    pub(crate) district: Arc<District>,
    pub(crate) visit: Visit,
}

#[derive(Deserialize)]
struct InDistrict {
    division: Division,
}

impl FromRequestParts<App> for Place {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let Path(InDistrict { division }) =
            Path::from_request_parts(parts, app).await.map_err(|_| Error::NoDistrict)?;
        let district = app.platform.district(&division).ok_or(Error::NoDistrict)?;
        let Ok(reader) = Reader::from_request_parts(parts, app).await;
        Ok(Self { visit: Visit { division, language: reader.words.language }, district })
    }
}

/// Names in an address, read into the domain's types; what is no such name is no such page.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Named<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        Path::from_request_parts(parts, app).await.map(|Path(names)| Self(names)).map_err(|_| Error::NoPage)
    }
}
