//! The zones, one file each, and what their pages share.

mod medicine;
mod porcelain;

use lotus_sdk::catalog;
use lotus_sdk::log::{self, Level};
use lotus_sdk::prelude::*;

/// Both zones, in the order in which they are shown.
pub(crate) fn all() -> Vec<Zone> {
    vec![porcelain::zone(), medicine::zone()]
}

/// A page of a zone; the empty id is its first.
pub(crate) fn render(ctx: &Context, zone: &str, page: &str) -> Option<Page> {
    match zone {
        "jun-porcelain" => porcelain::render(ctx, page),
        "chinese-medicine" => medicine::render(ctx, page),
        _ => None,
    }
}

/// Links to the district's items that a search for each of these words finds first; none where the catalogue is away.
fn items(words: &[&str]) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    for word in words {
        match catalog::search(word, 2) {
            Ok(items) => found.extend(items.into_iter().map(|item| Link::item(item.name, item.code))),
            Err(error) => log::write(Level::Warn, &format!("catalogue search {word}: {error:?}")),
        }
    }
    let mut seen = Vec::new();
    found.retain(|link| {
        let new = !seen.contains(&link.target);
        seen.push(link.target.clone());
        new
    });
    found
}

/// A page with the items that go with it, or without where there are none.
fn with_items(page: Page, words: &[&str]) -> Page {
    let links = items(words);
    if links.is_empty() {
        page
    } else {
        page.heading(("相关政务服务事项", "Related government services")).links(links)
    }
}

/// A card that leads to a service.
fn service_card(id: &str, tag: (&str, &str), title: (&str, &str), body: (&str, &str)) -> Card {
    Card::new(title, body).tag(tag).link(Link::service(("去办理", "Begin"), id))
}
