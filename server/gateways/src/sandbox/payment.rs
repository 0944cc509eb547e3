//! A payment as the sandbox's bank sees it. Pure: every change is a function of the decision and the time.

use chrono::{DateTime, TimeDelta, Utc};
use domain::money::Money;
use serde::{Deserialize, Serialize};

/// The longest delay that the page offers, in seconds.
pub const LONGEST_DELAY: u32 = 3_600;

/// What the product asks the sandbox to collect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The product's own id of the attempt; asking twice with one id gives one payment.
    pub attempt: String,
    pub amount: Money,
    /// Who is paid, as the payer knows them.
    pub payee: String,
    /// What is paid, in the payer's words.
    pub description: String,
    /// Where the payer goes afterwards.
    pub return_url: String,
    /// BCP 47 tag of the page's language.
    pub lang: String,
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// Why a payment was declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decline {
    InsufficientFunds,
    ExpiredCard,
    Generic,
}

impl Decline {
    pub const ALL: [Self; 3] = [Self::InsufficientFunds, Self::ExpiredCard, Self::Generic];

    pub const fn code(self) -> &'static str {
        match self {
            Self::InsufficientFunds => "insufficient_funds",
            Self::ExpiredCard => "expired_card",
            Self::Generic => "generic",
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

/// One payment of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub reference: String,
    pub order: Order,
    pub status: Status,
    pub decline: Option<Decline>,
    pub created_at: DateTime<Utc>,
    /// When the outcome is to be reported; empty while the payer has not decided.
    pub due_at: Option<DateTime<Utc>>,
}

/// The payment was decided before; the first decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this payment has been decided already")]
pub struct AlreadyDecided;

impl Payment {
    pub fn open(reference: String, order: Order, now: DateTime<Utc>) -> Self {
        Self { reference, order, status: Status::Open, decline: None, created_at: now, due_at: None }
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

    /// The webhook's body, once there is an outcome. One payment has one outcome, so its reference makes
    /// the event's id, the same on every retry.
    pub fn event(&self) -> Option<Event<'_>> {
        let kind = match self.status {
            Status::Open | Status::Processing => return None,
            Status::Succeeded => "payment.succeeded",
            Status::Failed => "payment.failed",
            Status::Canceled => "payment.canceled",
        };
        Some(Event {
            id: format!("evt_{}", self.reference),
            kind,
            livemode: false,
            created_at: self.due_at?,
            payment: Report {
                reference: &self.reference,
                attempt: &self.order.attempt,
                status: self.status,
                decline: self.decline,
                amount: self.order.amount,
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
    pub attempt: &'a str,
    pub status: Status,
    pub decline: Option<Decline>,
    pub amount: Money,
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    fn open() -> Payment {
        let order = Order {
            attempt: "a-1".to_owned(),
            amount: Money::from_minor(125_000, Currency::MXN),
            payee: "Financiera Andina".to_owned(),
            description: "Cuenta FA-1".to_owned(),
            return_url: "/pagos/a-1".to_owned(),
            lang: "es".to_owned(),
        };
        Payment::open("sbx_1".to_owned(), order, now())
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
    fn the_first_decision_stands() {
        let payment = open().decide(Decision::Cancel, now()).unwrap();
        assert_eq!(payment.decide(Decision::Approve, now()), Err(AlreadyDecided));
    }

    #[test]
    fn an_event_is_the_same_on_every_retry_and_never_live() {
        let payment = open().decide(Decision::Approve, now()).unwrap();
        let body = serde_json::to_value(payment.event()).unwrap();
        assert_eq!(body, serde_json::to_value(payment.event()).unwrap());
        assert_eq!(body["id"], "evt_sbx_1");
        assert_eq!(body["livemode"], false);
        assert_eq!(
            body["payment"]["amount"],
            serde_json::json!({"amount_minor": 125_000, "currency": "MXN"})
        );
    }
}
