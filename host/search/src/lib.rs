//! Search: items, policies, services, zones and questions in one box.
//!
//! ```text
//!   Entry (title, other names, summary, department, body; where it holds)
//!     │  text: one form of writing · words: jieba · sound: pinyin · thesaurus: how people say it
//!     ▼
//!   Index (tantivy, in memory) ◄── Query (what somebody typed, cut into units)
//!     ▼
//!   Answer: ranked, filtered by place, with the marks to show and what was probably meant
//! ```
//!
//! The index lives in memory: a city's texts are a few megabytes and indexing them takes a fraction of a second, so a
//! file would only be one more thing that can be stale. Each host builds its own, from what it serves, and swaps it whole.
//!
//! Invariant: what is not in the entries is not found. Who may see what is decided by whoever hands the entries over,
//! and the search itself holds nothing and remembers nobody.

mod answer;
mod entry;
mod index;
mod laid;
mod mark;
mod meant;
mod query;
mod search;
mod sound;
mod text;
mod thesaurus;
mod words;

pub use answer::{Answer, Hit};
pub use entry::{Entry, Kind, Target};
pub use index::{Index, IndexError};
pub use mark::Piece;
pub use query::{LONGEST, Private, Query, Wanted, personal};
