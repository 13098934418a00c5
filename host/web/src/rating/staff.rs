//! Ratings for staff: a department's, what supervision checks and decides, whom to call back, and the codes that lead to one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use lotus_domain::access::Deed;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::{District, Division};
use lotus_domain::rating::{Screening, Standing};
use lotus_platform::{Checks, SeenRating};
use serde::Deserialize;

use super::tags;
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

#[derive(Deserialize)]
pub(super) struct InDistrict {
    pub(super) division: Division,
}

pub(super) fn private(template: &impl Template) -> Result<Response, Error> {
    let mut response = page(template)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Template)]
#[template(path = "ratings_staff.html")]
struct ListPage {
    f: Frame,
    district: Arc<District>,
    ratings: Vec<SeenRating>,
    /// What else is theirs to do with ratings here.
    ways: Vec<(&'static str, String)>,
}

impl ListPage {
    fn said(&self, rating: &SeenRating) -> String {
        tags(self.f.w, &rating.tags)
    }

    fn is_misjudged(rating: &SeenRating) -> bool {
        rating.standing == Standing::Misjudged
    }
}

/// What is done with ratings, and whose it is.
const WAYS: [(Deed, &str, &str); 4] = [
    (Deed::CheckRatings, "ratings/checks", "rating-checks-title"),
    (Deed::CallBackRaters, "call-backs", "call-backs-title"),
    (Deed::RecordRatings, "ratings/telephone", "rating-record-title"),
    (Deed::IssueRatingDevices, "ratings/devices", "rating-devices-title"),
];

/// `GET /staff/d/{division}/ratings`
pub(super) async fn list(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let ratings = app.platform.ratings_of(&asker, &place.division).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let ways = WAYS.into_iter().filter(|(deed, _, _)| app.platform.may_within(&asker, *deed, &place.division));
    let ways = ways.map(|(_, way, words)| (way, reader.words.t(words))).collect();
    let f = Frame::new(&app, &reader, reader.words.t("ratings-staff-title")).of(&app, &district).at(Part::Staff);
    private(&ListPage { f, district, ratings, ways })
}

#[derive(Deserialize)]
pub(super) struct Of {
    case: Option<String>,
    visit: Option<String>,
}

#[derive(Template)]
#[template(path = "rating_code.html")]
struct CodePage {
    f: Frame,
    title: String,
    link: String,
}

/// `GET /staff/d/{division}/ratings/code?case=` or `?visit=`: the QR code to be shown or printed.
pub(super) async fn link(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Query(of): Query<Of>,
) -> Result<Response, Error> {
    let case = of.case.as_deref().map(CaseNumber::parse).transpose().map_err(|_| Error::NoPage)?;
    let visit = of.visit.as_deref();
    let (link, title) = app.platform.rating_link_for(&asker, &place.division, case.as_ref(), visit).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let title = reader.words.text(&title).to_owned();
    let f = Frame::new(&app, &reader, reader.words.t("rating-code-title")).of(&app, &district).at(Part::Staff);
    private(&CodePage { f, title, link })
}

#[derive(Template)]
#[template(path = "rating_checks.html")]
struct ChecksPage {
    f: Frame,
    district: Arc<District>,
    checks: Checks,
}

impl ChecksPage {
    fn said(&self, rating: &SeenRating) -> String {
        tags(self.f.w, &rating.tags)
    }
}

/// `GET /staff/d/{division}/ratings/checks`
pub(super) async fn checks(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let checks = app.platform.rating_checks(&asker, &place.division).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("rating-checks-title")).of(&app, &district).at(Part::Staff);
    private(&ChecksPage { f, district, checks })
}

#[derive(Deserialize)]
pub(super) struct RatingName {
    division: Division,
    id: String,
}

/// What was decided.
#[derive(Deserialize)]
pub(super) struct Decided {
    #[serde(default)]
    decision: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    text: String,
}

/// `POST /staff/d/{division}/ratings/checks/{id}`
pub(super) async fn check(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<RatingName>,
    Sent(decided): Sent<Decided>,
) -> Result<Response, Error> {
    let counts = decided.decision == Standing::Counted.name();
    app.platform.rating_check(&asker, &name.division, &name.id, counts, &decided.reason).await?;
    Ok(leads(&format!("/staff/d/{}/ratings/checks", name.division), &[]))
}

/// `POST /staff/d/{division}/ratings/texts/{id}`
pub(super) async fn text(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<RatingName>,
    Sent(decided): Sent<Decided>,
) -> Result<Response, Error> {
    let text = Some(decided.text.as_str()).filter(|_| decided.decision != Screening::Withheld.name());
    app.platform.rating_text_check(&asker, &name.division, &name.id, text).await?;
    Ok(leads(&format!("/staff/d/{}/ratings/checks", name.division), &[]))
}

#[derive(Deserialize)]
pub(super) struct CaseName {
    division: Division,
    number: String,
}

impl CaseName {
    fn parsed(&self) -> Result<CaseNumber, Error> {
        CaseNumber::parse(&self.number).map_err(|_| Error::NoPage)
    }
}

/// `POST /staff/d/{division}/ratings/appeals/{number}`
pub(super) async fn appeal(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Sent(decided): Sent<Decided>,
) -> Result<Response, Error> {
    let misjudged = decided.decision == Standing::Misjudged.name();
    let number = name.parsed()?;
    app.platform.rating_appeal_decide(&asker, &name.division, &number, misjudged, &decided.reason).await?;
    Ok(leads(&format!("/staff/d/{}/ratings/checks", name.division), &[]))
}

#[derive(Template)]
#[template(path = "call_backs.html")]
struct CallBacksPage {
    f: Frame,
    district: Arc<District>,
    ratings: Vec<SeenRating>,
}

/// `GET /staff/d/{division}/call-backs`
pub(super) async fn call_backs(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let ratings = app.platform.call_backs(&asker, &place.division).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let f = Frame::new(&app, &reader, reader.words.t("call-backs-title")).of(&app, &district).at(Part::Staff);
    private(&CallBacksPage { f, district, ratings })
}

/// `POST /staff/d/{division}/call-backs/{number}`
pub(super) async fn called_back(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Sent(decided): Sent<Decided>,
) -> Result<Response, Error> {
    let content = decided.decision == "content";
    app.platform.called_back(&asker, &name.division, &name.parsed()?, content, &decided.reason).await?;
    Ok(leads(&format!("/staff/d/{}/call-backs", name.division), &[]))
}
