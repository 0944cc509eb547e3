//! The debtor's own word on where a payment goes (imputación por el deudor).
//!
//! Every civil code of the region lets who owes several debts to one creditor say which one a payment
//! is for, and forbids to pay capital before interest without the creditor's consent. In Saldar a
//! payment is always for one debt, which its debtor chose; within the debt the debtor may put one kind
//! of part first where the code leaves that open.

use super::AllocationOrder;
use crate::account::{Balance, Component};

/// What a country's law says of where a payment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImputationLaw {
    /// The debtor chooses the debt.
    pub debtor_chooses: &'static str,
    /// Interest before capital.
    pub interest_first: &'static str,
    /// Whether the order within a debt is left open but for that; Peru's code fixes it wholly.
    pub is_open_within: bool,
}

impl ImputationLaw {
    /// The law of a country (ISO 3166 code); none where it is not known here.
    pub fn of(country: &str) -> Option<Self> {
        let (debtor_chooses, interest_first) = match country {
            "AR" => ("CCyC art. 900", "CCyC arts. 900 y 903"),
            "BR" => ("Código Civil art. 352", "Código Civil art. 354"),
            "CL" => ("Código Civil art. 1596", "Código Civil art. 1595"),
            "CO" => ("Código Civil art. 1654", "Código Civil art. 1653"),
            "EC" => ("Código Civil art. 1612", "Código Civil art. 1611"),
            "MX" => ("Código Civil Federal art. 2092", "Código Civil Federal art. 2094"),
            "PE" => ("Código Civil art. 1256", "Código Civil art. 1257"),
            _ => return None,
        };
        Some(Self { debtor_chooses, interest_first, is_open_within: country != "PE" })
    }

    /// The parts that the debtor may put first and that this would make a difference for: owed, and
    /// not the first already of what is owed.
    pub fn choices(&self, order: &AllocationOrder, owed: &Balance) -> Vec<Component> {
        let is_owed = |component: &Component| owed.of(*component).is_positive();
        let now: Vec<Component> = order.components().iter().copied().filter(is_owed).collect();
        let changes = |component: &Component| {
            let then = order.preferring(&[*component]);
            let then = then.components().iter().copied().filter(is_owed);
            *component != Component::Tax && !then.eq(now.iter().copied())
        };
        if self.is_open_within { now.iter().copied().filter(changes).collect() } else { Vec::new() }
    }
}

impl AllocationOrder {
    /// This order with `first` before the rest. Where `first` names the principal, the interest (and the
    /// tax on it) that stood before it goes along: whatever a debtor writes, capital is not paid before
    /// interest unless the creditor's own order does so (AR CCyC 900 and 903, MX CCF 2094, CL CC 1595,
    /// CO CC 1653, EC CC 1611, BR CC 354).
    #[must_use]
    pub fn preferring(&self, first: &[Component]) -> Self {
        let mut order: Vec<Component> = Vec::with_capacity(self.components().len());
        let mut put = |component: Component| {
            if !order.contains(&component) {
                order.push(component);
            }
        };
        for component in first {
            if *component == Component::Principal {
                let before = self.components().iter().take_while(|one| **one != Component::Principal);
                before.copied().filter(|one| goes_with_interest(*one)).for_each(&mut put);
            }
            put(*component);
        }
        self.components().iter().copied().for_each(put);
        order.try_into().map_or(*self, Self::of)
    }
}

const fn goes_with_interest(component: Component) -> bool {
    matches!(component, Component::Interest | Component::DefaultInterest | Component::Tax)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::allocate;
    use crate::money::{Currency, Money};
    use proptest::prelude::*;

    /// Principal 1,000; interest 50; interest for being late 30; late charge 40; costs 20; tax 8.
    fn owed() -> Balance {
        let parts = [1_000, 50, 30, 40, 20, 8];
        Component::ALL.iter().zip(parts).fold(Balance::zero(Currency::MXN), |owed, (component, minor)| {
            owed.with(*component, Money::from_minor(minor, Currency::MXN)).unwrap()
        })
    }

    /// What each part gets of 100 when the debtor names `first`.
    fn of_a_hundred(country: &str, first: &[Component]) -> Vec<(Component, i64)> {
        let order = AllocationOrder::for_country(country).preferring(first);
        let paid = allocate(Money::from_minor(100, Currency::MXN), &owed(), &order).unwrap();
        paid.parts.into_iter().map(|(component, share)| (component, share.minor())).collect()
    }

    #[test]
    fn nobody_named_anything() {
        use Component::{CollectionCost, DefaultInterest, Interest, LateCharge};
        let usual = [(CollectionCost, 20), (LateCharge, 40), (DefaultInterest, 30), (Interest, 10)];
        for country in ["AR", "MX", "CL", "CO", "EC", "BR"] {
            assert_eq!(of_a_hundred(country, &[]), usual, "{country}");
        }
        let peru = [(DefaultInterest, 30), (Interest, 50), (CollectionCost, 20)];
        assert_eq!(of_a_hundred("PE", &[]), peru);
    }

    #[test]
    fn the_debtor_names_the_interest_before_the_charges() {
        use Component::{CollectionCost, DefaultInterest, Interest};
        let named = [(Interest, 50), (CollectionCost, 20), (super::Component::LateCharge, 30)];
        assert_eq!(of_a_hundred("AR", &[Interest]), named);
        let both = [(DefaultInterest, 30), (Interest, 50), (CollectionCost, 20)];
        assert_eq!(of_a_hundred("AR", &[DefaultInterest, Interest]), both);
    }

    #[test]
    fn the_debtor_names_the_capital_and_interest_comes_before_it_all_the_same() {
        use Component::{DefaultInterest, Interest, Principal, Tax};
        let named = [(DefaultInterest, 30), (Interest, 50), (Tax, 8), (Principal, 12)];
        for country in ["AR", "MX", "CL", "CO", "EC", "BR"] {
            assert_eq!(of_a_hundred(country, &[Principal]), named, "{country}");
        }
    }

    #[test]
    fn only_what_makes_a_difference_is_asked() {
        use Component::{DefaultInterest, Interest, LateCharge, Principal};
        let order = AllocationOrder::COSTS_INTEREST_PRINCIPAL;
        let law = ImputationLaw::of("AR").unwrap();
        assert_eq!(law.choices(&order, &owed()), [LateCharge, DefaultInterest, Interest, Principal]);
        let only_principal = Balance::zero(Currency::MXN).with(Principal, owed().of(Principal)).unwrap();
        assert_eq!(law.choices(&order, &only_principal), []);
        let with_interest = only_principal.with(Interest, owed().of(Interest)).unwrap();
        assert_eq!(law.choices(&order, &with_interest), []);
        assert_eq!(ImputationLaw::of("PE").unwrap().choices(&order, &owed()), []);
        assert_eq!(ImputationLaw::of("XX"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]
        #[test]
        fn capital_never_passes_interest(
            first in prop::collection::vec(prop::sample::select(Component::ALL.to_vec()), 0..8),
            amount in 0..1_300_i64,
        ) {
            for order in [AllocationOrder::COSTS_INTEREST_PRINCIPAL, AllocationOrder::INTEREST_COSTS_PRINCIPAL] {
                let named = order.preferring(&first);
                let mut all = named.components().to_vec();
                all.sort();
                prop_assert_eq!(all, Component::ALL.to_vec());
                let owed = owed();
                let paid = allocate(Money::from_minor(amount, Currency::MXN), &owed, &named).unwrap();
                let got = |component| {
                    paid.parts.iter().find(|(one, _)| *one == component).map_or(0, |(_, share)| share.minor())
                };
                if got(Component::Principal) > 0 {
                    for interest in [Component::Interest, Component::DefaultInterest] {
                        prop_assert_eq!(got(interest), owed.of(interest).minor());
                    }
                }
            }
        }
    }
}
