//! An order of components, checked once.

use std::fmt::Debug;

use super::{Pour, pour};
use crate::money::{Money, MoneyError};

/// Why a payment cannot be allocated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WaterfallError {
    #[error("{0} stands twice in the order; name each component once")]
    Twice(String),
    #[error("the order names {0}, which is no component of the debt; remove it or add the component")]
    Unknown(String),
    #[error("the order leaves out {0}; name every component that is owed")]
    LeftOut(String),
    #[error("an amount of {0} cannot be allocated; it must not be negative")]
    Negative(Money),
    #[error("{label} is {owed}; what is owed must not be negative")]
    NegativeClaim { label: String, owed: Money },
    #[error("there is nothing to allocate to; give at least one claim")]
    NoClaims,
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// An order in which every component stands once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waterfall<L> {
    order: Vec<L>,
}

impl<L: Clone + PartialEq + Debug> Waterfall<L> {
    /// `order` over `components`: the same labels, each once.
    ///
    /// # Errors
    /// A label twice, unknown, or left out.
    pub fn new(order: Vec<L>, components: &[L]) -> Result<Self, WaterfallError> {
        for (place, label) in order.iter().enumerate() {
            if order.iter().take(place).any(|earlier| earlier == label) {
                return Err(WaterfallError::Twice(name(label)));
            }
            if !components.contains(label) {
                return Err(WaterfallError::Unknown(name(label)));
            }
        }
        match components.iter().find(|label| !order.contains(label)) {
            Some(label) => Err(WaterfallError::LeftOut(name(label))),
            None => Ok(Self { order }),
        }
    }

    pub fn labels(&self) -> &[L] {
        &self.order
    }

    /// With these labels first, in the debtor's own order, and the rest behind as they were:
    /// the debtor's designation, where the law gives it (AR CCyC art. 900).
    ///
    /// # Errors
    /// A label twice or unknown.
    pub fn designated(&self, first: Vec<L>) -> Result<Self, WaterfallError> {
        let rest = self.order.iter().filter(|label| !first.contains(label)).cloned();
        let order = first.iter().cloned().chain(rest).collect();
        Self::new(order, &self.order)
    }

    /// What each label receives of `amount`, in order.
    ///
    /// # Errors
    /// A negative amount or claim, or mixed currencies.
    pub fn allocate(
        &self,
        amount: Money,
        owed: impl Fn(&L) -> Money,
    ) -> Result<(Vec<(L, Money)>, Money), WaterfallError> {
        check_amount(amount)?;
        for label in &self.order {
            check_claim(label, owed(label))?;
        }
        let Pour { parts, rest } = pour(amount, self.order.iter().map(owed))?;
        Ok((self.order.iter().cloned().zip(parts).collect(), rest))
    }
}

pub(super) fn check_amount(amount: Money) -> Result<(), WaterfallError> {
    if amount.is_negative() { Err(WaterfallError::Negative(amount)) } else { Ok(()) }
}

pub(super) fn check_claim(label: &impl Debug, owed: Money) -> Result<(), WaterfallError> {
    if owed.is_negative() { Err(WaterfallError::NegativeClaim { label: name(label), owed }) } else { Ok(()) }
}

/// A label as an error shows it.
fn name(label: &impl Debug) -> String {
    format!("{label:?}")
}
