//! One payment over several debts.

use std::cmp::Reverse;
use std::fmt::Debug;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::order::{check_amount, check_claim};
use super::{Overpayment, WaterfallError, pour, pro_rata};
use crate::money::{Decimal, Money};
use crate::party::text_enum;

/// Which debt comes first when the debtor names none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DebtRule {
    /// The one that fell due first.
    #[default]
    Oldest,
    /// The one with the highest rate; equally onerous ones share in proportion (AR CCyC art. 902).
    MostOnerous,
    /// The one with the least security, then the oldest (PE CC art. 1259).
    LeastSecured,
    /// All in proportion.
    ProRata,
}

text_enum!(DebtRule {
    Oldest = "oldest",
    MostOnerous = "most_onerous",
    LeastSecured = "least_secured",
    ProRata = "pro_rata",
});

/// One of several debts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebtClaim<L> {
    pub label: L,
    pub owed: Money,
    pub due_on: Option<NaiveDate>,
    /// How onerous it is; the annual rate.
    pub rate: Option<Decimal>,
    /// The value of what secures it; `None` is unsecured.
    pub security: Option<Money>,
}

/// Spreads `amount` over debts. The debts that the debtor designates come first, in the debtor's
/// order (AR CCyC art. 900), the others by `rule`. With [`Overpayment::Credit`], what exceeds the
/// first debt that receives anything stays unapplied; otherwise it goes on to the next debt.
/// Returns one part a debt, in the order given, and what no debt took.
///
/// # Errors
/// No debts, a designation of an unknown debt, negative amounts, or mixed currencies.
pub fn spread_over_debts<L: Clone + PartialEq + Debug>(
    amount: Money,
    debts: &[DebtClaim<L>],
    designated: &[L],
    rule: DebtRule,
    overpayment: Overpayment,
) -> Result<(Vec<Money>, Money), WaterfallError> {
    check(amount, debts, designated)?;
    let mut parts = vec![Money::zero(amount.currency()); debts.len()];
    let mut rest = amount;
    for tier in tiers(debts, designated, rule) {
        let owed: Vec<_> = tier.iter().filter_map(|place| debts.get(*place)).map(|debt| debt.owed).collect();
        let (shares, left) = match owed.as_slice() {
            [_] => {
                let poured = pour(rest, owed)?;
                (poured.parts, poured.rest)
            }
            several => pro_rata(rest, several)?,
        };
        let took = left != rest;
        rest = left;
        for (place, share) in tier.into_iter().zip(shares) {
            if let Some(part) = parts.get_mut(place) {
                *part = share;
            }
        }
        if took && overpayment == Overpayment::Credit {
            break;
        }
    }
    Ok((parts, rest))
}

fn check<L: PartialEq + Debug>(
    amount: Money,
    debts: &[DebtClaim<L>],
    designated: &[L],
) -> Result<(), WaterfallError> {
    check_amount(amount)?;
    if debts.is_empty() {
        return Err(WaterfallError::NoClaims);
    }
    for (place, debt) in debts.iter().enumerate() {
        check_claim(&debt.label, debt.owed)?;
        if debts.iter().take(place).any(|earlier| earlier.label == debt.label) {
            return Err(WaterfallError::Twice(format!("{:?}", debt.label)));
        }
    }
    match designated.iter().find(|label| !debts.iter().any(|debt| debt.label == **label)) {
        Some(label) => Err(WaterfallError::Unknown(format!("{label:?}"))),
        None => Ok(()),
    }
}

/// Places of debts in groups: one group after the other, in proportion within a group.
fn tiers<L: PartialEq>(debts: &[DebtClaim<L>], designated: &[L], rule: DebtRule) -> Vec<Vec<usize>> {
    let first: Vec<usize> =
        designated.iter().filter_map(|label| debts.iter().position(|debt| debt.label == *label)).collect();
    let mut others: Vec<usize> = (0..debts.len()).filter(|place| !first.contains(place)).collect();
    let key = |place: &usize| debts.get(*place);
    let rate = |place: &usize| key(place).and_then(|debt| debt.rate).unwrap_or(Decimal::ZERO);
    let due = |place: &usize| {
        let due_on = key(place).and_then(|debt| debt.due_on);
        (due_on.is_none(), due_on)
    };
    let mut tiers: Vec<Vec<usize>> = Vec::new();
    for place in first {
        if !tiers.iter().flatten().any(|earlier| *earlier == place) {
            tiers.push(vec![place]);
        }
    }
    match rule {
        DebtRule::ProRata => tiers.push(others),
        DebtRule::Oldest => {
            others.sort_by_key(due);
            tiers.extend(others.into_iter().map(|place| vec![place]));
        }
        DebtRule::LeastSecured => {
            let security = |place: &usize| key(place).and_then(|debt| debt.security).map_or(0, |m| m.minor());
            others.sort_by_key(|place| (security(place), due(place)));
            tiers.extend(others.into_iter().map(|place| vec![place]));
        }
        DebtRule::MostOnerous => {
            others.sort_by_key(|place| Reverse(rate(place)));
            tiers.extend(others.chunk_by(|a, b| rate(a) == rate(b)).map(<[usize]>::to_vec));
        }
    }
    tiers.retain(|tier| !tier.is_empty());
    tiers
}
