//! What a person sees of notices: the inbox, what they turn off, what they subscribe to; and what the operator sees.

use std::sync::Arc;

use lotus_domain::access::{Deed, Place};
use lotus_domain::case::CaseNumber;
use lotus_domain::district::{District, Division};
use lotus_domain::notice::{ChannelKind, LIFE_HOURS, Message, NoticeKey, Preference, QuietHours, email, topic};
use lotus_store::{Failure, Queue};

use crate::asker::{Asker, Denied};
use crate::case::CaseView;
use crate::notice::later;
use crate::start::Platform;

/// Failures of the last so many hours are counted.
const RECENT_HOURS: u64 = 7 * 24;

/// What somebody wants to be told, as their page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What is turned off, and where e-mail goes.
    pub preference: Preference,
    /// Topics that they subscribed to.
    pub topics: Vec<String>,
    /// Where.
    pub districts: Vec<Division>,
}

/// Why what somebody wants can't be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WantedError {
    /// Not signed in, or the database is away.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The e-mail address is none.
    #[error("the e-mail address is none")]
    Email,
}

impl From<lotus_store::StoreError> for WantedError {
    fn from(error: lotus_store::StoreError) -> Self {
        Self::Denied(error.into())
    }
}

/// A district's queue, as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistrictQueue {
    /// Whose.
    pub district: Arc<District>,
    /// By channel.
    pub queues: Vec<Queue>,
}

impl Platform {
    /// The asker's newest messages, of every district or about one case, newest first.
    pub async fn my_messages(
        &self,
        asker: &Asker,
        case: Option<&CaseNumber>,
        limit: u32,
    ) -> Result<Vec<Message>, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let (account, now) = (&person.account.id, self.now());
        let mut messages = Vec::new();
        for district in self.districts() {
            messages.extend(self.store().inbox_list(&district.division, account, now, limit).await?);
        }
        messages.retain(|message| case.is_none() || message.case.as_ref() == case);
        messages.sort_by_key(|message| std::cmp::Reverse(message.created));
        messages.truncate(limit as usize);
        Ok(messages)
    }

    /// How many of the asker's messages are not read yet.
    pub async fn my_unread(&self, asker: &Asker) -> Result<u64, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let (mut unread, now) = (0, self.now());
        for district in self.districts() {
            unread += self.store().inbox_unread(&district.division, &person.account.id, now).await?;
        }
        Ok(unread)
    }

    /// Notes that the asker has read a message, or all of them.
    pub async fn messages_read(&self, asker: &Asker, one: Option<(Division, NoticeKey)>) -> Result<(), Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let (account, now) = (&person.account.id, self.now());
        if let Some((division, key)) = one {
            self.district(&division).ok_or(Denied::NotFound)?;
            self.store().inbox_read(division, account.clone(), Some(key), now).await?;
            return Ok(());
        }
        for district in self.districts() {
            let division = &district.division;
            if self.store().inbox_unread(division, account, now).await? > 0 {
                self.store().inbox_read(division.clone(), account.clone(), None, now).await?;
            }
        }
        Ok(())
    }

    /// What the asker wants to be told.
    pub async fn wanted(&self, asker: &Asker) -> Result<Wanted, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let account = &person.account.id;
        let preference = self.store().preference_get(&person.access.city, account).await?;
        let (mut topics, mut districts) = (Vec::new(), Vec::new());
        for district in self.districts() {
            let found = self.store().subscription_list(&district.division, account).await?;
            if !found.is_empty() {
                districts.push(district.division.clone());
                topics.extend(found);
            }
        }
        topics.sort();
        topics.dedup();
        Ok(Wanted { preference, topics, districts })
    }

    /// Keeps what the asker wants to be told. What is mandatory can't be turned off and is left out.
    pub async fn wanted_put(&self, asker: &Asker, wanted: Wanted) -> Result<(), WantedError> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let mut preference = wanted.preference;
        preference.off.retain(|kind| !kind.is_mandatory());
        preference.off_channels.retain(|channel| *channel != ChannelKind::Inbox);
        preference.email = match preference.email.filter(|text| !text.trim().is_empty()) {
            Some(text) => Some(email(&text).ok_or(WantedError::Email)?),
            None => None,
        };
        let topics: Vec<String> = wanted.topics.into_iter().filter(|id| topic(id).is_some()).collect();
        let (city, account) = (person.access.city.clone(), &person.account.id);
        let off: Vec<&str> = preference.off.iter().map(|kind| kind.name()).collect();
        let subject = format!("off: {}", off.join(" "));
        self.store().preference_put(city.clone(), account.clone(), preference).await?;
        for district in self.districts() {
            let is_chosen = wanted.districts.contains(&district.division);
            let topics = if is_chosen { topics.clone() } else { Vec::new() };
            if self.store().subscription_list(&district.division, account).await? != topics {
                self.store().subscription_put(district.division.clone(), account.clone(), topics).await?;
            }
        }
        self.note(asker, &city, "notices-chosen", &subject, "done").await;
        Ok(())
    }

    /// What was told about a case, to whomever: for whoever sees the case, newest first.
    pub async fn case_messages(&self, view: &CaseView, limit: u32) -> Result<Vec<Message>, Denied> {
        Ok(self.store().notice_list_case(&view.case.division, &view.case.number, limit).await?)
    }

    /// What waits and what failed, in every district whose notices are the asker's affair.
    pub async fn notice_queues(&self, asker: &Asker) -> Result<Vec<DistrictQueue>, Denied> {
        let mut found = Vec::new();
        let since = self.now() - jiff::SignedDuration::from_hours(i64::try_from(RECENT_HOURS).unwrap_or(0));
        for district in self.districts() {
            let here = Place { division: &district.division, department: None };
            if self.may(asker, Deed::RunNotices, here) {
                let queues = self.store().notice_queue(&district.division, since).await?;
                found.push(DistrictQueue { district, queues });
            }
        }
        if found.is_empty() {
            let city = self.city_division().ok_or(Denied::Unavailable)?;
            self.allow(asker, Deed::RunNotices, Place { division: &city, department: None }, "notices").await?;
        }
        Ok(found)
    }

    /// A district's queue and the newest of what failed there.
    pub async fn notice_queue(
        &self,
        asker: &Asker,
        division: &Division,
        limit: u32,
    ) -> Result<(Vec<Queue>, Vec<Failure>), Denied> {
        self.allow(asker, Deed::RunNotices, Place { division, department: None }, "notices").await?;
        let since = self.now() - jiff::SignedDuration::from_hours(i64::try_from(RECENT_HOURS).unwrap_or(0));
        let queue = self.store().notice_queue(division, since).await?;
        Ok((queue, self.store().notice_failures(division, limit).await?))
    }

    /// Tries again what failed.
    pub async fn notice_retry(
        &self,
        asker: &Asker,
        division: &Division,
        key: &NoticeKey,
        channel: ChannelKind,
    ) -> Result<(), Denied> {
        self.allow(asker, Deed::RunNotices, Place { division, department: None }, key.as_str()).await?;
        let now = self.now();
        let life = std::time::Duration::from_hours(u64::try_from(LIFE_HOURS).unwrap_or(0));
        let again = self.store().notice_retry(division.clone(), key.clone(), channel, now, later(now, life)).await?;
        let subject = format!("{key} {}", channel.name());
        self.note(asker, division, "notice-retried", &subject, if again { "done" } else { "had not failed" }).await;
        if again { Ok(()) } else { Err(Denied::NotFound) }
    }

    /// The city's quiet hours, each from a day on; its default where there are none.
    pub async fn quiet_hours(&self) -> Result<Vec<QuietHours>, Denied> {
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        let kept = self.store().quiet_list(&city).await?;
        Ok(if kept.is_empty() { vec![QuietHours::DEFAULT] } else { kept })
    }

    /// Sets the city's quiet hours from a day on.
    pub async fn quiet_put(&self, asker: &Asker, hours: QuietHours) -> Result<(), Denied> {
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        self.allow(asker, Deed::RunNotices, Place { division: &city, department: None }, "quiet hours").await?;
        self.store().quiet_put(city.clone(), hours).await?;
        let subject = format!("from {}: {} to {}", hours.since, hours.from, hours.to);
        self.note(asker, &city, "quiet-hours-set", &subject, "done").await;
        Ok(())
    }

    /// Over which channels notices are carried on this host, beside the inbox.
    pub fn notice_channels(&self) -> Vec<ChannelKind> {
        self.inner.notices.config.channels.iter().map(|channel| channel.kind()).collect()
    }
}
