//! `/d/{division}/services`: a district's value-added services, their forms, and what becomes of what is sent.

use std::sync::Arc;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Form as Sent, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
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
use crate::draft::{self, Browser};
use crate::error::{Error, not_served};
use crate::portal::case::{opened, remembered};
use crate::portal::zone::rendered;
use crate::portal::{Named, Place};
use crate::reader::Reader;
use crate::render::block::{BlocksView, Forms};
use crate::render::form::{DraftView, FormView};
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
    draft: Option<DraftView>,
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
            let view = match filled.draft {
                Some(draft) if form.is_some() => view.with_draft(draft),
                _ => view,
            };
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
    Known(asker): Known,
    Browser(browser): Browser,
) -> Result<Response, Error> {
    let found = app.platform.service(&place.visit, &service).await.map_err(not_served(Error::NoService))?;
    let (form, missing) = match found.form {
        Shown::Shown(form) => (form, None),
        Shown::Missing(stand_in) => (None, Some(stand_in)),
    };
    let subject = format!("services/{service}");
    // While the database is away the form itself is still there; the log knows.
    let kept = app.platform.draft(&place.visit.division, &asker, browser.as_ref(), &subject).await.unwrap_or_default();
    let address = format!("/d/{}/{subject}", place.visit.division);
    let draft = Some(draft::view(&app, &reader, &asker, &address, kept.as_ref()));
    // A draft that only holds materials has nothing typed: then the form's own first values stand.
    let typed = kept.as_ref().map(|draft| &draft.body.typed).filter(|typed| !typed.is_empty());
    let filled = Filled { form: form.as_ref(), typed, errors: &[], notice: None, missing, draft };
    let mut response = service_page((&app, &reader, place), StatusCode::OK, found.service, filled)?;
    if kept.is_some() {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// `POST /d/{division}/services/{service}`
pub(crate) async fn submit(
    State(app): State<App>,
    reader: Reader,
    place: Place,
    Named(ServiceName { service }): Named<ServiceName>,
    Known(asker): Known,
    Browser(browser): Browser,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (beside, typed) = draft::sorted(sent);
    // Shown to somebody whose session has ended since: nothing is sent in nobody's name, and nothing is lost.
    if let Some(holder) = draft::ended_session(&app, &asker, &beside) {
        let subject = draft::Subject::service(&app, &place, &service).await?;
        return draft::kept_for_sign_in(&app, &place, subject, holder, typed).await;
    }
    let subject = format!("services/{service}");
    let division = place.visit.division.clone();
    let address = format!("/d/{division}/{subject}");
    let kept = app.platform.draft(&division, &asker, browser.as_ref(), &subject).await?;
    let view = draft::view(&app, &reader, &asker, &address, kept.as_ref());
    // A token that can't be read is as stale as one that has expired: the form comes back with what was typed.
    let Some(token) = beside.token.as_deref().and_then(FormToken::parse) else {
        return unreadable_token((&app, &reader, place), &service, &typed, view).await;
    };
    let submission = app.platform.service_submit(&place.visit, &service, &token, &typed, &asker).await;
    let submission = submission.map_err(not_served(Error::NoService))?;
    let done = match &submission {
        Submission::Opened(receipt) => Some(Some(receipt.number.clone())),
        Submission::Answered { .. } => Some(None),
        _ => None,
    };
    if let Some(number) = done {
        app.platform.draft_submitted(&division, &asker, browser.as_ref(), &subject, number.as_ref()).await?;
    }
    answer((&app, &reader, place), submission, &typed, view)
}

async fn unreadable_token(
    (app, reader, place): (&App, &Reader, Place),
    id: &Slug,
    typed: &Typed,
    draft: DraftView,
) -> Result<Response, Error> {
    let found = app.platform.service(&place.visit, id).await.map_err(not_served(Error::NoService))?;
    let submission = match found.form {
        Shown::Shown(form) => Submission::StaleToken { service: found.service, form },
        Shown::Missing(stand_in) => Submission::Missing { service: found.service, form: None, stand_in },
    };
    answer((app, reader, place), submission, typed, draft)
}

fn answer(
    seen: (&App, &Reader, Place),
    submission: Submission,
    typed: &Typed,
    draft: DraftView,
) -> Result<Response, Error> {
    let (app, words) = (seen.0, seen.1.words);
    let (typed, draft) = (Some(typed), Some(draft));
    match submission {
        Submission::Opened(receipt) => Ok(remembered(app, opened(words, &receipt), &receipt.number, &receipt.secret)),
        Submission::Answered { service, page } => answered(seen, &service, &page),
        Submission::Refers { service, reason, links } => refers(seen, service, reason, links),
        Submission::Invalid { service, form, errors } => {
            let filled = Filled { form: Some(&form), typed, errors: &errors, notice: None, missing: None, draft };
            service_page(seen, StatusCode::UNPROCESSABLE_ENTITY, service, filled)
        }
        Submission::Refused { service, refusal } => refused(seen, service, refusal),
        Submission::Missing { service, form, stand_in } => {
            let filled =
                Filled { form: form.as_ref(), typed, errors: &[], notice: None, missing: Some(stand_in), draft };
            // Nothing was submitted: a program that only reads the status must not take it for done.
            service_page(seen, StatusCode::SERVICE_UNAVAILABLE, service, filled)
        }
        Submission::StaleToken { service, form } => {
            let notice =
                NoticeView { class: "attention", title: words.t("form-stale"), body: words.t("form-stale-detail") };
            let filled = Filled { form: form.as_ref(), typed, errors: &[], notice: Some(notice), missing: None, draft };
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
