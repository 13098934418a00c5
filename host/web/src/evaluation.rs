//! Evaluations by outside bodies 第三方评估 (article 35): what is public of them, the link that people answer with, the
//! body's own view, and running them.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form as Sent, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::{District, Division};
use lotus_domain::evaluation::{Answers, Ask, Evaluation, Finding, Named as Name, Question, Share, Stage};
use lotus_domain::form::FieldError;
use lotus_domain::kind::{shipped, shipped_names};
use lotus_domain::text::Text;
use lotus_platform::{Asker, EvaluationView, FindingWish, GrievanceError, Invitation, PlanWish};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::{Named, base};
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page, page_with};

/// The addresses of evaluations.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/evaluations", get(public_list))
        .route("/evaluations/{id}", get(public))
        .route("/evaluations/{id}/population.csv", get(population))
        .route("/evaluations/{id}/sample.csv", get(sample))
        .route("/evaluations/{id}/report.pdf", get(report))
        .route("/e/{secret}", get(asked).post(answered))
        .route("/staff/evaluations", get(list).post(plan))
        .route("/staff/evaluations/{id}", get(see))
        .route("/staff/evaluations/{id}/report.pdf", get(draft))
        .route("/staff/evaluations/{id}/draw", post(draw))
        .route("/staff/evaluations/{id}/close", post(close))
        .route("/staff/evaluations/{id}/publish", post(publish))
        .route("/staff/evaluations/{id}/findings", post(found))
        .route("/staff/evaluations/{id}/findings/{number}/{answer}", post(found_answered))
}

fn private(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

#[derive(Template)]
#[template(path = "evaluations.html")]
struct ListPage {
    f: Frame,
    evaluations: Vec<Evaluation>,
    base: &'static str,
    runs: bool,
    districts: Vec<Arc<District>>,
    kinds: Vec<(&'static str, Text)>,
    wish: PlanWish,
    errors: Vec<FieldError>,
}

impl ListPage {
    fn has_district(&self, code: &str) -> bool {
        self.wish.districts.iter().any(|one| one == code)
    }

    fn has_kind(&self, id: &str) -> bool {
        self.wish.kinds.iter().any(|one| one == id)
    }
}

/// Kinds that people can be asked about.
fn kinds() -> Vec<(&'static str, Text)> {
    let all = shipped_names().filter_map(|id| Some((id, shipped(id)?)));
    all.filter(|(_, kind)| !kind.protects_applicant).map(|(id, kind)| (id, kind.title.clone())).collect()
}

/// `GET /evaluations`
async fn public_list(State(app): State<App>, reader: Reader) -> Result<Response, Error> {
    page(&ListPage {
        f: Frame::new(&app, &reader, reader.words.t("evaluations-title")),
        evaluations: app.platform.evaluations_public().await?,
        base: "/evaluations",
        runs: false,
        districts: Vec::new(),
        kinds: Vec::new(),
        wish: PlanWish::default(),
        errors: Vec::new(),
    })
}

async fn listed(
    (app, reader, asker): (&App, &Reader, &Asker),
    wish: PlanWish,
    errors: Vec<FieldError>,
) -> Result<Response, Error> {
    let evaluations = app.platform.evaluations(asker).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = ListPage {
        f: Frame::new(app, reader, reader.words.t("evaluations-title")).at(Part::Staff),
        evaluations,
        base: "/staff/evaluations",
        runs: app.platform.runs_evaluations(asker),
        districts: app.platform.districts(),
        kinds: kinds(),
        wish,
        errors,
    };
    page_with(status, &view).map(private)
}

/// `GET /staff/evaluations`
async fn list(State(app): State<App>, reader: Reader, Known(asker): Known) -> Result<Response, Error> {
    listed((&app, &reader, &asker), PlanWish::default(), Vec::new()).await
}

/// `POST /staff/evaluations`
async fn plan(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Sent(sent): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let mut wish = PlanWish::default();
    for (name, value) in sent {
        match name.as_str() {
            "title" => wish.title = value,
            "body" => wish.body = value,
            "district" => wish.districts.push(value),
            "kind" => wish.kinds.push(value),
            "item" => wish.item = value,
            "from" => wish.from = value,
            "to" => wish.to = value,
            "size" => wish.size = value,
            "questions" => wish.questions = value,
            _ => {}
        }
    }
    match app.platform.evaluation_plan(&asker, &wish).await {
        Ok(evaluation) => Ok(leads(&format!("/staff/evaluations/{}", evaluation.id), &[])),
        Err(GrievanceError::Invalid(errors)) => listed((&app, &reader, &asker), wish, errors).await,
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "evaluation.html")]
struct EvaluationPage {
    f: Frame,
    view: EvaluationView,
    is_staff: bool,
    districts: Vec<Arc<District>>,
    departments: Vec<Text>,
    chosen: String,
    wish: FindingWish,
    errors: Vec<FieldError>,
}

impl EvaluationPage {
    fn district(&self, code: &str) -> String {
        let known = self.districts.iter().find(|district| district.division.as_str() == code);
        known.map_or_else(|| code.to_owned(), |district| self.f.w.text(&district.name).to_owned())
    }

    fn of(&self, code: &str) -> (u64, u64, u64) {
        self.view.strata.get(code).copied().unwrap_or_default()
    }

    fn rate(&self) -> String {
        let (drawn, _, answered) = self.view.totals();
        #[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
        let rate = if drawn == 0 { 0.0 } else { answered as f64 / drawn as f64 };
        percent(rate)
    }

    fn share(share: &Share) -> String {
        percent(share.share)
    }

    fn interval(share: &Share) -> String {
        format!("{}–{}", percent(share.interval.0), percent(share.interval.1))
    }

    /// For a meter: a whole number of a hundred.
    fn meter(share: &Share) -> String {
        format!("{:.0}", share.share * 100.0)
    }

    fn mean(mean: &f64) -> String {
        format!("{mean:.2}")
    }

    fn short(one: &Name) -> String {
        one.name.chars().take(12).collect()
    }

    fn answer(answers: &Answers, at: &usize) -> String {
        answers.get(at).cloned().unwrap_or_default()
    }

    fn case(&self, finding: &Finding) -> Option<&Case> {
        self.view.cases.iter().find(|case| case.number.as_str() == finding.number)
    }

    fn state(&self, case: &Case) -> String {
        case.at().map_or_else(|| case.state.clone(), |state| self.f.w.text(&state.title).to_owned())
    }

    fn stage(&self) -> &'static str {
        self.view.evaluation.stage.name()
    }
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

/// `GET /evaluations/{id}`
async fn public(State(app): State<App>, reader: Reader, Named(name): Named<Id>) -> Result<Response, Error> {
    let view = app.platform.evaluation_public(&name.id).await?;
    page(&EvaluationPage {
        f: Frame::new(&app, &reader, view.evaluation.plan.title.as_str()),
        view,
        is_staff: false,
        districts: app.platform.districts(),
        departments: Vec::new(),
        chosen: String::new(),
        wish: FindingWish::default(),
        errors: Vec::new(),
    })
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    district: String,
}

async fn seen(
    (app, reader, asker): (&App, &Reader, &Asker),
    id: &str,
    chosen: String,
    (wish, errors): (FindingWish, Vec<FieldError>),
) -> Result<Response, Error> {
    let view = app.platform.evaluation_see(asker, id).await?;
    let here = |code: &str| view.evaluation.plan.districts.iter().find(|one| one.as_str() == code).cloned();
    let division = here(&chosen).or_else(|| view.evaluation.plan.districts.first().cloned());
    let departments = division.as_ref().map(|division| app.platform.departments(division)).unwrap_or_default();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = EvaluationPage {
        f: Frame::new(app, reader, view.evaluation.plan.title.as_str()).at(Part::Staff),
        view,
        is_staff: true,
        districts: app.platform.districts(),
        departments,
        chosen: division.as_ref().map(Division::to_string).unwrap_or_default(),
        wish,
        errors,
    };
    page_with(status, &page).map(private)
}

/// `GET /staff/evaluations/{id}`
async fn see(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<Id>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Error> {
    seen((&app, &reader, &asker), &name.id, chosen.district, (FindingWish::default(), Vec::new())).await
}

fn csv(body: String) -> Response {
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    ([(CONTENT_TYPE, kind)], body).into_response()
}

/// `GET /evaluations/{id}/population.csv`
async fn population(State(app): State<App>, Named(name): Named<Id>) -> Result<Response, Error> {
    Ok(csv(app.platform.evaluation_names(&name.id, false).await?))
}

/// `GET /evaluations/{id}/sample.csv`
async fn sample(State(app): State<App>, Named(name): Named<Id>) -> Result<Response, Error> {
    Ok(csv(app.platform.evaluation_names(&name.id, true).await?))
}

fn pdf(body: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"evaluation.pdf\"")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body).into_response()
}

/// `GET /evaluations/{id}/report.pdf`
async fn report(State(app): State<App>, Named(name): Named<Id>) -> Result<Response, Error> {
    Ok(pdf(app.platform.evaluation_report(&name.id).await?))
}

/// `GET /staff/evaluations/{id}/report.pdf`
async fn draft(State(app): State<App>, Known(asker): Known, Named(name): Named<Id>) -> Result<Response, Error> {
    Ok(pdf(app.platform.evaluation_draft(&asker, &name.id).await?))
}

/// `POST /staff/evaluations/{id}/draw`
async fn draw(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<Id>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    app.platform.evaluation_draw(&asker, &name.id, &base(&app, &headers)).await?;
    Ok(leads(&format!("/staff/evaluations/{}", name.id), &[]))
}

/// `POST /staff/evaluations/{id}/close`
async fn close(State(app): State<App>, Known(asker): Known, Named(name): Named<Id>) -> Result<Response, Error> {
    app.platform.evaluation_advance(&asker, &name.id, Stage::Closed).await?;
    Ok(leads(&format!("/staff/evaluations/{}", name.id), &[]))
}

/// `POST /staff/evaluations/{id}/publish`
async fn publish(State(app): State<App>, Known(asker): Known, Named(name): Named<Id>) -> Result<Response, Error> {
    app.platform.evaluation_advance(&asker, &name.id, Stage::Reported).await?;
    Ok(leads(&format!("/staff/evaluations/{}", name.id), &[]))
}

#[derive(Deserialize)]
struct TypedFinding {
    #[serde(default)]
    division: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    words: String,
}

/// `POST /staff/evaluations/{id}/findings`
async fn found(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<Id>,
    Sent(typed): Sent<TypedFinding>,
) -> Result<Response, Error> {
    let TypedFinding { division, department, words } = typed;
    let wish = FindingWish { division, department, words };
    match app.platform.finding_put(&asker, &name.id, &wish).await {
        Ok(_) => Ok(leads(&format!("/staff/evaluations/{}", name.id), &[])),
        Err(GrievanceError::Invalid(errors)) => {
            seen((&app, &reader, &asker), &name.id, wish.division.clone(), (wish, errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct FindingName {
    id: String,
    number: String,
    answer: String,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

/// `POST /staff/evaluations/{id}/findings/{number}/{answer}`
async fn found_answered(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<FindingName>,
    Sent(why): Sent<Reason>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    let confirms = match name.answer.as_str() {
        "confirm" => true,
        "again" => false,
        _ => return Err(Error::NoPage),
    };
    app.platform.finding_answer(&asker, &number, confirms, &why.reason).await?;
    Ok(leads(&format!("/staff/evaluations/{}", name.id), &[]))
}

#[derive(Deserialize)]
struct Secret {
    secret: String,
}

#[derive(Template)]
#[template(path = "questionnaire.html")]
struct QuestionsPage {
    f: Frame,
    secret: String,
    title: String,
    body: String,
    questions: Vec<Question>,
    typed: BTreeMap<String, String>,
    errors: Vec<FieldError>,
    /// It was answered, or is closed.
    over: bool,
    done: bool,
}

impl QuestionsPage {
    fn grades(&self) -> Vec<(u8, String)> {
        (1..=5).rev().map(|grade: u8| (grade, self.f.w.t(&format!("scale-{grade}")))).collect()
    }

    fn options(question: &Question) -> &[String] {
        if let Ask::Choice(options) = &question.ask { options } else { &[] }
    }

    fn is_scale(question: &Question) -> bool {
        question.ask == Ask::Scale
    }

    fn is_words(question: &Question) -> bool {
        question.ask == Ask::Words
    }

    fn is_chosen(&self, at: &usize, value: &str) -> bool {
        self.typed.get(&format!("q{at}")).is_some_and(|typed| typed == value)
    }

    fn typed(&self, at: &usize) -> &str {
        self.typed.get(&format!("q{at}")).map(String::as_str).unwrap_or_default()
    }

    fn error(&self, at: &usize) -> Option<&str> {
        let field = format!("q{at}");
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(self.f.w.text(&error.message))
    }
}

async fn asks(
    (app, reader): (&App, &Reader),
    secret: String,
    (typed, errors): (BTreeMap<String, String>, Vec<FieldError>),
    done: bool,
) -> Result<Response, Error> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (title, body, questions, over) = match app.platform.invitation(&secret).await? {
        Invitation::Asks { title, body, questions } => (title, body, questions, false),
        Invitation::Over => (String::new(), String::new(), Vec::new(), true),
    };
    let f = Frame::new(app, reader, reader.words.t("questionnaire-title"));
    page_with(status, &QuestionsPage { f, secret, title, body, questions, typed, errors, over, done }).map(private)
}

/// `GET /e/{secret}`
async fn asked(State(app): State<App>, reader: Reader, Named(name): Named<Secret>) -> Result<Response, Error> {
    asks((&app, &reader), name.secret, (BTreeMap::new(), Vec::new()), false).await
}

/// `POST /e/{secret}`
async fn answered(
    State(app): State<App>,
    reader: Reader,
    Named(name): Named<Secret>,
    Sent(typed): Sent<BTreeMap<String, String>>,
) -> Result<Response, Error> {
    match app.platform.invitation_answer(&name.secret, &typed).await {
        Ok(()) => asks((&app, &reader), name.secret, (BTreeMap::new(), Vec::new()), true).await,
        Err(GrievanceError::Invalid(errors)) => asks((&app, &reader), name.secret, (typed, errors), false).await,
        Err(error) => Err(error.into()),
    }
}
