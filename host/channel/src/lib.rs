//! What carries notices outside, behind one trait: SMS and calls through an HTTP gateway, e-mail through SMTP.
//!
//! A channel is told the same reference again when it is asked to send the same thing again, and passes it on: the gateway
//! as its idempotency key, e-mail as the message's id. So a sender that died between sending and noting it does no harm.
//!
//! Invariant: an error says whether trying again can help, and never whom it was about. The portal's inbox needs no
//! carrying: a message is there in the transaction that wrote it.

mod gateway;
mod signature;
mod smtp;

use async_trait::async_trait;
use lotus_domain::notice::ChannelKind;

pub use gateway::{Gateway, GatewayConfig, Receipt, Receipts, ReceiptsError};
pub use signature::Secret;
pub use smtp::{Smtp, SmtpConfig, SmtpSecurity};

/// Something to be carried.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is called outside: the same for the same thing. Letters, digits and `-`.
    pub reference: String,
    /// A telephone number or an e-mail address.
    pub to: String,
    /// Its headline, in the recipient's language; one line.
    pub title: String,
    /// What it says.
    pub body: String,
    /// BCP 47.
    pub language: &'static str,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// Why something was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Whoever carries is away, busy or wrongly set up: worth trying again.
    #[error("away: {0}")]
    Away(String),
    /// It will never take this one.
    #[error("refused: {0}")]
    Refused(String),
}

/// Something that can't be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the channel {channel} can't be set up: {problem}")]
pub struct SetUpError {
    /// Which channel.
    pub channel: &'static str,
    /// What is wrong.
    pub problem: String,
}

/// What carries notices outside.
#[async_trait]
pub trait Channel: std::fmt::Debug + Send + Sync {
    /// Which channel it is.
    fn kind(&self) -> ChannelKind;

    /// Hands a letter over; what it is called there.
    async fn send(&self, letter: &Letter) -> Result<String, SendError>;
}
