//! The catalogue as people look through it: a district's own items and the city's.

use std::sync::Arc;

use lotus_domain::catalog::{DistrictItem, Item};
use lotus_domain::district::Division;
use lotus_domain::text::Text;
use lotus_store::StoreError;

use crate::start::Platform;

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
        search(self.city().tenant(division).map(|tenant| tenant.items.as_slice()).unwrap_or_default(), query, limit)
    }

    /// Publishes items of a district; a version that is published stays as it is.
    pub async fn item_publish(&self, division: Division, items: Vec<DistrictItem>) -> Result<(), StoreError> {
        self.store().item_publish(division, items).await?;
        self.reload().await
    }
}

/// Items by how well they answer a query.
pub(crate) fn search(items: &[Arc<DistrictItem>], query: &str, limit: usize) -> Vec<Arc<DistrictItem>> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u32, &Arc<DistrictItem>)> = items
        .iter()
        .filter_map(|item| {
            let scores: Vec<u32> = words.iter().map(|word| score(&item.item, word)).collect();
            // Every word must be answered: more words narrow a search.
            scores.iter().all(|score| *score > 0).then(|| (scores.iter().sum(), item))
        })
        .collect();
    found.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.item.code.cmp(&other.item.code)));
    found.into_iter().take(limit).map(|(_, item)| Arc::clone(item)).collect()
}

/// How well an item answers one word: whole where it stands, by pairs of characters where it does not, so that
/// “开饭店办证” still finds what is written as “开餐饮店”.
fn score(item: &Item, word: &str) -> u32 {
    let places: [(u32, Vec<&Text>); 4] = [
        (20, vec![&item.name]),
        (8, item.themes.iter().collect()),
        (6, vec![&item.department, &item.result.name]),
        (3, vec![&item.summary]),
    ];
    let holds = |texts: &[&Text], part: &str| {
        texts.iter().any(|text| {
            text.zh.to_lowercase().contains(part) || text.en.as_ref().is_some_and(|en| en.to_lowercase().contains(part))
        })
    };
    let whole: u32 = places.iter().filter(|(_, texts)| holds(texts, word)).map(|(weight, _)| weight).sum();
    let code = item.code.to_lowercase();
    let coded = if code == word { 100 } else { u32::from(word.len() >= 4 && code.starts_with(word)) * 30 };
    if whole + coded > 0 {
        return 100 * (whole + coded);
    }
    // Pairs mean something in Chinese alone: two Latin letters stand in every word.
    let characters: Vec<char> = word.chars().filter(|c| !c.is_ascii()).collect();
    let pairs: Vec<String> = characters.windows(2).map(|pair| pair.iter().collect()).collect();
    let weight = |pair: &str| -> u32 { places.iter().filter(|(_, texts)| holds(texts, pair)).map(|(w, _)| w).sum() };
    let known: Vec<u32> = pairs.iter().map(|pair| weight(pair)).filter(|weight| *weight > 0).collect();
    if known.len() * 2 >= pairs.len().max(1) { known.iter().sum() } else { 0 }
}
