//! Reading an amount as a person types it.

use domain::money::{Currency, DecimalMark, Money, ParseMoneyError};
use ui::i18n::{Lang, Locale};
use ui::{format, trf};

/// Reads `1,234.50`, `1.234,50`, `$ 1234.5 MXN` and the like. The reader's own decimal mark comes
/// first; the other one counts only where the text makes no sense with the first. Too many
/// decimals are refused, not taken for thousands: `10.555` must never become ten thousand.
///
/// # Errors
/// The text is no amount of this currency.
pub fn read_amount(text: &str, currency: Currency, locale: Locale) -> Result<Money, ParseMoneyError> {
    let bare = bare_figure(text, currency);
    let (own, other) = match locale.separators() {
        (_, ',') => (DecimalMark::Comma, DecimalMark::Point),
        _ => (DecimalMark::Point, DecimalMark::Comma),
    };
    match Money::parse(&bare, currency, own) {
        Err(error @ (ParseMoneyError::Grouping | ParseMoneyError::NotANumber)) => {
            Money::parse(&bare, currency, other).map_err(|_| error)
        }
        read => read,
    }
}

fn bare_figure(text: &str, currency: Currency) -> String {
    let upper: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let without_code = upper.trim_start_matches(currency.code()).trim_end_matches(currency.code());
    let symbol = format::symbol(currency.code()).unwrap_or_default();
    let bare = without_code.strip_prefix(symbol).unwrap_or(without_code);
    bare.strip_prefix('$').unwrap_or(bare).to_owned()
}

/// Why an amount could not be read, and how to write one.
pub fn amount_help(error: &ParseMoneyError, currency: Currency, locale: Locale) -> String {
    let lang: Lang = locale.lang();
    let minor = currency.minor_per_major();
    let example = format::money_bare(&Money::from_minor(500 * minor + minor / 2, currency), locale);
    match error {
        ParseMoneyError::Empty => {
            trf!(
                lang,
                "Escribe cuánto quieres pagar, por ejemplo {}",
                "Write how much you want to pay, for example {}",
                "Escreva quanto você quer pagar, por exemplo {}",
                example
            )
        }
        ParseMoneyError::TooManyDecimals { allowed: 0, .. } => {
            trf!(
                lang,
                "Escribe el importe sin centavos, por ejemplo {}",
                "Write the amount without decimals, for example {}",
                "Escreva o valor sem centavos, por exemplo {}",
                example
            )
        }
        ParseMoneyError::TooManyDecimals { allowed, .. } => trf!(
            lang,
            "El importe lleva {0} decimales como máximo, por ejemplo {1}",
            "The amount has at most {0} decimals, for example {1}",
            "O valor tem no máximo {0} casas decimais, por exemplo {1}",
            allowed,
            example
        ),
        ParseMoneyError::Overflow => {
            trf!(
                lang,
                "El importe es demasiado grande. Escribe uno menor, por ejemplo {}",
                "The amount is too large. Write a smaller one, for example {}",
                "O valor é grande demais. Escreva um menor, por exemplo {}",
                example
            )
        }
        ParseMoneyError::NotANumber | ParseMoneyError::Grouping => {
            trf!(
                lang,
                "Escribe el importe solo con números, por ejemplo {}",
                "Write the amount in figures only, for example {}",
                "Escreva o valor só com números, por exemplo {}",
                example
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(text: &str, code: &str, locale: Locale) -> Option<i64> {
        read_amount(text, code.parse().unwrap(), locale).ok().map(|money| money.minor())
    }

    #[test]
    fn the_local_way_of_writing_comes_first() {
        assert_eq!(minor("1,234.50", "MXN", Locale::EsMx), Some(123_450));
        assert_eq!(minor("1.234,50", "COP", Locale::EsCo), Some(123_450));
        assert_eq!(minor("1.500", "COP", Locale::EsCo), Some(150_000));
        assert_eq!(minor("1,500", "MXN", Locale::EsMx), Some(150_000));
    }

    #[test]
    fn the_other_way_counts_where_the_local_one_makes_no_sense() {
        assert_eq!(minor("1500.50", "COP", Locale::EsCo), Some(150_050));
        assert_eq!(minor("99,90", "MXN", Locale::EsMx), Some(9_990));
    }

    #[test]
    fn symbols_codes_and_blanks_are_forgiven() {
        assert_eq!(minor("$ 1 234.5 mxn", "MXN", Locale::EsMx), Some(123_450));
        assert_eq!(minor("S/ 20", "PEN", Locale::EsPe), Some(2_000));
        assert_eq!(minor("$2.000", "CLP", Locale::EsCl), Some(2_000));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "$", "mil", "1,2,3", "10.555", "1e3"] {
            assert_eq!(minor(text, "MXN", Locale::EsMx), None, "{text}");
        }
        assert_eq!(minor("1,500", "COP", Locale::EsCo), None);
    }

    #[test]
    fn help_shows_an_amount_in_the_local_way() {
        let pesos: Currency = "CLP".parse().unwrap();
        let error = read_amount("10,5", pesos, Locale::EsCl).unwrap_err();
        assert_eq!(
            amount_help(&error, pesos, Locale::EsCl),
            "Escribe el importe sin centavos, por ejemplo 500"
        );
    }
}
