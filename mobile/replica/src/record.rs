//! Recording: from what the collector did to events in the chain.

use domain::field::{
    Body, CashReceived, EventDraft, Position, VisitDisposition, VisitRecorded, build_event, format_receipt_no,
};
use uuid::Uuid;

use crate::disk::{Disk, KeptEvent, Write, WriteSet};

/// What the collector did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Visit { disposition: VisitDisposition, note: String },
    Cash { amount_minor: i64, currency: String, payer_name: String, note: String },
}

/// One thing to record, before it has a place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    pub event_id: Uuid,
    pub assignment_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub position: Position,
    pub what: What,
}

/// The write set of new events and the receipt numbers they were given, in order.
pub(crate) fn write_set(disk: &Disk, items: &[NewEvent], now_ms: i64) -> Option<(WriteSet, Vec<String>)> {
    let device_id = disk.device_id?;
    let session = disk.session.as_ref()?;
    let mut head = disk.head.clone();
    let mut last_receipt = disk.last_receipt;
    let mut writes = Vec::new();
    let mut receipts = Vec::new();
    for item in items {
        let body = match &item.what {
            What::Visit { disposition, note } => {
                Body::Visit(VisitRecorded { disposition: *disposition, note: note.clone() })
            }
            What::Cash { amount_minor, currency, payer_name, note } => {
                last_receipt = last_receipt.saturating_add(1);
                let receipt_no = format_receipt_no(&session.device_code, last_receipt);
                receipts.push(receipt_no.clone());
                Body::Cash(CashReceived {
                    receipt_no,
                    amount_minor: *amount_minor,
                    currency: currency.clone(),
                    payer_name: payer_name.clone(),
                    note: note.clone(),
                })
            }
        };
        let draft = EventDraft {
            event_id: item.event_id,
            device_id,
            collector_id: session.collector_id,
            assignment_id: item.assignment_id,
            account_id: item.account_id,
            base_cursor: Some(disk.feed.cursor.clone()).filter(|c| !c.is_empty()),
            wall_ms: now_ms,
            server_anchor_ms: disk.feed.server_ms,
            position: item.position,
            body,
        };
        let (event, next) = build_event(&head, &draft).ok()?;
        head = next;
        writes.push(Write::Event(KeptEvent { event, ack: None }));
    }
    writes.push(Write::Chain { head, last_receipt });
    Some((WriteSet { expect_head: Some(disk.head.clone()), writes }, receipts))
}
