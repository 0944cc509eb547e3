use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::*;
use crate::arrangement::lifecycle::{
    Activation, ArrangementKind, Cap, Consequence, ScheduleSpec, WhenForgiven,
};
use crate::arrangement::schedule::Frequency;
use crate::money::Currency;

fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::MXN)
}

fn day(offset: u64) -> NaiveDate {
    "2026-11-22".parse::<NaiveDate>().unwrap() + Days::new(offset)
}

fn balance(parts: [i64; 6]) -> Balance {
    Component::ALL.iter().zip(parts).fold(Balance::zero(Currency::MXN), |sum, (component, minor)| {
        sum.with(*component, mxn(minor)).unwrap()
    })
}

fn terms(
    count: u32,
    concession: Vec<(Component, Discount)>,
    cap: Cap,
    prepayment: Prepayment,
) -> ArrangementTerms {
    let kind = if concession.is_empty() { ArrangementKind::Plan } else { ArrangementKind::Settlement };
    ArrangementTerms {
        kind,
        schedule: ScheduleSpec::Regular { first_due_on: day(10), every: Frequency::Weeks(2), count },
        down_payment: None,
        concession,
        when_forgiven: WhenForgiven::OnCompletion,
        cap,
        grace_days: 0,
        on_breach: Consequence::default(),
        prepayment,
        activation: Activation::OnAcceptance,
        min_installment: None,
    }
}

fn sum(schedule: &[Due]) -> i64 {
    schedule.iter().map(|due| due.amount.minor()).sum()
}

#[test]
fn growth_is_shared_by_what_is_still_to_come() {
    let terms = terms(4, Vec::new(), Cap::Open, Prepayment::Next);
    let schedule = terms.first_schedule(mxn(40_000), day(0)).unwrap();
    // The first instalment is due; interest of 300 has grown.
    let changed = replan(&schedule, mxn(40_300), mxn(10_000), day(11), &terms).unwrap().unwrap();
    assert_eq!(
        changed.iter().map(|due| due.amount.minor()).collect::<Vec<_>>(),
        [10_000, 10_100, 10_100, 10_100]
    );
    assert!(changed.iter().zip(&schedule).all(|(new, old)| new.due_on == old.due_on));
    assert_eq!(
        replan(&changed, mxn(40_300), mxn(20_100), day(25), &terms),
        Ok(None),
        "payments change nothing"
    );
}

#[test]
fn a_payment_in_advance_goes_where_it_was_agreed() {
    let amounts = |prepayment| {
        let terms = terms(4, Vec::new(), Cap::Open, prepayment);
        let schedule = terms.first_schedule(mxn(40_000), day(0)).unwrap();
        // The first is paid, and 12,000 more.
        let changed = replan(&schedule, mxn(40_000), mxn(22_000), day(15), &terms).unwrap();
        changed.map(|dues| dues.iter().map(|due| due.amount.minor()).collect::<Vec<_>>())
    };
    assert_eq!(amounts(Prepayment::Next), None);
    assert_eq!(amounts(Prepayment::Last), Some(vec![10_000, 12_000, 10_000, 8_000]));
    assert_eq!(amounts(Prepayment::Reamortise), Some(vec![10_000, 12_000, 6_000, 6_000, 6_000]));
}

#[test]
fn what_grows_after_the_last_date_gets_a_date_of_its_own() {
    let terms = terms(2, Vec::new(), Cap::Open, Prepayment::Next);
    let schedule = terms.first_schedule(mxn(20_000), day(0)).unwrap();
    let changed = replan(&schedule, mxn(20_500), mxn(20_000), day(30), &terms).unwrap().unwrap();
    assert_eq!(changed.last(), Some(&Due { due_on: day(38), amount: mxn(500) }));
    let later = replan(&schedule, mxn(20_500), mxn(20_000), day(100), &terms).unwrap().unwrap();
    assert_eq!(later.last().unwrap().due_on, day(114), "never in the past");
}

#[test]
fn small_instalments_are_dropped_from_the_end() {
    let mut terms = terms(4, Vec::new(), Cap::Open, Prepayment::Next);
    let schedule = terms.first_schedule(mxn(40_000), day(0)).unwrap();
    terms.min_installment = Some(mxn(5_000));
    // A charge of 29,000 was taken back.
    let changed = replan(&schedule, mxn(21_000), mxn(0), day(11), &terms).unwrap().unwrap();
    assert_eq!(changed.iter().map(|due| due.amount.minor()).collect::<Vec<_>>(), [10_000, 5_500, 5_500]);
}

#[test]
fn a_fixed_price_stays_when_the_debt_grows_and_falls_when_it_shrinks() {
    let half = vec![(Component::Principal, Discount::Percent(Decimal::from(40)))];
    let terms = terms(2, half, Cap::Agreed, Prepayment::Next);
    let agreed = terms.agree(&balance([100_000, 0, 5_000, 0, 0, 0])).unwrap();
    assert_eq!(agreed.to_pay, mxn(65_000));
    let grown = price(&terms, &agreed, &balance([100_000, 0, 9_000, 0, 500, 0])).unwrap();
    assert_eq!(grown.to_pay, mxn(65_000));
    let part = |component| grown.forgiven.iter().find(|(named, _)| *named == component).unwrap().1;
    assert_eq!((part(Component::Principal), part(Component::DefaultInterest)), (mxn(40_000), mxn(4_500)));
    let shrunk = price(&terms, &agreed, &balance([50_000, 0, 5_000, 0, 0, 0])).unwrap();
    assert_eq!(shrunk.to_pay, mxn(35_000), "40 % of what is left, not the 40,000 of the larger debt");
}

fn caps() -> impl Strategy<Value = Cap> {
    prop_oneof![
        Just(Cap::Open),
        Just(Cap::Agreed),
        (0..50_i64).prop_map(|percent| Cap::GrowthPercent(Decimal::from(percent))),
        (3_000_000..9_000_000_i64).prop_map(|minor| Cap::Total(mxn(minor))),
    ]
}

fn discounts() -> impl Strategy<Value = Vec<(Component, Discount)>> {
    prop::collection::btree_map(0..6_usize, 1..=90_i64, 0..4).prop_map(|picked| {
        let one = |(index, percent)| (Component::ALL[index], Discount::Percent(Decimal::from(percent)));
        picked.into_iter().map(one).collect()
    })
}

fn prepayments() -> impl Strategy<Value = Prepayment> {
    prop_oneof![Just(Prepayment::Next), Just(Prepayment::Last), Just(Prepayment::Reamortise)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_concession_and_the_cap_survive_any_change(
        before in prop::array::uniform6(0..400_000_i64),
        after in prop::array::uniform6(-500..800_000_i64),
        concession in discounts(),
        cap in caps(),
    ) {
        prop_assume!(before.iter().sum::<i64>() > 0);
        let terms = terms(3, concession.clone(), cap, Prepayment::Next);
        let Ok(agreed) = terms.agree(&balance(before)) else { return Ok(()) };
        let new = price(&terms, &agreed, &balance(after)).unwrap();
        let forgiven: i64 = new.forgiven.iter().map(|(_, part)| part.minor()).sum();
        let debt: i64 = after.iter().map(|minor| minor.max(&0)).sum();
        prop_assert_eq!(new.to_pay.minor() + forgiven, debt);
        prop_assert!(!new.to_pay.is_negative());
        if let Some(most) = cap.most(agreed.to_pay).unwrap() {
            prop_assert!(new.to_pay <= most);
        }
        for ((component, part), (was, is)) in new.forgiven.iter().zip(before.iter().zip(after)) {
            prop_assert!(part.minor() >= 0 && part.minor() <= is.max(0));
            let first = agreed.forgiven.iter().find(|(named, _)| named == component).map_or(0, |(_, m)| m.minor());
            if is >= *was {
                prop_assert!(part.minor() >= first, "the debt did not shrink, so the discount does not");
            }
            if let Some((_, Discount::Percent(percent))) = concession.iter().find(|(named, _)| named == component) {
                let share = Decimal::from(is.max(0)).mul(*percent).unwrap().div(Decimal::from(100)).unwrap();
                let share = share.round(0, Rounding::Down).to_string().parse::<i64>().unwrap();
                prop_assert!(part.minor() >= share, "at least the percentage agreed");
            }
        }
    }

    #[test]
    fn the_schedule_comes_to_the_price_after_any_change(
        first in 1_000..4_000_000_i64,
        count in 1..30_u32,
        changes in prop::collection::vec((0..45_u64, 0..5_000_000_i64, 0..1_000_000_i64), 1..6),
        prepayment in prepayments(),
        minimum in prop::option::of(1..50_000_i64),
    ) {
        let mut terms = terms(count, Vec::new(), Cap::Open, prepayment);
        terms.min_installment = minimum.map(mxn);
        let mut schedule = terms.first_schedule(mxn(first), day(0)).unwrap();
        prop_assert_eq!(sum(&schedule), first);
        let (mut today, mut paid) = (0, 0);
        for (days, to_pay, payment) in changes {
            today += days;
            paid += payment;
            let on = day(today);
            let Some(new) = replan(&schedule, mxn(to_pay), mxn(paid), on, &terms).unwrap() else {
                prop_assert_eq!(sum(&schedule), to_pay);
                continue;
            };
            prop_assert_eq!(sum(&new), to_pay);
            prop_assert!(new.iter().all(|due| due.amount.is_positive()));
            prop_assert!(new.windows(2).all(|pair| pair[0].due_on < pair[1].due_on), "dates ascend");
            // What had fallen due keeps its date, and its amount unless the debt fell below it or
            // a payment in advance of the same day joins it.
            let past: Vec<_> = schedule.iter().filter(|due| due.due_on <= on).collect();
            for (old, kept) in past.iter().zip(&new) {
                prop_assert_eq!(old.due_on, kept.due_on);
                let is_shrunk = to_pay <= past.iter().map(|due| due.amount.minor()).sum::<i64>();
                prop_assert!(old.amount == kept.amount || is_shrunk || kept.due_on == on);
            }
            prop_assert_eq!(replan(&new, mxn(to_pay), mxn(paid), on, &terms).unwrap(), None, "once is enough");
            schedule = new;
        }
    }
}
