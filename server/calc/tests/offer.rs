//! `calc offer`: what is told, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use calc::{Kind, run};
use serde_json::{Value, json};

fn case(change: Value) -> Value {
    let mut case = json!({
        "currency": "MXN", "as_of": "2026-11-27",
        "debt": { "principal": "1000.00", "default_interest": "200.00" },
    });
    case.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    case
}

fn proposal(change: Value) -> Value {
    let mut proposal = json!({ "first_on": "2026-12-05", "payments": 1 });
    proposal.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    run(Kind::Offer, &case(json!({ "proposal": proposal })))
}

#[test]
fn the_menu_is_told_before_anybody_asks() {
    let told = run(Kind::Offer, &case(json!({})));
    let offers = told["offers"].as_array().unwrap();
    let to_pay: Vec<_> = offers.iter().map(|offer| offer["to_pay"].as_str().unwrap()).collect();
    assert_eq!(to_pay, ["1100.00", "1140.00", "1200.00"], "{told}");
    assert_eq!(offers[2]["schedule"].as_array().unwrap().len(), 12);
    assert_eq!(told["explain"].as_array().unwrap().len(), 3);
}

#[test]
fn proposals_are_accepted_countered_and_referred() {
    let taken = proposal(json!({ "total": "1100.00" }));
    assert_eq!(
        (taken["decision"].as_str(), taken["deal"]["to_pay"].as_str()),
        (Some("accepted"), Some("1100.00"))
    );
    let short = proposal(json!({ "total": "900.00", "payments": 3, "every": "monthly" }));
    assert_eq!(short["decision"], "countered");
    assert_eq!(short["reasons"][0]["reason"], "total");
    assert!(short["deals"].as_array().unwrap().len() > 1);
    let all = proposal(json!({ "total": "900.00", "is_all_they_can": true }));
    assert_eq!(
        (all["decision"].as_str(), all["reasons"][0]["reason"].as_str()),
        (Some("referred"), Some("all_they_can"))
    );
    let poor = run(Kind::Offer, &case(json!({ "household": { "income": "100", "expenses": "200" } })));
    assert_eq!(poor["reasons"][0]["reason"], "nothing_left");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let code =
        |answer: &Value| answer["error"]["code"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    for (change, wants) in [
        (json!({ "debt": null }), "missing"),
        (json!({ "debt": { "capital": "1" } }), "malformed"),
        (json!({ "debt": { "principal": "-1" } }), "refused"),
        (json!({ "debt": { "principal": "1.005" } }), "refused"),
        (json!({ "debt": { "principal": "0" } }), "refused"),
        (json!({ "debt": { "principal": "92233720368547758.07", "interest": "1" } }), "refused"),
        (json!({ "as_of": "9999-12-31" }), "refused"),
        (json!({ "currency": "XXZ" }), "malformed"),
        (json!({ "policy": { "rules": 7 } }), "refused"),
        (
            json!({ "menu": { "offers": [{ "name": "a", "most_payments": 0, "first_within_days": 1 }] } }),
            "refused",
        ),
        (json!({ "proposal": { "first_on": "2026-11-26" } }), "refused"),
        (json!({ "proposal": { "first_on": "2026-11-28", "payments": 0 } }), "refused"),
        (json!({ "proposal": { "first_on": "2026-11-28", "payments": -3 } }), "malformed"),
        (json!({ "proposal": { "first_on": "2026-11-28", "every": "hourly" } }), "malformed"),
        (json!({ "household": { "income": "1" } }), "missing"),
    ] {
        let case = case(change);
        assert_eq!(code(&run(Kind::Offer, &case)), wants, "{case}");
    }
}
