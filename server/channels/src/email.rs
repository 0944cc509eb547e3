//! E-mail over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use services::outbox::{Channel, OutgoingMessage, ProviderRef, SendError};

/// The name under which messages ask for this channel.
pub const NAME: &str = "email";
/// A server that says nothing for so long is given up for now.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends through one SMTP server, which takes it from there.
#[derive(Debug)]
pub struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    #[error("the address of the SMTP server is not understood: {0}")]
    Server(String),
    #[error("the sender is not an address such as \"Agency <cobranza@example.com>\": {0}")]
    Sender(String),
}

impl Email {
    /// `url` as `smtps://user:password@host:465`, `smtp://user:password@host:587?tls=required`, or
    /// `smtp://127.0.0.1:25` for a relay on this machine; `from` as `Agency <cobranza@example.com>`.
    ///
    /// # Errors
    /// One of them cannot be read; the message holds no password.
    pub fn new(url: &str, from: &str) -> Result<Self, BadSettings> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let transport = transport.map_err(|error| BadSettings::Server(error.to_string()))?;
        let from = from.parse().map_err(|error| BadSettings::Sender(format!("{error}")))?;
        Ok(Self { transport: transport.timeout(Some(PATIENCE)).build(), from })
    }

    fn letter(&self, message: &OutgoingMessage) -> Result<Message, SendError> {
        let never = |code: &str| SendError::Never(code.to_owned());
        let to: Mailbox = message.recipient.parse().map_err(|_| never("bad_address"))?;
        let domain = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(message.subject.clone().unwrap_or_default())
            .message_id(Some(format!("<{}@{domain}>", message.id)))
            .header(ContentType::TEXT_PLAIN)
            .body(message.body.clone())
            .map_err(|_| never("bad_message"))
    }
}

#[async_trait]
impl Channel for Email {
    async fn send(&self, message: &OutgoingMessage) -> Result<ProviderRef, SendError> {
        let letter = self.letter(message)?;
        self.transport.send(letter).await.map(|_| None).map_err(|error| told(&error))
    }
}

/// The server's answer may repeat the address, so only its code is kept.
fn told(error: &SmtpError) -> SendError {
    let code = error.status().map(|code| code.to_string());
    match code {
        Some(code) if error.is_permanent() => SendError::Never(format!("refused:{code}")),
        Some(code) => SendError::Later(format!("deferred:{code}")),
        None => SendError::Later("unreachable".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn settings_that_make_no_sense_are_refused() {
        assert!(matches!(Email::new("ftp://x", "a@example.com"), Err(BadSettings::Server(_))));
        assert!(matches!(Email::new("smtp://127.0.0.1:25", "nobody"), Err(BadSettings::Sender(_))));
        assert!(Email::new("smtp://127.0.0.1:25", "Agencia <a@example.com>").is_ok());
    }
}
