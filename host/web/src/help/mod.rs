//! Assistance (article 26) and online tutoring (article 27): for those who are helped, and for those who help.

mod ask;
mod paper;
mod staff;
mod tutoring;
mod tutoring_staff;

use askama::Template;
use axum::Router;
use axum::routing::{get, post};
use lotus_domain::assistance::{Offer, PaperKind};
use lotus_domain::case::Subject;
use lotus_domain::catalog::Item;
use lotus_platform::{Asker, CaseView, Heard, Visit};

use crate::app::App;
use crate::error::Error;
use crate::language::Words;
use crate::reader::Reader;

pub(crate) use tutoring::aside;

/// The addresses of assistance and tutoring.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/d/{division}/assistance", get(ask::form).post(ask::submit))
        .route("/cases/{number}/assistance", get(ask::followed).post(ask::submit_followed))
        .route("/me/cases/{number}/assistance", get(ask::mine).post(ask::submit_mine))
        .route("/cases/{number}/assistance/{paper}", get(paper::followed))
        .route("/me/cases/{number}/assistance/{paper}", get(paper::mine))
        .route("/staff/cases/{number}/assistance/{paper}", get(paper::staff))
        .route("/staff/cases/{number}/assistance", get(staff::of_case))
        .route("/staff/cases/{number}/priority", post(staff::rank))
        .route("/staff/d/{division}/helper", get(staff::own))
        .route("/d/{division}/items/{code}/tutoring", get(tutoring::show).post(tutoring::begin))
        .route("/d/{division}/items/{code}/tutoring/changes", get(tutoring::changes))
        .route("/d/{division}/items/{code}/tutoring/words", post(tutoring::answer))
        .route("/d/{division}/items/{code}/tutoring/end", post(tutoring::end))
        .route("/staff/d/{division}/tutoring", get(tutoring_staff::enter).post(tutoring_staff::join))
        .route("/staff/d/{division}/tutoring/{id}", get(tutoring_staff::show))
        .route("/staff/d/{division}/tutoring/{id}/changes", get(tutoring_staff::changes))
        .route("/staff/d/{division}/tutoring/{id}/words", post(tutoring_staff::point))
}

/// What a case's page has of assistance.
#[derive(Default)]
pub(crate) struct HelpPart {
    /// What is offered to its applicant.
    pub(crate) offers: Vec<Offer>,
    /// Its papers, where it is a case of assistance.
    pub(crate) papers: Vec<(PaperKind, u32)>,
    /// It is an application: there is a page of its assistance.
    pub(crate) is_application: bool,
}

impl HelpPart {
    /// Of a case, for its applicant or for staff.
    pub(crate) async fn of(
        app: &App,
        reader: &Reader,
        asker: &Asker,
        view: &CaseView,
        is_applicant: bool,
    ) -> Result<Self, Error> {
        let is_application = matches!(view.case.subject, Subject::Item { .. });
        let papers = app.platform.help_papers(view).await?;
        let offers = if is_application && is_applicant && view.case.is_open() {
            offers_of(app, reader, asker, view).await
        } else {
            Vec::new()
        };
        Ok(Self { offers, papers, is_application })
    }
}

/// What is offered to the applicant of a case.
async fn offers_of(app: &App, reader: &Reader, asker: &Asker, view: &CaseView) -> Vec<Offer> {
    let visit = Visit { division: view.case.division.clone(), language: reader.words.language };
    let item = app.platform.item_of(&view.case);
    app.platform.help_offers(&visit, item.as_ref().map(|item| &item.item), asker, Some(&view.case)).await
}

/// What an item's guide offers to whoever looks.
pub(crate) async fn offers_for(app: &App, visit: &Visit, item: &Item, asker: &Asker) -> Vec<Offer> {
    app.platform.help_offers(visit, Some(item), asker, None).await
}

/// What was said in a tutoring session.
#[derive(Template)]
#[template(path = "tutoring_said.html")]
struct SaidView<'a> {
    w: Words,
    heard: &'a Heard,
    /// Where a field is on the reader's page, before its name; none leads nowhere.
    to: Option<String>,
}

impl SaidView<'_> {
    fn label(&self, name: &str) -> String {
        let field = self.heard.fields.iter().find(|field| field.name == *name);
        field.map_or_else(|| name.to_owned(), |field| self.w.text(&field.label).to_owned())
    }
}
