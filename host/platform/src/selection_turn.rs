//! What the platform itself does with selections (article 32): sign-up closes, seeds are revealed and winners drawn, late
//! deliveries are written down; and another round, where supervision orders one.
//!
//! Invariant: safe on every replica at the same time: each step takes the revision that was seen. A round is closed and its
//! list published before its seed is read.

use lotus_domain::access::Deed;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::intermediary::draw::Seed;
use lotus_domain::intermediary::selection::{Bidder, Kept, Way};
use lotus_domain::text::Text;

use crate::asker::{Asker, Denied};
use crate::selection::{Beside, SelectionError};
use crate::start::Platform;

/// Selections that one turn moves in each district.
const TURN: u32 = 100;

impl Platform {
    /// One turn: everything that is due. What can't be done now is done at the next.
    pub async fn selections_turn(&self) {
        for district in self.districts() {
            let division = &district.division;
            if let Err(error) = self.filings_settle(division).await {
                tracing::warn!(%error, %division, "the list of intermediaries follows later");
            }
            let due = self.store().selection_list_due(division, self.now(), self.today(), TURN).await;
            match due {
                Ok(due) => {
                    for kept in due {
                        let number = kept.selection.number.0.clone();
                        match self.selection_turn(kept).await {
                            // Another replica was faster.
                            Ok(()) | Err(SelectionError::Changed) => {}
                            Err(error) => tracing::warn!(?error, %division, number, "a selection is moved later"),
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, %division, "selections are looked at later"),
            }
        }
    }

    async fn selection_turn(&self, mut kept: Kept) -> Result<(), SelectionError> {
        match kept.state.as_str() {
            "published" => self.selection_close(kept).await,
            "closed" => self.selection_draw(kept).await,
            _ => {
                let number = kept.selection.number.0.clone();
                let Some(event) = self.late(&mut kept) else { return Ok(()) };
                let city = self.city_division().ok_or(Denied::NotFound)?;
                let division = kept.division.clone();
                let done = self.store().selection_move(division, kept, None, None, Some((city, event))).await?;
                tracing::info!(number, done, "a delivery is late");
                Ok(self.reload().await?)
            }
        }
    }

    /// Publishes who signed up, and draws where something is to be drawn.
    async fn selection_close(&self, mut kept: Kept) -> Result<(), SelectionError> {
        let number = CaseNumber::parse(&kept.selection.number.0).map_err(|_| Denied::NotFound)?;
        let bids = self.store().selection_list_bids(&kept.division, &number).await?;
        let city = self.city();
        let round = kept.selection.round().cloned();
        let day = self.today();
        let service = city.register.service(&kept.selection.need.service);
        let bidder = |bid: lotus_domain::intermediary::selection::Bid| {
            let listed = city.register.get(&bid.code);
            let gone = || Some(Text::new("已不在名录中", "not on the list any more"));
            let excluded = match (listed, service) {
                (Some(listed), Some(service)) => listed.barred(service, &kept.division, day),
                _ => gone(),
            };
            // What was contributed to a round that failed does not count for another.
            let counts = round.as_ref().is_some_and(|round| bid.at >= round.committed);
            Bidder {
                name: listed.map(|listed| listed.listing.name.clone()).unwrap_or_default(),
                points: listed.map_or(0, |listed| listed.record.points),
                quote: bid.quote.filter(|_| kept.selection.need.way == Way::LowestQuote),
                contribution: if counts { bid.contribution } else { String::new() },
                excluded,
                code: bid.code,
            }
        };
        let bidders: Vec<Bidder> = bids.into_iter().map(bidder).collect();
        let action = kept.selection.close(bidders);
        let division = kept.division.clone();
        self.selection_act(kept, action, Beside::default()).await?;
        if action == "close" {
            let kept = self.store().selection_get(&division, &number).await?.ok_or(Denied::NotFound)?;
            self.selection_draw(kept).await?;
        }
        Ok(())
    }

    /// Reveals the seed of a closed round and draws. A seed that is not there, or not the committed one, draws nothing: the
    /// case's clock goes on, and supervision sees it.
    async fn selection_draw(&self, mut kept: Kept) -> Result<(), SelectionError> {
        let number = CaseNumber::parse(&kept.selection.number.0).map_err(|_| Denied::NotFound)?;
        let round = kept.selection.round().map_or(0, |round| round.number);
        let seed = self.store().selection_seed(&kept.division, &number, round).await?;
        let Some(action) = seed.as_ref().and_then(|seed| kept.selection.reveal(seed)) else {
            tracing::error!(%number, round, "the seed of a draw is not the one that was committed to: nothing is drawn");
            return Ok(());
        };
        let division = kept.division.clone();
        let revealed = kept.selection.round().and_then(|round| round.seed.clone()).unwrap_or_default();
        self.selection_act(kept, action, Beside::default()).await?;
        self.note(&Asker::nobody(None), &division, "draw-revealed", &format!("{number} {round}"), &revealed).await;
        Ok(())
    }

    /// Orders another round of a draw that was not revealed, as supervision.
    pub async fn selection_redraw(
        &self,
        asker: &Asker,
        division: &Division,
        number: &CaseNumber,
        reason: &str,
    ) -> Result<(), SelectionError> {
        self.allow_within(asker, Deed::SuperviseDraws, division, number.as_str()).await?;
        let mut kept = self.store().selection_get(division, number).await?.ok_or(Denied::NotFound)?;
        let reason: String = reason.trim().replace('\0', "").chars().take(300).collect();
        let seed = Seed::new(rand::random());
        let closes = self.next_closing().await?;
        if let Some(round) = kept.selection.rounds.last_mut() {
            round.failed = Some(reason.clone());
        }
        kept.selection.commit(&seed, self.now(), closes);
        self.note_commitment(asker, division, &kept.selection).await;
        let beside = Beside { account: asker.name(), reason: Some(&reason), seed: Some(seed), credit: None };
        self.selection_act(kept, "redraw", beside).await
    }
}
