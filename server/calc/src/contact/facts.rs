//! Consents, stops, hours and circumstances of a case.

use chrono::{DateTime, NaiveDate, Utc};
use domain::contact::{Channel, ContactCase, LegalStop, OwnHours, Site, StopKind};
use serde_json::Value;

use super::{instant, names};
use crate::case::malformed;
use crate::{CalcError, Case};

/// A field stands with the candidate, or with the case around it.
pub struct Fields<'a> {
    pub inner: Case<'a>,
    pub outer: Case<'a>,
}

impl<'a> Fields<'a> {
    pub fn get(&self, field: &str) -> Option<&'a Value> {
        self.inner.get(field).or_else(|| self.outer.get(field))
    }

    pub fn text(&self, field: &str) -> Option<&'a str> {
        self.inner.text_or_none(field).or_else(|| self.outer.text_or_none(field))
    }

    /// Whether any of these says yes.
    fn says(&self, names: &[&str]) -> Result<bool, CalcError> {
        let mut yes = false;
        for name in names {
            yes |= self.inner.yes_or(name, false)? || self.outer.yes_or(name, false)?;
        }
        Ok(yes)
    }

    fn first(&self, names: &[&'static str]) -> Option<(&'static str, &'a Value)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }
}

const AUTHORISED: &[&str] = &["authorised", "authorized", "visit_authorised", "express_authorisation"];
/// How a case may say that the debtor agreed beforehand: truth, or the day or instant of it.
pub const PRIOR_CONSENT: &[&str] = &[
    "prior_consent",
    "direct_prior_consent",
    "direct_consent",
    "consent",
    "prior_consent_at",
    "direct_prior_consent_at",
    "consent_at",
];

/// # Errors
/// A field is not what it should be.
pub fn fill(contact: &mut ContactCase, fields: &Fields, assumed: &mut Vec<String>) -> Result<(), CalcError> {
    if let Some(value) = fields.get("recipient") {
        contact.recipient = names::recipient("recipient", value)?;
    }
    if let Some(value) = fields.get("purpose") {
        contact.purpose = parsed("purpose", value, "collection or location")?;
    }
    if let Some((field, value)) = fields.first(&["site", "place"]) {
        contact.site = parsed::<Site>(field, value, "home or work")?;
    }
    contact.stops = stops(fields)?;
    contact.own_hours = own_hours(fields)?;
    consents(contact, fields, assumed)?;
    let facts = &mut contact.circumstances;
    facts.product = fields.text("product").map(str::to_owned);
    facts.visit_authorised = fields.says(AUTHORISED)?;
    facts.no_contact_data = fields.says(&["no_contact_data"])?;
    facts.failure_documented = fields.says(&["failure_documented", "operator_failure_documented"])?;
    facts.employer_forbids = fields.says(&["employer_forbids", "employer_prohibits"])?;
    facts.address_given = fields.says(&["address_given"])?;
    facts.location_asked = fields.says(&["location_asked"])?;
    Ok(())
}

fn consents(contact: &mut ContactCase, fields: &Fields, assumed: &mut Vec<String>) -> Result<(), CalcError> {
    if let Some((field, value)) = fields.first(&["authorised_channels", "consents"]) {
        contact.consents.authorised = channels(field, value)?.into_iter().collect();
    } else if fields.first(AUTHORISED).is_none() || fields.says(AUTHORISED)? {
        contact.consents.authorised.insert(contact.channel);
        assumed.push(format!("the debtor is taken to have authorised {}", contact.channel));
    }
    if let Some((field, value)) = fields.first(&["refused_channels", "opted_out"]) {
        match value {
            Value::Array(_) => contact.consents.refused = channels(field, value)?.into_iter().collect(),
            _ if fields.says(&[field])? => drop(contact.consents.refused.insert(contact.channel)),
            _ => {}
        }
    }
    if let Some((field, value)) = fields.first(PRIOR_CONSENT) {
        contact.consents.direct_prior = consent_at(field, value, contact.at)?;
    }
    Ok(())
}

/// When a consent was given: at the contact's own instant if only that it was is said.
fn consent_at(
    field: &str,
    value: &Value,
    contact: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, CalcError> {
    match value {
        Value::Bool(given) => Ok(given.then_some(contact)),
        // Noon is the same day on every clock that is less than half a day away.
        Value::String(text) => match text.parse::<NaiveDate>() {
            Ok(date) => Ok(date.and_hms_opt(12, 0, 0).map(|noon| noon.and_utc())),
            Err(_) => instant::instant_of(field, value).map(|written| Some(written.at)),
        },
        _ => Err(malformed(field, value, "true, false, a date or an instant")),
    }
}

fn channels(field: &str, value: &Value) -> Result<Vec<Channel>, CalcError> {
    let list = value.as_array().ok_or_else(|| malformed(field, value, "an array of channels"))?;
    list.iter().map(|one| names::channel(field, one)).collect()
}

fn stops(fields: &Fields) -> Result<Vec<LegalStop>, CalcError> {
    let Some((field, value)) = fields.first(&["stops", "legal_stops", "stop"]) else { return Ok(Vec::new()) };
    match value {
        Value::Array(all) => all.iter().map(|one| stop(field, one)).collect(),
        one => Ok(vec![stop(field, one)?]),
    }
}

/// A name, or `kind` with `from` and `until`.
fn stop(field: &str, value: &Value) -> Result<LegalStop, CalcError> {
    if value.is_string() {
        let kind: StopKind = names::stop(field, value)?;
        return Ok(LegalStop { kind, from: None, until: None });
    }
    let entry = Case::new(value)?;
    let at = |name: &str| entry.get(name).map(|v| instant::instant_of(name, v).map(|w| w.at)).transpose();
    let kind = entry.get("kind").unwrap_or(&Value::Null);
    Ok(LegalStop { kind: names::stop("kind", kind)?, from: at("from")?, until: at("until")? })
}

fn own_hours(fields: &Fields) -> Result<Option<OwnHours>, CalcError> {
    let Some(value) = fields.get("own_hours") else { return Ok(None) };
    let form = "slots of days with open as 18:00-21:00, and separate_instrument";
    serde_json::from_value(value.clone()).map(Some).map_err(|_| malformed("own_hours", value, form))
}

fn parsed<T: std::str::FromStr>(field: &str, value: &Value, form: &'static str) -> Result<T, CalcError> {
    let text = value.as_str().and_then(|text| text.parse().ok());
    text.ok_or_else(|| malformed(field, value, form))
}
