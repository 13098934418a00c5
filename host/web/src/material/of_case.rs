//! Materials of a case: for its applicant, signed in or by its secret, and for the staff whose it is.

use axum::extract::{Form as Sent, Multipart, State};
use axum::http::HeaderMap;
use axum::response::Response;
use lotus_domain::case::CaseNumber;
use lotus_domain::material::{Accepts, Material, MaterialId};
use lotus_platform::Platform;
use serde::Deserialize;

use super::receive::{attachment, receive};
use super::view::{Line, MaterialsPage};
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, secret_of};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part};

#[derive(Deserialize)]
pub(super) struct CaseName {
    number: String,
}

impl CaseName {
    fn parsed(&self) -> Result<CaseNumber, Error> {
        CaseNumber::parse(&self.number).map_err(|_| Error::NoCase)
    }
}

#[derive(Deserialize)]
pub(super) struct MaterialName {
    number: String,
    id: String,
}

impl MaterialName {
    fn parsed(&self) -> Result<(CaseNumber, MaterialId), Error> {
        let number = CaseNumber::parse(&self.number).map_err(|_| Error::NoCase)?;
        Ok((number, MaterialId::parse(&self.id).map_err(|_| Error::NoPage)?))
    }
}

fn page_of(
    (app, reader): (&App, &Reader),
    part: Part,
    below: &str,
    number: &CaseNumber,
    (there, offered): (&[Material], &[Material]),
    is_free: bool,
) -> MaterialsPage {
    let (words, case) = (reader.words, format!("{below}/{number}"));
    let base = format!("{case}/materials");
    let title = words.t1("materials-for", "name", number.as_str());
    MaterialsPage {
        f: Frame::new(app, reader, title.as_str()).at(part),
        heading: title,
        back: Some((case, number.to_string())),
        asked: Vec::new(),
        there: there.iter().map(|material| Line::new(app, words, material, &base)).collect(),
        offered: offered.iter().map(|material| Line::new(app, words, material, "/me/materials")).collect(),
        base,
        is_free,
        is_drawer: false,
        can_leave: false,
    }
}

/// `GET /me/cases/{number}/materials`
pub(super) async fn mine(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    let holder = Platform::holder(&asker, None).ok_or(Error::SignIn)?;
    let (number, city) = (name.parsed()?, app.city().ok_or(Error::Unavailable)?);
    let there = app.platform.my_case_materials(&asker, &number).await?;
    let mut offered = app.platform.drawer(&city.division, &holder, None).await?;
    offered.retain(|material| !there.iter().any(|known| known.id == material.id));
    page_of((&app, &reader), Part::Mine, "/me/cases", &number, (&there, &offered), true).show()
}

/// `POST /me/cases/{number}/materials`
pub(super) async fn give(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    form: Multipart,
) -> Result<Response, Error> {
    let holder = Platform::holder(&asker, None).ok_or(Error::SignIn)?;
    let (number, city) = (name.parsed()?, app.city().ok_or(Error::Unavailable)?);
    // Before a byte is taken.
    app.platform.my_case(&asker, &number).await?;
    let owner = (&city.division, holder);
    let material = receive(&app, &asker, owner, number.as_str(), form, |_| Some(Accepts::default())).await?;
    app.platform.my_material_attach(&asker, &number, &material.id).await?;
    Ok(leads(&format!("/me/cases/{number}/materials"), &[]))
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    id: String,
}

/// `POST /me/cases/{number}/materials/use`
pub(super) async fn attach(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CaseName>,
    Sent(chosen): Sent<Chosen>,
) -> Result<Response, Error> {
    let number = name.parsed()?;
    let id = MaterialId::parse(&chosen.id).map_err(|_| Error::NoPage)?;
    app.platform.my_material_attach(&asker, &number, &id).await?;
    Ok(leads(&format!("/me/cases/{number}/materials"), &[]))
}

/// `GET /me/cases/{number}/materials/{id}`
pub(super) async fn read_mine(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<MaterialName>,
) -> Result<Response, Error> {
    let (number, id) = name.parsed()?;
    asker.person().ok_or(Error::SignIn)?;
    attachment(app.platform.my_case_material(&asker, &number, &id).await?)
}

/// `GET /cases/{number}/materials`
pub(super) async fn followed(
    State(app): State<App>,
    reader: Reader,
    Named(name): Named<CaseName>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let number = name.parsed()?;
    let secret = secret_of(&headers).ok_or(Error::NoCase)?;
    let there = app.platform.followed_materials(&number, &secret).await?;
    page_of((&app, &reader), Part::Cases, "/cases", &number, (&there, &[]), false).show()
}

/// `GET /cases/{number}/materials/{id}`
pub(super) async fn read_followed(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<MaterialName>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (number, id) = name.parsed()?;
    let secret = secret_of(&headers).ok_or(Error::NoCase)?;
    attachment(app.platform.followed_material(&asker, &number, &secret, &id).await?)
}

/// `GET /staff/cases/{number}/materials`
pub(super) async fn staff(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<CaseName>,
) -> Result<Response, Error> {
    let number = name.parsed()?;
    let there = app.platform.case_materials(&asker, &number).await?;
    page_of((&app, &reader), Part::Staff, "/staff/cases", &number, (&there, &[]), false).show()
}

/// `GET /staff/cases/{number}/materials/{id}`
pub(super) async fn read_staff(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<MaterialName>,
) -> Result<Response, Error> {
    let (number, id) = name.parsed()?;
    attachment(app.platform.case_material(&asker, &number, &id).await?)
}
