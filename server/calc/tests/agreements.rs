//! Plans, allocations and settlements beyond the vector files: other forms of a case, and cases
//! that have no answer.

use calc::{Kind, run};
use serde_json::{Value, json};

/// The error's code and message; empty if there was an answer.
fn refusal(kind: Kind, case: &Value) -> (String, String) {
    let result = run(kind, case);
    let text = |place: &str| result.pointer(place).and_then(Value::as_str).unwrap_or("").to_owned();
    (text("/error/code"), text("/error/message"))
}

fn figure(result: &Value, place: &str) -> Value {
    result.pointer(place).cloned().unwrap_or(Value::Null)
}

/// `base` with other fields in place.
fn with(base: &Value, changes: &Value) -> Value {
    let mut case = base.clone();
    for (name, value) in changes.as_object().into_iter().flatten() {
        if let Some(case) = case.as_object_mut() {
            case.insert(name.clone(), value.clone());
        }
    }
    case
}

fn french() -> Value {
    json!({ "principal": "1000.00", "annual_rate_pct": "12", "n": 4, "currency": "USD", "start": "2026-01-31",
        "period": "monthly rate = annual/12" })
}

#[test]
fn plans_without_an_answer() {
    for (changes, code, word) in [
        (json!({ "n": 0 }), "refused", "at least one"),
        (json!({ "n": -3 }), "refused", "whole number"),
        (json!({ "n": 1_000_000 }), "refused", "too many"),
        (json!({ "n": 2.5 }), "malformed", "whole number"),
        (json!({ "principal": "-5.00" }), "refused", "positive"),
        (json!({ "principal": "1e9" }), "malformed", "principal"),
        (json!({ "principal": "0.001" }), "malformed", "decimals"),
        (json!({ "principal": "99999999999999999999.00" }), "refused", "too large"),
        (json!({ "annual_rate_pct": "1000000000" }), "refused", "rate"),
        (json!({ "annual_rate_pct": "-1" }), "refused", "negative"),
        (json!({ "start": "0000-01-01" }), "refused", "0000-01-01"),
        (json!({ "start": "9999-12-01" }), "refused", "9999"),
        (json!({ "start": "2150-01-01", "n": 1200 }), "refused", "outside"),
        (json!({ "decimals": 1 }), "refused", "decimals"),
        (json!({ "currency": "XXZ" }), "malformed", "currency"),
        (json!({ "rounding": "sideways" }), "refused", "rounding"),
        (json!({ "period": "once in a while" }), "refused", "period"),
        (json!({ "kind": "pyramid" }), "unsupported", "pyramid"),
        (json!({ "kind": "custom", "instalments": [] }), "refused", "at least one"),
        (json!({ "instalments": [{ "due": "2026-03-01", "amount": "999.99" }] }), "refused", "1000.00"),
        (json!({ "balloon": "1000.01" }), "refused", "balloon"),
        (json!({ "grace_principal": 4 }), "refused", "grace"),
    ] {
        let (found, message) = refusal(Kind::Plan, &with(&french(), &changes));
        assert_eq!(found, code, "{changes}: {message}");
        assert!(message.contains(word), "{changes}: {message}");
    }
    assert_eq!(refusal(Kind::Plan, &json!({ "amount": "100" })).0, "missing");
}

#[test]
fn other_forms_of_a_plan() {
    let balloon = run(Kind::Plan, &with(&french(), &json!({ "balloon": "400.00" })));
    // (1000 − 400 × 1.01⁻⁴) × 0.01 ÷ (1 − 1.01⁻⁴)
    assert_eq!(figure(&balloon, "/regular_payment"), "157.77");
    assert_eq!(figure(&balloon, "/schedule/3/balance"), "0.00");
    let share = run(Kind::Plan, &with(&french(), &json!({ "balloon_pct": "40" })));
    assert_eq!(figure(&share, "/schedule"), figure(&balloon, "/schedule"));
    let bullet = run(Kind::Plan, &with(&french(), &json!({ "balloon": "principal at the end" })));
    assert_eq!(figure(&bullet, "/regular_payment"), "10.00");
    assert_eq!(figure(&bullet, "/schedule/3/payment"), "1010.00");
    let shifted = with(&french(), &json!({ "business_days": "following", "holidays": ["2026-03-02"] }));
    assert_eq!(figure(&run(Kind::Plan, &shifted), "/schedule/0/due"), "2026-03-03");
    let weekly = with(&french(), &json!({ "period": "weekly rate = annual/52" }));
    assert_eq!(figure(&run(Kind::Plan, &weekly), "/schedule/1/due"), "2026-02-14");
    let minimum = json!({ "amount": "100.00", "n": 3, "minimum": "33.33" });
    assert_eq!(figure(&run(Kind::Plan, &minimum), "/schedule/2/payment"), "33.34");
    let (_, message) = refusal(Kind::Plan, &with(&minimum, &json!({ "minimum": "33.34" })));
    assert!(message.contains("fewer instalments"), "{message}");
}

#[test]
fn allocations_without_an_answer() {
    let case = json!({ "components": { "fees": "5.00", "principal": "10.00" }, "order": ["fees", "principal"],
        "payment": "7.00" });
    for (changes, word) in [
        (json!({ "order": ["fees", "vat", "principal"] }), "vat"),
        (json!({ "order": ["fees", "fees", "principal"] }), "twice"),
        (json!({ "order": ["fees"] }), "principal"),
        (json!({ "payment": "-1.00" }), "negative"),
        (json!({ "components": { "fees": "-5.00", "principal": "10.00" } }), "negative"),
        (json!({ "mode": "whichever", "debts": ["1.00"] }), "whichever"),
        (json!({ "mode": "pro_rata", "debts": [] }), "at least one"),
        (json!({ "mode": "pro_rata", "debts": ["92233720368547758.07", "0.01"] }), "too large"),
    ] {
        let (code, message) = refusal(Kind::Allocate, &with(&case, &changes));
        assert_eq!(code, "refused", "{changes}: {message}");
        assert!(message.contains(word), "{changes}: {message}");
    }
    let named = run(Kind::Allocate, &with(&case, &json!({ "designated": ["principal"] })));
    assert_eq!(figure(&named, "/allocated/principal"), "7.00");
}

#[test]
fn money_beyond_what_is_due_and_later_payments() {
    let row = |n: u32, due: &str| json!({ "n": n, "due": due, "interest": "10.00", "principal": "90.00" });
    let case = json!({ "instalments": [row(1, "2026-01-05"), row(2, "2026-02-05"), row(3, "2026-03-05")],
        "mode": "horizontal", "as_of": "2026-01-31", "payment": "150.00", "overpayment": "last" });
    let last = run(Kind::Allocate, &case);
    assert_eq!(figure(&last, "/allocated/2/principal"), "40.00");
    let credit = run(Kind::Allocate, &with(&case, &json!({ "overpayment": "credit" })));
    assert_eq!(figure(&credit, "/unapplied"), "50.00");
    let bounced = json!({ "mode": "reversal", "before": { "interest": "30.00", "principal": "300.00" },
        "order": ["interest", "principal"], "payment": "100.00",
        "later": [{ "date": "2026-02-01", "amount": "50.00" }] });
    let after = run(Kind::Allocate, &bounced);
    assert_eq!(figure(&after, "/after"), json!({ "interest": "0.00", "principal": "280.00" }));
}

#[test]
fn settlements_without_an_answer_and_broken_ones() {
    let case = json!({ "debt": { "interest": "200.00", "principal": "1000.00" }, "n": 3,
        "discount_pct": { "interest": "100", "principal": "10" } });
    for (changes, word) in [
        (json!({ "discount_pct": { "interest": "-1" } }), "0 and 100"),
        (json!({ "discount_pct": { "interest": "100.1" } }), "0 and 100"),
        (json!({ "discount_pct": { "vat": "10" } }), "vat"),
        (json!({ "discount_amount": { "interest": "1.00" } }), "twice"),
        (json!({ "debt": {} }), "no components"),
        (json!({ "n": 0 }), "at least one"),
    ] {
        let (code, message) = refusal(Kind::Settle, &with(&case, &changes));
        assert_eq!(code, "refused", "{changes}: {message}");
        assert!(message.contains(word), "{changes}: {message}");
    }
    let agreed = run(Kind::Settle, &case);
    assert_eq!(figure(&agreed, "/instalments"), json!(["300.00", "300.00", "300.00"]));
    let broken = run(Kind::Settle, &with(&case, &json!({ "event": "breach", "paid": "300.00" })));
    assert_eq!(figure(&broken, "/after"), json!({ "interest": "0.00", "principal": "900.00" }));
    let earned = json!({ "event": "breach", "paid": "300.00", "forgiveness": "proportional" });
    // A third of each part, rounded down: 66.66 and 33.33 of 1,200.00 less the 300.00 paid.
    assert_eq!(figure(&run(Kind::Settle, &with(&case, &earned)), "/owed"), "800.01");
}

#[test]
fn loans_without_an_answer() {
    let case = json!({ "loan_product": "LP1", "n": 3, "strategy": "PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER",
        "events": [{ "op": "disburse", "date": "2023-01-01", "amount": 100.0 }] });
    let charge = |kind: &str| {
        json!([{ "op": "disburse", "date": "2023-01-01", "amount": 100.0 },
        { "op": "charge", "kind": kind, "due": "2023-01-02", "amount": 5.0 }])
    };
    for (changes, word) in [
        (json!({ "strategy": "FEES_FIRST" }), "FEES_FIRST"),
        (json!({ "events": [] }), "disbursed"),
        (json!({ "events": charge("SURPRISE") }), "SURPRISE"),
        (json!({ "events": [{ "op": "refund", "date": "2023-01-01", "amount": 1.0 }] }), "refund"),
        (json!({ "events": [{ "op": "disburse", "date": "2023-01-01", "amount": 0.0 }] }), "positive"),
        (json!({ "n": 0 }), "at least one"),
    ] {
        let (code, message) = refusal(Kind::Allocate, &with(&case, &changes));
        assert!(["refused", "unsupported"].contains(&code.as_str()), "{changes}: {code} {message}");
        assert!(message.contains(word), "{changes}: {message}");
    }
}
