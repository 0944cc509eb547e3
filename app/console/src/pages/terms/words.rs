//! Terms in words.

use domain::charge::{ChargeAmount, Recurrence, TierBasis, Value};
use domain::ledger::Beneficiary;
use domain::terms::{AccrualTerms, ChargeTerms, InterestKind, ProductTerms, RateSource};
use ui::prelude::*;

use crate::pages::ledger::formula;

/// What the terms say, a sentence each; `law` gives the order when they do not.
pub fn summary(terms: &ProductTerms, law: &str, locale: Locale) -> Vec<String> {
    let lang = locale.lang();
    let mut says: Vec<String> = terms.accruals.iter().map(|item| accrual(item, locale)).collect();
    if says.is_empty() {
        says.push(tr!(lang, "No crecen intereses.", "No interest grows.").to_owned());
    }
    says.extend(terms.charges.iter().map(|item| charge(item, locale)));
    says.push(match &terms.allocation {
        Some(order) => {
            let names: Vec<_> =
                order.components().iter().map(|part| labels::component(*part, lang)).collect();
            trf!(lang, "Los pagos van a: {}.", "Payments go to: {}.", names.join(" → "))
        }
        None => {
            trf!(lang, "Los pagos van en el orden que da {}.", "Payments go in the order given by {}.", law)
        }
    });
    says.push(trf!(lang, "Redondeo: {}.", "Rounding: {}.", formula::rounding(terms.rounding, lang)));
    says.extend(terms.limitation.as_ref().map(|of| {
        trf!(lang, "Prescribe a los {0} meses ({1}).", "Barred after {0} months ({1}).", of.months, of.norm)
    }));
    says
}

pub const fn kind(kind: InterestKind, lang: Lang) -> &'static str {
    match kind {
        InterestKind::Contract => {
            tr!(lang, "Interés del contrato, hasta el vencimiento", "Contract interest, until the due date")
        }
        InterestKind::Default => {
            tr!(lang, "Interés moratorio, desde el vencimiento", "Default interest, from the due date")
        }
    }
}

fn accrual(item: &AccrualTerms, locale: Locale) -> String {
    let lang = locale.lang();
    let rate = match &item.rate {
        RateSource::Account => tr!(lang, "la tasa de cada cuenta", "each account's rate").to_owned(),
        RateSource::Fixed(pct) => trf!(lang, "{} anual", "{} a year", formula::percent(*pct, locale)),
        RateSource::Series { code, plus_points } if plus_points.is_zero() => code.clone(),
        RateSource::Series { code, plus_points } => {
            trf!(
                lang,
                "{0} + {1} puntos",
                "{0} + {1} points",
                code,
                formula::decimal(*plus_points, 0, 8, locale)
            )
        }
    };
    let mut text = format!("{}: {rate}, {}", kind(item.kind, lang), formula::method(item.method, lang));
    if let Some(cap) = &item.cap_series {
        text.push_str(&trf!(lang, "; tope {}", "; cap {}", cap));
    }
    if let Some(vat) = item.vat_pct {
        text.push_str(&trf!(lang, "; IVA {}", "; VAT {}", formula::percent(vat, locale)));
    }
    if let Some(grace) = item.grace {
        text.push_str("; ");
        text.push_str(&formula::grace(grace, lang));
    }
    text.push('.');
    text
}

fn charge(item: &ChargeTerms, locale: Locale) -> String {
    let lang = locale.lang();
    let rule = &item.rule;
    let amount = match &rule.amount {
        ChargeAmount::Flat(flat) => value(*flat, locale),
        ChargeAmount::Tiered { by, tiers } => {
            let tiers: Vec<_> = tiers
                .iter()
                .map(|tier| {
                    let from = formula::decimal(tier.from, 0, 8, locale);
                    match by {
                        TierBasis::DaysPastDue => trf!(
                            lang,
                            "{1} desde {0} días",
                            "{1} from {0} days",
                            from,
                            value(tier.value, locale)
                        ),
                        TierBasis::OverdueAmount => trf!(
                            lang,
                            "{1} desde {0} vencidos",
                            "{1} from {0} overdue",
                            from,
                            value(tier.value, locale)
                        ),
                    }
                })
                .collect();
            tiers.join(", ")
        }
    };
    let recurs = match rule.recurrence {
        Recurrence::Once => tr!(lang, "una vez", "once").to_owned(),
        Recurrence::EveryDays(days) => trf!(lang, "cada {} días", "every {} days", days),
        Recurrence::EveryMonths(months) => trf!(lang, "cada {} meses", "every {} months", months),
    };
    let mut text = trf!(
        lang,
        "{0} «{1}»: {2}, {3}, tras {4} días de gracia",
        "{0} “{1}”: {2}, {3}, after {4} days of grace",
        labels::component(item.component, lang),
        rule.code,
        amount,
        recurs,
        rule.grace_days
    );
    if let Some(least) = rule.least {
        text.push_str(&trf!(lang, ", mínimo {}", ", at least {}", formula::decimal(least, 0, 8, locale)));
    }
    if let Some(most) = rule.most {
        text.push_str(&trf!(lang, ", máximo {}", ", at most {}", formula::decimal(most, 0, 8, locale)));
    }
    if let Some(times) = rule.most_times {
        text.push_str(&trf!(lang, ", hasta {} veces", ", up to {} times", times));
    }
    if item.beneficiary == Beneficiary::Agency {
        text.push_str(tr!(lang, ", para la agencia", ", for the agency"));
    }
    text.push('.');
    text
}

fn value(value: Value, locale: Locale) -> String {
    match value {
        Value::Fixed(amount) => formula::decimal(amount, 2, 8, locale),
        Value::Percent(pct) => {
            trf!(locale.lang(), "{} de lo vencido", "{} of what is overdue", formula::percent(pct, locale))
        }
    }
}
