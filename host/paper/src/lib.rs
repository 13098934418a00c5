//! Papers 文书: what the city hands to people in writing, set as PDF.
//!
//! ```text
//!   Paper (typed values) ──► Press ── a template of ours (templates/*.typ) ──► PDF/A bytes
//!                              └─ fonts: found once, on first use, embedded into each paper as far as it uses them
//! ```
//!
//! A template is part of this program; what it says of a person comes to it as values (`sys.inputs`), never as source,
//! so that a name in which somebody wrote typst code is a strange name and nothing more.
//!
//! Invariant: the same paper gives the same bytes, on the same fonts. No clock, no randomness, no file and no network is
//! within a template's reach.

mod bulletin;
mod capital;
mod evaluation;
mod font;
mod paper;
mod press;
mod value;

pub use capital::capital;
pub use evaluation::Report;
pub use font::PACKAGE;
pub use paper::{Ending, Fault, Help, Line, Office, Paper, Proof, Receipt, Says};
pub use press::{PaperError, Press};
