//! A payment as the sandbox's bank sees it. Pure: every change is a function of the decision and the time.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{OrganizationId, PaymentAttemptId};
use domain::money::Money;
use serde::{Deserialize, Serialize};
use services::payments::{
    Attempt, GatewayRef, Movement, MovementKind, RefundRequest, Snapshot, SnapshotStatus,
};

/// The longest delay that the page offers, in seconds.
pub const LONGEST_DELAY: u32 = 3_600;

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for the payer's decision.
    Open,
    /// Decided; the money is on its way.
    Processing,
    Succeeded,
    Failed,
    Canceled,
}

impl Status {
    const ALL: [Self; 5] = [Self::Open, Self::Processing, Self::Succeeded, Self::Failed, Self::Canceled];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// Why a payment was declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decline {
    InsufficientFunds,
    ExpiredCard,
    Generic,
    /// The holder has to confirm, and is not there.
    AuthenticationRequired,
}

impl Decline {
    pub const ALL: [Self; 4] =
        [Self::InsufficientFunds, Self::ExpiredCard, Self::Generic, Self::AuthenticationRequired];

    pub const fn code(self) -> &'static str {
        match self {
            Self::InsufficientFunds => "insufficient_funds",
            Self::ExpiredCard => "expired_card",
            Self::Generic => "generic",
            Self::AuthenticationRequired => "authentication_required",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// What the payer pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Decline(Decline),
    /// Approve, but let the money take this many seconds.
    Delay(u32),
    Cancel,
}

/// What moves a payment's money after it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Later {
    pub what: LaterKind,
    /// Unique within the sandbox.
    pub id: String,
    pub minor: i64,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaterKind {
    Refunded,
    /// The payer went to the bank, and the bank took the money back.
    Disputed,
    /// The bank gave it back.
    Reinstated,
}

/// One payment of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub reference: String,
    pub organization_id: OrganizationId,
    pub attempt_id: PaymentAttemptId,
    pub amount: Money,
    /// What is paid and to whom, in the payer's words.
    pub description: String,
    /// Where the payer goes afterwards.
    pub return_url: String,
    pub status: Status,
    pub decline: Option<Decline>,
    pub created_at: DateTime<Utc>,
    /// When the outcome is to be reported; empty while the payer has not decided.
    pub due_at: Option<DateTime<Utc>>,
    /// When the product took the report.
    pub delivered_at: Option<DateTime<Utc>>,
    /// How often the report was sent in vain.
    pub failures: u32,
    /// What moved since the payment was made, the oldest first.
    pub later: Vec<Later>,
}

/// The payment was decided before; the first decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this payment has been decided already")]
pub struct AlreadyDecided;

impl Payment {
    /// The payment that `attempt` asks for. One attempt has one reference.
    pub fn open(attempt: &Attempt, now: DateTime<Utc>) -> Self {
        Self {
            reference: format!("sbx_{}", attempt.id.0.simple()),
            organization_id: attempt.organization_id,
            attempt_id: attempt.id,
            amount: attempt.amount,
            description: attempt.description.clone(),
            return_url: attempt.return_url.clone(),
            status: Status::Open,
            decline: None,
            created_at: now,
            due_at: None,
            delivered_at: None,
            failures: 0,
            later: Vec::new(),
        }
    }

    /// Whether `attempt` asks for this very payment.
    pub fn answers(&self, attempt: &Attempt) -> bool {
        self.organization_id == attempt.organization_id && self.amount == attempt.amount
    }

    /// Takes the payer's decision.
    ///
    /// # Errors
    /// The payment is no longer open.
    pub fn decide(self, decision: Decision, now: DateTime<Utc>) -> Result<Self, AlreadyDecided> {
        if self.status != Status::Open {
            return Err(AlreadyDecided);
        }
        let (status, decline, wait) = match decision {
            Decision::Approve => (Status::Succeeded, None, 0),
            Decision::Decline(reason) => (Status::Failed, Some(reason), 0),
            Decision::Delay(seconds) => (Status::Processing, None, seconds.min(LONGEST_DELAY)),
            Decision::Cancel => (Status::Canceled, None, 0),
        };
        let due_at = Some(now + TimeDelta::seconds(wait.into()));
        Ok(Self { status, decline, due_at, ..self })
    }

    /// The money of a delayed payment arrives; anything else stays as it is.
    pub fn settle(self) -> Self {
        let status = if self.status == Status::Processing { Status::Succeeded } else { self.status };
        Self { status, ..self }
    }

    /// What of the payment is still here, in minor units.
    pub fn held(&self) -> i64 {
        if self.status != Status::Succeeded {
            return 0;
        }
        self.later.iter().fold(self.amount.minor(), |held, later| match later.what {
            LaterKind::Refunded | LaterKind::Disputed => held.saturating_sub(later.minor),
            LaterKind::Reinstated => held.saturating_add(later.minor),
        })
    }

    /// The payer's bank has the money.
    pub fn is_disputed(&self) -> bool {
        let last = self.later.iter().rev().find(|later| later.what != LaterKind::Refunded);
        last.is_some_and(|later| later.what == LaterKind::Disputed)
    }

    /// Gives money back; the same request twice gives it back once. None when the payment does not
    /// hold as much.
    pub fn refunded(self, request: &RefundRequest, now: DateTime<Utc>) -> Option<Self> {
        let id = request.id.to_string();
        if self.later.iter().any(|later| later.id == id) {
            return Some(self);
        }
        let minor = request.amount.minor();
        let fits = request.amount.currency() == self.amount.currency() && minor > 0 && minor <= self.held();
        fits.then(|| self.moved(LaterKind::Refunded, id, minor, now))
    }

    /// The payer disputes what is left of the payment, or the bank decides for us. None when there
    /// is nothing to move.
    pub fn disputed(self, what: LaterKind, now: DateTime<Utc>) -> Option<Self> {
        let minor = match what {
            LaterKind::Disputed if !self.is_disputed() => self.held(),
            LaterKind::Reinstated if self.is_disputed() => {
                self.later.iter().rev().find(|l| l.what == LaterKind::Disputed).map_or(0, |l| l.minor)
            }
            _ => 0,
        };
        let id = format!("{}_{}", self.reference, self.later.len());
        (minor > 0).then(|| self.moved(what, id, minor, now))
    }

    /// Its news have to be told again.
    fn moved(self, what: LaterKind, id: String, minor: i64, now: DateTime<Utc>) -> Self {
        let mut later = self.later;
        later.push(Later { what, id, minor, at: now });
        Self { later, due_at: Some(now), delivered_at: None, failures: 0, ..self }
    }

    /// When the money came: before anything moved since.
    fn arrived_at(&self) -> DateTime<Utc> {
        if self.later.is_empty() { self.due_at.unwrap_or(self.created_at) } else { self.created_at }
    }

    fn movements(&self) -> Vec<Movement> {
        if self.status != Status::Succeeded {
            return Vec::new();
        }
        let received = Movement {
            kind: MovementKind::Received,
            id: self.reference.clone(),
            amount: self.amount,
            fee: None,
            at: self.arrived_at(),
        };
        let later = self.later.iter().map(|later| Movement {
            kind: match later.what {
                LaterKind::Refunded => MovementKind::Refunded,
                LaterKind::Disputed => MovementKind::Withdrawn,
                LaterKind::Reinstated => MovementKind::Reinstated,
            },
            id: later.id.clone(),
            amount: Money::from_minor(later.minor, self.amount.currency()),
            fee: None,
            at: later.at,
        });
        std::iter::once(received).chain(later).collect()
    }

    /// What the product sees when it asks.
    pub fn snapshot(&self) -> Snapshot {
        let status = match self.status {
            Status::Open => SnapshotStatus::ActionRequired,
            Status::Processing => SnapshotStatus::Processing,
            Status::Succeeded => SnapshotStatus::Succeeded,
            Status::Failed => SnapshotStatus::Failed,
            Status::Canceled => SnapshotStatus::Canceled,
        };
        Snapshot {
            reference: GatewayRef(self.reference.clone()),
            attempt_id: self.attempt_id,
            status,
            movements: self.movements(),
            failure: self.decline.map(|reason| reason.code().to_owned()),
            livemode: false,
        }
    }

    /// The webhook's body, once there is an outcome. Its reference and how often its money moved since
    /// make the event's id, the same on every retry.
    pub fn event(&self) -> Option<Event<'_>> {
        let kind = match self.status {
            Status::Open | Status::Processing => return None,
            Status::Succeeded => match self.later.last().map(|later| later.what) {
                None => "payment.succeeded",
                Some(LaterKind::Refunded) => "payment.refunded",
                Some(LaterKind::Disputed) => "payment.disputed",
                Some(LaterKind::Reinstated) => "payment.reinstated",
            },
            Status::Failed => "payment.failed",
            Status::Canceled => "payment.canceled",
        };
        Some(Event {
            id: match self.later.len() {
                0 => format!("evt_{}", self.reference),
                times => format!("evt_{}_{times}", self.reference),
            },
            kind,
            livemode: false,
            created_at: self.due_at?,
            payment: Report {
                reference: &self.reference,
                attempt_id: self.attempt_id,
                status: self.status,
                decline: self.decline,
                amount: self.amount,
            },
        })
    }
}

/// What a webhook says.
#[derive(Debug, Serialize)]
pub struct Event<'a> {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Always false: no money moves here.
    pub livemode: bool,
    pub created_at: DateTime<Utc>,
    pub payment: Report<'a>,
}

#[derive(Debug, Serialize)]
pub struct Report<'a> {
    pub reference: &'a str,
    pub attempt_id: PaymentAttemptId,
    pub status: Status,
    pub decline: Option<Decline>,
    pub amount: Money,
}

#[cfg(test)]
mod tests {
    use super::super::tests::attempt;
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    fn open() -> Payment {
        Payment::open(&attempt(), now())
    }

    #[test]
    fn an_open_payment_has_nothing_to_report() {
        assert!(open().event().is_none());
        assert_eq!(open().settle(), open());
    }

    #[test]
    fn each_decision_has_its_outcome() {
        let outcomes = [
            (Decision::Approve, "payment.succeeded", None),
            (Decision::Decline(Decline::ExpiredCard), "payment.failed", Some(Decline::ExpiredCard)),
            (Decision::Cancel, "payment.canceled", None),
        ];
        for (decision, kind, decline) in outcomes {
            let payment = open().decide(decision, now()).unwrap();
            let event = payment.event().unwrap();
            assert_eq!((event.kind, event.payment.decline), (kind, decline));
            assert_eq!(payment.due_at, Some(now()));
        }
    }

    #[test]
    fn a_delayed_payment_reports_only_when_it_settles() {
        let payment = open().decide(Decision::Delay(90), now()).unwrap();
        assert!(payment.event().is_none());
        assert_eq!(payment.due_at, Some(now() + TimeDelta::seconds(90)));
        assert_eq!(payment.settle().event().unwrap().kind, "payment.succeeded");
    }

    #[test]
    fn only_money_that_arrived_counts_as_received() {
        let received = |payment: &Payment| {
            let snapshot = payment.snapshot();
            (snapshot.status, snapshot.movements.iter().map(|movement| movement.amount.minor()).sum::<i64>())
        };
        assert_eq!(received(&open()), (SnapshotStatus::ActionRequired, 0));
        let waiting = open().decide(Decision::Delay(90), now()).unwrap();
        assert_eq!(received(&waiting), (SnapshotStatus::Processing, 0));
        assert_eq!(received(&waiting.settle()), (SnapshotStatus::Succeeded, 125_000));
        let declined = open().decide(Decision::Decline(Decline::Generic), now()).unwrap();
        assert_eq!(received(&declined), (SnapshotStatus::Failed, 0));
        assert_eq!(declined.snapshot().failure.as_deref(), Some("generic"));
        assert!(!declined.snapshot().livemode);
    }

    #[test]
    fn codes_read_back() {
        assert!(Status::ALL.into_iter().all(|status| Status::from_code(status.code()) == Some(status)));
        assert!(Decline::ALL.into_iter().all(|reason| Decline::from_code(reason.code()) == Some(reason)));
        assert_eq!((Status::from_code("x"), Decline::from_code("x")), (None, None));
    }

    #[test]
    fn the_first_decision_stands() {
        let payment = open().decide(Decision::Cancel, now()).unwrap();
        assert_eq!(payment.decide(Decision::Approve, now()), Err(AlreadyDecided));
    }

    #[test]
    fn an_event_is_the_same_on_every_retry_and_never_live() {
        let payment = open().decide(Decision::Approve, now()).unwrap();
        let body = serde_json::to_value(payment.event()).unwrap();
        assert_eq!(body, serde_json::to_value(payment.event()).unwrap());
        assert_eq!(body["id"], "evt_sbx_00000000000000000000000000000001");
        assert_eq!(body["livemode"], false);
        assert_eq!(
            body["payment"]["amount"],
            serde_json::json!({"amount_minor": 125_000, "currency": "MXN"})
        );
    }
}
