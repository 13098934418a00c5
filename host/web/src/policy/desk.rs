//! `/staff/d/{division}/policies`: the desk at which departments and the district's administrator write policies, count who
//! would match, publish, look back and withdraw.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form as Sent;
use jiff::tz::TimeZone;
use lotus_domain::Slug;
use lotus_domain::district::{District, Division};
use lotus_domain::policy::{Benefit, Edition, Estimate, FactName, Policy, Run, Way};
use lotus_domain::text::Text;
use lotus_platform::{Asker, PublishPolicyError};
use serde::{Deserialize, Serialize};

use super::written::{Written, Wrong};
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::language::Words;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page, page_with};

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Deserialize)]
pub(super) struct OnePolicy {
    division: Division,
    policy: Slug,
}

#[derive(Template)]
#[template(path = "policy_desk.html")]
struct DeskPage {
    f: Frame,
    district: Arc<District>,
    policies: Vec<(Arc<Edition>, bool)>,
}

/// `GET /staff/d/{division}/policies`
pub(super) async fn list(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(InDistrict { division }): Named<InDistrict>,
) -> Result<Response, Error> {
    app.platform.policy_desk(&asker, &division).await?;
    let district = app.platform.district(&division).ok_or(Error::NoPage)?;
    let mine = |edition: Arc<Edition>| {
        let mine = app.platform.may_edit_policy(&asker, &division, &edition.policy.department.zh);
        (edition, mine)
    };
    let policies = app.platform.policies_of(&division).into_iter().map(mine).collect();
    let f = Frame::new(&app, &reader, reader.words.t("policy-desk-title")).of(&app, &district).at(Part::Staff);
    page(&DeskPage { f, district, policies }).map(private)
}

fn private(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Template)]
#[template(path = "policy_edit.html")]
struct EditPage<'a> {
    f: Frame,
    district: Arc<District>,
    written: Written,
    wrong: Vec<Wrong>,
    /// In words, where it can be read.
    conditions: Vec<Text>,
    counted: Option<String>,
    history: Vec<Edition>,
    run: Option<Run>,
    matched: Option<u64>,
    zone: &'a TimeZone,
}

impl EditPage<'_> {
    fn wrong(&self, field: &str) -> Option<&Text> {
        self.wrong.iter().find(|wrong| wrong.field == field).map(|wrong| &wrong.problem)
    }

    fn is_new(&self) -> bool {
        self.written.seen.is_empty()
    }

    fn benefits() -> [Benefit; 8] {
        Benefit::ALL
    }

    fn ways() -> [Way; 2] {
        [Way::Direct, Way::OnClaim]
    }

    fn is_for(&self, whom: &str) -> bool {
        self.written.whom.iter().any(|one| one == whom)
    }

    fn facts() -> Vec<FactName> {
        FactName::all().collect()
    }

    fn withdrawn(&self) -> Option<&lotus_domain::policy::Withdrawal> {
        self.history.first().and_then(|newest| newest.withdrawn.as_ref())
    }
}

/// What a page is shown for.
#[derive(Default)]
struct Showing {
    written: Written,
    wrong: Vec<Wrong>,
    counted: Option<String>,
}

async fn shown(app: &App, reader: &Reader, division: &Division, showing: Showing) -> Result<Response, Error> {
    let Showing { written, wrong, counted } = showing;
    let district = app.platform.district(division).ok_or(Error::NoPage)?;
    let id = Slug::parse(written.id.as_str()).ok().filter(|_| !written.seen.is_empty());
    let (mut history, mut run, mut matched) = (Vec::new(), None, None);
    if let Some(id) = &id {
        history = app.platform.policy_history(division, id, None).await.map_err(unavailable)?;
        run = app.platform.policy_run(division, id).await.map_err(unavailable)?;
        if let Some(newest) = history.first() {
            let count = app.platform.policy_matched_count(division, id, newest.policy.version).await;
            matched = Some(count.map_err(unavailable)?);
        }
    }
    let names = app.platform.policy_names();
    let conditions = written.condition().map(|condition| condition.in_words(&names)).unwrap_or_default();
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = reader.words.t(if written.seen.is_empty() { "policy-new" } else { "policy-edit" });
    let f = Frame::new(app, reader, title).of(app, &district).at(Part::Staff);
    let zone = app.platform.zone_of_time();
    page_with(status, &EditPage { f, district, written, wrong, conditions, counted, history, run, matched, zone })
        .map(private)
}

fn unavailable(error: lotus_platform::StoreError) -> Error {
    Error::from(lotus_platform::Denied::from(error))
}

/// `GET /staff/d/{division}/policies/new`
pub(super) async fn begin(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(InDistrict { division }): Named<InDistrict>,
) -> Result<Response, Error> {
    app.platform.policy_desk(&asker, &division).await?;
    let written = Written::new(app.platform.today());
    shown(&app, &reader, &division, Showing { written, ..Showing::default() }).await
}

/// `GET /staff/d/{division}/policies/{policy}`
pub(super) async fn edit(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(OnePolicy { division, policy }): Named<OnePolicy>,
) -> Result<Response, Error> {
    app.platform.policy_desk(&asker, &division).await?;
    let newest = app.platform.policy_history(&division, &policy, None).await.map_err(unavailable)?;
    let written = newest.first().map(Written::of).ok_or(Error::NoPage)?;
    shown(&app, &reader, &division, Showing { written, ..Showing::default() }).await
}

/// How many would match, in words; what is wrong with the condition.
async fn counted(app: &App, asker: &Asker, division: &Division, written: &Written) -> Result<Counted, Error> {
    let condition = match written.condition() {
        Ok(condition) => condition,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let estimate = app.platform.would_match(asker, division, &condition, &written.of_whom()).await?;
    Ok(Ok(estimate))
}

type Counted = Result<Estimate, Wrong>;

fn said(words: Words, estimate: &Estimate) -> String {
    let (met, unknown, total, seen) = (estimate.met(), estimate.unknown(), estimate.total, estimate.tally.seen);
    if estimate.is_exact() {
        return words.with("policy-counted", &[("met", &met), ("unknown", &unknown), ("total", &total)]);
    }
    let sampled: [(&'static str, &dyn crate::language::Argument); 4] =
        [("met", &met), ("unknown", &unknown), ("total", &total), ("seen", &seen)];
    words.with("policy-estimated", &sampled)
}

/// What a script is told of a count.
#[derive(Serialize)]
struct Live {
    /// In words: how many, or what is wrong and where.
    said: String,
    is_wrong: bool,
}

/// `POST /staff/d/{division}/policies/count`: for the page's script; whoever has none uses the button.
pub(super) async fn count(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(InDistrict { division }): Named<InDistrict>,
    Sent(written): Sent<Written>,
) -> Result<Response, Error> {
    let live = match counted(&app, &asker, &division, &written).await? {
        Ok(estimate) => Live { said: said(reader.words, &estimate), is_wrong: false },
        Err(wrong) => Live { said: reader.words.text(&wrong.problem).to_owned(), is_wrong: true },
    };
    Ok(private(Json(live).into_response()))
}

/// `POST /staff/d/{division}/policies/edit`: counts, or publishes.
pub(super) async fn write(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(InDistrict { division }): Named<InDistrict>,
    Sent(written): Sent<Written>,
) -> Result<Response, Error> {
    app.platform.policy_desk(&asker, &division).await?;
    if written.wanted == "count" {
        let showing = match counted(&app, &asker, &division, &written).await? {
            Ok(estimate) => Showing { counted: Some(said(reader.words, &estimate)), written, ..Showing::default() },
            Err(wrong) => Showing { wrong: vec![wrong], written, ..Showing::default() },
        };
        return shown(&app, &reader, &division, showing).await;
    }
    let before = before(&app, &division, &written).await?;
    let policy = match written.policy(&division, before.as_ref()) {
        Ok(policy) => policy,
        Err(wrong) => return shown(&app, &reader, &division, Showing { written, wrong, counted: None }).await,
    };
    let id = policy.id.clone();
    let seen = written.seen();
    let wrong = match app.platform.policy_publish(&asker, policy, seen).await {
        Ok(_) => return Ok(leads(&format!("/staff/d/{division}/policies/{id}"), &[])),
        Err(PublishPolicyError::Denied(denied)) => return Err(denied.into()),
        Err(PublishPolicyError::Wrong(error)) => Wrong { field: error.field, problem: error.problem },
        Err(PublishPolicyError::Conflict(newest)) => Wrong {
            field: "id",
            problem: Text::new(
                format!("期间已有第{newest}版发布，请重新打开后再改"),
                format!("Version {newest} was published meanwhile: open it again"),
            ),
        },
        Err(PublishPolicyError::Reason) => return Err(Error::Broken),
    };
    shown(&app, &reader, &division, Showing { written, wrong: vec![wrong], counted: None }).await
}

async fn before(app: &App, division: &Division, written: &Written) -> Result<Option<Policy>, Error> {
    let Ok(id) = Slug::parse(written.id.trim()) else { return Ok(None) };
    let newest = app.platform.policy_history(division, &id, None).await.map_err(unavailable)?;
    Ok(newest.into_iter().next().map(|edition| edition.policy))
}

#[derive(Deserialize)]
pub(super) struct Reason {
    #[serde(default)]
    reason: String,
}

/// `POST /staff/d/{division}/policies/{policy}/withdraw`
pub(super) async fn withdraw(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(OnePolicy { division, policy }): Named<OnePolicy>,
    Sent(Reason { reason }): Sent<Reason>,
) -> Result<Response, Error> {
    match app.platform.policy_withdraw(&asker, &division, &policy, &reason).await {
        Ok(()) => Ok(leads(&format!("/staff/d/{division}/policies/{policy}"), &[])),
        Err(PublishPolicyError::Denied(denied)) => Err(denied.into()),
        Err(_) => {
            let newest = app.platform.policy_history(&division, &policy, None).await.map_err(unavailable)?;
            let written = newest.first().map(Written::of).ok_or(Error::NoPage)?;
            let problem = Text::new("请写明撤销原因，1至500字", "Say why, in 1 to 500 characters");
            let wrong = vec![Wrong { field: "reason", problem }];
            shown(&app, &reader, &division, Showing { written, wrong, counted: None }).await
        }
    }
}
