use serde_json::{Value, json};

use crate::{Kind, run};

fn contact(case: Value) -> Value {
    run(Kind::Contact, &case)
}

fn row(country: &str, zone: &str, instant: &str) -> Value {
    contact(
        json!({ "country": country, "subdivision": "", "debtor_zone": zone, "channel": "call", "instant_utc": instant }),
    )
}

fn candidate(country: &str, history: Value, candidate: Value) -> Value {
    contact(json!({ "country": country, "history": history, "candidate": candidate }))
}

fn message(result: &Value) -> &str {
    result["error"]["message"].as_str().unwrap_or_default()
}

#[test]
fn a_row_is_answered_with_its_norm_and_next_slot() {
    let result = row("CO", "America/Bogota", "2026-03-07T20:00:00Z");
    assert_eq!(result["allowed"], "False");
    assert_eq!(result["reason"], "after_window");
    assert_eq!(result["rule"], "Ley 2300 de 2023");
    assert_eq!(result["article"], "art. 3");
    assert_eq!(result["confidence"], "read");
    assert_eq!(result["next_slot"], "2026-03-09T07:00:00-05:00");
    assert!(result["explain"].as_array().unwrap().len() >= 3);
    let result = row("CO", "America/Bogota", "2026-03-09T12:00:00Z");
    assert_eq!((&result["allowed"], &result["article"]), (&json!("True"), &json!("art. 3")));
    assert_eq!(result["next_slot"], "2026-03-09T07:00:00-05:00");
}

#[test]
fn several_zones_must_agree() {
    let both = "America/New_York;America/Los_Angeles";
    assert_eq!(row("US", both, "2026-03-02T15:30:00Z")["reason"], "before_window");
    assert_eq!(row("US", both, "2026-03-02T16:00:00Z")["allowed"], "True");
}

#[test]
fn what_is_not_known_is_an_error_that_names_it() {
    assert!(message(&row("CO", "America/Bogota", "2031-03-04T15:00:00Z")).contains("2031"));
    assert!(message(&row("CR", "America/Costa_Rica", "2026-03-04T15:00:00Z")).contains("CR"));
    assert!(message(&row("US", "", "2026-03-04T15:00:00Z")).contains("zone"));
    assert!(message(&row("CO", "Bogota", "2026-03-04T15:00:00Z")).contains("debtor_zone"));
    assert!(message(&row("CO", "", "2026-03-04T15:00")).contains("instant_utc"));
    let odd = candidate("CO", json!([{ "at": "2026-03-02T09:00-05:00", "channel": "pigeon" }]), json!({}));
    assert!(odd["error"].is_object());
}

#[test]
fn the_written_offset_is_the_debtors_clock_where_no_zone_is_named() {
    let magallanes = candidate("CL", json!([]), json!({ "at": "2026-07-01T08:30-03:00", "channel": "call" }));
    assert_eq!(magallanes["allowed"], true);
    let santiago = candidate("CL", json!([]), json!({ "at": "2026-07-01T07:30-04:00", "channel": "call" }));
    assert_eq!(santiago["next_slot"], "2026-07-01T08:00:00-04:00");
}

#[test]
fn readings_of_the_week_of_colombia() {
    let history = json!([{ "at": "2026-03-02T09:00-05:00", "channel": "call", "result": "answered" }]);
    let at = |channel: &str| json!({ "at": "2026-03-04T10:00-05:00", "channel": channel });
    assert_eq!(candidate("CO", history.clone(), at("call"))["allowed"], true);
    assert_eq!(candidate("CO", history.clone(), at("sms"))["reason"], "frequency");
    let strict = json!({ "country": "CO", "history": history, "candidate": at("call"), "reading": "strict" });
    assert_eq!(contact(strict)["allowed"], false);
}

#[test]
fn calls_with_consent_or_without_connection_do_not_count() {
    let calls = |extra: Value| -> Value {
        let call = |day: u32| {
            let mut call = json!({ "at": format!("2026-03-0{day}T10:00-05:00"), "channel": "call" });
            call.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            call
        };
        (1..=7).map(call).collect()
    };
    let at = json!({ "at": "2026-03-07T15:00-05:00", "channel": "call" });
    assert_eq!(candidate("US", calls(json!({})), at.clone())["allowed"], false);
    assert_eq!(candidate("US", calls(json!({ "result": "busy" })), at.clone())["allowed"], true);
    assert_eq!(candidate("US", calls(json!({ "prior_consent": true })), at)["allowed"], true);
    let agreed = |on: &str| json!({ "at": "2026-03-07T15:00-05:00", "channel": "call", "consent_at": on });
    assert_eq!(candidate("US", calls(json!({})), agreed("2026-03-01"))["allowed"], true);
    assert_eq!(candidate("US", calls(json!({})), agreed("2026-02-28"))["allowed"], false);
}

#[test]
fn stops_recipients_and_consents_are_heard() {
    let with = |extra: Value| {
        let mut asked = json!({ "at": "2026-03-03T10:00-05:00", "channel": "call" });
        asked.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        candidate("CO", json!([]), asked)
    };
    assert_eq!(with(json!({ "stops": ["insolvency"] }))["reason"], "legal_stop");
    let until = json!({ "stops": [{ "kind": "dispute", "until": "2026-03-05T00:00-05:00" }] });
    assert_eq!(with(until)["next_slot"], "2026-03-05T07:00:00-05:00");
    assert_eq!(with(json!({ "recipient": "reference" }))["article"], "art. 4");
    assert_eq!(with(json!({ "authorised": false }))["article"], "art. 2");
    assert_eq!(with(json!({ "opted_out": true }))["reason"], "channel_refused");
    assert_eq!(with(json!({ "channel": "visit" }))["article"], "art. 6");
    let hours = json!({ "slots": [{ "days": ["Mon"], "open": "19:00-20:00" }], "separate_instrument": true });
    assert_eq!(with(json!({ "own_hours": hours }))["next_slot"], "2026-03-09T19:00:00-05:00");
    let decreed = json!({ "extra_holidays": { "2026-03-03": "mourning" } });
    assert_eq!(with(json!({ "overrides": decreed }))["reason"], "holiday");
}

#[test]
fn holidays_and_validation_periods() {
    let asked =
        |date: &str| run(Kind::Holiday, &json!({ "country": "ES", "subdivision": "CT", "date": date }));
    assert_eq!(asked("2026-09-11")["name"], "National Day of Catalonia");
    assert_eq!(asked("2026-09-10")["holiday"], false);
    assert_eq!(asked("2030-09-11")["holiday"], true);
    assert!(message(&asked("2031-09-11")).contains("2031"));
    let late = run(Kind::ValidationPeriod, &json!({ "sent": "2030-12-27" }));
    assert!(message(&late).contains("2031"));
}
