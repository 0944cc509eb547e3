//! Payments applied again from the start: after a reversal, a breach, or a payment that was
//! heard of late.

use std::fmt::Debug;

use chrono::NaiveDate;

use super::{Waterfall, WaterfallError};
use crate::money::Money;

/// A payment on its value date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatedPayment {
    pub paid_on: NaiveDate,
    pub amount: Money,
}

/// What is left, and what each payment did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay<L> {
    /// In the waterfall's order.
    pub owed: Vec<(L, Money)>,
    /// In date order; those of one date as given.
    pub applied: Vec<(DatedPayment, Vec<(L, Money)>)>,
    pub unapplied: Money,
}

/// Applies `payments` to `owed` in date order. To reverse a payment is to replay without it: its
/// allocation entries are negated one by one, and later payments are applied again.
///
/// # Errors
/// A negative payment or claim, or mixed currencies.
pub fn replay<L: Clone + PartialEq + Debug>(
    owed: &[(L, Money)],
    payments: &[DatedPayment],
    waterfall: &Waterfall<L>,
) -> Result<Replay<L>, WaterfallError> {
    let of = |label: &L| owed.iter().find(|(known, _)| known == label).map(|(_, amount)| *amount);
    let mut left = Vec::with_capacity(owed.len());
    for label in waterfall.labels() {
        let amount = of(label).ok_or_else(|| WaterfallError::Unknown(format!("{label:?}")))?;
        super::order::check_claim(label, amount)?;
        left.push((label.clone(), amount));
    }
    let Some((_, first)) = left.first() else { return Err(WaterfallError::NoClaims) };
    let mut unapplied = Money::zero(first.currency());
    let mut ordered = payments.to_vec();
    ordered.sort_by_key(|payment| payment.paid_on);
    let mut applied = Vec::with_capacity(ordered.len());
    for payment in ordered {
        let claim = |label: &L| {
            let known = left.iter().find(|(known, _)| known == label);
            known.map_or(Money::zero(payment.amount.currency()), |(_, amount)| *amount)
        };
        let (parts, rest) = waterfall.allocate(payment.amount, claim)?;
        for ((_, amount), (_, part)) in left.iter_mut().zip(&parts) {
            *amount = amount.sub(*part)?;
        }
        unapplied = unapplied.add(rest)?;
        applied.push((payment, parts));
    }
    Ok(Replay { owed: left, applied, unapplied })
}
