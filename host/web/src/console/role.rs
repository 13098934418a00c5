//! `/console/roles`: the table of what each role may do, who holds which in a district, and giving and taking them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::response::Response;
use jiff::Timestamp;
use lotus_domain::access::{Deed, Held, Place, Role};
use lotus_domain::account::AccountId;
use lotus_domain::district::{District, Division};
use lotus_platform::Holder;
use serde::Deserialize;

use super::kept_by_nobody;
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

#[derive(Template)]
#[template(path = "console_table.html")]
struct TablePage {
    f: Frame,
    roles: [Role; Role::ALL.len()],
    deeds: [Deed; Deed::ALL.len()],
}

/// `GET /console/table`: public: everybody may know who may do what.
pub(super) async fn table(State(app): State<App>, reader: Reader) -> Result<Response, Error> {
    let f = Frame::new(&app, &reader, reader.words.t("table-title")).at(Part::Staff);
    page(&TablePage { f, roles: Role::ALL, deeds: Deed::ALL })
}

#[derive(Deserialize)]
pub(super) struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "console_roles.html")]
struct RolesPage {
    f: Frame,
    district: Arc<District>,
    holders: Vec<Holder>,
    /// What the asker may give here.
    gives: Vec<Role>,
    /// Whether the asker may sign others out.
    ends: bool,
}

/// `GET /console/d/{division}/roles`
pub(super) async fn list(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let holders = app.platform.roles(&asker, &place.division).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let here = Place { division: &place.division, department: None };
    let now = app.platform.now();
    let own = asker.person().map(|person| person.access.roles_for(Deed::ChangeRoles, here, now).collect::<Vec<_>>());
    let gives = own.unwrap_or_default().iter().flat_map(|role| role.gives()).copied().collect();
    let f = Frame::new(&app, &reader, reader.words.t("roles-title")).of(&app, &district).at(Part::Staff);
    let ends = app.platform.may(&asker, Deed::EndSessions, here);
    kept_by_nobody(page(&RolesPage { f, district, holders, gives, ends }))
}

#[derive(Deserialize)]
pub(super) struct Change {
    account: String,
    role: String,
    #[serde(default)]
    department: String,
    /// Days until it ends; empty is until it is taken.
    #[serde(default)]
    days: String,
}

impl Change {
    fn role(&self) -> Result<Role, Error> {
        Role::parse(&self.role).ok_or_else(|| Error::Unreadable("role".to_owned()))
    }

    fn department(&self) -> Option<String> {
        Some(self.department.trim().to_owned()).filter(|department| !department.is_empty())
    }
}

/// `POST /console/d/{division}/roles/give`
pub(super) async fn give(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(change): Sent<Change>,
) -> Result<Response, Error> {
    let days = match change.days.trim() {
        "" => None,
        days => Some(days.parse::<i64>().map_err(|_| Error::Unreadable("days".to_owned()))?.clamp(1, 3650)),
    };
    let now = app.platform.now().as_millisecond();
    let until = days.and_then(|days| Timestamp::from_millisecond(now + days * 86_400_000).ok());
    let held = Held { role: change.role()?, division: place.division.clone(), department: change.department(), until };
    app.platform.role_give(&asker, &AccountId(change.account.trim().to_owned()), held).await?;
    Ok(leads(&format!("/console/d/{}/roles", place.division), &[]))
}

/// `POST /console/d/{division}/roles/take`
pub(super) async fn take(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(change): Sent<Change>,
) -> Result<Response, Error> {
    let account = AccountId(change.account.trim().to_owned());
    let department = change.department();
    app.platform.role_take(&asker, &place.division, &account, change.role()?, department.as_deref()).await?;
    Ok(leads(&format!("/console/d/{}/roles", place.division), &[]))
}

#[derive(Deserialize)]
pub(super) struct Whose {
    account: String,
}

/// `POST /console/d/{division}/sessions/end`: whoever lost a telephone, or the service, is signed out everywhere.
pub(super) async fn end_sessions(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
    Sent(whose): Sent<Whose>,
) -> Result<Response, Error> {
    let account = AccountId(whose.account.trim().to_owned());
    app.platform.sessions_end_of(&asker, &place.division, &account).await?;
    Ok(leads(&format!("/console/d/{}/roles", place.division), &[]))
}
