//! Payments poured over debts: every cent arrives somewhere, and nobody gets more than is owed.

use domain::account::Balance;
use domain::ledger::{AllocationOrder, allocate};
use domain::money::{Currency, Money};

pub fn pour(food: &[u8]) {
    let mut numbers =
        food.chunks_exact(8).map(|bytes| i64::from_le_bytes(bytes.try_into().expect("eight bytes")));
    let Some(amount) = numbers.next() else { return };
    let order = AllocationOrder::for_country("MX");
    let mut owed = Balance::zero(Currency::MXN);
    for (component, number) in order.components().iter().zip(numbers) {
        let Ok(with) = owed.add(*component, Money::from_minor(number, Currency::MXN)) else { return };
        owed = with;
    }
    let amount = Money::from_minor(amount, Currency::MXN);
    let Ok(allocation) = allocate(amount, &owed, &order) else { return };
    let poured = Money::sum(Currency::MXN, allocation.parts.iter().map(|(_, part)| *part))
        .expect("no more than poured in");
    assert_eq!(poured.add(allocation.unapplied), Ok(amount));
    for (component, part) in &allocation.parts {
        assert!(part.is_positive() && *part <= owed.of(*component));
    }
}
