//! A figure's formula, written with its numbers.

use domain::interest::{EffectiveStyle, Grace, GraceMode, Method};
use domain::money::{DayCount, Decimal, Rounding};
use services::ledger::AccruedLine;
use ui::prelude::*;

/// Digits after the point of figures that are not money yet.
const EXACT_PLACES: u8 = 8;

/// A decimal as people of `locale` write it, with at most `places` digits and no idle zeros
/// beyond `least`.
pub fn decimal(value: Decimal, least: usize, places: u8, locale: Locale) -> String {
    let text = value.to_fixed(places);
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("\u{2212}", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let kept = fraction.trim_end_matches('0');
    let fraction = fraction.get(..kept.len().max(least.min(fraction.len()))).unwrap_or(kept);
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), |number| format::count(number, locale));
    let (_, point) = locale.separators();
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{point}{fraction}") }
}

pub fn exact(value: Decimal, locale: Locale) -> String {
    decimal(value, 2, EXACT_PLACES, locale)
}

pub fn percent(value: Decimal, locale: Locale) -> String {
    let figure = decimal(value, 0, EXACT_PLACES, locale);
    if locale == Locale::En { format!("{figure}%") } else { format!("{figure}\u{a0}%") }
}

/// The interest of one stretch of days as it would be typed into a calculator.
pub fn formula(line: &AccruedLine, locale: Locale) -> String {
    let lang = locale.lang();
    let segment = &line.segment;
    let principal = decimal(segment.principal, 2, EXACT_PLACES, locale);
    let (rate, days) = (percent(segment.rate_pct, locale), segment.days);
    match line.method {
        Method::Simple(count) => match year(count) {
            Some(year) => format!("{principal} × {rate} × {days} ÷ {year}"),
            None => trf!(
                lang,
                "{0} × {1} × {2} días de {3}",
                "{0} × {1} × {2} days of {3}",
                principal,
                rate,
                days,
                count
            ),
        },
        Method::EffectiveAnnual { basis_days, style: EffectiveStyle::Compound } => {
            format!("{principal} × ((1 + {rate})^({days} ÷ {basis_days}) − 1)")
        }
        Method::EffectiveAnnual { basis_days, style: EffectiveStyle::SimpleOnDailyEquivalent } => {
            format!("{principal} × ((1 + {rate})^(1 ÷ {basis_days}) − 1) × {days}")
        }
    }
}

/// None where the year has the days of its calendar.
const fn year(count: DayCount) -> Option<u16> {
    match count {
        DayCount::Act360
        | DayCount::Thirty360
        | DayCount::Thirty360E
        | DayCount::Thirty360EIsda
        | DayCount::Thirty360Us => Some(360),
        DayCount::Act365F | DayCount::Thirty365 => Some(365),
        DayCount::ActActIsda | DayCount::ActActIcma | DayCount::ActActAfb => None,
    }
}

pub fn method(method: Method, lang: Lang) -> String {
    match method {
        Method::Simple(count) => trf!(lang, "simple, {}", "simple, {}", count),
        Method::EffectiveAnnual { basis_days, style: EffectiveStyle::Compound } => {
            trf!(lang, "efectiva anual compuesta, {} días", "effective annual, compound, {} days", basis_days)
        }
        Method::EffectiveAnnual { basis_days, .. } => trf!(
            lang,
            "efectiva anual por su diaria, {} días",
            "effective annual by its daily rate, {} days",
            basis_days
        ),
    }
}

pub fn grace(grace: Grace, lang: Lang) -> String {
    match grace.mode {
        GraceMode::Retroactive => trf!(
            lang,
            "{} días de gracia: quien paga en ellos no debe intereses; después cuentan desde el vencimiento",
            "{} days of grace: who pays within them owes no interest; afterwards it counts from the due date",
            grace.days
        ),
        GraceMode::Excluded => trf!(
            lang,
            "{} días de gracia que nunca generan intereses",
            "{} days of grace that never earn interest",
            grace.days
        ),
    }
}

pub const fn rounding(rounding: Rounding, lang: Lang) -> &'static str {
    match rounding {
        Rounding::HalfUp => tr!(lang, "al más cercano, la mitad hacia arriba", "to the nearest, halves up"),
        Rounding::HalfEven => tr!(lang, "al más cercano, la mitad al par", "to the nearest, halves to even"),
        Rounding::Down => tr!(lang, "hacia abajo", "down"),
        Rounding::Up => tr!(lang, "hacia arriba", "up"),
    }
}

/// What gives the order of allocation where nothing was agreed.
pub fn order_law(country: &str, lang: Lang) -> &'static str {
    match country {
        "CO" => "Código Civil, art. 1653 (CO)",
        "MX" => "Código de Comercio, art. 364 (MX)",
        "CL" => "Código Civil, art. 1595 (CL)",
        "PE" => "Código Civil, art. 1257; Ley 29571, art. 87 (PE)",
        "AR" => "Código Civil y Comercial, art. 903 (AR)",
        "BR" => "Código Civil, art. 354 (BR)",
        "ES" => "Código Civil, art. 1173 (ES)",
        _ => tr!(
            lang,
            "la regla usual de los códigos civiles: gastos e intereses antes que capital",
            "the usual rule of civil codes: costs and interest before principal"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_follow_the_country_and_drop_idle_zeros() {
        let value = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(decimal(value("12345.5"), 2, 8, Locale::EsMx), "12,345.50");
        assert_eq!(decimal(value("12345.5"), 2, 8, Locale::EsCo), "12.345,50");
        assert_eq!(decimal(value("-0.123456789"), 2, 8, Locale::En), "\u{2212}0.12345679");
        assert_eq!(percent(value("45.00"), Locale::En), "45%");
    }

    #[test]
    fn formulas_can_be_typed_into_a_calculator() {
        let segment = domain::interest::Segment {
            from: "2026-09-05".parse().unwrap(),
            to: "2026-09-15".parse().unwrap(),
            days: 10,
            principal: 1_000.into(),
            rate_pct: 36.into(),
            agreed_pct: 40.into(),
            capped: true,
            interest: 10.into(),
        };
        let line =
            AccruedLine { segment, method: Method::Simple(DayCount::Act360), grace: None, vat_pct: None };
        assert_eq!(formula(&line, Locale::En), "1,000.00 × 36% × 10 ÷ 360");
        let method = Method::EffectiveAnnual { basis_days: 365, style: EffectiveStyle::Compound };
        assert_eq!(
            formula(&AccruedLine { method, ..line }, Locale::En),
            "1,000.00 × ((1 + 36%)^(10 ÷ 365) − 1)"
        );
    }
}
