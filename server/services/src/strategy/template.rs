//! Texts of messages, with what they say of the debt filled in.

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
    Err(ServiceError::told(
        field,
        Say::new(
            format!("El texto no se puede usar así: {cause}"),
            format!("The text cannot be used: {cause}"),
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

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
