//! From the domain's values to HTML: blocks, forms, charts, dates. Handlers know nothing of HTML, templates nothing of
//! rules.
//!
//! Invariant: text becomes HTML in two ways only: escaped by a template, or through [`markdown`], which lets no markup
//! of its author through.

pub(crate) mod block;
pub(crate) mod case;
pub(crate) mod chart;
pub(crate) mod export;
pub(crate) mod form;
pub(crate) mod frame;
pub(crate) mod link;
pub(crate) mod markdown;
pub(crate) mod time;
pub(crate) mod vocabulary;
