//! Texts of messages, with what they say of the debt filled in.

use domain::money::Money;
use domain::text::Say;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::{ServiceError, ServiceResult};

/// What a text may name.
#[derive(Debug, Serialize)]
pub struct Facts<'a> {
    pub name: &'a str,
    pub creditor: &'a str,
    pub agency: &'a str,
    pub account: &'a str,
    /// All that is owed today, with its currency.
    pub amount: String,
    pub days_past_due: i64,
    /// Where the debtor signs in.
    pub link: &'a str,
}

/// An amount as people of the debtor's country write it, with its currency.
pub fn amount(money: Money, country: &str) -> String {
    let comma = matches!(country, "AR" | "BR" | "BO" | "CL" | "CO" | "CR" | "EC" | "ES" | "PY" | "UY" | "VE");
    let (group, point) = if comma { ('.', ',') } else { (',', '.') };
    let plain = money.to_decimal();
    let (whole, part) =
        plain.split_once('.').map_or((plain.as_str(), None), |(whole, part)| (whole, Some(part)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    let part = part.map(|part| format!("{point}{part}")).unwrap_or_default();
    format!("{sign}{text}{part} {}", money.currency())
}

/// Steps of the engine that a text may take: none that is sensible comes near.
const FUEL: u64 = 20_000;
/// Longest text, in characters, before and after.
const LONGEST: usize = 20_000;

fn engine() -> Environment<'static> {
    let mut engine = Environment::new();
    // Plain text: nothing is escaped. A name that does not exist is told, not left empty.
    engine.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    engine
}

/// Fills a text.
///
/// # Errors
/// It names what is not there, or is no template.
pub fn fill(text: &str, facts: &Facts) -> Result<String, minijinja::Error> {
    let filled = engine().render_str(text, facts)?;
    Ok(filled.chars().take(LONGEST).collect())
}

/// Whether a text can be filled at all.
///
/// # Errors
/// `Invalid` with the cause.
pub fn check(field: &'static str, text: &str) -> ServiceResult<()> {
    let example = Facts {
        name: "Ana",
        creditor: "Banco",
        agency: "Agencia",
        account: "1",
        amount: "1.00 MXN".to_owned(),
        days_past_due: 1,
        link: "https://example.com",
    };
    let long = text.chars().count() > LONGEST;
    let cause =
        if long { Some("too long".to_owned()) } else { fill(text, &example).err().map(|e| e.to_string()) };
    let Some(cause) = cause else { return Ok(()) };
    let names = "name, creditor, agency, account, amount, days_past_due, link";
    Err(ServiceError::told(
        field,
        Say::new(
            format!("El texto no se puede usar así ({cause}). Puede nombrar: {names}"),
            format!("The text cannot be used ({cause}). It may name: {names}"),
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_country_does() {
        let of = |minor, currency: &str, country| {
            amount(Money::from_minor(minor, currency.parse().unwrap()), country)
        };
        assert_eq!(of(26_932_286, "MXN", "MX"), "269,322.86 MXN");
        assert_eq!(of(123_456_789, "CLP", "CL"), "123.456.789 CLP");
        assert_eq!(of(-99_950, "COP", "CO"), "-999,50 COP");
    }

    #[test]
    fn texts_are_filled_and_mistakes_told() {
        assert!(check("body", "Hola {{ name }}, debes {{ amount }} a {{ creditor }}.").is_ok());
        assert!(check("body", "Hola {{ nombre }}").is_err());
        assert!(
            check(
                "body",
                "{% for x in range(100000) %}{% for y in range(100000) %}a{% endfor %}{% endfor %}"
            )
            .is_err()
        );
        assert!(check("body", "{{ name").is_err());
    }
}
