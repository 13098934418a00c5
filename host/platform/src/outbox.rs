//! What plugins want to be said: admitted during a call, handed over once it has ended well.

use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::hook::Message;
use lotus_runtime::{Caller, NotifyError};

use crate::plugin::Active;
use crate::ports::Sources;
use crate::start::Platform;

impl Sources {
    /// Whether a message about a case can be sent.
    pub(crate) async fn admit(&self, caller: &Caller, case: &CaseNumber, _: &Message) -> Result<(), NotifyError> {
        self.own_case(caller, case).await.map_err(|_| NotifyError::NotFound)?;
        Err(NotifyError::Unavailable)
    }
}

impl Platform {
    /// Hands over what a call that ended well wants to be sent.
    pub(crate) async fn hand_over(&self, division: &Division, active: &Active, messages: Vec<Message>) {
        if !messages.is_empty() {
            tracing::error!(%division, plugin = active.id(), count = messages.len(), "messages without an outbox");
        }
    }
}
