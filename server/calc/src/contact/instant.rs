//! Instants and zones of a case.

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use domain::contact::{RuleBook, Zone};
use serde_json::Value;

use crate::case::malformed;
use crate::{CalcError, Case};

const FORM: &str = "an instant such as 2026-03-02T09:00-05:00";

/// An instant as it was written: its offset may say where the debtor is.
#[derive(Clone, Copy)]
pub struct Written {
    pub at: DateTime<Utc>,
    /// None if it was written in UTC.
    pub offset: Option<FixedOffset>,
}

/// # Errors
/// No instant, or one without offset.
pub fn instant_of(field: &str, value: &Value) -> Result<Written, CalcError> {
    let text = value.as_str().unwrap_or_default();
    let (text, is_utc) = match text.strip_suffix(['Z', 'z']) {
        Some(bare) => (format!("{bare}+00:00"), true),
        None => (text.to_owned(), false),
    };
    let parsed = DateTime::parse_from_rfc3339(&text)
        .or_else(|_| DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M%:z"))
        .map_err(|_| malformed(field, value, FORM))?;
    Ok(Written { at: parsed.to_utc(), offset: (!is_utc).then(|| *parsed.offset()) })
}

/// The instant of the first of these fields that is there.
///
/// # Errors
/// None is there, or it is no instant.
pub fn instant(case: Case, fields: &[&str]) -> Result<Written, CalcError> {
    let field = case.any_of(fields, FORM)?;
    case.get(field).map_or_else(
        || Err(CalcError::Missing { field: field.to_owned(), form: FORM }),
        |value| instant_of(field, value),
    )
}

/// The zones that a case names: a list, or text with `;`, `,` or `|` between them.
///
/// # Errors
/// One is no zone of the time zone database.
pub fn zones(case: Case, fields: &[&'static str]) -> Result<Vec<Zone>, CalcError> {
    let Some((field, value)) = fields.iter().find_map(|field| Some((*field, case.get(field)?))) else {
        return Ok(Vec::new());
    };
    let wrong = || malformed(field, value, "zones such as America/Bogota");
    let names: Vec<&str> = match value {
        Value::Array(all) => {
            all.iter().map(|one| one.as_str().ok_or_else(wrong)).collect::<Result<_, _>>()?
        }
        Value::String(text) => text.split([';', ',', '|', ' ']).collect(),
        _ => return Err(wrong()),
    };
    let named = names.into_iter().filter(|name| !name.is_empty());
    named.map(|name| name.parse::<Tz>().map(Zone::Named).map_err(|_| wrong())).collect()
}

/// Where no zone is named: the country's own if the written offset holds there, else that offset.
pub fn zone_of(country: &str, written: Written) -> Vec<Zone> {
    let Some(offset) = written.offset else { return Vec::new() };
    let packs = RuleBook::embedded().map(RuleBook::packs).unwrap_or_default();
    let own = packs.iter().find(|pack| pack.country == country).and_then(|pack| pack.zone);
    let holds = own.is_some_and(|tz| *Zone::Named(tz).shown(written.at).offset() == offset);
    if holds { Vec::new() } else { vec![Zone::Fixed(offset)] }
}
