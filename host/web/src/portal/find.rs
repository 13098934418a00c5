//! `/search`, `/d/{division}/search`: items, services, zones, policies and questions in one box.
//!
//! Invariant: a query that holds somebody's number is neither searched nor shown again: the address that is left has it
//! no more.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::Query as Parameters;
use lotus_domain::district::{District, Division};
use lotus_domain::text::Text;
use lotus_platform::{Asker, Find, Found, FoundKind, Hit, LONGEST_QUERY, Piece, Private, Query, Target, personal};
use serde::Deserialize;

use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Place;
use crate::reader::{Reader, encoded};
use crate::render::frame::{Frame, Part, page};

/// Answers on a page.
pub(crate) const PAGE: usize = 10;
/// No search has more pages.
const MOST_PAGES: usize = 30;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(crate) q: String,
    /// One kind alone.
    #[serde(default)]
    pub(crate) kind: String,
    /// `1`: in the other districts too.
    #[serde(default)]
    pub(crate) everywhere: String,
    /// From 1.
    #[serde(default)]
    pub(crate) page: String,
    /// What somebody's search held, where they were led here from it.
    #[serde(default)]
    private: String,
}

impl Asked {
    pub(crate) fn is_everywhere(&self) -> bool {
        self.everywhere == "1"
    }

    /// The page, from 1; the first where it is none.
    pub(crate) fn page(&self) -> usize {
        self.page.parse().unwrap_or(1).clamp(1, MOST_PAGES)
    }

    /// What this looks for in a district's portal.
    pub(crate) fn find(&self, division: &Division, take: usize) -> Find {
        Find {
            division: division.clone(),
            everywhere: self.is_everywhere(),
            kind: FoundKind::parse(&self.kind),
            skip: (self.page() - 1) * take,
            take,
        }
    }
}

/// Where what was found is, seen from a district's portal: the city's items stand in every district's.
pub(crate) fn address(hit: &Hit, here: &Division, city: Option<&Division>) -> Option<String> {
    let (division, target) = hit.place()?;
    let portal = if city == Some(division) { here } else { division };
    Some(match target {
        Target::Item(code) => format!("/d/{portal}/items/{code}"),
        Target::ItemQuestion(code) => format!("/d/{portal}/items/{code}#questions"),
        Target::Service(id) => format!("/d/{division}/services/{id}"),
        Target::Zone(id) => format!("/d/{division}/zones/{id}"),
        Target::Policy(id) => format!("/d/{portal}/policies/{id}"),
        Target::Answered(_) => format!("/d/{division}/answers"),
    })
}

fn key(kind: FoundKind) -> &'static str {
    match kind {
        FoundKind::Item => "find-item",
        FoundKind::Service => "find-service",
        FoundKind::Zone => "find-zone",
        FoundKind::Policy => "find-policy",
        FoundKind::Question => "find-question",
    }
}

/// A kind, and how many of it were found.
struct Counted {
    name: &'static str,
    key: &'static str,
    count: usize,
    chosen: bool,
}

/// An answer as a row of the page.
struct Row {
    key: &'static str,
    address: String,
    title: Vec<Piece>,
    title_language: Option<&'static str>,
    summary: Vec<Piece>,
    summary_language: Option<&'static str>,
    department: Option<Text>,
    /// Whose it is, where it isn't of here.
    place: Option<Text>,
    online: bool,
}

#[derive(Template)]
#[template(path = "find.html")]
struct FindPage {
    f: Frame,
    district: Arc<District>,
    typed: String,
    /// What was typed held this, and was not searched.
    private: Option<&'static str>,
    away: bool,
    found: Option<Found>,
    shortened: bool,
    kind: Option<FoundKind>,
    everywhere: bool,
    all: usize,
    kinds: Vec<Counted>,
    rows: Vec<Row>,
    first: usize,
    before: Option<String>,
    after: Option<String>,
}

impl FindPage {
    fn new(f: Frame, district: Arc<District>, asked: &Asked) -> Self {
        Self {
            f,
            district,
            typed: asked.q.trim().chars().take(LONGEST_QUERY).collect(),
            private: None,
            away: false,
            found: None,
            shortened: false,
            kind: FoundKind::parse(&asked.kind),
            everywhere: asked.is_everywhere(),
            all: 0,
            kinds: Vec::new(),
            rows: Vec::new(),
            first: 1,
            before: None,
            after: None,
        }
    }

    fn link(&self, words: &str, kind: &str, everywhere: bool, page: usize) -> String {
        let mut address = format!("{}?q={}", self.f.find_address(), encoded(words));
        if !kind.is_empty() {
            address.push_str("&kind=");
            address.push_str(kind);
        }
        if everywhere {
            address.push_str("&everywhere=1");
        }
        if page > 1 {
            address.push_str("&page=");
            address.push_str(&page.to_string());
        }
        address
    }

    fn again(&self, words: &str) -> String {
        self.link(words, "", self.everywhere, 1)
    }

    fn of_kind(&self, kind: &str) -> String {
        self.link(&self.typed, kind, self.everywhere, 1)
    }

    fn wider(&self) -> String {
        self.link(&self.typed, self.kind.map(FoundKind::name).unwrap_or_default(), !self.everywhere, 1)
    }

    fn longest() -> usize {
        LONGEST_QUERY
    }

    fn count(&self) -> String {
        let total = self.found.as_ref().map_or(0, |found| found.total);
        self.f.w.with("find-count", &[("n", &total), ("query", &self.typed)])
    }

    fn show(&mut self, found: Found, asked: &Asked, city: Option<&District>, districts: &[Arc<District>]) {
        self.shortened = found.query().is_shortened();
        self.all = found.kinds.values().sum();
        let counted = found.kinds.iter().map(|(kind, count)| Counted {
            name: kind.name(),
            key: key(*kind),
            count: *count,
            chosen: self.kind == Some(*kind),
        });
        self.kinds = counted.collect();
        let words = self.f.w;
        let here = &self.district.division;
        let rows = found.hits.iter().filter_map(|hit| {
            let (division, _) = hit.place()?;
            let place = districts.iter().find(|district| district.division == *division && division != here);
            Some(Row {
                key: key(hit.kind()),
                address: address(hit, here, city.map(|city| &city.division))?,
                title: found.mark(words.text(hit.title())),
                title_language: words.foreign(hit.title()),
                summary: found.mark(words.text(hit.summary())),
                summary_language: words.foreign(hit.summary()),
                department: hit.department().cloned(),
                place: place.map(|district| district.name.clone()),
                online: hit.is_online(),
            })
        });
        self.rows = rows.collect();
        let page = asked.page();
        self.first = (page - 1) * PAGE + 1;
        let kind = self.kind.map(FoundKind::name).unwrap_or_default();
        self.before = (page > 1).then(|| self.link(&self.typed, kind, self.everywhere, page - 1));
        self.after = (page * PAGE < found.total).then(|| self.link(&self.typed, kind, self.everywhere, page + 1));
        self.found = Some(found);
    }
}

/// `GET /d/{division}/search?q=&kind=&everywhere=&page=`
pub(crate) async fn of_district(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    asker: Result<Known, Error>,
    Parameters(wanted): Parameters<Asked>,
) -> Result<Response, Error> {
    let f = Frame::new(&app, &reader, reader.words.t("find-title")).of(&app, &place.district).at(Part::Find);
    shown(&app, f, place.district, asker, &wanted).await
}

/// `GET /search`: the same in the city's own portal.
pub(crate) async fn of_city(
    State(app): State<App>,
    reader: Reader,
    asker: Result<Known, Error>,
    Parameters(wanted): Parameters<Asked>,
) -> Result<Response, Error> {
    let city = app.city().ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("find-title")).at(Part::Find);
    shown(&app, f, city, asker, &wanted).await
}

async fn shown(
    app: &App,
    f: Frame,
    district: Arc<District>,
    asker: Result<Known, Error>,
    wanted: &Asked,
) -> Result<Response, Error> {
    if let Some(private) = personal(&wanted.q) {
        let what = match private {
            Private::IdentityNumber => "identity",
            Private::Telephone => "telephone",
        };
        return Ok(Redirect::to(&format!("{}?private={what}", f.find_address())).into_response());
    }
    let mut shown = FindPage::new(f, district, wanted);
    shown.private = match wanted.private.as_str() {
        "identity" => Some("find-private-identity"),
        "telephone" => Some("find-private-telephone"),
        _ => None,
    };
    if let Some(query) = Query::parse(&wanted.q) {
        // Who asks only moves what is for them up a little: the search goes on while the database is away.
        let asker = asker.map_or_else(|_| Asker::nobody(None), |Known(asker)| asker);
        let here = wanted.find(&shown.district.division, PAGE);
        let mut found = app.platform.find(&asker, &query, &here).await;
        // What isn't here may be next door: nobody is told “nothing” while it is.
        if !here.everywhere && found.as_ref().is_ok_and(|found| found.total == 0) {
            shown.everywhere = true;
            found = app.platform.find(&asker, &query, &Find { everywhere: true, ..here }).await;
        }
        match found {
            Ok(found) => shown.show(found, wanted, app.city().as_deref(), &app.platform.districts()),
            Err(_) => shown.away = true,
        }
    }
    page(&shown)
}
