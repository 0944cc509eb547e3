//! The validation period of a debt in the United States (12 CFR 1006.34(b)(5)).

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

use super::{ContactError, HolidayError, HolidayTable};

/// Business days after which a notice is assumed received: no Saturday, Sunday or legal holiday.
const RECEIPT_BUSINESS_DAYS: u32 = 5;
const PERIOD_DAYS: i64 = 30;

/// From the assumed receipt of the validation notice to the end of the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidationPeriod {
    /// The fifth business day after sending (12 CFR 1006.34(b)(5)).
    pub assumed_receipt: NaiveDate,
    /// Its last day: 30 days after the assumed receipt.
    pub ends_on: NaiveDate,
}

/// The period of a notice that was sent on `sent`. Observed holidays count as holidays: the
/// later end is the careful one.
///
/// # Errors
/// The federal holidays of a year that it touches are not known.
pub fn validation_period(holidays: &HolidayTable, sent: NaiveDate) -> Result<ValidationPeriod, ContactError> {
    let federal = holidays.of("US", None)?;
    let mut received = sent;
    let mut left = RECEIPT_BUSINESS_DAYS;
    while left > 0 {
        received = received.succ_opt().ok_or(HolidayError::EndOfCalendar)?;
        let is_weekend = matches!(received.weekday(), Weekday::Sat | Weekday::Sun);
        if federal.name(received)?.is_none() && !is_weekend {
            left -= 1;
        }
    }
    let ends_on = received.checked_add_signed(TimeDelta::days(PERIOD_DAYS));
    Ok(ValidationPeriod { assumed_receipt: received, ends_on: ends_on.ok_or(HolidayError::EndOfCalendar)? })
}
