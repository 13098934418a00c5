//! Ranking: what answers how much of a query, where, and how exactly.
//!
//! Every unit of a query (a pair of characters, a word of letters) is answered by the best of its readings in the best
//! part of a document: written over sounding over spelled nearly, title over other names over summary over body. Of the
//! units a share must be answered; of what is found the far behind is left out. Then come exact names, place, whom it
//! serves, and whether it is online.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::Term;
use tantivy::collector::TopDocs;
use tantivy::query::{
    BooleanQuery, BoostQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, Query as Search, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::answer::{Answer, Hit};
use crate::index::{Document, Index, IndexError, feature};
use crate::meant;
use crate::query::{Letters, MOST_INITIALS, Query, Unit, Wanted};
use crate::sound;

/// Most that one search ranks.
const MOST: usize = 300;
/// Of a query's units, a share that an answer must have.
const SHARE: f32 = 0.3;
/// What has less of the best answer's score than this is no answer.
const FAR_BEHIND: f32 = 0.25;
/// Beside the best reading of a unit, how much the others count.
const BESIDES: f32 = 0.1;
/// Of how many answers a meant word is taken.
const MEANT_OF: usize = 3;

/// What a feature counts for in each part of a document.
const WRITTEN: [f32; 5] = [3.0, 2.6, 1.2, 1.0, 0.5];
const WORD: [f32; 5] = [2.0, 1.8, 0.8, 0.8, 0.3];
const SOUNDING: [f32; 5] = [1.6, 1.4, 0.5, 0.4, 0.0];
const ONE_SOUND: [f32; 5] = [0.5, 0.4, 0.0, 0.0, 0.0];
const INITIALS: [f32; 5] = [2.4, 2.3, 0.0, 0.0, 0.0];
const LATIN: [f32; 5] = [3.0, 2.6, 1.2, 1.0, 0.5];
/// Where an edit away, in title and other names.
const NEARLY: f32 = 4.0;

impl Index {
    /// What answers a query, best first; the same for the same query and entries.
    pub fn search(&self, query: &Query, wanted: &Wanted) -> Result<Answer, IndexError> {
        let ask = |asked: Box<dyn Search>| {
            self.searcher.search(&*self.near(asked, wanted), &TopDocs::with_limit(MOST).order_by_score())
        };
        let mut found = ask(self.enough(query))?;
        if found.is_empty() && !query.words.is_empty() {
            found = ask(self.any_word(query))?;
        }
        let mut hits: Vec<Hit> = found
            .into_iter()
            .filter_map(|(score, address)| {
                let document = self.documents.get(usize::try_from(address.doc_id).ok()?)?;
                let (at, near) = place(document, wanted)?;
                let score = score * near * document.kind.weight() * exact(query, document) * suits(document, wanted);
                Some(Hit { document: Arc::clone(document), at, score })
            })
            .collect();
        hits.sort_by(|one, other| {
            let key =
                |hit: &Hit| (hit.document.kind, hit.document.title.zh.clone(), hit.document.places.first().cloned());
            other.score.total_cmp(&one.score).then_with(|| key(one).cmp(&key(other)))
        });
        if let Some(best) = hits.first().map(|hit| hit.score) {
            hits.retain(|hit| hit.score >= best * FAR_BEHIND);
        }
        let first = || hits.iter().take(MEANT_OF).map(|hit| &hit.document);
        let is_written = first().any(|document| document.names.iter().any(|name| name.contains(&query.bare)));
        let mut near = first().filter_map(|document| meant::meant(query, document.written.iter().map(String::as_str)));
        let meant = if is_written { None } else { near.next() };
        let mut kinds = BTreeMap::new();
        for hit in &hits {
            *kinds.entry(hit.kind()).or_insert(0) += 1;
        }
        hits.retain(|hit| wanted.kind.is_none_or(|kind| hit.kind() == kind));
        let total = hits.len();
        let hits = hits.into_iter().skip(wanted.skip).take(wanted.take).collect();
        Ok(Answer { query: query.clone(), hits, total, kinds, meant })
    }

    /// Whatever has enough of a query.
    fn enough(&self, query: &Query) -> Box<dyn Search> {
        let units: Vec<(Occur, Box<dyn Search>)> =
            query.units.iter().map(|unit| (Occur::Should, self.unit(unit))).collect();
        let needed = needed(units.len());
        let mut clauses: Vec<(Occur, Box<dyn Search>)> =
            vec![(Occur::Must, Box::new(BooleanQuery::with_minimum_required_clauses(units, needed)))];
        for word in &query.words {
            clauses.push((Occur::Should, best(self.terms(feature::WORD, word, WORD))));
        }
        // Sounds across the border of two scripts: gonggong场所.
        for pair in query.sounds.windows(2).filter(|_| query.units.len() > 1) {
            if let [one, other] = pair {
                clauses.push((Occur::Should, best(self.terms(feature::SOUNDS, &format!("{one} {other}"), ONE_SOUND))));
            }
        }
        Box::new(BooleanQuery::new(clauses))
    }

    /// Where nothing has enough, whatever has one of the words.
    fn any_word(&self, query: &Query) -> Box<dyn Search> {
        let words = query.words.iter().map(|word| (Occur::Should, best(self.terms(feature::WORD, word, WORD))));
        Box::new(BooleanQuery::new(words.collect()))
    }

    /// In the district and the city, unless everywhere is wanted.
    fn near(&self, asked: Box<dyn Search>, wanted: &Wanted) -> Box<dyn Search> {
        if wanted.everywhere {
            return asked;
        }
        let near = std::iter::once(&wanted.division).chain(wanted.city.as_ref());
        let near = near.map(|division| (Occur::Should, term(self.fields.places, division.as_str()))).collect();
        let near = boost(Box::new(BooleanQuery::new(near)), 0.0);
        Box::new(BooleanQuery::new(vec![(Occur::Must, asked), (Occur::Must, near)]))
    }

    fn unit(&self, unit: &Unit) -> Box<dyn Search> {
        match unit {
            Unit::Pair(one, other) => {
                let mut readings = self.terms(feature::PAIR, &format!("{one}{other}"), WRITTEN);
                if let (Some(first), Some(second)) = (sound::reading(*one), sound::reading(*other)) {
                    let sounds = format!("{} {}", sound::sound(first), sound::sound(second));
                    readings.extend(self.terms(feature::SOUNDS, &sounds, SOUNDING));
                }
                best(readings)
            }
            Unit::Character(one) => {
                let mut readings = self.terms(feature::CHARACTER, &one.to_string(), WRITTEN);
                if let Some(reading) = sound::reading(*one) {
                    readings.extend(self.terms(feature::SOUND, &sound::sound(reading), ONE_SOUND));
                }
                best(readings)
            }
            Unit::Number(number) => {
                let mut readings = self.terms(feature::LATIN, number, LATIN);
                if number.len() >= 4 {
                    readings.extend(self.begins(feature::LATIN, number));
                }
                best(readings)
            }
            Unit::Letters(letters) => best(self.letters(letters)),
        }
    }

    /// Letters are a word, the beginning of one, a word with an error, pinyin, pinyin with an error, or first letters.
    fn letters(&self, unit: &Letters) -> Vec<Box<dyn Search>> {
        let letters = unit.letters.as_str();
        let length = letters.chars().count();
        let mut readings = self.terms(feature::LATIN, letters, LATIN);
        if (2..=MOST_INITIALS).contains(&length) {
            readings.extend(self.terms(feature::INITIALS, letters, INITIALS));
        }
        for way in &unit.ways {
            let sounds: Vec<String> = way.iter().map(|syllable| sound::sound(syllable)).collect();
            let pairs: Vec<(Occur, Box<dyn Search>)> = sounds
                .windows(2)
                .map(|pair| (Occur::Should, best(self.terms(feature::SOUNDS, &pair.join(" "), SOUNDING))))
                .collect();
            match (pairs.len(), sounds.first()) {
                (0, Some(only)) => readings.extend(self.terms(feature::SOUND, only, ONE_SOUND)),
                (all, _) => {
                    let most = all.div_ceil(2);
                    readings.push(Box::new(BooleanQuery::with_minimum_required_clauses(pairs, most)));
                }
            }
        }
        if length >= 3 {
            readings.extend(self.begins(feature::LATIN, letters));
        }
        let edits = match length {
            0..=4 => 0,
            5..=8 => 1,
            _ => 2,
        };
        if edits > 0 {
            for part in [feature::LATIN, feature::SPELLED] {
                for field in [self.fields.title, self.fields.names] {
                    let term = Term::from_field_text(field, &format!("{part}{letters}"));
                    readings.push(boost(Box::new(FuzzyTermQuery::new(term, edits, true)), NEARLY));
                }
            }
        }
        readings
    }

    /// Terms that begin so, in title and other names.
    fn begins(&self, part: char, letters: &str) -> Vec<Box<dyn Search>> {
        let fields = [self.fields.title, self.fields.names].into_iter();
        let begins = |field| {
            let term = Term::from_field_text(field, &format!("{part}{letters}"));
            boost(Box::new(FuzzyTermQuery::new_prefix(term, 0, true)), NEARLY)
        };
        fields.map(begins).collect()
    }

    /// A feature in every part of a document in which it counts.
    fn terms(&self, part: char, text: &str, weights: [f32; 5]) -> Vec<Box<dyn Search>> {
        let fields = &self.fields;
        let parts =
            [fields.title, fields.names, fields.summary, fields.department, fields.body].into_iter().zip(weights);
        parts
            .filter(|(_, weight)| *weight > 0.0)
            .map(|(field, weight)| boost(term(field, &format!("{part}{text}")), weight))
            .collect()
    }
}

/// How many of these units an answer must have.
fn needed(units: usize) -> usize {
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a query has at most some dozens of units"
    )]
    let share = (units as f32 * SHARE).ceil() as usize;
    share.max(1)
}

fn term(field: Field, text: &str) -> Box<dyn Search> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

fn boost(query: Box<dyn Search>, by: f32) -> Box<dyn Search> {
    Box::new(BoostQuery::new(query, by))
}

fn best(readings: Vec<Box<dyn Search>>) -> Box<dyn Search> {
    Box::new(DisjunctionMaxQuery::with_tie_breaker(readings, BESIDES))
}

/// The place that is nearest to whoever asks, and what its nearness counts for; none where they don't see it.
fn place(document: &Document, wanted: &Wanted) -> Option<(usize, f32)> {
    let of = |division: &lotus_domain::district::Division| document.places.iter().position(|(at, _)| at == division);
    let own = of(&wanted.division).map(|at| (at, 1.1));
    let city = || wanted.city.as_ref().and_then(of).map(|at| (at, 1.0));
    let other = || (wanted.everywhere && !document.places.is_empty()).then_some((0, 0.7));
    own.or_else(city).or_else(other)
}

/// A name that is what was typed, begins with it or holds it.
fn exact(query: &Query, document: &Document) -> f32 {
    let title = |at: usize| if at < 2 { 1.0 } else { 0.95 };
    let names = document.names.iter().enumerate().map(|(at, name)| {
        let how = match name.strip_prefix(&query.bare) {
            Some("") => 1.8,
            Some(_) => 1.3,
            None if name.contains(&query.bare) => 1.2,
            None => 1.0,
        };
        how * title(at)
    });
    names.fold(1.0, f32::max)
}

/// Whom it serves, and whether it can be done online.
fn suits(document: &Document, wanted: &Wanted) -> f32 {
    let served = match &wanted.served {
        Some(served) if !document.served.is_empty() => {
            if document.served.contains(served) {
                1.08
            } else {
                0.85
            }
        }
        _ => 1.0,
    };
    served * if document.online { 1.03 } else { 1.0 }
}
