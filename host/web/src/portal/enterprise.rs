//! `/me/d/{division}/zones/{zone}`: what a zone is to whoever is signed in, for the enterprise that they act for (article 29).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use lotus_domain::Slug;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::{District, Division};
use lotus_domain::policy::{Match, Verdict};
use lotus_platform::{Ends, EnterprisePage, LastDay, Visit};
use serde::Deserialize;

use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};
use crate::render::time::urgency;

#[derive(Deserialize)]
pub(crate) struct ZoneName {
    division: Division,
    zone: Slug,
}

#[derive(Template)]
#[template(path = "enterprise.html")]
struct EnterpriseView {
    f: Frame,
    district: Arc<District>,
    mine: EnterprisePage,
    published: Vec<Slug>,
}

impl EnterpriseView {
    fn state(&self, case: &Case) -> String {
        let state = case.definition.state(&case.state);
        state.map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }

    fn claim(&self, found: &Match) -> Option<&CaseNumber> {
        self.mine.claim(&found.policy)
    }

    /// It has a page of its own: a plugin's policy has none.
    fn is_published(&self, found: &Match) -> bool {
        self.published.contains(&found.policy)
    }

    fn is_met(found: &Match) -> bool {
        found.verdict == Verdict::Met
    }

    /// What would have to be otherwise, or known.
    fn lacks(&self, found: &Match) -> Vec<String> {
        let lacking = found.lacking().chain(found.untold());
        lacking.map(|finding| self.f.w.text(&finding.reason).to_owned()).collect()
    }

    fn urgency(end: &LastDay) -> &'static str {
        urgency(end.left)
    }

    /// Where a last day leads to.
    fn address(&self, end: &LastDay) -> String {
        match &end.what {
            Ends::Case(number) => format!("/me/cases/{number}"),
            Ends::Claim(number) => format!("/me/claims/{number}"),
            Ends::Licence => "/me#licences".to_owned(),
            Ends::Policy(policy) => format!("/d/{}/policies/{policy}", self.district.division),
            Ends::Booking => "/me/bookings".to_owned(),
        }
    }

    fn kind(&self, end: &LastDay) -> String {
        self.f.w.t(match end.what {
            Ends::Case(_) => "enterprise-end-case",
            Ends::Claim(_) => "enterprise-end-claim",
            Ends::Licence => "enterprise-end-licence",
            Ends::Policy(_) => "enterprise-end-policy",
            Ends::Booking => "enterprise-end-booking",
        })
    }
}

/// `GET /me/d/{division}/zones/{zone}`
pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<ZoneName>,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let district = app.platform.district(&name.division).ok_or(Error::NoDistrict)?;
    let visit = Visit { division: name.division, language: reader.words.language };
    let mine = app.platform.enterprise_page(&asker, &visit, &name.zone).await.map_err(|denied| match denied {
        lotus_platform::Denied::NotFound => Error::NoZone,
        other => other.into(),
    })?;
    let f = Frame::new(&app, &reader, reader.words.text(&mine.zone.title)).of(&app, &district).at(Part::Mine);
    let published = app.platform.policies(&visit.division).iter().map(|edition| edition.policy.id.clone()).collect();
    let mut response = page(&EnterpriseView { f, district, mine, published })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
