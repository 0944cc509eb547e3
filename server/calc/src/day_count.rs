//! `day-count`: days and fraction of a year between two dates.

use domain::money::{DayCount, Interval};

use crate::{Answer, CalcError, Case};

/// Fractions of a year are shown with so many decimals.
const FRACTION_PLACES: u8 = 12;

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let count = count_of(case, "convention")?;
    let (start, end) = (case.date("start")?, case.date("end")?);
    let interval = match (case.date_or_none("ref_start")?, case.date_or_none("ref_end_or_termination")?) {
        (Some(from), Some(to)) => Interval::new(start, end).in_period(from, to),
        (None, Some(on)) => Interval::new(start, end).terminating(on),
        _ => Interval::new(start, end),
    };
    let days = count.days(&interval)?;
    let fraction = count.fraction(&interval)?;
    let years = fraction.to_decimal()?.to_fixed(FRACTION_PLACES);
    let answer = Answer::default()
        .because(format!("{count} counts {days} days from {start} to {end}"))
        .because(format!(
            "{} / {} of a year = {years}, rounded half up to {FRACTION_PLACES} decimals",
            fraction.numerator(),
            fraction.denominator()
        ));
    Ok(told(answer, count, &interval).with("days", days.to_string()).with("year_fraction", years))
}

fn told(answer: Answer, count: DayCount, interval: &Interval) -> Answer {
    match (count, interval.reference, interval.termination) {
        (DayCount::ActActIcma, Some((from, to)), _) => {
            answer.because(format!("the regular interest period is {from} to {to}"))
        }
        (DayCount::ActActIcma, None, _) => {
            answer.because("without a reference period the interval is taken as its own period")
        }
        (DayCount::Thirty360EIsda, _, Some(on)) if on == interval.end => answer
            .because("the contract ends on the last day, so that day is not moved to the 30th in February"),
        _ => answer,
    }
}

/// # Errors
/// Missing, or no day count that is known.
pub fn count_of(case: Case, field: &str) -> Result<DayCount, CalcError> {
    case.text(field)?.parse().map_err(|error| CalcError::Refused(format!("{field}: {error}")))
}
