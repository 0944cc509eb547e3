//! Holds a value against the part of JSON Schema that the fixtures use. What a schema says and this
//! does not know is an error, so that nothing is passed over in silence.

use serde_json::Value;

/// Everything that is wrong.
pub fn faults(value: &Value, schema: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fault = |text: String| found.push(format!("{at}: {text}"));
    let length = value.as_str().map_or(0, |text| text.chars().count() as u64);
    let mut inner = Vec::new();
    for (key, rule) in schema.as_object().unwrap() {
        match key.as_str() {
            "type" => {
                let fits = match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    other => panic!("a type that this does not know: {other}"),
                };
                if !fits {
                    fault(format!("{value} is no {rule}"));
                }
            }
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        fault(format!("{name} is missing"));
                    }
                }
            }
            "properties" => {
                for (name, part) in value.as_object().unwrap() {
                    match rule.get(name) {
                        Some(rule) => inner.extend(faults(part, rule, &format!("{at}/{name}"))),
                        None => fault(format!("{name} is not described")),
                    }
                }
            }
            "items" => {
                for part in value.as_array().unwrap() {
                    inner.extend(faults(part, rule, &format!("{at}/*")));
                }
            }
            "enum" if !rule.as_array().unwrap().contains(value) => {
                fault(format!("{value} is none of {rule}"))
            }
            "minLength" if length < rule.as_u64().unwrap() => fault(format!("{value} is too short")),
            "maxLength" if length > rule.as_u64().unwrap() => fault(format!("{value} is too long")),
            "digits" if !value.as_str().unwrap().chars().all(|c| c.is_ascii_digit()) => {
                fault(format!("{value} holds more than figures"));
            }
            // Two letters and 32 figures, as every id of Twilio.
            "pattern" => {
                let kind = rule.as_str().unwrap().trim_start_matches('^').split('[').next().unwrap();
                let figures = value.as_str().unwrap().strip_prefix(kind).unwrap_or_default();
                if figures.len() != 32 || !figures.chars().all(|c| c.is_ascii_hexdigit()) {
                    fault(format!("{value} does not fit {rule}"));
                }
            }
            "format" => {
                let text = value.as_str().unwrap();
                let fits = match rule.as_str().unwrap() {
                    "phone-number" => text.starts_with('+') && text[1..].chars().all(|c| c.is_ascii_digit()),
                    "uri" => text.starts_with("http://") || text.starts_with("https://"),
                    other => panic!("a format that this does not know: {other}"),
                };
                if !fits {
                    fault(format!("{value} is no {rule}"));
                }
            }
            "enum" | "minLength" | "maxLength" | "digits" | "additionalProperties" => {}
            other => panic!("a rule that this does not know: {other}"),
        }
    }
    found.extend(inner);
    found
}
