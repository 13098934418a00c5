//! The page of materials: what is asked for, what is there, what the drawer offers again.

use askama::Template;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use lotus_domain::material::{Accepts, Material, MaterialId};
use lotus_domain::text::Text;

use crate::app::App;
use crate::error::Error;
use crate::language::Words;
use crate::render::frame::{Frame, page};

/// A material in a list.
pub(super) struct Line {
    id: MaterialId,
    name: String,
    file: String,
    size: String,
    given: String,
    href: String,
}

impl Line {
    /// One whose file is read below this address.
    pub(super) fn new(app: &App, words: Words, material: &Material, below: &str) -> Self {
        Self {
            id: material.id.clone(),
            name: material.name.clone(),
            file: material.file.clone(),
            size: size(material.size),
            given: words.moment(&material.given, app.platform.zone_of_time()),
            href: format!("{below}/{}", material.id),
        }
    }
}

/// A size as people read it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MB", bytes >> 20, ((bytes % (1 << 20)) * 10) >> 20),
    }
}

/// A material that is asked for.
pub(super) struct Asked {
    pub(super) name: Text,
    pub(super) note: Option<Text>,
    pub(super) required: bool,
    pub(super) accepts: Accepts,
    /// Those that go with it already.
    pub(super) given: Vec<Line>,
    /// Earlier ones of the same name.
    pub(super) offered: Vec<Line>,
}

impl Asked {
    fn extensions(&self) -> String {
        extensions(&self.accepts)
    }

    fn megabytes(&self) -> u64 {
        self.accepts.bound() >> 20
    }
}

fn extensions(accepts: &Accepts) -> String {
    accepts.types.iter().map(|kind| format!(".{}", kind.extension())).collect::<Vec<_>>().join(",")
}

#[derive(Template)]
#[template(path = "materials.html")]
pub(super) struct MaterialsPage {
    pub(super) f: Frame,
    pub(super) heading: String,
    /// Where files are sent; below it stand `use` and `leave`.
    pub(super) base: String,
    /// Back to what they are for.
    pub(super) back: Option<(String, String)>,
    pub(super) asked: Vec<Asked>,
    /// Those that are there and are not asked for by name.
    pub(super) there: Vec<Line>,
    /// Those of the drawer that could be used.
    pub(super) offered: Vec<Line>,
    /// Whether any material may be sent, under a name of one's own.
    pub(super) is_free: bool,
    /// Whether this is the drawer itself.
    pub(super) is_drawer: bool,
    /// Whether what is there can be left out again.
    pub(super) can_leave: bool,
}

impl MaterialsPage {
    fn free_extensions() -> String {
        extensions(&Accepts::default())
    }

    fn free_megabytes() -> u64 {
        Accepts::default().bound() >> 20
    }

    /// Nobody keeps such a page.
    pub(super) fn show(&self) -> Result<Response, Error> {
        let mut response = page(self)?;
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_people_read_them() {
        assert_eq!(size(12), "12 B");
        assert_eq!(size(1025), "2 KB");
        assert_eq!(size(1_572_864), "1.5 MB");
    }
}
