//! From income and expenses to what one can pay.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::shape::Shape;
use super::{Decision, Menu, ProposalError, Reason};
use crate::account::Balance;
use crate::arrangement::schedule::Frequency;
use crate::money::{Decimal, Money, Rounding};

/// A month of the debtor's household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affordability {
    pub income: Money,
    pub expenses: Money,
}

/// Of what is left after expenses, this share: life brings more than a form asks for.
const SHARE_PCT: i64 = 50;

impl Affordability {
    /// What one can pay a month; zero when nothing is left.
    ///
    /// # Errors
    /// Negative amounts, another currency, or overflow.
    pub fn monthly(&self) -> Result<Money, ProposalError> {
        let currency = self.income.currency();
        if self.income.is_negative() || self.expenses.is_negative() {
            return Err(ProposalError::Amount(currency));
        }
        let left = self.income.sub(self.expenses)?;
        if !left.is_positive() {
            return Ok(Money::zero(currency));
        }
        let share = Decimal::from_money(left).mul(Decimal::from(SHARE_PCT))?.div(Decimal::from(100))?;
        Ok(share.to_money(currency, Rounding::Down)?)
    }
}

/// The offers whose every payment one can make; a person takes over when there are none.
///
/// # Errors
/// Another currency than the debt's, nothing owed, or overflow.
pub fn affordable(
    menu: &Menu,
    debt: &Balance,
    household: &Affordability,
    first_on: NaiveDate,
    today: NaiveDate,
) -> Result<Decision, ProposalError> {
    if household.income.currency() != debt.currency() {
        return Err(ProposalError::Amount(debt.currency()));
    }
    let monthly = household.monthly()?;
    if !monthly.is_positive() {
        return Ok(Decision::Referred { reasons: vec![Reason::NothingLeft] });
    }
    let mut deals = Vec::new();
    for offer in &menu.offers {
        let Some((_, agreed)) = offer.price(debt)? else { continue };
        let monthly_payments = offer.every.contains(&Frequency::MONTHLY) || offer.most_payments == 1;
        if !monthly_payments {
            continue;
        }
        let needed = u32::try_from(agreed.to_pay.minor().div_euclid(monthly.minor())).unwrap_or(u32::MAX);
        let payments = needed.saturating_add(1).min(offer.most_payments);
        let wish = Shape { first: None, first_on, payments, every: Frequency::MONTHLY };
        let deal = offer.nearest(debt, wish, today)?;
        deals.extend(deal.filter(|deal| deal.schedule.iter().all(|due| due.amount <= monthly)));
    }
    if deals.is_empty() {
        return Ok(Decision::Referred { reasons: vec![Reason::AllTheyCan] });
    }
    Ok(Decision::Countered { deals, reasons: Vec::new() })
}
