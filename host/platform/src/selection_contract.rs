//! What follows a selection (article 32): the contract, the delivery, the owner's rating, and what of them weighs on credit.
//!
//! Invariant: what is late or badly rated stands in the credit record once, written with the step that brings it about.

use jiff::civil::Date;
use lotus_domain::case::CaseNumber;
use lotus_domain::intermediary::credit::{CreditEvent, CreditKind};
use lotus_domain::intermediary::selection::{Contract, DeliveryRating, Kept};
use lotus_domain::law::Fen;

use crate::asker::{Asker, Denied};
use crate::selection::{Beside, SelectionError, refused};
use crate::start::Platform;

impl Platform {
    /// The owner and the selected intermediary have concluded: for how much, until when.
    pub async fn selection_contract(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        fee: &str,
        due: &str,
    ) -> Result<(), SelectionError> {
        let mut kept = self.owned(asker, number).await?;
        let (today, need) = (self.today(), &kept.selection.need);
        let code = kept.selection.chosen.as_ref().map(|(code, _)| code.clone());
        let bidder = kept.selection.bidders.iter().find(|bidder| Some(&bidder.code) == code.as_ref());
        let most = bidder.and_then(|bidder| bidder.quote).unwrap_or(need.ceiling);
        let last = today.saturating_add(jiff::Span::new().days(need.days));
        let fee = Fen::parse_yuan(fee).ok().filter(|fee| fee.0 > 0 && *fee <= most);
        let due = due.parse::<Date>().ok().filter(|due| today <= *due && *due <= last);
        let (Some(fee), Some(due)) = (fee, due) else {
            let reason = (
                format!("合同价应不超过 {most} 元，交付日应在 {today} 至 {last} 之间。"),
                format!("The fee is at most {most} yuan, the day of delivery from {today} to {last}."),
            );
            return Err(refused((&reason.0, &reason.1), ("请返回修改。", "Please go back and change it.")));
        };
        kept.selection.contract = Some(Contract { fee, signed: today, due });
        self.selection_act(kept, "contract", Beside { account: asker.name(), ..Beside::default() }).await
    }

    /// The selected intermediary has delivered; what comes late stands in its credit record.
    pub async fn selection_deliver(&self, asker: &Asker, number: &CaseNumber) -> Result<(), SelectionError> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let mut kept = self.selection_find(number).await?.ok_or(Denied::NotFound)?;
        let code = person.acting_for.as_ref().map(|mandate| mandate.credit_code.as_str());
        if code.is_none() || kept.selection.chosen.as_ref().map(|(code, _)| code.as_str()) != code {
            return Err(Denied::Forbidden.into());
        }
        kept.selection.delivered = Some(self.today());
        let credit = self.late(&mut kept);
        self.selection_act(kept, "deliver", Beside { account: asker.name(), credit, ..Beside::default() }).await
    }

    /// What a selection that is late brings into its intermediary's credit record, once.
    pub(crate) fn late(&self, kept: &mut Kept) -> Option<CreditEvent> {
        let day = self.today();
        if kept.selection.late || !kept.selection.is_late(day) {
            return None;
        }
        kept.selection.late = true;
        let due = kept.selection.contract.map(|contract| contract.due)?;
        let what = format!("未在合同约定的 {due} 前交付“{}”。", kept.selection.need.service_title.zh);
        self.credit_of(kept, CreditKind::LateDelivery, what)
    }

    fn credit_of(&self, kept: &Kept, kind: CreditKind, what: String) -> Option<CreditEvent> {
        let number = &kept.selection.number.0;
        Some(CreditEvent {
            id: format!("{number}/{}", kind.name()),
            code: kept.selection.chosen.as_ref().map(|(code, _)| code.clone())?,
            kind,
            day: self.today(),
            division: kept.division.clone(),
            what,
            evidence: number.clone(),
            withdrawn: None,
        })
    }

    /// The owner rates what was delivered, in five grades; what they say beside stays in the case.
    pub async fn selection_rate(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        grade: u8,
        words: &str,
    ) -> Result<(), SelectionError> {
        let mut kept = self.owned(asker, number).await?;
        if !(1..=5).contains(&grade) {
            let next = ("请返回选择。", "Please go back and choose.");
            return Err(refused(("请选择一个等级。", "Please choose a grade."), next));
        }
        let rating = DeliveryRating { grade, day: self.today() };
        let credit = rating
            .is_bad()
            .then(|| {
                self.credit_of(
                    &kept,
                    CreditKind::BadRating,
                    format!("业主对交付成果评价为{grade}级（共5级，4、5级为差评）。"),
                )
            })
            .flatten();
        kept.selection.rating = Some(rating);
        let words: String = words.trim().replace('\0', "").chars().take(500).collect();
        let reason = Some(words.as_str()).filter(|words| !words.is_empty());
        self.selection_act(kept, "rate", Beside { account: asker.name(), reason, credit, ..Beside::default() }).await
    }
}
