//! What providers report: verified by the adapter, kept once, answered; workers do the rest.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::inbound::{self, Event};
use store::outbox;
use store::{StoreError, Tx};

use crate::{ServiceResult, Services};

/// Reports a worker takes at a time.
const BATCH: u64 = 100;
/// A report about a message that we do not know is kept for so long: its sending may not be noted yet.
const PATIENCE: Duration = Duration::hours(1);

/// How far a message came. A later report never takes it back: `delivered` is proof, whatever comes
/// after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    Accepted,
    Sent,
    /// It will not arrive.
    Undelivered,
    Delivered,
    Read,
}

impl Delivery {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Undelivered => "undelivered",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Accepted, Self::Sent, Self::Undelivered, Self::Delivered, Self::Read]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// One thing that a provider tells, in the same form for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// How far a message came.
    State {
        provider_ref: String,
        state: Delivery,
        /// A stable code without personal data, for what did not arrive.
        failure: Option<String>,
        /// None: now.
        at: Option<DateTime<Utc>>,
    },
    /// Somebody writes to us.
    Message {
        provider_ref: String,
        /// Their phone.
        from: String,
        body: String,
        at: Option<DateTime<Utc>>,
        /// The provider stopped (`true`) or opened (`false`) the channel for them by itself.
        stopped: Option<bool>,
    },
}

impl Report {
    /// The same for the same thing told again.
    fn event_id(&self) -> String {
        match self {
            Self::State { provider_ref, state, .. } => format!("{provider_ref}:{}", state.as_str()),
            Self::Message { provider_ref, .. } => provider_ref.clone(),
        }
    }
}

impl Services {
    /// Keeps what a provider reports; the caller has verified that it is the provider. Workers do the
    /// rest.
    ///
    /// # Errors
    /// The database fails: the provider will tell again.
    pub async fn receive_reports(&self, channel: &str, reports: Vec<Report>) -> ServiceResult<()> {
        let now = self.now();
        let tx = self.begin().await?;
        for report in reports {
            let event = Event {
                channel: channel.to_owned(),
                event_id: report.event_id(),
                report: serde_json::to_string(&report)
                    .map_err(StoreError::bad_row("channel_events", "new"))?,
                received_at: now,
                processed_at: None,
                outcome: None,
                tries: 0,
                next_try_at: None,
            };
            inbound::keep_event(&tx, event).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Works off what providers reported; returns how many were looked at. Safe to run in several
    /// processes.
    ///
    /// # Errors
    /// The database fails.
    pub async fn process_channel_reports(&self) -> ServiceResult<usize> {
        let due = inbound::due_events(self.db.read(), self.now(), BATCH).await?;
        let looked = due.len();
        for event in due {
            let tx = self.begin().await?;
            let Some(event) = inbound::lock_event(&tx, &event).await? else { continue };
            let outcome = self.work_off(&tx, &event).await?;
            let now = self.now();
            let given_up = event.received_at + PATIENCE <= now;
            let tries = event.tries.saturating_add(1);
            let mut row = event.into_active_model();
            row.tries = Set(tries);
            match outcome {
                Some(outcome) => {
                    row.outcome = Set(Some(outcome.to_owned()));
                    row.processed_at = Set(Some(now));
                    // What somebody wrote is kept in its own place.
                    row.report = Set(String::new());
                }
                None if given_up => {
                    row.outcome = Set(Some("not one of our messages".to_owned()));
                    row.processed_at = Set(Some(now));
                }
                None => {
                    let seconds = 1_i64 << tries.clamp(0, 8);
                    row.next_try_at = Set(Some(now + Duration::seconds(seconds)));
                }
            }
            row.update(&tx).await?;
            tx.commit().await?;
        }
        Ok(looked)
    }

    /// What came of it; none while the message is not known yet.
    async fn work_off(&self, tx: &Tx, event: &Event) -> ServiceResult<Option<&'static str>> {
        let report: Report = serde_json::from_str(&event.report)
            .map_err(StoreError::bad_row("channel_events", &event.event_id))?;
        match report {
            Report::State { provider_ref, state, failure, at } => {
                let found = outbox::by_provider_ref(tx, &event.channel, &provider_ref).await?;
                let Some(row) = found else { return Ok(None) };
                let before = row.delivery.as_deref().and_then(Delivery::parse);
                if before.is_some_and(|before| before >= state) {
                    return Ok(Some("known"));
                }
                let failure = if state == Delivery::Undelivered {
                    let failure = failure.unwrap_or_else(|| "undelivered".to_owned());
                    if failure == "opted_out" {
                        self.provider_says_stopped(tx, &row).await?;
                    }
                    self.ask_for_another_way(tx, &row, &failure).await?;
                    Some(failure)
                } else {
                    None
                };
                let at = at.unwrap_or(event.received_at);
                outbox::note_delivery(tx, row, (state.as_str(), at), failure).await?;
                Ok(Some("done"))
            }
            Report::Message { provider_ref, from, body, at, stopped } => {
                let at = at.unwrap_or(event.received_at);
                let received = super::inbound::Received { provider_ref, from, body, at, stopped };
                self.take_in(tx, &event.channel, received).await.map(Some)
            }
        }
    }
}
