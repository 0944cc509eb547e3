//! What the screens show: the server's state with the phone's own newer events laid over it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::field::{Body, Envelope, Outcome, Stop};
use uuid::Uuid;

use crate::disk::{Disk, KeptEvent};

/// An own event as a screen needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnEvent {
    pub envelope: Envelope,
    pub body: Option<Body>,
    /// The server confirmed it.
    pub sent: bool,
    pub outcome: Option<Outcome>,
}

/// A stop with the own events that the server's figures do not include yet taken into account.
#[derive(Debug, Clone, PartialEq)]
pub struct StopView {
    pub stop: Stop,
    /// What is owed after cash taken here; never below zero.
    pub owed_minor: i64,
    pub visited: bool,
    /// Own events of this account kept on the phone, newest first.
    pub own: Vec<OwnEvent>,
}

/// All that the screens show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    pub day: Option<NaiveDate>,
    /// In route order.
    pub stops: Vec<StopView>,
    /// Cash in hand by currency.
    pub cash_box: BTreeMap<String, i64>,
    pub unsent: u64,
    /// Own events newest first.
    pub own: Vec<OwnEvent>,
}

fn own_event(disk: &Disk, kept: &KeptEvent) -> Option<OwnEvent> {
    let envelope = kept.event.envelope()?;
    let body = envelope.parsed_body().ok();
    Some(OwnEvent {
        envelope,
        body,
        sent: kept.event.seq <= disk.acked,
        outcome: kept.ack.as_ref().map(|ack| ack.outcome),
    })
}

impl View {
    /// Lays own events beyond what the server's state includes over that state.
    pub fn of(disk: &Disk) -> Self {
        let own: Vec<OwnEvent> =
            disk.events.values().rev().filter_map(|kept| own_event(disk, kept)).collect();
        let mut cash_box: BTreeMap<String, i64> =
            disk.feed.cash_box.iter().map(|line| (line.currency.clone(), line.amount_minor)).collect();
        let mut paid: BTreeMap<(Uuid, &str), i64> = BTreeMap::new();
        for event in own.iter().filter(|e| e.envelope.seq > disk.feed.seen_seq) {
            if let Some(Body::Cash(cash)) = &event.body {
                let in_hand = cash_box.entry(cash.currency.clone()).or_default();
                *in_hand = in_hand.saturating_add(cash.amount_minor);
                if let Some(account) = event.envelope.account_id {
                    let sum = paid.entry((account, &cash.currency)).or_default();
                    *sum = sum.saturating_add(cash.amount_minor);
                }
            }
        }
        let mut stops: Vec<StopView> = disk
            .stops
            .values()
            .map(|stop| {
                let paid = paid.get(&(stop.account_id, stop.currency.as_str())).copied().unwrap_or(0);
                let mine: Vec<OwnEvent> =
                    own.iter().filter(|e| e.envelope.account_id == Some(stop.account_id)).cloned().collect();
                let visited_here = mine.iter().any(|e| {
                    e.envelope.seq > disk.feed.seen_seq
                        && e.envelope.assignment_id == Some(stop.assignment_id)
                        && matches!(e.body, Some(Body::Visit(_)))
                });
                StopView {
                    owed_minor: stop.owed_minor.saturating_sub(paid).max(0),
                    visited: stop.visited || visited_here,
                    own: mine,
                    stop: stop.clone(),
                }
            })
            .collect();
        stops.sort_by_key(|s| (s.stop.position, s.stop.assignment_id));
        Self { day: disk.feed.day, stops, cash_box, unsent: disk.unsent(), own }
    }
}
