//! `/d/{division}/my-policies`: what whoever is signed in gets, what is missing and by how much, what isn't known yet, and
//! the form in which they say it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum_extra::extract::Form as Sent;
use jiff::tz::TimeZone;
use lotus_domain::district::District;
use lotus_domain::policy::{Fact, FactKind, FactName, FactType, Finding, Match, Verdict};
use lotus_platform::{Asker, DeclareError, MyPolicies};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Place;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page_with};

/// Facts that are asked for at a time.
const MOST_ASKED: usize = 8;

/// What somebody says of themselves.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    fact: String,
    #[serde(default)]
    value: Vec<String>,
}

#[derive(Template)]
#[template(path = "my_policies.html")]
struct MinePage<'a> {
    f: Frame,
    district: Arc<District>,
    mine: MyPolicies,
    /// What isn't known and could decide something: the fact, and how many policies wait for it.
    asked: Vec<(FactName, usize)>,
    said: Said,
    /// What is wrong with what was said.
    wrong: Option<String>,
    zone: &'a TimeZone,
}

impl MinePage<'_> {
    fn of(&self, wanted: Verdict) -> Vec<&Match> {
        self.mine.matches.iter().filter(|found| found.verdict == wanted && !found.is_near_miss()).collect()
    }

    fn met(&self) -> Vec<&Match> {
        self.of(Verdict::Met)
    }

    fn unknown(&self) -> Vec<&Match> {
        self.of(Verdict::Unknown)
    }

    fn near(&self) -> Vec<&Match> {
        self.mine.matches.iter().filter(|found| found.is_near_miss()).collect()
    }

    fn other(&self) -> usize {
        self.of(Verdict::NotMet).len()
    }

    fn address(found: &Match) -> Option<String> {
        found.version.map(|_| format!("/d/{}/policies/{}", found.division, found.policy))
    }

    fn findings(found: &Match) -> Vec<&Finding> {
        // What stands in the way first; of alternatives that don't matter nothing is said.
        let shown = |finding: &&Finding| finding.needed || finding.verdict == Verdict::Met;
        let mut shown: Vec<&Finding> = found.findings.iter().filter(shown).collect();
        shown.sort_by_key(|finding| !finding.needed);
        shown
    }

    fn mark(finding: &Finding) -> &'static str {
        match finding.verdict {
            Verdict::Met => "✓",
            Verdict::NotMet => "✕",
            Verdict::Unknown => "？",
        }
    }

    fn verdict(&self, finding: &Finding) -> String {
        self.f.w.text(&finding.verdict.title()).to_owned()
    }

    fn known(&self) -> Vec<(FactName, &Fact)> {
        self.mine.facts.iter().collect()
    }

    fn value(&self, name: &FactName, fact: &Fact) -> String {
        self.f.w.text(&name.in_words(&fact.value, &lotus_domain::policy::Names::default())).to_owned()
    }

    fn is_yes_no(kind: &FactKind) -> bool {
        kind.kind == FactType::YesNo
    }

    fn is_choice(kind: &FactKind) -> bool {
        kind.kind == FactType::Word
    }

    fn is_several(kind: &FactKind) -> bool {
        kind.kind == FactType::Words
    }

    fn is_date(kind: &FactKind) -> bool {
        kind.kind == FactType::Date
    }

    /// What stands behind the field.
    fn unit(&self, kind: &FactKind) -> String {
        match kind.kind {
            FactType::Money => self.f.w.t("policy-unit-yuan"),
            FactType::Number if kind.share => "%".to_owned(),
            FactType::Industry => self.f.w.t("policy-unit-industry"),
            FactType::District => self.f.w.t("policy-unit-district"),
            _ => kind.unit.map_or_else(String::new, |unit| {
                let (zh, en) = unit.words();
                if self.f.w.tag() == "en" { en.to_owned() } else { zh.to_owned() }
            }),
        }
    }

    fn is_said(&self, name: &FactName) -> bool {
        self.said.fact == name.as_str()
    }

    fn typed(&self, name: &FactName) -> &str {
        if self.is_said(name) { self.said.value.first().map_or("", String::as_str) } else { "" }
    }
}

async fn shown(
    app: &App,
    reader: &Reader,
    place: Place,
    asker: &Asker,
    said: Said,
    wrong: Option<String>,
) -> Result<Response, Error> {
    let mine = app.platform.my_policies(&place.visit, asker).await?;
    let mut wanted: Vec<(FactName, usize)> = Vec::new();
    for name in mine.matches.iter().flat_map(Match::unknown_facts).filter(|name| name.kind().declarable) {
        match wanted.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => wanted.push((name, 1)),
        }
    }
    wanted.sort_by_key(|(name, count)| (said.fact != name.as_str(), std::cmp::Reverse(*count)));
    wanted.truncate(MOST_ASKED);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let f = Frame::new(app, reader, reader.words.t("my-policies-title")).of(app, &place.district).at(Part::Mine);
    let zone = app.platform.zone_of_time();
    let mut response =
        page_with(status, &MinePage { f, district: place.district, mine, asked: wanted, said, wrong, zone })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /d/{division}/my-policies`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
) -> Result<Response, Error> {
    shown(&app, &reader, place, &asker, Said::default(), None).await
}

/// `POST /d/{division}/my-policies/facts`
pub(super) async fn declare(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Known(asker): Known,
    Sent(said): Sent<Said>,
) -> Result<Response, Error> {
    let Ok(name) = FactName::parse(&said.fact) else { return Err(Error::NoPage) };
    match app.platform.fact_declare(&asker, &place.visit.division, name, &said.value).await {
        Ok(()) => Ok(leads(&format!("/d/{}/my-policies", place.visit.division), &[])),
        Err(DeclareError::Denied(denied)) => Err(denied.into()),
        Err(DeclareError::NotYours) => {
            let wrong = reader.words.t("policy-fact-not-yours");
            shown(&app, &reader, place, &asker, said, Some(wrong)).await
        }
        Err(DeclareError::Wrong(_)) => {
            let title = reader.words.text(&name.kind().title).to_owned();
            let wrong = reader.words.t1("policy-fact-wrong", "fact", title);
            shown(&app, &reader, place, &asker, said, Some(wrong)).await
        }
    }
}

/// `POST /d/{division}/my-policies/forget`
pub(super) async fn forget(
    State(app): State<App>,
    place: Place,
    Known(asker): Known,
    Sent(said): Sent<Said>,
) -> Result<Response, Error> {
    let Ok(name) = FactName::parse(&said.fact) else { return Err(Error::NoPage) };
    app.platform.fact_forget(&asker, &place.visit.division, name).await?;
    Ok(leads(&format!("/d/{}/my-policies", place.visit.division), &[]))
}
