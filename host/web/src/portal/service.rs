//! `/d/{division}/services`: a district's value-added services, their forms, and what becomes of what is sent.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Form as Sent, State};
use axum::http::StatusCode;
use axum::response::Response;
use lotus_domain::Slug;
use lotus_domain::district::District;
use lotus_domain::form::{FieldError, Form, Typed};
use lotus_domain::law::{LegalBasis, Refusal};
use lotus_domain::page::{Link, Page};
use lotus_domain::service::Service;
use lotus_domain::text::Text;
use lotus_platform::{FormToken, Offered, Part as Shown, StandIn, Submission};
use serde::Deserialize;

use crate::app::App;
use crate::asker::Known;
use crate::error::{Error, not_served};
use crate::portal::case::{opened, remembered};
use crate::portal::zone::rendered;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::block::{BlocksView, Forms};
use crate::render::form::{FormView, TOKEN};
use crate::render::frame::{Frame, Part, page, page_with};
use crate::render::link::{Standing, is_outward};

#[derive(Template)]
#[template(path = "services.html")]
struct ServicesPage {
    f: Frame,
    district: Arc<District>,
    services: Offered<Service>,
}

/// `GET /d/{division}/services`
pub(crate) async fn list(State(app): State<App>, reader: Reader, place: Place) -> Result<Response, Error> {
    let services = app.platform.services(&place.visit).await;
    let f = Frame::new(&app, &reader, reader.words.t("services-title")).of(&app, &place.district).at(Part::Services);
    page(&ServicesPage { f, district: place.district, services })
}

#[derive(Deserialize)]
pub(crate) struct ServiceName {
    service: Slug,
}

#[derive(Template)]
#[template(path = "service.html")]
struct ServicePage {
    f: Frame,
    district: Arc<District>,
    service: Service,
    /// What to mind before the form.
    notice: Option<NoticeView>,
    form: Option<Safe<String>>,
    missing: Option<StandIn>,
}

struct NoticeView {
    class: &'static str,
    title: String,
    body: String,
}

/// What a service's page shows of its form.
struct Filled<'a> {
    form: Option<&'a Form>,
    typed: Option<&'a Typed>,
    errors: &'a [FieldError],
    notice: Option<NoticeView>,
    missing: Option<StandIn>,
}

fn service_page(
    (app, reader, place): (&App, &Reader, Place),
    status: StatusCode,
    service: Service,
    filled: Filled<'_>,
) -> Result<Response, Error> {
    let words = reader.words;
    let name = words.text(&service.title);
    let title = if filled.errors.is_empty() { name.to_owned() } else { words.t1("form-title-wrong", "title", name) };
    // Without its form a service that could not answer offers nothing to send.
    let form = match (&filled.missing, filled.form) {
        (Some(_), None) => None,
        (_, form) => {
            let action = format!("/d/{}/services/{}", place.visit.division, service.id);
            let token = app.platform.form_token();
            let view = FormView::new(words, action, service.id.as_str(), &token, form, filled.typed, filled.errors);
            Some(rendered(&view)?)
        }
    };
    let f = Frame::new(app, reader, title).of(app, &place.district).at(Part::Services);
    let view =
        ServicePage { f, district: place.district, service, notice: filled.notice, form, missing: filled.missing };
    page_with(status, &view)
}

/// `GET /d/{division}/services/{service}`
pub(crate) async fn form(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(ServiceName { service }): Named<ServiceName>,
) -> Result<Response, Error> {
    let found = app.platform.service(&place.visit, &service).await.map_err(not_served(Error::NoService))?;
    let (form, missing) = match found.form {
        Shown::Shown(form) => (form, None),
        Shown::Missing(stand_in) => (None, Some(stand_in)),
    };
    let filled = Filled { form: form.as_ref(), typed: None, errors: &[], notice: None, missing };
    service_page((&app, &reader, place), StatusCode::OK, found.service, filled)
}

/// `POST /d/{division}/services/{service}`
pub(crate) async fn submit(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(ServiceName { service }): Named<ServiceName>,
    Known(asker): Known,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (token, typed) = read(sent);
    // A token that can't be read is as stale as one that has expired: the form comes back with what was typed.
    let Some(token) = token else { return unreadable_token(&app, &reader, place, &service, &typed).await };
    let submission = app.platform.service_submit(&place.visit, &service, &token, &typed, &asker).await;
    answer(&app, &reader, place, submission.map_err(not_served(Error::NoService))?, &typed)
}

/// The form's token, and what was typed by field.
fn read(sent: Vec<(String, String)>) -> (Option<FormToken>, Typed) {
    let mut typed = Typed::new();
    let mut token = None;
    for (name, value) in sent {
        if name == TOKEN {
            token = FormToken::parse(&value);
        } else {
            typed.entry(name).or_default().push(value);
        }
    }
    (token, typed)
}

async fn unreadable_token(
    app: &App,
    reader: &Reader,
    place: Place,
    id: &Slug,
    typed: &Typed,
) -> Result<Response, Error> {
    let found = app.platform.service(&place.visit, id).await.map_err(not_served(Error::NoService))?;
    let submission = match found.form {
        Shown::Shown(form) => Submission::StaleToken { service: found.service, form },
        Shown::Missing(stand_in) => Submission::Missing { service: found.service, form: None, stand_in },
    };
    answer(app, reader, place, submission, typed)
}

fn answer(app: &App, reader: &Reader, place: Place, submission: Submission, typed: &Typed) -> Result<Response, Error> {
    let words = reader.words;
    let typed = Some(typed);
    let seen = (app, reader, place);
    match submission {
        Submission::Opened(receipt) => Ok(remembered(app, opened(words, &receipt), &receipt.number, &receipt.secret)),
        Submission::Answered { service, page } => answered(seen, &service, &page),
        Submission::Refers { service, reason, links } => refers(seen, service, reason, links),
        Submission::Invalid { service, form, errors } => {
            let filled = Filled { form: Some(&form), typed, errors: &errors, notice: None, missing: None };
            service_page(seen, StatusCode::UNPROCESSABLE_ENTITY, service, filled)
        }
        Submission::Refused { service, refusal } => refused(seen, service, refusal),
        Submission::Missing { service, form, stand_in } => {
            let filled = Filled { form: form.as_ref(), typed, errors: &[], notice: None, missing: Some(stand_in) };
            // Nothing was submitted: a program that only reads the status must not take it for done.
            service_page(seen, StatusCode::SERVICE_UNAVAILABLE, service, filled)
        }
        Submission::StaleToken { service, form } => {
            let notice =
                NoticeView { class: "attention", title: words.t("form-stale"), body: words.t("form-stale-detail") };
            let filled = Filled { form: form.as_ref(), typed, errors: &[], notice: Some(notice), missing: None };
            service_page(seen, StatusCode::CONFLICT, service, filled)
        }
    }
}

#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerPage<'a> {
    f: Frame,
    district: Arc<District>,
    service: &'a Service,
    page: &'a Page,
    blocks: Safe<String>,
}

fn answered((app, reader, place): (&App, &Reader, Place), service: &Service, answer: &Page) -> Result<Response, Error> {
    let standing = Standing { division: &place.visit.division, zone: service.zone.as_ref() };
    let forms = Forms::new();
    let blocks = rendered(&BlocksView::new(reader.words, standing, &answer.blocks, &forms))?;
    let f = Frame::new(app, reader, reader.words.text(&answer.title)).of(app, &place.district).at(Part::Services);
    page(&AnswerPage { f, district: Arc::clone(&place.district), service, page: answer, blocks })
}

#[derive(Template)]
#[template(path = "refers.html")]
struct RefersPage {
    f: Frame,
    district: Arc<District>,
    service: Service,
    title: String,
    class: &'static str,
    reason: Text,
    basis: Option<LegalBasis>,
    next: Option<Text>,
    /// Words, address, and whether it leads elsewhere.
    links: Vec<(Text, String, bool)>,
}

fn refers(
    (app, reader, place): (&App, &Reader, Place),
    service: Service,
    reason: Text,
    links: Vec<Link>,
) -> Result<Response, Error> {
    let standing = Standing { division: &place.visit.division, zone: service.zone.as_ref() };
    let links = links
        .into_iter()
        .map(|link| (standing.address(&link.target), is_outward(&link.target), link.label))
        .map(|(address, outward, label)| (label, address, outward))
        .collect();
    let title = reader.words.t("service-refers");
    let f = Frame::new(app, reader, title.as_str()).of(app, &place.district).at(Part::Services);
    let district = place.district;
    page(&RefersPage { f, district, service, title, class: "info", reason, basis: None, next: None, links })
}

fn refused(
    (app, reader, place): (&App, &Reader, Place),
    service: Service,
    refusal: Refusal,
) -> Result<Response, Error> {
    let title = reader.words.t("service-refused");
    let f = Frame::new(app, reader, title.as_str()).of(app, &place.district).at(Part::Services);
    let view = RefersPage {
        f,
        district: place.district,
        service,
        title,
        class: "attention",
        reason: refusal.reason,
        basis: refusal.basis,
        next: refusal.next_step,
        links: Vec::new(),
    };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}
