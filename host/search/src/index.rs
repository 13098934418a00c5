//! The index: one document for each wording, with every place in which it holds.
//!
//! A title that ten districts share is one document with ten places, so that an answer stands once and the index stays
//! small. All of a document's features are terms of one field for each part of it, told apart by their first letter.

use std::collections::HashMap;
use std::sync::Arc;

use lotus_domain::catalog::Served;
use lotus_domain::district::Division;
use lotus_domain::text::Text;
use tantivy::directory::RamDirectory;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{ReloadPolicy, Searcher, TantivyDocument};

use crate::entry::{Entry, Kind, Target};
use crate::query::MOST_INITIALS;
use crate::sound;
use crate::text::{self, Run};
use crate::thesaurus;
use crate::words;

/// Memory of the one writer while it indexes.
const WRITER: usize = 32 << 20;

/// Why there is no index.
#[derive(Debug, thiserror::Error)]
#[error("the search index: {0}")]
pub struct IndexError(#[from] tantivy::TantivyError);

/// A wording, with where it holds.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) kind: Kind,
    pub(crate) title: Text,
    pub(crate) summary: Text,
    pub(crate) department: Option<Text>,
    pub(crate) served: Vec<Served>,
    pub(crate) online: bool,
    /// What it is called, bare: its title in each language, then its other names.
    pub(crate) names: Vec<String>,
    /// The same as they are written in Chinese.
    pub(crate) written: Vec<String>,
    /// By division.
    pub(crate) places: Vec<(Division, Target)>,
}

/// The parts of a document that terms stand in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) title: Field,
    pub(crate) names: Field,
    pub(crate) summary: Field,
    pub(crate) department: Field,
    pub(crate) body: Field,
    pub(crate) places: Field,
}

/// Everything that can be found.
pub struct Index {
    pub(crate) searcher: Searcher,
    pub(crate) fields: Fields,
    /// By their number in the index.
    pub(crate) documents: Vec<Arc<Document>>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("documents", &self.documents.len()).finish_non_exhaustive()
    }
}

/// How a feature begins, by what it is.
pub(crate) mod feature {
    pub(crate) const WORD: char = 'w';
    pub(crate) const PAIR: char = 'p';
    pub(crate) const CHARACTER: char = 'c';
    pub(crate) const SOUNDS: char = 's';
    pub(crate) const SOUND: char = 'o';
    pub(crate) const INITIALS: char = 'i';
    pub(crate) const SPELLED: char = 'y';
    pub(crate) const LATIN: char = 'e';
}

/// How much of a text is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Words and pairs.
    Written,
    /// And sounds.
    Sounding,
    /// And first letters and spelling.
    Named,
}

impl Index {
    /// Indexes entries. Those of the same words become one.
    pub fn build(entries: Vec<Entry>) -> Result<Self, IndexError> {
        let mut schema = Schema::builder();
        let text = |norms: bool| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_fieldnorms(norms)
                .set_index_option(IndexRecordOption::WithFreqs);
            TextOptions::default().set_indexing_options(indexing)
        };
        let fields = Fields {
            title: schema.add_text_field("title", text(true)),
            // Whoever has many names is not the less called by each.
            names: schema.add_text_field("names", text(false)),
            summary: schema.add_text_field("summary", text(true)),
            department: schema.add_text_field("department", text(false)),
            body: schema.add_text_field("body", text(true)),
            places: schema.add_text_field("places", text(false)),
        };
        let builder = tantivy::Index::builder().schema(schema.build());
        let mut writer = builder.single_segment_index_writer(RamDirectory::create(), WRITER)?;
        let mut documents = Vec::new();
        for same in same_words(entries) {
            let Some((document, laid_out)) = lay_out(fields, &same) else { continue };
            writer.add_document(laid_out)?;
            documents.push(Arc::new(document));
        }
        let index = writer.finalize()?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { searcher: reader.searcher(), fields, documents })
    }

    /// How many wordings there are.
    pub fn documents(&self) -> usize {
        self.documents.len()
    }

    /// Bytes that the index takes in memory, without the texts.
    pub fn bytes(&self) -> u64 {
        self.searcher.space_usage().map(|usage| usage.total().get_bytes()).unwrap_or_default()
    }
}

/// Entries of the same words, in a fixed order.
fn same_words(mut entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    entries.sort_by(|one, other| (&one.target, &one.division).cmp(&(&other.target, &other.division)));
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut all: Vec<Vec<Entry>> = Vec::new();
    for entry in entries {
        let key = format!("{:?}", entry.same_words());
        let index = *at.entry(key).or_insert(all.len());
        match all.get_mut(index) {
            Some(same) => same.push(entry),
            None => all.push(vec![entry]),
        }
    }
    all
}

fn lay_out(fields: Fields, same: &[Entry]) -> Option<(Document, TantivyDocument)> {
    let first = same.first()?;
    let names: Vec<&Text> = std::iter::once(&first.title).chain(&first.names).collect();
    let officially: Vec<&str> = names.iter().map(|name| name.zh.as_str()).collect();
    let said = thesaurus::said(&officially);
    let mut laid_out = TantivyDocument::default();
    let both = |text: &Text| [Some(text.zh.clone()), text.en.clone()].into_iter().flatten().collect::<Vec<_>>();
    add(&mut laid_out, fields.title, both(&first.title), Depth::Named);
    let mut others: Vec<String> = first.names.iter().flat_map(both).collect();
    // Codes differ from place to place.
    let coded = same.iter().filter(|entry| entry.target.kind() != Kind::Question);
    others.extend(coded.map(|entry| entry.target.id().to_owned()));
    others.extend(said.iter().map(|&said| said.to_owned()));
    add(&mut laid_out, fields.names, others, Depth::Named);
    add(&mut laid_out, fields.summary, both(&first.summary), Depth::Sounding);
    add(&mut laid_out, fields.department, first.department.iter().flat_map(both).collect(), Depth::Sounding);
    add(&mut laid_out, fields.body, first.body.iter().flat_map(both).collect(), Depth::Written);
    let places: Vec<(Division, Target)> =
        same.iter().map(|entry| (entry.division.clone(), entry.target.clone())).collect();
    terms(&mut laid_out, fields.places, places.iter().map(|(division, _)| division.to_string()).collect());
    let written: Vec<String> =
        officially.iter().map(|&name| name.to_owned()).chain(said.iter().map(|&said| said.to_owned())).collect();
    let mut called: Vec<String> = names.iter().flat_map(|name| both(name)).map(|name| text::bare(&name)).collect();
    called.extend(said.iter().map(|said| text::bare(said)));
    let document = Document {
        kind: first.target.kind(),
        title: first.title.clone(),
        summary: first.summary.clone(),
        department: first.department.clone(),
        served: first.served.clone(),
        online: first.online,
        names: called,
        written,
        places,
    };
    Some((document, laid_out))
}

fn add(document: &mut TantivyDocument, field: Field, texts: Vec<String>, depth: Depth) {
    let mut all = Vec::new();
    for text in texts {
        for run in text::runs(&text::normal(&text)) {
            match run {
                Run::Han(characters) => of_characters(&characters, depth, &mut all),
                Run::Latin(letters) => all.push(format!("{}{letters}", feature::LATIN)),
            }
        }
    }
    terms(document, field, all);
}

/// The features of a run of characters.
fn of_characters(characters: &[char], depth: Depth, all: &mut Vec<String>) {
    let words = words::words(characters);
    all.extend(words.iter().map(|word| format!("{}{word}", feature::WORD)));
    all.extend(characters.iter().map(|character| format!("{}{character}", feature::CHARACTER)));
    for pair in characters.windows(2) {
        let [one, other] = pair else { continue };
        all.push(format!("{}{one}{other}", feature::PAIR));
        if depth != Depth::Written {
            for first in sound::sounds(*one) {
                all.extend(sound::sounds(*other).iter().map(|second| format!("{}{first} {second}", feature::SOUNDS)));
            }
        }
    }
    if depth != Depth::Named {
        return;
    }
    for character in characters {
        all.extend(sound::sounds(*character).iter().map(|sound| format!("{}{sound}", feature::SOUND)));
    }
    for word in words {
        let spelled: String = word.chars().filter_map(sound::reading).collect();
        all.push(format!("{}{spelled}", feature::SPELLED));
    }
    for letters in sound::initials(characters) {
        for from in 0..letters.len() {
            let rest = letters.get(from..).unwrap_or_default();
            for length in 2..=MOST_INITIALS.min(rest.len()) {
                all.push(format!("{}{}", feature::INITIALS, rest.get(..length).unwrap_or_default()));
            }
        }
    }
}

fn terms(document: &mut TantivyDocument, field: Field, terms: Vec<String>) {
    let tokens = terms
        .into_iter()
        .enumerate()
        .map(|(position, text)| Token { offset_from: 0, offset_to: 0, position, text, position_length: 1 })
        .collect();
    document.add_pre_tokenized_text(field, PreTokenizedString { text: String::new(), tokens });
}
