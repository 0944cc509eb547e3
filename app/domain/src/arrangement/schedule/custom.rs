//! Plans with dates and amounts as agreed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::{Frequency, Installment, InterestBasis, Plan, PlanError, periods};
use crate::money::{Decimal, Money, Rounding};

/// One agreed payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomInstallment {
    pub due_on: NaiveDate,
    /// `None` takes whatever is left; only the last can.
    pub amount: Option<Money>,
}

/// A plan with the dates and payments that were agreed, on `balance` as of `start`. With a rate,
/// interest runs by days between the dates, and each payment covers its own first.
///
/// # Errors
/// No instalments, dates that do not ascend, negative amounts, payments below their interest, or
/// amounts that do not come to the balance.
pub fn custom_plan(
    balance: Money,
    start: NaiveDate,
    agreed: &[CustomInstallment],
    interest: Option<(Decimal, InterestBasis)>,
    rounding: Rounding,
) -> Result<Plan, PlanError> {
    super::dates::check_count(u32::try_from(agreed.len()).unwrap_or(u32::MAX))?;
    if !balance.is_positive() {
        return Err(PlanError::NotPositive(balance));
    }
    let dates: Vec<_> = agreed.iter().map(|part| part.due_on).collect();
    let (annual, basis) = interest.unwrap_or((Decimal::ZERO, InterestBasis::SamePeriod));
    let rate = Rate::new(annual, basis, Frequency::MONTHLY)?;
    let mut left = balance;
    let mut installments = Vec::with_capacity(agreed.len());
    for ((number, period), part) in (1_u32..).zip(periods(start, &dates)?).zip(agreed) {
        let interest = rate.interest(left, period, rounding)?;
        let payment = match part.amount {
            Some(amount) => amount,
            None => left.add(interest)?,
        };
        if payment.is_negative() {
            return Err(PlanError::NegativeAmount { number });
        }
        if payment < interest {
            return Err(PlanError::BelowInterest { number, payment, interest });
        }
        let principal = payment.sub(interest)?;
        left = left.sub(principal)?;
        installments.push(Installment {
            number,
            from: period.from,
            due_on: period.due_on,
            principal,
            interest,
            balance: left,
        });
    }
    if !left.is_zero() {
        return Err(PlanError::NotTheBalance { found: balance.sub(left)?, balance });
    }
    let regular = installments.first().map_or(Ok(balance), Installment::payment)?;
    Ok(Plan { regular, installments })
}
