//! Warnings of risks: an officer writes one; whoever it is for is told, page by page, so that a host that ends in the
//! middle goes on where it was.

use std::sync::Arc;

use jiff::Timestamp;
use lotus_domain::Slug;
use lotus_domain::access::{Deed, Place};
use lotus_domain::case::CaseNumber;
use lotus_domain::district::{District, Division};
use lotus_domain::notice::{Notice, NoticeKey, Recipient, Value};
use lotus_domain::warning::{Audience, Warning, WarningError};
use lotus_store::{NewCase, Spread, StoreError};

use crate::asker::{Asker, Denied};
use crate::start::Platform;
use crate::token::to_hex;

/// Recipients of one step.
const PAGE: u32 = 200;
/// Most warnings that are listed.
const MOST: u32 = 50;

/// A warning as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'a> {
    /// Its headline.
    pub title: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Told in quiet hours too.
    pub urgent: bool,
    /// Wants an answer from each account that is told.
    pub receipt: bool,
}

/// Why a warning is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WarnError {
    /// Not theirs to do.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It is not as a warning has to be.
    #[error(transparent)]
    Wrong(#[from] WarningError),
}

impl From<StoreError> for WarnError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

impl Platform {
    /// What a district's officer sees before writing: the kinds of licences that there are, and what was written.
    pub async fn warnings(&self, asker: &Asker, division: &Division) -> Result<(Vec<String>, Vec<Spread>), Denied> {
        self.allow(asker, Deed::WarnOfRisks, Place { division, department: None }, "warnings").await?;
        let mut kinds = Vec::new();
        for district in self.warned(division) {
            kinds.extend(self.store().licence_kinds(&district).await?);
        }
        kinds.sort();
        kinds.dedup();
        Ok((kinds, self.store().warning_list(division, false, MOST).await?))
    }

    /// Warns an audience in a district; in all of them where the city's own officer writes.
    pub async fn warn(
        &self,
        asker: &Asker,
        division: &Division,
        audience: Audience,
        words: Wording<'_>,
    ) -> Result<(), WarnError> {
        let place = Place { division, department: None };
        self.allow(asker, Deed::WarnOfRisks, place, &audience.name()).await?;
        let id = format!("w{}", to_hex(&rand::random::<[u8; 8]>()));
        let warning = Warning {
            division: division.clone(),
            id: Slug::parse(id).map_err(|_| Denied::Unavailable)?,
            audience,
            title: words.title.trim().to_owned(),
            text: words.text.trim().to_owned(),
            urgent: words.urgent,
            receipt: words.receipt,
            by: asker.name().unwrap_or_default(),
            at: self.now(),
        };
        warning.check()?;
        for district in self.warned(division) {
            self.store().warning_put(district, warning.clone()).await?;
        }
        let subject = format!("{} {}", warning.id, warning.audience.name());
        self.note(asker, division, "risk-warned", &subject, if words.urgent { "urgent" } else { "done" }).await;
        Ok(())
    }

    /// Where a warning of this division is spread.
    fn warned(&self, division: &Division) -> Vec<Division> {
        match self.district(division) {
            Some(district) if district.is_city => {
                self.districts().iter().map(|district| district.division.clone()).collect()
            }
            _ => vec![division.clone()],
        }
    }

    /// Spreads every open warning at a moment, in every district.
    pub async fn warnings_spread(&self, now: Timestamp) -> Result<(), StoreError> {
        for district in self.districts() {
            self.warnings_of(&district.division, now).await?;
        }
        Ok(())
    }

    pub(crate) async fn warnings_of(&self, division: &Division, now: Timestamp) -> Result<(), StoreError> {
        for mut spread in self.store().warning_list(division, true, MOST).await? {
            let Some(district) = self.district(&spread.warning.division) else { continue };
            loop {
                let (reached, to) = self.audience(division, &spread, now).await?;
                let (mut notices, mut opens) = (Vec::new(), Vec::<NewCase>::new());
                for (name, to) in to {
                    let receipt = self.receipt_of(division, &spread.warning, &to, now).await?;
                    let receipt = receipt.filter(|new| opens.iter().all(|before| before.token != new.token));
                    let about = receipt.as_ref().map(|new| &new.case.number);
                    notices.extend(self.warning(division, &district, &spread.warning, (name, to), about, now));
                    opens.extend(receipt);
                }
                let begun: Vec<CaseNumber> = opens.iter().map(|new| new.case.number.clone()).collect();
                for number in &begun {
                    self.transition_marked(division, number, 1).await?;
                }
                let (of, seen) = (division.clone(), spread.clone());
                let moved = self.store().warning_spread(of, seen, reached.clone(), notices, opens).await?;
                for number in begun.iter().filter(|_| moved) {
                    self.transition_told(division, number, 1);
                }
                match reached {
                    Some(reached) if moved => spread.reached = reached,
                    _ => break,
                }
            }
        }
        Ok(())
    }

    /// The next recipients of a warning, and the last place that they reach to; none where all were told.
    async fn audience(
        &self,
        division: &Division,
        spread: &Spread,
        now: Timestamp,
    ) -> Result<(Option<String>, Vec<(String, Recipient)>), StoreError> {
        match &spread.warning.audience {
            Audience::Subscribers(topic) => {
                let found = self.store().subscriber_list(division, topic.as_str(), &spread.reached, PAGE).await?;
                let reached = found.last().map(|account| account.0.clone());
                let named = found.into_iter().map(|account| (account.0.clone(), Recipient::Account(account)));
                Ok((reached, named.collect()))
            }
            Audience::Holders(kind) => {
                let today = self.date_of(now);
                let store = self.store();
                let found = store.licence_list_kind(division, kind.as_str(), today, &spread.reached, PAGE).await?;
                let mut to = Vec::new();
                for licence in &found {
                    for (name, recipient) in self.holders(licence, now).await? {
                        // An account is told once, however many licences it holds; a contact by its licence.
                        let name = if name == "contact" { licence.id.to_string() } else { name };
                        to.push((name, recipient));
                    }
                }
                Ok((found.last().map(|licence| licence.id.to_string()), to))
            }
        }
    }

    fn warning(
        &self,
        division: &Division,
        district: &Arc<District>,
        warning: &Warning,
        (name, to): (String, Recipient),
        about: Option<&CaseNumber>,
        now: Timestamp,
    ) -> Option<Notice> {
        let values = [
            ("district", Value::Text(district.name.clone())),
            ("title", Value::plain(&warning.title)),
            ("text", Value::plain(&warning.text)),
        ];
        let key = NoticeKey::parse(format!("warning/{}/{name}", warning.id));
        let made = key.and_then(|key| self.notice_at("risk-warning", &values, division, key, to, now));
        let made = made.inspect_err(|error| tracing::error!(%error, "a warning can't be made")).ok()?;
        let made = if warning.urgent { made.urgent() } else { made };
        Some(match about {
            Some(number) => made.about(number),
            None => made,
        })
    }
}
