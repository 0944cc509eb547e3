//! What was overdue, and for how long.

use chrono::NaiveDate;
use domain::money::Decimal;
use serde_json::Value;

use crate::case::{amount_of, date_of, malformed};
use crate::{CalcError, Case};

/// The overdue principal by date.
pub type Path = Vec<(NaiveDate, Decimal)>;

pub enum Time {
    Dated { due: NaiveDate, as_of: NaiveDate, path: Path },
    Days { days: i64, principal: Decimal },
}

const AMOUNTS: &[&str] = &["overdue_principal", "overdue", "base", "principal"];

pub fn read(case: Case, places: u8) -> Result<Time, CalcError> {
    if case.has("principal_path") {
        let path = path(case, places)?;
        let empty =
            || CalcError::Refused("principal_path is empty; give at least one [date, amount]".to_owned());
        let (first, _) = *path.first().ok_or_else(empty)?;
        let due = case.date_or_none("due")?.unwrap_or(first);
        if first > due {
            return Err(CalcError::Refused(format!(
                "principal_path starts on {first}, after due {due}; say what was overdue from the due date"
            )));
        }
        return Ok(Time::Dated { due, as_of: case.date("as_of")?, path });
    }
    let principal = case.amount(case.any_of(AMOUNTS, "the overdue amount")?, places)?;
    if case.has("days") && !case.has("due") {
        return Ok(Time::Days { days: case.whole("days")?, principal });
    }
    let due = case.date("due")?;
    Ok(Time::Dated { due, as_of: case.date("as_of")?, path: vec![(due, principal)] })
}

fn path(case: Case, places: u8) -> Result<Path, CalcError> {
    const FIELD: &str = "principal_path";
    let step = |step: &Value| match step.as_array().map(Vec::as_slice) {
        Some([on, amount]) => Ok((date_of(FIELD, on)?, amount_of(FIELD, amount, places)?)),
        _ => Err(malformed(FIELD, step, "an array of [date, amount]")),
    };
    case.list(FIELD)?.iter().map(step).collect()
}
