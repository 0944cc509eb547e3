//! Messages to send: written with the fact that causes them, sent by workers.
//!
//! There are two ways in: [`Services::enqueue`] for what a debtor asked for or must be told, and
//! [`Services::pursue`], which takes a permit for each message. `cargo xtask check` holds that
//! nothing else writes here.

mod channel;
mod deliver;

pub use channel::{Channel, Channels, OutgoingMessage, SendError};

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{MessageId, OrganizationId, PartyId};
use domain::text::compact;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use store::entities::outbox_messages;
use store::outbox::status;
use store::{Tx, suppressed};

use crate::contact::Permitted;
use crate::{Mode, ServiceError, ServiceResult, Services};

/// What a message that pursues no debt is for: the debtor asked, or must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Somebody wants to sign in as the debtor.
    SignInCode,
    /// Money was taken.
    Receipt,
    /// The debtor opened a case.
    CaseAnswer,
}

impl Service {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignInCode => "sign_in_code",
            Self::Receipt => "receipt",
            Self::CaseAnswer => "case_answer",
        }
    }
}

/// Why a message may go out. There is no third way.
#[derive(Debug)]
pub enum Leave {
    /// It pursues a debt, and the law allows it now.
    Permitted(Permitted),
    /// It pursues none.
    Service,
}

/// A message that pursues no debt.
#[derive(Clone, Debug)]
pub struct NewMessage {
    pub organization_id: OrganizationId,
    pub party_id: Option<PartyId>,
    /// `email` or `sms`.
    pub channel: &'static str,
    pub recipient: String,
    pub subject: Option<String>,
    pub body: String,
}

/// A message that pursues a debt; by which channel, for whom and about what, its permit says.
#[derive(Clone, Debug)]
pub struct Pursuit {
    pub id: MessageId,
    pub recipient: String,
    pub subject: Option<String>,
    pub body: String,
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
const VIEWER_MESSAGES: u64 = 50;

impl Services {
    /// Puts a message into the outbox that the debtor asked for or must be told, unless its
    /// recipient said that they are somebody else: then it is kept as taken back. After
    /// `expires_at` it is of no use and not sent any more.
    pub(crate) async fn enqueue(
        &self,
        tx: &Tx,
        new: NewMessage,
        service: Service,
        expires_at: Option<DateTime<Utc>>,
    ) -> ServiceResult<MessageId> {
        let id = MessageId(self.new_id());
        let org = new.organization_id;
        let barred = !suppressed::among(tx, org, [new.recipient.as_str()]).await?.is_empty();
        let row = outbox_messages::ActiveModel {
            party_id: Set(new.party_id.map(|id| id.0)),
            channel: Set(new.channel.to_owned()),
            service: Set(Some(service.as_str().to_owned())),
            account_id: Set(None),
            decision_id: Set(None),
            next_try_at: Set(None),
            ..self.message_row(org, id, (new.recipient, new.subject, new.body), barred, expires_at)
        };
        outbox_messages::Entity::insert(row).exec_without_returning(tx).await?;
        Ok(id)
    }

    /// Puts messages that pursue debts into the outbox, each under its own permit, to be sent from
    /// the instant of the permit on. The worker asks for leave again when it sends.
    pub(crate) async fn pursue(
        &self,
        tx: &Tx,
        messages: Vec<(Permitted, Pursuit)>,
        expires_at: DateTime<Utc>,
    ) -> ServiceResult<()> {
        let Some(org) = messages.first().map(|(permitted, _)| permitted.organization()) else {
            return Ok(());
        };
        let recipients = messages.iter().map(|(_, message)| message.recipient.as_str());
        let barred = suppressed::among(tx, org, recipients).await?;
        let rows = messages.into_iter().map(|(permitted, message)| {
            let is_barred = barred.contains(&compact(&message.recipient));
            let text = (message.recipient, message.subject, message.body);
            outbox_messages::ActiveModel {
                party_id: Set(Some(permitted.debtor().0)),
                channel: Set(permitted.permit().channel().as_str().to_owned()),
                service: Set(None),
                account_id: Set(Some(permitted.account().0)),
                decision_id: Set(Some(permitted.decision().0)),
                next_try_at: Set(Some(permitted.permit().at())),
                ..self.message_row(permitted.organization(), message.id, text, is_barred, Some(expires_at))
            }
        });
        outbox_messages::Entity::insert_many(rows).exec_without_returning(tx).await?;
        Ok(())
    }

    fn message_row(
        &self,
        org: OrganizationId,
        id: MessageId,
        (recipient, subject, body): (String, Option<String>, String),
        barred: bool,
        expires_at: Option<DateTime<Utc>>,
    ) -> outbox_messages::ActiveModel {
        let status = if barred { status::CANCELLED } else { status::QUEUED };
        outbox_messages::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id.0),
            recipient: Set(recipient),
            subject: Set(subject),
            body: Set(body),
            created_at: Set(self.now()),
            status: Set(status.to_owned()),
            sent_at: Set(None),
            tries: Set(0),
            leased_until: Set(None),
            expires_at: Set(expires_at),
            failure: Set(barred.then(|| WRONG_PERSON.to_owned())),
            ..outbox_messages::ActiveModel::default()
        }
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
