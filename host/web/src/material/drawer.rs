//! `/me/materials`: one's own drawer.

use axum::extract::{Multipart, State};
use axum::response::Response;
use lotus_domain::material::{Accepts, Holder, MaterialId};
use lotus_platform::{Asker, Platform};
use serde::Deserialize;

use super::receive::{attachment, receive};
use super::view::{Line, MaterialsPage};
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part};

/// What is given without an item is kept for later.
const PURPOSE: &str = "自存备用";

fn own(asker: &Asker) -> Result<Holder, Error> {
    Platform::holder(asker, None).ok_or(Error::SignIn)
}

/// `GET /me/materials`
pub(super) async fn show(State(app): State<App>, reader: Reader, Known(asker): Known) -> Result<Response, Error> {
    let (holder, city) = (own(&asker)?, app.city().ok_or(Error::Unavailable)?);
    let all = app.platform.drawer(&city.division, &holder, None).await?;
    let words = reader.words;
    let view = MaterialsPage {
        f: Frame::new(&app, &reader, words.t("drawer-title")).at(Part::Mine),
        heading: words.t("drawer-title"),
        base: "/me/materials".to_owned(),
        back: None,
        asked: Vec::new(),
        there: all.iter().map(|material| Line::new(&app, words, material, "/me/materials")).collect(),
        offered: Vec::new(),
        is_free: true,
        is_drawer: true,
        can_leave: false,
    };
    view.show()
}

/// `POST /me/materials`
pub(super) async fn give(State(app): State<App>, Known(asker): Known, form: Multipart) -> Result<Response, Error> {
    let (holder, city) = (own(&asker)?, app.city().ok_or(Error::Unavailable)?);
    receive(&app, &asker, (&city.division, holder), PURPOSE, form, |_| Some(Accepts::default())).await?;
    Ok(leads("/me/materials", &[]))
}

#[derive(Deserialize)]
pub(super) struct Id {
    id: String,
}

fn parsed(id: &Id) -> Result<MaterialId, Error> {
    MaterialId::parse(&id.id).map_err(|_| Error::NoPage)
}

/// `GET /me/materials/{id}`
pub(super) async fn read(State(app): State<App>, Known(asker): Known, Named(id): Named<Id>) -> Result<Response, Error> {
    let (holder, city) = (own(&asker)?, app.city().ok_or(Error::Unavailable)?);
    attachment(app.platform.drawer_read(&asker, &city.division, &holder, &parsed(&id)?).await?)
}

/// `POST /me/materials/{id}/take-out`
pub(super) async fn take_out(
    State(app): State<App>,
    Known(asker): Known,
    Named(id): Named<Id>,
) -> Result<Response, Error> {
    let (holder, city) = (own(&asker)?, app.city().ok_or(Error::Unavailable)?);
    app.platform.drawer_take_out(&asker, &city.division, &holder, &parsed(&id)?).await?;
    Ok(leads("/me/materials", &[]))
}
