//! E-mail by SMTP. The reference is the message's id, so that a mailbox that gets one twice shows it once.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use lotus_domain::notice::ChannelKind;

use crate::{Channel, Letter, SendError, SetUpError};

/// How the way to the server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS after STARTTLS; without it nothing is sent.
    StartTls,
    /// None: to a server on this machine alone.
    None,
}

/// Where the server is and who sends.
#[derive(Clone)]
pub struct SmtpConfig {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is secured.
    pub security: SmtpSecurity,
    /// The account's name and password, where there is one.
    pub credentials: Option<(String, String)>,
    /// From whom, e.g. `莲城政务 <notice@example.gov.cn>`.
    pub from: String,
    /// The longest that one step may take.
    pub timeout: Duration,
}

impl std::fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpConfig").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// An SMTP server.
pub struct Smtp {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("from", &self.from.email.domain()).finish_non_exhaustive()
    }
}

impl Smtp {
    /// A server; nothing is connected yet.
    pub fn new(config: SmtpConfig) -> Result<Self, SetUpError> {
        let wrong = |problem: String| SetUpError { channel: "email", problem };
        let from: Mailbox = config.from.parse().map_err(|error| wrong(format!("from: {error}")))?;
        let is_here = matches!(config.host.as_str(), "127.0.0.1" | "::1" | "localhost");
        if config.security == SmtpSecurity::None && !is_here {
            return Err(wrong("without TLS only a server on this machine is spoken to".to_owned()));
        }
        let parameters = || TlsParameters::new(config.host.clone()).map_err(|error| wrong(error.to_string()));
        let tls = match config.security {
            SmtpSecurity::Tls => Tls::Wrapper(parameters()?),
            SmtpSecurity::StartTls => Tls::Required(parameters()?),
            SmtpSecurity::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.as_str())
            .port(config.port)
            .tls(tls)
            .timeout(Some(config.timeout));
        if let Some((name, password)) = config.credentials {
            builder = builder.credentials(Credentials::new(name, password));
        }
        Ok(Self { from, transport: builder.build() })
    }
}

/// Whether trying again can help, without the server's words where they may name the recipient.
fn failed(error: &Error) -> SendError {
    let code = error.status().map_or_else(|| "no answer".to_owned(), |code| format!("SMTP {code}"));
    if error.is_permanent() { SendError::Refused(code) } else { SendError::Away(code) }
}

#[async_trait]
impl Channel for Smtp {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Email
    }

    async fn send(&self, letter: &Letter) -> Result<String, SendError> {
        let to: Mailbox = letter.to.parse().map_err(|_| SendError::Refused("the address is none".to_owned()))?;
        let id = format!("<{}@{}>", letter.reference, self.from.email.domain());
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&letter.title)
            .message_id(Some(id.clone()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|error| SendError::Refused(error.to_string()))?;
        self.transport.send(message).await.map_err(|error| failed(&error))?;
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The transport keeps its connections in the runtime.
    #[tokio::test]
    async fn a_server_elsewhere_is_never_spoken_to_without_tls() {
        let config = |host: &str, security| SmtpConfig {
            host: host.to_owned(),
            port: 25,
            security,
            credentials: None,
            from: "莲城政务 <notice@example.gov.cn>".to_owned(),
            timeout: Duration::from_secs(1),
        };
        assert!(Smtp::new(config("127.0.0.1", SmtpSecurity::None)).is_ok());
        assert!(Smtp::new(config("mail.example.cn", SmtpSecurity::None)).is_err());
        assert!(Smtp::new(config("mail.example.cn", SmtpSecurity::StartTls)).is_ok());
        assert!(
            Smtp::new(SmtpConfig { from: "nobody".to_owned(), ..config("127.0.0.1", SmtpSecurity::None) }).is_err()
        );
    }
}
