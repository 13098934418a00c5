//! `/d/{division}/policies`: a district's policies and each one's guide: conditions, procedure, time, money.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use lotus_domain::district::District;
use lotus_domain::policy::{Edition, Names, Of, Policy, Way};
use lotus_domain::text::Text;
use serde::Deserialize;

use crate::app::App;
use crate::error::Error;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// What a list is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Narrowing {
    /// Words to look for.
    #[serde(default)]
    q: String,
    /// `person` or `enterprise`.
    #[serde(default, rename = "for")]
    whom: String,
}

#[derive(Template)]
#[template(path = "policies.html")]
struct PoliciesPage {
    f: Frame,
    district: Arc<District>,
    query: String,
    whom: String,
    policies: Vec<Arc<Edition>>,
    names: Names,
}

impl PoliciesPage {
    fn is_for(&self, whom: &str) -> bool {
        self.whom == whom
    }

    fn is_citys(&self, policy: &Policy) -> bool {
        policy.division != self.district.division
    }

    fn money(&self, policy: &Policy) -> Option<Text> {
        policy.amount.as_ref().map(|rule| rule.in_words(&self.names))
    }
}

/// `GET /d/{division}/policies?q=&for=`
pub(super) async fn list(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Query(narrowing): Query<Narrowing>,
) -> Result<Response, Error> {
    let query: String = narrowing.q.trim().chars().take(100).collect();
    let mut policies = app.platform.policies(&place.visit.division);
    let today = app.platform.today();
    policies.retain(|edition| !edition.policy.is_over(today) && edition.policy.says(&query));
    if let Some(of) = Of::parse(&narrowing.whom) {
        policies.retain(|edition| of.served_by(&edition.policy));
    }
    let names = app.platform.policy_names();
    let f = Frame::new(&app, &reader, reader.words.t("policies-title")).of(&app, &place.district).at(Part::Items);
    page(&PoliciesPage { f, query, whom: narrowing.whom, policies, names, district: place.district })
}

#[derive(Deserialize)]
pub(super) struct PolicyName {
    policy: String,
}

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage {
    f: Frame,
    district: Arc<District>,
    edition: Arc<Edition>,
    conditions: Vec<Text>,
    money: Option<Text>,
    /// Facts that the conditions rest on, with the registers that know them.
    facts: Vec<(Text, Text)>,
    is_open: bool,
}

impl PolicyPage {
    fn is_citys(&self) -> bool {
        self.edition.policy.division != self.district.division
    }

    fn is_direct(&self) -> bool {
        self.edition.policy.way == Way::Direct
    }
}

/// `GET /d/{division}/policies/{policy}`
pub(super) async fn guide(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(PolicyName { policy }): Named<PolicyName>,
) -> Result<Response, Error> {
    let edition = app.platform.policy(&place.visit.division, &policy).ok_or(Error::NoPage)?;
    let (names, today) = (app.platform.policy_names(), app.platform.today());
    let of = &edition.policy;
    let known = |name: &lotus_domain::policy::FactName| (name.kind().title.clone(), name.kind().source.clone());
    let facts = of.condition.facts().iter().map(known).collect();
    let title = reader.words.text(&of.title).to_owned();
    let f = Frame::new(&app, &reader, title).of(&app, &place.district).at(Part::Items);
    page(&PolicyPage {
        f,
        conditions: of.condition.in_words(&names),
        money: of.amount.as_ref().map(|rule| rule.in_words(&names)),
        facts,
        is_open: of.is_open(today),
        edition: Arc::clone(&edition),
        district: place.district,
    })
}
