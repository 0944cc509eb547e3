//! E-mail over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
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
    /// Where what does not arrive comes back to; none: to the sender.
    bounces: Option<Address>,
}

/// Where mail programs stop messages like this one: RFC 2369 section 3.2.
#[derive(Clone)]
struct ListUnsubscribe(String);

/// That one call of that address does it: RFC 8058 section 3.1.
#[derive(Clone)]
struct ListUnsubscribePost;

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.trim_matches(['<', '>']).to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), format!("<{}>", self.0))
    }
}

impl Header for ListUnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    #[error("the address of the SMTP server is not understood: {0}")]
    Server(String),
    #[error("the sender is not an address such as \"Agency <cobranza@example.com>\": {0}")]
    Sender(String),
    #[error("where e-mail comes back to is not an address such as bounces@example.com: {0}")]
    Bounces(String),
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
        Ok(Self { transport: transport.timeout(Some(PATIENCE)).build(), from, bounces: None })
    }

    /// What does not arrive comes back to this address with the message's id behind a plus sign, as
    /// `bounces+0197…@example.com`, so that it is told which message it was even where the report
    /// does not hold it. The mail server hands it to `saldar bounce`.
    ///
    /// # Errors
    /// It is no address.
    pub fn with_bounces(mut self, address: &str) -> Result<Self, BadSettings> {
        let address = address.parse().map_err(|error| BadSettings::Bounces(format!("{error}")))?;
        self.bounces = Some(address);
        Ok(self)
    }

    /// Who sends on the envelope: each message its own, where its way back is known.
    fn envelope(&self, message: &OutgoingMessage, to: &Mailbox) -> Option<Envelope> {
        let bounces = self.bounces.as_ref()?;
        let user = format!("{}+{}", bounces.user(), message.id);
        let from = Address::new(user, bounces.domain()).ok()?;
        Envelope::new(Some(from), vec![to.email.clone()]).ok()
    }

    fn letter(&self, message: &OutgoingMessage) -> Result<Message, SendError> {
        let never = |code: &str| SendError::Never(code.to_owned());
        let to: Mailbox = message.recipient.parse().map_err(|_| never("bad_address"))?;
        let domain = self.from.email.domain();
        let mut letter = Message::builder();
        if let Some(envelope) = self.envelope(message, &to) {
            letter = letter.envelope(envelope);
        }
        if let Some(stop) = &message.stop {
            letter = letter.header(ListUnsubscribe(stop.clone()));
            // Mail programs call nothing but HTTPS.
            if stop.starts_with("https://") {
                letter = letter.header(ListUnsubscribePost);
            }
        }
        letter
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
        // A bounce names the message by our own id.
        let known_as = Some(message.id.to_string());
        self.transport.send(letter).await.map(|_| known_as).map_err(|error| told(&error))
    }
}

/// Codes of a server that takes nothing from us, whoever it is for: it is not available (RFC 5321
/// section 3.8), or does not know us (RFC 4954 section 6).
const OF_SERVER: &str = "421";
const OF_ACCOUNT: [&str; 6] = ["432", "454", "530", "534", "535", "538"];

/// The server's answer may repeat the address, so only its code is kept.
fn told(error: &SmtpError) -> SendError {
    let code = error.status().map(|code| code.to_string());
    match code {
        Some(code) if code == OF_SERVER => SendError::Later(format!("provider:{code}")),
        Some(code) if OF_ACCOUNT.contains(&code.as_str()) => SendError::Later(format!("account:{code}")),
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
