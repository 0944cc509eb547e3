//! Texts of messages, with what they say of the debt filled in.

use domain::money::Money;
use domain::text::Say;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

/// What a text may name that anybody may read: no debt.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Greeting<'a> {
    pub name: &'a str,
    pub agency: &'a str,
    /// Where the debtor signs in.
    pub link: &'a str,
}

/// What a text may name that reaches the debtor for sure.
#[derive(Clone, Debug, Serialize)]
pub struct Facts<'a> {
    #[serde(flatten)]
    pub greeting: Greeting<'a>,
    pub creditor: &'a str,
    pub account: &'a str,
    /// All that is owed today, with its currency.
    pub amount: String,
    pub days_past_due: i64,
}

/// Names of what a text may say, for hints and errors.
pub const NEUTRAL: [&str; 3] = ["name", "agency", "link"];
pub const DETAILED: [&str; 7] = ["name", "agency", "link", "creditor", "account", "amount", "days_past_due"];

/// What examples are filled with.
pub const SAMPLE: Greeting = Greeting { name: "Ana Prueba", agency: "Agencia", link: "https://example.com" };

pub fn sample() -> Facts<'static> {
    Facts {
        greeting: SAMPLE,
        creditor: "Banco Ejemplo",
        account: "A-1234",
        amount: "1,250.00 MXN".to_owned(),
        days_past_due: 12,
    }
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
pub const LONGEST: usize = 20_000;

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
pub fn fill(text: &str, facts: &impl Serialize) -> Result<String, minijinja::Error> {
    let filled = engine().render_str(text, facts)?;
    Ok(filled.chars().take(LONGEST).collect())
}

/// What is wrong with a text, if anything is: it names what it may not, is no template, or is too
/// long once it is filled.
pub fn problem(text: &str, is_detailed: bool, longest: usize) -> Option<Say> {
    let filled = if is_detailed { fill(text, &sample()) } else { fill(text, &SAMPLE) };
    let names = if is_detailed { DETAILED.join(", ") } else { NEUTRAL.join(", ") };
    match filled {
        Ok(filled) if filled.chars().count() <= longest => None,
        Ok(_) => Some(Say::new(
            format!("El texto ya lleno tiene más de {longest} caracteres; acortarlo"),
            format!("The filled text has more than {longest} characters; make it shorter"),
        )),
        Err(cause) => Some(Say::new(
            format!("El texto no se puede usar así ({cause}). Puede nombrar: {names}"),
            format!("The text cannot be used ({cause}). It may name: {names}"),
        )),
    }
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
        let fits = |text: &str, detailed| problem(text, detailed, 200).is_none();
        assert!(fits("Hola {{ name }}, debes {{ amount }} a {{ creditor }}.", true));
        assert!(!fits("Hola {{ name }}, debes {{ amount }}.", false), "anybody may read it");
        assert!(fits("Hola {{ name }}: {{ link }}", false));
        assert!(!fits("Hola {{ nombre }}", true));
        assert!(!fits(&"largo ".repeat(40), true));
        let endless = "{% for x in range(100000) %}{% for y in range(100000) %}a{% endfor %}{% endfor %}";
        assert!(!fits(endless, true) && !fits("{{ name", true));
    }
}
