//! Settlements: less than the debt for the whole of it. And charge-off, which forgives nothing.

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use crate::ledger::waterfall::{DatedPayment, Replay, Waterfall, WaterfallError, pour, replay};
use crate::money::{Decimal, Money, MoneyError, Rounding};
use crate::party::text_enum;

/// What is forgiven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concession<L> {
    /// So much of each component; one that is not named is forgiven nothing.
    ByComponent(Vec<(L, Discount)>),
    /// So much in all, taken from the components in this order.
    InOrder { discount: Discount, order: Vec<L> },
}

/// How much is forgiven of an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// 0 to 100.
    Percent(Decimal),
    Amount(Money),
}

/// When what is forgiven is gone for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgiveness {
    /// Only when all is paid; a breach brings all of it back.
    #[default]
    Conditional,
    /// Payment by payment, in proportion; a breach brings back the rest.
    Proportional,
}

text_enum!(Forgiveness { Conditional = "conditional", Proportional = "proportional" });

/// Why a settlement cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettlementError {
    #[error("the debt has no components; give at least one")]
    NoDebt,
    #[error("{0} stands twice; name each component once")]
    Twice(String),
    #[error("the discount names {0}, which is no component of the debt; correct the name")]
    Unknown(String),
    #[error("{label} is {owed}; what is owed must not be negative")]
    NegativeDebt { label: String, owed: Money },
    #[error("a discount of {percent} % on {of} must lie between 0 and 100 %")]
    Percent { of: String, percent: Decimal },
    #[error("a discount of {discount} on {of} must lie between zero and the {owed} that is owed")]
    Amount { of: String, discount: Money, owed: Money },
    #[error(transparent)]
    Waterfall(#[from] WaterfallError),
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// An agreed discount: `forgiven` and `to_pay` come to the debt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement<L> {
    /// As it was before the settlement.
    pub debt: Vec<(L, Money)>,
    /// By component, as the debt.
    pub forgiven: Vec<(L, Money)>,
    pub to_pay: Money,
}

/// Computes a settlement. Percentages are rounded once a component.
///
/// # Errors
/// A discount beyond 0 to 100 %, on an unknown component, or a negative debt.
pub fn settle<L: Clone + PartialEq + Debug>(
    debt: Vec<(L, Money)>,
    concession: &Concession<L>,
    rounding: Rounding,
) -> Result<Settlement<L>, SettlementError> {
    let currency = debt.first().ok_or(SettlementError::NoDebt)?.1.currency();
    check_labels(debt.iter().map(|(label, _)| label), None)?;
    for (label, owed) in &debt {
        if owed.is_negative() {
            return Err(SettlementError::NegativeDebt { label: format!("{label:?}"), owed: *owed });
        }
    }
    let total = Money::sum(currency, debt.iter().map(|(_, owed)| *owed))?;
    let forgiven = match concession {
        Concession::ByComponent(discounts) => by_component(&debt, discounts, rounding)?,
        Concession::InOrder { discount, order } => {
            check_labels(order.iter(), Some(&debt))?;
            let pot = discount.of("the debt", total, rounding)?;
            in_order(&debt, pot, order)?
        }
    };
    let gone = Money::sum(currency, forgiven.iter().map(|(_, part)| *part))?;
    Ok(Settlement { to_pay: total.sub(gone)?, debt, forgiven })
}

fn by_component<L: Clone + PartialEq + Debug>(
    debt: &[(L, Money)],
    discounts: &[(L, Discount)],
    rounding: Rounding,
) -> Result<Vec<(L, Money)>, SettlementError> {
    check_labels(discounts.iter().map(|(label, _)| label), Some(debt))?;
    debt.iter()
        .map(|(label, owed)| {
            let discount = discounts.iter().find(|(named, _)| named == label);
            let part = match discount {
                Some((_, discount)) => discount.of(&format!("{label:?}"), *owed, rounding)?,
                None => Money::zero(owed.currency()),
            };
            Ok((label.clone(), part))
        })
        .collect()
}

fn in_order<L: Clone + PartialEq + Debug>(
    debt: &[(L, Money)],
    pot: Money,
    order: &[L],
) -> Result<Vec<(L, Money)>, SettlementError> {
    let zero = Money::zero(pot.currency());
    let find = |label: &L| debt.iter().find(|(known, _)| known == label).map_or(zero, |(_, owed)| *owed);
    let poured = pour(pot, order.iter().map(find))?;
    if !poured.rest.is_zero() {
        let owed = pot.sub(poured.rest)?;
        return Err(SettlementError::Amount { of: "the components named".to_owned(), discount: pot, owed });
    }
    let part = |label: &L| order.iter().position(|named| named == label).and_then(|at| poured.parts.get(at));
    Ok(debt.iter().map(|(label, _)| (label.clone(), part(label).copied().unwrap_or(zero))).collect())
}

fn check_labels<'a, L: PartialEq + Debug + 'a>(
    labels: impl Iterator<Item = &'a L>,
    debt: Option<&[(L, Money)]>,
) -> Result<(), SettlementError> {
    let mut seen = Vec::new();
    for label in labels {
        if seen.contains(&label) {
            return Err(SettlementError::Twice(format!("{label:?}")));
        }
        if debt.is_some_and(|debt| !debt.iter().any(|(known, _)| known == label)) {
            return Err(SettlementError::Unknown(format!("{label:?}")));
        }
        seen.push(label);
    }
    Ok(())
}

impl Discount {
    fn of(self, of: &str, owed: Money, rounding: Rounding) -> Result<Money, SettlementError> {
        match self {
            Self::Percent(percent) => {
                let hundred = Decimal::from(100);
                if percent.is_negative() || percent > hundred {
                    return Err(SettlementError::Percent { of: of.to_owned(), percent });
                }
                let exact = Decimal::from_money(owed).mul(percent)?.div(hundred)?;
                Ok(exact.to_money(owed.currency(), rounding)?)
            }
            Self::Amount(discount) => {
                if discount.is_negative() || owed.sub(discount)?.is_negative() {
                    return Err(SettlementError::Amount { of: of.to_owned(), discount, owed });
                }
                Ok(discount)
            }
        }
    }
}

impl<L: Clone + PartialEq + Debug> Settlement<L> {
    /// What is forgiven for good once `paid` has arrived: nothing or all when conditional, and in
    /// proportion, rounded down, otherwise.
    ///
    /// # Errors
    /// Another currency or overflow.
    pub fn forgiven_after(
        &self,
        paid: Money,
        forgiveness: Forgiveness,
    ) -> Result<Vec<(L, Money)>, MoneyError> {
        let done = !self.to_pay.sub(paid)?.is_positive();
        let share = |part: Money| {
            if done {
                return Ok(part);
            }
            match forgiveness {
                Forgiveness::Conditional => Ok(Money::zero(part.currency())),
                Forgiveness::Proportional => proportion(part, paid, self.to_pay),
            }
        };
        self.forgiven.iter().map(|(label, part)| Ok((label.clone(), share(*part)?))).collect()
    }

    /// What is owed after a breach: the components as they were, less what was forgiven for good,
    /// with the payments applied again in date order.
    ///
    /// # Errors
    /// A waterfall of other components, or overflow.
    pub fn breach(
        &self,
        payments: &[DatedPayment],
        waterfall: &Waterfall<L>,
        forgiveness: Forgiveness,
    ) -> Result<Replay<L>, SettlementError> {
        let paid = Money::sum(self.to_pay.currency(), payments.iter().map(|payment| payment.amount))?;
        let gone = self.forgiven_after(paid, forgiveness)?;
        let reinstated: Result<Vec<_>, MoneyError> = self
            .debt
            .iter()
            .zip(gone)
            .map(|((label, owed), (_, gone))| Ok((label.clone(), owed.sub(gone)?)))
            .collect();
        Ok(replay(&reinstated?, payments, waterfall)?)
    }
}

/// `part × paid ÷ whole`, rounded down; `paid` is below `whole`.
fn proportion(part: Money, paid: Money, whole: Money) -> Result<Money, MoneyError> {
    let minor = i128::from(part.minor()) * i128::from(paid.minor().max(0)) / i128::from(whole.minor());
    let minor = i64::try_from(minor).map_err(|_| MoneyError::Overflow)?;
    Ok(Money::from_minor(minor, part.currency()))
}

/// What a charge-off (castigo) does: the balance leaves the books for memorandum, and is owed as
/// before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOff {
    /// Claimable until time-barred, and what goes to memorandum.
    pub claimable: Money,
}

impl WriteOff {
    /// What it does in the ledger.
    pub const LEDGER_RULE: &'static str = "move balance to memorandum; debt stays claimable until time-barred; \
        interest accrual stops in books, may continue off-books by policy";
}

/// Charges a debt off.
///
/// # Errors
/// No components, a negative one, or overflow.
pub fn write_off<L: Debug>(debt: &[(L, Money)]) -> Result<WriteOff, SettlementError> {
    let currency = debt.first().ok_or(SettlementError::NoDebt)?.1.currency();
    for (label, owed) in debt {
        if owed.is_negative() {
            return Err(SettlementError::NegativeDebt { label: format!("{label:?}"), owed: *owed });
        }
    }
    Ok(WriteOff { claimable: Money::sum(currency, debt.iter().map(|(_, owed)| *owed))? })
}

#[cfg(test)]
mod tests;
