//! Delivering: claim, decide for the last time, send outside of any transaction, note how it went.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use domain::ids::{AccountId, OrganizationId, PartyId};
use store::outbox::{self, Ended, Row};
use store::{
    StoreError, Tx, channel_refusals, inbound, ledger, parties, refusals, suppressed, undeliverable,
};

use super::breaker::Claimed;
use super::channel::{Channels, OutgoingMessage, ProviderRef, SendError};
use super::{Leave, REFUSED, Service, WRONG_PERSON};
use crate::contact::NotNow;
use crate::{ServiceResult, Services};

/// Messages a worker takes at a time.
pub(super) const BATCH: u64 = 20;
/// Longer than any try takes; after it, another worker may have the message.
pub(super) const LEASE: Duration = Duration::minutes(5);
/// Minutes to wait after each failed try; after the last one the message has failed.
const WAITS_MINUTES: [i64; 6] = [1, 5, 15, 60, 240, 720];
/// For so long after a person's last message free text is allowed where templates are the rule:
/// <https://developers.facebook.com/docs/whatsapp/pricing#customer-service-windows>.
pub(super) const CONVERSATION: Duration = Duration::hours(24);
/// How long a message waits whose channel is switched off, before it asks again.
const OFF_WAITS: Duration = Duration::hours(1);

impl Services {
    /// Sends what waits in the outbox through these channels; returns how many were tried. Messages
    /// of other channels keep waiting. Safe to run in several processes at once: each message is
    /// leased to one, and a process that dies leaves its messages to the others. A message may
    /// arrive twice when a process dies between sending and noting it; its id stays the same.
    ///
    /// # Errors
    /// The database fails. A channel's failure is noted with the message.
    pub async fn deliver_messages(&self, channels: &Channels) -> ServiceResult<usize> {
        let Claimed { rows, probes } = self.claim_messages(channels).await?;
        let tried = rows.len();
        let mut stopped: HashMap<String, DateTime<Utc>> = HashMap::new();
        for row in rows {
            let Some(channel) = channels.get(row.channel.as_str()) else { continue };
            if let Some(until) = stopped.get(&row.channel) {
                self.put_back(&row, *until).await?;
                continue;
            }
            let is_probe = probes.contains(&row.channel);
            let Some((row, message)) = self.begin_sending(&row).await? else {
                if is_probe {
                    self.not_probed(&row.channel).await?;
                }
                continue;
            };
            let sent = channel.send(&message).await;
            if let Some(until) = self.note_sent(&row, sent, is_probe).await? {
                stopped.insert(row.channel, until);
            }
        }
        Ok(tried)
    }

    /// The last decision, and that sending begins, in one transaction. It holds the person, the
    /// balance and the message, and whoever stops contact holds one of them as well: a stop that was
    /// committed before is seen here, and one that comes later finds that sending had begun.
    async fn begin_sending(&self, claimed: &Row) -> ServiceResult<Option<(Row, OutgoingMessage)>> {
        let org = OrganizationId(claimed.organization_id);
        let tx = self.begin().await?;
        parties::lock(&tx, org, claimed.party_id.map(PartyId)).await?;
        if let Some(account) = claimed.account_id {
            ledger::lock_balance(&tx, org, AccountId(account)).await?;
        }
        let now = self.now();
        let lease = now + LEASE;
        let Some(row) = outbox::hold_for_sending(&tx, claimed, now, lease).await? else { return Ok(None) };
        let begun = match self.leave(&tx, &row).await? {
            Ok(leave) => {
                let row = outbox::begun(&tx, row, now).await?;
                let last = inbound::last_from(&tx, org, &row.channel, &row.recipient).await?;
                let in_conversation = last.is_some_and(|at| now < at + CONVERSATION);
                let template = row.template.clone().map(serde_json::from_value).transpose();
                let template = template.map_err(StoreError::bad_row("outbox_messages", row.id))?;
                let stop = self.unsubscribe_link(&tx, &row).await?;
                let message = OutgoingMessage::new(&row, template, in_conversation, stop, leave);
                Some((row, message))
            }
            Err(ended) => {
                outbox::finish(&tx, &row, ended).await?;
                None
            }
        };
        tx.commit().await?;
        Ok(begun)
    }

    /// Leave to send, decided at this moment and kept. What pursues a debt and names no decision
    /// does not go out.
    pub(super) async fn leave(&self, tx: &Tx, row: &Row) -> ServiceResult<Result<Leave, Ended>> {
        let org = OrganizationId(row.organization_id);
        if channel_refusals::off(tx, org).await?.contains(&row.channel) {
            let failure = "held:channel_off".to_owned();
            return Ok(Err(Ended::Held { at: self.now() + OFF_WAITS, failure }));
        }
        if let Some(failure) = barred(tx, row).await? {
            return Ok(Err(Ended::Dropped { failure: failure.to_owned() }));
        }
        if row.service.is_some() && row.decision_id.is_none() {
            return Ok(Ok(Leave::Service));
        }
        let leave = self.leave_to_send(tx, row).await?;
        Ok(leave.map(Leave::Permitted).map_err(|not_now| {
            tracing::info!(message = %row.id, channel = row.channel, ?not_now, "message not permitted now");
            match not_now {
                NotNow::Until(at, failure) => Ended::Held { at, failure },
                NotNow::Dropped(failure) => Ended::Dropped { failure },
            }
        }))
    }

    /// Notes how it went. Gives until when the provider is left alone, if it is: then the message keeps
    /// its try.
    async fn note_sent(
        &self,
        row: &Row,
        sent: Result<ProviderRef, SendError>,
        is_probe: bool,
    ) -> ServiceResult<Option<DateTime<Utc>>> {
        let outcome = match &sent {
            Ok(_) => "sent",
            Err(SendError::Later(_)) => "deferred",
            Err(SendError::Never(_) | SendError::OptedOut(_)) => "failed",
        };
        metrics::counter!("saldar_messages_total", "channel" => row.channel.clone(), "outcome" => outcome)
            .increment(1);
        if let Err(error) = &sent {
            tracing::warn!(message = %row.id, channel = row.channel, %error, "message not sent");
        }
        let tx = self.begin().await?;
        let stopped = self.note_provider(&tx, &row.channel, (sent.as_ref().err(), is_probe)).await?;
        if matches!(sent, Err(SendError::OptedOut(_))) {
            self.provider_says_stopped(&tx, row).await?;
        }
        let ended = match (stopped, sent) {
            (Some(at), Err(error)) => Ended::Held { at, failure: error.to_string() },
            (_, sent) => self.ended(row, sent),
        };
        if let Ended::Failed { failure } = &ended {
            self.ask_for_another_way(&tx, row, failure).await?;
        }
        outbox::finish(&tx, row, ended).await?;
        tx.commit().await?;
        Ok(stopped)
    }

    fn ended(&self, row: &Row, sent: Result<ProviderRef, SendError>) -> Ended {
        let now = self.now();
        match sent {
            Ok(provider_ref) => Ended::Sent { at: now, provider_ref },
            Err(SendError::Never(failure) | SendError::OptedOut(failure)) => Ended::Failed { failure },
            Err(SendError::Later(failure)) => {
                let tries = usize::try_from(row.tries).unwrap_or(usize::MAX);
                match WAITS_MINUTES.get(tries) {
                    Some(wait) => Ended::Again { at: now + Duration::minutes(*wait), failure },
                    None => Ended::Failed { failure },
                }
            }
        }
    }
}

/// Why nothing goes there any more, whatever the debt.
async fn barred(tx: &Tx, row: &Row) -> ServiceResult<Option<&'static str>> {
    let org = OrganizationId(row.organization_id);
    if !suppressed::among(tx, org, [row.recipient.as_str()]).await?.is_empty() {
        return Ok(Some(WRONG_PERSON));
    }
    if row.service.as_deref().is_some_and(Service::goes_all_the_same) {
        return Ok(None);
    }
    if channel_refusals::is_refused(tx, org, &row.channel, &row.recipient).await? {
        return Ok(Some(REFUSED));
    }
    match row.party_id.map(PartyId) {
        Some(party) if refusals::is_refused(tx, org, party, &row.recipient).await? => Ok(Some(REFUSED)),
        Some(party) if undeliverable::is_marked(tx, org, party, &row.recipient).await? => {
            Ok(Some("undeliverable"))
        }
        _ => Ok(None),
    }
}
