//! `/d/{division}/items`: a district's items, the search over them, and each item's guide.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use lotus_domain::Slug;
use lotus_domain::assistance::Offer;
use lotus_domain::catalog::{DistrictItem, Item, Served};
use lotus_domain::district::District;
use lotus_domain::text::Text;
use serde::Deserialize;

use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::help;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// Most items that a search shows: who needs more narrows it.
pub(crate) const MOST_FOUND: usize = 50;

/// What a list is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Narrowing {
    /// Words to look for.
    #[serde(default)]
    q: String,
    /// A theme, by its Chinese name.
    #[serde(default)]
    theme: String,
    /// `person` or `enterprise`.
    #[serde(default, rename = "for")]
    whom: String,
}

#[derive(Template)]
#[template(path = "items.html")]
struct ItemsPage {
    f: Frame,
    district: Arc<District>,
    query: String,
    theme: Option<Text>,
    whom: String,
    items: Vec<Arc<DistrictItem>>,
}

impl ItemsPage {
    fn is_for(&self, whom: &str) -> bool {
        self.whom == whom
    }

    fn found(&self) -> String {
        self.f.w.with("items-found", &[("n", &self.items.len()), ("query", &self.query)])
    }

    fn is_plain(&self) -> bool {
        self.query.is_empty() && self.theme.is_none() && self.whom.is_empty()
    }
}

/// `GET /d/{division}/items?q=&theme=&for=`
pub(crate) async fn list(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Query(narrowing): Query<Narrowing>,
) -> Result<Response, Error> {
    let division = &place.visit.division;
    let query: String = narrowing.q.trim().chars().take(100).collect();
    let mut items = if query.is_empty() {
        app.platform.items(division)
    } else {
        app.platform.item_search(division, &query, MOST_FOUND)
    };
    let theme = items.iter().flat_map(|item| &item.item.themes).find(|theme| theme.zh == narrowing.theme).cloned();
    items.retain(|item| serves(&item.item, &narrowing.whom));
    if let Some(theme) = &theme {
        items.retain(|item| item.item.themes.iter().any(|one| one.zh == theme.zh));
    }
    let f = Frame::new(&app, &reader, reader.words.t("items-title")).of(&app, &place.district).at(Part::Items);
    page(&ItemsPage { f, query, theme, whom: narrowing.whom, items, district: place.district })
}

fn serves(item: &Item, whom: &str) -> bool {
    match whom {
        "person" => item.served.contains(&Served::NaturalPerson),
        "enterprise" => item.served.iter().any(|served| *served != Served::NaturalPerson),
        _ => true,
    }
}

#[derive(Deserialize)]
pub(crate) struct ItemName {
    code: String,
}

#[derive(Template)]
#[template(path = "guide.html")]
struct GuidePage {
    f: Frame,
    district: Arc<District>,
    of_city: bool,
    i: Arc<DistrictItem>,
    offers: Vec<Offer>,
    /// The service of the catalogue of intermediaries that it asks for.
    intermediaries: Option<Slug>,
    /// How it is rated.
    rated: String,
}

/// `GET /d/{division}/items/{code}`
pub(crate) async fn guide(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(ItemName { code }): Named<ItemName>,
    Known(asker): Known,
) -> Result<Response, Error> {
    let item = app.platform.item(&place.visit.division, &code).ok_or(Error::NoItem)?;
    let offers = help::offers_for(&app, &place.visit, &item.item, &asker).await;
    let title = reader.words.text(&item.item.name).to_owned();
    let f = Frame::new(&app, &reader, title).of(&app, &place.district).at(Part::Items);
    let service = |name| app.platform.intermediary_service_named(name);
    let intermediaries = item.item.intermediary_services.iter().find_map(service);
    let rated = app.platform.rating_of_item(&item.division, &item.item.code).await;
    let rated = crate::rating::in_a_word(reader.words, rated.as_ref());
    page(&GuidePage {
        f,
        offers,
        intermediaries,
        rated,
        of_city: item.division != place.visit.division,
        i: item,
        district: place.district,
    })
}
