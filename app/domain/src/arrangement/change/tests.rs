//! Changes of a plan against their promises, on random plans.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use super::*;
use crate::account::{Balance, Component};
use crate::arrangement::schedule::Frequency;
use crate::arrangement::{
    Acceptance, Activation, ArrangementKind, ArrangementTerms, Cap, Consequence, Offer, Prepayment,
    ScheduleSpec, WhenForgiven, replan,
};
use crate::ids::{AccountId, ArrangementId, PartyId};
use crate::money::Currency;

fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::MXN)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn plan(total: i64, count: u32, every: Frequency, least: Option<i64>) -> Arrangement {
    let terms = ArrangementTerms {
        kind: ArrangementKind::Plan,
        schedule: ScheduleSpec::Regular { first_due_on: day("2026-12-01"), every, count },
        down_payment: None,
        concession: Vec::new(),
        when_forgiven: WhenForgiven::OnCompletion,
        cap: Cap::Agreed,
        grace_days: 5,
        on_breach: Consequence::default(),
        prepayment: Prepayment::Next,
        activation: Activation::OnAcceptance,
        min_installment: least.map(mxn),
    };
    let owed = Balance::zero(Currency::MXN).with(Component::Principal, mxn(total)).unwrap();
    let offer = Offer {
        id: ArrangementId(Uuid::from_u128(1)),
        debtor_id: PartyId(Uuid::from_u128(2)),
        debts: vec![(AccountId(Uuid::from_u128(3)), owed)],
        offered_on: day("2026-11-20"),
        offered_by: "debtor:x".to_owned(),
        valid_until: None,
    };
    let offer = Arrangement::offer(offer, terms).unwrap();
    let hash = offer.terms_hash();
    let acceptance = Acceptance {
        at: "2026-11-20T18:00:00Z".parse().unwrap(),
        by: String::new(),
        evidence: String::new(),
    };
    offer.accept(acceptance, day("2026-11-20"), &hash).unwrap()
}

fn dues(of: &[Due]) -> Vec<(String, i64)> {
    of.iter().map(|due| (due.due_on.to_string(), due.amount.minor())).collect()
}

#[test]
fn each_change_does_what_it_says() {
    let plan = plan(30_001, 3, Frequency::MONTHLY, None);
    let (limits, today) = (ChangeLimits::default(), day("2026-11-25"));
    let progress = plan.progress(mxn(1_000), today).unwrap();
    let changed = |change| limits.changed(&plan, &progress, change, &|_| 0, today).map(|all| dues(&all));
    let was = dues(&plan.schedule);
    let moved = changed(PlanChange::Move { to: day("2026-12-16") }).unwrap();
    assert_eq!(moved[0], ("2026-12-16".to_owned(), was[0].1));
    assert_eq!(moved[1..], was[1..]);
    let skipped = changed(PlanChange::Skip).unwrap();
    assert_eq!(skipped[0], ("2026-12-01".to_owned(), 1_000), "what was paid of it stays");
    assert_eq!(skipped[3], ("2027-03-01".to_owned(), was[0].1 - 1_000));
    let split = changed(PlanChange::Split { second_on: day("2026-12-10") }).unwrap();
    assert_eq!(split.len(), 4);
    assert_eq!((split[0].1 - 1_000) - split[1].1, (was[0].1 - 1_000) % 2);
    let late = changed(PlanChange::Move { to: day("2026-12-17") });
    assert!(matches!(late, Err(ChangeError::Day { .. })), "{late:?}");
    assert!(matches!(changed(PlanChange::Move { to: day("2026-11-24") }), Err(ChangeError::Day { .. })));
    let again = limits.changed(&plan, &progress, PlanChange::Skip, &|_| 1, today);
    assert_eq!(again, Err(ChangeError::NoMore(1)));
}

#[test]
fn only_a_plan_that_is_kept_is_changed() {
    let (limits, today) = (ChangeLimits::default(), day("2026-12-03"));
    let plan = plan(30_000, 3, Frequency::MONTHLY, Some(9_000));
    let late = plan.progress(mxn(0), today).unwrap();
    let skip = |progress: &Progress| limits.changed(&plan, progress, PlanChange::Skip, &|_| 0, today);
    assert_eq!(skip(&late), Err(ChangeError::NotKept), "also within the grace");
    let kept = plan.progress(mxn(10_000), today).unwrap();
    assert!(skip(&kept).is_ok());
    let split = PlanChange::Split { second_on: day("2027-01-05") };
    let small = limits.changed(&plan, &kept, split, &|_| 0, today);
    assert_eq!(small, Err(ChangeError::Small(mxn(10_000))));
    let last = plan.progress(mxn(20_000), today).unwrap();
    assert_eq!(skip(&last), Err(ChangeError::Last));
    let done = plan.progress(mxn(30_000), today).unwrap();
    assert_eq!(skip(&done), Err(ChangeError::NothingLeft));
    let offered = Arrangement { status: ArrangementStatus::Accepted, ..plan.clone() };
    assert_eq!(limits.changed(&offered, &kept, PlanChange::Skip, &|_| 0, today), Err(ChangeError::NotActive));
}

#[test]
fn a_changed_plan_comes_to_the_same() {
    let mut dice = ChaCha8Rng::seed_from_u64(12);
    let mut done = 0;
    for number in 0..20_000 {
        let every = [Frequency::MONTHLY, Frequency::BIWEEKLY, Frequency::Weeks(1), Frequency::Days(1)];
        let every = every[dice.random_range(0..every.len())];
        let total = dice.random_range(1..500_000);
        let count = u32::try_from(dice.random_range(1..20).min(total)).unwrap();
        let least = dice.random_bool(0.3).then(|| dice.random_range(1..20_000));
        let mut plan = plan(total, count, every, least);
        let paid = mxn(dice.random_range(0..=total));
        let today = day("2026-11-20") + Days::new(dice.random_range(0..60));
        let limits = ChangeLimits {
            move_days: dice.random_range(0..40),
            moves: dice.random_range(0..3),
            skips: dice.random_range(0..3),
            splits: dice.random_range(0..3),
        };
        let mut counts = [0_u32; 3];
        for _ in 0..4 {
            let progress = plan.progress(paid, today).unwrap();
            let made = |kind: ChangeKind| counts[kind as usize];
            let options = limits.options(&plan, &progress, &made, today);
            let shift = Days::new(dice.random_range(0..50));
            let change = match dice.random_range(0..3) {
                0 => PlanChange::Move { to: today + shift },
                1 => PlanChange::Skip,
                _ => PlanChange::Split { second_on: today + shift },
            };
            let result = limits.changed(&plan, &progress, change, &made, today);
            // What is told to be possible is, and nothing else.
            let within = |days: Option<(NaiveDate, NaiveDate)>, day| {
                days.is_some_and(|(from, to)| from <= day && day <= to)
            };
            let told = options.as_ref().is_ok_and(|options| match change {
                PlanChange::Move { to } => within(options.move_to, to) && to != options.next.due_on,
                PlanChange::Skip => options.skip_to.is_some(),
                PlanChange::Split { second_on } => {
                    within(options.split.map(|(_, _, from, to)| (from, to)), second_on)
                }
            });
            assert_eq!(result.is_ok(), told, "case {number}: {change:?} {options:?} {result:?}");
            let Ok(schedule) = result else { continue };
            let sum: i64 = schedule.iter().map(|due| due.amount.minor()).sum();
            assert_eq!(sum, total, "case {number}");
            assert!(schedule.is_sorted_by(|a, b| a.due_on < b.due_on), "case {number}: {schedule:?}");
            assert!(schedule.iter().all(|due| due.amount.is_positive()));
            let settled = progress.next().unwrap().number as usize - 1;
            assert_eq!(schedule[..settled], plan.schedule[..settled], "what is paid stays");
            plan = plan.revise(schedule).unwrap();
            let after = plan.progress(paid, today).unwrap();
            assert!(after.is_kept() && after.left == progress.left, "case {number}");
            // The night finds nothing to re-plan.
            assert_eq!(replan(&plan.schedule, mxn(total), paid, today, &plan.terms).unwrap(), None);
            counts[change.kind() as usize] += 1;
            done += 1;
        }
    }
    assert!(done > 5_000, "{done}");
}
