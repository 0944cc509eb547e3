//! Money, dates and numbers in the reader's form. Every screen, document and message goes through here.
//!
//! ```
//! use ui::format;
//! use ui::i18n::Locale;
//!
//! assert_eq!(format::amount(123_456, "MXN", 2, Locale::EsMx), "$\u{a0}1,234.56\u{a0}MXN");
//! assert_eq!(format::days(1, Locale::EsMx), "1 día");
//! ```
use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Timelike};
use domain::money::Money;

use crate::i18n::Locale;
use crate::{tr, trf};

/// Keeps symbol, figure and code on one line.
const NBSP: char = '\u{a0}';

const MONTHS_ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_PT: [&str; 12] = [
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
];

/// An amount with its currency named: `$ 1,234.56 MXN`.
pub fn money(money: &Money, locale: Locale) -> String {
    let currency = money.currency();
    amount(money.minor(), currency.code(), currency.exponent(), locale)
}

/// An amount without symbol or code, for a column whose heading names the currency: `1,234.56`.
pub fn money_bare(money: &Money, locale: Locale) -> String {
    figure(money.minor(), money.currency().exponent(), locale)
}

/// An amount given as minor units, ISO code and the currency's decimals.
pub fn amount(minor: i64, code: &str, exponent: u8, locale: Locale) -> String {
    let figure = figure(minor.saturating_abs(), exponent, locale);
    let sign = if minor < 0 { "\u{2212}" } else { "" };
    match symbol(code) {
        Some(symbol) => format!("{sign}{symbol}{NBSP}{figure}{NBSP}{code}"),
        None => format!("{sign}{figure}{NBSP}{code}"),
    }
}

/// The sign people write before amounts of a currency, where there is a common one.
pub fn symbol(code: &str) -> Option<&'static str> {
    Some(match code {
        "MXN" | "COP" | "CLP" | "ARS" | "USD" | "UYU" | "DOP" | "CAD" => "$",
        "PEN" => "S/",
        "BRL" => "R$",
        "BOB" => "Bs",
        "EUR" => "€",
        "GBP" => "£",
        "GTQ" => "Q",
        "HNL" => "L",
        "NIO" => "C$",
        _ => return None,
    })
}

/// Minor units as a grouped decimal figure; a minus sign (U+2212) before negative ones.
pub fn figure(minor: i64, exponent: u8, locale: Locale) -> String {
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = usize::from(exponent) + 1);
    let (whole, decimals) = digits.split_at(digits.len().saturating_sub(usize::from(exponent)));
    let (_, point) = locale.separators();
    let sign = if minor < 0 { "\u{2212}" } else { "" };
    let whole = group(whole, locale);
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{point}{decimals}") }
}

/// Puts the thousands separator into a run of digits.
fn group(digits: &str, locale: Locale) -> String {
    let (thousands, _) = locale.separators();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(thousands);
        }
        out.push(digit);
    }
    out
}

/// A whole number, grouped: `12,345`.
pub fn count(number: i64, locale: Locale) -> String {
    figure(number, 0, locale)
}

/// A share given in basis points (hundredths of one per cent), without idle zeros: `1250` → `12.5 %`.
pub fn percent(basis_points: i64, locale: Locale) -> String {
    let text = figure(basis_points, 2, locale);
    let (_, point) = locale.separators();
    let text = text.trim_end_matches('0').trim_end_matches(point);
    match locale {
        Locale::En => format!("{text}%"),
        _ => format!("{text}{NBSP}%"),
    }
}

/// Part of a whole as a percentage with at most one decimal; a dash when there is no whole.
pub fn share(part: i64, whole: i64, locale: Locale) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let tenths = (i128::from(part) * 1000 + i128::from(whole) / 2).div_euclid(i128::from(whole));
    percent(i64::try_from(tenths).unwrap_or(i64::MAX / 10).saturating_mul(10), locale)
}

fn month(date: NaiveDate, locale: Locale) -> &'static str {
    let names = match locale {
        Locale::En => &MONTHS_EN,
        Locale::PtBr => &MONTHS_PT,
        _ => &MONTHS_ES,
    };
    names.get(date.month0() as usize).copied().unwrap_or_default()
}

/// `21 de noviembre de 2026`, `21 November 2026`.
pub fn date_long(date: NaiveDate, locale: Locale) -> String {
    let (day, month, year) = (date.day(), month(date, locale), date.year());
    match locale {
        Locale::En => format!("{day} {month} {year}"),
        _ => format!("{day} de {month} de {year}"),
    }
}

/// `21 nov 2026`: short, and never mistaken between day and month.
pub fn date_short(date: NaiveDate, locale: Locale) -> String {
    let month: String = month(date, locale).chars().take(3).collect();
    format!("{}{NBSP}{month}{NBSP}{}", date.day(), date.year())
}

/// `21 nov 2026, 14:05`, in the zone that the instant carries: convert to the organization's zone first.
pub fn date_time<Z: TimeZone>(at: &DateTime<Z>, locale: Locale) -> String {
    let local = at.naive_local();
    format!("{}, {:02}:{:02}", date_short(local.date(), locale), local.hour(), local.minute())
}

/// `1 día`, `45 días`.
pub fn days(days: i64, locale: Locale) -> String {
    let lang = locale.lang();
    if days == 1 {
        return tr!(lang, "1 día", "1 day", "1 dia").to_owned();
    }
    trf!(lang, "{} días", "{} days", "{} dias", count(days, locale))
}

/// How far a date is from today, in words: `hoy`, `mañana`, `en 5 días`, `hace 3 días`.
pub fn relative_day(date: NaiveDate, today: NaiveDate, locale: Locale) -> String {
    let lang = locale.lang();
    match date.signed_duration_since(today).num_days() {
        0 => tr!(lang, "hoy", "today", "hoje").to_owned(),
        1 => tr!(lang, "mañana", "tomorrow", "amanhã").to_owned(),
        -1 => tr!(lang, "ayer", "yesterday", "ontem").to_owned(),
        ahead if ahead > 0 => trf!(lang, "en {}", "in {}", "em {}", days(ahead, locale)),
        behind => trf!(lang, "hace {0}", "{0} ago", "há {0}", days(-behind, locale)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{FixedOffset, Utc};

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    fn spaced(text: &str) -> String {
        text.replace(NBSP, " ")
    }

    #[test]
    fn amounts_follow_the_country() {
        let cases = [
            (123_456, "MXN", 2, Locale::EsMx, "$ 1,234.56 MXN"),
            (123_456, "COP", 2, Locale::EsCo, "$ 1.234,56 COP"),
            (1_234, "CLP", 0, Locale::EsCl, "$ 1.234 CLP"),
            (123_456, "ARS", 2, Locale::EsAr, "$ 1.234,56 ARS"),
            (123_456, "PEN", 2, Locale::EsPe, "S/ 1,234.56 PEN"),
            (123_456, "BRL", 2, Locale::PtBr, "R$ 1.234,56 BRL"),
            (123_456, "USD", 2, Locale::En, "$ 1,234.56 USD"),
            (5, "MXN", 2, Locale::EsMx, "$ 0.05 MXN"),
            (0, "CLP", 0, Locale::EsCl, "$ 0 CLP"),
            (-100_000_000, "MXN", 2, Locale::EsMx, "\u{2212}$ 1,000,000.00 MXN"),
            (1_234_567, "KWD", 3, Locale::En, "1,234.567 KWD"),
        ];
        for (minor, code, exponent, locale, expected) in cases {
            assert_eq!(spaced(&amount(minor, code, exponent, locale)), expected);
        }
    }

    #[test]
    fn the_smallest_amount_has_a_form() {
        assert_eq!(figure(i64::MIN, 2, Locale::En), "\u{2212}92,233,720,368,547,758.08");
    }

    #[test]
    fn dates_are_read_without_doubt() {
        let date = day(2026, 11, 21);
        assert_eq!(date_long(date, Locale::EsMx), "21 de noviembre de 2026");
        assert_eq!(date_long(date, Locale::En), "21 November 2026");
        assert_eq!(date_long(date, Locale::PtBr), "21 de novembro de 2026");
        assert_eq!(spaced(&date_short(day(2026, 3, 4), Locale::EsAr)), "4 mar 2026");
    }

    #[test]
    fn instants_are_shown_in_their_zone() {
        let utc = Utc.with_ymd_and_hms(2026, 11, 22, 2, 5, 0).unwrap();
        let mexico = utc.with_timezone(&FixedOffset::west_opt(6 * 3600).unwrap());
        assert_eq!(spaced(&date_time(&mexico, Locale::EsMx)), "21 nov 2026, 20:05");
    }

    #[test]
    fn shares_drop_idle_zeros() {
        assert_eq!(spaced(&percent(1250, Locale::EsCo)), "12,5 %");
        assert_eq!(percent(10_000, Locale::En), "100%");
        assert_eq!(percent(5, Locale::En), "0.05%");
        assert_eq!(percent(0, Locale::En), "0%");
        assert_eq!(share(1, 3, Locale::En), "33.3%");
        assert_eq!(share(2, 3, Locale::En), "66.7%");
        assert_eq!(share(1, 0, Locale::En), "–");
    }

    #[test]
    fn distance_in_days_is_said_in_words() {
        let today = day(2026, 11, 21);
        assert_eq!(relative_day(today, today, Locale::EsMx), "hoy");
        assert_eq!(relative_day(day(2026, 11, 26), today, Locale::EsMx), "en 5 días");
        assert_eq!(relative_day(day(2026, 11, 18), today, Locale::En), "3 days ago");
        assert_eq!(days(1_234, Locale::EsCl), "1.234 días");
    }
}
