use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::calendar::{BusinessCalendar, Shift};
use crate::money::{Currency, Decimal, Money, Rounding};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::MXN)
}

fn monthly(count: u32) -> Vec<Period> {
    let start = day("2026-01-31");
    periods(start, &due_dates(start, Frequency::MONTHLY, count, None).unwrap()).unwrap()
}

fn terms(principal: i64, rate: &str, method: Method) -> Terms {
    Terms::monthly(mxn(principal), dec(rate), method, Rounding::HalfUp)
}

fn payments(plan: &Plan) -> Vec<i64> {
    plan.installments.iter().map(|part| part.payment().unwrap().minor()).collect()
}

#[test]
fn a_short_month_is_no_drift() {
    let due: Vec<_> = monthly(3).iter().map(|period| period.due_on).collect();
    assert_eq!(due, [day("2026-02-28"), day("2026-03-31"), day("2026-04-30")]);
    let weeks = due_dates(day("2026-01-01"), Frequency::BIWEEKLY, 2, None).unwrap();
    assert_eq!(weeks, [day("2026-01-15"), day("2026-01-29")]);
}

#[test]
fn a_holiday_moves_one_date_only() {
    let calendar = BusinessCalendar::weekends([day("2026-05-01")]);
    let due = |shift| due_dates(day("2026-04-01"), Frequency::MONTHLY, 2, Some((&calendar, shift))).unwrap();
    assert_eq!(due(Shift::Following), [day("2026-05-04"), day("2026-06-01")]);
    assert_eq!(due(Shift::Preceding), [day("2026-04-30"), day("2026-06-01")]);
}

#[test]
fn a_balloon_is_paid_with_the_last() {
    let plan = plan(&terms(1_000_000, "0.12", Method::Balloon(mxn(400_000))), &monthly(12)).unwrap();
    // (10000 − 4000 × 1.01⁻¹²) × 0.01 / (1 − 1.01⁻¹²) = 573.0927…
    assert_eq!(plan.regular, mxn(57_309));
    let last = plan.installments.last().unwrap();
    assert!((last.payment().unwrap().minor() - 457_309).abs() < 12, "{last:?}");
    assert!(last.balance.is_zero());
}

#[test]
fn grace_puts_off_and_frees() {
    let mut with_grace = terms(500_000, "0.12", Method::French);
    with_grace.grace = Grace { principal: 2, interest_payment: 2, interest_free: 0 };
    let put_off = plan(&with_grace, &monthly(5)).unwrap();
    assert_eq!(payments(&put_off)[..2], [0, 0]);
    assert_eq!(put_off.installments[2].interest, mxn(15_000));
    with_grace.grace = Grace { principal: 0, interest_payment: 0, interest_free: 2 };
    let free = plan(&with_grace, &monthly(5)).unwrap();
    assert_eq!(free.installments[1].interest, mxn(0));
    with_grace.grace.principal = 5;
    assert!(matches!(plan(&with_grace, &monthly(5)), Err(PlanError::GraceTooLong { .. })));
}

#[test]
fn flat_interest_is_the_same_each_period_and_exact_in_all() {
    let mut flat = terms(125_000, "0.15", Method::French);
    flat.accrual = Accrual::Flat;
    flat.rounding = Rounding::HalfEven;
    flat.payment_rounding = PaymentRounding { mode: Rounding::HalfEven, multiple: Some(mxn(100)) };
    let plan = plan(&flat, &monthly(4)).unwrap();
    assert_eq!(payments(&plan), [32_800, 32_800, 32_800, 32_850]);
    assert_eq!(plan.total_interest().unwrap(), mxn(6_250));
}

#[test]
fn daily_interest_counts_days() {
    let mut daily = terms(500_000, "0.12", Method::French);
    daily.basis = InterestBasis::Daily { year_days: 365 };
    let plan = plan(&daily, &monthly(2)).unwrap();
    // 5000 × 0.12 × 28 / 365
    assert_eq!(plan.installments[0].interest, mxn(4_603));
}

#[test]
fn agreed_amounts_must_come_to_the_balance() {
    let on = |date: &str, minor: i64| CustomInstallment { due_on: day(date), amount: Some(mxn(minor)) };
    let start = day("2026-01-01");
    let make = |parts: &[CustomInstallment]| custom_plan(mxn(1_000), start, parts, None, Rounding::HalfUp);
    assert_eq!(payments(&make(&[on("2026-02-01", 400), on("2026-03-15", 600)]).unwrap()), [400, 600]);
    let rest = CustomInstallment { due_on: day("2026-03-15"), amount: None };
    assert_eq!(payments(&make(&[on("2026-02-01", 400), rest]).unwrap()), [400, 600]);
    assert!(matches!(make(&[on("2026-02-01", 400)]), Err(PlanError::NotTheBalance { .. })));
    assert!(matches!(make(&[on("2026-02-01", 400), on("2026-02-01", 600)]), Err(PlanError::NotAscending(_))));
    assert!(matches!(make(&[on("2026-02-01", -400)]), Err(PlanError::NegativeAmount { number: 1 })));
    assert_eq!(make(&[]), Err(PlanError::NoInstallments));
}

#[test]
fn terms_without_a_plan_say_why() {
    let french = |principal, rate| plan(&terms(principal, rate, Method::French), &monthly(12));
    assert_eq!(french(0, "0.1"), Err(PlanError::NotPositive(mxn(0))));
    assert_eq!(french(-5, "0.1"), Err(PlanError::NotPositive(mxn(-5))));
    assert_eq!(french(100, "-0.1"), Err(PlanError::NegativeRate));
    assert_eq!(french(100, "10000000"), Err(PlanError::RateTooHigh));
    assert_eq!(plan(&terms(100, "0", Method::French), &[]), Err(PlanError::NoInstallments));
    let start = day("2026-01-31");
    assert_eq!(due_dates(start, Frequency::MONTHLY, 0, None), Err(PlanError::NoInstallments));
    assert_eq!(due_dates(start, Frequency::Days(0), 3, None), Err(PlanError::EmptyPeriod));
    assert!(due_dates(start, Frequency::Months(u32::MAX), 1_200, None).is_err());
    assert!(due_dates(start, Frequency::Weeks(u32::MAX), 1_200, None).is_err());
    assert!(due_dates(day("9999-12-31"), Frequency::MONTHLY, 1, None).is_err());
    assert!(french(i64::MAX, "1000").is_err(), "interest beyond i64 is an error, never a wrap");
    let balloon = plan(&terms(100, "0.1", Method::Balloon(mxn(101))), &monthly(2));
    assert!(matches!(balloon, Err(PlanError::Balloon { .. })));
    assert!(matches!(
        interest_free_plan(mxn(100), &monthly(7)).unwrap().at_least(mxn(20)),
        Err(PlanError::BelowMinimum { .. })
    ));
}

#[test]
fn a_down_payment_leaves_something() {
    let rounding = PaymentRounding::minor_unit(Rounding::HalfUp);
    assert_eq!(DownPayment::Percent(dec("25")).of(mxn(100_001), &rounding), Ok(mxn(25_000)));
    assert!(DownPayment::Percent(dec("101")).of(mxn(100), &rounding).is_err());
    for minor in [-1, 100, 101] {
        assert!(matches!(
            DownPayment::Amount(mxn(minor)).of(mxn(100), &rounding),
            Err(PlanError::DownPayment { .. })
        ));
    }
}

prop_compose! {
    fn any_terms()(
        principal in 1..1_000_000_000_000_i64,
        rate in 0..30_000_i64,
        method in 0..4_u8,
        flat in any::<bool>(),
        daily in any::<bool>(),
        multiple in prop::option::of(1..100_000_i64),
        up in any::<bool>(),
        grace in prop::array::uniform3(0..4_u32),
        over in 1..80_u32,
    ) -> Terms {
        let method = match method {
            0 => Method::French,
            1 => Method::EqualPrincipal,
            2 => Method::Balloon(mxn(principal / 3)),
            _ => Method::AmortizedOver(over),
        };
        let mut terms = terms(principal, "0", method);
        terms.annual_rate = Decimal::from(rate).div(Decimal::from(10_000)).unwrap();
        terms.accrual = if flat { Accrual::Flat } else { Accrual::DecliningBalance };
        terms.basis = if daily { InterestBasis::Daily { year_days: 365 } } else { InterestBasis::SamePeriod };
        terms.payment_rounding.multiple = multiple.map(mxn);
        terms.payment_rounding.mode = if up { Rounding::Up } else { Rounding::Down };
        terms.grace = Grace { principal: grace[0], interest_payment: grace[1], interest_free: grace[2] };
        terms
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_plan_sums_to_its_balance(terms in any_terms(), count in 5..60_u32) {
        let plan = plan(&terms, &monthly(count)).unwrap();
        let whole = Money::sum(Currency::MXN, plan.installments.iter().map(|part| part.principal)).unwrap();
        prop_assert_eq!(whole, terms.principal);
        prop_assert_eq!(plan.total().unwrap(), whole.add(plan.total_interest().unwrap()).unwrap());
        let whole_part = |money: Money| !money.is_negative();
        let parts = || plan.installments.iter();
        prop_assert!(parts().all(|part| whole_part(part.principal) && whole_part(part.interest) && whole_part(part.balance)));
        prop_assert!(plan.installments.windows(2).all(|two| two[0].due_on < two[1].due_on));
        prop_assert_eq!(plan.installments.len(), count as usize);
    }

    #[test]
    fn an_interest_free_plan_differs_in_its_last_only(balance in 1..1_000_000_000_i64, count in 1..48_u32) {
        let plan = interest_free_plan(mxn(balance), &monthly(count)).unwrap();
        let parts = payments(&plan);
        prop_assert_eq!(parts.iter().sum::<i64>(), balance);
        let (last, regular) = parts.split_last().unwrap();
        prop_assert!(regular.iter().all(|part| *part == balance / i64::from(count)));
        prop_assert!((0..i64::from(count)).contains(&(last - balance / i64::from(count))));
    }

    #[test]
    fn agreed_amounts_are_kept(amounts in prop::collection::vec(1..1_000_000_i64, 1..30), gap in 1..60_u32) {
        let start = day("2026-01-31");
        let count = u32::try_from(amounts.len()).unwrap();
        let dates = due_dates(start, Frequency::Days(gap), count, None).unwrap();
        let agreed: Vec<_> = dates.into_iter().zip(&amounts)
            .map(|(due_on, minor)| CustomInstallment { due_on, amount: Some(mxn(*minor)) }).collect();
        let plan = custom_plan(mxn(amounts.iter().sum()), start, &agreed, None, Rounding::HalfUp).unwrap();
        prop_assert_eq!(payments(&plan), amounts);
    }
}
