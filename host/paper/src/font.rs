//! The Chinese font that papers are set in: found once in the machine's usual folders, read when it is first needed.
//!
//! A font with every character of a name is some 25 MB, which no source tree should carry; it comes from a package of
//! the system, and what a paper uses of it is embedded into the paper.

use std::path::Path;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use crate::press::PaperError;

/// The Debian package that brings the font.
pub const PACKAGE: &str = "fonts-noto-cjk";

/// What papers may be set in, the best first: the same letters under the names that foundries and packages give them.
/// A serif face comes first because papers are read on paper.
const FAMILIES: [&str; 6] = [
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
];

/// A character that every Chinese font has, a rare one of names, and a Latin one.
const NEEDED: [char; 3] = ['政', '鄢', 'A'];

/// The faces of one family: regular, and bold where there is one.
#[derive(Debug)]
pub(crate) struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) faces: Vec<Font>,
    /// What the family is called.
    pub(crate) family: String,
}

impl Fonts {
    /// Looks in the system's folders, or in one folder alone where it is named.
    pub(crate) fn find(folder: Option<&Path>) -> Result<Self, PaperError> {
        let mut known = fontdb::Database::new();
        match folder {
            Some(folder) => known.load_fonts_dir(folder),
            None => known.load_system_fonts(),
        }
        FAMILIES
            .iter()
            .find_map(|family| Self::of(&known, family))
            .ok_or_else(|| PaperError::NoFont { folder: folder.map(Path::to_path_buf) })
    }

    fn of(known: &fontdb::Database, family: &str) -> Option<Self> {
        let face = |weight| {
            let families = [fontdb::Family::Name(family)];
            let id = known.query(&fontdb::Query { families: &families, weight, ..fontdb::Query::default() })?;
            let font = known.with_face_data(id, |data, index| Font::new(Bytes::new(data.to_vec()), index))??;
            NEEDED.iter().all(|c| font.info().coverage.contains(u32::from(*c))).then_some((id, font))
        };
        let (regular_id, regular) = face(fontdb::Weight::NORMAL)?;
        let mut faces = vec![regular];
        faces.extend(face(fontdb::Weight::BOLD).filter(|(id, _)| *id != regular_id).map(|(_, bold)| bold));
        let family = faces.first()?.info().family.clone();
        Some(Self { book: LazyHash::new(FontBook::from_fonts(&faces)), faces, family })
    }
}
