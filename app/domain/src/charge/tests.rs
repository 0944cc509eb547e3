use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::*;
use crate::money::{Currency, Decimal, Money, Rounding};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn pesos(minor: i64) -> Money {
    Money::from_minor(minor, Currency::MXN)
}

fn rule(amount: ChargeAmount, recurrence: Recurrence) -> LateChargeRule {
    LateChargeRule {
        code: "late".to_owned(),
        amount,
        recurrence,
        grace_days: 5,
        least: None,
        most: None,
        most_times: None,
    }
}

fn fixed(amount: &str) -> ChargeAmount {
    ChargeAmount::Flat(Value::Fixed(dec(amount)))
}

fn due(rule: &LateChargeRule, overdue: Money, after: &str, until: &str) -> Vec<(String, i64)> {
    let window = (day(after), day(until));
    let charges =
        charges_due(std::slice::from_ref(rule), day("2026-01-31"), |_| overdue, window, Rounding::HalfUp);
    charges.unwrap().into_iter().map(|charge| (charge.on.to_string(), charge.amount.minor())).collect()
}

#[test]
fn a_charge_falls_due_once_after_grace() {
    let once = rule(fixed("150"), Recurrence::Once);
    assert_eq!(due(&once, pesos(100_000), "2026-01-31", "2026-02-05"), []);
    assert_eq!(due(&once, pesos(100_000), "2026-02-05", "2026-12-31"), [("2026-02-06".to_owned(), 15_000)]);
    assert_eq!(due(&once, pesos(100_000), "2026-02-06", "2026-12-31"), []);
    assert_eq!(due(&once, pesos(0), "2026-01-31", "2026-12-31"), []);
}

#[test]
fn a_monthly_charge_keeps_its_day_and_its_number() {
    let monthly = LateChargeRule { grace_days: 0, ..rule(fixed("10"), Recurrence::EveryMonths(1)) };
    let window = (day("2026-03-01"), day("2026-05-31"));
    let charges = charges_due(&[monthly], day("2026-01-30"), |_| pesos(1), window, Rounding::HalfUp).unwrap();
    let keys: Vec<_> = charges.iter().map(|charge| (charge.on.to_string(), charge.key.as_str())).collect();
    assert_eq!(
        keys,
        [
            ("2026-03-31".to_owned(), "late_charge:late:2026-01-30:3"),
            ("2026-04-30".to_owned(), "late_charge:late:2026-01-30:4"),
            ("2026-05-31".to_owned(), "late_charge:late:2026-01-30:5"),
        ]
    );
}

#[test]
fn per_cent_has_bounds_and_tiers_have_steps() {
    let percent = LateChargeRule {
        least: Some(dec("50")),
        most: Some(dec("300")),
        ..rule(ChargeAmount::Flat(Value::Percent(dec("5"))), Recurrence::Once)
    };
    for (overdue, charge) in [(10_000, 5_000), (200_000, 10_000), (9_000_000, 30_000)] {
        assert_eq!(due(&percent, pesos(overdue), "2026-01-31", "2026-03-01")[0].1, charge, "{overdue}");
    }
    let tier = |from, value| Tier { from: dec(from), value };
    let tiers = vec![tier("1", Value::Fixed(dec("20"))), tier("36", Value::Percent(dec("2")))];
    let tiered = rule(ChargeAmount::Tiered { by: TierBasis::DaysPastDue, tiers }, Recurrence::EveryDays(30));
    assert_eq!(
        due(&tiered, pesos(100_000), "2026-01-31", "2026-04-06"),
        [("2026-02-06".to_owned(), 2_000), ("2026-03-08".to_owned(), 2_000), ("2026-04-07".to_owned(), 0)]
            [..2]
    );
    assert_eq!(due(&tiered, pesos(150_000), "2026-03-08", "2026-04-07"), [("2026-04-07".to_owned(), 3_000)]);
}

#[test]
fn a_wrong_rule_is_an_error() {
    let never = rule(fixed("1"), Recurrence::EveryDays(0));
    let colon = LateChargeRule { code: "a:b".to_owned(), ..rule(fixed("1"), Recurrence::Once) };
    let negative = rule(fixed("-1"), Recurrence::Once);
    let empty = rule(ChargeAmount::Tiered { by: TierBasis::DaysPastDue, tiers: vec![] }, Recurrence::Once);
    let crossed =
        LateChargeRule { least: Some(dec("2")), most: Some(dec("1")), ..rule(fixed("1"), Recurrence::Once) };
    for wrong in [never, colon, negative, empty, crossed] {
        assert!(matches!(wrong.check(), Err(ChargeError::Rule { .. })), "{wrong:?}");
    }
    let daily = rule(fixed("1"), Recurrence::EveryDays(1));
    let century = daily.occurrences(day("1950-01-01"), day("1950-01-01"), day("2049-01-01"));
    assert!(matches!(century, Err(ChargeError::TooMany { .. })));
    let far = daily.occurrences(day("2026-01-01"), day("2026-01-01"), day("9999-01-01"));
    assert!(matches!(far, Err(ChargeError::Date(_))));
}

fn chile(overdue: i64, uf: &str, useful_contact: bool) -> CollectionCost {
    let rule = collection_cost_rule("CL", day("2026-11-22")).unwrap();
    rule.cost(Money::from_minor(overdue, Currency::CLP), dec(uf), useful_contact, Rounding::HalfUp).unwrap()
}

#[test]
fn chile_s_regulator_counts_the_same() {
    // SERNAC's worked example: 100,000 pesos at a UF of 27,205.11.
    assert_eq!(chile(100_000, "27205.11", true).max.minor(), 9_000);
    assert_eq!(chile(100_000, "27205.11", false).max.minor(), 3_559);
    let top = chile(1_950_000, "39000.00", true);
    assert_eq!((top.max_units.to_fixed(6), top.max.minor()), ("3.300000".to_owned(), 128_700));
    assert_eq!(chile(2_340_000, "39000", true).max_units.to_fixed(1), "3.6");
    assert_eq!(chile(50_000, "39000", false).max.minor(), 0);
    assert_eq!(chile(0, "39000", true).max.minor(), 0);
}

#[test]
fn costs_start_on_their_first_day() {
    let rule = collection_cost_rule("cl", day("2026-11-22")).unwrap();
    let overdue = Money::from_minor(100_000, Currency::CLP);
    let on = |days| {
        rule.cost_after(days, overdue, dec("27205.11"), true, Rounding::HalfUp).map(|cost| cost.max.minor())
    };
    assert_eq!((on(20), on(21)), (Ok(0), Ok(9_000)));
    assert_eq!(on(-1), Err(ChargeError::NegativeDays { days: -1 }));
    assert!(matches!(collection_cost_rule("CL", day("1990-01-01")), Err(ChargeError::NoRule { .. })));
    assert!(matches!(collection_cost_rule("MX", day("2026-01-01")), Err(ChargeError::NoRule { .. })));
}

#[test]
fn costa_rica_stops_at_twelve_dollars() {
    let rule = collection_cost_rule("CR", day("2026-11-22")).unwrap();
    let cost = |colones: i64| {
        let overdue = Money::from_minor(colones * 100, rule.currency);
        rule.cost(overdue, dec("500"), true, Rounding::HalfUp).unwrap().max.to_decimal()
    };
    assert_eq!((cost(100_000), cost(1_000_000)), ("5000.00".to_owned(), "6000.00".to_owned()));
}

#[test]
fn spain_adds_eight_points_and_forty_euros() {
    let rule = CommercialLateRule::spain().unwrap();
    assert_eq!(rule.rate_pct(dec("2.15")).unwrap().to_string(), "10.15");
    assert_eq!(rule.compensation.to_string(), "40.00 EUR");
    assert_eq!(rule.rate_pct(dec("-9")).unwrap(), Decimal::ZERO);
}

#[test]
fn rules_are_kept_as_text_and_read_back() {
    let tiers = vec![Tier { from: dec("1"), value: Value::Percent(dec("2.5")) }];
    let kept = rule(ChargeAmount::Tiered { by: TierBasis::OverdueAmount, tiers }, Recurrence::EveryMonths(1));
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<LateChargeRule>(&text).unwrap(), kept);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn two_looks_see_what_one_look_sees(
        recurrence in prop_oneof![
            Just(Recurrence::Once), (1_u16..40).prop_map(Recurrence::EveryDays), (1_u16..5).prop_map(Recurrence::EveryMonths)
        ],
        grace_days in 0_u16..40, most_times in prop::option::of(1_u32..10), first in 0_u64..900, second in 0_u64..900,
    ) {
        let rule = LateChargeRule { grace_days, most_times, ..rule(fixed("1"), recurrence) };
        let due_on = day("2024-01-31");
        let (middle, end) = (due_on + Days::new(first), due_on + Days::new(first + second));
        let of = |after, until| rule.occurrences(due_on, after, until).unwrap();
        let mut both = of(due_on, middle);
        both.extend(of(middle, end));
        prop_assert_eq!(both, of(due_on, end));
    }

    #[test]
    fn more_overdue_never_costs_less(a in 0_i64..10_000_000_000, b in 0_i64..10_000_000_000, useful in any::<bool>()) {
        let (less, more) = (a.min(b), a.max(b));
        prop_assert!(chile(less, "39123.45", useful).max.minor() <= chile(more, "39123.45", useful).max.minor());
    }
}
