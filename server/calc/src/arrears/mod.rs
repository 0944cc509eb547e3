//! `arrears`: interest on what is overdue, however the contract counts it.

mod answer;
mod terms;
mod time;

use domain::interest::{Accrued, InterestTerms, PreparedTerms, accrue};
use domain::money::Decimal;

use crate::figure::Precision;
use crate::{Answer, CalcError, Case};

use time::{Path, Time};

/// Kinds of cases, by the start of their `type`; what is computed follows from the fields.
const FAMILIES: &[&str] = &["simple", "effective", "capped", "es_b2b", "penalty", "vat"];

/// A case, read.
struct Arrears {
    pub terms: PreparedTerms,
    pub precision: Precision,
    pub outcome: Outcome,
}

/// What the interest came to.
enum Outcome {
    Dated(Accrued),
    /// So many days that have no dates.
    Days {
        days: i64,
        principal: Decimal,
        exact: Decimal,
        vat: Decimal,
    },
}

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    check_type(case)?;
    let precision = Precision { places: case.places()?, rounding: case.rounding()? };
    let terms = terms::read(case)?;
    let outcome = match time::read(case, precision.places)? {
        Time::Days { days, principal } => of_days(&terms, days, principal)?,
        Time::Dated { due, as_of, path } => dated(&terms, due, &path, as_of)?,
    };
    answer::give(case, &Arrears { terms, precision, outcome })
}

fn check_type(case: Case) -> Result<(), CalcError> {
    let Some(name) = case.text_or_none("type") else { return Ok(()) };
    let known = FAMILIES.iter().any(|family| name.to_ascii_lowercase().starts_with(family));
    let shown = || name.chars().take(40).collect::<String>();
    if known {
        return Ok(());
    }
    Err(CalcError::Unsupported(format!(
        "no arrears are of type {:?}; known are simple_daily, simple_daily_piecewise, effective_annual_compound, capped_by_month, es_b2b_late and penalty_on_interest_amount",
        shown()
    )))
}

fn dated(
    terms: &PreparedTerms,
    due: chrono::NaiveDate,
    path: &Path,
    as_of: chrono::NaiveDate,
) -> Result<Outcome, CalcError> {
    if as_of < due {
        return Err(CalcError::Refused(format!(
            "as_of {as_of} lies before due {due}: nothing is overdue yet"
        )));
    }
    Ok(Outcome::Dated(accrue(terms, due, path, as_of)?))
}

fn of_days(terms: &PreparedTerms, days: i64, principal: Decimal) -> Result<Outcome, CalcError> {
    let charged = charged_days(terms.terms(), days);
    // Also what is forgiven must be a possible number of days.
    terms.for_days(principal, days)?;
    let exact = terms.for_days(principal, charged)?;
    let vat = terms.vat_on(exact)?;
    Ok(Outcome::Days { days: charged, principal, exact, vat })
}

fn charged_days(terms: &InterestTerms, days: i64) -> i64 {
    use domain::interest::GraceMode::{Excluded, Retroactive};
    match terms.grace {
        Some(grace) if days <= i64::from(grace.days) => 0,
        Some(grace) if grace.mode == Excluded => days - i64::from(grace.days),
        Some(grace) if grace.mode == Retroactive => days,
        _ => days,
    }
}
