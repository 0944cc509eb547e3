//! Allocation of a payment to the parts of a debt (imputación).

use serde::{Deserialize, Serialize};

use super::waterfall::pour;
use crate::account::{Balance, Component};
use crate::money::{Money, MoneyError};

/// Which component a payment goes to first. Each component stands in it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocationOrder([Component; 6]);

impl AllocationOrder {
    /// Costs, charges and interest before principal: the usual rule of the civil codes of the
    /// region (interest before principal: CO CC 1653, MX C.Com 364, CL CC 1595, AR CCyC 903).
    pub const COSTS_INTEREST_PRINCIPAL: Self = Self([
        Component::CollectionCost,
        Component::LateCharge,
        Component::DefaultInterest,
        Component::Interest,
        Component::Tax,
        Component::Principal,
    ]);

    /// Interest before expenses before principal (PE CC 1257, Ley 29571 art. 87).
    pub const INTEREST_COSTS_PRINCIPAL: Self = Self([
        Component::DefaultInterest,
        Component::Interest,
        Component::CollectionCost,
        Component::LateCharge,
        Component::Tax,
        Component::Principal,
    ]);

    /// The order that the law of a country (ISO 3166 code) gives when nothing else is agreed.
    pub fn for_country(country: &str) -> Self {
        if country == "PE" { Self::INTEREST_COSTS_PRINCIPAL } else { Self::COSTS_INTEREST_PRINCIPAL }
    }

    pub fn components(&self) -> &[Component] {
        &self.0
    }

    /// Each component once.
    pub(super) const fn of(order: [Component; 6]) -> Self {
        Self(order)
    }
}

/// Where a payment goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// What each component receives, in order; only those that receive something.
    pub parts: Vec<(Component, Money)>,
    /// What is left when the whole debt is covered: kept for the debtor, not for us.
    pub unapplied: Money,
}

/// Splits `amount` over what is owed. Components with nothing owed (or in credit) receive
/// nothing; parts and rest always add up to `amount`.
///
/// # Errors
/// `amount` is of another currency.
pub fn allocate(amount: Money, owed: &Balance, order: &AllocationOrder) -> Result<Allocation, MoneyError> {
    let poured = pour(amount, order.components().iter().map(|component| owed.of(*component)))?;
    let parts = order.components().iter().copied().zip(poured.parts);
    Ok(Allocation { parts: parts.filter(|(_, share)| share.is_positive()).collect(), unapplied: poured.rest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn balance(parts: [i64; 6]) -> Balance {
        Component::ALL.iter().zip(parts).fold(Balance::zero(Currency::MXN), |b, (component, minor)| {
            b.with(*component, Money::from_minor(minor, Currency::MXN)).unwrap()
        })
    }

    #[test]
    fn interest_is_paid_before_principal() {
        let owed = balance([1_000, 50, 30, 0, 20, 0]);
        let paid = Money::from_minor(120, Currency::MXN);
        let result = allocate(paid, &owed, &AllocationOrder::COSTS_INTEREST_PRINCIPAL).unwrap();
        let expected = [
            (Component::CollectionCost, 20),
            (Component::DefaultInterest, 30),
            (Component::Interest, 50),
            (Component::Principal, 20),
        ];
        assert_eq!(result.parts, expected.map(|(c, minor)| (c, Money::from_minor(minor, Currency::MXN))));
        assert!(result.unapplied.is_zero());
    }

    proptest! {
        #[test]
        fn never_creates_or_loses_a_unit(amount in 0..2_000_000_i64, parts in prop::array::uniform6(-1_000..400_000_i64)) {
            let owed = balance(parts);
            for order in [AllocationOrder::COSTS_INTEREST_PRINCIPAL, AllocationOrder::INTEREST_COSTS_PRINCIPAL] {
                let amount = Money::from_minor(amount, Currency::MXN);
                let result = allocate(amount, &owed, &order).unwrap();
                let shared = Money::sum(Currency::MXN, result.parts.iter().map(|(_, m)| *m)).unwrap();
                prop_assert_eq!(shared.add(result.unapplied).unwrap(), amount);
                for (component, share) in &result.parts {
                    prop_assert!(share.is_positive() && *share <= owed.of(*component));
                }
            }
        }

        #[test]
        fn a_later_component_waits_for_the_earlier(amount in 0..2_000_000_i64, parts in prop::array::uniform6(0..400_000_i64)) {
            let owed = balance(parts);
            let order = AllocationOrder::COSTS_INTEREST_PRINCIPAL;
            let result = allocate(Money::from_minor(amount, Currency::MXN), &owed, &order).unwrap();
            let got = |c: Component| result.parts.iter().find(|(x, _)| *x == c).map_or(0, |(_, m)| m.minor());
            let short = order.components().iter().position(|c| got(*c) < owed.of(*c).minor());
            if let Some(short) = short {
                prop_assert!(order.components()[short + 1..].iter().all(|c| got(*c) == 0));
                prop_assert!(result.unapplied.is_zero());
            }
        }
    }
}
