//! Figures and reasons of a case.

use domain::interest::{Method, Segment, daily_equivalent};
use domain::money::Decimal;
use serde_json::{Value, json};

use super::{Arrears, Outcome};
use crate::figure::{Precision, plain, unrounded};
use crate::{Answer, CalcError, Case};

pub fn give(case: Case, arrears: &Arrears) -> Result<Answer, CalcError> {
    let precision = arrears.precision;
    let (exact, vat) = match &arrears.outcome {
        Outcome::Dated(accrued) => (accrued.exact, accrued.vat),
        Outcome::Days { exact, vat, .. } => (*exact, *vat),
    };
    let interest = precision.round(exact)?;
    let mut answer =
        Answer::default().with("days", days(&arrears.outcome)).with("interest", interest.to_string());
    answer = explain(answer, arrears);
    answer = answer.because(format!("{} in all, {} once: {interest}", unrounded(exact), precision.said()));
    answer = segments(case, answer, arrears)?;
    answer = effective(case, answer, arrears)?;
    answer = taxed(answer, arrears, interest, vat)?;
    answer = commercial(case, answer, arrears, interest)?;
    if case.text_or_none("type").is_some_and(|name| name.starts_with("penalty")) {
        answer = answer.with("penalty", interest.to_string());
    }
    Ok(answer)
}

fn days(outcome: &Outcome) -> i64 {
    match outcome {
        Outcome::Dated(accrued) => accrued.segments.iter().map(|segment| segment.days).sum(),
        Outcome::Days { days, .. } => *days,
    }
}

fn explain(answer: Answer, arrears: &Arrears) -> Answer {
    let terms = arrears.terms.terms();
    let method = match terms.method {
        Method::Simple(count) => format!("by {count}"),
        Method::EffectiveAnnual { basis_days, .. } => format!("effective a year of {basis_days} days"),
    };
    let answer = match &arrears.outcome {
        Outcome::Days { days, principal, exact, .. } => {
            let rate = terms.rate.rows().first().map_or_else(String::new, |row| row.pct.to_string());
            answer.because(format!("{days} days on {principal} at {rate} % {method} = {}", unrounded(*exact)))
        }
        Outcome::Dated(accrued) => {
            accrued.segments.iter().fold(answer, |answer, segment| answer.because(sentence(segment, &method)))
        }
    };
    match terms.grace {
        Some(grace) => {
            let mode = match grace.mode {
                domain::interest::GraceMode::Retroactive => "after it all days since the due date count",
                domain::interest::GraceMode::Excluded => "only the days after it count",
            };
            answer.because(format!("{} days of grace: {mode}", grace.days))
        }
        None => answer,
    }
}

fn sentence(segment: &Segment, method: &str) -> String {
    let Segment { from, to, days, principal, rate_pct, agreed_pct, interest, .. } = segment;
    let cap = if segment.capped { format!(" (cap; agreed {agreed_pct} %)") } else { String::new() };
    format!(
        "{from} to {to}: {days} days on {principal} at {rate_pct} %{cap} {method} = {}",
        unrounded(*interest)
    )
}

/// The steps of a case whose principal or rate changes, in the form of its kind.
fn segments(case: Case, answer: Answer, arrears: &Arrears) -> Result<Answer, CalcError> {
    let Outcome::Dated(accrued) = &arrears.outcome else { return Ok(answer) };
    let precision = arrears.precision;
    let capped = arrears.terms.terms().cap.is_some();
    if !capped && !case.has("principal_path") {
        return Ok(answer);
    }
    let shown: Vec<Value> = accrued
        .segments
        .iter()
        .map(|s| {
            if capped {
                let part = s.interest.to_fixed(precision.places.max(CENTS));
                json!([s.from.to_string(), s.to.to_string(), s.days, s.rate_pct.to_string(), part])
            } else {
                json!([s.from.to_string(), s.to.to_string(), plain(s.principal), s.days])
            }
        })
        .collect();
    let each = accrued.segments.iter().try_fold(Decimal::ZERO, |sum, segment| {
        Ok::<_, CalcError>(sum.add(precision.round(segment.interest)?)?)
    })?;
    let each = precision.text(each)?;
    Ok(answer.with("segments", shown).with("interest_if_rounded_per_segment", each))
}

/// The part of each segment is shown to the cent even where the currency has none.
const CENTS: u8 = 2;

/// Both readings of an effective annual rate.
fn effective(case: Case, answer: Answer, arrears: &Arrears) -> Result<Answer, CalcError> {
    const RATE_PLACES: u8 = 12;
    let terms = arrears.terms.terms();
    let (Method::EffectiveAnnual { basis_days, .. }, None, Some(row)) =
        (terms.method, &terms.cap, terms.rate.rows().first())
    else {
        return Ok(answer);
    };
    let daily = daily_equivalent(row.pct, basis_days)?;
    let shown = daily.to_fixed(RATE_PLACES);
    let principal = match &arrears.outcome {
        Outcome::Days { principal, .. } => *principal,
        Outcome::Dated(_) if case.has("principal_path") => {
            return Ok(answer.with("daily_equivalent_rate", shown));
        }
        Outcome::Dated(accrued) => {
            accrued.segments.first().map_or(Decimal::ZERO, |segment| segment.principal)
        }
    };
    let simple = principal.mul(daily)?.mul(days(&arrears.outcome).into())?;
    let simple = arrears.precision.text(simple)?;
    let why = format!("simple on the daily equivalent of {shown} it would be {simple}");
    Ok(answer
        .with("daily_equivalent_rate", shown)
        .with("interest_if_simple_on_daily_equivalent", simple)
        .because(why))
}

fn taxed(answer: Answer, arrears: &Arrears, interest: Decimal, vat: Decimal) -> Result<Answer, CalcError> {
    let Some(pct) = arrears.terms.terms().vat_pct else { return Ok(answer) };
    let precision: Precision = arrears.precision;
    let tax = precision.round(vat)?;
    let total = precision.text(interest.add(tax)?)?;
    Ok(answer.with("vat", tax.to_string()).with("total", total).because(format!(
        "VAT of {pct} % on the interest: {}, {}: {tax}",
        unrounded(vat),
        precision.said()
    )))
}

/// Late payment between businesses: the rate is made of two, and a fixed sum is owed besides.
fn commercial(case: Case, answer: Answer, arrears: &Arrears, interest: Decimal) -> Result<Answer, CalcError> {
    let Some((_, reference)) = case.starting_with("ecb_rate_pct") else { return Ok(answer) };
    let rate = arrears.terms.terms().rate.rows().first().map_or(Decimal::ZERO, |row| row.pct);
    let default = Decimal::from_money(domain::charge::CommercialLateRule::spain()?.compensation);
    let fixed = if case.has("fixed_compensation") {
        case.amount("fixed_compensation", arrears.precision.places)?
    } else {
        default
    };
    let total = arrears.precision.text(interest.add(fixed)?)?;
    let reference = reference.as_str().map_or_else(|| reference.to_string(), str::to_owned);
    Ok(answer
        .with("rate_pct", rate.to_string())
        .with("total_extra", total)
        .because(format!(
            "Ley 3/2004 art. 7: the European Central Bank's {reference} % and the margin make {rate} %"
        ))
        .because(format!("Ley 3/2004 art. 8: {fixed} for the costs of collection, without proof")))
}
