//! Staff answer what people write by SMS or WhatsApp. The answer speaks of a debt: it takes a permit as
//! every contact that pursues one, whoever wrote first, since no norm of the packs exempts answers in
//! writing. It goes all the same where the debt is paid or promised meanwhile: the person asked something.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Permission};
use domain::contact::Channel;
use domain::ids::{AccountId, MessageId, OrganizationId, PartyId, TemplateId};
use domain::party::ContactKind;
use domain::text::{Say, cover_cards, phone_key};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use store::contact::{self, Facts};
use store::entities::outbox_messages;
use store::inbound::{self, Inbound, Which};
use store::{Tx, accounts, ledger, outbox, parties, templates};
use uuid::Uuid;

use super::deliver::CONVERSATION;
use super::inbound::InboundView;
use super::{MessageView, Pursuit};
use crate::contact::{Act, Answer, Ask, DecisionLine, Permitted, why_not};
use crate::{ServiceError, ServiceResult, Services};

/// What [`store::entities::outbox_messages::Model::service`] says of an answer. It has a decision, too.
pub(crate) const ANSWER: &str = "answer";
/// Characters of an answer: three parts of an SMS, and what is read on a phone.
const LONGEST: usize = 400;
/// How long an answer is worth sending.
const LIVES: TimeDelta = TimeDelta::days(1);
/// Messages of a thread that a page shows.
const SHOWN: u64 = 30;

/// One message of what was written between a person and us.
#[derive(Clone, Debug)]
pub enum ThreadLine {
    Theirs(InboundView),
    Ours(MessageView),
}

/// How the newest message of a person that waits for an answer may be answered; where none waits, the newest.
#[derive(Clone, Debug)]
pub struct AnswerForm {
    pub to: Uuid,
    pub channel: Channel,
    pub sender: String,
    /// Whether the law allows it now, and else when.
    pub now: DecisionLine,
    pub way: AnswerWay,
}

#[derive(Clone, Debug)]
pub enum AnswerWay {
    FreeText,
    /// WhatsApp takes free text for 24 hours after the person's last message only; then what its provider
    /// has approved: <https://developers.facebook.com/docs/whatsapp/pricing#customer-service-windows>.
    Templates(Vec<(TemplateId, String)>),
    /// Nothing goes out by this channel: there is no provider, or the organization switched it off.
    Closed(&'static str),
}

/// An answer to send.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    /// Made by the form, so that a double post sends one.
    pub id: MessageId,
    /// The debt that it speaks of.
    pub account: AccountId,
    /// The message that it answers.
    pub to: Uuid,
    pub says: Says,
}

/// What an answer says.
#[derive(Clone, Debug)]
pub enum Says {
    Text(String),
    Template(TemplateId),
}

fn written_channel(name: &str) -> Option<Channel> {
    name.parse().ok().filter(|channel| matches!(channel, Channel::Sms | Channel::Whatsapp))
}

fn refused(es: &str, en: &str) -> ServiceError {
    ServiceError::invalid("answer", es, en)
}

impl Services {
    /// What was written between a person and us by phone, the newest first. The caller has noted the look.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn thread(
        &self,
        actor: &Actor,
        party: PartyId,
    ) -> ServiceResult<Vec<(DateTime<Utc>, ThreadLine)>> {
        let theirs = self.messages_from(actor, party).await?;
        let ours = outbox_messages::Entity::find()
            .filter(outbox_messages::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(outbox_messages::Column::PartyId.eq(party.0))
            .filter(outbox_messages::Column::Service.eq(ANSWER))
            .order_by_desc(outbox_messages::Column::CreatedAt)
            .limit(SHOWN)
            .all(self.db.read())
            .await?;
        let theirs = theirs.into_iter().map(|one| (one.at, ThreadLine::Theirs(one)));
        let ours = ours.into_iter().map(|row| (row.created_at, ThreadLine::Ours(MessageView::from(row))));
        let mut lines: Vec<_> = theirs.chain(ours).collect();
        lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Ok(lines)
    }

    /// How the newest message of an account's debtor may be answered; none for whoever may not, and where
    /// nobody wrote.
    ///
    /// # Errors
    /// `NotFound`, or the database.
    pub async fn answer_form(&self, actor: &Actor, account: AccountId) -> ServiceResult<Option<AnswerForm>> {
        if actor.require(Permission::CaseHandle).is_err() {
            return Ok(None);
        }
        let (db, org, now) = (self.db.read(), actor.organization_id, self.now());
        let facts = contact::facts(db, org, &[account], now.date_naive()).await?;
        let own = facts.get(&account).ok_or(ServiceError::NotFound)?;
        let wrote = inbound::newest(db, org, Which::Of(own.debtor.id), SHOWN).await?;
        let mut newest: Vec<_> =
            wrote.into_iter().filter_map(|row| Some((written_channel(&row.channel)?, row))).collect();
        // A stable sort: the newest of those that wait, else the newest.
        newest.sort_by_key(|(_, row)| !row.waits);
        let Some((channel, row)) = newest.into_iter().next() else { return Ok(None) };
        let closed = contact::closed(db, org, std::iter::once(own), &self.providers).await?;
        let way = if let Some(why) = closed.why_all(channel) {
            AnswerWay::Closed(why)
        } else if channel == Channel::Sms || self.in_conversation(db, org, &row).await? {
            AnswerWay::FreeText
        } else {
            AnswerWay::Templates(self.provider_templates(org).await?)
        };
        let policy = self.contact_policy_in(db, org).await?.policy;
        let ask = Ask { act: Act::Queue, channel, at: now, message: None };
        let now = crate::contact::line(self.decided(org, own, &policy, ask).1)?;
        Ok(Some(AnswerForm { to: row.id, channel, sender: row.sender, now, way }))
    }

    async fn in_conversation(
        &self,
        db: &impl sea_orm::ConnectionTrait,
        org: OrganizationId,
        row: &Inbound,
    ) -> ServiceResult<bool> {
        let last = inbound::last_from(db, org, &row.channel, &row.sender).await?;
        Ok(last.is_some_and(|at| self.now() < at + CONVERSATION))
    }

    /// Approved templates that WhatsApp's provider knows, by name.
    async fn provider_templates(&self, org: OrganizationId) -> ServiceResult<Vec<(TemplateId, String)>> {
        let db = self.db.read();
        let rows = templates::all(db, org).await?;
        let ids: BTreeSet<Uuid> = rows.iter().map(|row| row.id).collect();
        let ids: Vec<TemplateId> = ids.into_iter().map(TemplateId).collect();
        let used = self.texts_in_use(db, org, &ids).await?;
        let named = rows.iter().filter_map(|row| {
            let (version, texts) = used.get(&TemplateId(row.id))?;
            (*version == row.version && texts.whatsapp.is_some())
                .then(|| (TemplateId(row.id), row.name.clone()))
        });
        let mut named: Vec<_> = named.collect();
        named.sort_by(|one, other| one.1.cmp(&other.1));
        Ok(named)
    }

    /// Answers what somebody wrote, where the law allows a contact now, and notes that nobody has to look
    /// at what they wrote by that channel any more. The same answer twice is one.
    ///
    /// # Errors
    /// `Denied`; `NotFound` for a message that is not the debtor's; `Invalid` for an answer that is empty or
    /// too long, that the channel does not take, or that may not be sent now; the database.
    pub async fn answer_message(&self, actor: &Actor, new: NewAnswer) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let account = accounts::find(&tx, org, new.account).await?.ok_or(ServiceError::NotFound)?;
        let party = account.debtor_id;
        parties::lock(&tx, org, [party]).await?;
        ledger::lock_balance(&tx, org, account.id).await?;
        if outbox::find(&tx, org, new.id.0).await?.is_some() {
            return Ok(());
        }
        let row = inbound::lock_waiting(&tx, org, new.to).await?.ok_or(ServiceError::NotFound)?;
        let channel = written_channel(&row.channel).filter(|_| row.party_id == Some(party.0));
        let channel = channel.ok_or(ServiceError::NotFound)?;
        let facts = contact::facts(&tx, org, &[account.id], self.now().date_naive()).await?;
        let facts = facts.get(&account.id).ok_or(ServiceError::NotFound)?;
        let closed = contact::closed(&tx, org, std::iter::once(facts), &self.providers).await?;
        if closed.why_all(channel).is_some() {
            return Err(refused(
                "Por ese canal no sale nada ahora: está apagado o no tiene proveedor. Conteste por otro",
                "Nothing goes out by that channel now: it is off or has no provider. Answer by another",
            ));
        }
        let permitted = match self.leave_to_answer(&tx, org, facts, channel).await? {
            Ok(permitted) => permitted,
            Err(says) => {
                // The decision is kept although nothing is sent.
                tx.commit().await?;
                return Err(ServiceError::told("answer", says));
            }
        };
        let is_free = channel == Channel::Sms || self.in_conversation(&tx, org, &row).await?;
        let pursuit = self.written(&tx, facts, (&new, &row), is_free, &permitted).await?;
        let decision = permitted.decision();
        self.pursue(&tx, vec![(permitted, pursuit)], self.now() + LIVES).await?;
        inbound::handled(&tx, org, (party, &row.channel), (&actor.audit_name(), self.now())).await?;
        let details =
            json!({ "message": new.id, "answers": new.to, "channel": channel, "decision": decision });
        self.audit(&tx, actor, "message.answered", format!("party:{party}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn leave_to_answer(
        &self,
        tx: &Tx,
        org: OrganizationId,
        facts: &Facts,
        channel: Channel,
    ) -> ServiceResult<Result<Permitted, Say>> {
        let policy = self.contact_policy_in(tx, org).await?.policy;
        let ask = Ask { act: Act::Queue, channel, at: self.now(), message: None };
        let (answer, kept) = self.decided(org, facts, &policy, ask);
        contact::keep(tx, vec![kept]).await?;
        match answer {
            Answer::Yes(permitted) => Ok(Ok(permitted)),
            other => Ok(Err(why_not(&other, self.organization(org).await?.zone))),
        }
    }

    /// The answer as it goes out, to the phone from which the person wrote.
    async fn written(
        &self,
        tx: &Tx,
        facts: &Facts,
        (new, row): (&NewAnswer, &Inbound),
        is_free: bool,
        permitted: &Permitted,
    ) -> ServiceResult<Pursuit> {
        let theirs = facts.points.iter().find(|point| {
            point.kind == ContactKind::Phone
                && !point.is_suppressed
                && phone_key(&point.value) == row.sender_key
        });
        let Some(point) = theirs else {
            return Err(refused(
                "Ese teléfono ya no es de la persona: no se le escribe ahí",
                "That phone is not the person's any more: nothing is written there",
            ));
        };
        match &new.says {
            Says::Text(_) if !is_free => Err(refused(
                "Pasaron más de 24 horas desde su último mensaje: WhatsApp exige una plantilla aprobada. Elija una",
                "More than 24 hours have passed since their last message: WhatsApp demands an approved template. Choose one",
            )),
            Says::Text(text) => {
                let body = cover_cards(text.trim()).into_owned();
                let length = body.chars().count();
                if length == 0 {
                    return Err(refused("Escriba la respuesta", "Write the answer"));
                }
                if length > LONGEST {
                    return Err(refused(
                        &format!("La respuesta admite hasta {LONGEST} letras; acórtela"),
                        &format!("The answer holds up to {LONGEST} characters; shorten it"),
                    ));
                }
                Ok(Pursuit {
                    id: new.id,
                    recipient: point.value.clone(),
                    subject: None,
                    body,
                    template: None,
                    is_answer: true,
                    link: None,
                })
            }
            Says::Template(id) => {
                let written = self
                    .by_template(
                        (tx, OrganizationId(row.organization_id)),
                        facts,
                        *id,
                        (permitted.permit(), point),
                        new.id,
                    )
                    .await?;
                let pursuit = written.map_err(|_| {
                    refused("Elija una plantilla de la lista", "Choose a template of the list")
                })?;
                Ok(Pursuit { is_answer: true, ..pursuit })
            }
        }
    }
}
