//! Payment files 兑付文件 of claims (article 30): made once, taken away with a record of it, answered line by line.
//!
//! Invariant: a claim is in one open file at most; a file's bytes are the same whenever they are asked for; a receipt is
//! read whole before anything of it happens, and what happened of one that broke off is passed over when it comes again.

use lotus_domain::access::{Deed, Place};
use lotus_domain::case::{Actor, Case, CaseNumber, Event};
use lotus_domain::chain::Hash;
use lotus_domain::claim::{Batch, BatchLine, Claim, LineOutcome, LineState, MOST_LINES, read_receipt};
use lotus_domain::district::Division;
use lotus_domain::kind::Role;
use lotus_domain::text::Text;
use lotus_store::{Step, StoreError};

use crate::asker::{Asker, Denied};
use crate::case::{CaseError, CaseView};
use crate::claim::{Brought, ClaimError, ClaimView, refusal};
use crate::claim_push::Pushable;
use crate::start::Platform;
use crate::token::to_hex;

/// Batches that are listed.
const MOST: u32 = 20;

/// What those who pay see of a district.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimsDesk {
    /// Direct policies, and how far each is pushed.
    pub policies: Vec<Pushable>,
    /// Granted, to be made public.
    pub granted: Vec<(Case, Claim)>,
    /// To be paid with the next file.
    pub payable: Vec<(Case, Claim)>,
    /// Where a payment failed.
    pub failed: Vec<(Case, Claim)>,
    /// To be paid back.
    pub recovering: Vec<(Case, Claim)>,
    /// The newest files.
    pub batches: Vec<Batch>,
}

impl Platform {
    /// What the asker's departments have to push, to make public, to pay and to recover.
    pub async fn claims_desk(&self, asker: &Asker, division: &Division) -> Result<ClaimsDesk, Denied> {
        let policies = self.policies_to_push(asker, division).await?;
        let mut batches = self.store().batch_list(division, MOST).await?;
        if let Some(known) = self.departments_for(asker, Deed::RunClaims, division) {
            batches.retain(|batch| batch.department.as_ref().is_some_and(|department| known.contains(department)));
        }
        Ok(ClaimsDesk {
            policies,
            granted: self.claims_in(asker, division, "granted").await?,
            payable: self.claims_in(asker, division, "payable").await?,
            failed: self.claims_in(asker, division, "payment-failed").await?,
            recovering: self.claims_in(asker, division, "recovering").await?,
            batches,
        })
    }

    /// Claims in a state, of the asker's departments.
    async fn claims_in(&self, asker: &Asker, division: &Division, state: &str) -> Result<Vec<(Case, Claim)>, Denied> {
        let most = u32::try_from(MOST_LINES).unwrap_or(u32::MAX);
        let Some(departments) = self.departments_for(asker, Deed::RunClaims, division) else {
            return Ok(self.store().claim_list_state(division, state, None, most).await?);
        };
        let mut claims = Vec::new();
        for department in &departments {
            claims.extend(self.store().claim_list_state(division, state, Some(department), most).await?);
        }
        claims.truncate(MOST_LINES);
        Ok(claims)
    }

    /// Puts everything that is to be paid into one file; its number. Where a claim moves in between, nothing is made.
    pub async fn batch_make(&self, asker: &Asker, division: &Division) -> Result<String, ClaimError> {
        let departments = self.allow_within(asker, Deed::RunClaims, division, "payment").await?;
        let by = asker.person().ok_or(Denied::SignIn)?.account.id.clone();
        // A file of one department alone is that department's; of the whole district, nobody's.
        let department = departments.as_ref().and_then(|known| known.first().cloned());
        let (mut lines, mut steps) = (Vec::new(), Vec::new());
        let today = self.today();
        let id = format!(
            "{}{:04}{:02}{:02}{}",
            division.as_str().get(..6).unwrap_or_default(),
            today.year(),
            today.month(),
            today.day(),
            to_hex(&rand::random::<[u8; 4]>())
        );
        for (case, claim) in self.claims_in(asker, division, "payable").await? {
            let is_own = department.as_deref().is_none_or(|own| own == case.subject.department());
            let to = claim.body.consent.as_ref().and_then(|consent| consent.to.clone());
            let (true, Some(to), Some(amount)) = (is_own, to, claim.body.amount()) else { continue };
            let Some(found) = self.claim_view(division, &case.number, &[Role::System]).await? else { continue };
            let reason = Text::new(format!("兑付批次{id}"), format!("Payment file {id}"));
            steps.push(self.claim_prepared(found, "batch", Some(reason)).await?);
            lines.push(BatchLine {
                line: u32::try_from(lines.len() + 1).unwrap_or(u32::MAX),
                number: case.number.to_string(),
                policy: case.subject.title().zh.clone(),
                to,
                amount,
                state: LineState::Open,
                said: String::new(),
            });
        }
        if lines.is_empty() {
            return Err(ClaimError::Refused(refusal("没有待兑付的办件。", "There is nothing to be paid.", None)));
        }
        let hash = Hash::of(&Batch::file(&id, &lines));
        let batch = Batch { id: id.clone(), department, made: self.now(), by, lines, hash };
        let made = format!("{} lines, {} yuan, {hash}", batch.lines.len(), batch.total());
        let moved: Vec<_> = steps.iter().map(|step| (step.case.number.clone(), step.event.sequence)).collect();
        self.store().batch_make(division.clone(), batch, steps).await?;
        for (number, sequence) in moved {
            self.transition_told(division, &number, sequence);
        }
        self.note(asker, division, "payment-file-made", &id, &made).await;
        Ok(id)
    }

    /// A step of the platform's, ready to be written together with something else.
    async fn claim_prepared(&self, found: ClaimView, action: &str, reason: Option<Text>) -> Result<Step, CaseError> {
        let ClaimView { view, claim } = found;
        let actor = Actor { role: Role::System, account: None };
        let happening = view.case.happening(action, actor, self.now(), reason, None);
        let happening = happening.map_err(CaseError::NotPossible)?;
        let brought = Some(Brought::new(claim));
        let brought = self.claim_follows(&view.case, &happening, brought).await?;
        let transition = view.case.definition.transition(action).cloned();
        let event = Event::seal(&view.case.number, view.events.last(), happening);
        let (division, number, sequence) = (view.case.division.clone(), view.case.number.clone(), event.sequence);
        let step = self.step(&view, transition.as_ref(), event, None, None).await?;
        self.transition_marked(&division, &number, sequence).await?;
        Ok(Step { claim: brought.map(|brought| brought.claim), ..step })
    }

    /// A batch that is the asker's.
    pub async fn batch(&self, asker: &Asker, division: &Division, id: &str) -> Result<Batch, Denied> {
        let departments = self.allow_within(asker, Deed::RunClaims, division, "payment").await?;
        let batch = self.store().batch_get(division, id).await?.ok_or(Denied::NotFound)?;
        let is_own = departments.is_none_or(|known| batch.department.as_ref().is_some_and(|own| known.contains(own)));
        if is_own { Ok(batch) } else { Err(Denied::NotFound) }
    }

    /// The file of a batch: account numbers leave the platform here, and that is on record.
    pub async fn batch_file(&self, asker: &Asker, division: &Division, id: &str) -> Result<Vec<u8>, Denied> {
        let batch = self.batch(asker, division, id).await?;
        let bytes = Batch::file(&batch.id, &batch.lines);
        if Hash::of(&bytes) != batch.hash {
            tracing::error!(%division, id, "a payment file is not what it was");
            return Err(Denied::Unavailable);
        }
        self.note(asker, division, "payment-file-taken", id, &batch.hash.to_string()).await;
        Ok(bytes)
    }

    /// Takes the receipt of a batch: each line's claim is paid, or its payment failed; how many lines were new.
    pub async fn batch_receipt(
        &self,
        asker: &Asker,
        division: &Division,
        id: &str,
        receipt: &[u8],
    ) -> Result<usize, ClaimError> {
        let batch = self.batch(asker, division, id).await?;
        let department = batch.department.as_deref();
        self.allow(asker, Deed::RunClaims, Place { division, department }, id).await?;
        let lines = read_receipt(&batch, receipt).map_err(ClaimError::Receipt)?;
        let mut taken = 0;
        for line in lines {
            let (state, action) = match line.outcome {
                LineOutcome::Paid => (LineState::Paid, "pay"),
                LineOutcome::Failed => (LineState::Failed, "pay-failed"),
            };
            let said = if line.said.is_empty() { None } else { Some(Text::zh(&line.said)) };
            taken += usize::from(self.line_answered(division, id, line.line, &line.number, state, action, said).await?);
        }
        self.note(asker, division, "payment-receipt-taken", id, &format!("{taken} lines")).await;
        Ok(taken)
    }

    #[allow(clippy::too_many_arguments, reason = "a line of a receipt is all of this")]
    async fn line_answered(
        &self,
        division: &Division,
        id: &str,
        line: u32,
        number: &CaseNumber,
        state: LineState,
        action: &str,
        said: Option<Text>,
    ) -> Result<bool, ClaimError> {
        let words = said.as_ref().map(|said| said.zh.clone()).unwrap_or_default();
        // Its holder may say something at the same time, that they revoke: then once more.
        for last in [false, true] {
            let found = self.claim_view(division, number, &[Role::System]).await?.ok_or(Denied::NotFound)?;
            let step = self.claim_prepared(found, action, said.clone()).await?;
            let sequence = step.event.sequence;
            let store = self.store();
            let answered = store.batch_answer(division.clone(), id.to_owned(), line, state, words.clone(), step);
            match Box::pin(answered).await {
                Ok(done) => {
                    if done {
                        self.transition_told(division, number, sequence);
                    }
                    return Ok(done);
                }
                Err(StoreError::Unavailable(why)) if !last => tracing::info!(%number, why, "a line is answered again"),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(false)
    }

    /// Makes everything public that is granted in the asker's departments; how many.
    pub async fn claims_publicise(&self, asker: &Asker, division: &Division) -> Result<usize, ClaimError> {
        self.allow_within(asker, Deed::RunClaims, division, "publicity").await?;
        let mut made = 0;
        for (case, _) in self.claims_in(asker, division, "granted").await? {
            let moved: Result<CaseView, _> =
                self.case_move(asker, &case.number, case.revision, "publicise", None, false).await;
            made += usize::from(moved.is_ok());
        }
        Ok(made)
    }
}
