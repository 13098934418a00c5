//! Licences: kept for the bodies that issue them, listed for their holders, told of before they expire (article 28).

use std::collections::BTreeSet;

use jiff::Timestamp;
use lotus_domain::account::AccountId;
use lotus_domain::district::Division;
use lotus_domain::licence::{Holder, Licence, telling};
use lotus_domain::notice::{Contact, Notice, NoticeError, NoticeKey, Recipient, Value};
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::start::Platform;

/// Licences of one look.
const PAGE: u32 = 200;

impl Platform {
    /// Keeps licences of a district, as their body issued them.
    pub async fn licence_put(&self, division: &Division, licences: Vec<Licence>) -> Result<(), StoreError> {
        let holders: Vec<Holder> = licences.iter().map(|licence| licence.holder.clone()).collect();
        self.store().licence_put(division.clone(), licences, self.today()).await?;
        self.licences_matched(division, &holders).await
    }

    /// Keeps licences that are not there yet; how many were new.
    pub async fn licence_seed(&self, division: &Division, licences: Vec<Licence>) -> Result<usize, StoreError> {
        let mut new = Vec::new();
        for licence in licences {
            let kept = self.store().licence_list_holder(division, &licence.holder).await?;
            if kept.iter().all(|one| one.id != licence.id) {
                new.push(licence);
            }
        }
        let count = new.len();
        self.licence_put(division, new).await?;
        Ok(count)
    }

    /// The asker's own licences, and those of the enterprise that they act for, the next to expire first.
    pub async fn my_licences(&self, asker: &Asker) -> Result<Vec<Licence>, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let own = match &person.acting_for {
            Some(mandate) => Some(Holder::Enterprise(mandate.credit_code.clone())),
            None => person.account.profile.identity_number.clone().map(Holder::Person),
        };
        let Some(holder) = own else { return Ok(Vec::new()) };
        let mut licences = Vec::new();
        for district in self.districts() {
            licences.extend(self.store().licence_list_holder(&district.division, &holder).await?);
        }
        licences.sort_by_key(|licence| licence.expires);
        Ok(licences)
    }

    /// Tells of every licence whose stage is due at a moment, in every district; how many.
    pub async fn licences_tell(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut told = 0;
        for district in self.districts() {
            told += self.licences_of(&district.division, now).await?;
        }
        Ok(told)
    }

    /// The same of one district: a look into an index, whatever the number of licences.
    pub(crate) async fn licences_of(&self, division: &Division, now: Timestamp) -> Result<u64, StoreError> {
        let today = self.date_of(now);
        let mut count = 0;
        loop {
            let due = self.store().licence_list_due(division, today, PAGE).await?;
            let is_last = due.len() < PAGE as usize;
            let mut moved = false;
            for (licence, told) in due {
                let telling = telling(licence.expires, told, today);
                let notices = match telling.now {
                    Some(stage) => self.reminders(&licence, stage, now).await?,
                    None => Vec::new(),
                };
                let is_told = telling.now.is_some();
                let division = division.clone();
                if self.store().licence_tell(division, licence, told, telling, notices).await? {
                    moved = true;
                    count += u64::from(is_told);
                }
            }
            // Where another host was quicker with all of them, it goes on with the rest.
            if is_last || !moved {
                return Ok(count);
            }
        }
    }

    async fn reminders(&self, licence: &Licence, stage: u32, now: Timestamp) -> Result<Vec<Notice>, StoreError> {
        let values = [
            ("licence", Value::Text(licence.title.clone())),
            ("day", Value::Day(licence.expires)),
            ("left", Value::Count(i64::from(licence.left(self.date_of(now))))),
        ];
        let mut notices = Vec::new();
        for (name, to) in self.holders(licence, now).await? {
            let key = format!("licence/{}/{}/{stage}/{name}", licence.id, licence.expires);
            let made: Result<Notice, NoticeError> = NoticeKey::parse(key)
                .and_then(|key| self.notice_at("licence-expires", &values, &licence.division, key, to, now));
            match made {
                Ok(notice) => notices.push(notice),
                Err(error) => tracing::error!(%error, "a reminder of a licence can't be made"),
            }
        }
        Ok(notices)
    }

    /// Who is told of a licence: the accounts of its holder, else the contact that stands on it. Each with a name for keys.
    pub(crate) async fn holders(
        &self,
        licence: &Licence,
        now: Timestamp,
    ) -> Result<Vec<(String, Recipient)>, StoreError> {
        let Some(city) = self.city_division() else { return Ok(Vec::new()) };
        let mut accounts: BTreeSet<AccountId> = BTreeSet::new();
        match &licence.holder {
            Holder::Person(number) => {
                let found = self.store().account_find_identity(&city, number).await?;
                accounts.extend(found.into_iter().map(|account| account.id));
            }
            Holder::Enterprise(code) => {
                for account in self.store().mandate_holders(&city, code).await? {
                    let mandates = self.store().mandate_list(&city, &account).await?;
                    if mandates.iter().any(|mandate| mandate.credit_code == *code && mandate.holds(now)) {
                        accounts.insert(account);
                    }
                }
            }
        }
        if !accounts.is_empty() {
            let named = |account: AccountId| (account.0.clone(), Recipient::Account(account));
            return Ok(accounts.into_iter().map(named).collect());
        }
        if licence.contact == Contact::default() {
            return Ok(Vec::new());
        }
        Ok(vec![("contact".to_owned(), Recipient::Contact(licence.contact.clone()))])
    }
}
