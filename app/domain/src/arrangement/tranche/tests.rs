use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::arrangement::schedule::{
    Accrual, Frequency, Grace, InterestBasis, Method, Period, due_dates, periods,
};
use crate::ledger::waterfall::Direction;
use crate::money::{Currency, Decimal, Money, Rounding};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn usd(minor: i64) -> Money {
    Money::from_minor(minor, Currency::USD)
}

fn monthly(count: u32) -> Vec<Period> {
    let start = day("2024-01-01");
    periods(start, &due_dates(start, Frequency::MONTHLY, count, None).unwrap()).unwrap()
}

fn factor(percent: &str) -> RateFactor {
    RateFactor {
        annual_rate: percent.parse::<Decimal>().unwrap().div(Decimal::from(100)).unwrap(),
        year: YearDays::Fixed(360),
        month: MonthDays::Thirty,
        frequency: Frequency::MONTHLY,
    }
}

fn terms(revision: Revision) -> TrancheTerms {
    TrancheTerms {
        annual_rate: Decimal::ZERO,
        method: Method::EqualPrincipal,
        accrual: Accrual::DecliningBalance,
        basis: InterestBasis::SamePeriod,
        frequency: Frequency::MONTHLY,
        rounding: Rounding::HalfEven,
        multiple: None,
        grace: Grace::default(),
        down_payment: Some(Decimal::from(25)),
        revision,
    }
}

const DUE_FIRST: [Part; 4] = [Part::Penalty, Part::Fee, Part::Interest, Part::Principal];

fn strategies() -> [PaymentOrder; 3] {
    let timed = |direction| PaymentOrder::Timed {
        past_due: DUE_FIRST,
        due: DUE_FIRST,
        in_advance: DUE_FIRST,
        direction,
    };
    [
        PaymentOrder::Installments { due: DUE_FIRST, in_advance: DUE_FIRST },
        timed(Direction::Horizontal),
        timed(Direction::Vertical),
    ]
}

#[test]
fn a_second_tranche_moves_the_level() {
    // Apache Fineract's own figures for 100 on 1 January and 200 on 8 January at 9.4822 %.
    let level = Amortization { rate: factor("9.4822"), rounding: Rounding::HalfEven, multiple: None };
    let tranches = [("2024-01-01", 10_000), ("2024-01-08", 20_000)]
        .map(|(on, minor)| Tranche { on: day(on), amount: usd(minor) });
    let rows = amortize(&monthly(6), &tranches, &level).unwrap();
    let payments: Vec<_> = rows.iter().map(|row| row.payment.minor()).collect();
    assert_eq!(payments, [5_133, 5_133, 5_133, 5_133, 5_133, 5_134]);
    assert_eq!(rows[0].interest, usd(202));
}

#[test]
fn a_tranche_outside_the_periods_is_refused() {
    let level = Amortization { rate: factor("9"), rounding: Rounding::HalfEven, multiple: None };
    for on in ["2023-12-31", "2024-08-01"] {
        assert!(amortize(&monthly(6), &[Tranche { on: day(on), amount: usd(1) }], &level).is_err(), "{on}");
    }
    assert!(amortize(&monthly(6), &[], &level).is_err());
    assert!(amortize(&[], &[Tranche { on: day("2024-01-01"), amount: usd(1) }], &level).is_err());
}

#[test]
fn a_charge_after_the_last_instalment_makes_one() {
    let paid_out = LoanEvent::PaidOut(Tranche { on: day("2024-01-01"), amount: usd(10_000) });
    let charge =
        Charge { part: Part::Fee, amount: usd(500), due_on: day("2024-05-01"), made_on: day("2024-05-01") };
    for strategy in strategies() {
        let events = [paid_out, LoanEvent::Charged(charge)];
        let loan = replay_loan(&terms(Revision::Cumulative), &monthly(3), &events, &strategy, true).unwrap();
        assert_eq!(loan.installments.len(), 5);
        assert_eq!(loan.installments[4].outstanding(), Ok(usd(500)));
        assert_eq!(loan.applied[1].principal, usd(2_500), "the down payment is paid at once");
    }
}

#[test]
fn an_overpayment_goes_before_the_down_payment() {
    let paid_out = |on: &str, minor| LoanEvent::PaidOut(Tranche { on: day(on), amount: usd(minor) });
    let paid = LoanEvent::Paid(Payment { on: day("2024-01-02"), amount: usd(9_000), down_payment: false });
    let events = [paid_out("2024-01-01", 10_000), paid, paid_out("2024-01-15", 10_000)];
    let periods = monthly(3);
    for order in strategies() {
        let loan = replay_loan(&terms(Revision::Cumulative), &periods, &events, &order, true).unwrap();
        // 25.00 and 90.00 on 100.00: 15.00 of the second down payment of 25.00 are there already.
        let down: Vec<_> = loan
            .applied
            .iter()
            .filter_map(|applied| match applied.event {
                LoanEvent::Paid(payment) if payment.down_payment => Some(payment.amount.minor()),
                _ => None,
            })
            .collect();
        assert_eq!(down, [2_500, 1_000]);
        assert!(loan.applied.iter().all(|applied| !applied.balance.is_negative()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn what_is_paid_out_falls_due(
        amounts in prop::collection::vec((0..80_u64, 1..50_000_000_i64), 1..4),
        count in 3..7_u32,
        percent in 0..60_i64,
        progressive in any::<bool>(),
    ) {
        let start = day("2024-01-01");
        let tranches: Vec<_> = amounts.iter()
            .map(|(days, minor)| Tranche { on: start + chrono::Days::new(*days), amount: usd(*minor * 4) }).collect();
        let revision = if progressive { Revision::Progressive(factor(&percent.to_string())) } else { Revision::Cumulative };
        let lines = tranche_schedule(&terms(revision), &monthly(count), &tranches).unwrap();
        let mut due = 0;
        for line in &lines {
            if let Line::Due { principal, interest, balance, .. } = line {
                prop_assert!(!principal.is_negative() && !interest.is_negative(), "{lines:?}");
                prop_assert!(!balance.is_negative());
                due += principal.minor();
            }
        }
        prop_assert_eq!(due, tranches.iter().map(|tranche| tranche.amount.minor()).sum::<i64>());
    }

    #[test]
    fn every_payment_is_allocated_exactly(
        payments in prop::collection::vec((0..120_u64, 1..400_000_i64), 0..6),
        charges in prop::collection::vec((0..130_u64, 0..130_u64, 1..5_000_i64, any::<bool>()), 0..4),
        which in 0..3_usize,
    ) {
        let start = day("2024-01-01");
        let on = |days: u64| start + chrono::Days::new(days);
        let mut events = vec![LoanEvent::PaidOut(Tranche { on: start, amount: usd(1_000_000) })];
        events.extend(charges.iter().map(|(due, made, minor, fee)| LoanEvent::Charged(Charge {
            part: if *fee { Part::Fee } else { Part::Penalty }, amount: usd(*minor), due_on: on(*due), made_on: on(*made),
        })));
        events.extend(payments.iter().map(|(days, minor)| LoanEvent::Paid(Payment { on: on(*days), amount: usd(*minor), down_payment: false })));
        let loan = replay_loan(&terms(Revision::Cumulative), &monthly(3), &events, &strategies()[which], false).unwrap();
        let came_in: i64 = payments.iter().map(|(_, minor)| minor).sum();
        let mut taken = 0;
        for row in &loan.applied {
            taken += [row.principal, row.interest, row.fees, row.penalties].iter().map(Money::minor).sum::<i64>();
        }
        let paid: i64 = loan.installments.iter().map(|row| row.paid().unwrap().minor()).sum();
        prop_assert_eq!(taken, paid);
        prop_assert!(paid <= came_in);
        for row in &loan.installments {
            prop_assert!(!row.outstanding().unwrap().is_negative());
            prop_assert!(row.in_advance.add(row.late).unwrap() <= row.paid().unwrap());
        }
    }
}
