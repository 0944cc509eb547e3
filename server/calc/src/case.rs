//! Reading a case: every field by name, as text or number, never trusted.

use chrono::NaiveDate;
use domain::calendar::check_date;
use domain::money::{Currency, Decimal, Rounding};
use serde_json::{Map, Value};

use crate::CalcError;

/// One case, by field name. Numbers may be JSON numbers or text; text keeps every digit.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a>(&'a Map<String, Value>);

/// More decimals than any currency or index unit has.
const MOST_DECIMALS: u8 = 12;

/// What is shown of a value in an error.
const SHOWN_CHARS: usize = 60;

impl<'a> Case<'a> {
    /// # Errors
    /// The value is no object.
    pub fn new(value: &'a Value) -> Result<Self, CalcError> {
        value.as_object().map(Self).ok_or(CalcError::NotAnObject)
    }

    /// The value of a field that is there and not null.
    pub fn get(self, field: &str) -> Option<&'a Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    pub fn has(self, field: &str) -> bool {
        self.get(field).is_some()
    }

    /// Every field, in order.
    pub fn fields(self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// # Errors
    /// The field is missing or no text.
    pub fn text(self, field: &str) -> Result<&'a str, CalcError> {
        let value = self.need(field, "text")?;
        value.as_str().ok_or_else(|| malformed(field, value, "text"))
    }

    /// A text that may be missing or empty.
    pub fn text_or_none(self, field: &str) -> Option<&'a str> {
        self.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// # Errors
    /// The field is missing or no decimal number.
    pub fn decimal(self, field: &str) -> Result<Decimal, CalcError> {
        decimal_of(field, self.need(field, "a decimal number")?)
    }

    /// # Errors
    /// The field is there but no decimal number.
    pub fn decimal_or(self, field: &str, default: Decimal) -> Result<Decimal, CalcError> {
        self.get(field).map_or(Ok(default), |value| decimal_of(field, value))
    }

    /// # Errors
    /// The field is missing or no whole number.
    pub fn whole(self, field: &str) -> Result<i64, CalcError> {
        whole_of(field, self.need(field, "a whole number")?)
    }

    /// # Errors
    /// The field is there but no whole number.
    pub fn whole_or(self, field: &str, default: i64) -> Result<i64, CalcError> {
        self.get(field).map_or(Ok(default), |value| whole_of(field, value))
    }

    /// # Errors
    /// The field is missing or no date of the calendar.
    pub fn date(self, field: &str) -> Result<NaiveDate, CalcError> {
        date_of(field, self.need(field, "a date such as 2026-11-22")?)
    }

    /// A date that may be missing or empty.
    ///
    /// # Errors
    /// The field is there but no date of the calendar.
    pub fn date_or_none(self, field: &str) -> Result<Option<NaiveDate>, CalcError> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(value) => date_of(field, value).map(Some),
        }
    }

    /// The first field whose name starts with `prefix`: some names say in capitals that a figure
    /// is only an example.
    pub fn starting_with(self, prefix: &str) -> Option<(&'a str, &'a Value)> {
        self.fields().find(|(name, value)| name.starts_with(prefix) && !value.is_null())
    }

    /// The first of these fields that is there.
    ///
    /// # Errors
    /// None is there.
    pub fn any_of<'f>(self, fields: &[&'f str], form: &'static str) -> Result<&'f str, CalcError> {
        let missing = || CalcError::Missing { field: fields.join(" or "), form };
        fields.iter().find(|field| self.has(field)).copied().ok_or_else(missing)
    }

    /// How many decimals results have: `decimals`, or those of `currency`, or two.
    ///
    /// # Errors
    /// A number of decimals that no currency has, an unknown currency.
    pub fn places(self) -> Result<u8, CalcError> {
        let of_currency = self.currency_or_none("currency")?.map_or(2, Currency::exponent);
        let places = self.whole_or("decimals", of_currency.into())?;
        let places = u8::try_from(places).ok().filter(|places| *places <= MOST_DECIMALS);
        places.ok_or_else(|| CalcError::Refused("decimals must be from 0 to 12".to_owned()))
    }

    /// The mode named by `rounding`; half up if nothing or only a place is named.
    ///
    /// # Errors
    /// An unknown mode.
    pub fn rounding(self) -> Result<Rounding, CalcError> {
        let Some(value) = self.get("rounding") else { return Ok(Rounding::HalfUp) };
        let text = value.as_str().unwrap_or_default();
        let mode = text.to_ascii_lowercase().replace([' ', '-'], "_");
        if mode.is_empty() || mode.starts_with("once") {
            return Ok(Rounding::HalfUp);
        }
        mode.parse().map_err(|_| malformed("rounding", value, "one of half_up, half_even, down or up"))
    }

    /// An amount from zero to what the ledger can keep with so many decimals.
    ///
    /// # Errors
    /// Missing, no number, negative or too large.
    pub fn amount(self, field: &str, places: u8) -> Result<Decimal, CalcError> {
        amount_of(field, self.need(field, "a decimal amount")?, places)
    }

    /// # Errors
    /// The field is there but neither true, false, yes nor no.
    pub fn yes_or(self, field: &str, default: bool) -> Result<bool, CalcError> {
        let Some(value) = self.get(field) else { return Ok(default) };
        match value {
            Value::Bool(yes) => Ok(*yes),
            Value::String(text) if text.is_empty() => Ok(default),
            Value::String(text) if ["yes", "true", "1"].contains(&text.to_ascii_lowercase().as_str()) => {
                Ok(true)
            }
            Value::String(text) if ["no", "false", "0"].contains(&text.to_ascii_lowercase().as_str()) => {
                Ok(false)
            }
            _ => Err(malformed(field, value, "yes or no")),
        }
    }

    /// # Errors
    /// The field is there but no ISO 4217 code that Saldar knows.
    pub fn currency_or_none(self, field: &str) -> Result<Option<Currency>, CalcError> {
        let Some(value) = self.get(field) else { return Ok(None) };
        let code = value.as_str().and_then(|code| code.parse().ok());
        code.map(Some).ok_or_else(|| malformed(field, value, "an ISO 4217 currency code"))
    }

    /// # Errors
    /// The field is missing or no array.
    pub fn list(self, field: &str) -> Result<&'a [Value], CalcError> {
        let value = self.need(field, "an array")?;
        value.as_array().map(Vec::as_slice).ok_or_else(|| malformed(field, value, "an array"))
    }

    /// # Errors
    /// The field is missing or no object.
    pub fn object(self, field: &str) -> Result<Case<'a>, CalcError> {
        let value = self.need(field, "an object")?;
        value.as_object().map(Case).ok_or_else(|| malformed(field, value, "an object"))
    }

    fn need(self, field: &str, form: &'static str) -> Result<&'a Value, CalcError> {
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
    let date = date.ok_or_else(|| malformed(field, value, "a date such as 2026-11-22"))?;
    check_date(date).map_err(|error| CalcError::Refused(format!("{field}: {error}")))?;
    Ok(date)
}

/// # Errors
/// No number, negative, or beyond what the ledger can keep with so many decimals.
pub fn amount_of(field: &str, value: &Value, places: u8) -> Result<Decimal, CalcError> {
    let amount = decimal_of(field, value)?;
    if amount.is_negative() {
        return Err(CalcError::Refused(format!("{field} is {amount}; give an amount from zero")));
    }
    let most = Decimal::from(i64::MAX).div(Decimal::from(10).powi(places.into())?)?;
    if amount > most {
        return Err(CalcError::Refused(format!(
            "{field} is too large: more than {} cannot be kept",
            most.to_fixed(0)
        )));
    }
    Ok(amount)
}

pub fn malformed(field: &str, value: &Value, form: &'static str) -> CalcError {
    let found: String = value.to_string().chars().take(SHOWN_CHARS).collect();
    CalcError::Malformed { field: field.to_owned(), found, form }
}
