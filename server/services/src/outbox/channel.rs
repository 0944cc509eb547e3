//! The port of channels: each is an adapter that implements [`Channel`].

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::ids::MessageId;
use serde::{Deserialize, Serialize};
use store::outbox::Row;

use super::{Leave, Report};
use crate::payments::Headers;

/// The channels of a deployment, by name as messages carry it.
pub type Channels = BTreeMap<&'static str, Arc<dyn Channel>>;

/// A text that the provider approved before, for where free text is not allowed; `params` fill its
/// places in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderTemplate {
    pub name: String,
    /// As the provider spells it, for example `es_MX`.
    pub language: String,
    pub params: Vec<String>,
}

/// A message on its way out. Only the outbox's worker makes one, and only with leave: whoever
/// sends takes this, and so cannot pass the law by.
#[derive(Debug)]
pub struct OutgoingMessage {
    /// Stays the same over all tries: whoever receives it twice can tell.
    pub id: MessageId,
    pub recipient: String,
    pub subject: Option<String>,
    pub body: String,
    pub template: Option<ProviderTemplate>,
    /// The person wrote to us by this channel within the last 24 hours.
    pub in_conversation: bool,
    /// Where the person stops messages like this one with one click; none for what they asked for.
    pub stop: Option<String>,
    leave: Leave,
}

impl OutgoingMessage {
    pub(super) fn new(
        row: &Row,
        template: Option<ProviderTemplate>,
        in_conversation: bool,
        stop: Option<String>,
        leave: Leave,
    ) -> Self {
        Self {
            id: MessageId(row.id),
            recipient: row.recipient.clone(),
            subject: row.subject.clone(),
            body: row.body.clone(),
            template,
            in_conversation,
            stop,
            leave,
        }
    }

    /// Why it may go out.
    pub const fn leave(&self) -> &Leave {
        &self.leave
    }
}

/// Why a message did not go out. The codes are stable and hold no personal data; what they mean to
/// people is told by [`super::failure_words`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Worth trying again later, for example `unreachable` or `deferred:451`.
    #[error("{0}")]
    Later(String),
    /// It will never go out this way, for example `refused:550` or `bad_address`.
    #[error("{0}")]
    Never(String),
    /// Nor will any other message by this channel: the person refused it, and the provider knows.
    #[error("{0}")]
    OptedOut(String),
}

impl SendError {
    /// It is the provider that fails, or our account there, whoever the message is for.
    pub fn is_of_provider(&self) -> bool {
        let Self::Later(code) = self else { return false };
        let kind = code.split_once(':').map_or(code.as_str(), |(kind, _)| kind);
        matches!(kind, "unreachable" | "throttled" | "provider" | "account")
    }
}

/// The id under which the provider knows a message, where it gives one: what it reports later names
/// it.
pub type ProviderRef = Option<String>;

/// A way to reach people.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Hands the message over. `Ok` means that the other side took responsibility for it.
    async fn send(&self, message: &OutgoingMessage) -> Result<ProviderRef, SendError>;
}

/// A call of a provider, as it came.
pub struct Call<'a> {
    /// The address that the provider called, as the world knows it.
    pub url: &'a str,
    pub headers: Headers<'a>,
    pub body: &'a [u8],
}

/// Why a call is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBelieved {
    #[error("it is not signed by the provider")]
    Signature,
    #[error("it has not the form that the provider describes")]
    Form,
}

/// What a provider tells us without being asked.
pub trait Receiver: Send + Sync {
    /// The channel that it is about.
    fn channel(&self) -> &'static str;

    /// Verifies a call on its raw bytes and reads it.
    ///
    /// # Errors
    /// It is not the provider's, or cannot be read.
    fn reports(&self, call: &Call<'_>) -> Result<Vec<Report>, NotBelieved>;

    /// What to answer a provider that asks whether the address is ours; none when it is not for us.
    fn handshake(&self, _query: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        None
    }
}

/// The providers that call us, by their names in addresses.
pub type Receivers = BTreeMap<&'static str, Arc<dyn Receiver>>;
