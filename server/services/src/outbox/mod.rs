//! Messages to send: written with the fact that causes them, sent by workers.
//!
//! There are two ways in: [`Services::enqueue`] for what a debtor asked for or must be told, and
//! [`Services::pursue`], which takes a permit for each message. `cargo xtask check` holds that
//! nothing else writes here.

mod channel;
mod deliver;
mod tell;

pub use channel::{Channel, Channels, OutgoingMessage, SendError};
pub(crate) use tell::Telling;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{MessageId, OrganizationId, PartyId};
use domain::text::compact;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use store::entities::outbox_messages;
use store::outbox::status;
use store::{Tx, refusals, suppressed};

use crate::contact::Permitted;
use crate::{Mode, ServiceError, ServiceResult, Services};

/// What a message that pursues no debt is for: the debtor asked, or must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Somebody wants to sign in as the debtor.
    SignInCode,
    /// Money was taken.
    Receipt,
    /// Automatic payment, which the debtor switched on: what it will charge, and how that went.
    Autopay,
    /// The debtor opened a case.
    CaseAnswer,
}

impl Service {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignInCode => "sign_in_code",
            Self::Receipt => "receipt",
            Self::Autopay => "autopay",
            Self::CaseAnswer => "case_answer",
        }
    }

    /// The person waits for it: it goes even where they do not wish to be reached.
    const fn was_asked_for(self) -> bool {
        matches!(self, Self::SignInCode | Self::Receipt | Self::Autopay)
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
/// Why a message was not sent: its recipient does not wish to be reached there.
const REFUSED: &str = "refused";
const VIEWER_MESSAGES: u64 = 50;

impl Services {
    /// Puts a message into the outbox that the debtor asked for or must be told, unless its
    /// recipient said that they are somebody else, or does not wish to be reached there and did
    /// not ask for it: then it is kept as taken back. After `expires_at` it is of no use and not
    /// sent any more.
    pub(crate) async fn enqueue(
        &self,
        tx: &Tx,
        new: NewMessage,
        service: Service,
        expires_at: Option<DateTime<Utc>>,
    ) -> ServiceResult<MessageId> {
        let id = MessageId(self.new_id());
        let org = new.organization_id;
        let barred = if !suppressed::among(tx, org, [new.recipient.as_str()]).await?.is_empty() {
            Some(WRONG_PERSON)
        } else if let Some(party) = new.party_id.filter(|_| !service.was_asked_for()) {
            refusals::is_refused(tx, org, party, &new.recipient).await?.then_some(REFUSED)
        } else {
            None
        };
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
        let wrong = suppressed::among(tx, org, recipients).await?;
        let people = messages.iter().map(|(permitted, _)| permitted.debtor());
        let refused = refusals::of_many(tx, org, people).await?;
        let rows = messages.into_iter().map(|(permitted, message)| {
            let key = compact(&message.recipient);
            let barred = if wrong.contains(&key) {
                Some(WRONG_PERSON)
            } else {
                refused.contains(&(permitted.debtor(), key)).then_some(REFUSED)
            };
            let text = (message.recipient, message.subject, message.body);
            outbox_messages::ActiveModel {
                party_id: Set(Some(permitted.debtor().0)),
                channel: Set(permitted.permit().channel().as_str().to_owned()),
                service: Set(None),
                account_id: Set(Some(permitted.account().0)),
                decision_id: Set(Some(permitted.decision().0)),
                next_try_at: Set(Some(permitted.permit().at())),
                ..self.message_row(permitted.organization(), message.id, text, barred, Some(expires_at))
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
        barred: Option<&str>,
        expires_at: Option<DateTime<Utc>>,
    ) -> outbox_messages::ActiveModel {
        let status = if barred.is_some() { status::CANCELLED } else { status::QUEUED };
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
            failure: Set(barred.map(str::to_owned)),
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
