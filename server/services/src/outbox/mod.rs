//! Messages to send: written with the fact that causes them, sent by workers.
//!
//! There are two ways in: [`Services::enqueue`] for what a debtor asked for or must be told, and
//! [`Services::pursue`], which takes a permit for each message. `cargo xtask check` holds that
//! nothing else writes here.

mod answer;
mod breaker;
mod channel;
mod deliver;
mod followed;
mod inbound;
mod letters;
mod lifted;
mod reports;
mod tell;
mod view;
mod words;

pub(crate) use answer::ANSWER;
pub use answer::{AnswerForm, AnswerWay, NewAnswer, Says, ThreadLine};
pub use breaker::{ChannelState, Stopped};
pub use channel::{
    Call, Channel, Channels, NotBelieved, OutgoingMessage, ProviderRef, ProviderTemplate, Receiver,
    Receivers, SendError,
};
pub use followed::ADDRESS as LINK;
pub use inbound::{InboundView, Inbox};
pub use letters::{
    AccountLetter, BatchLine, BatchView, LetterDesk, LetterFile, LetterLine, LetterSheet, LetterState,
    LetterText, MadeBatch, NewBatch, WaitingGroup, WaitingLetter,
};
pub use reports::{Delivery, Report};
pub(crate) use tell::Telling;
pub use view::MessageView;
pub use words::{FailureWords, failure_words};

use chrono::{DateTime, Utc};
use domain::ids::{MessageId, OrganizationId, PartyId};
use domain::text::{compact, phone_key};
use sea_orm::{EntityTrait, Set};
use store::entities::outbox_messages;
use store::outbox::status;
use store::{Tx, channel_refusals, refusals, suppressed};

use crate::contact::Permitted;
use crate::{ServiceResult, Services};

/// What a message that pursues no debt is for: the debtor asked, or must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Somebody wants to sign in as the debtor.
    SignInCode,
    /// Money was taken.
    Receipt,
    /// Automatic payment, which the debtor switched on: what it will charge, and how that went.
    Autopay,
    /// A person answered what the debtor said, asked or proposed.
    CaseAnswer,
    /// The debtor refused a channel, or opened it again: told once.
    ChannelChoice,
}

impl Service {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignInCode => "sign_in_code",
            Self::Receipt => "receipt",
            Self::Autopay => "autopay",
            Self::CaseAnswer => "case_answer",
            Self::ChannelChoice => "channel_choice",
        }
    }

    /// The person waits for it: it goes even where they do not wish to be reached.
    const fn was_asked_for(self) -> bool {
        matches!(self, Self::SignInCode | Self::Receipt | Self::Autopay | Self::ChannelChoice)
    }

    /// The same of a service by its name.
    pub(crate) fn goes_all_the_same(name: &str) -> bool {
        [Self::SignInCode, Self::Receipt, Self::Autopay, Self::CaseAnswer, Self::ChannelChoice]
            .into_iter()
            .any(|service| service.as_str() == name && service.was_asked_for())
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
    /// For channels that take free text only as an answer.
    pub template: Option<ProviderTemplate>,
    /// It answers what the person wrote.
    pub is_answer: bool,
    /// The code of the link in its text (see `followed`); none where it has none of its own.
    pub link: Option<String>,
}

/// Why a message was taken back: its recipient is not the person it is for.
pub(crate) const WRONG_PERSON: &str = "wrong_person";
/// Why a message was not sent: its recipient does not wish to be reached there.
const REFUSED: &str = "refused";

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
            let is_refused = refusals::is_refused(tx, org, party, &new.recipient).await?
                || channel_refusals::is_refused(tx, org, new.channel, &new.recipient).await?;
            is_refused.then_some(REFUSED)
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
            template: Set(None),
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
        let phones = messages.iter().map(|(_, message)| message.recipient.as_str());
        let stopped = channel_refusals::of_many(tx, org, phones).await?;
        let linked: Vec<(String, MessageId, PartyId)> = messages
            .iter()
            .filter_map(|(permitted, message)| Some((message.link.clone()?, message.id, permitted.debtor())))
            .collect();
        store::message_links::keep(tx, org, linked, self.now()).await?;
        let rows = messages.into_iter().map(|(permitted, message)| {
            let key = compact(&message.recipient);
            let barred = if wrong.contains(&key) {
                Some(WRONG_PERSON)
            } else {
                let channel = permitted.permit().channel().as_str().to_owned();
                let is_refused = refused.contains(&(permitted.debtor(), key))
                    || stopped.contains(&(channel, phone_key(&message.recipient)));
                is_refused.then_some(REFUSED)
            };
            // A name and texts: they become JSON.
            let template = message.template.and_then(|template| serde_json::to_value(template).ok());
            let text = (message.recipient, message.subject, message.body);
            let channel = permitted.permit().channel();
            // People print letters, not every day.
            let expires_at = if channel == domain::contact::Channel::Letter {
                expires_at.max(permitted.permit().at() + letters::WAITS)
            } else {
                expires_at
            };
            outbox_messages::ActiveModel {
                party_id: Set(Some(permitted.debtor().0)),
                channel: Set(channel.as_str().to_owned()),
                service: Set(message.is_answer.then(|| ANSWER.to_owned())),
                account_id: Set(Some(permitted.account().0)),
                decision_id: Set(Some(permitted.decision().0)),
                next_try_at: Set(Some(permitted.permit().at())),
                template: Set(template),
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
            provider_ref: Set(None),
            began_at: Set(None),
            delivery: Set(None),
            delivery_at: Set(None),
            ..outbox_messages::ActiveModel::default()
        }
    }
}
