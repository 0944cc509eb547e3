//! Level payments that start anew with every tranche.
//!
//! A tranche changes the balance from its date on. From the period in which it falls, the level
//! payment is computed again on what is owed; the last instalment absorbs the rest, and if it
//! differs too much the level is moved once towards it.

use chrono::NaiveDate;

use super::RateFactor;
use crate::arrangement::schedule::{Period, PlanError};
use crate::money::{Decimal, Money, MoneyError, Rounding};

/// A part of the loan paid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tranche {
    pub on: NaiveDate,
    pub amount: Money,
}

/// What instalments are computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amortization {
    pub rate: RateFactor,
    pub rounding: Rounding,
    /// Level payments are multiples of this much, if anything.
    pub multiple: Option<Money>,
}

/// One computed instalment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelInstallment {
    pub period: Period,
    pub payment: Money,
    pub interest: Money,
    pub principal: Money,
    /// Owed after it, with what was paid out on its date.
    pub balance: Money,
    /// Of the period, or of its part after the last tranche in it.
    pub rate_factor: Decimal,
}

/// Computes the instalments of `tranches`, in the order in which they became known.
///
/// # Errors
/// No periods, a tranche outside them or not positive, or overflow.
pub fn amortize(
    periods: &[Period],
    tranches: &[Tranche],
    terms: &Amortization,
) -> Result<Vec<LevelInstallment>, PlanError> {
    let first = tranches.first().ok_or(PlanError::NoInstallments)?;
    let mut model = Model::new(periods, first.amount, terms)?;
    for tranche in tranches {
        if !tranche.amount.is_positive() {
            return Err(PlanError::NotPositive(tranche.amount));
        }
        model.pay_out(tranche)?;
    }
    model.rows()
}

/// A stretch of a period on one balance.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: NaiveDate,
    to: NaiveDate,
    factor: Decimal,
    /// Paid out at its end.
    paid_out: Money,
    balance: Money,
}

#[derive(Clone, Debug)]
struct Row {
    period: Period,
    stretches: Vec<Stretch>,
    payment: Money,
}

#[derive(Clone, Debug)]
struct Model<'a> {
    rows: Vec<Row>,
    terms: &'a Amortization,
    zero: Money,
}

impl<'a> Model<'a> {
    fn new(periods: &[Period], like: Money, terms: &'a Amortization) -> Result<Self, PlanError> {
        if periods.is_empty() {
            return Err(PlanError::NoInstallments);
        }
        let zero = Money::zero(like.currency());
        let row = |period: &Period| {
            let whole = Stretch {
                from: period.from,
                to: period.due_on,
                factor: Decimal::ZERO,
                paid_out: zero,
                balance: zero,
            };
            Row { period: *period, stretches: vec![whole], payment: zero }
        };
        Ok(Self { rows: periods.iter().map(row).collect(), terms, zero })
    }

    fn pay_out(&mut self, tranche: &Tranche) -> Result<(), PlanError> {
        let on = tranche.on;
        let holds = |place: usize, row: &Row| {
            (on > row.period.from || (place == 0 && on == row.period.from)) && on <= row.period.due_on
        };
        let place =
            self.rows.iter().enumerate().find(|(place, row)| holds(*place, row)).map(|(place, _)| place);
        let place = place.ok_or(PlanError::NotAscending(on))?;
        let last = self.rows.len() - 1;
        let row = self.rows.get_mut(place).ok_or(PlanError::NoInstallments)?;
        row.pay_out(tranche, self.zero)?;
        // What is paid out on a due date is first asked for with the next instalment.
        let from = if on == row.period.due_on && place < last { place + 1 } else { place };
        self.level(from)
    }

    /// Computes the payments from row `from` on.
    fn level(&mut self, from: usize) -> Result<(), PlanError> {
        for row in self.rows.iter_mut().skip(from) {
            let period = (row.period.from, row.period.due_on);
            for stretch in &mut row.stretches {
                stretch.factor = self.terms.rate.of((stretch.from, stretch.to), period)?;
            }
        }
        self.update_balances()?;
        let payment = self.payment_from(from)?;
        self.set_payments(from, payment)?;
        self.adjust(from, payment)
    }

    fn payment_from(&self, from: usize) -> Result<Money, PlanError> {
        let mut growth = Decimal::ONE;
        let mut annuity = Decimal::ONE;
        for (place, row) in self.rows.iter().skip(from).enumerate() {
            let factor = Decimal::ONE.add(row.factor()?)?;
            growth = growth.mul(factor)?;
            if place > 0 {
                annuity = annuity.mul(factor)?.add(Decimal::ONE)?;
            }
        }
        let before = match from.checked_sub(1).and_then(|before| self.rows.get(before)) {
            Some(row) => row.balance_after(self.terms.rounding)?,
            None => self.zero,
        };
        let row = self.rows.get(from).ok_or(PlanError::NoInstallments)?;
        let paid_out =
            Money::sum(self.zero.currency(), row.stretches.iter().map(|stretch| stretch.paid_out))?;
        let balance = Decimal::from_money(before.add(paid_out)?);
        self.round(balance.mul(growth)?.div(annuity)?)
    }

    fn round(&self, exact: Decimal) -> Result<Money, PlanError> {
        let mode = self.terms.rounding;
        let rounded = exact.to_money(self.zero.currency(), mode)?;
        match self.terms.multiple {
            None => Ok(rounded),
            Some(multiple) if !multiple.is_positive() => Err(PlanError::Multiple(multiple)),
            Some(multiple) => {
                let unit = Decimal::from_money(multiple);
                let times = Decimal::from_money(rounded).div(unit)?.round(0, mode);
                Ok(times.mul(unit)?.to_money(self.zero.currency(), mode)?)
            }
        }
    }

    /// The same payment from `from` on; the last one absorbs what is left.
    fn set_payments(&mut self, from: usize, payment: Money) -> Result<(), PlanError> {
        for row in self.rows.iter_mut().skip(from) {
            row.payment = payment;
        }
        self.update_balances()?;
        let mut rest = self.zero;
        for row in &self.rows {
            for stretch in &row.stretches {
                rest = rest.add(stretch.paid_out)?;
            }
            rest = rest.add(row.interest(self.terms.rounding)?)?.sub(row.payment)?;
        }
        if let Some(row) = self.rows.last_mut() {
            row.payment = row.payment.add(rest)?;
        }
        self.update_balances()
    }

    /// Moves the level towards the last payment, if that differs by more than half a unit for
    /// each instalment and comes closer by it.
    fn adjust(&mut self, from: usize, payment: Money) -> Result<(), PlanError> {
        let related = i64::try_from(self.rows.len() - from).unwrap_or(i64::MAX);
        let off = self.last_differs()?;
        if related < 2 || off.minor().abs() <= related / 2 {
            return Ok(());
        }
        let share = Decimal::from_money(off).div(Decimal::from(related))?;
        let share = share.to_money(self.zero.currency(), self.terms.rounding)?;
        let moved = self.round(Decimal::from_money(payment.add(share)?))?;
        if moved == payment {
            return Ok(());
        }
        let mut other = self.clone();
        other.set_payments(from, moved)?;
        if other.last_differs()?.minor().abs() < off.minor().abs() {
            *self = other;
        }
        Ok(())
    }

    /// How much more the last payment is than the one before.
    fn last_differs(&self) -> Result<Money, MoneyError> {
        match self.rows.as_slice() {
            [.., before, last] => last.payment.sub(before.payment),
            _ => Ok(self.zero),
        }
    }

    fn update_balances(&mut self) -> Result<(), PlanError> {
        let mut balance = self.zero;
        for row in &mut self.rows {
            for stretch in &mut row.stretches {
                stretch.balance = balance;
                balance = balance.add(stretch.paid_out)?;
            }
            balance = balance.sub(row.principal(self.terms.rounding)?)?;
        }
        Ok(())
    }

    fn rows(&self) -> Result<Vec<LevelInstallment>, PlanError> {
        let rounding = self.terms.rounding;
        let row = |row: &Row| {
            Ok(LevelInstallment {
                period: row.period,
                payment: row.payment,
                interest: row.interest(rounding)?,
                principal: row.principal(rounding)?,
                balance: row.balance_after(rounding)?,
                rate_factor: row.stretches.last().map_or(Decimal::ZERO, |stretch| stretch.factor),
            })
        };
        self.rows.iter().map(row).collect()
    }
}

impl Row {
    fn pay_out(&mut self, tranche: &Tranche, zero: Money) -> Result<(), MoneyError> {
        if let Some(stretch) = self.stretches.iter_mut().find(|stretch| stretch.to == tranche.on) {
            stretch.paid_out = stretch.paid_out.add(tranche.amount)?;
            return Ok(());
        }
        let inside = |stretch: &Stretch| stretch.from <= tranche.on && tranche.on < stretch.to;
        let place = self.stretches.iter().position(inside).unwrap_or(0);
        if let Some(stretch) = self.stretches.get_mut(place) {
            let rest = Stretch { from: tranche.on, factor: Decimal::ZERO, ..*stretch };
            stretch.to = tranche.on;
            stretch.paid_out = tranche.amount;
            self.stretches.insert(place + 1, Stretch { balance: zero, ..rest });
        }
        Ok(())
    }

    fn factor(&self) -> Result<Decimal, MoneyError> {
        self.stretches.iter().try_fold(Decimal::ZERO, |sum, stretch| sum.add(stretch.factor))
    }

    /// Rounded stretch by stretch.
    fn interest(&self, rounding: Rounding) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.payment.currency());
        self.stretches.iter().try_fold(zero, |sum, stretch| {
            let exact = Decimal::from_money(stretch.balance).mul(stretch.factor)?;
            sum.add(exact.to_money(zero.currency(), rounding)?)
        })
    }

    /// Never negative: a payment below its interest pays no principal.
    fn principal(&self, rounding: Rounding) -> Result<Money, MoneyError> {
        let part = self.payment.sub(self.interest(rounding)?)?;
        Ok(if part.is_negative() { Money::zero(part.currency()) } else { part })
    }

    fn balance_after(&self, rounding: Rounding) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.payment.currency());
        let Some(last) = self.stretches.last() else { return Ok(zero) };
        let left = last.balance.add(last.paid_out)?.sub(self.principal(rounding)?)?;
        Ok(if left.is_negative() { zero } else { left })
    }
}
