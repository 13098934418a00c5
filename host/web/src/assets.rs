//! Style, script and crest: embedded, served under names that change with their content, so that browsers keep them.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// What never changes under its name may be kept for a year.
pub(crate) const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// One file.
pub(crate) struct Asset {
    name: String,
    kind: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, extension: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        Self { name: format!("{stem}.{}.{extension}", fingerprint(bytes)), kind, bytes }
    }

    /// Its address.
    pub(crate) fn address(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// The first 12 hexadecimal digits of a content's hash.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(6).fold(String::new(), |mut hex, byte| {
        // Writing to a string can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// In the order in which later rules win.
const STYLE: &str = concat!(
    include_str!("../static/base.css"),
    include_str!("../static/layout.css"),
    include_str!("../static/blocks.css"),
    include_str!("../static/forms.css"),
    include_str!("../static/guide.css"),
    include_str!("../static/print.css"),
);

/// The style sheet.
pub(crate) static CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("lotus", "css", "text/css; charset=utf-8", STYLE.as_bytes()));
/// The script; every page works without it.
pub(crate) static JS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("lotus", "js", "text/javascript; charset=utf-8", include_bytes!("../static/lotus.js")));
/// The crest, a lotus.
pub(crate) static CREST: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("lotus", "svg", "image/svg+xml", include_bytes!("../static/lotus.svg")));

/// `/assets/{name}`
pub(crate) async fn show(Path(name): Path<String>) -> Result<Response, Error> {
    let asset = [&CSS, &JS, &CREST].into_iter().find(|asset| asset.name == name).ok_or(Error::NoPage)?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(asset.kind)), (CACHE_CONTROL, FOREVER)], asset.bytes).into_response())
}

/// `/favicon.ico`, for browsers that ask for it whatever the page says.
pub(crate) async fn favicon() -> Response {
    let kind = HeaderValue::from_static(CREST.kind);
    let day = HeaderValue::from_static("public, max-age=86400");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, day)], CREST.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_names_no_colour_of_its_own() {
        let of_its_own = STYLE.lines().filter(|line| !line.trim_start().starts_with("/*")).find(|line| {
            line.split('#').skip(1).any(|rest| rest.bytes().take(3).filter(u8::is_ascii_hexdigit).count() == 3)
                || line.contains("rgb(")
                || line.contains("hsl(")
        });
        assert_eq!(of_its_own, None, "colours come from theme.rs, where their contrast is tested");
    }

    #[test]
    fn a_changed_file_has_another_name() {
        assert_ne!(fingerprint(b"a"), fingerprint(b"b"));
        assert!(CSS.address().starts_with("/assets/lotus.") && CSS.address().rsplit('.').next() == Some("css"));
    }
}
