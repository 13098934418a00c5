//! Claims without an application 免申即享 (article 30): as their holders see them, consent to them and take it back.
//!
//! Invariant: nothing is decided on a holder's facts before they consented; nobody but the holder (the person, or whoever
//! acts for the enterprise now) consents; and what stands beside a case is written with the step that changes it.

use std::sync::Arc;

use jiff::civil::Date;
use lotus_domain::account::AccountId;
use lotus_domain::applicant::Applicant;
use lotus_domain::case::{Actor, Case, CaseNumber, Happening, TransitionError};
use lotus_domain::claim::{self, Claim, ClaimBody, Consent, KIND, PayTo, ReceiptError};
use lotus_domain::district::Division;
use lotus_domain::form::FieldError;
use lotus_domain::kind::Role;
use lotus_domain::law::Refusal;
use lotus_domain::licence::Holder;
use lotus_domain::notice::Notice;
use lotus_domain::policy::Edition;
use lotus_domain::record::CallRecord;
use lotus_domain::text::Text;
use lotus_store::StoreError;

use crate::asker::{Asker, Denied, Person};
use crate::case::{CaseError, CaseView, RECENT, Wanted};
use crate::start::Platform;
use crate::worklist::WorkError;

/// Claims of a holder that are shown, in each district.
const MOST: u32 = 50;

/// What a claim becomes by a step, and the call that decided so.
#[derive(Debug, Clone)]
pub(crate) struct Brought {
    /// What stands beside the case then.
    pub(crate) claim: Claim,
    /// The plugin's call.
    pub(crate) record: Option<CallRecord>,
    /// Who is told beside the applicant.
    pub(crate) notices: Vec<Notice>,
}

impl Brought {
    pub(crate) const fn new(claim: Claim) -> Self {
        Self { claim, record: None, notices: Vec::new() }
    }
}

/// A claim as one of its parties sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimView {
    /// Its case.
    pub view: CaseView,
    /// What stands beside it.
    pub claim: Claim,
}

impl ClaimView {
    /// The last day of the step that it is in: of consent, of the public notice.
    pub fn until(&self) -> Option<Date> {
        until(&self.view.case)
    }

    /// Whether whoever looks may make this step from here.
    pub fn may(&self, action: &str) -> bool {
        self.view.actions.iter().any(|step| step.id.as_str() == action)
    }
}

/// The last day of the step that a case is in.
pub(crate) fn until(case: &Case) -> Option<Date> {
    case.clocks.step.as_ref().map(|step| step.deadline.day())
}

/// What a holder says on the page of consent, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsentWish {
    /// The box was ticked.
    pub agrees: bool,
    /// A person is to decide.
    pub by_person: bool,
    /// 户名
    pub payee: String,
    /// 开户行
    pub bank: String,
    /// 账号
    pub account: String,
}

/// Why a claim is not shown or does not move.
#[derive(Debug, Clone, PartialEq)]
pub enum ClaimError {
    /// Not theirs.
    Denied(Denied),
    /// The case does not move.
    Case(CaseError),
    /// Wrong values, each beside its field.
    Invalid(Vec<FieldError>),
    /// A receipt that is not the batch's; nothing of it was taken.
    Receipt(ReceiptError),
    /// A reasoned no.
    Refused(Refusal),
}

impl From<Denied> for ClaimError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<CaseError> for ClaimError {
    fn from(error: CaseError) -> Self {
        Self::Case(error)
    }
}

impl From<StoreError> for ClaimError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

impl From<WorkError> for ClaimError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Denied(denied) => Self::Denied(denied),
            WorkError::Case(error) => Self::Case(error),
        }
    }
}

/// A no with what to do instead.
pub(crate) fn refusal(zh: &str, en: &str, next: Option<(&str, &str)>) -> Refusal {
    Refusal { reason: Text::new(zh, en), basis: None, next_step: next.map(|(zh, en)| Text::new(zh, en)) }
}

/// As whom a person claims now: themselves, or the enterprise that they act for; and what it is called.
pub(crate) fn holder_of(person: &Person) -> Option<(Holder, String)> {
    if let Some(mandate) = &person.acting_for {
        return Some((Holder::Enterprise(mandate.credit_code.clone()), mandate.enterprise.clone()));
    }
    let number = person.account.profile.identity_number.clone()?;
    Some((Holder::Person(number), person.account.profile.name.clone()))
}

impl Platform {
    /// A version of a policy, whatever became of it since.
    pub(crate) async fn claim_edition(&self, claim: &Claim) -> Result<Option<Edition>, StoreError> {
        self.store().policy_get(&claim.division, &claim.policy, claim.version).await
    }

    /// The asker's own claims, or those of the enterprise that they act for, newest first.
    pub async fn my_claims(&self, asker: &Asker) -> Result<Vec<(Case, Claim)>, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let Some((holder, _)) = holder_of(person) else { return Ok(Vec::new()) };
        let mut claims = Vec::new();
        for district in self.districts() {
            claims.extend(self.store().claim_list_holder(&district.division, &holder, MOST).await?);
        }
        claims.sort_by_key(|(case, _)| std::cmp::Reverse(case.submitted));
        claims.truncate(MOST as usize);
        Ok(claims)
    }

    async fn claim_file(&self, number: &CaseNumber) -> Result<Option<(lotus_store::CaseFile, Claim)>, StoreError> {
        let Some(file) = self.case_of(number).await? else { return Ok(None) };
        let claim = self.store().claim_get(&file.case.division, number).await?;
        Ok(claim.map(|claim| (file, claim)))
    }

    /// One of the asker's own claims.
    pub async fn claim_mine(&self, asker: &Asker, number: &CaseNumber) -> Result<ClaimView, ClaimError> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let found = self.claim_file(number).await?;
        let own = holder_of(person).map(|(holder, _)| holder);
        let (file, claim) =
            found.filter(|(_, claim)| Some(&claim.body.holder) == own.as_ref()).ok_or(Denied::NotFound)?;
        Ok(ClaimView { view: self.view(file, &[Role::Applicant])?, claim })
    }

    /// A claim for the staff whose case it is; that they saw it is on record.
    pub async fn claim_see(&self, asker: &Asker, number: &CaseNumber) -> Result<ClaimView, ClaimError> {
        let view = self.case_see(asker, number).await?;
        let claim = self.store().claim_get(&view.case.division, number).await?.ok_or(Denied::NotFound)?;
        Ok(ClaimView { view, claim })
    }

    /// Moves one of the asker's own claims on: refuse, revoke, ask for a person's decision, confirm receipt.
    pub async fn claim_act(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        revision: u32,
        action: &str,
        reason: Option<&str>,
    ) -> Result<ClaimView, ClaimError> {
        let mine = self.claim_mine(asker, number).await?;
        self.claim_step(asker, mine, revision, action, reason, None).await
    }

    async fn claim_step(
        &self,
        asker: &Asker,
        mine: ClaimView,
        revision: u32,
        action: &str,
        reason: Option<&str>,
        claim: Option<Claim>,
    ) -> Result<ClaimView, ClaimError> {
        let actor = Actor { role: Role::Applicant, account: asker.name() };
        let wanted = Wanted { actor, revision, action, reason, overrules: false };
        let brought = claim.map(Brought::new);
        let view = self.act_with(mine.view, wanted, &[Role::Applicant], None, brought).await?;
        let claim = self.store().claim_get(&view.case.division, &view.case.number).await?.ok_or(Denied::NotFound)?;
        Ok(ClaimView { view, claim })
    }

    /// Consents to a claim: what was shown is used for it, and the money goes to this account. Right after, it is decided
    /// by rule, by the plugin whose policy it is, or, where the holder wants it so, by a person.
    pub async fn claim_consent(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        revision: u32,
        wish: &ConsentWish,
    ) -> Result<ClaimView, ClaimError> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let mine = self.claim_mine(asker, number).await?;
        let mut errors = Vec::new();
        if !wish.agrees {
            let message = Text::new("请阅读并勾选同意。", "Please read and tick your consent.");
            errors.push(FieldError { field: "agrees".to_owned(), message });
        }
        let is_money = self.pays_money(&mine.claim).await?;
        let read = is_money.then(|| PayTo::read(&wish.payee, &wish.bank, &wish.account)).transpose();
        let to = read.unwrap_or_else(|wrong| {
            errors.extend(wrong);
            None
        });
        if !errors.is_empty() {
            return Err(ClaimError::Invalid(errors));
        }
        let by = person.account.id.clone();
        let consent = Consent { at: self.now(), by, to, by_person: wish.by_person, revoked: None };
        let body = ClaimBody { consent: Some(consent), ..mine.claim.body.clone() };
        let claim = Claim { body, ..mine.claim.clone() };
        let consented = self.claim_step(asker, mine, revision, "consent", None, Some(claim)).await?;
        if wish.by_person {
            let revision = consented.view.case.revision;
            return self.claim_step(asker, consented, revision, "ask-person", None, None).await;
        }
        let division = &consented.view.case.division;
        let applicant = self.applicant_with_facts(division, asker).await;
        let applicant = applicant.map(|known| Arc::new(consenting(&known, &consented.claim.body)));
        self.claim_decide(division, number, applicant.as_ref()).await?;
        self.claim_mine(asker, number).await
    }

    /// Whether what a claim gives is money.
    pub async fn pays_money(&self, claim: &Claim) -> Result<bool, StoreError> {
        if claim.body.amount().is_some() {
            return Ok(true);
        }
        Ok(self.claim_edition(claim).await?.is_some_and(|edition| edition.policy.amount.is_some()))
    }

    /// Gives another account after a payment failed.
    pub async fn claim_correct(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        revision: u32,
        wish: &ConsentWish,
    ) -> Result<ClaimView, ClaimError> {
        let mine = self.claim_mine(asker, number).await?;
        let to = PayTo::read(&wish.payee, &wish.bank, &wish.account).map_err(ClaimError::Invalid)?;
        let mut claim = mine.claim.clone();
        if let Some(consent) = claim.body.consent.as_mut() {
            consent.to = Some(to);
        }
        self.claim_step(asker, mine, revision, "correct-account", None, Some(claim)).await
    }

    /// What a claim becomes by a step of its case, on whatever page it is made; none for other kinds. Steps that need more
    /// than a button are held, with the page that asks for it.
    pub(crate) async fn claim_follows(
        &self,
        case: &Case,
        happening: &Happening,
        brought: Option<Brought>,
    ) -> Result<Option<Brought>, CaseError> {
        if case.definition.id.as_str() != KIND {
            return Ok(brought);
        }
        let action = happening.action.as_str();
        let Some(kept) = self.store().claim_get(&case.division, &case.number).await? else {
            return Err(CaseError::Unavailable);
        };
        if happening.actor.role == Role::Applicant {
            self.is_holders(&kept.body.holder, happening).await?;
        }
        // Who brings a decision or a recovery with an amount of its own has said it all.
        let is_said = brought.is_some() && matches!(action, "person-grant" | "recover");
        let mut brought = match (brought, action) {
            (None, "consent" | "correct-account" | "grant" | "decline" | "for-a-person") => {
                return Err(CaseError::Held(refusal(
                    "这一步需要填写更多内容。",
                    "This step needs more than a button.",
                    Some(("请打开“政策兑现”页面办理。", "Please use the page of the claim.")),
                )));
            }
            (Some(brought), _) => brought,
            (None, _) => Brought::new(kept),
        };
        if action == "fulfil" && brought.claim.body.amount().is_some() {
            return Err(CaseError::Held(refusal(
                "涉及资金的兑现只能通过兑付文件办理。",
                "What is money is paid by a payment file alone.",
                Some(("请在“政策兑现”工作页生成兑付文件。", "Make a payment file.")),
            )));
        }
        let (at, by) = (happening.at, happening.actor.account.as_deref());
        let reason = happening.reason.as_ref().map(|reason| reason.zh.as_str());
        if matches!(action, "dismiss" | "uphold") {
            brought.notices = self.objectors_told(case, &brought.claim, reason.unwrap_or_default());
        }
        if !is_said {
            brought.claim.body = claim::after(&brought.claim.body, action, at, by, reason);
        }
        Ok(Some(brought))
    }

    /// Whether whoever acts for the applicant still is, or acts for, the holder.
    async fn is_holders(&self, holder: &Holder, happening: &Happening) -> Result<(), CaseError> {
        let not = || {
            CaseError::NotPossible(TransitionError::NotYours {
                action: happening.action.clone(),
                by: vec![Role::Applicant],
            })
        };
        let account = AccountId(happening.actor.account.clone().ok_or_else(not)?);
        let city = self.city_division().ok_or(CaseError::Unavailable)?;
        let is_theirs = match holder {
            Holder::Person(number) => {
                let found = self.store().account_get(&city, &account).await?;
                found.is_some_and(|found| found.profile.identity_number.as_ref() == Some(number))
            }
            Holder::Enterprise(code) => {
                let mandates = self.store().mandate_list(&city, &account).await?;
                mandates.iter().any(|mandate| mandate.credit_code == *code && mandate.holds(happening.at))
            }
        };
        if is_theirs { Ok(()) } else { Err(not()) }
    }

    /// A claim's case with as much of its history as a step needs.
    pub(crate) async fn claim_view(
        &self,
        division: &Division,
        number: &CaseNumber,
        parties: &[Role],
    ) -> Result<Option<ClaimView>, CaseError> {
        let Some(file) = self.store().case_recent(division, number, RECENT).await? else { return Ok(None) };
        let Some(claim) = self.store().claim_get(division, number).await? else { return Ok(None) };
        Ok(Some(ClaimView { view: self.view(file, parties)?, claim }))
    }
}

/// Whoever applies, with the consent to each fact that the page of consent showed: sensitive ones too.
fn consenting(known: &Applicant, body: &ClaimBody) -> Applicant {
    let shown = body.found.findings.iter().flat_map(|finding| &finding.facts);
    shown.fold(known.clone(), |applicant, seen| applicant.consenting(seen.name.as_str()))
}
