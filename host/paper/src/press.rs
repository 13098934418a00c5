//! The press: papers in, PDF out.

use std::path::PathBuf;
use std::sync::OnceLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::font::{Fonts, PACKAGE};
use crate::paper::{Office, Paper};
use crate::{bulletin, evaluation, value};

/// How many papers ago a piece of layout was last of use before it is forgotten.
const REMEMBERED: usize = 8;

/// The templates, by file name.
const TEMPLATES: [(&str, &str); 10] = [
    ("frame.typ", include_str!("../templates/frame.typ")),
    ("acceptance.typ", include_str!("../templates/acceptance.typ")),
    ("correction.typ", include_str!("../templates/correction.typ")),
    ("special_procedure.typ", include_str!("../templates/special_procedure.typ")),
    ("extension.typ", include_str!("../templates/extension.typ")),
    ("decision.typ", include_str!("../templates/decision.typ")),
    ("assistance.typ", include_str!("../templates/assistance.typ")),
    ("receipt.typ", include_str!("../templates/receipt.typ")),
    (bulletin::TEMPLATE, include_str!("../templates/bulletin.typ")),
    (evaluation::TEMPLATE, include_str!("../templates/evaluation.typ")),
];

/// Why there is no paper.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PaperError {
    /// The machine has no font with Chinese letters.
    #[error(
        "no Chinese font was found{}: install the Debian package {PACKAGE} (or Noto Serif SC, Source Han Serif SC)",
        .folder.as_ref().map(|folder| format!(" in {}", folder.display())).unwrap_or_default()
    )]
    NoFont {
        /// Where it was looked for, where not in the system's folders.
        folder: Option<PathBuf>,
    },
    /// The verifying address is longer than a QR code holds.
    #[error("the address to verify a paper at does not fit a QR code")]
    Code,
    /// A template of ours does not go with what it was given: a defect.
    #[error("the template {template} failed: {why}")]
    Template {
        /// Which.
        template: &'static str,
        /// What typst says.
        why: String,
    },
}

/// Sets papers. Cheap until the first paper, which reads the font; share one.
#[derive(Debug, Default)]
pub struct Press {
    folder: Option<PathBuf>,
    fonts: OnceLock<Result<Fonts, PaperError>>,
}

impl Press {
    /// A press that takes its font from this folder alone, or from the system's folders where none is named.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, fonts: OnceLock::new() }
    }

    /// Whether papers can be set here: reads the font.
    pub fn ready(&self) -> Result<(), PaperError> {
        self.fonts().map(|_| ())
    }

    /// Sets a paper as PDF/A-2a, tagged for screen readers. Some tens of milliseconds of work: not for a thread that others wait on.
    pub fn print(&self, paper: &Paper) -> Result<Vec<u8>, PaperError> {
        let inputs = value::paper(paper, &self.fonts()?.family)?;
        self.set(paper.says.template(), inputs, format!("{}/{}", paper.office.name, paper.number))
    }

    /// Sets a monthly bulletin in the same way; `hash` is what stands in the audit chain.
    pub fn bulletin(
        &self,
        bulletin: &lotus_domain::monitoring::Bulletin,
        office: &Office,
        hash: &str,
    ) -> Result<Vec<u8>, PaperError> {
        let inputs = bulletin::bulletin(bulletin, office, hash, &self.fonts()?.family);
        self.set(bulletin::TEMPLATE, inputs, format!("{}/{}", office.name, bulletin.number()))
    }

    /// Sets the report of an evaluation in the same way.
    pub fn evaluation(&self, report: &evaluation::Report, office: &Office) -> Result<Vec<u8>, PaperError> {
        let inputs = evaluation::report(report, office, &self.fonts()?.family);
        self.set(evaluation::TEMPLATE, inputs, format!("{}/{}", office.name, report.number))
    }

    fn set(&self, template: &'static str, inputs: Dict, ident: String) -> Result<Vec<u8>, PaperError> {
        let fonts = self.fonts()?;
        let failed = |why: String| PaperError::Template { template, why };
        let desk = Desk::lay(fonts, template, inputs).ok_or_else(|| failed("it is missing".to_owned()))?;
        let document = typst::compile::<PagedDocument>(&desk).output.map_err(|errors| failed(said(&errors)))?;
        let standards = PdfStandards::new(&[PdfStandard::A_2a]).map_err(|error| failed(error.message().to_string()))?;
        let options = PdfOptions {
            ident: Smart::Custom(ident),
            creator: Smart::Custom(Some("Lotus".to_owned())),
            standards,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| failed(said(&errors)));
        typst::comemo::evict(REMEMBERED);
        pdf
    }

    fn fonts(&self) -> Result<&Fonts, PaperError> {
        self.fonts.get_or_init(|| Fonts::find(self.folder.as_deref())).as_ref().map_err(Clone::clone)
    }
}

fn said(errors: &[SourceDiagnostic]) -> String {
    errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; ")
}

/// All that a template can reach: itself, its neighbours, the fonts, and the values of one paper.
struct Desk<'a> {
    library: LazyHash<Library>,
    fonts: &'a Fonts,
    main: FileId,
}

impl<'a> Desk<'a> {
    fn lay(fonts: &'a Fonts, template: &str, inputs: Dict) -> Option<Self> {
        let library = LazyHash::new(Library::builder().with_inputs(inputs).build());
        let path = VirtualPath::new(template).ok()?;
        Some(Self { library, fonts, main: RootedPath::new(VirtualRoot::Project, path).intern() })
    }
}

/// The source of a template.
fn template(id: FileId) -> FileResult<&'static str> {
    let wanted = id.get();
    let name = wanted.vpath().get_without_slash();
    let ours = *wanted.root() == VirtualRoot::Project;
    let known = TEMPLATES.iter().find(|(known, _)| ours && *known == name);
    known.map(|(_, source)| *source).ok_or_else(|| FileError::NotFound(name.into()))
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        template(id).map(|source| Source::new(id, source.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        template(id).map(|source| Bytes::new(source.as_bytes()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    /// A paper says the day that it was given; it does not look at the clock.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
