//! `/me/claims`: what one is told of, what it rests on, consent and taking it back.

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lotus_domain::Slug;
use lotus_domain::case::Case;
use lotus_domain::claim::{Claim, Decided};
use lotus_domain::district::Division;
use lotus_domain::form::FieldError;
use lotus_domain::policy::{Finding, Seen};
use lotus_platform::{Asker, ClaimError, ClaimView, ConsentWish, Visit};
use serde::Deserialize;

use super::ClaimName;
use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page, page_with};

#[derive(Template)]
#[template(path = "me_claims.html")]
struct ClaimsPage {
    f: Frame,
    claims: Vec<(Case, Claim)>,
    acting_for: Option<String>,
}

impl ClaimsPage {
    fn state(&self, case: &Case) -> String {
        let state = case.definition.state(&case.state);
        state.map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }

    fn until(case: &Case) -> Option<Date> {
        let step = case.clocks.step.as_ref().filter(|_| matches!(case.state.as_str(), "pushed" | "publicised"));
        step.map(|step| step.deadline.day())
    }
}

/// `GET /me/claims`
pub(super) async fn list(State(app): State<App>, reader: Reader, Known(asker): Known) -> Result<Response, Error> {
    let person = asker.person().ok_or(Error::SignIn)?;
    let acting_for = person.acting_for.as_ref().map(|mandate| mandate.enterprise.clone());
    let claims = app.platform.my_claims(&asker).await?;
    let f = Frame::new(&app, &reader, reader.words.t("claims-title")).at(Part::Mine);
    let mut response = page(&ClaimsPage { f, claims, acting_for })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    division: Division,
    policy: Slug,
}

/// `POST /me/claims`: claims a policy that one matches; leads to the page of consent.
pub(super) async fn begin(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Sent(wanted): Sent<Wanted>,
) -> Result<Response, Error> {
    let visit = Visit { division: wanted.division, language: reader.words.language };
    let number = app.platform.claim_begin(&asker, &visit, &wanted.policy).await?;
    Ok(leads(&format!("/me/claims/{number}"), &[]))
}

#[derive(Template)]
#[template(path = "me_claim.html")]
struct ClaimPage<'a> {
    f: Frame,
    shown: &'a ClaimView,
    zone: &'a TimeZone,
    is_money: bool,
    wish: ConsentWish,
    errors: Vec<FieldError>,
    conflict: bool,
}

impl ClaimPage<'_> {
    fn state(&self) -> String {
        let case = &self.shown.view.case;
        case.at().map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }

    fn findings(&self) -> &[Finding] {
        &self.shown.claim.body.found.findings
    }

    fn fact(&self, seen: &Seen) -> String {
        super::fact(self.f.w, seen, self.zone)
    }

    fn decider(&self, decided: &Decided) -> String {
        super::decider(self.f.w, decided)
    }

    fn decision(&self, decided: &Decided) -> String {
        super::decision(self.f.w, decided)
    }

    fn error(&self, field: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == *field)?;
        Some(self.f.w.text(&error.message))
    }

    fn may(&self, action: &str) -> bool {
        self.shown.may(action)
    }

    /// Steps that are a button and no more.
    fn buttons(&self) -> Vec<(&str, &'static str)> {
        const BUTTONS: [(&str, &str); 5] = [
            ("ask-person", "claim-ask-person-detail"),
            ("refuse", "claim-refuse-detail"),
            ("revoke", "claim-revoke-detail"),
            ("revoke-late", "claim-revoke-late-detail"),
            ("receive", "claim-receive-detail"),
        ];
        BUTTONS.into_iter().filter(|(action, _)| self.may(action)).collect()
    }

    fn title(&self, action: &str) -> String {
        let step = self.shown.view.case.definition.transition(action);
        step.map_or_else(String::new, |step| self.f.w.text(&step.title).to_owned())
    }
}

async fn shown(
    (app, reader): (&App, &Reader),
    status: StatusCode,
    view: &ClaimView,
    wish: ConsentWish,
    errors: Vec<FieldError>,
) -> Result<Response, Error> {
    let title = reader.words.text(view.view.case.subject.title());
    let claim = ClaimPage {
        f: Frame::new(app, reader, title).of(app, &view.view.district).at(Part::Mine),
        shown: view,
        zone: app.platform.zone_of_time(),
        is_money: app.platform.pays_money(&view.claim).await.map_err(lotus_platform::Denied::from)?,
        wish,
        errors,
        conflict: status == StatusCode::CONFLICT,
    };
    let mut response = page_with(status, &claim)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /me/claims/{number}`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<ClaimName>,
) -> Result<Response, Error> {
    let view = app.platform.claim_mine(&asker, &name.number()?).await?;
    shown((&app, &reader), StatusCode::OK, &view, ConsentWish::default(), Vec::new()).await
}

#[derive(Deserialize)]
pub(super) struct Typed {
    revision: u32,
    #[serde(default)]
    agrees: Option<String>,
    #[serde(default)]
    by_person: Option<String>,
    #[serde(default)]
    payee: String,
    #[serde(default)]
    bank: String,
    #[serde(default)]
    account: String,
}

impl Typed {
    fn wish(self) -> (u32, ConsentWish) {
        let Self { revision, agrees, by_person, payee, bank, account } = self;
        let wish = ConsentWish { agrees: agrees.is_some(), by_person: by_person.is_some(), payee, bank, account };
        (revision, wish)
    }
}

/// The page again where something was wrong, else the claim as it is now.
async fn answered(
    (app, reader, asker): (&App, &Reader, &Asker),
    name: &ClaimName,
    wish: ConsentWish,
    moved: Result<ClaimView, ClaimError>,
) -> Result<Response, Error> {
    let (status, errors) = match moved {
        Ok(_) => return Ok(leads(&format!("/me/claims/{}", name.number), &[])),
        Err(ClaimError::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Err(ClaimError::Case(lotus_platform::CaseError::Changed { .. })) => (StatusCode::CONFLICT, Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let view = app.platform.claim_mine(asker, &name.number()?).await?;
    shown((app, reader), status, &view, wish, errors).await
}

/// `POST /me/claims/{number}/consent`
pub(super) async fn consent(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<ClaimName>,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Error> {
    let (revision, wish) = typed.wish();
    let moved = app.platform.claim_consent(&asker, &name.number()?, revision, &wish).await;
    answered((&app, &reader, &asker), &name, wish, moved).await
}

/// `POST /me/claims/{number}/account`: another account after a payment failed.
pub(super) async fn correct(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<ClaimName>,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Error> {
    let (revision, wish) = typed.wish();
    let moved = app.platform.claim_correct(&asker, &name.number()?, revision, &wish).await;
    answered((&app, &reader, &asker), &name, wish, moved).await
}

#[derive(Deserialize)]
pub(super) struct ActionName {
    number: String,
    action: String,
}

#[derive(Deserialize)]
pub(super) struct Acted {
    revision: u32,
    #[serde(default)]
    reason: String,
}

/// `POST /me/claims/{number}/actions/{action}`
pub(super) async fn act(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<ActionName>,
    Sent(acted): Sent<Acted>,
) -> Result<Response, Error> {
    let ActionName { number, action } = name;
    let name = ClaimName { number };
    let reason = Some(acted.reason.as_str());
    let moved = app.platform.claim_act(&asker, &name.number()?, acted.revision, &action, reason).await;
    answered((&app, &reader, &asker), &name, ConsentWish::default(), moved).await
}
