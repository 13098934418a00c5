//! `notify`: messages by approved templates, kept until the call has ended well, and reminders, which use the same ones.
//!
//! Invariant: what a call that fails wanted to say is said to nobody.

use lotus_domain::activation::Grant;
use lotus_domain::case::CaseNumber;
use lotus_domain::hook::{Message, Reminder};
use lotus_domain::package::Capability;
use lotus_domain::text::Text;
use serde::{Deserialize, Serialize};

use crate::ports::NotifyError;
use crate::sandbox::Sandbox;

/// Longest idempotency key, in characters.
const LONGEST_KEY: usize = 64;

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum NotifyDenial {
    Denied,
    OverQuota { limit: u32, used: u32 },
    NotFound,
    OptedOut,
    Invalid(String),
    Unavailable,
}

impl From<NotifyError> for NotifyDenial {
    fn from(error: NotifyError) -> Self {
        match error {
            NotifyError::NotFound => Self::NotFound,
            NotifyError::OptedOut => Self::OptedOut,
            NotifyError::Unavailable => Self::Unavailable,
        }
    }
}

/// Whether a plugin may say this: an approved template, filled as it wants to be, under a key that makes it once.
fn worded(grant: &Grant, template: &str, values: &[(String, Text)], key: &str) -> Result<(), NotifyDenial> {
    let Some(template) = grant.template(template) else { return Err(NotifyDenial::Denied) };
    if !(1..=LONGEST_KEY).contains(&key.chars().count()) {
        return Err(NotifyDenial::Invalid("an idempotency key has 1 to 64 characters".to_owned()));
    }
    template.fits(values).map_err(NotifyDenial::Invalid)
}

/// Whether these reminders are in approved words; in words what is wrong with the first that is not.
pub(super) fn reminders_worded(grant: &Grant, reminders: &[Reminder]) -> Result<(), String> {
    reminders.iter().try_for_each(|reminder| {
        worded(grant, &reminder.template, &reminder.values, &reminder.key).map_err(|denial| match denial {
            NotifyDenial::Invalid(problem) => format!("a reminder: {problem}"),
            _ => "a reminder's template is not granted".to_owned(),
        })
    })
}

impl Sandbox {
    pub(crate) async fn notify_send(&mut self, message: Message) -> wasmtime::Result<Result<(), NotifyDenial>> {
        const FUNCTION: &str = "notify.send";
        if let Some(answer) = self.recall(Capability::Notify, FUNCTION, &message)? {
            return Ok(answer);
        }
        let answer = self.notify_taken(&message).await;
        self.note(Capability::Notify, FUNCTION, &message, &answer)?;
        if answer.is_ok() && !self.messages.iter().any(|kept| kept.key == message.key) {
            self.messages.push(message);
        }
        Ok(answer)
    }

    async fn notify_taken(&mut self, message: &Message) -> Result<(), NotifyDenial> {
        if !self.allows(Capability::Notify) {
            return Err(NotifyDenial::Denied);
        }
        worded(&self.grant, &message.template, &message.values, &message.key)?;
        let (limit, used) = (self.grant.messages, u32::try_from(self.messages.len()).unwrap_or(u32::MAX));
        if used >= limit {
            return Err(NotifyDenial::OverQuota { limit, used });
        }
        let case = CaseNumber::parse(&message.case).map_err(|_| NotifyDenial::NotFound)?;
        Ok(self.ports.notify_admit(&self.caller, &case, message).await?)
    }
}
