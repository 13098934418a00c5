//! Electronic supervision (article 37): looks at every clock as it comes due, makes what the law makes by itself, gives
//! cards, and lets departments explain and officers close them.

use jiff::Timestamp;
use lotus_domain::access::{Deed, Place};
use lotus_domain::case::{Actor, Case, CaseNumber, Event};
use lotus_domain::district::Division;
use lotus_domain::kind::{Meaning, Role, Transition};
use lotus_domain::supervision::{Card, CardState, Evidence, Ground, Level};
use lotus_domain::text::Text;
use lotus_store::{CaseFile, StoreError};

use crate::asker::{Asker, Denied};
use crate::case::{CaseError, Wanted};
use crate::start::Platform;

/// Cases that one turn looks at in each district before the next district has its turn.
const TURN: u32 = 200;
/// When what could not be made is tried again.
const AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
/// Shorter reasons give none, in characters.
const LEAST_REASON: usize = 8;

/// A district's board: what is open, how much there is of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Open cards, newest first.
    pub cards: Vec<Card>,
    /// Cards of the last thirty days by level and state.
    pub counts: Vec<(Level, CardState, u64)>,
}

/// Whose word ends a card, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The department says why.
    Explain,
    /// The officer is content.
    Close,
    /// The officer takes it back.
    Revoke,
}

/// The events that a card stands on: what began the clock, and the last.
fn evidence(events: &[Event]) -> Vec<Evidence> {
    let mut shown: Vec<&Event> = events.first().into_iter().chain(events.last()).collect();
    shown.dedup_by_key(|event| event.sequence);
    shown.into_iter().map(|event| Evidence { event: event.sequence, hash: event.hash }).collect()
}

fn card(case: &Case, events: &[Event], level: Level, ground: Ground, about: Timestamp, now: Timestamp) -> Card {
    Card {
        division: case.division.clone(),
        number: case.number.clone(),
        department: case.subject.department().to_owned(),
        level,
        ground,
        about,
        given: now,
        evidence: evidence(events),
        state: CardState::Given,
        answer: None,
    }
}

/// What a case's clocks show now.
pub(crate) fn seen(case: &Case, events: &[Event], now: Timestamp) -> Vec<Card> {
    let seen = case.clocks.seen(now).into_iter();
    seen.map(|seen| card(case, events, seen.level, seen.ground, seen.deadline.at(), now)).collect()
}

/// What is wrong with a step beside its time: events as they are with it.
pub(crate) fn wrong(case: &Case, step: Option<&Transition>, events: &[Event]) -> Vec<Card> {
    let (Some(event), Some(means)) = (events.last(), step.and_then(|step| step.means)) else { return Vec::new() };
    let now = event.happening.at;
    let mut cards = Vec::new();
    let late = case.clocks.step.as_ref().is_some_and(|limit| now >= limit.deadline.at());
    if means == Meaning::NotAccepted && late {
        // After five working days it counts as accepted; nobody can turn it away then (Administrative Licence Law,
        // article 32).
        cards.push(card(case, events, Level::Yellow, Ground::WrongfulNonAcceptance, now, now));
    }
    let said = event.happening.reason.as_ref().map_or(0, |reason| reason.zh.trim().chars().count());
    if matches!(means, Meaning::NotAccepted | Meaning::Refused) && said < LEAST_REASON {
        cards.push(card(case, events, Level::Yellow, Ground::NoReasonGiven, now, now));
    }
    cards
}

impl Platform {
    /// One turn: every case whose clock has something to say by now, district by district.
    pub(crate) async fn supervise(&self) {
        for district in self.districts() {
            if let Err(error) = self.supervise_district(&district.division).await {
                tracing::warn!(%error, division = %district.division, "supervision goes on at its next turn");
            }
        }
    }

    async fn supervise_district(&self, division: &Division) -> Result<(), StoreError> {
        let now = self.now();
        for number in self.store().case_list_watched(division, now, TURN).await? {
            let Some(file) = self.store().case_recent(division, &number, 1).await? else { continue };
            let cards = seen(&file.case, &file.events, now);
            let mut next = file.case.clocks.next(Some(now));
            match self.made_by_itself(&file, now).await {
                // Its cards came with the step; where somebody acted in between, the next turn looks again.
                Some(Ok(())) => continue,
                Some(Err(error)) => {
                    tracing::error!(?error, %division, %number, "the platform's own step waits");
                    next = now.checked_add(AGAIN).ok();
                }
                None => {}
            }
            let revision = file.case.revision;
            let noted = self.store().case_supervise(division.clone(), number, revision, cards.clone(), next).await?;
            for card in cards.iter().filter(|_| noted) {
                tracing::info!(%division, number = %card.number, level = card.level.name(), ground = card.ground.name(),
                    "a card is given");
            }
        }
        Ok(())
    }

    /// Makes what the law makes by itself when a step's time is over; none where there is nothing to make.
    async fn made_by_itself(&self, file: &CaseFile, now: Timestamp) -> Option<Result<(), CaseError>> {
        let case = &file.case;
        case.clocks.step.as_ref().filter(|step| now >= step.deadline.at())?;
        let step = case.definition.at_end_of(case.at()?)?;
        let actor = Actor { role: Role::System, account: None };
        let wanted = Wanted { actor, revision: case.revision, action: step.id.as_str(), reason: None, overrules: true };
        let made = match self.view(file.clone(), &[Role::System]) {
            Ok(view) => self.act(view, wanted, &[Role::System]).await,
            Err(error) => Err(error),
        };
        Some(match made {
            Ok(_) | Err(CaseError::Changed { .. }) => Ok(()),
            Err(error) => Err(error),
        })
    }

    /// A district's board; a department's where the asker sees only that.
    pub async fn board(&self, asker: &Asker, division: &Division, limit: u32) -> Result<Board, Denied> {
        let own = Self::own_department(asker, division);
        let department = own.as_deref();
        self.allow(asker, Deed::SeeClocks, Place { division, department }, "board").await?;
        let since = self.now().checked_sub(jiff::SignedDuration::from_hours(30 * 24)).unwrap_or(Timestamp::MIN);
        Ok(Board {
            cards: self.store().card_list(division, department, limit).await?,
            counts: self.store().card_count(division, since).await?,
        })
    }

    /// A fee was asked for that the published list of the case's item does not have: seen as it happens (article 31).
    pub(crate) async fn unlawful_fee_seen(&self, file: &CaseFile) -> Result<(), StoreError> {
        let now = self.now();
        let card = card(&file.case, &file.events, Level::Yellow, Ground::UnlawfulFee, now, now);
        tracing::info!(division = %card.division, number = %card.number, ground = card.ground.name(), "a card is given");
        self.store().card_put(file.case.division.clone(), vec![card]).await?;
        Ok(())
    }

    /// The cards of a case, for whoever may see its clocks.
    pub async fn case_cards(&self, division: &Division, number: &CaseNumber) -> Result<Vec<Card>, Denied> {
        Ok(self.store().card_list_case(division, number).await?)
    }

    /// Explains, closes or takes back a card; whether it was still open. The words are required.
    pub async fn card_answer(
        &self,
        asker: &Asker,
        division: &Division,
        which: (&CaseNumber, Level, Ground, Timestamp),
        answer: Answer,
        words: &str,
    ) -> Result<bool, Denied> {
        let (number, level, ground, about) = which;
        let (deed, state, action) = match answer {
            Answer::Explain => (Deed::ExplainCard, CardState::Explained, "card-explained"),
            Answer::Close => (Deed::CloseCard, CardState::Closed, "card-closed"),
            Answer::Revoke => (Deed::CloseCard, CardState::Revoked, "card-revoked"),
        };
        let own = Self::own_department(asker, division);
        self.allow(asker, deed, Place { division, department: own.as_deref() }, number.as_str()).await?;
        let cards = self.store().card_list_case(division, number).await?;
        let wanted = |card: &Card| (card.level, card.ground, card.about) == (level, ground, about);
        let Some(card) = cards.into_iter().find(wanted) else { return Ok(false) };
        let place = Place { division, department: Some(&card.department) };
        self.allow(asker, deed, place, number.as_str()).await?;
        let said: String = words.trim().chars().take(1000).collect();
        let before = card.answer.as_ref().map(|answer| format!("{}\n", answer.zh)).unwrap_or_default();
        let card = Card { state, answer: Some(Text::zh(format!("{before}{said}"))), ..card };
        let done = self.store().card_answer(division.clone(), card).await?;
        let subject = format!("{number} {} {}", level.name(), ground.name());
        self.note(asker, division, action, &subject, if done { "done" } else { "was-closed" }).await;
        Ok(done)
    }
}
