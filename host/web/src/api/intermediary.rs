//! `/api/v1/districts/{division}/intermediaries` and `/api/v1/selections/{number}`: the list in a drawn order, and every
//! number of a draw, for whoever computes it again.

use axum::extract::{Query, State};
use axum::response::Response;
use lotus_domain::case::CaseNumber;
use lotus_domain::intermediary::{credit, draw, selection};
use lotus_platform::{Asker, Listed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::private;
use super::problem::Problem;
use super::shape::{Period, Text, name_of};
use crate::app::App;
use crate::error::Error;
use crate::intermediary::{Wanted, is_seed};
use crate::portal::{Named, Place};

/// Intermediaries of one answer.
const PAGE: usize = 100;

/// A part of the list, in the order of `order`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IntermediaryList {
    /// The seed of the order: sorted by SHA-256 of seed, space and credit code. Sent again it gives the same order.
    order: String,
    /// How many answer the filters.
    found: usize,
    intermediaries: Vec<Intermediary>,
}

/// What an intermediary offers of one service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IntermediaryOffer {
    /// The service's id.
    service: String,
    promised: Period,
    /// The fee standard in words.
    fee: String,
    /// What it stands on.
    fee_basis: String,
}

/// An entry of a credit record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Credit {
    /// `late-delivery`, `bad-rating`, `complaint-upheld`, `false-material`, `exit` or `readmission`.
    kind: String,
    /// The day, `2026-03-02`.
    day: String,
    what: String,
    evidence: String,
    /// Why it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<String>,
}

/// An intermediary with all that it discloses.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Intermediary {
    /// Unified social credit code.
    code: String,
    name: String,
    /// `listed`, `warned`, `suspended`, `exited` or `readmitted`.
    standing: &'static str,
    /// Credit points that count today.
    points: i64,
    /// Division codes.
    districts: Vec<String>,
    address: String,
    telephone: String,
    conditions: String,
    process: Vec<String>,
    offers: Vec<IntermediaryOffer>,
    credit: Vec<Credit>,
}

impl From<&Listed> for Intermediary {
    fn from(one: &Listed) -> Self {
        let listing = one.listing.clone();
        let offer = |offer: lotus_domain::intermediary::Offer| IntermediaryOffer {
            service: offer.service.to_string(),
            promised: offer.promised.into(),
            fee: offer.fee,
            fee_basis: offer.fee_basis,
        };
        let credit = |event: &credit::CreditEvent| Credit {
            kind: event.kind.name().to_owned(),
            day: event.day.to_string(),
            what: event.what.clone(),
            evidence: event.evidence.clone(),
            withdrawn: event.withdrawn.clone(),
        };
        Self {
            code: listing.code,
            name: listing.name,
            standing: one.record.standing.name(),
            points: one.record.points,
            districts: listing.districts.iter().map(ToString::to_string).collect(),
            address: listing.address,
            telephone: listing.telephone,
            conditions: listing.conditions,
            process: listing.process,
            offers: listing.offers.into_iter().map(offer).collect(),
            credit: one.events.iter().map(credit).collect(),
        }
    }
}

/// A district's list of intermediaries (article 32), in an order that is drawn for each request or given with `order`.
#[utoipa::path(
    get, path = "/api/v1/districts/{division}/intermediaries", tag = "intermediaries",
    params(
        ("division" = String, Path, description = "Division code", example = "411081"),
        ("service" = Option<String>, Query, description = "A service's id"),
        ("standing" = Option<String>, Query, description = "A standing's name"),
        ("name" = Option<String>, Query, description = "A part of the name"),
        ("order" = Option<String>, Query, description = "A seed: 16 hexadecimal digits"),
        ("page" = Option<u32>, Query, description = "From 0; a hundred each"),
    ),
    responses(
        (status = 200, body = IntermediaryList),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    place: Place,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let order = Some(wanted.order.clone()).filter(|order| is_seed(order));
    let order = order.unwrap_or_else(|| app.platform.order_seed());
    let found = app.platform.intermediaries(&place.visit.division, &wanted.looked(), &order);
    let shown = found.iter().skip(wanted.page.saturating_mul(PAGE)).take(PAGE);
    let intermediaries = shown.map(|one| Intermediary::from(&**one)).collect();
    Ok(private(&IntermediaryList { order, found: found.len(), intermediaries }))
}

/// Somebody who may be drawn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entrant {
    /// Credit code.
    code: String,
    /// Empty where nothing was contributed.
    contribution: String,
}

/// One number of a draw.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Turn {
    /// C.
    counter: u64,
    /// X: 16 hexadecimal digits.
    number: String,
    /// N.
    among: u64,
    /// X mod N; none where X was thrown away.
    index: Option<u64>,
    /// Who was drawn.
    drawn: Option<String>,
}

/// A round of a draw, protocol `lotus-draw-1`; what is not public yet is missing.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "the protocol calls its number so")]
pub(crate) struct Round {
    /// R, from 1.
    round: u32,
    /// SHA-256 of `lotus-draw-1 commit`, `ID R`, `SEED`, each with a line feed.
    commitment: String,
    /// When it was published, RFC 3339.
    committed: String,
    /// When sign-up closes.
    closes: String,
    /// The owner's contribution.
    owner: Option<String>,
    /// In the order of their codes.
    entrants: Vec<Entrant>,
    /// SHA-256 of `lotus-draw-1 list`, `ID R`, `owner CONTRIBUTION` and `CODE CONTRIBUTION` for each entrant.
    list_hash: Option<String>,
    /// How many are drawn.
    places: usize,
    /// The seed, once it is revealed.
    seed: Option<String>,
    /// SHA-256 of `lotus-draw-1 key`, `ID R`, `SEED`, `LIST-HASH`.
    key: Option<String>,
    /// For C = 0, 1, …: the first 16 digits of SHA-256 of `lotus-draw-1 number`, `KEY`, `C`.
    turns: Vec<Turn>,
    /// Who was drawn, in order.
    winners: Vec<String>,
    /// Why this round did not count.
    failed: Option<String>,
}

impl From<&selection::Round> for Round {
    fn from(round: &selection::Round) -> Self {
        let closed = round.list_hash.is_some();
        let entrant = |one: &draw::Entrant| Entrant { code: one.code.clone(), contribution: one.contribution.clone() };
        let turn = |turn: &draw::Turn| Turn {
            counter: turn.counter,
            number: turn.number.clone(),
            among: turn.among,
            index: turn.index,
            drawn: turn.drawn.clone(),
        };
        Self {
            round: round.number,
            commitment: round.commitment.clone(),
            committed: round.committed.to_string(),
            closes: round.closes.to_string(),
            owner: closed.then(|| round.owner.clone()),
            entrants: round.entrants.iter().map(entrant).collect(),
            list_hash: round.list_hash.clone(),
            places: round.places,
            seed: round.seed.clone(),
            key: round.drawn.as_ref().map(|drawn| drawn.key.clone()),
            turns: round.drawn.iter().flat_map(|drawn| &drawn.turns).map(turn).collect(),
            winners: round.drawn.iter().flat_map(|drawn| drawn.winners.clone()).collect(),
            failed: round.failed.clone(),
        }
    }
}

/// Somebody who signed up, published with the closing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Bidder {
    code: String,
    name: String,
    /// In fen, where quotes decide.
    quote: Option<i64>,
    points: i64,
    contribution: String,
    /// Why they could not be selected.
    excluded: Option<Text>,
}

impl From<&selection::Bidder> for Bidder {
    fn from(bidder: &selection::Bidder) -> Self {
        Self {
            code: bidder.code.clone(),
            name: bidder.name.clone(),
            quote: bidder.quote.map(|quote| quote.0),
            points: bidder.points,
            contribution: bidder.contribution.clone(),
            excluded: bidder.excluded.clone().map(Text::from),
        }
    }
}

/// A selection of an intermediary, with every number of its draw.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Selection {
    /// ID.
    number: String,
    /// Where it is, e.g. `published`, `closed`, `selected`, `no-result`.
    state: String,
    /// `direct`, `draw`, `lowest-quote` or `credit-first`.
    way: String,
    service: String,
    title: String,
    /// In fen.
    ceiling: i64,
    rounds: Vec<Round>,
    bidders: Vec<Bidder>,
    /// Credit codes, as they were drawn.
    short_list: Vec<String>,
    /// The credit code of whoever is selected.
    chosen: Option<String>,
    no_result: Option<Text>,
}

#[derive(Deserialize)]
pub(crate) struct SelectionName {
    number: String,
}

/// A selection with its draw (article 32), as it is public now.
#[utoipa::path(
    get, path = "/api/v1/selections/{number}", tag = "intermediaries",
    params(("number" = String, Path, description = "The selection's number")),
    responses(
        (status = 200, body = Selection),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn selection(State(app): State<App>, Named(name): Named<SelectionName>) -> Result<Response, Error> {
    let number = CaseNumber::parse(&name.number).map_err(|_| Error::NoPage)?;
    let view = app.platform.selection(&Asker::nobody(None), &number).await?;
    let kept = view.kept;
    let of = kept.selection;
    Ok(private(&Selection {
        rounds: of.rounds.iter().map(Round::from).collect(),
        bidders: of.bidders.iter().map(Bidder::from).collect(),
        state: kept.state,
        way: name_of(&of.need.way),
        service: of.need.service.to_string(),
        title: of.need.title,
        ceiling: of.need.ceiling.0,
        short_list: of.short_list,
        chosen: of.chosen.map(|(code, _)| code),
        no_result: of.no_result.map(Text::from),
        number: of.number.0,
    }))
}
