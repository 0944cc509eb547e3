//! Payouts, what is in them, and events: read from Stripe's lists, page by page.

use chrono::{DateTime, Utc};
use miniserde::{Deserialize, json};
use services::payments::{GatewayError, GatewayRef, ListedEvent, MovementKind};
use services::settlements::{LineKind, Payout, PayoutStatus, Settlement, SettlementLine};
use stripe_core::balance_transaction::ListBalanceTransaction;
use stripe_core::event::ListEvent;
use stripe_core::payout::{ListPayout, RetrievePayout};
use stripe_types::RangeQueryTs;

use super::amount::from_stripe;
use super::answer::Metadata;
use super::read::instant;
use super::{REFUND, Stripe, notice};

/// What Stripe lists at once.
const PAGE: i64 = 100;
/// No list is longer: a guard against one that never ends.
const PAGES: usize = 2_000;

#[derive(Deserialize, Debug)]
struct PayoutAnswer {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    automatic: bool,
    created: i64,
    arrival_date: i64,
    reconciliation_status: Option<String>,
    trace_id: Option<Trace>,
    livemode: bool,
}

#[derive(Deserialize, Debug)]
struct Trace {
    value: Option<String>,
}

#[derive(Deserialize, Debug)]
struct Payouts {
    data: Vec<PayoutAnswer>,
    has_more: bool,
}

/// A balance transaction with its source opened.
#[derive(Deserialize, Debug)]
struct Line {
    id: String,
    amount: i64,
    currency: String,
    fee: i64,
    net: i64,
    created: i64,
    reporting_category: String,
    source: Option<Source>,
}

#[derive(Deserialize, Debug)]
struct Source {
    id: String,
    payment_intent: Option<String>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize, Debug)]
struct Lines {
    data: Vec<Line>,
    has_more: bool,
}

#[derive(Deserialize, Debug)]
struct Events {
    data: Vec<json::Value>,
    has_more: bool,
}

fn since(at: DateTime<Utc>) -> RangeQueryTs {
    RangeQueryTs::gte(at.timestamp())
}

impl Stripe {
    /// Stripe lists the newest first.
    pub(super) async fn list_payouts(&self, from: DateTime<Utc>) -> Result<Vec<Payout>, GatewayError> {
        let mut found = Vec::new();
        for _ in 0..PAGES {
            let mut request = ListPayout::new().created(since(from)).limit(PAGE);
            if let Some(Payout { id, .. }) = found.last() {
                request = request.starting_after(id.0.as_str());
            }
            let page: Payouts = self.ask(&request, None).await?;
            for one in page.data {
                found.push(payout(one)?);
            }
            if !page.has_more {
                break;
            }
        }
        found.reverse();
        Ok(found)
    }

    pub(super) async fn read_settlement(&self, reference: &GatewayRef) -> Result<Settlement, GatewayError> {
        let answer: PayoutAnswer = self.ask(&RetrievePayout::new(reference.0.as_str()), None).await?;
        let payout = payout(answer)?;
        // Stripe refuses the list for a payout that was asked for by hand.
        if !(payout.automatic && payout.complete) {
            return Ok(Settlement { payout, lines: None });
        }
        let mut lines: Vec<SettlementLine> = Vec::new();
        for _ in 0..PAGES {
            let mut request = ListBalanceTransaction::new()
                .payout(reference.0.as_str())
                .expand(vec!["data.source".to_owned()])
                .limit(PAGE);
            if let Some(last) = lines.last() {
                request = request.starting_after(last.id.as_str());
            }
            let page: Lines = self.ask(&request, None).await?;
            for one in page.data {
                lines.push(line(one)?);
            }
            if !page.has_more {
                break;
            }
        }
        lines.reverse();
        Ok(Settlement { payout, lines: Some(lines) })
    }

    /// Stripe keeps events for thirty days.
    pub(super) async fn list_events(&self, from: DateTime<Utc>) -> Result<Vec<ListedEvent>, GatewayError> {
        let types: Vec<String> = notice::TYPES.iter().map(|kind| (*kind).to_owned()).collect();
        let (mut found, mut last) = (Vec::new(), None::<String>);
        for _ in 0..PAGES {
            let mut request = ListEvent::new().created(since(from)).types(types.clone()).limit(PAGE);
            if let Some(id) = &last {
                request = request.starting_after(id.as_str());
            }
            let page: Events = self.ask(&request, None).await?;
            for event in &page.data {
                let raw = json::to_string(event);
                last = id_of(event).or(last);
                let notices = notice::read(raw.as_bytes())?;
                found.extend(notices.into_iter().map(|notice| ListedEvent { notice, raw: raw.clone() }));
            }
            if !page.has_more {
                break;
            }
        }
        found.reverse();
        Ok(found)
    }
}

fn id_of(event: &json::Value) -> Option<String> {
    let json::Value::Object(fields) = event else { return None };
    match fields.get("id") {
        Some(json::Value::String(id)) => Some(id.clone()),
        _ => None,
    }
}

fn payout(answer: PayoutAnswer) -> Result<Payout, GatewayError> {
    let status = match answer.status.as_str() {
        "paid" => PayoutStatus::Paid,
        "in_transit" => PayoutStatus::InTransit,
        "failed" => PayoutStatus::Failed,
        "canceled" => PayoutStatus::Canceled,
        _ => PayoutStatus::Pending,
    };
    Ok(Payout {
        id: GatewayRef(answer.id),
        amount: from_stripe(answer.amount, &answer.currency)?,
        status,
        automatic: answer.automatic,
        complete: answer.reconciliation_status.as_deref() == Some("completed"),
        created_at: instant(answer.created)?,
        // A date, told as midnight UTC.
        arrives_on: instant(answer.arrival_date)?.date_naive(),
        bank_reference: answer.trace_id.and_then(|trace| trace.value).filter(|value| !value.is_empty()),
        livemode: answer.livemode,
    })
}

/// What a transaction is follows from its reporting category
/// (docs.stripe.com/reports/reporting-categories).
fn line(answer: Line) -> Result<SettlementLine, GatewayError> {
    let Line { id, amount, currency, fee, net, created, reporting_category: category, source } = answer;
    let own = source.as_ref().map(|source| source.id.clone());
    let payment = source.as_ref().and_then(|source| source.payment_intent.clone());
    let refund = || {
        let metadata = source.as_ref().and_then(|source| source.metadata.as_ref());
        metadata.and_then(|metadata| metadata.get(REFUND)).cloned().or_else(|| own.clone())
    };
    let (kind, subject) = match category.as_str() {
        "charge" => (LineKind::Movement(MovementKind::Received), payment.clone()),
        "refund" => (LineKind::Movement(MovementKind::Refunded), refund()),
        "refund_failure" => (LineKind::Movement(MovementKind::RefundFailed), refund()),
        "dispute" => (LineKind::Movement(MovementKind::Withdrawn), Some(id.clone())),
        "dispute_reversal" => (LineKind::Movement(MovementKind::Reinstated), Some(id.clone())),
        "fee" | "tax" | "network_cost" => (LineKind::Fee, own),
        "payout" => (LineKind::Payout, own),
        "payout_reversal" => (LineKind::PayoutBack, own),
        _ => (LineKind::Other, own),
    };
    Ok(SettlementLine {
        id,
        kind,
        category,
        subject,
        payment: payment.map(GatewayRef),
        gross: from_stripe(amount, &currency)?,
        fee: from_stripe(fee, &currency)?,
        net: from_stripe(net, &currency)?,
        at: instant(created)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::{Currency, Money};

    fn read(category: &str, source: &str) -> SettlementLine {
        let text = format!(
            r#"{{"id":"txn_1","amount":-500,"currency":"mxn","fee":0,"net":-500,"created":1795000000,
                "reporting_category":"{category}","source":{source}}}"#
        );
        line(json::from_str(&text).unwrap()).unwrap()
    }

    #[test]
    fn a_line_is_named_as_the_ledger_names_its_movement() {
        let charge = read("charge", r#"{"id":"ch_1","payment_intent":"pi_1","metadata":{}}"#);
        assert_eq!((charge.kind.as_str(), charge.subject.as_deref()), ("payment", Some("pi_1")));
        assert_eq!(charge.gross, Money::from_minor(-500, Currency::MXN));
        let ours = r#"{"id":"re_1","payment_intent":"pi_1","metadata":{"saldar_refund":"r1"}}"#;
        assert_eq!(read("refund", ours).subject.as_deref(), Some("r1"));
        let theirs = r#"{"id":"re_2","payment_intent":"pi_1","metadata":{}}"#;
        assert_eq!(read("refund_failure", theirs).subject.as_deref(), Some("re_2"));
        let dispute = read("dispute", r#"{"id":"du_1","payment_intent":"pi_1","metadata":{}}"#);
        assert_eq!(dispute.subject.as_deref(), Some("txn_1"));
        assert_eq!(dispute.payment, Some(GatewayRef("pi_1".to_owned())));
        assert_eq!(read("fee", "null").kind, LineKind::Fee);
        assert_eq!(read("risk_reserved_funds", "null").kind, LineKind::Other);
    }
}
