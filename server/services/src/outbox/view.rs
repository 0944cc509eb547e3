//! Looking at the outbox.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::MessageId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::entities::outbox_messages;
use store::outbox::status;

use super::words::{FailureWords, failure_words};
use crate::{Mode, ServiceError, ServiceResult, Services};

const VIEWER_MESSAGES: u64 = 50;

/// A message as the viewer shows it.
#[derive(Clone, Debug)]
pub struct MessageView {
    pub id: MessageId,
    pub channel: String,
    pub recipient: String,
    pub subject: Option<String>,
    pub body: String,
    pub created_at: DateTime<Utc>,
    pub status: String,
    pub sent_at: Option<DateTime<Utc>>,
    /// How far it came after it was sent, as the provider reports: see [`super::Delivery`].
    pub delivery: Option<String>,
    /// Why the last try failed or it did not arrive, as a stable code: see [`super::SendError`].
    pub failure: Option<String>,
    pub next_try_at: Option<DateTime<Utc>>,
}

impl From<outbox_messages::Model> for MessageView {
    fn from(row: outbox_messages::Model) -> Self {
        Self {
            id: MessageId(row.id),
            channel: row.channel,
            recipient: row.recipient,
            subject: row.subject,
            body: row.body,
            created_at: row.created_at,
            status: row.status,
            sent_at: row.sent_at,
            delivery: row.delivery,
            failure: row.failure,
            next_try_at: row.next_try_at,
        }
    }
}

impl MessageView {
    /// Why it did not arrive, and what to do next.
    pub fn failure_words(&self) -> Option<FailureWords> {
        let waits = self.status == status::QUEUED;
        self.failure.as_deref().map(|code| failure_words(code, waits))
    }
}

impl Services {
    /// The newest messages of all organizations, for the demo's outbox viewer.
    ///
    /// # Errors
    /// `NotFound` outside demo mode.
    pub async fn demo_outbox(&self) -> ServiceResult<Vec<MessageView>> {
        if self.mode != Mode::Demo {
            return Err(ServiceError::NotFound);
        }
        self.messages(outbox_messages::Entity::find()).await
    }

    /// The newest messages of the actor's organization.
    ///
    /// # Errors
    /// `Denied`, or the database fails.
    pub async fn outbox(&self, actor: &Actor) -> ServiceResult<Vec<MessageView>> {
        actor.require(Permission::OutboxRead)?;
        let own = outbox_messages::Column::OrganizationId.eq(actor.organization_id.0);
        self.messages(outbox_messages::Entity::find().filter(own)).await
    }

    async fn messages(
        &self,
        query: sea_orm::Select<outbox_messages::Entity>,
    ) -> ServiceResult<Vec<MessageView>> {
        let newest = query.order_by_desc(outbox_messages::Column::CreatedAt).limit(VIEWER_MESSAGES);
        let rows = newest.all(self.db.read()).await?;
        Ok(rows.into_iter().map(MessageView::from).collect())
    }
}
