//! The list, and one of it with all that it discloses.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use lotus_domain::Slug;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::{District, Division};
use lotus_domain::intermediary::ServiceType;
use lotus_domain::intermediary::credit::Standing;
use lotus_domain::intermediary::filing::Filing;
use lotus_domain::text::Text;
use lotus_platform::{Listed, Looked};
use serde::Deserialize;

use crate::app::App;
use crate::error::Error;
use crate::portal::{Named, Place};
use crate::reader::{Reader, encoded};
use crate::render::frame::{Frame, Part, page};

/// Intermediaries of one page.
pub(crate) const PAGE: usize = 20;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    pub(crate) service: String,
    #[serde(default)]
    pub(crate) standing: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) order: String,
    #[serde(default)]
    pub(crate) page: usize,
}

impl Wanted {
    pub(crate) fn looked(&self) -> Looked {
        Looked {
            service: Slug::parse(self.service.as_str()).ok(),
            standing: Some(self.standing.clone()).filter(|name| Standing::NAMES.contains(&name.as_str())),
            name: self.name.chars().take(50).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "intermediaries.html")]
struct ListPage {
    f: Frame,
    district: Arc<District>,
    services: Vec<ServiceType>,
    wanted: Wanted,
    seed: String,
    found: usize,
    shown: Vec<Arc<Listed>>,
    /// The same filters, for the next page.
    next: Option<String>,
    before: Option<String>,
    public: Vec<(CaseNumber, Filing)>,
}

impl ListPage {
    fn standings() -> [(&'static str, Text); 5] {
        let day = jiff::civil::Date::ZERO;
        let all = [
            Standing::Listed,
            Standing::Warned,
            Standing::Suspended { until: day },
            Standing::Exited { since: day },
            Standing::Readmitted,
        ];
        all.map(|standing| (standing.name(), standing.title()))
    }

    fn service(&self, id: &Slug) -> String {
        let known = self.services.iter().find(|service| service.id == *id);
        known.map_or_else(|| id.to_string(), |service| self.f.w.text(&service.title).to_owned())
    }
}

/// `GET /d/{division}/intermediaries`
pub(super) async fn all(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let (seed, cookie) = super::seed(&app, &headers, &wanted.order);
    let division = &place.visit.division;
    let found = app.platform.intermediaries(division, &wanted.looked(), &seed);
    let public = app.platform.filings_public(division).await.unwrap_or_default();
    let of = |page: usize| {
        format!(
            "/d/{division}/intermediaries?service={}&standing={}&name={}&order={seed}&page={page}",
            encoded(&wanted.service),
            encoded(&wanted.standing),
            encoded(&wanted.name)
        )
    };
    let start = wanted.page.saturating_mul(PAGE);
    let next = (start.saturating_add(PAGE) < found.len()).then(|| of(wanted.page + 1));
    let before = wanted.page.checked_sub(1).map(of);
    let f = Frame::new(&app, &reader, reader.words.t("inter-title")).of(&app, &place.district).at(Part::Items);
    let view = ListPage {
        f,
        services: app.platform.intermediary_services(),
        found: found.len(),
        shown: found.into_iter().skip(start).take(PAGE).collect(),
        seed,
        next,
        before,
        public,
        district: place.district,
        wanted,
    };
    let mut response = page(&view)?;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(cookie) = HeaderValue::from_str(&cookie.to_string()) {
        headers.append(SET_COOKIE, cookie);
    }
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Name {
    #[allow(dead_code, reason = "the district is the place's")]
    division: Division,
    code: String,
}

#[derive(Template)]
#[template(path = "intermediary.html")]
struct OnePage {
    f: Frame,
    district: Arc<District>,
    services: Vec<ServiceType>,
    districts: Vec<Arc<District>>,
    one: Arc<Listed>,
    standing: Text,
    /// The last day of a suspension.
    until: Option<jiff::civil::Date>,
}

impl OnePage {
    fn service(&self, id: &Slug) -> String {
        let known = self.services.iter().find(|service| service.id == *id);
        known.map_or_else(|| id.to_string(), |service| self.f.w.text(&service.title).to_owned())
    }

    fn serves(&self) -> String {
        let names = self.districts.iter().filter(|district| self.one.listing.serves(&district.division));
        names
            .map(|district| self.f.w.text(&district.name).to_owned())
            .collect::<Vec<_>>()
            .join(&self.f.w.t("list-comma"))
    }

    fn has_weight(event: &lotus_domain::intermediary::credit::CreditEvent) -> bool {
        event.kind.weight().is_some()
    }
}

/// `GET /d/{division}/intermediaries/{code}`
pub(super) async fn one(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(name): Named<Name>,
) -> Result<Response, Error> {
    let one = app.platform.intermediary(&name.code).ok_or(Error::NoPage)?;
    let until = match one.record.standing {
        Standing::Suspended { until } => Some(until),
        _ => None,
    };
    let f = Frame::new(&app, &reader, one.listing.name.clone()).of(&app, &place.district).at(Part::Items);
    page(&OnePage {
        f,
        services: app.platform.intermediary_services(),
        districts: app.platform.districts(),
        district: place.district,
        standing: one.record.standing.title(),
        until,
        one,
    })
}
