//! What plugins want to be said: admitted during a call, handed over once it has ended well, told once for each key.

use jiff::{SignedDuration, Timestamp};
use lotus_domain::account::AccountId;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::district::Division;
use lotus_domain::hook::{Message, Recipient};
use lotus_domain::notice::{self, ChannelKind, Kind, Notice, NoticeKey};
use lotus_domain::text::Text;
use lotus_runtime::{Caller, NotifyError};
use lotus_store::StoreError;

use crate::hooks::{Reminding, outbox_key};
use crate::plugin::Active;
use crate::ports::Sources;
use crate::start::Platform;

/// What a plugin says goes to the inbox and as an SMS; what is no news after a week is not carried any more.
const CHANNELS: [ChannelKind; 2] = [ChannelKind::Inbox, ChannelKind::Sms];
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

fn away(error: &StoreError) -> NotifyError {
    tracing::warn!(%error, "the outbox is away");
    NotifyError::Unavailable
}

/// The account that a message about a case goes to.
fn told(case: &Case, to: Recipient) -> Option<&AccountId> {
    match to {
        Recipient::Applicant => case.account.as_ref(),
        Recipient::Handler => case.assigned.as_ref(),
    }
}

impl Sources {
    /// Whether a message about a case can be sent: it is the plugin's own, somebody is there, and wants it.
    pub(crate) async fn admit(&self, caller: &Caller, case: &CaseNumber, message: &Message) -> Result<(), NotifyError> {
        let file = self.own_case(caller, case).await.map_err(|error| match error {
            lotus_runtime::CaseFileError::Unavailable => NotifyError::Unavailable,
            _ => NotifyError::NotFound,
        })?;
        let account = told(&file.case, message.to).ok_or(NotifyError::NotFound)?;
        let city = self.city.load();
        let city = city.districts.iter().find(|district| district.is_city).ok_or(NotifyError::Unavailable)?;
        let wants = self.store.preference_get(&city.division, account).await.map_err(|error| away(&error))?;
        if wants.off.contains(&Kind::Milestone) { Err(NotifyError::OptedOut) } else { Ok(()) }
    }
}

/// A plugin's words as a notice; none where its id is no part of a key.
struct Said<'a> {
    plugin: &'a str,
    template: &'a str,
    key: String,
    title: Text,
    body: Text,
}

impl Said<'_> {
    fn notice(self, division: &Division, case: &CaseNumber, to: &AccountId, now: Timestamp) -> Option<Notice> {
        Some(Notice {
            division: division.clone(),
            key: NoticeKey::parse(self.key).ok()?,
            to: notice::Recipient::Account(to.clone()),
            kind: Kind::Milestone,
            template: format!("{}/{}", self.plugin, self.template),
            title: self.title,
            body: self.body,
            channels: CHANNELS.to_vec(),
            case: Some(case.clone()),
            urgent: false,
            created: now,
            not_before: now,
            until: now.checked_add(LIFE).unwrap_or(Timestamp::MAX),
        })
    }
}

impl Platform {
    /// Hands over what a call that ended well wants to be sent.
    pub(crate) async fn hand_over(&self, division: &Division, active: &Active, messages: Vec<Message>) {
        if messages.is_empty() {
            return;
        }
        if let Err(error) = self.put_messages(division, active, messages).await {
            tracing::error!(%division, plugin = active.id(), %error, "messages of a plugin did not reach the outbox");
        }
    }

    async fn put_messages(
        &self,
        division: &Division,
        active: &Active,
        messages: Vec<Message>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut notices = Vec::new();
        for message in messages {
            let Ok(number) = CaseNumber::parse(&message.case) else { continue };
            let Some(file) = self.store().case_recent(division, &number, 1).await? else { continue };
            let Some(to) = told(&file.case, message.to) else { continue };
            let Some(template) = active.activation.grant.template(&message.template) else { continue };
            let said = Said {
                plugin: active.id(),
                template: &message.template,
                key: outbox_key(active.id(), &message.key),
                title: template.title.clone(),
                body: template.filled(&message.values),
            };
            notices.extend(said.notice(division, &number, to, now));
        }
        self.store().notice_put(division.clone(), notices).await.map(|_| ())
    }

    /// Puts reminders for a case's applicant into the outbox, each not before its moment; how many were new.
    pub async fn remind(
        &self,
        division: &Division,
        case: &CaseNumber,
        to: &AccountId,
        reminders: Vec<Reminding>,
    ) -> Result<u32, StoreError> {
        let now = self.now();
        let notices = reminders.into_iter().filter_map(|reminding| {
            let at = reminding.reminder.at.max(now);
            let said = Said {
                plugin: &reminding.plugin,
                template: &reminding.reminder.template,
                key: reminding.outbox_key(),
                title: reminding.title.clone(),
                body: reminding.body.clone(),
            };
            let notice = said.notice(division, case, to, now)?;
            Some(Notice { not_before: at, until: at.checked_add(LIFE).unwrap_or(Timestamp::MAX), ..notice })
        });
        self.store().notice_put(division.clone(), notices.collect()).await
    }
}
