//! `/me`: one's own cases, sessions, roles, and the enterprise that one acts for.

use askama::Template;
use axum::extract::{Form as Sent, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lotus_domain::access::Held;
use lotus_domain::account::{Mandate, Session};
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::Division;
use lotus_domain::draft::Draft;
use lotus_domain::licence::Licence;
use lotus_platform::{CaseError, Person};
use serde::Deserialize;

use super::leads;
use crate::app::App;
use crate::asker::Known;
use crate::draft::Browser;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::case::{Before, CaseParts, Tried, case_page};
use crate::render::frame::{Frame, Part, page};

/// Most cases that are shown.
const MOST: u32 = 50;

#[derive(Template)]
#[template(path = "me.html")]
struct MePage<'a> {
    f: Frame,
    person: &'a Person,
    cases: Vec<Case>,
    mandates: Vec<Mandate>,
    sessions: Vec<Session>,
    licences: Vec<Licence>,
    today: Date,
    unread: u64,
    roles: Vec<&'a Held>,
    zone: &'a TimeZone,
    drafts: Vec<(Division, Draft)>,
}

impl MePage<'_> {
    fn is_acting_for(&self, code: &str) -> bool {
        self.person.acting_for.as_ref().is_some_and(|mandate| mandate.credit_code == *code)
    }

    fn is_over(&self, licence: &Licence) -> bool {
        licence.left(self.today) < 0
    }

    fn is_this(&self, session: &Session) -> bool {
        session.id == self.person.session.id
    }

    fn draft_title(&self, draft: &Draft) -> String {
        draft.body.title.as_ref().map_or_else(|| draft.subject.clone(), |title| self.f.w.text(title).to_owned())
    }

    fn draft_address((division, draft): &(Division, Draft)) -> String {
        let below = if draft.subject.starts_with("items/") { "/apply" } else { "" };
        format!("/d/{division}/{}{below}", draft.subject)
    }

    fn state(&self, case: &Case) -> String {
        let state = case.definition.state(&case.state);
        state.map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }
}

/// `GET /me`
pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Browser(browser): Browser,
) -> Result<Response, Error> {
    let person = asker.person().ok_or(Error::SignIn)?;
    let view = MePage {
        f: Frame::new(&app, &reader, reader.words.t("me-title")).at(Part::Mine),
        cases: app.platform.my_cases(&asker, MOST).await?,
        mandates: app.platform.mandates(&asker).await?,
        sessions: app.platform.sessions(&asker).await?,
        licences: app.platform.my_licences(&asker).await?,
        today: app.platform.today(),
        unread: app.platform.my_unread(&asker).await?,
        roles: person.access.held.iter().filter(|held| held.role.reach() != lotus_domain::access::Reach::Own).collect(),
        drafts: app.platform.my_drafts(&asker, browser.as_ref()).await?,
        person,
        zone: app.platform.zone_of_time(),
    };
    page(&view)
}

#[derive(Deserialize)]
pub(crate) struct ActFor {
    /// The enterprise's credit code; empty is oneself.
    #[serde(default)]
    credit_code: String,
}

/// `POST /me/act-for`
pub(crate) async fn act_for(
    State(app): State<App>,
    Known(asker): Known,
    Sent(chosen): Sent<ActFor>,
) -> Result<Response, Error> {
    let code = Some(chosen.credit_code.as_str()).filter(|code| !code.is_empty());
    app.platform.act_for(&asker, code).await?;
    Ok(leads("/me", &[]))
}

#[derive(Deserialize)]
pub(crate) struct SessionName {
    session: String,
}

/// `POST /me/sessions/{session}/end`
pub(crate) async fn end_session(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<SessionName>,
) -> Result<Response, Error> {
    app.platform.session_end(&asker, &name.session).await?;
    Ok(leads("/me", &[]))
}

#[derive(Deserialize)]
pub(crate) struct CaseName {
    number: String,
}

/// `GET /me/cases/{number}`
pub(crate) async fn case(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Query(before): Query<Before>,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoCase)?;
    let view = app.platform.my_case(&asker, &number).await?;
    let parts = CaseParts::mine(&view).at(&app, &view, &before).await?.helped(&app, &reader, &asker, &view).await?;
    case_page(&app, &reader, StatusCode::OK, &view, &parts, Tried::default())
}

#[derive(Deserialize)]
pub(crate) struct ActionName {
    number: String,
    action: String,
}

#[derive(Deserialize)]
pub(crate) struct Acted {
    revision: u32,
    #[serde(default)]
    reason: String,
}

/// `POST /me/cases/{number}/actions/{action}`
pub(crate) async fn act(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<ActionName>,
    Sent(acted): Sent<Acted>,
) -> Result<Response, Error> {
    asker.person().ok_or(Error::SignIn)?;
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoCase)?;
    let moved = app.platform.my_case_act(&asker, &number, acted.revision, &name.action, Some(&acted.reason)).await;
    match moved {
        Ok(view) => Ok(leads(&format!("/me/cases/{}", view.case.number), &[])),
        Err(CaseError::NotFound) => Err(Error::NoCase),
        Err(error) => {
            let view = app.platform.my_case(&asker, &number).await?;
            let tried = Tried::of(reader.words, &name.action, &acted.reason, error)?;
            case_page(&app, &reader, tried.status(), &view, &CaseParts::mine(&view), tried)
        }
    }
}
