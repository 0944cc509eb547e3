use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::money::{Currency, Decimal, Money};

fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::MXN)
}

fn minors(parts: &[Money]) -> Vec<i64> {
    parts.iter().map(Money::minor).collect()
}

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, n).unwrap()
}

const LABELS: [&str; 3] = ["expenses", "interest", "principal"];

fn waterfall() -> Waterfall<&'static str> {
    Waterfall::new(LABELS.to_vec(), &LABELS).unwrap()
}

fn rows(rows: &[[i64; 3]]) -> Vec<DatedClaims> {
    (1_u32..).zip(rows).map(|(n, row)| DatedClaims { due_on: day(n), owed: row.map(mxn).to_vec() }).collect()
}

#[test]
fn an_order_names_each_component_once() {
    let order = |labels: &[&'static str]| Waterfall::new(labels.to_vec(), &LABELS);
    assert_eq!(order(&["interest", "interest"]), Err(WaterfallError::Twice("\"interest\"".into())));
    assert_eq!(order(&["vat"]), Err(WaterfallError::Unknown("\"vat\"".into())));
    assert_eq!(order(&["interest", "expenses"]), Err(WaterfallError::LeftOut("\"principal\"".into())));
    let named = waterfall().designated(vec!["principal"]).unwrap();
    assert_eq!(named.labels(), ["principal", "expenses", "interest"]);
    assert!(waterfall().designated(vec!["vat"]).is_err());
}

#[test]
fn less_than_nothing_is_no_payment() {
    assert!(matches!(waterfall().allocate(mxn(-1), |_| mxn(5)), Err(WaterfallError::Negative(_))));
    assert!(matches!(waterfall().allocate(mxn(1), |_| mxn(-5)), Err(WaterfallError::NegativeClaim { .. })));
    assert!(matches!(pro_rata(mxn(1), &[mxn(i64::MAX), mxn(1)]), Err(WaterfallError::Money(_))));
}

#[test]
fn money_beyond_what_is_due_goes_where_the_rule_says() {
    let claims = rows(&[[0, 0, 100], [0, 10, 100], [0, 10, 200]]);
    let run = |rule| {
        let done = allocate_grid(mxn(190), &claims, &waterfall(), Direction::Horizontal, Some(day(1)), rule)
            .unwrap();
        (done.parts.iter().map(|row| minors(row)).collect::<Vec<_>>(), done.unapplied.minor())
    };
    assert_eq!(run(Overpayment::Next), (vec![vec![0, 0, 100], vec![0, 10, 80], vec![0, 0, 0]], 0));
    assert_eq!(run(Overpayment::Last), (vec![vec![0, 0, 100], vec![0, 0, 0], vec![0, 10, 80]], 0));
    assert_eq!(run(Overpayment::Reamortise), (vec![vec![0, 0, 100], vec![0, 0, 30], vec![0, 0, 60]], 0));
    assert_eq!(run(Overpayment::Credit), (vec![vec![0, 0, 100], vec![0, 0, 0], vec![0, 0, 0]], 90));
}

fn debt(label: u8, owed: i64, due: u32, rate: &str, security: i64) -> DebtClaim<u8> {
    DebtClaim {
        label,
        owed: mxn(owed),
        due_on: Some(day(due)),
        rate: Some(rate.parse().unwrap()),
        security: Some(mxn(security)),
    }
}

#[test]
fn debts_come_in_the_order_of_the_rule() {
    let debts = [debt(1, 500, 20, "24", 0), debt(2, 300, 10, "45", 900), debt(3, 100, 30, "45", 50)];
    let run = |rule, named: &[u8]| {
        minors(&spread_over_debts(mxn(350), &debts, named, rule, Overpayment::Next).unwrap().0)
    };
    assert_eq!(run(DebtRule::Oldest, &[]), [50, 300, 0]);
    assert_eq!(run(DebtRule::MostOnerous, &[]), [0, 263, 87], "equally onerous debts share");
    assert_eq!(run(DebtRule::LeastSecured, &[]), [350, 0, 0]);
    assert_eq!(run(DebtRule::ProRata, &[]), [194, 117, 39]);
    assert_eq!(run(DebtRule::Oldest, &[3]), [0, 250, 100]);
    let credit = spread_over_debts(mxn(350), &debts, &[3], DebtRule::Oldest, Overpayment::Credit).unwrap();
    assert_eq!((minors(&credit.0), credit.1), (vec![0, 0, 100], mxn(250)));
    assert!(spread_over_debts(mxn(1), &debts, &[9], DebtRule::Oldest, Overpayment::Next).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_grid_is_exact_and_keeps_the_order(
        amount in 0..2_000_i64,
        table in prop::collection::vec(prop::array::uniform3(0..200_i64), 1..6),
        vertical in any::<bool>(),
        due in 0..7_u32,
        rule in prop::sample::select(vec![Overpayment::Next, Overpayment::Last, Overpayment::Reamortise, Overpayment::Credit]),
    ) {
        let claims = rows(&table);
        let direction = if vertical { Direction::Vertical } else { Direction::Horizontal };
        let as_of = (due > 0).then(|| day(due));
        let done = allocate_grid(mxn(amount), &claims, &waterfall(), direction, as_of, rule).unwrap();
        let cells = || done.parts.iter().zip(&table).flat_map(|(got, owed)| got.iter().zip(owed));
        let whole: i64 = cells().map(|(got, _)| got.minor()).sum();
        prop_assert_eq!(whole + done.unapplied.minor(), amount);
        prop_assert!(cells().all(|(got, owed)| (0..=*owed).contains(&got.minor())));

        // Nothing comes after a cell of what is due that stayed short.
        let rows: Vec<usize> = (0..table.len()).filter(|n| as_of.is_none_or(|as_of| claims[*n].due_on <= as_of)).collect();
        let order: Vec<(usize, usize)> = if vertical {
            (0..3).flat_map(|c| rows.iter().map(move |r| (*r, c))).collect()
        } else {
            rows.iter().flat_map(|r| (0..3).map(|c| (*r, c))).collect()
        };
        if let Some(short) = order.iter().position(|(r, c)| done.parts[*r][*c].minor() < table[*r][*c]) {
            prop_assert!(order[short + 1..].iter().all(|(r, c)| done.parts[*r][*c].is_zero()));
            prop_assert!(done.unapplied.is_zero());
        }
    }

    #[test]
    fn shares_are_exact_and_fair(amount in 0..i64::MAX / 8, claims in prop::collection::vec(0..i64::MAX / 8, 1..8)) {
        let claims: Vec<_> = claims.into_iter().map(mxn).collect();
        let (shares, rest) = pro_rata(mxn(amount), &claims).unwrap();
        let whole = Money::sum(Currency::MXN, shares.iter().copied()).unwrap();
        prop_assert_eq!(whole.add(rest).unwrap(), mxn(amount));
        let all: i128 = claims.iter().map(|claim| i128::from(claim.minor())).sum();
        for (share, claim) in shares.iter().zip(&claims) {
            prop_assert!(!share.is_negative() && share <= claim);
            let exact = i128::from(whole.minor()) * i128::from(claim.minor());
            let off = i128::from(share.minor()) * all - exact;
            prop_assert!(off.abs() < all.max(1), "each share is within a unit of its exact part");
        }
    }

    #[test]
    fn debts_take_all_they_can(
        amount in 0..10_000_i64,
        owed in prop::collection::vec((0..3_000_i64, 1..28_u32, 0..4_i64), 1..6),
        rule in prop::sample::select(DebtRule::ALL.to_vec()),
    ) {
        let debts: Vec<_> = owed.iter().enumerate().map(|(label, (owed, due, rate))| DebtClaim {
            label, owed: mxn(*owed), due_on: Some(day(*due)), rate: Some(Decimal::from(*rate)), security: None,
        }).collect();
        let (parts, rest) = spread_over_debts(mxn(amount), &debts, &[], rule, Overpayment::Next).unwrap();
        let all: i64 = owed.iter().map(|(owed, ..)| owed).sum();
        prop_assert_eq!(minors(&parts).iter().sum::<i64>(), amount.min(all));
        prop_assert_eq!(rest.minor(), (amount - all).max(0));
    }

    #[test]
    fn a_reversal_restores_and_the_rest_is_applied_again(
        owed in prop::array::uniform3(0..1_000_i64),
        payments in prop::collection::vec((1..28_u32, 0..900_i64), 1..6),
        reversed in any::<prop::sample::Index>(),
    ) {
        let owed: Vec<_> = LABELS.into_iter().zip(owed.map(mxn)).collect();
        let dated: Vec<_> = payments.iter().map(|(n, minor)| DatedPayment { paid_on: day(*n), amount: mxn(*minor) }).collect();
        let alone = replay(&owed, &dated[..1], &waterfall()).unwrap();
        // Negating the entries of a single payment gives back what was owed.
        for ((label, before), (_, after)) in owed.iter().zip(&alone.owed) {
            let part = alone.applied[0].1.iter().find(|(l, _)| l == label).unwrap().1;
            prop_assert_eq!(after.add(part).unwrap(), *before);
        }
        prop_assert_eq!(replay(&owed, &[], &waterfall()).unwrap().owed, owed.clone());
        let mut kept = dated;
        kept.remove(reversed.index(kept.len()));
        let without = replay(&owed, &kept, &waterfall()).unwrap();
        let left: i64 = without.owed.iter().map(|(_, amount)| amount.minor()).sum();
        let paid: i64 = kept.iter().map(|payment| payment.amount.minor()).sum();
        let all: i64 = owed.iter().map(|(_, amount)| amount.minor()).sum();
        prop_assert_eq!(left, (all - paid).max(0));
        prop_assert_eq!(without.unapplied.minor(), (paid - all).max(0));
        prop_assert!(without.applied.windows(2).all(|two| two[0].0.paid_on <= two[1].0.paid_on));
    }
}
