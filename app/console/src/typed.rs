//! What people type, read strictly: each refusal says what is wrong and how to put it right.

use chrono::NaiveDate;
use domain::money::{Currency, DecimalMark, Money, ParseMoneyError};
use domain::text::Say;
use services::FieldIssue;
use ui::i18n::Locale;
use uuid::Uuid;

/// An amount in `currency`, written as people of `locale` write it.
///
/// # Errors
/// What is wrong with it, for the field `field`.
pub fn amount(
    field: &'static str,
    text: &str,
    currency: Currency,
    locale: Locale,
) -> Result<Money, FieldIssue> {
    let (_, point) = locale.separators();
    let mark = if point == ',' { DecimalMark::Comma } else { DecimalMark::Point };
    let plain = text.trim().trim_start_matches('$').trim();
    Money::parse(plain, currency, mark).map_err(|error| {
        let example = ui::format::money_bare(&Money::from_minor(125_050, currency), locale);
        let says = match error {
            ParseMoneyError::Empty => Say::new(
                format!("Escriba el importe, por ejemplo {example}"),
                format!("Write the amount, for example {example}"),
            ),
            ParseMoneyError::NotANumber => Say::new(
                format!("Escriba el importe solo con cifras, por ejemplo {example}"),
                format!("Write the amount in digits only, for example {example}"),
            ),
            ParseMoneyError::Grouping => Say::new(
                format!("Revise los separadores del importe; escríbalo así: {example}"),
                format!("Check the separators of the amount; write it like this: {example}"),
            ),
            ParseMoneyError::TooManyDecimals { allowed: 0, currency, .. } => Say::new(
                format!("{currency} no lleva decimales; quítelos"),
                format!("{currency} has no decimals; leave them out"),
            ),
            ParseMoneyError::TooManyDecimals { allowed, currency, .. } => Say::new(
                format!("{currency} lleva hasta {allowed} decimales; quite los demás"),
                format!("{currency} has up to {allowed} decimals; leave the others out"),
            ),
            ParseMoneyError::Overflow => Say::new(
                "El importe es demasiado grande; revise las cifras",
                "The amount is too large; check the digits",
            ),
        };
        FieldIssue { field, says }
    })
}

/// A date from a date field (`YYYY-MM-DD`).
///
/// # Errors
/// It is empty or no date.
pub fn date(field: &'static str, text: &str) -> Result<NaiveDate, FieldIssue> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| FieldIssue {
        field,
        says: Say::new(
            "Elija una fecha; sin calendario, escríbala como 2026-11-30",
            "Choose a date; without a calendar, write it like 2026-11-30",
        ),
    })
}

/// A value chosen from a list.
///
/// # Errors
/// Nothing, or nothing of the list, was chosen.
pub fn choice<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, FieldIssue> {
    text.parse().map_err(|_| FieldIssue {
        field,
        says: Say::new("Elija una opción de la lista", "Choose one of the list"),
    })
}

/// The idempotency key of a form, or a fresh one if it was lost.
pub fn key(text: &str, fresh: impl FnOnce() -> Uuid) -> Uuid {
    text.parse().unwrap_or_else(|_| fresh())
}

/// Takes the value out, or keeps the issue for later, so that all fields are judged at once.
pub fn keep<T>(issues: &mut Vec<FieldIssue>, result: Result<T, FieldIssue>) -> Option<T> {
    result.map_err(|issue| issues.push(issue)).ok()
}

/// The currency in which amounts of a country are typed into filters.
pub fn currency_of(country: &str) -> Currency {
    match country {
        "CO" => Currency::COP,
        "CL" => Currency::CLP,
        "MX" => Currency::MXN,
        "AR" => "ARS".parse().unwrap_or(Currency::USD),
        "PE" => "PEN".parse().unwrap_or(Currency::USD),
        "BR" => "BRL".parse().unwrap_or(Currency::USD),
        _ => Currency::USD,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(text: &str, locale: Locale) -> Option<i64> {
        amount("amount", text, Currency::MXN, locale).ok().map(|money| money.minor())
    }

    #[test]
    fn amounts_are_read_as_the_country_writes_them() {
        assert_eq!(minor("1,234.50", Locale::EsMx), Some(123_450));
        assert_eq!(minor("$ 1,234.50", Locale::EsMx), Some(123_450));
        assert_eq!(minor("1.234,50", Locale::EsCo), Some(123_450));
        assert_eq!(minor("1.234,50", Locale::EsMx), None);
    }

    #[test]
    fn a_refusal_names_field_and_remedy() {
        let issue = amount("pay_amount", "12.345", Currency::MXN, Locale::EsMx).unwrap_err();
        assert_eq!(issue.field, "pay_amount");
        assert!(issue.says.es.contains("hasta 2 decimales"), "{}", issue.says.es);
        let issue = amount("pay_amount", "doce", Currency::MXN, Locale::En).unwrap_err();
        assert!(issue.says.en.contains("1,250.50"), "{}", issue.says.en);
    }

    #[test]
    fn all_fields_are_judged_at_once() {
        let mut issues = Vec::new();
        assert_eq!(keep(&mut issues, date("due_on", "mañana")), None);
        assert_eq!(
            keep(&mut issues, date("received_on", "2026-11-30")),
            NaiveDate::from_ymd_opt(2026, 11, 30)
        );
        assert_eq!(issues.len(), 1);
    }
}
