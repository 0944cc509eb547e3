//! The port of channels: each is an adapter that implements [`Channel`].

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::ids::MessageId;
use store::outbox::Row;

use super::Leave;

/// The channels of a deployment, by name as messages carry it.
pub type Channels = BTreeMap<&'static str, Arc<dyn Channel>>;

/// A message on its way out. Only the outbox's worker makes one, and only with leave: whoever
/// sends takes this, and so cannot pass the law by.
#[derive(Debug)]
pub struct OutgoingMessage {
    /// Stays the same over all tries: whoever receives it twice can tell.
    pub id: MessageId,
    pub recipient: String,
    pub subject: Option<String>,
    pub body: String,
    leave: Leave,
}

impl OutgoingMessage {
    pub(super) fn new(row: &Row, leave: Leave) -> Self {
        Self {
            id: MessageId(row.id),
            recipient: row.recipient.clone(),
            subject: row.subject.clone(),
            body: row.body.clone(),
            leave,
        }
    }

    /// Why it may go out.
    pub const fn leave(&self) -> &Leave {
        &self.leave
    }
}

/// Why a message did not go out. The codes are stable and hold no personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Worth trying again later, for example `unreachable` or `deferred:451`.
    #[error("{0}")]
    Later(String),
    /// It will never go out this way, for example `refused:550` or `bad_address`.
    #[error("{0}")]
    Never(String),
}

/// A way to reach people.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Hands the message over. `Ok` means that the other side took responsibility for it.
    async fn send(&self, message: &OutgoingMessage) -> Result<(), SendError>;
}
