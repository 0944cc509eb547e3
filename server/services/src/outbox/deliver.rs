//! Delivering: claim, send outside of any transaction, note how it went.

use chrono::Duration;
use store::outbox::{self, Ended, Row};

use super::Leave;
use super::channel::{Channels, OutgoingMessage, SendError};
use crate::contact::NotNow;
use crate::{ServiceResult, Services};

/// Messages a worker takes at a time.
const BATCH: u64 = 20;
/// Longer than any try takes; after it, another worker may have the message.
const LEASE_MINUTES: i64 = 5;
/// Minutes to wait after each failed try; after the last one the message has failed.
const WAITS_MINUTES: [i64; 6] = [1, 5, 15, 60, 240, 720];

impl Services {
    /// Sends what waits in the outbox through these channels; returns how many were tried. Messages
    /// of other channels keep waiting. Safe to run in several processes at once: each message is
    /// leased to one, and a process that dies leaves its messages to the others. A message may
    /// arrive twice when a process dies between sending and noting it; its id stays the same.
    ///
    /// # Errors
    /// The database fails. A channel's failure is noted with the message.
    pub async fn deliver_messages(&self, channels: &Channels) -> ServiceResult<usize> {
        let names: Vec<&str> = channels.keys().copied().collect();
        let now = self.now();
        let tx = self.begin().await?;
        let claimed = outbox::claim(&tx, &names, now, now + Duration::minutes(LEASE_MINUTES), BATCH).await?;
        tx.commit().await?;
        let tried = claimed.len();
        for row in claimed {
            let Some(channel) = channels.get(row.channel.as_str()) else { continue };
            let ended = match self.leave(&row).await? {
                Ok(leave) => {
                    let sent = channel.send(&OutgoingMessage::new(&row, leave)).await;
                    self.ended(&row, sent)
                }
                Err(ended) => ended,
            };
            let tx = self.begin().await?;
            outbox::finish(&tx, &row, ended).await?;
            tx.commit().await?;
        }
        Ok(tried)
    }

    /// Leave to send, decided at this moment and kept. What pursues a debt and names no decision
    /// does not go out.
    async fn leave(&self, row: &Row) -> ServiceResult<Result<Leave, Ended>> {
        if row.service.is_some() && row.decision_id.is_none() {
            return Ok(Ok(Leave::Service));
        }
        let tx = self.begin().await?;
        let leave = self.leave_to_send(&tx, row).await?;
        tx.commit().await?;
        Ok(leave.map(Leave::Permitted).map_err(|not_now| {
            tracing::info!(message = %row.id, channel = row.channel, ?not_now, "message not permitted now");
            match not_now {
                NotNow::Until(at, failure) => Ended::Held { at, failure },
                NotNow::Dropped(failure) => Ended::Dropped { failure },
            }
        }))
    }

    fn ended(&self, row: &Row, sent: Result<(), SendError>) -> Ended {
        let now = self.now();
        let outcome = match &sent {
            Ok(()) => "sent",
            Err(SendError::Later(_)) => "deferred",
            Err(SendError::Never(_)) => "failed",
        };
        metrics::counter!("saldar_messages_total", "channel" => row.channel.clone(), "outcome" => outcome)
            .increment(1);
        if let Err(error) = &sent {
            tracing::warn!(message = %row.id, channel = row.channel, %error, "message not sent");
        }
        match sent {
            Ok(()) => Ended::Sent { at: now },
            Err(SendError::Never(failure)) => Ended::Failed { failure },
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
