//! `contact`, `holiday`, `validation-period`: may this debtor be contacted, and the dates around it.

mod answer;
mod facts;
mod instant;
mod names;
mod read;
#[cfg(test)]
mod tests;

use domain::contact::{HolidayTable, Rules, decide, validation_period};

use crate::{Answer, CalcError, Case};

/// A row (`country`, `debtor_zone`, `channel`, `instant_utc`), answered with `allowed` as text, or
/// `country`, `history` and `candidate`, answered with `allowed` as truth.
pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let asked = read::asked(case)?;
    let rules = Rules::embedded(&asked.country, asked.date, &asked.overrides).map_err(refused)?;
    let decision = decide(rules, &asked.contact).map_err(refused)?;
    Ok(answer::told(&asked, rules.pack, decision))
}

/// Whether a date is a public holiday: `country`, `subdivision`, `date`.
pub fn holiday(case: Case) -> Result<Answer, CalcError> {
    let (country, subdivision) = (case.text("country")?, case.text_or_none("subdivision"));
    let date = case.date("date")?;
    let set = HolidayTable::embedded().and_then(|table| table.of(country, subdivision)).map_err(refused)?;
    let name = set.name(date).map_err(refused)?;
    let is = name.map_or("no public holiday".to_owned(), |name| format!("a public holiday: {name}"));
    Ok(Answer::default()
        .with("holiday", name.is_some())
        .with("name", name.unwrap_or_default())
        .because(format!("{date} is {is} in the table of {}", set.place())))
}

/// The validation period of a notice in the United States: `sent`.
pub fn validation(case: Case) -> Result<Answer, CalcError> {
    let sent = case.date("sent")?;
    let table = HolidayTable::embedded().map_err(refused)?;
    let period = validation_period(table, sent).map_err(refused)?;
    Ok(Answer::default()
        .with("assumed_receipt", period.assumed_receipt.to_string())
        .with("validation_period_end", period.ends_on.to_string())
        .because(format!(
            "12 CFR 1006.34(b)(5): received, it is assumed, on the fifth business day after {sent}: {}",
            period.assumed_receipt
        ))
        .because(format!("the period ends 30 days later, on {}", period.ends_on)))
}

/// What the rules refuse to decide is said in their own words.
fn refused(error: impl std::fmt::Display) -> CalcError {
    CalcError::Refused(error.to_string())
}
