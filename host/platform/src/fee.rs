//! Fees (article 31): what is due on a case, taking it at the counter or through a provider, receipts, closing a day.
//!
//! Invariant: money is taken for a fee that is published with its legal basis, once, in exactly its amount; what comes
//! beside is kept as a surplus and shown until it is given back.

use std::sync::Arc;

use lotus_domain::access::{Deed, Place};
use lotus_domain::case::{Case, CaseNumber, FollowSecret};
use lotus_domain::catalog::DistrictItem;
use lotus_domain::district::{District, Division};
use lotus_domain::fee::{Asked, Closing, DueState, FeeDue, FeeError, Kept, Means, Payment, Receipt, Taken};
use lotus_domain::text::Text;
use lotus_paper::{Line, Office, Paper, PaperError, Proof, Says};
use lotus_store::{CaseFile, StoreError};

use crate::asker::{Asker, Denied};
use crate::case::CaseError;
use crate::payment::{Disbelief, Order, PaymentProvider, ProviderAway};
use crate::start::Platform;

/// What takes cash and cards.
const COUNTER: &str = "counter";
/// Crockford's base 32.
const BASE_32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Why a fee is not asked for, taken or given back.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// Not theirs.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such case, fee, payment or receipt.
    #[error("there is no such thing")]
    NotFound,
    /// The fee is not on the published list of the case's item.
    #[error("the fee is not on the published list of the case's item")]
    Unlawful,
    /// What is asked for is not what is published.
    #[error(transparent)]
    Rule(#[from] FeeError),
    /// It is paid, or given back, or this day is closed: there is nothing to do any more.
    #[error("there is nothing to do any more")]
    Settled,
    /// No provider takes electronic payment here.
    #[error("no provider takes electronic payment here")]
    NoProvider,
    /// The provider does not answer.
    #[error(transparent)]
    Provider(#[from] ProviderAway),
    /// The provider's word is not believed.
    #[error(transparent)]
    Disbelief(#[from] Disbelief),
    /// Papers can't be printed here.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// The database is away.
    #[error("the database is away")]
    Unavailable,
}

impl From<StoreError> for PayError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "fees can't be read or written");
        Self::Unavailable
    }
}

/// The fees of a case.
#[derive(Debug)]
pub struct CaseFees {
    /// The case.
    pub case: CaseNumber,
    /// Whose it is.
    pub district: Arc<District>,
    /// The item that the case is about: only its fees are asked for.
    pub item: Option<String>,
    /// Each fee with its payments.
    pub fees: Vec<(FeeDue, Vec<Kept>)>,
    /// Whether they can be paid electronically.
    pub electronic: bool,
}

/// So many characters of base 32, drawn.
fn drawn(characters: usize) -> String {
    let bits: [u8; 16] = rand::random();
    bits.iter()
        .cycle()
        .take(characters.min(16))
        .filter_map(|byte| BASE_32.get(usize::from(byte & 31)))
        .map(|b| char::from(*b))
        .collect()
}

impl Platform {
    /// The items of a district that cost something: its public fee list 收费清单.
    pub fn fee_list(&self, division: &Division) -> Vec<Arc<DistrictItem>> {
        self.items(division).into_iter().filter(|item| !item.item.fees.is_empty()).collect()
    }

    fn payment_provider(&self) -> Option<&Arc<dyn PaymentProvider>> {
        self.inner.payments.as_ref()
    }

    async fn fees(&self, case: &Case) -> Result<CaseFees, PayError> {
        let (division, number) = (&case.division, &case.number);
        let district = self.district(division).ok_or(PayError::NotFound)?;
        let mut fees = Vec::new();
        for due in self.store().fee_list_case(division, number).await? {
            let payments = self.store().fee_payment_list(division, &due.id).await?;
            fees.push((due, payments));
        }
        let (item, electronic) = (case.subject.item().map(ToOwned::to_owned), self.payment_provider().is_some());
        Ok(CaseFees { case: number.clone(), district, item, fees, electronic })
    }

    /// The fees of a case, for whoever holds its secret.
    pub async fn fees_follow(&self, number: &CaseNumber, secret: &FollowSecret) -> Result<CaseFees, PayError> {
        let view = self.case_follow(number, secret).await.map_err(|error| match error {
            CaseError::NotFound => PayError::NotFound,
            _ => PayError::Unavailable,
        })?;
        self.fees(&view.case).await
    }

    /// The fees of one of the asker's own cases.
    pub async fn fees_mine(&self, asker: &Asker, number: &CaseNumber) -> Result<CaseFees, PayError> {
        let view = self.my_case(asker, number).await.map_err(|error| match error {
            CaseError::NotFound if asker.name().is_none() => Denied::SignIn.into(),
            CaseError::NotFound => PayError::NotFound,
            _ => PayError::Unavailable,
        })?;
        self.fees(&view.case).await
    }

    /// Begins to pay a fee electronically, for whoever was shown it: the address to pay at. `base` is the address that
    /// people type, `back` the path that the payer comes back to.
    pub async fn fee_order(&self, fees: &CaseFees, due: &str, base: &str, back: &str) -> Result<String, PayError> {
        let due = fees.fees.iter().map(|(fee, _)| fee).find(|fee| fee.id == due).ok_or(PayError::NotFound)?;
        if due.state != DueState::Due {
            return Err(PayError::Settled);
        }
        let provider = self.payment_provider().ok_or(PayError::NoProvider)?;
        let order = Order {
            order: format!("{}-{}", fees.district.division, due.id),
            amount: due.amount,
            title: due.asked.fee.name.zh.clone(),
            notify: format!("{base}/api/v1/payments/{}", provider.name()),
            back: format!("{base}{back}"),
        };
        Ok(provider.order(&order).await?)
    }

    /// Takes a provider's call-back. The same one again changes nothing.
    pub async fn fee_called_back(
        &self,
        provider: &str,
        timestamp: &str,
        signature: &str,
        body: &[u8],
    ) -> Result<Taken, PayError> {
        let known = self.payment_provider().filter(|known| known.name() == provider).ok_or(PayError::NotFound)?;
        let notice = match known.read(timestamp, signature, body, self.now()) {
            Ok(notice) => notice,
            Err(disbelief) => {
                tracing::warn!(provider, %disbelief, "a payment's call-back is not believed");
                return Err(disbelief.into());
            }
        };
        let (division, due) = notice.order.split_once('-').ok_or(PayError::NotFound)?;
        let division = Division::parse(division).map_err(|_| PayError::NotFound)?;
        self.district(&division).ok_or(PayError::NotFound)?;
        let payment = Payment {
            due: due.to_owned(),
            means: Means::EPay,
            provider: provider.to_owned(),
            reference: notice.reference.clone(),
            amount: notice.amount,
            at: self.now(),
            day: self.today(),
            by: None,
        };
        let taken = self.store().fee_take(division.clone(), payment, drawn(8)).await?;
        if !matches!(taken, Taken::Before(_)) {
            let nobody = Asker::nobody(None);
            self.note(&nobody, &division, "fee-called-back", &notice.order, &format!("{taken:?}")).await;
        }
        Ok(taken)
    }

    /// Where a case's staff is, and whether they may do this with its fees.
    async fn fees_allowed(&self, asker: &Asker, deed: Deed, number: &CaseNumber) -> Result<CaseFile, PayError> {
        let Some(file) = self.case_of(number).await? else {
            return Err(if asker.name().is_none() { Denied::SignIn } else { Denied::NotFound }.into());
        };
        let department = file.case.subject.department();
        let place = Place { division: &file.case.division, department: Some(department) };
        self.allow(asker, deed, place, number.as_str()).await?;
        Ok(file)
    }

    /// The fees of a case, for those who take them.
    pub async fn fees_see(&self, asker: &Asker, number: &CaseNumber) -> Result<CaseFees, PayError> {
        let file = self.fees_allowed(asker, Deed::TakeFees, number).await?;
        self.fees(&file.case).await
    }

    /// Asks for a published fee of the case's item, so many units of it, from somebody. Another one is refused, and
    /// supervision sees it.
    pub async fn fee_ask(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        item: &str,
        at: usize,
        count: u32,
        payer: &str,
    ) -> Result<String, PayError> {
        let file = self.fees_allowed(asker, Deed::TakeFees, number).await?;
        let division = file.case.division.clone();
        let listed = file.case.subject.item().is_none_or(|of| of == item).then(|| self.item(&division, item)).flatten();
        let listed = listed.and_then(|item| item.item.fees.get(at).cloned().map(|fee| (item, fee)));
        let Some((item, fee)) = listed else {
            let told = self.unlawful_fee_seen(&file).await;
            let outcome = if told.is_ok() { "refused" } else { "refused, without a card" };
            self.note(asker, &division, "fee-unlawful", &format!("{number} {item}/{at}"), outcome).await;
            told?;
            return Err(PayError::Unlawful);
        };
        let payer: String = payer.trim().chars().take(100).collect();
        if payer.is_empty() {
            return Err(FeeError::Name.into());
        }
        let due = FeeDue {
            id: drawn(16),
            case: number.clone(),
            amount: fee.of(count)?,
            asked: Asked {
                fee,
                count,
                item: item.item.name.clone(),
                department: Text::zh(file.case.subject.department()),
                payer,
            },
            at: self.now(),
            state: DueState::Due,
            receipt: None,
        };
        let id = due.id.clone();
        self.store().fee_ask(division.clone(), due).await?;
        self.note(asker, &division, "fee-asked", &format!("{number} {id}"), "done").await;
        Ok(id)
    }

    /// Takes a fee at the counter; the receipt's number.
    pub async fn fee_take(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        due: &str,
        means: Means,
    ) -> Result<String, PayError> {
        let division = self.fees_allowed(asker, Deed::TakeFees, number).await?.case.division;
        let fee = self.store().fee_get(&division, due).await?.filter(|fee| fee.case == *number);
        let fee = fee.ok_or(PayError::NotFound)?;
        if means == Means::EPay {
            return Err(PayError::NoProvider);
        }
        let payment = Payment {
            due: fee.id.clone(),
            means,
            provider: COUNTER.to_owned(),
            reference: drawn(16),
            amount: fee.amount,
            at: self.now(),
            day: self.today(),
            by: asker.name(),
        };
        match self.store().fee_take(division.clone(), payment, drawn(8)).await? {
            Taken::Paid(receipt) => {
                self.note(asker, &division, "fee-taken", &format!("{number} {due}"), &receipt).await;
                Ok(receipt)
            }
            _ => Err(PayError::Settled),
        }
    }

    /// Gives a payment back: through its provider where it came through one.
    pub async fn fee_refund(&self, asker: &Asker, number: &CaseNumber, reference: &str) -> Result<(), PayError> {
        let case = self.fees_allowed(asker, Deed::SettleFees, number).await?.case;
        let division = case.division.clone();
        let fees = self.fees(&case).await?;
        let mut payments = fees.fees.into_iter().flat_map(|(_, payments)| payments);
        let kept = payments.find(|kept| kept.payment.reference == reference).ok_or(PayError::NotFound)?;
        if kept.refunded.is_some() {
            return Err(PayError::Settled);
        }
        if kept.payment.means == Means::EPay {
            let provider = self.payment_provider().filter(|known| known.name() == kept.payment.provider);
            // Asked first: a provider gives the same payment back once, however often it is asked.
            provider.ok_or(PayError::NoProvider)?.refund(reference, kept.payment.amount).await?;
        }
        let day = self.today().to_string();
        if !self.store().fee_refund(division.clone(), kept.payment, day, asker.name()).await? {
            return Err(PayError::Settled);
        }
        self.note(asker, &division, "fee-refunded", &format!("{number} {reference}"), "done").await;
        Ok(())
    }

    /// A day's books against the provider's statement; closed for good where that is asked for and the day is over or now.
    pub async fn fee_closing(
        &self,
        asker: &Asker,
        division: &Division,
        day: jiff::civil::Date,
        close: bool,
    ) -> Result<(Closing, bool), PayError> {
        self.allow_within(asker, Deed::SettleFees, division, "closing").await?;
        let key = day.to_string();
        if let Some(closed) = self.store().fee_closing_get(division, &key).await? {
            return Ok((closed, true));
        }
        let kept = self.store().fee_payment_list_day(division, &key).await?;
        let refunded = self.store().fee_refunded(division, &key).await?;
        let statement = match self.payment_provider() {
            Some(provider) => Some((provider.name(), self.statement_of(provider, division, day).await?)),
            None => None,
        };
        let compared = statement.as_ref().map(|(name, lines)| (*name, lines.as_slice()));
        let closing = Closing::of(day, &kept, refunded, compared);
        if !close {
            return Ok((closing, false));
        }
        if day > self.today() {
            return Err(PayError::Settled);
        }
        self.store().fee_close(division.clone(), closing.clone(), self.now(), asker.name()).await?;
        self.note(asker, division, "fee-day-closed", &key, &format!("{} differences", closing.differences.len())).await;
        Ok((closing, true))
    }

    /// The lines of a statement that are a district's: the provider's numbers of them begin with its division.
    async fn statement_of(
        &self,
        provider: &Arc<dyn PaymentProvider>,
        division: &Division,
        day: jiff::civil::Date,
    ) -> Result<Vec<lotus_domain::fee::StatementLine>, PayError> {
        let mut lines = provider.statement(day).await?;
        lines.retain(|line| line.order.split_once('-').is_none_or(|(of, _)| of == division.as_str()));
        Ok(lines)
    }

    /// A receipt, for whoever has its code.
    pub async fn receipt(&self, number: &str, code: &str) -> Result<(Receipt, Arc<District>), PayError> {
        if !Receipt::is_number(number) {
            return Err(PayError::NotFound);
        }
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        let prefix = number.get(..6).unwrap_or_default();
        for district in self.districts().iter().filter(|district| district.division.as_str().starts_with(prefix)) {
            let found = self.store().receipt_get(&district.division, number).await?;
            if let Some(receipt) = found.filter(|receipt| receipt.code == code) {
                return Ok((receipt, Arc::clone(district)));
            }
        }
        Err(PayError::NotFound)
    }

    /// A receipt as PDF, for whoever has its code; `base` is the address that people type.
    pub async fn receipt_print(&self, number: &str, code: &str, base: &str) -> Result<Vec<u8>, PayError> {
        let (receipt, district) = self.receipt(number, code).await?;
        let asked = &receipt.due.asked;
        let local = self.zone_of_time().to_datetime(receipt.payment.at);
        let line = Line {
            name: asked.fee.name.zh.clone(),
            basis: asked.fee.basis.clone(),
            unit: asked.fee.amount,
            count: asked.count,
            amount: receipt.due.amount,
        };
        let paper = Paper {
            number: receipt.number.clone(),
            office: Office {
                name: format!("{}{}", district.name.zh, asked.department.zh),
                address: district.hall.address.zh.clone(),
                telephone: district.hall.telephone.clone(),
                supervision: district.hall.supervision.clone(),
            },
            to: asked.payer.clone(),
            day: receipt.payment.day,
            case: Some(receipt.due.case.clone()),
            matter: asked.item.zh.clone(),
            says: Says::Receipt(lotus_paper::Receipt {
                lines: vec![line],
                means: receipt.payment.means.title().zh,
                by: format!("{}政务服务大厅", district.name.zh),
                at: format!(
                    "{}年{}月{}日 {:02}:{:02}",
                    local.year(),
                    local.month(),
                    local.day(),
                    local.hour(),
                    local.minute()
                ),
            }),
            proof: Some(Proof {
                address: format!("{base}/receipts/{}?code={}", receipt.number, receipt.code),
                code: receipt.code.clone(),
            }),
        };
        self.print(paper).await
    }

    /// Sets a paper, beside the threads that others wait on.
    pub async fn print(&self, paper: Paper) -> Result<Vec<u8>, PayError> {
        let inner = Arc::clone(&self.inner);
        let printed = tokio::task::spawn_blocking(move || inner.press.print(&paper)).await;
        printed.map_err(|_| PayError::Unavailable)?.map_err(|error| {
            tracing::error!(%error, "a paper can't be printed");
            error.into()
        })
    }
}

/// Whether papers can be printed on this machine, with the font of this directory or of the system's.
pub fn papers_ready(fonts: Option<std::path::PathBuf>) -> Result<(), PaperError> {
    lotus_paper::Press::new(fonts).ready()
}
