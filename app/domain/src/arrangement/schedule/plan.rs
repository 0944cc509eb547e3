//! Plans computed from terms.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::levels::level_payment;
use super::rate::Rate;
use super::{Accrual, Frequency, Grace, InterestBasis, Method, PaymentRounding, Period, PlanError};
use crate::money::{Decimal, Money, MoneyError, Rounding};

/// What a plan is computed from. The periods come beside it: dates are agreed, not computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What is spread, after any down payment.
    pub principal: Money,
    /// As a fraction: 0.24 is 24 % a year, nominal.
    pub annual_rate: Decimal,
    pub method: Method,
    pub accrual: Accrual,
    pub basis: InterestBasis,
    /// The regular distance of instalments: what the rate of a period follows from.
    pub frequency: Frequency,
    /// For each period's interest.
    pub rounding: Rounding,
    pub payment_rounding: PaymentRounding,
    pub grace: Grace,
}

impl Terms {
    /// Terms without extras: declining balance, the same rate every month, no grace, the payment
    /// rounded like the interest.
    pub const fn monthly(principal: Money, annual_rate: Decimal, method: Method, rounding: Rounding) -> Self {
        Self {
            principal,
            annual_rate,
            method,
            accrual: Accrual::DecliningBalance,
            basis: InterestBasis::SamePeriod,
            frequency: Frequency::MONTHLY,
            rounding,
            payment_rounding: PaymentRounding::minor_unit(rounding),
            grace: Grace { principal: 0, interest_payment: 0, interest_free: 0 },
        }
    }
}

/// One payment of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installment {
    /// From 1.
    pub number: u32,
    pub from: NaiveDate,
    pub due_on: NaiveDate,
    pub principal: Money,
    pub interest: Money,
    /// Principal still owed after it.
    pub balance: Money,
}

impl Installment {
    /// What falls due.
    ///
    /// # Errors
    /// Overflow.
    pub fn payment(&self) -> Result<Money, MoneyError> {
        self.principal.add(self.interest)
    }
}

/// What falls due when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The regular payment; with equal principal, the regular part of the principal.
    pub regular: Money,
    pub installments: Vec<Installment>,
}

impl Plan {
    /// What the debtor pays in all.
    ///
    /// # Errors
    /// Overflow.
    pub fn total(&self) -> Result<Money, MoneyError> {
        let currency = self.regular.currency();
        self.installments.iter().try_fold(Money::zero(currency), |sum, part| sum.add(part.payment()?))
    }

    /// What the plan costs.
    ///
    /// # Errors
    /// Overflow.
    pub fn total_interest(&self) -> Result<Money, MoneyError> {
        Money::sum(self.regular.currency(), self.installments.iter().map(|part| part.interest))
    }

    /// Refuses a plan with an instalment below `minimum`, which a creditor or gateway may ask for.
    ///
    /// # Errors
    /// An instalment below it.
    pub fn at_least(self, minimum: Money) -> Result<Self, PlanError> {
        for part in &self.installments {
            let payment = part.payment()?;
            if payment < minimum {
                return Err(PlanError::BelowMinimum { payment, minimum });
            }
        }
        Ok(self)
    }
}

/// What is paid at once, before the instalments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DownPayment {
    Amount(Money),
    /// Per cent of the balance, rounded like the payments.
    Percent(Decimal),
}

impl DownPayment {
    /// The amount for a balance.
    ///
    /// # Errors
    /// Negative, or not less than the balance.
    pub fn of(self, balance: Money, rounding: &PaymentRounding) -> Result<Money, PlanError> {
        let down = match self {
            Self::Amount(amount) => amount,
            Self::Percent(share) => {
                let hundred = Decimal::from(100);
                if share.is_negative() || share > hundred {
                    return Err(PlanError::DownPaymentShare);
                }
                rounding.round(Decimal::from_money(balance).mul(share)?.div(hundred)?, balance)?
            }
        };
        if down.is_negative() || balance.sub(down)?.minor() <= 0 {
            return Err(PlanError::DownPayment { down, balance });
        }
        Ok(down)
    }
}

/// Computes a plan over `periods`, one instalment each. It sums to `terms.principal`, and the
/// last instalment absorbs what rounding left.
///
/// A payment that would not cover its interest pays no principal, and one that would overpay pays
/// what is left: no part is ever negative.
///
/// # Errors
/// Terms that have no plan; see [`PlanError`].
pub fn plan(terms: &Terms, periods: &[Period]) -> Result<Plan, PlanError> {
    let count = u32::try_from(periods.len()).unwrap_or(u32::MAX);
    super::dates::check_count(count)?;
    let rate = Rate::new(terms.annual_rate, terms.basis, terms.frequency)?;
    if !terms.principal.is_positive() {
        return Err(PlanError::NotPositive(terms.principal));
    }
    let grace = terms.grace.principal.max(terms.grace.interest_payment).max(terms.grace.interest_free);
    if grace >= count {
        return Err(PlanError::GraceTooLong { grace, count });
    }
    let interest = Interest::new(terms, &rate, count)?;
    let regular = regular(terms, &rate, count)?;
    spread(terms, periods, regular, interest)
}

/// The regular payment, or the regular part of the principal.
fn regular(terms: &Terms, rate: &Rate, count: u32) -> Result<Money, PlanError> {
    let paying = count - terms.grace.principal;
    let balance = Decimal::from_money(terms.principal);
    let zero = Decimal::ZERO;
    let nominal = rate.nominal()?;
    let exact = match (terms.method, terms.accrual) {
        (Method::EqualPrincipal, _) => level_payment(balance, zero, zero, paying)?,
        (Method::Balloon(balloon), Accrual::Flat) => {
            let level = level_payment(balance, balloon_of(terms, balloon)?, zero, paying)?;
            level.add(balance.mul(nominal)?)?
        }
        (Method::Balloon(balloon), _) => {
            level_payment(balance, balloon_of(terms, balloon)?, nominal, paying)?
        }
        (Method::AmortizedOver(over), Accrual::Flat) => {
            level_payment(balance, zero, zero, over.max(paying))?.add(balance.mul(nominal)?)?
        }
        (Method::AmortizedOver(over), _) => level_payment(balance, zero, nominal, over.max(paying))?,
        (Method::French, Accrual::Flat) => {
            level_payment(balance, zero, zero, paying)?.add(balance.mul(nominal)?)?
        }
        (Method::French, _) => level_payment(balance, zero, nominal, paying)?,
    };
    terms.payment_rounding.round(exact, terms.principal)
}

fn balloon_of(terms: &Terms, balloon: Money) -> Result<Decimal, PlanError> {
    let left = terms.principal.sub(balloon)?;
    if balloon.is_negative() || left.is_negative() {
        return Err(PlanError::Balloon { balloon, balance: terms.principal });
    }
    Ok(Decimal::from_money(balloon))
}

fn spread(
    terms: &Terms,
    periods: &[Period],
    regular: Money,
    mut interest: Interest,
) -> Result<Plan, PlanError> {
    let zero = Money::zero(terms.principal.currency());
    let mut balance = terms.principal;
    let mut installments = Vec::with_capacity(periods.len());
    for (number, period) in (1_u32..).zip(periods.iter().copied()) {
        let charged = interest.of(number, balance, period)?;
        let principal = if interest.is_last(number) {
            balance
        } else if number <= terms.grace.principal {
            zero
        } else if terms.method == Method::EqualPrincipal {
            regular.min(balance)?
        } else {
            let part = regular.sub(charged.running)?.min(balance)?;
            if part.is_negative() { zero } else { part }
        };
        balance = balance.sub(principal)?;
        let interest = charged.due;
        installments.push(Installment {
            number,
            from: period.from,
            due_on: period.due_on,
            principal,
            interest,
            balance,
        });
    }
    Ok(Plan { regular, installments })
}

/// Interest period by period, with what grace puts off.
struct Interest<'a> {
    terms: &'a Terms,
    rate: &'a Rate,
    count: u32,
    put_off: Money,
    /// Of flat interest, what is still to be charged: the last period takes it, so that the
    /// total is rounded once.
    flat_left: Money,
}

struct Charged {
    /// What ran in the period.
    running: Money,
    /// What falls due with it.
    due: Money,
}

impl<'a> Interest<'a> {
    fn new(terms: &'a Terms, rate: &'a Rate, count: u32) -> Result<Self, PlanError> {
        let zero = Money::zero(terms.principal.currency());
        let charged = Decimal::from(i64::from(count - terms.grace.interest_free));
        let total = Decimal::from_money(terms.principal).mul(rate.nominal()?)?.mul(charged)?;
        let flat_left = match terms.accrual {
            Accrual::Flat => total.to_money(zero.currency(), terms.rounding)?,
            Accrual::DecliningBalance => zero,
        };
        Ok(Self { terms, rate, count, put_off: zero, flat_left })
    }

    const fn is_last(&self, number: u32) -> bool {
        number == self.count
    }

    fn of(&mut self, number: u32, balance: Money, period: Period) -> Result<Charged, PlanError> {
        let zero = Money::zero(balance.currency());
        let running = if number <= self.terms.grace.interest_free {
            zero
        } else {
            self.running(number, balance, period)?
        };
        self.put_off = self.put_off.add(running)?;
        let due = if number <= self.terms.grace.interest_payment {
            zero
        } else {
            std::mem::replace(&mut self.put_off, zero)
        };
        Ok(Charged { running, due })
    }

    fn running(&mut self, number: u32, balance: Money, period: Period) -> Result<Money, PlanError> {
        if self.terms.accrual == Accrual::DecliningBalance {
            return Ok(self.rate.interest(balance, period, self.terms.rounding)?);
        }
        // A flat rate knows no days: every period of the plan costs the same.
        let part = if self.is_last(number) {
            self.flat_left
        } else {
            self.rate.level_interest(self.terms.principal, self.terms.rounding)?.min(self.flat_left)?
        };
        self.flat_left = self.flat_left.sub(part)?;
        Ok(part)
    }
}

/// A plan without interest: each instalment the same, rounded down, the last gets the remainder.
///
/// # Errors
/// Nothing to spread, or no periods.
pub fn interest_free_plan(balance: Money, periods: &[Period]) -> Result<Plan, PlanError> {
    plan(&Terms::monthly(balance, Decimal::ZERO, Method::EqualPrincipal, Rounding::Down), periods)
}
