use super::*;
use crate::money::Currency;
use proptest::prelude::*;

type Labels = &'static str;

const LABELS: [Labels; 3] = ["fees", "interest", "principal"];

fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::MXN)
}

fn debt(parts: [i64; 3]) -> Vec<(Labels, Money)> {
    LABELS.into_iter().zip(parts.map(mxn)).collect()
}

fn percent(text: &str) -> Discount {
    Discount::Percent(text.parse().unwrap())
}

fn waterfall() -> Waterfall<Labels> {
    Waterfall::new(LABELS.to_vec(), &LABELS).unwrap()
}

#[test]
fn each_component_is_rounded_once() {
    let terms = Concession::ByComponent(vec![("interest", percent("33.33")), ("principal", percent("12.5"))]);
    let agreed = settle(debt([500, 12_345, 100_000]), &terms, Rounding::HalfUp).unwrap();
    assert_eq!(agreed.forgiven, debt([0, 4_115, 12_500]));
    assert_eq!(agreed.to_pay, mxn(96_230));
}

#[test]
fn a_total_is_taken_in_order() {
    let terms = Concession::InOrder { discount: percent("20"), order: vec!["interest", "fees", "principal"] };
    let agreed = settle(debt([1_000, 3_000, 16_000]), &terms, Rounding::HalfUp).unwrap();
    assert_eq!(agreed.forgiven, debt([1_000, 3_000, 0]));
    let short =
        Concession::InOrder { discount: Discount::Amount(mxn(4_001)), order: vec!["interest", "fees"] };
    assert!(matches!(
        settle(debt([1_000, 3_000, 16_000]), &short, Rounding::HalfUp),
        Err(SettlementError::Amount { .. })
    ));
}

#[test]
fn a_discount_has_limits() {
    let of = |label, discount| {
        settle(debt([10, 20, 30]), &Concession::ByComponent(vec![(label, discount)]), Rounding::HalfUp)
    };
    for text in ["-1", "100.01"] {
        assert!(matches!(of("fees", percent(text)), Err(SettlementError::Percent { .. })), "{text}");
    }
    for minor in [-1, 11] {
        assert!(matches!(of("fees", Discount::Amount(mxn(minor))), Err(SettlementError::Amount { .. })));
    }
    assert!(matches!(of("vat", percent("10")), Err(SettlementError::Unknown(_))));
    let none: Vec<(Labels, Money)> = vec![];
    assert_eq!(
        settle(none, &Concession::ByComponent(vec![]), Rounding::HalfUp),
        Err(SettlementError::NoDebt)
    );
}

#[test]
fn proportional_forgiveness_keeps_what_was_earned() {
    let terms = Concession::ByComponent(vec![("principal", percent("50"))]);
    let agreed = settle(debt([0, 0, 2_000]), &terms, Rounding::HalfUp).unwrap();
    let paid = [DatedPayment { paid_on: "2026-03-01".parse().unwrap(), amount: mxn(300) }];
    let owed = |how| agreed.breach(&paid, &waterfall(), how).unwrap().owed;
    assert_eq!(owed(Forgiveness::Conditional), debt([0, 0, 1_700]));
    assert_eq!(owed(Forgiveness::Proportional), debt([0, 0, 1_400]));
}

#[test]
fn a_charge_off_forgives_nothing() {
    assert_eq!(write_off(&debt([50, 200, 1_000])).unwrap().claimable, mxn(1_250));
    assert!(write_off(&debt([-50, 200, 1_000])).is_err());
    let most = vec![("a", mxn(i64::MAX)), ("b", mxn(1))];
    assert_eq!(write_off(&most), Err(SettlementError::Money(MoneyError::Overflow)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn forgiven_and_to_pay_are_the_debt(
        parts in prop::array::uniform3(0..10_000_000_000_i64),
        shares in prop::array::uniform3(0..=1_000_000_i64),
    ) {
        let share = |n: i64| Discount::Percent(Decimal::from(n).div(Decimal::from(10_000)).unwrap());
        let terms = Concession::ByComponent(LABELS.into_iter().zip(shares.map(share)).collect());
        let agreed = settle(debt(parts), &terms, Rounding::HalfUp).unwrap();
        let gone = Money::sum(Currency::MXN, agreed.forgiven.iter().map(|(_, part)| *part)).unwrap();
        prop_assert_eq!(gone.add(agreed.to_pay).unwrap(), mxn(parts.iter().sum()));
        prop_assert!(agreed.forgiven.iter().zip(&agreed.debt).all(|(gone, owed)| !gone.1.is_negative() && gone.1 <= owed.1));
    }

    #[test]
    fn a_breach_restores_the_debt_less_the_payments(
        parts in prop::array::uniform3(0..10_000_000_000_i64),
        share in 0..100_i64,
        shares in prop::collection::vec(0..16_i64, 0..6),
    ) {
        let terms = Concession::InOrder { discount: Discount::Percent(Decimal::from(share)), order: LABELS.to_vec() };
        let agreed = settle(debt(parts), &terms, Rounding::HalfUp).unwrap();
        prop_assume!(!agreed.to_pay.is_zero());
        let paid: Vec<_> = shares.iter().map(|share| agreed.to_pay.minor() / 100 * share).collect();
        let whole: i64 = paid.iter().sum();
        let paid_on = "2026-03-01".parse().unwrap();
        let payments: Vec<_> = paid.iter().map(|minor| DatedPayment { paid_on, amount: mxn(*minor) }).collect();
        for how in [Forgiveness::Conditional, Forgiveness::Proportional] {
            let after = agreed.breach(&payments, &waterfall(), how).unwrap();
            let left = Money::sum(Currency::MXN, after.owed.iter().map(|(_, owed)| *owed)).unwrap();
            let gone = agreed.forgiven_after(mxn(whole), how).unwrap();
            let gone = Money::sum(Currency::MXN, gone.iter().map(|(_, part)| *part)).unwrap();
            prop_assert_eq!(left.minor() - after.unapplied.minor(), parts.iter().sum::<i64>() - whole - gone.minor());
            if how == Forgiveness::Conditional {
                prop_assert!(gone.is_zero());
            }
        }
        let nothing = agreed.breach(&[], &waterfall(), Forgiveness::Conditional).unwrap();
        prop_assert_eq!(nothing.owed, agreed.debt);
    }
}
