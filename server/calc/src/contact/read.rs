//! A contact that is asked for, out of a case.

use chrono::NaiveDate;
use domain::contact::{Channel, ContactCase, Overrides, PastContact, Reading, Site, Zone};
use serde_json::Value;

use super::facts::{self, Fields};
use super::instant::{self, Written};
use super::names;
use crate::case::malformed;
use crate::{CalcError, Case};

pub struct Asked {
    pub country: String,
    /// The day of the contact on the debtor's calendar: it chooses the version of the rules.
    pub date: NaiveDate,
    pub contact: ContactCase,
    pub overrides: Overrides,
    /// What the case leaves open and how it was taken.
    pub assumed: Vec<String>,
    /// The results of a row are text.
    pub as_text: bool,
}

const AT: &[&str] = &["at", "instant", "instant_utc", "instant_local"];
const ZONES: &[&str] = &["debtor_zone", "debtor_zones", "zone", "zones"];

/// # Errors
/// A field is missing or not what it should be.
pub fn asked(case: Case) -> Result<Asked, CalcError> {
    let candidate = if case.has("candidate") { Some(case.object("candidate")?) } else { None };
    let fields = Fields { inner: candidate.unwrap_or(case), outer: case };
    let country = case.text("country")?.to_ascii_uppercase();
    let written = instant::instant(fields.inner, AT)?;
    let mut assumed = Vec::new();

    let mut contact = ContactCase::new(channel(fields.inner)?, written.at);
    contact.subdivision = fields.text("subdivision").map(str::to_ascii_uppercase);
    contact.zones = zones(&fields, &country, written, &mut assumed)?;
    contact.history = history(case)?;
    contact.creditor = fields.text("creditor").map(str::to_owned);
    contact.debt = fields.text("debt").map(str::to_owned);
    facts::fill(&mut contact, &fields, &mut assumed)?;
    if fields.inner.text_or_none("channel") == Some("work_visit") {
        contact.site = Site::Work;
    }
    let overrides = overrides(&fields, &mut assumed)?;
    let date = contact.zones.first().map_or(written.at.date_naive(), |zone| zone.date(written.at));
    Ok(Asked { country, date, contact, overrides, assumed, as_text: candidate.is_none() })
}

fn channel(case: Case) -> Result<Channel, CalcError> {
    let form = "a channel such as call or visit";
    let missing = || CalcError::Missing { field: "channel".to_owned(), form };
    names::channel("channel", case.get("channel").ok_or_else(missing)?)
}

fn zones(
    fields: &Fields,
    country: &str,
    written: Written,
    assumed: &mut Vec<String>,
) -> Result<Vec<Zone>, CalcError> {
    let mut named = instant::zones(fields.inner, ZONES)?;
    if named.is_empty() {
        named = instant::zones(fields.outer, ZONES)?;
    }
    if named.is_empty() {
        named = instant::zone_of(country, written);
        let zone = named.first().map_or("the country's own".to_owned(), ToString::to_string);
        assumed.push(format!("no zone is named: {zone} is taken"));
    }
    Ok(named)
}

fn history(case: Case) -> Result<Vec<PastContact>, CalcError> {
    if !case.has("history") {
        return Ok(Vec::new());
    }
    case.list("history")?.iter().map(|entry| past(Case::new(entry)?)).collect()
}

fn past(entry: Case) -> Result<PastContact, CalcError> {
    let outcome = entry.get("result").or_else(|| entry.get("outcome"));
    let none = Value::String(String::new());
    let mut prior_consent = false;
    for field in facts::PRIOR_CONSENT {
        prior_consent |= entry.yes_or(field, false)?;
    }
    Ok(PastContact {
        at: instant::instant(entry, AT)?.at,
        channel: channel(entry)?,
        outcome: names::outcome("result", outcome.unwrap_or(&none))?,
        creditor: entry.text_or_none("creditor").map(str::to_owned),
        debt: entry.text_or_none("debt").map(str::to_owned),
        prior_consent,
    })
}

/// An operator's holidays, days and reading. A case that names no reading is read by the bare words.
fn overrides(fields: &Fields, assumed: &mut Vec<String>) -> Result<Overrides, CalcError> {
    let mut overrides = Overrides::default();
    if let Some(value) = fields.get("overrides") {
        let form = "extra_holidays, called_off and days";
        overrides = serde_json::from_value(value.clone()).map_err(|_| malformed("overrides", value, form))?;
    }
    let reading = fields.get("reading");
    let wrong = |value: &Value| malformed("reading", value, "strict or lenient");
    overrides.reading = match reading {
        Some(value) => value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| wrong(value))?,
        None => Reading::Lenient,
    };
    if reading.is_none() {
        assumed.push("unclear norms are read leniently; say reading: strict for the other".to_owned());
    }
    Ok(overrides)
}
