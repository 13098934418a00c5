//! Materials that go with an application that is being prepared: of a service's form, or of an item as its list asks.

use axum::extract::{Form as Sent, Multipart, State};
use axum::response::Response;
use lotus_domain::Slug;
use lotus_domain::catalog::Item;
use lotus_domain::district::Division;
use lotus_domain::material::{Accepts, Holder, Material, MaterialId};
use lotus_domain::text::Text;
use lotus_platform::{Asker, BrowserSecret, Platform};
use serde::Deserialize;

use super::receive::receive;
use super::view::{Asked, Line, MaterialsPage};
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::draft::{Browser, keeper};
use crate::error::{Error, not_served};
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part};

#[derive(Deserialize)]
pub(super) struct ServiceName {
    service: Slug,
}

#[derive(Deserialize)]
pub(super) struct ItemName {
    code: String,
}

/// What materials are for: an application that is being prepared.
struct Subject {
    /// Below the district.
    path: String,
    title: Text,
    asked: Vec<lotus_domain::catalog::Material>,
    is_free: bool,
}

impl Subject {
    async fn service(app: &App, place: &Place, service: &Slug) -> Result<Self, Error> {
        let found = app.platform.service(&place.visit, service).await.map_err(not_served(Error::NoService))?;
        let path = format!("services/{service}");
        Ok(Self { path, title: found.service.title, asked: Vec::new(), is_free: true })
    }

    fn item(app: &App, division: &Division, code: &str) -> Result<Self, Error> {
        let found = app.platform.item(division, code).ok_or(Error::NoItem)?;
        let Item { code, name, materials, .. } = &found.item;
        Ok(Self { path: format!("items/{code}"), title: name.clone(), asked: materials.clone(), is_free: false })
    }

    fn accepts(&self, name: &str) -> Option<Accepts> {
        match self.asked.iter().find(|material| material.name.zh == name) {
            Some(material) => Some(material.accepts.clone().unwrap_or_default()),
            None => self.is_free.then(Accepts::default),
        }
    }
}

async fn show(
    (app, reader, place): (&App, &Reader, Place),
    (asker, browser): (&Asker, Option<&BrowserSecret>),
    subject: Subject,
) -> Result<Response, Error> {
    let (words, division) = (reader.words, &place.visit.division);
    let base = format!("/d/{division}/{}/materials", subject.path);
    let holder = Platform::holder(asker, browser);
    let drawer = match &holder {
        Some(holder) => app.platform.drawer(division, holder, None).await?,
        None => Vec::new(),
    };
    let draft = app.platform.draft(division, asker, browser, &subject.path).await?;
    let with = draft.map(|draft| draft.body.materials).unwrap_or_default();
    let line = |material: &Material| Line::new(app, words, material, "/me/materials");
    let (given, rest): (Vec<&Material>, Vec<&Material>) =
        drawer.iter().partition(|material| with.iter().any(|(_, id)| *id == material.id));
    let named = |all: &[&Material], name: &str| -> Vec<Line> {
        all.iter().filter(|material| material.name == name).map(|material| line(material)).collect()
    };
    let is_asked = |material: &&&Material| subject.asked.iter().any(|asked| asked.name.zh == material.name);
    let wanted = subject.asked.iter().map(|asked| Asked {
        given: named(&given, &asked.name.zh),
        offered: named(&rest, &asked.name.zh),
        name: asked.name.clone(),
        note: asked.note.clone(),
        required: asked.required,
        accepts: asked.accepts.clone().unwrap_or_default(),
    });
    let title = words.t1("materials-for", "name", words.text(&subject.title));
    let view = MaterialsPage {
        f: Frame::new(app, reader, title.as_str()).of(app, &place.district).at(Part::Services),
        heading: title,
        asked: wanted.collect(),
        there: given.iter().filter(|material| !is_asked(material)).map(|material| line(material)).collect(),
        offered: if subject.is_free { rest.iter().map(|material| line(material)).collect() } else { Vec::new() },
        back: Some((format!("/d/{division}/{}", subject.path), words.text(&subject.title).to_owned())),
        base,
        is_free: subject.is_free,
        is_drawer: false,
        can_leave: true,
    };
    view.show()
}

async fn give(
    (app, place): (&App, &Place),
    (asker, browser): (&Asker, Option<BrowserSecret>),
    subject: Subject,
    form: Multipart,
) -> Result<Response, Error> {
    let (holder, cookies) = keeper(app, asker, browser);
    let (holder, division) = (holder.ok_or(Error::SignIn)?, &place.visit.division);
    let accepts = |name: &str| subject.accepts(name);
    let owner = (division, holder.clone());
    let material = receive(app, asker, owner, &subject.title.zh, form, accepts).await?;
    app.platform.draft_material(division, holder, &subject.path, Some(subject.title), &material.id, true).await?;
    Ok(leads(&format!("/d/{division}/{}/materials", subject.path), &cookies))
}

/// A material of one's own that is to go with it, or not.
#[derive(Deserialize)]
pub(super) struct Chosen {
    id: String,
}

async fn put(
    (app, place): (&App, &Place),
    holder: Option<Holder>,
    subject: Subject,
    chosen: &Chosen,
    is_with_it: bool,
) -> Result<Response, Error> {
    let (division, holder) = (&place.visit.division, holder.ok_or(Error::NoPage)?);
    let id = MaterialId::parse(&chosen.id).map_err(|_| Error::NoPage)?;
    // Only one's own.
    app.platform.drawer_find(division, &holder, &id).await?;
    app.platform.draft_material(division, holder, &subject.path, Some(subject.title), &id, is_with_it).await?;
    Ok(leads(&format!("/d/{division}/{}/materials", subject.path), &[]))
}

/// `GET /d/{division}/services/{service}/materials`
pub(super) async fn service(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(name): Named<ServiceName>,
    Known(asker): Known,
    Browser(browser): Browser,
) -> Result<Response, Error> {
    let subject = Subject::service(&app, &place, &name.service).await?;
    show((&app, &reader, place), (&asker, browser.as_ref()), subject).await
}

/// `POST /d/{division}/services/{service}/materials`
pub(super) async fn service_give(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ServiceName>,
    Known(asker): Known,
    Browser(browser): Browser,
    form: Multipart,
) -> Result<Response, Error> {
    let subject = Subject::service(&app, &place, &name.service).await?;
    give((&app, &place), (&asker, browser), subject, form).await
}

/// `POST /d/{division}/services/{service}/materials/use`
pub(super) async fn service_use(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ServiceName>,
    Known(asker): Known,
    Browser(browser): Browser,
    Sent(chosen): Sent<Chosen>,
) -> Result<Response, Error> {
    let subject = Subject::service(&app, &place, &name.service).await?;
    put((&app, &place), Platform::holder(&asker, browser.as_ref()), subject, &chosen, true).await
}

/// `POST /d/{division}/services/{service}/materials/leave`
pub(super) async fn service_leave(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ServiceName>,
    Known(asker): Known,
    Browser(browser): Browser,
    Sent(chosen): Sent<Chosen>,
) -> Result<Response, Error> {
    let subject = Subject::service(&app, &place, &name.service).await?;
    put((&app, &place), Platform::holder(&asker, browser.as_ref()), subject, &chosen, false).await
}

/// `GET /d/{division}/items/{code}/materials`
pub(super) async fn item(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
) -> Result<Response, Error> {
    let subject = Subject::item(&app, &place.visit.division, &name.code)?;
    show((&app, &reader, place), (&asker, browser.as_ref()), subject).await
}

/// `POST /d/{division}/items/{code}/materials`
pub(super) async fn item_give(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
    form: Multipart,
) -> Result<Response, Error> {
    let subject = Subject::item(&app, &place.visit.division, &name.code)?;
    give((&app, &place), (&asker, browser), subject, form).await
}

/// `POST /d/{division}/items/{code}/materials/use`
pub(super) async fn item_use(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
    Sent(chosen): Sent<Chosen>,
) -> Result<Response, Error> {
    let subject = Subject::item(&app, &place.visit.division, &name.code)?;
    put((&app, &place), Platform::holder(&asker, browser.as_ref()), subject, &chosen, true).await
}

/// `POST /d/{division}/items/{code}/materials/leave`
pub(super) async fn item_leave(
    State(app): State<App>,
    place: Place,
    Named(name): Named<ItemName>,
    Known(asker): Known,
    Browser(browser): Browser,
    Sent(chosen): Sent<Chosen>,
) -> Result<Response, Error> {
    let subject = Subject::item(&app, &place.visit.division, &name.code)?;
    put((&app, &place), Platform::holder(&asker, browser.as_ref()), subject, &chosen, false).await
}
