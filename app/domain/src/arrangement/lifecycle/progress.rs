//! How the instalments stand: derived from what was paid, never stored.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::Due;
use crate::money::{Money, MoneyError};
use crate::party::text_enum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstallmentState {
    Paid,
    Upcoming,
    /// Due today, or past due within the grace.
    Due,
    /// Past due beyond the grace.
    Missed,
}

text_enum!(InstallmentState { Paid = "paid", Upcoming = "upcoming", Due = "due", Missed = "missed" });

/// One instalment and what was paid of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallmentStatus {
    /// From 1.
    pub number: u32,
    pub due_on: NaiveDate,
    pub amount: Money,
    pub paid: Money,
    pub left: Money,
    pub state: InstallmentState,
}

/// How an arrangement stands on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub installments: Vec<InstallmentStatus>,
    pub total: Money,
    pub paid: Money,
    /// Still to pay of the schedule.
    pub left: Money,
    /// Of what is due by the day, what is not paid.
    pub overdue: Money,
}

impl Progress {
    /// Payments fill the instalments in order.
    ///
    /// # Errors
    /// Another currency, or overflow.
    pub fn of(schedule: &[Due], paid: Money, grace_days: u16, on: NaiveDate) -> Result<Self, MoneyError> {
        let zero = Money::zero(paid.currency());
        let total = Money::sum(paid.currency(), schedule.iter().map(|due| due.amount))?;
        let mut rest = if paid.is_negative() { zero } else { paid };
        let mut overdue = zero;
        let mut installments = Vec::with_capacity(schedule.len());
        for (number, due) in (1..).zip(schedule) {
            let covered = rest.min(due.amount)?;
            rest = rest.sub(covered)?;
            let left = due.amount.sub(covered)?;
            let missed =
                due.due_on.checked_add_days(Days::new(grace_days.into())).is_some_and(|last| last < on);
            let state = match () {
                () if left.is_zero() => InstallmentState::Paid,
                () if due.due_on > on => InstallmentState::Upcoming,
                () if missed => InstallmentState::Missed,
                () => InstallmentState::Due,
            };
            if due.due_on < on {
                overdue = overdue.add(left)?;
            }
            let (due_on, amount) = (due.due_on, due.amount);
            installments.push(InstallmentStatus { number, due_on, amount, paid: covered, left, state });
        }
        let left = Money::sum(paid.currency(), installments.iter().map(|part| part.left))?;
        Ok(Self { installments, total, paid, left, overdue })
    }

    /// The first instalment that was missed beyond the grace.
    pub fn missed(&self) -> Option<&InstallmentStatus> {
        self.installments.iter().find(|part| part.state == InstallmentState::Missed)
    }

    /// All is paid.
    pub const fn is_complete(&self) -> bool {
        self.left.is_zero()
    }

    /// Nothing that fell due is open: the debtor keeps the agreement.
    pub const fn is_kept(&self) -> bool {
        self.overdue.is_zero()
    }

    /// The next instalment to pay.
    pub fn next(&self) -> Option<&InstallmentStatus> {
        self.installments.iter().find(|part| !part.left.is_zero())
    }
}
