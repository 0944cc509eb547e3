//! Reading a case: every field by name, as text or number, never trusted.

use chrono::NaiveDate;
use domain::money::{Currency, Decimal};
use serde_json::{Map, Value};

use crate::CalcError;

/// One case, by field name. Numbers may be JSON numbers or text; text keeps every digit.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a>(&'a Map<String, Value>);

/// What is shown of a value in an error.
const SHOWN_CHARS: usize = 60;

impl<'a> Case<'a> {
    /// # Errors
    /// The value is no object.
    pub fn new(value: &'a Value) -> Result<Self, CalcError> {
        value.as_object().map(Self).ok_or(CalcError::NotAnObject)
    }

    /// The value of a field that is there and not null.
    pub fn get(&self, field: &str) -> Option<&'a Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    pub fn has(&self, field: &str) -> bool {
        self.get(field).is_some()
    }

    /// Every field, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// # Errors
    /// The field is missing or no text.
    pub fn text(&self, field: &str) -> Result<&'a str, CalcError> {
        let value = self.need(field, "text")?;
        value.as_str().ok_or_else(|| malformed(field, value, "text"))
    }

    /// A text that may be missing or empty.
    pub fn text_or_none(&self, field: &str) -> Option<&'a str> {
        self.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// # Errors
    /// The field is missing or no decimal number.
    pub fn decimal(&self, field: &str) -> Result<Decimal, CalcError> {
        decimal_of(field, self.need(field, "a decimal number")?)
    }

    /// # Errors
    /// The field is there but no decimal number.
    pub fn decimal_or(&self, field: &str, default: Decimal) -> Result<Decimal, CalcError> {
        self.get(field).map_or(Ok(default), |value| decimal_of(field, value))
    }

    /// # Errors
    /// The field is missing or no whole number.
    pub fn whole(&self, field: &str) -> Result<i64, CalcError> {
        whole_of(field, self.need(field, "a whole number")?)
    }

    /// # Errors
    /// The field is there but no whole number.
    pub fn whole_or(&self, field: &str, default: i64) -> Result<i64, CalcError> {
        self.get(field).map_or(Ok(default), |value| whole_of(field, value))
    }

    /// # Errors
    /// The field is missing or no date of the calendar.
    pub fn date(&self, field: &str) -> Result<NaiveDate, CalcError> {
        date_of(field, self.need(field, "a date such as 2026-11-22")?)
    }

    /// # Errors
    /// The field is there but no ISO 4217 code that Saldar knows.
    pub fn currency_or_none(&self, field: &str) -> Result<Option<Currency>, CalcError> {
        let Some(value) = self.get(field) else { return Ok(None) };
        let code = value.as_str().and_then(|code| code.parse().ok());
        code.map(Some).ok_or_else(|| malformed(field, value, "an ISO 4217 currency code"))
    }

    /// # Errors
    /// The field is missing or no array.
    pub fn list(&self, field: &str) -> Result<&'a [Value], CalcError> {
        let value = self.need(field, "an array")?;
        value.as_array().map(Vec::as_slice).ok_or_else(|| malformed(field, value, "an array"))
    }

    /// # Errors
    /// The field is missing or no object.
    pub fn object(&self, field: &str) -> Result<Case<'a>, CalcError> {
        let value = self.need(field, "an object")?;
        value.as_object().map(Case).ok_or_else(|| malformed(field, value, "an object"))
    }

    fn need(&self, field: &str, form: &'static str) -> Result<&'a Value, CalcError> {
        self.get(field).ok_or_else(|| CalcError::Missing { field: field.to_owned(), form })
    }
}

/// # Errors
/// Not a decimal number.
pub fn decimal_of(field: &str, value: &Value) -> Result<Decimal, CalcError> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(malformed(field, value, "a decimal number")),
    };
    text.parse().map_err(|_| malformed(field, value, "a decimal number"))
}

/// # Errors
/// Not a whole number; `3.0` is one.
pub fn whole_of(field: &str, value: &Value) -> Result<i64, CalcError> {
    let wrong = || malformed(field, value, "a whole number");
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(wrong()),
    };
    text.strip_suffix(".0").unwrap_or(&text).parse().map_err(|_| wrong())
}

/// # Errors
/// Not a date of the calendar.
pub fn date_of(field: &str, value: &Value) -> Result<NaiveDate, CalcError> {
    let date = value.as_str().and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
    date.ok_or_else(|| malformed(field, value, "a date such as 2026-11-22"))
}

pub fn malformed(field: &str, value: &Value, form: &'static str) -> CalcError {
    let found: String = value.to_string().chars().take(SHOWN_CHARS).collect();
    CalcError::Malformed { field: field.to_owned(), found, form }
}
