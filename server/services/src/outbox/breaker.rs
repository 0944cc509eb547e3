//! Providers that fail are left alone for a while, and their messages lose no tries by it.
//!
//! After [`MOST`] failures one after the other, whoever the messages were for, a provider is stopped.
//! When the wait is over one message is tried; it opens the provider to all again, or the wait is
//! longer. How providers stand lies in the database, so that all processes keep to it.

use chrono::{DateTime, Duration, Utc};
use domain::access::{Actor, Permission};
use store::outbox::{self, Ended, Row};
use store::providers::{self, Fault};
use store::{Tx, channel_refusals};

use super::channel::{Channels, SendError};
use super::deliver::{BATCH, LEASE};
use super::words::{FailureWords, failure_words};
use crate::{Mode, ServiceResult, Services};

/// Failures of a provider, one after the other, that stop it.
const MOST: i32 = 5;
/// Minutes for which it is left alone: the first time, the second in a row, … and every time after
/// the last.
const WAITS_MINUTES: [i64; 5] = [1, 5, 15, 30, 60];
/// Channels that can be switched: those that leave through a provider, and letters, which people post.
pub(super) const CHANNELS: [&str; 4] = ["email", "sms", "whatsapp", "letter"];

/// How a channel stands, for staff.
#[derive(Clone, Debug)]
pub struct ChannelState {
    pub channel: &'static str,
    /// The organization uses it.
    pub is_on: bool,
    /// This deployment can send by it; a demo shows messages and sends none.
    pub has_provider: bool,
    /// Its provider fails, and is left alone.
    pub stopped: Option<Stopped>,
}

/// A provider that is left alone.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// When it began to fail.
    pub since: DateTime<Utc>,
    pub retry_at: DateTime<Utc>,
    /// What it said last, and what to do.
    pub words: FailureWords,
}

/// What may be sent now.
pub(super) struct Claimed {
    pub rows: Vec<Row>,
    /// Channels whose one message is a try whether the provider works again.
    pub probes: Vec<String>,
}

/// One more failure; of a message that tried whether a stopped provider works, or of any.
fn count(fault: &mut Fault, now: DateTime<Utc>, is_probe: bool) {
    fault.failures = fault.failures.saturating_add(1);
    // What was on its way when the provider was stopped lengthens no wait.
    if fault.failures < MOST || (fault.retry_at.is_some() && !is_probe) {
        return;
    }
    let place = usize::try_from(fault.stops).unwrap_or_default().min(WAITS_MINUTES.len() - 1);
    let minutes = WAITS_MINUTES.get(place).copied().unwrap_or(60);
    fault.stops = fault.stops.saturating_add(1);
    fault.retry_at = Some(now + Duration::minutes(minutes));
}

impl Services {
    /// Leases what is due to this worker: a batch of the channels whose providers work, and one message
    /// of each whose wait is over.
    pub(super) async fn claim_messages(&self, channels: &Channels) -> ServiceResult<Claimed> {
        let now = self.now();
        let tx = self.begin().await?;
        let faults = providers::failing(&tx).await?;
        let stop = |name: &str| faults.iter().find(|fault| fault.channel == name)?.retry_at;
        let names: Vec<&str> = channels.keys().copied().filter(|name| stop(name).is_none()).collect();
        let mut claimed =
            Claimed { rows: outbox::claim(&tx, &names, now, now + LEASE, BATCH).await?, probes: Vec::new() };
        for name in channels.keys().copied() {
            let is_stopped = stop(name).is_some();
            metrics::gauge!("saldar_provider_stopped", "channel" => name)
                .set(f64::from(u8::from(is_stopped)));
            if !stop(name).is_some_and(|at| at <= now) {
                continue;
            }
            // Another process may have taken the try meanwhile.
            let fault = providers::lock(&tx, name).await?;
            if !fault.and_then(|fault| fault.retry_at).is_some_and(|at| at <= now) {
                continue;
            }
            outbox::expire(&tx, name, now).await?;
            let one = outbox::claim(&tx, &[name], now, now + LEASE, 1).await?;
            if !one.is_empty() {
                providers::try_again_at(&tx, name, now + LEASE).await?;
                claimed.rows.extend(one);
                claimed.probes.push(name.to_owned());
            }
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// Nothing was sent that could tell whether the provider works: the next message is the try.
    pub(super) async fn not_probed(&self, channel: &str) -> ServiceResult<()> {
        let tx = self.begin().await?;
        providers::try_again_at(&tx, channel, self.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Notes what a try tells of the provider. Gives until when it is left alone, if it is.
    pub(super) async fn note_provider(
        &self,
        tx: &Tx,
        channel: &str,
        (error, is_probe): (Option<&SendError>, bool),
    ) -> ServiceResult<Option<DateTime<Utc>>> {
        let now = self.now();
        let Some(error) = error.filter(|error| error.is_of_provider()) else {
            if providers::works(tx, channel).await?.is_some_and(|fault| fault.retry_at.is_some()) {
                tracing::info!(channel, "the provider works again");
            }
            return Ok(None);
        };
        let code = error.to_string();
        let fault = providers::note(tx, (channel, &code), now, |fault| count(fault, now, is_probe)).await?;
        if let Some(until) = fault.retry_at {
            tracing::error!(channel, %error, %until, "the provider fails: its messages wait; check its account and address");
            metrics::counter!("saldar_provider_stops_total", "channel" => channel.to_owned()).increment(1);
        }
        Ok(fault.retry_at)
    }

    /// Lets go of a message that was leased before its provider was stopped.
    pub(super) async fn put_back(&self, row: &Row, until: DateTime<Utc>) -> ServiceResult<()> {
        let tx = self.begin().await?;
        outbox::finish(&tx, row, Ended::Held { at: until, failure: "provider".to_owned() }).await?;
        tx.commit().await?;
        Ok(())
    }

    /// How each of the channels stands that can be switched.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn channel_states(&self, actor: &Actor) -> ServiceResult<Vec<ChannelState>> {
        actor.require(Permission::OutboxRead)?;
        let off = channel_refusals::off(self.db.read(), actor.organization_id).await?;
        let faults = providers::failing(self.db.read()).await?;
        let state = |channel: &'static str| {
            let stopped = faults.iter().find(|fault| fault.channel == channel).and_then(|fault| {
                let words = failure_words(&fault.failure, true);
                Some(Stopped { since: fault.since, retry_at: fault.retry_at?, words })
            });
            let known = self.providers.iter().any(|provider| provider.as_str() == channel);
            ChannelState {
                channel,
                is_on: !off.iter().any(|off| off == channel),
                has_provider: known || self.mode == Mode::Demo,
                stopped,
            }
        };
        Ok(CHANNELS.map(state).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_late_failures_do_not_lengthen_them() {
        let start: DateTime<Utc> = "2026-11-20T18:00:00Z".parse().unwrap();
        let mut fault = Fault {
            channel: "sms".to_owned(),
            failures: 0,
            failure: "unreachable".to_owned(),
            since: start,
            stops: 0,
            retry_at: None,
        };
        for _ in 1..MOST {
            count(&mut fault, start, false);
            assert_eq!(fault.retry_at, None);
        }
        let mut now = start;
        for minutes in [1, 5, 15, 30, 60, 60] {
            count(&mut fault, now, true);
            assert_eq!(fault.retry_at, Some(now + Duration::minutes(minutes)));
            count(&mut fault, now, false);
            now += Duration::minutes(minutes);
            assert_eq!(fault.retry_at, Some(now), "only a try lengthens the wait");
        }
    }
}
