//! Input that has no right answer gets a typed error: never a panic, never a wrapped figure.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use calc::{Kind, run};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The code of the error that a case gives.
fn code(kind: Kind, case: &Value) -> String {
    let result = run(kind, case);
    let code = result.pointer("/error/code").unwrap_or_else(|| panic!("{case} gives {result}"));
    let message = result.pointer("/error/message").and_then(Value::as_str).unwrap();
    assert!(message.len() > 15, "{case}: {message}");
    code.as_str().unwrap().to_owned()
}

fn arrears(change: Value) -> Value {
    let mut case = json!({
        "type": "simple_daily", "overdue_principal": "1000.00", "annual_rate_pct": "36", "due": "2026-01-15",
        "as_of": "2026-02-14", "basis": "ACT/365", "currency": "MXN", "decimals": 2,
    });
    case.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    case
}

#[test]
fn arrears_without_an_answer() {
    for (change, wants) in [
        (json!({"overdue_principal": "99999999999999999999"}), "refused"),
        (json!({"overdue_principal": "-1"}), "refused"),
        (json!({"overdue_principal": "1e5"}), "malformed"),
        (json!({"overdue_principal": null}), "missing"),
        (json!({"overdue_principal": "92233720368547758", "as_of": "2120-01-14"}), "refused"),
        (json!({"annual_rate_pct": "1000000000"}), "refused"),
        (json!({"annual_rate_pct": "-1"}), "refused"),
        (json!({"due": "0000-01-01"}), "refused"),
        (json!({"as_of": "9999-12-31"}), "refused"),
        (json!({"as_of": "2126-01-15"}), "refused"),
        (json!({"as_of": "2026-02-30"}), "malformed"),
        (json!({"as_of": "2026-01-14"}), "refused"),
        (json!({"basis": "ACT/361"}), "refused"),
        (json!({"basis": "ACT/ACT ICMA"}), "refused"),
        (json!({"currency": "XXZ"}), "malformed"),
        (json!({"decimals": -1}), "refused"),
        (json!({"decimals": 99}), "refused"),
        (json!({"rounding": "sideways"}), "malformed"),
        (json!({"grace_days": -3}), "refused"),
        (json!({"grace_days": 3, "grace_mode": "perhaps"}), "malformed"),
        (json!({"type": "astrology"}), "unsupported"),
        (json!({"principal_path": []}), "refused"),
        (json!({"principal_path": [["2026-01-15", "-5"]]}), "refused"),
        (json!({"principal_path": [["2026-01-15"]]}), "malformed"),
        (json!({"principal_path": [["2026-01-15", "5"], ["2026-01-10", "5"]]}), "refused"),
        (json!({"cap_table_pct": [["2026-02-01", "5"], ["2026-01-01", "5"]]}), "refused"),
        (json!({"vat_pct": "101"}), "refused"),
    ] {
        assert_eq!(code(Kind::Arrears, &arrears(change.clone())), wants, "{change}");
    }
    for days in ["-1", "36525", "9223372036854775807"] {
        let case = json!({"type": "effective_annual_compound", "overdue_principal": "1", "ea_pct": "25", "days": days});
        assert_eq!(code(Kind::Arrears, &case), "refused", "{days}");
    }
}

#[test]
fn other_kinds_without_an_answer() {
    let days = |convention: &str, start: &str, end: &str| json!({"convention": convention, "start": start, "end": end});
    for case in [
        days("ACT/ACT SOMEHOW", "2026-01-01", "2026-02-01"),
        days("ACT/360", "0000-01-01", "2026-02-01"),
        days("ACT/360", "2026-01-01", "9999-12-31"),
        days("30/365", "2000-01-01", "2100-01-01"),
    ] {
        assert_eq!(code(Kind::DayCount, &case), "refused");
    }
    let cost = |overdue: &str, uf: &str| json!({"overdue_clp": overdue, "uf_value": uf, "useful_contact_in_15_days": "yes"});
    assert_eq!(code(Kind::CollectionCost, &cost("100000", "0")), "refused");
    assert_eq!(code(Kind::CollectionCost, &cost("-1", "39000")), "refused");
    assert_eq!(code(Kind::CollectionCost, &cost("0.5", "39000")), "malformed");
    assert_eq!(code(Kind::CollectionCost, &cost("99999999999999999999", "39000")), "refused");
    let round = |value: &str, decimals: i64| json!({"value": value, "decimals": decimals});
    assert_eq!(code(Kind::Rounding, &round("a", 2)), "malformed");
    assert_eq!(code(Kind::Rounding, &round("1", 13)), "refused");
    assert_eq!(code(Kind::Rounding, &round("99999999999999999999", 2)), "refused");
    let uf = json!({"unit": "UF", "uf_on_day_9": "39000", "cpi_change_prev_month_pct": "0.4", "days_from_10_to_next_9": 0});
    assert!(run(Kind::IndexUnit, &uf).get("t=1").is_none());
    assert_eq!(code(Kind::IndexUnit, &json!({"unit": "gold"})), "unsupported");
    assert_eq!(code(Kind::IndexUnit, &json!({"unit": "UF"})), "missing");
    assert_eq!(code(Kind::DayCount, &json!(7)), "not_an_object");
}

#[test]
fn an_array_gives_an_array_in_order() {
    let cases = json!([{"value": "0.5", "decimals": 0}, 3, {"value": "1.5", "decimals": 0}]);
    let results = run(Kind::Rounding, &cases);
    assert_eq!(results[0]["half_even"], "0");
    assert_eq!(results[1]["error"]["code"], "not_an_object");
    assert_eq!(results[2]["half_even"], "2");
}

#[test]
fn figures_say_how_they_came_about() {
    let result = run(Kind::Arrears, &arrears(json!({"grace_days": 5, "grace_mode": "excluded"})));
    assert_eq!((&result["days"], &result["interest"]), (&json!(25), &json!("24.66")));
    let why = result["explain"].to_string();
    for said in [
        "2026-01-20 to 2026-02-14",
        "25 days on 1000.00 at 36 %",
        "24.657534",
        "grace",
        "rounded half up to 2",
    ] {
        assert!(why.contains(said), "{said} in {why}");
    }
    let taxed = run(Kind::Arrears, &arrears(json!({"vat_pct": "16"})));
    assert_eq!((&taxed["vat"], &taxed["total"]), (&json!("4.73"), &json!("34.32")));
}

/// Anything, often with the fields that the kinds read.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "-?[0-9]{1,20}(\\.[0-9]{1,10})?".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}".prop_map(Value::from),
        "(ACT/365|ACT/ACT|30E/360|MXN|CLP|yes|UF|UVR|half_even|retro|ACT/ACT ICMA)".prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| prop::collection::vec(inner, 0..4).prop_map(Value::from))
}

const FIELDS: &[&str] = &[
    "type",
    "overdue_principal",
    "annual_rate_pct",
    "due",
    "as_of",
    "basis",
    "currency",
    "decimals",
    "rounding",
    "principal_path",
    "grace_days",
    "grace_mode",
    "days",
    "ea_pct",
    "formula",
    "cap_table_ea_pct",
    "agreed_ea_pct",
    "ecb_rate_pct",
    "margin_pp",
    "fixed_compensation",
    "base",
    "overdue",
    "convention",
    "start",
    "end",
    "ref_start",
    "ref_end_or_termination",
    "value",
    "overdue_clp",
    "uf_value",
    "useful_contact_in_15_days",
    "unit",
    "debt_units",
    "uf_on_day_9",
    "uvr_on_day_15",
    "cpi_change_prev_month_pct",
    "days_from",
    "vat_pct",
    "country",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn anything_gives_an_answer_or_an_error(
        fields in prop::collection::hash_map(prop::sample::select(FIELDS), json_value(), 0..14), kind in 0..Kind::ALL.len(),
    ) {
        let case: Value = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>().into();
        let result = run(Kind::ALL[kind].1, &case);
        prop_assert!(result.get("error").is_some() != result.get("explain").is_some(), "{case}: {result}");
    }
}
