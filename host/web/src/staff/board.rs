//! `/staff/d/{division}/board`: the supervision officer's board (article 37), live, and what is said to a card.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Form as Sent, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lotus_domain::access::{Deed, Place};
use lotus_domain::case::CaseNumber;
use lotus_domain::district::{District, Division};
use lotus_domain::supervision::{Card, CardState, Ground, Level};
use lotus_platform::{Answer, Board};
use serde::Deserialize;

use crate::account::leads;
use crate::app::App;
use crate::asker::Known;
use crate::error::Error;
use crate::portal::Named;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page};

/// Cards of one board.
const MOST: u32 = 200;
/// How often an open board is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Looks after which the browser asks again, so that a session that has ended sees nothing more: five minutes.
const LOOKS: u32 = 150;

/// The board's addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/staff/d/{division}/board", get(board))
        .route("/staff/d/{division}/board/changes", get(changes))
        .route("/staff/d/{division}/cards/{number}/{level}/{ground}/{about}/{answer}", post(answer))
}

#[derive(Deserialize)]
struct InDistrict {
    division: Division,
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    f: Frame,
    district: Arc<District>,
    board: Board,
    zone: TimeZone,
    explains: bool,
    closes: bool,
}

impl BoardPage {
    fn level(&self, level: &Level) -> String {
        self.f.w.t(&format!("card-level-{}", level.name()))
    }

    fn ground(&self, card: &Card) -> String {
        self.f.w.t(&format!("card-ground-{}", card.ground.name()))
    }

    fn state(&self, card: &Card) -> String {
        self.f.w.t(&format!("card-state-{}", card.state.name()))
    }

    /// How many there were of a level, and how many of them are still open.
    fn count(&self, level: &Level) -> (u64, u64) {
        let of = self.board.counts.iter().filter(|(counted, _, _)| counted == level);
        of.fold((0, 0), |(all, open), (_, state, count)| (all + count, open + if state.is_open() { *count } else { 0 }))
    }

    fn base(&self, card: &Card) -> String {
        let (level, ground) = (card.level.name(), card.ground.name());
        let about = card.about.as_millisecond();
        format!("/staff/d/{}/cards/{}/{level}/{ground}/{about}", self.district.division, card.number)
    }

    fn events(card: &Card) -> String {
        let events = card.evidence.iter().map(|evidence| {
            let hash = evidence.hash.to_string();
            format!("{} ({}…)", evidence.event, hash.get(..12).unwrap_or_default())
        });
        events.collect::<Vec<_>>().join(" · ")
    }

    /// What may still be said to a card: the end of its address, and the words of the button.
    fn answers(&self, card: &Card) -> Vec<(&'static str, String)> {
        let mut answers = Vec::new();
        if self.explains && card.state == CardState::Given {
            answers.push(("explain", self.f.w.t("card-explain")));
        }
        if self.closes {
            answers.push(("close", self.f.w.t("card-close")));
            answers.push(("revoke", self.f.w.t("card-revoke")));
        }
        answers
    }
}

/// `GET /staff/d/{division}/board`
async fn board(
    State(app): State<App>,
    reader: Reader,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let board = app.platform.board(&asker, &place.division, MOST).await?;
    let district = app.platform.district(&place.division).ok_or(Error::NoPage)?;
    let department = asker.person().and_then(|person| {
        let held = person.access.held.iter().find(|held| held.division == place.division);
        held.and_then(|held| held.department.as_deref())
    });
    let may = |deed| app.platform.may(&asker, deed, Place { division: &place.division, department });
    let (explains, closes) = (may(Deed::ExplainCard), may(Deed::CloseCard));
    let f = Frame::new(&app, &reader, reader.words.t("board-title")).of(&app, &district).at(Part::Staff);
    let zone = app.platform.zone_of_time().clone();
    let mut response = page(&BoardPage { f, district, board, zone, explains, closes })?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /staff/d/{division}/board/changes`: an event whenever the board is no longer what it was.
async fn changes(
    State(app): State<App>,
    Known(asker): Known,
    Named(place): Named<InDistrict>,
) -> Result<Response, Error> {
    let first = app.platform.board(&asker, &place.division, MOST).await?;
    let look = move |(before, looks): (Board, u32)| {
        let (app, asker, division) = (app.clone(), asker.clone(), place.division.clone());
        async move {
            let mut looks = looks;
            loop {
                if looks == LOOKS {
                    return None;
                }
                looks += 1;
                tokio::time::sleep(LOOK).await;
                // Away or not allowed any more: the browser asks again, and is told then.
                let now = app.platform.board(&asker, &division, MOST).await.ok()?;
                if now != before {
                    return Some((Ok::<_, Infallible>(Event::default().event("changed").data("")), (now, looks)));
                }
            }
        }
    };
    let stream = futures::stream::unfold((first, 0), look);
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()).into_response())
}

#[derive(Deserialize)]
struct CardName {
    division: Division,
    number: String,
    level: String,
    ground: String,
    about: i64,
    answer: String,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    words: String,
}

/// `POST /staff/d/{division}/cards/{number}/{level}/{ground}/{about}/{answer}`
async fn answer(
    State(app): State<App>,
    Known(asker): Known,
    Named(name): Named<CardName>,
    Sent(said): Sent<Said>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    let level = Level::parse(&name.level).ok_or(Error::NoPage)?;
    let ground = Ground::parse(&name.ground).ok_or(Error::NoPage)?;
    let about = Timestamp::from_millisecond(name.about).map_err(|_| Error::NoPage)?;
    let answer = match name.answer.as_str() {
        "explain" => Answer::Explain,
        "close" => Answer::Close,
        "revoke" => Answer::Revoke,
        _ => return Err(Error::NoPage),
    };
    let which = (&number, level, ground, about);
    app.platform.card_answer(&asker, &name.division, which, answer, &said.words).await?;
    Ok(leads(&format!("/staff/d/{}/board", name.division), &[]))
}
