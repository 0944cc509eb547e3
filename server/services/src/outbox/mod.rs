//! Messages to send: written with the fact that causes them, sent by workers.

mod channel;
mod deliver;
mod tell;

pub use channel::{Channel, Channels, OutgoingMessage, SendError};
pub(crate) use tell::Telling;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{MessageId, OrganizationId, PartyId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use store::entities::outbox_messages;
use store::outbox::status;
use store::{Tx, refusals, suppressed};

use crate::{Mode, ServiceError, ServiceResult, Services};

/// A message to put into the outbox.
#[derive(Clone, Debug)]
pub struct NewMessage {
    pub organization_id: OrganizationId,
    pub party_id: Option<PartyId>,
    /// `email` or `sms`.
    pub channel: &'static str,
    pub recipient: String,
    pub subject: Option<String>,
    pub body: String,
    /// The person asked for it just now (a code, a receipt): it also goes where they refused contact.
    pub asked: bool,
}

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
    /// Why the last try failed, as a stable code: see [`SendError`].
    pub failure: Option<String>,
    pub next_try_at: Option<DateTime<Utc>>,
}

/// Why a message was taken back: its recipient is not the person it is for.
pub(crate) const WRONG_PERSON: &str = "wrong_person";
/// Why a message was not sent: its recipient does not wish to be reached there.
const REFUSED: &str = "refused";
const VIEWER_MESSAGES: u64 = 50;

impl Services {
    /// Puts a message into the outbox, unless its recipient said that they are somebody else, or that
    /// they do not wish to be reached there: then it is kept as taken back. After `expires_at` it is of no use and not sent any more.
    pub(crate) async fn enqueue(
        &self,
        tx: &Tx,
        new: NewMessage,
        expires_at: Option<DateTime<Utc>>,
    ) -> ServiceResult<MessageId> {
        let id = MessageId(self.new_id());
        let org = new.organization_id;
        let barred = if suppressed::among(tx, org, [new.recipient.as_str()]).await?.is_empty() {
            match new.party_id.filter(|_| !new.asked) {
                Some(party) => refusals::is_refused(tx, org, party, &new.recipient).await?.then_some(REFUSED),
                None => None,
            }
        } else {
            Some(WRONG_PERSON)
        };
        let status = if barred.is_some() { status::CANCELLED } else { status::QUEUED };
        let row = outbox_messages::ActiveModel {
            organization_id: Set(new.organization_id.0),
            id: Set(id.0),
            party_id: Set(new.party_id.map(|id| id.0)),
            channel: Set(new.channel.to_owned()),
            recipient: Set(new.recipient),
            subject: Set(new.subject),
            body: Set(new.body),
            created_at: Set(self.now()),
            status: Set(status.to_owned()),
            sent_at: Set(None),
            tries: Set(0),
            next_try_at: Set(None),
            leased_until: Set(None),
            expires_at: Set(expires_at),
            failure: Set(barred.map(str::to_owned)),
        };
        outbox_messages::Entity::insert(row).exec_without_returning(tx).await?;
        Ok(id)
    }

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
        let view = |row: outbox_messages::Model| MessageView {
            id: MessageId(row.id),
            channel: row.channel,
            recipient: row.recipient,
            subject: row.subject,
            body: row.body,
            created_at: row.created_at,
            status: row.status,
            sent_at: row.sent_at,
            failure: row.failure,
            next_try_at: row.next_try_at,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
