//! A selection for everybody: need, draw with all its numbers, result; and what its owner and its bidders do.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as Sent, State};
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use jiff::tz::TimeZone;
use lotus_domain::case::CaseNumber;
use lotus_domain::intermediary::selection::{Round, Way};
use lotus_domain::text::Text;
use lotus_platform::{Listed, SelectionError, SelectionView};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

impl From<SelectionError> for Error {
    fn from(error: SelectionError) -> Self {
        match error {
            SelectionError::Denied(denied) => denied.into(),
            SelectionError::Refused(refusal) => Self::Refused(refusal),
            SelectionError::Case(error) => error.into(),
            SelectionError::Changed => Self::Changed(0),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Name {
    number: String,
}

impl Name {
    fn number(&self) -> Result<CaseNumber, Error> {
        CaseNumber::parse(&self.number).map_err(|_| Error::NoPage)
    }
}

#[derive(Template)]
#[template(path = "selection.html")]
struct SelectionPage {
    f: Frame,
    zone: TimeZone,
    view: SelectionView,
    way: Text,
    candidates: Vec<Arc<Listed>>,
    seed: String,
}

impl SelectionPage {
    fn quotes(&self) -> bool {
        self.view.kept.selection.need.way == Way::LowestQuote
    }

    fn is(&self, state: &str) -> bool {
        self.view.kept.state == *state
    }

    fn name(&self, code: &str) -> String {
        let bidders = &self.view.kept.selection.bidders;
        bidders.iter().find(|bidder| bidder.code == *code).map_or_else(|| code.to_owned(), |bidder| bidder.name.clone())
    }

    fn said(contribution: &str) -> &str {
        if contribution.is_empty() { "-" } else { contribution }
    }
}

/// `GET /selections/{number}`
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    headers: HeaderMap,
    Named(name): Named<Name>,
) -> Result<Response, Error> {
    let view = app.platform.selection(&asker, &name.number()?).await?;
    let (seed, cookie) = super::seed(&app, &headers, "");
    let candidates = if view.is_owner { app.platform.selection_candidates(&view.kept, &seed) } else { Vec::new() };
    let title = view.kept.selection.need.title.clone();
    let f = Frame::new(&app, &reader, title).of(&app, &view.district).at(Part::Items);
    let way = view.kept.selection.need.way.title();
    let zone = app.platform.zone_of_time().clone();
    let mut response = page(&SelectionPage { f, zone, view, way, candidates, seed })?;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(cookie) = HeaderValue::from_str(&cookie.to_string()) {
        headers.append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// One command and what it must say.
struct Command {
    what: &'static str,
    line: String,
    gives: String,
}

/// A round that was revealed, as commands.
struct CheckedRound {
    number: u32,
    commands: Vec<Command>,
}

#[derive(Template)]
#[template(path = "selection_check.html")]
struct CheckPage {
    f: Frame,
    view: SelectionView,
    rounds: Vec<CheckedRound>,
}

/// A shell's command that hashes lines.
fn hashes(lines: &str) -> String {
    // Everything that is hashed is ASCII letters, digits, spaces, hyphens and line feeds: nothing needs quoting.
    format!("printf '{}' | sha256sum", lines.replace('\n', "\\n"))
}

fn commands(view: &SelectionView, round: &Round) -> Option<CheckedRound> {
    let selection = &view.kept.selection;
    let (id, number) = (&selection.number.0, round.number);
    let (seed, drawn, list) = (round.seed.as_ref()?, round.drawn.as_ref()?, round.list_hash.as_ref()?);
    let mut commands = vec![
        Command {
            what: "sel-check-commit",
            line: hashes(&format!("lotus-draw-1 commit\n{id} {number}\n{seed}\n")),
            gives: round.commitment.clone(),
        },
        Command { what: "sel-check-list", line: hashes(&selection.list(round)), gives: list.clone() },
        Command {
            what: "sel-check-key",
            line: hashes(&format!("lotus-draw-1 key\n{id} {number}\n{seed}\n{list}\n")),
            gives: drawn.key.clone(),
        },
    ];
    commands.extend(drawn.turns.iter().map(|turn| Command {
        what: "sel-check-number",
        line: hashes(&format!("lotus-draw-1 number\n{}\n{}\n", drawn.key, turn.counter)),
        gives: format!("{}…", turn.number),
    }));
    Some(CheckedRound { number, commands })
}

/// `GET /selections/{number}/check`: how anybody checks the draw.
pub(super) async fn check(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(name): Named<Name>,
) -> Result<Response, Error> {
    let view = app.platform.selection(&asker, &name.number()?).await?;
    let rounds = view.kept.selection.rounds.iter().filter_map(|round| commands(&view, round)).collect();
    let f = Frame::new(&app, &reader, reader.words.t("sel-check")).of(&app, &view.district).at(Part::Items);
    page(&CheckPage { f, view, rounds })
}

fn back(number: &CaseNumber) -> Response {
    leads(&format!("/selections/{number}"), &[])
}

#[derive(Deserialize)]
pub(super) struct SignUp {
    #[serde(default)]
    quote: String,
    #[serde(default)]
    contribution: String,
}

/// `POST /selections/{number}/sign-up`
pub(super) async fn sign_up(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<Name>,
    Sent(sent): Sent<SignUp>,
) -> Result<Response, Error> {
    let number = name.number()?;
    app.platform.selection_sign_up(&asker, &number, &sent.quote, &sent.contribution).await?;
    Ok(back(&number))
}

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    code: String,
}

/// `POST /selections/{number}/choose`
pub(super) async fn choose(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<Name>,
    Sent(sent): Sent<Choice>,
) -> Result<Response, Error> {
    let number = name.number()?;
    app.platform.selection_choose(&asker, &number, &sent.code).await?;
    Ok(back(&number))
}

#[derive(Deserialize)]
pub(super) struct Terms {
    #[serde(default)]
    fee: String,
    #[serde(default)]
    due: String,
}

/// `POST /selections/{number}/contract`
pub(super) async fn contract(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<Name>,
    Sent(sent): Sent<Terms>,
) -> Result<Response, Error> {
    let number = name.number()?;
    app.platform.selection_contract(&asker, &number, &sent.fee, &sent.due).await?;
    Ok(back(&number))
}

/// `POST /selections/{number}/deliver`
pub(super) async fn deliver(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<Name>,
) -> Result<Response, Error> {
    let number = name.number()?;
    app.platform.selection_deliver(&asker, &number).await?;
    Ok(back(&number))
}

#[derive(Deserialize)]
pub(super) struct Grade {
    #[serde(default)]
    grade: u8,
    #[serde(default)]
    words: String,
}

/// `POST /selections/{number}/rate`
pub(super) async fn rate(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<Name>,
    Sent(sent): Sent<Grade>,
) -> Result<Response, Error> {
    let number = name.number()?;
    app.platform.selection_rate(&asker, &number, sent.grade, &sent.words).await?;
    Ok(back(&number))
}
