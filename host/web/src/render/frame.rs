//! What stands around every page: title, district, navigation, language, the hall's telephone.

use std::sync::Arc;

use askama::Template;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use lotus_domain::district::District;
use lotus_domain::text::Text;

use crate::app::App;
use crate::assets;
use crate::error::Error;
use crate::language::Words;
use crate::reader::Reader;

/// The parts of a district's portal, as the navigation names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// `/d/{division}`
    Home,
    /// `/d/{division}/items`
    Items,
    /// `/d/{division}/zones/…`
    Zones,
    /// `/d/{division}/services/…`
    Services,
    /// `/cases`
    Cases,
    /// `/me` and what leads there
    Mine,
    /// `/staff` and the console
    Staff,
    /// `/d/{division}/search`
    Find,
    /// Anything else.
    Elsewhere,
}

/// What stands around a page.
pub(crate) struct Frame {
    /// The reader's wordings.
    pub(crate) w: Words,
    /// The page's title.
    pub(crate) title: String,
    /// Whose portal it is in, if any.
    pub(crate) district: Option<Arc<District>>,
    /// The city.
    pub(crate) city: Option<Arc<District>>,
    /// Where in the portal.
    pub(crate) part: Part,
    pub(crate) large: bool,
    pub(crate) other_language: String,
    pub(crate) other_type: String,
    pub(crate) theme: Option<String>,
    /// Plugins serve in this portal that nobody signed.
    pub(crate) unsigned: bool,
}

impl Frame {
    /// The frame of a page of this title.
    pub(crate) fn new(app: &App, reader: &Reader, title: impl Into<String>) -> Self {
        let city = app.city();
        Self {
            w: reader.words,
            title: title.into(),
            theme: city.as_ref().and_then(|city| app.theme_address(&city.division)),
            district: None,
            city,
            part: Part::Elsewhere,
            large: reader.large,
            other_language: reader.in_other_language(),
            other_type: reader.in_other_type(),
            unsigned: false,
        }
    }

    /// In a district's portal and colours.
    pub(crate) fn of(self, app: &App, district: &Arc<District>) -> Self {
        let theme = app.theme_address(&district.division).or(self.theme);
        let unsigned = app.platform.serves_unsigned(&district.division);
        Self { district: Some(Arc::clone(district)), theme, unsigned, ..self }
    }

    /// At this part of it.
    pub(crate) fn at(self, part: Part) -> Self {
        Self { part, ..self }
    }

    /// The district's name, else the city's.
    pub(crate) fn place(&self) -> Option<&Text> {
        self.district.as_ref().or(self.city.as_ref()).map(|district| &district.name)
    }

    /// Whose hall stands at the foot.
    pub(crate) fn hall(&self) -> Option<&District> {
        self.district.as_deref().or(self.city.as_deref())
    }

    /// The page has no search of its own, and is none of the staff's.
    pub(crate) fn has_box(&self) -> bool {
        !matches!(self.part, Part::Home | Part::Find | Part::Staff) && self.city.is_some()
    }

    /// Where the one search is.
    pub(crate) fn find_address(&self) -> String {
        self.district
            .as_ref()
            .map_or_else(|| "/search".to_owned(), |district| format!("/d/{}/search", district.division))
    }

    /// Where what is found while typing comes from.
    pub(crate) fn suggestions(&self) -> String {
        let place = self.hall().map(|district| district.division.to_string()).unwrap_or_default();
        format!("/api/v1/districts/{place}/suggestions")
    }

    pub(crate) fn is_part(&self, part: &str) -> bool {
        match part {
            "home" => self.part == Part::Home,
            "items" => self.part == Part::Items,
            "zones" => self.part == Part::Zones,
            "services" => self.part == Part::Services,
            "mine" => self.part == Part::Mine,
            _ => self.part == Part::Cases,
        }
    }

    pub(crate) fn css() -> String {
        assets::CSS.address()
    }

    pub(crate) fn js() -> String {
        assets::JS.address()
    }

    pub(crate) fn crest() -> String {
        assets::CREST.address()
    }

    pub(crate) fn other_name(&self) -> &'static str {
        match self.w.other() {
            lotus_domain::text::Language::Zh => "中文",
            lotus_domain::text::Language::En => "English",
        }
    }
}

/// A page: rendered whole before its first byte is sent.
pub(crate) fn page(template: &impl Template) -> Result<Response, Error> {
    page_with(StatusCode::OK, template)
}

/// A page with this status.
pub(crate) fn page_with(status: StatusCode, template: &impl Template) -> Result<Response, Error> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Error::Broken
    })?;
    Ok((status, [(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))], Html(html)).into_response())
}
