//! What people write to us: kept with the person, understood where it is one word, shown to staff.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::account::{ActivityChannel, Disposition};
use domain::contact::{Reply, reply};
use domain::ids::{AccountId, OrganizationId, PartyId};
use domain::text::{Say, cover_cards, phone_key};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde_json::json;
use store::entities::parties as people_rows;
use store::inbound::{self, Inbound, Which};
use store::outbox::Row;
use store::{Tx, accounts, channel_refusals, parties, undeliverable};
use uuid::Uuid;

use super::breaker::CHANNELS;
use super::words::{failure_words, is_dead_address, is_dead_number};
use super::{NewMessage, Service};
use crate::work::RecordActivity;
use crate::{ServiceError, ServiceResult, Services};

/// Messages that the viewers show.
const SHOWN: u64 = 50;

/// A message as the provider gave it.
pub(super) struct Received {
    pub(super) provider_ref: String,
    pub(super) from: String,
    pub(super) body: String,
    pub(super) at: DateTime<Utc>,
    pub(super) stopped: Option<bool>,
}

/// A received message as staff see it.
#[derive(Clone, Debug)]
pub struct InboundView {
    pub id: Uuid,
    pub channel: String,
    pub sender: String,
    pub party_id: Option<PartyId>,
    /// Where it is answered: the debt of the person that we wrote about last, else their first.
    pub account: Option<AccountId>,
    /// None: nobody whom we know, or several people share the phone.
    pub name: Option<String>,
    pub body: String,
    pub at: DateTime<Utc>,
    pub meaning: Reply,
    /// A person has to look at it.
    pub waits: bool,
}

/// What was received: what waits first.
#[derive(Clone, Debug)]
pub struct Inbox {
    pub messages: Vec<InboundView>,
    pub waiting: u64,
}

const fn meaning_name(meaning: Reply) -> &'static str {
    match meaning {
        Reply::Stop => "stop",
        Reply::Unclear => "unclear",
        Reply::Start => "start",
        Reply::Words => "words",
    }
}

fn meaning_of(name: &str) -> Reply {
    let all = [Reply::Stop, Reply::Unclear, Reply::Start];
    all.into_iter().find(|meaning| meaning_name(*meaning) == name).unwrap_or(Reply::Words)
}

/// How the channel is called in a message.
fn channel_label(channel: &str) -> &'static str {
    match channel {
        "whatsapp" => "WhatsApp",
        "email" => "correo",
        "letter" => "carta",
        _ => "SMS",
    }
}

fn closed(channel: &str) -> Say {
    let name = channel_label(channel);
    Say::new(
        format!("Listo: no te escribiremos más por {name}. Para volver a recibir mensajes, responde ALTA."),
        format!("Done: we will not write to you by {name} any more. To receive messages again, reply START."),
    )
    .pt(format!("Pronto: não escreveremos mais por {name}. Para voltar a receber mensagens, responda START."))
}

fn asked_back(channel: &str) -> Say {
    let name = channel_label(channel);
    Say::new(
        format!("Dejamos de escribirte por {name}. Si querías pagar tu deuda, una persona de nuestro equipo leerá tu mensaje. Para volver a recibir mensajes, responde ALTA."),
        format!("We have stopped writing to you by {name}. If you wanted to pay, a person of our team will read your message. To receive messages again, reply START."),
    )
    .pt(format!("Paramos de escrever por {name}. Se você queria pagar, uma pessoa da nossa equipe lerá sua mensagem. Para voltar a receber mensagens, responda START."))
}

fn opened(channel: &str) -> Say {
    let name = channel_label(channel);
    Say::new(
        format!("Listo: volverás a recibir mensajes por {name}. Para dejar de recibirlos, responde BAJA."),
        format!("Done: you will receive messages by {name} again. To stop them, reply STOP."),
    )
    .pt(format!("Pronto: você voltará a receber mensagens por {name}. Para parar, responda SAIR."))
}

impl Services {
    /// Keeps a received message in every organization that knows the phone, and does what one word
    /// asks for. A phone that nobody knows is kept where there is one organization only.
    pub(super) async fn take_in(
        &self,
        tx: &Tx,
        channel: &str,
        received: Received,
    ) -> ServiceResult<&'static str> {
        let mut known = inbound::people_of(tx, channel, &received.from).await?;
        if known.is_empty() {
            let all = parties::organizations(tx).await?;
            let [only] = all.as_slice() else { return Ok("nobody whom we know") };
            known.push((only.id, Vec::new()));
        }
        let meaning = match received.stopped {
            Some(true) => Reply::Stop,
            Some(false) => Reply::Start,
            None => reply(&received.body),
        };
        for (org, people) in known {
            parties::lock(tx, org, people.iter().copied()).await?;
            // Several people who share a phone: the one whom we wrote to last comes first, but a person
            // of staff decides whose message it is when there is no telling.
            let party = people.first().copied();
            let row = Inbound {
                organization_id: org.0,
                id: self.new_id(),
                channel: channel.to_owned(),
                provider_ref: received.provider_ref.clone(),
                sender: received.from.clone(),
                sender_key: phone_key(&received.from),
                party_id: party.map(|party| party.0),
                body: cover_cards(&received.body).into_owned(),
                at: received.at,
                meaning: meaning_name(meaning).to_owned(),
                waits: matches!(meaning, Reply::Words | Reply::Unclear),
                handled_by: None,
                handled_at: None,
            };
            let id = row.id;
            if !inbound::keep(tx, row).await? {
                continue;
            }
            self.obey(tx, org, (channel, &received.from), meaning, &people).await?;
            let details = json!({ "message": id, "channel": channel, "meaning": meaning_name(meaning) });
            let subject = party.map_or_else(|| format!("message:{id}"), |party| format!("party:{party}"));
            self.audit(tx, &self.system(org, "channels"), "message.received", subject, details).await?;
        }
        Ok("done")
    }

    /// Closes or opens the channel at that phone, and says so once.
    async fn obey(
        &self,
        tx: &Tx,
        org: OrganizationId,
        (channel, phone): (&str, &str),
        meaning: Reply,
        people: &[PartyId],
    ) -> ServiceResult<()> {
        let now = self.now();
        let (changed, says) = match meaning {
            Reply::Words => return Ok(()),
            Reply::Stop => {
                (channel_refusals::refuse(tx, org, (channel, phone), "stop", now).await?, closed(channel))
            }
            Reply::Unclear => {
                let is_new = channel_refusals::refuse(tx, org, (channel, phone), "unclear", now).await?;
                (is_new, asked_back(channel))
            }
            Reply::Start => (channel_refusals::open(tx, org, channel, phone).await?, opened(channel)),
        };
        if meaning == Reply::Unclear {
            self.ask_what_was_meant(tx, org, people).await?;
        }
        let (Some(party), true) = (people.first().copied(), changed) else { return Ok(()) };
        let person = parties::find_party(tx, org, party).await?.ok_or(ServiceError::NotFound)?;
        let points = parties::contact_points(tx, org, party).await?;
        let point = points.into_iter().find(|point| phone_key(&point.value) == phone_key(phone));
        let Some(point) = point.filter(|point| !point.is_suppressed) else { return Ok(()) };
        let Some(channel) = ["sms", "whatsapp"].into_iter().find(|name| *name == channel) else {
            return Ok(());
        };
        let message = NewMessage {
            organization_id: org,
            party_id: Some(party),
            channel,
            recipient: point.value,
            subject: None,
            body: says.pick(&person.language).to_owned(),
        };
        self.enqueue(tx, message, Service::ChannelChoice, None).await?;
        Ok(())
    }

    async fn ask_what_was_meant(
        &self,
        tx: &Tx,
        org: OrganizationId,
        people: &[PartyId],
    ) -> ServiceResult<()> {
        let note = "Respondió CANCELAR: puede querer pagar o no recibir más mensajes. Se dejó de escribir por ese canal; preguntarle qué quiso decir.";
        for party in people {
            self.note_on_debts(tx, org, *party, Disposition::Note, note, &self.new_id().to_string()).await?;
        }
        Ok(())
    }

    /// A note on each debt of a person, where staff work.
    async fn note_on_debts(
        &self,
        tx: &Tx,
        org: OrganizationId,
        party: PartyId,
        disposition: Disposition,
        note: &str,
        source: &str,
    ) -> ServiceResult<()> {
        let actor = self.system(org, "channels");
        for account in accounts::of_debtor(tx, org, party).await? {
            let task = RecordActivity {
                account_id: account.id,
                // It is no contact: nobody was reached.
                channel: ActivityChannel::Internal,
                disposition,
                note: note.to_owned(),
                source: format!("message:{source}:{}", account.id),
            };
            self.record_activity_in(tx, &actor, task).await?;
        }
        Ok(())
    }

    /// The provider refuses to send: the person stopped the channel there.
    pub(super) async fn provider_says_stopped(&self, tx: &Tx, row: &Row) -> ServiceResult<()> {
        let org = OrganizationId(row.organization_id);
        let at = (row.channel.as_str(), row.recipient.as_str());
        if channel_refusals::refuse(tx, org, at, "provider", self.now()).await? {
            let subject =
                row.party_id.map_or_else(|| format!("message:{}", row.id), |id| format!("party:{id}"));
            let details = json!({ "message": row.id, "channel": row.channel });
            self.audit(tx, &self.system(org, "channels"), "channel.refused", subject, details).await?;
        }
        Ok(())
    }

    /// Tells staff, on the debts of the person, that a number reaches nobody. Other failures stay with
    /// the message.
    pub(super) async fn ask_for_another_way(&self, tx: &Tx, row: &Row, failure: &str) -> ServiceResult<()> {
        let of_no_use = is_dead_number(failure) || is_dead_address(failure);
        let Some(party) = row.party_id.map(PartyId).filter(|_| of_no_use) else {
            return Ok(());
        };
        let org = OrganizationId(row.organization_id);
        if is_dead_address(failure) {
            let at = (row.recipient.as_str(), failure);
            if !undeliverable::mark(tx, org, party, at, self.now()).await? {
                return Ok(());
            }
            let details = json!({ "message": row.id, "channel": row.channel, "cause": failure });
            let subject = format!("party:{party}");
            self.audit(tx, &self.system(org, "channels"), "point.undeliverable", subject, details).await?;
        }
        let words = failure_words(failure, false);
        let note = format!(
            "El mensaje por {} no llegó. {}. Corregir el contacto.",
            channel_label(&row.channel),
            words.reason.es
        );
        // Agents look for those who were called in vain; an e-mail is no call.
        let says = if is_dead_number(failure) { Disposition::WrongNumber } else { Disposition::Note };
        self.note_on_debts(tx, org, party, says, &note, &row.id.to_string()).await
    }

    /// What was received by the organization, what waits first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn inbox(&self, actor: &Actor) -> ServiceResult<Inbox> {
        actor.require(Permission::OutboxRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let mut rows = inbound::newest(db, org, Which::Waiting, SHOWN).await?;
        let shown: BTreeSet<Uuid> = rows.iter().map(|row| row.id).collect();
        let others = inbound::newest(db, org, Which::All, SHOWN).await?;
        rows.extend(others.into_iter().filter(|row| !shown.contains(&row.id)));
        let waiting = inbound::waiting(db, org).await?;
        Ok(Inbox { messages: self.seen_by_staff(org, rows).await?, waiting })
    }

    /// What a person wrote, for staff who look at one of their debts. The caller has noted the look.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn messages_from(&self, actor: &Actor, party: PartyId) -> ServiceResult<Vec<InboundView>> {
        actor.require(Permission::AccountRead)?;
        let org = actor.organization_id;
        let rows = inbound::newest(self.db.read(), org, Which::Of(party), SHOWN).await?;
        self.seen_by_staff(org, rows).await
    }

    async fn seen_by_staff(
        &self,
        org: OrganizationId,
        rows: Vec<Inbound>,
    ) -> ServiceResult<Vec<InboundView>> {
        let ids: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.party_id).collect();
        let people = people_rows::Entity::find()
            .filter(people_rows::Column::OrganizationId.eq(org.0))
            .filter(people_rows::Column::Id.is_in(ids))
            .all(self.db.read())
            .await?;
        let debts = inbound::debts_of(self.db.read(), org, people.iter().map(|row| row.id)).await?;
        let names: HashMap<Uuid, String> = people.into_iter().map(|row| (row.id, row.name)).collect();
        let view = |row: Inbound| InboundView {
            id: row.id,
            channel: row.channel,
            sender: row.sender,
            party_id: row.party_id.map(PartyId),
            account: row.party_id.and_then(|id| debts.get(&id).copied()).map(AccountId),
            name: row.party_id.and_then(|id| names.get(&id).cloned()),
            body: row.body,
            at: row.at,
            meaning: meaning_of(&row.meaning),
            waits: row.waits,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Somebody of staff has looked at a received message and done what it needed. Twice changes
    /// nothing.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn message_handled(&self, actor: &Actor, id: Uuid) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let tx = self.begin().await?;
        let row =
            inbound::lock_waiting(&tx, actor.organization_id, id).await?.ok_or(ServiceError::NotFound)?;
        if !row.waits {
            return Ok(());
        }
        let mut row = row.into_active_model();
        row.waits = Set(false);
        row.handled_by = Set(Some(actor.audit_name()));
        row.handled_at = Set(Some(self.now()));
        row.update(&tx).await?;
        self.audit(&tx, actor, "message.handled", format!("message:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Switches a channel of the organization off or on. What waits for a channel that is off goes out
    /// when it is on again, if it is still of use.
    ///
    /// # Errors
    /// `Denied`, `NotFound` for a channel that there is not, or the database.
    pub async fn switch_channel(&self, actor: &Actor, channel: &str, on: bool) -> ServiceResult<()> {
        actor.require(Permission::StrategyWrite)?;
        let channel = CHANNELS.into_iter().find(|name| *name == channel).ok_or(ServiceError::NotFound)?;
        let tx = self.begin().await?;
        if channel_refusals::switch(&tx, actor.organization_id, channel, on, self.now()).await? {
            let action = if on { "channel.switched_on" } else { "channel.switched_off" };
            self.audit(&tx, actor, action, format!("channel:{channel}"), json!({})).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
