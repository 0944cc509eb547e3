//! Vector files: cases with inputs and expected figures, from JSON or CSV.

use std::path::PathBuf;

use calc::Kind;
use domain::money::Decimal;
use serde_json::{Map, Value};

pub struct Vectors {
    file: &'static str,
    kind: Kind,
    cases: Vec<VectorCase>,
}

struct VectorCase {
    id: String,
    inputs: Value,
    expected: Map<String, Value>,
}

/// Which kind computes a file, and which columns of a CSV file are results.
fn plan_of(file: &str) -> (Kind, &'static [&'static str]) {
    match file {
        "daycount.csv" => (Kind::DayCount, &["days", "year_fraction"]),
        "rounding.csv" => (Kind::Rounding, &["half_up", "half_even", "down"]),
        "collection_fees_chile.csv" => (Kind::CollectionCost, &["overdue_uf", "max_fee_uf", "max_fee_clp"]),
        "contact_windows.csv" => (Kind::Contact, &["allowed", "reason"]),
        "arrears_interest.json" => (Kind::Arrears, &[]),
        "index_units.json" => (Kind::IndexUnit, &[]),
        "settlements.json" => (Kind::Settle, &[]),
        "waterfall.json" | "waterfall_fineract_e2e.json" => (Kind::Allocate, &[]),
        // Its reasons are remarks in free words.
        "contact_frequency.json" => (Kind::Contact, &["allowed"]),
        "holidays_2025_2028.csv" => (Kind::Holiday, &["name"]),
        "regf_validation_period.csv" => {
            (Kind::ValidationPeriod, &["assumed_receipt", "validation_period_end"])
        }
        _ => (Kind::Plan, &[]),
    }
}

/// Columns that say where a case comes from, and are no input.
const ABOUT: &[&str] = &["id", "source", "note"];

impl Vectors {
    pub fn load(file: &'static str) -> Self {
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors");
        let folder = PathBuf::from(std::env::var("VECTORS_DIR").unwrap_or_else(|_| own.to_owned()));
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let (kind, results) = plan_of(file);
        let cases = if path.extension().is_some_and(|kind| kind == "csv") {
            from_csv(&text, results)
        } else {
            from_json(&text, results)
        };
        assert!(!cases.is_empty(), "{file} has no cases");
        Self { file, kind, cases }
    }

    /// Runs every case that is not excluded; lists all that differ.
    pub fn check(&self) {
        let excluded = exclusions();
        let (mut ran, mut left_out, mut wrong) = (0, 0, Vec::new());
        for case in &self.cases {
            if excluded.contains(&case.id) {
                left_out += 1;
                continue;
            }
            ran += 1;
            let result = calc::run(self.kind, &case.inputs);
            wrong.extend(differences(&case.id, &case.expected, &result));
        }
        println!("{}: {ran} cases ran, {left_out} excluded, {} differences", self.file, wrong.len());
        assert!(wrong.is_empty(), "{}:\n{}", self.file, wrong.join("\n"));
    }
}

fn from_json(text: &str, results: &[&str]) -> Vec<VectorCase> {
    let all: Vec<Map<String, Value>> = serde_json::from_str(text).expect("an array of cases");
    all.into_iter()
        .map(|case| {
            let id = case["id"].as_str().expect("an id").to_owned();
            if !case.contains_key("inputs") {
                return flat(id, case, results);
            }
            let expected = case["expected"].as_object().expect("expected figures").clone();
            VectorCase { id, inputs: case["inputs"].clone(), expected }
        })
        .collect()
}

/// A case whose inputs and results stand side by side.
fn flat(id: String, case: Map<String, Value>, results: &[&str]) -> VectorCase {
    let known = case.into_iter().filter(|(name, _)| name != "reason" && !ABOUT.contains(&name.as_str()));
    let (expected, inputs): (Map<_, _>, Map<_, _>) =
        known.partition(|(name, _)| results.contains(&name.as_str()));
    VectorCase { id, inputs: Value::Object(inputs), expected }
}

fn from_csv(text: &str, results: &[&str]) -> Vec<VectorCase> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<std::collections::BTreeMap<String, String>> =
        reader.deserialize().collect::<Result<_, _>>().expect("rows of a CSV file");
    rows.into_iter()
        .map(|row| {
            let (mut inputs, mut expected) = (Map::new(), Map::new());
            for (column, value) in &row {
                let of = if results.contains(&column.as_str()) { &mut expected } else { &mut inputs };
                if !ABOUT.contains(&column.as_str()) {
                    of.insert(column.clone(), Value::String(value.clone()));
                }
            }
            VectorCase { id: id_of(&row), inputs: Value::Object(inputs), expected }
        })
        .collect()
}

/// Its id; a holiday is known by place and date.
fn id_of(row: &std::collections::BTreeMap<String, String>) -> String {
    let by_place = || format!("{}-{}-{}", row["country"], row["subdivision"], row["date"]);
    row.get("id").cloned().unwrap_or_else(by_place)
}

/// The ids in `vectors/exclusions.toml`; each has a reason, or the list does not load.
fn exclusions() -> Vec<String> {
    let list: toml::Table = include_str!("../../vectors/exclusions.toml").parse().expect("a list of reasons");
    let reasoned = |(id, reason): (String, toml::Value)| {
        assert!(reason.as_str().is_some_and(|r| r.len() > 20), "{id} is excluded without a reason");
        id
    };
    list.into_iter().map(reasoned).collect()
}

fn differences(id: &str, expected: &Map<String, Value>, result: &Value) -> Vec<String> {
    if let Some(error) = result.get("error") {
        return vec![format!("{id}: {error}")];
    }
    let differs = |(name, want): (&String, &Value)| {
        let found = result.get(name).unwrap_or(&Value::Null);
        let agrees = same(want, found) || (name == "year_fraction" && nearly(want, found));
        (!agrees).then(|| format!("{id}: {name} should be {want}, is {found}"))
    };
    expected.iter().filter_map(differs).collect()
}

/// Text must be the same text; numbers the same number; lists and objects the same all through,
/// but a result may say more than was expected.
fn same(want: &Value, found: &Value) -> bool {
    match (want, found) {
        (Value::Number(a), Value::Number(b)) => decimal(a.to_string()) == decimal(b.to_string()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.iter().all(|(name, a)| same(a, b.get(name).unwrap_or(&Value::Null)))
        }
        (a, b) => a == b,
    }
}

/// Fractions of a year stem from a test suite that compares floats to ten decimals, and that
/// writes some of its twelve decimals as zeros.
fn nearly(want: &Value, found: &Value) -> bool {
    let number = |value: &Value| value.as_str().and_then(|text| decimal(text.to_owned()));
    let off = number(want).zip(number(found)).and_then(|(want, found)| want.sub(found).ok());
    let tolerance = decimal("0.0000000001".to_owned());
    off.zip(tolerance).is_some_and(|(off, tolerance)| off < tolerance && off > tolerance.negate())
}

fn decimal(text: String) -> Option<Decimal> {
    text.parse().ok()
}
