//! When instalments fall due.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::PlanError;
use crate::calendar::{BusinessCalendar, Shift, add_months, check_date};

/// The longest plan: a hundred years of months.
pub(super) const MAX_INSTALLMENTS: u32 = 1_200;

/// How far two instalments are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    Days(u32),
    Weeks(u32),
    /// Months keep the day of the first date and fall on the month's last day where it is
    /// missing: 31 January, 28 February, 31 March.
    Months(u32),
}

impl Frequency {
    pub const MONTHLY: Self = Self::Months(1);
    pub const BIWEEKLY: Self = Self::Weeks(2);

    /// `anchor` and `times` periods later, counted from the anchor so that a short month is no
    /// drift.
    ///
    /// # Errors
    /// An empty period, or a date outside the calendar.
    pub fn after(self, anchor: NaiveDate, times: u32) -> Result<NaiveDate, PlanError> {
        let (Self::Days(n) | Self::Weeks(n) | Self::Months(n)) = self;
        if n == 0 {
            return Err(PlanError::EmptyPeriod);
        }
        let steps = u64::from(n) * u64::from(times);
        let date = match self {
            Self::Days(_) => anchor.checked_add_days(Days::new(steps)),
            Self::Weeks(_) => anchor.checked_add_days(Days::new(steps.saturating_mul(7))),
            Self::Months(_) => i32::try_from(steps).ok().and_then(|months| add_months(anchor, months)),
        };
        let date = date.ok_or(PlanError::BeyondCalendar)?;
        check_date(date)?;
        Ok(date)
    }
}

/// One interval of a plan: interest runs in it, and its instalment falls due at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub from: NaiveDate,
    pub due_on: NaiveDate,
}

impl Period {
    /// Days from the start to the due date.
    pub fn days(&self) -> i64 {
        (self.due_on - self.from).num_days()
    }
}

/// `count` due dates, the first one period after `start`. Moving a date off a holiday never
/// moves the ones after it, so a plan for the 5th stays a plan for the 5th.
///
/// # Errors
/// No or too many instalments, an empty period, or dates outside the calendar.
pub fn due_dates(
    start: NaiveDate,
    frequency: Frequency,
    count: u32,
    business: Option<(&BusinessCalendar, Shift)>,
) -> Result<Vec<NaiveDate>, PlanError> {
    check_count(count)?;
    check_date(start)?;
    let due = |number| {
        let date = frequency.after(start, number)?;
        Ok(business.map_or(Ok(date), |(calendar, shift)| calendar.shift(date, shift))?)
    };
    (1..=count).map(due).collect()
}

/// The intervals that end on `due`, the first from `start` on.
///
/// # Errors
/// Dates that do not ascend, two instalments on one day being one instalment; or dates outside
/// the calendar.
pub fn periods(start: NaiveDate, due: &[NaiveDate]) -> Result<Vec<Period>, PlanError> {
    check_date(start)?;
    let mut from = start;
    let mut periods = Vec::with_capacity(due.len());
    for due_on in due.iter().copied() {
        check_date(due_on)?;
        if due_on <= from {
            return Err(PlanError::NotAscending(due_on));
        }
        periods.push(Period { from, due_on });
        from = due_on;
    }
    Ok(periods)
}

pub(super) fn check_count(count: u32) -> Result<(), PlanError> {
    match count {
        0 => Err(PlanError::NoInstallments),
        n if n > MAX_INSTALLMENTS => Err(PlanError::TooManyInstallments(n)),
        _ => Ok(()),
    }
}
