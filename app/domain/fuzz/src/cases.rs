//! Cases of `saldar calc`: arbitrary JSON, and the project's own vectors with some of their
//! values replaced, so that the noise gets past the first missing field.

use std::sync::LazyLock;

use calc::Kind;
use serde_json::{Map, Value};

const FILES: &[(Kind, &str)] = &[
    (Kind::Arrears, include_str!("../../../../server/calc/vectors/arrears_interest.json")),
    (Kind::IndexUnit, include_str!("../../../../server/calc/vectors/index_units.json")),
    (Kind::Plan, include_str!("../../../../server/calc/vectors/plans.json")),
    (Kind::Plan, include_str!("../../../../server/calc/vectors/frappe_lending.json")),
    (Kind::Plan, include_str!("../../../../server/calc/vectors/amortization_fineract_emi.json")),
    (Kind::Plan, include_str!("../../../../server/calc/vectors/schedules_fineract_e2e.json")),
    (Kind::Allocate, include_str!("../../../../server/calc/vectors/waterfall.json")),
    (Kind::Allocate, include_str!("../../../../server/calc/vectors/waterfall_fineract_e2e.json")),
    (Kind::Settle, include_str!("../../../../server/calc/vectors/settlements.json")),
    (Kind::Contact, include_str!("../../../../server/calc/vectors/contact_frequency.json")),
];

/// One row of each CSV file.
const ROWS: &[(Kind, &str)] = &[
    (
        Kind::DayCount,
        r#"{"convention":"ACT/ACT ICMA","start":"1999-07-30","end":"2000-01-30","ref_start":"1999-07-30","ref_end_or_termination":"2000-01-30"}"#,
    ),
    (
        Kind::DayCount,
        r#"{"convention":"30E/360 ISDA","start":"2008-02-29","end":"2009-02-28","ref_start":"","ref_end_or_termination":"2009-02-28"}"#,
    ),
    (Kind::Rounding, r#"{"value":"2.355","currency":"USD","decimals":"2"}"#),
    (
        Kind::CollectionCost,
        r#"{"overdue_clp":"100000","uf_value":"27205.11","useful_contact_in_15_days":"yes"}"#,
    ),
];

static SEEDS: LazyLock<Vec<(Kind, Value)>> = LazyLock::new(|| {
    let inputs = |case: &Value| case.get("inputs").cloned();
    let of_file = |(kind, text): &(Kind, &str)| {
        let cases: Vec<Value> = serde_json::from_str(text).expect("a vector file");
        cases.iter().filter_map(inputs).map(|case| (*kind, case)).collect::<Vec<_>>()
    };
    let rows = ROWS.iter().map(|(kind, text)| (*kind, serde_json::from_str(text).expect("a row")));
    FILES.iter().flat_map(of_file).chain(rows).collect()
});

/// What breaks rules that believe in good faith.
const NASTY: &[&str] = &[
    "null",
    "\"\"",
    "0",
    "-1",
    "1e400",
    "9223372036854775807",
    "\"99999999999999999999999999\"",
    "\"0.000000000000001\"",
    "\"1000000000\"",
    "\"0000-01-01\"",
    "\"9999-12-31\"",
    "\"1900-01-01\"",
    "\"2199-12-31\"",
    "\"2026-02-29\"",
    "[]",
    "{}",
    "true",
    "\"-0\"",
    "1",
    "2",
    "360",
    "100000",
    "\"ACT/ACT\"",
    "\"ACT/ACT ICMA\"",
    "\"30E/360 ISDA\"",
    "[[\"2026-01-01\",\"1\"]]",
    "\"unknown\"",
    "\"92233720368547758.07\"",
    "-2147483648",
];

/// A vector case with some values replaced: two bytes choose it, then two for each replacement.
pub fn changed(food: &[u8]) {
    let [low, high, rest @ ..] = food else { return };
    let index = usize::from(u16::from_le_bytes([*low, *high])) % SEEDS.len();
    let (kind, mut case) = SEEDS[index].clone();
    for change in rest.chunks_exact(2).take(12) {
        let (place, with) = (usize::from(change[0]), usize::from(change[1]));
        let mut left = place % count(&case).max(1);
        replace(&mut case, &mut left, with);
    }
    run(kind, &case);
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

/// Replaces the value that is `left` places further on, in order of reading.
fn replace(value: &mut Value, left: &mut usize, with: usize) {
    if *left == 0 {
        *value = NASTY
            .get(with)
            .map_or_else(|| twisted(value, with), |text| serde_json::from_str(text).unwrap_or(Value::Null));
        *left = usize::MAX;
        return;
    }
    *left -= 1;
    let inner: Vec<&mut Value> = match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => return,
    };
    for item in inner {
        if *left == usize::MAX {
            return;
        }
        replace(item, left, with);
    }
}

/// The value itself, a little off.
fn twisted(value: &Value, with: usize) -> Value {
    match value {
        Value::String(text) => {
            let mut bytes = text.clone().into_bytes();
            if let Some(byte) = bytes.get_mut(with % text.len().max(1)) {
                *byte = b"0123456789.-"[with % 12];
            }
            String::from_utf8(bytes).map_or(Value::Null, Value::String)
        }
        Value::Number(number) => Value::String(format!("{number}{with}")),
        Value::Array(items) => items.iter().rev().chain(items).cloned().collect(),
        Value::Object(fields) => fields
            .iter()
            .skip(1)
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// Any JSON, to every kind.
pub fn any_json(food: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(food) else { return };
    for (_, kind) in Kind::ALL {
        run(*kind, &value);
    }
}

fn run(kind: Kind, case: &Value) {
    let result = calc::run(kind, case);
    if !case.is_array() {
        assert!(result.get("error").is_some() != result.get("explain").is_some(), "{case} gives {result}");
    }
}
