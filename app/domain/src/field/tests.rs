use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const DEVICE: Uuid = Uuid::from_u128(7);
const COLLECTOR: Uuid = Uuid::from_u128(9);

fn draft(n: u64, note: &str, cash: Option<i64>) -> EventDraft {
    let body = match cash {
        Some(amount_minor) => Body::Cash(CashReceived {
            receipt_no: format_receipt_no("D07", n),
            amount_minor,
            currency: "MXN".into(),
            payer_name: "Ana Núñez".into(),
            note: note.into(),
        }),
        None => Body::Visit(VisitRecorded { disposition: VisitDisposition::NotHome, note: note.into() }),
    };
    EventDraft {
        event_id: Uuid::from_u128(1_000 + u128::from(n)),
        device_id: DEVICE,
        collector_id: COLLECTOR,
        assignment_id: Some(Uuid::from_u128(3)),
        account_id: Some(Uuid::from_u128(4)),
        base_cursor: Some("c1".into()),
        wall_ms: 1_700_000_000_000,
        server_anchor_ms: None,
        position: Position::None { reason: NoFixReason::Denied },
        body,
    }
}

fn chain(notes: &[(String, Option<i64>)]) -> Vec<WireEvent> {
    let mut head = Head::default();
    let mut events = Vec::new();
    for (n, (note, cash)) in (1..).zip(notes) {
        let (event, next) = build_event(&head, &draft(n, note, *cash)).unwrap();
        head = next;
        events.push(event);
    }
    events
}

fn notes() -> impl Strategy<Value = Vec<(String, Option<i64>)>> {
    prop::collection::vec((".{0,20}", prop::option::of(1..1_000_000_i64)), 1..8)
}

proptest! {
    #[test]
    fn a_chain_verifies_and_reads_back(notes in notes()) {
        let events = chain(&notes);
        let head = verify_chain(DEVICE, &Head::default(), &events).unwrap();
        prop_assert_eq!(head.seq, events.len() as u64);
        for (event, (note, cash)) in events.iter().zip(&notes) {
            let body = event.envelope().unwrap().parsed_body().unwrap();
            prop_assert_eq!(body, draft(event.seq, note, *cash).body);
        }
    }

    #[test]
    fn any_changed_byte_is_detected(notes in notes(), at in any::<prop::sample::Index>(), byte in any::<prop::sample::Index>(), with in 32_u8..127) {
        let mut events = chain(&notes);
        let n = at.index(events.len());
        let mut bytes = events[n].payload.clone().into_bytes();
        let i = byte.index(bytes.len());
        prop_assume!(bytes[i] != with);
        bytes[i] = with;
        events[n].payload = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert!(verify_chain(DEVICE, &Head::default(), &events).is_err());
        // A forger who also mends this event's own hash is caught by the event after it.
        events[n].hash = hash_payload(&events[n].payload);
        if n + 1 < events.len() {
            prop_assert!(verify_chain(DEVICE, &Head::default(), &events).is_err());
        }
    }

    #[test]
    fn a_missing_or_swapped_event_is_detected(notes in prop::collection::vec((".{0,9}", prop::option::of(1..99_i64)), 2..8), at in any::<prop::sample::Index>()) {
        let events = chain(&notes);
        let n = at.index(events.len() - 1);
        let mut missing = events.clone();
        missing.remove(n);
        prop_assert!(verify_chain(DEVICE, &Head::default(), &missing).is_err());
        let mut swapped = events;
        swapped.swap(n, n + 1);
        prop_assert!(verify_chain(DEVICE, &Head::default(), &swapped).is_err());
    }

    #[test]
    fn receipt_numbers_read_back(code in "[A-Z][0-9]{2,4}", number in 1..5_000_000_u64) {
        let text = format_receipt_no(&code, number);
        prop_assert_eq!(parse_receipt_no(&text), Ok((code.as_str(), number)));
    }
}

fn judged(head: &Head, known: Option<&str>, event: &WireEvent) -> Judgement {
    judge(DEVICE, COLLECTOR, head, known, event)
}

#[test]
fn the_next_event_is_accepted_and_a_known_one_is_a_duplicate() {
    let events = chain(&[("a".into(), None), ("b".into(), Some(500))]);
    assert!(matches!(judged(&Head::default(), None, &events[0]), Judgement::Accept(_, Body::Visit(_))));
    let head = Head { seq: 1, hash: events[0].hash.clone() };
    assert!(matches!(judged(&head, None, &events[1]), Judgement::Accept(_, Body::Cash(_))));
    assert_eq!(judged(&head, Some(&events[0].hash), &events[0]), Judgement::Duplicate);
}

#[test]
fn a_gap_asks_for_the_missing_event() {
    let events = chain(&[("a".into(), None), ("b".into(), None)]);
    assert_eq!(judged(&Head::default(), None, &events[1]), Judgement::Gap { need_from: 1 });
}

#[test]
fn a_copied_phone_is_a_fork() {
    let mine = chain(&[("a".into(), None), ("b".into(), None)]);
    let copy = chain(&[("x".into(), None), ("y".into(), None)]);
    let head = Head { seq: 1, hash: mine[0].hash.clone() };
    assert_eq!(judged(&head, Some(&mine[0].hash), &copy[0]), Judgement::Fork(ForkReason::OtherEventAtSeq));
    assert_eq!(judged(&head, None, &copy[1]), Judgement::Fork(ForkReason::OtherPredecessor));
}

#[test]
fn what_cannot_be_used_is_quarantined() {
    let next = |payload: String| WireEvent { seq: 1, hash: hash_payload(&payload), payload };
    let good = chain(&[("a".into(), Some(500))]).remove(0).payload;
    let cases = [
        (next("{not json".into()), QuarantineReason::Unreadable),
        (next(good.replace("cash_received", "cash_teleported")), QuarantineReason::UnknownKind),
        (next(good.replace("\"kind_v\":1", "\"kind_v\":9")), QuarantineReason::UnknownKind),
        (next(good.replace("\"amount_minor\":500", "\"amount_minor\":-500")), QuarantineReason::Malformed),
        (next(good.replace("\"amount_minor\":500", "\"amount_minor\":5.5")), QuarantineReason::Malformed),
        (
            next(good.replace(&DEVICE.to_string(), &Uuid::from_u128(8).to_string())),
            QuarantineReason::OtherOwner,
        ),
        (WireEvent { seq: 1, hash: "00".into(), payload: good }, QuarantineReason::HashMismatch),
    ];
    for (event, reason) in cases {
        assert_eq!(
            judged(&Head::default(), None, &event),
            Judgement::Quarantine(reason),
            "{}",
            event.payload
        );
    }
}

#[test]
fn an_ack_keeps_its_form_on_the_wire() {
    let ack = EventAck {
        seq: 3,
        event_id: None,
        outcome: Outcome::PostedUnapplied { reason: UnappliedReason::Over },
        duplicate: true,
    };
    let text = serde_json::to_string(&ack).unwrap();
    assert_eq!(
        text,
        r#"{"seq":3,"event_id":null,"outcome":"posted_unapplied","reason":"over","duplicate":true}"#
    );
    assert_eq!(serde_json::from_str::<EventAck>(&text).unwrap(), ack);
}

#[test]
fn odd_receipt_numbers_are_refused() {
    for text in ["", "D07", "D07-", "D07-12", "D07-000000", "D07-0000001", "D 7-000001", "-000001"] {
        assert!(parse_receipt_no(text).is_err(), "{text}");
    }
}
