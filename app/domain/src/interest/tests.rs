use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::*;
use crate::money::{Currency, DayCount, Money, MoneyError, Rounding};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

const SIMPLE: Method = Method::Simple(DayCount::Act365F);
const EFFECTIVE: Method = Method::EffectiveAnnual { basis_days: 365, style: EffectiveStyle::Compound };

fn constant(pct: &str, method: Method) -> InterestTerms {
    InterestTerms::constant(dec(pct), method).unwrap()
}

fn table(rows: &[(&str, &str)]) -> RateTable {
    RateTable::new(rows.iter().map(|(from, pct)| RateRow { from: day(from), pct: dec(pct) }).collect())
        .unwrap()
}

/// Interest in whole cents from `due` to `as_of`.
fn cents(terms: InterestTerms, due: &str, path: &[(&str, &str)], as_of: &str) -> i64 {
    let path: Vec<_> = path.iter().map(|(on, principal)| (day(on), dec(principal))).collect();
    let accrued = accrue(&terms.prepare().unwrap(), day(due), &path, day(as_of)).unwrap();
    accrued.exact.to_money(Currency::MXN, Rounding::HalfUp).unwrap().minor()
}

#[test]
fn a_half_of_a_cent_is_exact_after_dividing() {
    // 36.50 × 10 % × 5 / 365 = 0.05; with 1.825 it is 0.0025, and 73 × 10 % × 1 / 365 = 0.02.
    assert_eq!(cents(constant("10", SIMPLE), "2026-01-01", &[("2026-01-01", "36.50")], "2026-01-06"), 5);
    // 912.50 × 1 % × 1 / 365 = 0.025: rounds up only if nothing was lost by dividing early.
    assert_eq!(cents(constant("1", SIMPLE), "2026-01-01", &[("2026-01-01", "912.50")], "2026-01-02"), 3);
    // Three parts, none of them finite, whose sum is 0.025 again.
    let path = [("2026-01-01", "300"), ("2026-01-02", "300.5"), ("2026-01-03", "312")];
    assert_eq!(cents(constant("1", SIMPLE), "2026-01-01", &path, "2026-01-04"), 3);
}

#[test]
fn grace_is_retroactive_or_excluded() {
    let with = |mode| InterestTerms { grace: Some(Grace { days: 5, mode }), ..constant("36.5", SIMPLE) };
    let until = |mode, as_of| cents(with(mode), "2026-04-01", &[("2026-04-01", "1000")], as_of);
    assert_eq!(until(GraceMode::Retroactive, "2026-04-06"), 0);
    assert_eq!(until(GraceMode::Retroactive, "2026-04-07"), 600);
    assert_eq!(until(GraceMode::Excluded, "2026-04-06"), 0);
    assert_eq!(until(GraceMode::Excluded, "2026-04-07"), 100);
}

#[test]
fn what_is_paid_within_grace_earns_nothing() {
    let grace = Some(Grace { days: 5, mode: GraceMode::Retroactive });
    let terms = || InterestTerms { grace, ..constant("36.5", SIMPLE) };
    let path = [("2026-04-01", "1000"), ("2026-04-04", "400")];
    assert_eq!(cents(terms(), "2026-04-01", &path, "2026-04-11"), 400);
    // Paid, taken back, paid in part: only what never was paid in grace counts from the due date.
    let path = [("2026-04-01", "1000"), ("2026-04-02", "300"), ("2026-04-03", "900"), ("2026-04-05", "500")];
    assert_eq!(cents(terms(), "2026-04-01", &path, "2026-04-11"), 2 * 30 + 8 * 50);
    // After grace a payment only counts from its day on.
    let path = [("2026-04-01", "1000"), ("2026-04-08", "400")];
    assert_eq!(cents(terms(), "2026-04-01", &path, "2026-04-11"), 700 + 3 * 40);
}

#[test]
fn a_cap_takes_the_place_of_a_higher_rate_period_by_period() {
    let cap = table(&[("2026-01-01", "24.36"), ("2026-02-01", "25.01"), ("2026-03-01", "23.90")]);
    let terms = InterestTerms { cap: Some(cap), ..constant("24.50", EFFECTIVE) }.prepare().unwrap();
    let path = [(day("2026-01-20"), dec("2000000"))];
    let accrued = accrue(&terms, day("2026-01-20"), &path, day("2026-03-16")).unwrap();
    let seen: Vec<_> = accrued
        .segments
        .iter()
        .map(|s| (s.days, s.rate_pct.to_string(), s.capped, s.interest.to_fixed(2)))
        .collect();
    // By an independent decimal library.
    assert_eq!(
        seen,
        [
            (12, "24.36".to_owned(), true, "14386.43".to_owned()),
            (28, "24.50".to_owned(), false, "33904.97".to_owned()),
            (15, "23.90".to_owned(), true, "17691.87".to_owned()),
        ]
    );
    assert_eq!(accrued.exact.to_fixed(0), "65983");
}

#[test]
fn a_whole_year_of_an_effective_rate_is_the_rate() {
    let path = [("2026-01-01", "1000")];
    assert_eq!(cents(constant("25", EFFECTIVE), "2026-01-01", &path, "2027-01-01"), 25_000);
    assert_eq!(cents(constant("25", EFFECTIVE), "2026-01-01", &path, "2028-01-01"), 56_250);
}

#[test]
fn rates_change_between_two_looks() {
    let terms = InterestTerms {
        rate: table(&[("2025-01-01", "36.5"), ("2026-02-01", "73")]),
        vat_pct: Some(dec("16")),
        ..constant("1", SIMPLE)
    };
    let terms = terms.prepare().unwrap();
    let mut accruer = Accruer::new(&terms, day("2026-01-29"), dec("100")).unwrap();
    accruer.advance(day("2026-02-03"), dec("100")).unwrap();
    assert_eq!(accruer.exact().unwrap().to_fixed(2), "0.70");
    assert_eq!(accruer.vat().unwrap().to_fixed(3), "0.112");
    assert_eq!(accruer.segments().unwrap().len(), 2);
}

#[test]
fn looking_splits_nothing_and_what_is_taken_back_at_once_never_was() {
    let terms = constant("24.36", EFFECTIVE).prepare().unwrap();
    let mut looked_at = Accruer::new(&terms, day("2026-01-01"), dec("5000")).unwrap();
    for on in day("2026-01-01").iter_days().take(90) {
        looked_at.advance(on, dec("5000")).unwrap();
    }
    looked_at.advance(day("2026-04-01"), dec("4000")).unwrap();
    looked_at.advance(day("2026-04-01"), dec("5000")).unwrap();
    looked_at.advance(day("2026-06-01"), dec("5000")).unwrap();
    let mut alone = Accruer::new(&terms, day("2026-01-01"), dec("5000")).unwrap();
    alone.advance(day("2026-06-01"), dec("5000")).unwrap();
    assert_eq!(looked_at.exact(), alone.exact());
    assert_eq!(looked_at.segments().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_is_an_error() {
    assert_eq!(RateTable::constant(dec("1000000000")), Err(InterestError::Rate(dec("1000000000"))));
    assert_eq!(RateTable::constant(dec("-1")), Err(InterestError::Rate(dec("-1"))));
    assert_eq!(RateTable::new(vec![]), Err(InterestError::NoRates));
    let row = RateRow { from: day("2026-01-01"), pct: dec("1") };
    assert_eq!(RateTable::new(vec![row, row]), Err(InterestError::UnorderedRates(row.from)));
    let icma = Method::Simple(DayCount::ActActIcma);
    assert!(matches!(constant("1", icma).prepare(), Err(InterestError::NeedsReference(_))));
    let no_year = Method::EffectiveAnnual { basis_days: 0, style: EffectiveStyle::Compound };
    assert!(matches!(constant("1", no_year).prepare(), Err(InterestError::Basis(0))));

    let terms = constant("36", SIMPLE).prepare().unwrap();
    let mut accruer = Accruer::new(&terms, day("2026-01-01"), dec("1")).unwrap();
    accruer.advance(day("2026-01-10"), dec("2")).unwrap();
    assert!(matches!(accruer.advance(day("2026-01-09"), dec("1")), Err(InterestError::OutOfOrder { .. })));
    assert!(matches!(
        accruer.advance(day("2026-01-11"), dec("-1")),
        Err(InterestError::NegativePrincipal { .. })
    ));
    assert!(accruer.advance(day("9999-12-31"), dec("1")).is_err() || accruer.exact().is_err());
    let late_rate =
        InterestTerms { rate: table(&[("2026-02-01", "1")]), ..constant("1", SIMPLE) }.prepare().unwrap();
    assert!(matches!(Accruer::new(&late_rate, day("2026-01-31"), dec("1")), Err(InterestError::NoRateOn(_))));
}

#[test]
fn the_highest_rate_on_the_highest_amount_overflows_as_an_error() {
    let most = Decimal::from_money(Money::from_minor(i64::MAX, Currency::MXN));
    let terms = constant("1000000", EFFECTIVE).prepare().unwrap();
    let accrued = accrue(&terms, day("1950-01-01"), &[(day("1950-01-01"), most)], day("2049-12-31")).unwrap();
    assert_eq!(accrued.exact.to_money(Currency::MXN, Rounding::HalfUp), Err(MoneyError::Overflow));
}

#[test]
fn terms_are_kept_as_text_and_read_back() {
    let terms = InterestTerms {
        grace: Some(Grace { days: 3, mode: GraceMode::Retroactive }),
        cap: Some(table(&[("2026-01-01", "24.36")])),
        vat_pct: Some(dec("16")),
        ..constant("36.5", EFFECTIVE)
    };
    let text = serde_json::to_string(&terms).unwrap();
    assert_eq!(serde_json::from_str::<InterestTerms>(&text).unwrap(), terms);
    assert!(serde_json::from_str::<RateTable>("[]").is_err());
}

fn methods() -> impl Strategy<Value = Method> {
    prop_oneof![
        Just(SIMPLE),
        Just(Method::Simple(DayCount::Act360)),
        Just(Method::Simple(DayCount::ActActIsda)),
        Just(Method::Simple(DayCount::Thirty360E)),
    ]
}

/// Both methods with every kind of grace; kept, because powers are slow.
static WALKED: LazyLock<Vec<PreparedTerms>> = LazyLock::new(|| {
    let grace = |days, mode| Some(Grace { days, mode });
    let graces = [
        None,
        grace(9, GraceMode::Retroactive),
        grace(40, GraceMode::Retroactive),
        grace(20, GraceMode::Excluded),
    ];
    let terms = |method, grace| InterestTerms {
        rate: table(&[("2023-01-01", "36"), ("2024-01-05", "24")]),
        cap: Some(table(&[("2023-12-01", "30"), ("2024-02-01", "50")])),
        grace,
        ..constant("1", method)
    };
    let all = [SIMPLE, EFFECTIVE].into_iter().flat_map(|method| graces.map(|grace| terms(method, grace)));
    all.map(|terms| terms.prepare().unwrap()).collect()
});

fn start() -> NaiveDate {
    day("2023-11-20")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn simple_interest_adds_up_over_any_split(
        method in methods(), cents in 0_i64..1_000_000_000_000, pct in 0_i64..100_000, days in 0_u64..1500, split in 0_u64..1500,
    ) {
        let terms = InterestTerms::constant(Decimal::from(pct).div(Decimal::from(100)).unwrap(), method).unwrap().prepare().unwrap();
        let principal = Decimal::from_money(Money::from_minor(cents, Currency::MXN));
        let (split, end) = (start() + Days::new(split.min(days)), start() + Days::new(days));
        let of = |from, to| accrue(&terms, from, &[(from, principal)], to).unwrap().exact;
        let off = of(start(), split).add(of(split, end)).unwrap().sub(of(start(), end)).unwrap();
        prop_assert!(off.round(50, Rounding::Down).is_zero(), "{off}");
    }

    #[test]
    fn interest_never_falls_with_time(
        which in 0..WALKED.len(), cents in 0_i64..1_000_000_000, days in 0_u64..700, more in 1_u64..40,
    ) {
        let terms = &WALKED[which];
        let principal = Decimal::from_money(Money::from_minor(cents, Currency::MXN));
        let until = |days| accrue(terms, start(), &[(start(), principal)], start() + Days::new(days)).unwrap().exact;
        prop_assert!(until(days) <= until(days + more));
    }

    #[test]
    fn a_walk_with_stops_is_a_walk(
        changes in prop::collection::vec((0_u64..30, 0_i64..5), 0..12), looks in prop::collection::vec(0_usize..12, 0..6),
        which in 0..WALKED.len(),
    ) {
        let terms = &WALKED[which];
        let mut path = vec![(start(), dec("1000"))];
        for (days, hundreds) in changes {
            let on = path.last().unwrap().0 + Days::new(days);
            path.push((on, Decimal::from(hundreds * 100)));
        }
        let end = path.last().unwrap().0 + Days::new(17);
        let whole = accrue(terms, start(), &path, end).unwrap();
        let mut accruer = Accruer::new(terms, start(), Decimal::ZERO).unwrap();
        for (index, (on, principal)) in path.iter().enumerate() {
            if looks.contains(&index) {
                let held = accruer.principal();
                accruer.advance(*on, held).unwrap();
                accruer.exact().unwrap();
            }
            accruer.advance(*on, *principal).unwrap();
        }
        let held = accruer.principal();
        accruer.advance(end, held).unwrap();
        prop_assert_eq!(accruer.exact().unwrap(), whole.exact);
        // What is explained is what is charged.
        let explained = whole.segments.iter().try_fold(Decimal::ZERO, |sum, s| sum.add(s.interest)).unwrap();
        prop_assert!(explained.sub(whole.exact).unwrap().round(50, Rounding::Down).is_zero());
        for pair in whole.segments.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
        }
    }
}
