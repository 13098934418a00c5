//! The catalogue as people look through it: a district's own items and the city's.

use std::sync::Arc;

use lotus_domain::catalog::{DistrictItem, ItemError};
use lotus_domain::district::Division;
use lotus_domain::intermediary::steering::Steering;
use lotus_domain::text::Text;
use lotus_store::StoreError;

use crate::start::Platform;

/// Why items are not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// An item is not what the law wants it to be: e.g. a fee without a basis (article 31).
    #[error(transparent)]
    Item(#[from] ItemError),
    /// A guide names an intermediary instead of a service (article 32).
    #[error("the item {0}: {1}")]
    Steering(String, Steering),
    /// The database is away.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// A district's items, its own first, then the city's.
    pub fn items(&self, division: &Division) -> Vec<Arc<DistrictItem>> {
        self.city().tenant(division).map(|tenant| tenant.items.clone()).unwrap_or_default()
    }

    /// The district's or the city's item of this implementation code.
    pub fn item(&self, division: &Division, code: &str) -> Option<Arc<DistrictItem>> {
        let city = self.city();
        city.tenant(division)?.items.iter().find(|item| item.item.code == code).cloned()
    }

    /// The district's items that answer these words, best first.
    pub fn item_search(&self, division: &Division, query: &str, limit: usize) -> Vec<Arc<DistrictItem>> {
        search(
            self.city().tenant(division).map(|tenant| tenant.searchable.as_slice()).unwrap_or_default(),
            query,
            limit,
        )
    }

    /// Publishes items of a district; a version that is published stays as it is.
    pub async fn item_publish(&self, division: Division, items: Vec<DistrictItem>) -> Result<(), PublishError> {
        for item in &items {
            item.item.check()?;
            if let Some(steering) = self.city().register.watch.in_value(&item.item, &|_| false) {
                return Err(PublishError::Steering(item.item.code.clone(), steering));
            }
        }
        self.store().item_publish(division, items).await?;
        Ok(self.reload().await?)
    }
}

/// An item with the words that a search looks through, laid out once when the city is loaded: pages and plugins search
/// for every visitor.
pub(crate) struct Searchable {
    item: Arc<DistrictItem>,
    code: String,
    /// Name; themes; department and result; summary: in small letters, both languages, by falling weight.
    places: [(u32, String); 4],
}

impl Searchable {
    pub(crate) fn new(item: Arc<DistrictItem>) -> Self {
        let of = &item.item;
        let words = |texts: &[&Text]| {
            let both = texts.iter().flat_map(|text| [Some(text.zh.as_str()), text.en.as_deref()]).flatten();
            both.collect::<Vec<_>>().join("\n").to_lowercase()
        };
        let themes: Vec<&Text> = of.themes.iter().collect();
        let places = [
            (20, words(&[&of.name])),
            (8, words(&themes)),
            (6, words(&[&of.department, &of.result.name])),
            (3, words(&[&of.summary])),
        ];
        Self { code: of.code.to_lowercase(), places, item }
    }

    /// The weight of the places that hold a part of a word.
    fn weight(&self, part: &str) -> u32 {
        self.places.iter().filter(|(_, words)| words.contains(part)).map(|(weight, _)| weight).sum()
    }

    /// How well the item answers one word: whole where it stands, by pairs of characters where it does not, so that
    /// “残疾证” still finds what is called “残疾人证办理”.
    fn score(&self, word: &str) -> u32 {
        let begins = word.len() >= 4 && self.code.starts_with(word);
        let coded = if self.code == word { 100 } else { u32::from(begins) * 30 };
        let whole = self.weight(word) + coded;
        if whole > 0 {
            return 100 * whole;
        }
        // Pairs mean something in Chinese alone: two Latin letters stand in every word.
        let characters: Vec<char> = word.chars().filter(|c| !c.is_ascii()).collect();
        let pairs = characters.windows(2).map(|pair| pair.iter().collect::<String>());
        let weights: Vec<u32> = pairs.map(|pair| self.weight(&pair)).collect();
        let known = weights.iter().filter(|weight| **weight > 0).count();
        if known * 2 >= weights.len().max(1) { weights.iter().sum() } else { 0 }
    }
}

/// Items by how well they answer a query.
pub(crate) fn search(items: &[Searchable], query: &str, limit: usize) -> Vec<Arc<DistrictItem>> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u32, &Arc<DistrictItem>)> = items
        .iter()
        .filter_map(|searchable| {
            // Every word must be answered: more words narrow a search.
            let scores = words.iter().map(|word| Some(searchable.score(word)).filter(|score| *score > 0));
            let total = scores.sum::<Option<u32>>()?;
            Some((total, &searchable.item))
        })
        .collect();
    found.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.item.code.cmp(&other.item.code)));
    found.into_iter().take(limit).map(|(_, item)| Arc::clone(item)).collect()
}
