use chrono::NaiveDate;
use uuid::Uuid;

use super::state::Offer;
use super::*;
use crate::account::{Balance, Component};
use crate::arrangement::Discount;
use crate::arrangement::schedule::{DownPayment, Frequency};
use crate::ids::{AccountId, ArrangementId, PartyId};
use crate::money::{Currency, Money};

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::MXN)
}

pub(crate) fn balance(principal: i64, default_interest: i64) -> Balance {
    let zero = Balance::zero(Currency::MXN);
    let with = zero.with(Component::Principal, mxn(principal)).unwrap();
    with.with(Component::DefaultInterest, mxn(default_interest)).unwrap()
}

pub(crate) fn settlement() -> ArrangementTerms {
    ArrangementTerms {
        kind: ArrangementKind::Settlement,
        schedule: ScheduleSpec::Regular {
            first_due_on: day("2026-12-31"),
            every: Frequency::MONTHLY,
            count: 3,
        },
        down_payment: Some(DownPaymentTerms {
            amount: DownPayment::Amount(mxn(10_000)),
            due_on: day("2026-11-30"),
        }),
        concession: vec![
            (Component::DefaultInterest, Discount::Percent(crate::money::Decimal::from(100))),
            (Component::Principal, Discount::Percent(crate::money::Decimal::from(10))),
        ],
        when_forgiven: WhenForgiven::OnCompletion,
        cap: Cap::Agreed,
        grace_days: 3,
        on_breach: Consequence::default(),
        prepayment: Prepayment::Next,
        activation: Activation::OnAcceptance,
        min_installment: None,
    }
}

fn offer(balance: Balance) -> Offer {
    Offer {
        id: ArrangementId(Uuid::from_u128(1)),
        debtor_id: PartyId(Uuid::from_u128(2)),
        debts: vec![(AccountId(Uuid::from_u128(3)), balance)],
        offered_on: day("2026-11-22"),
        offered_by: "staff:x".to_owned(),
        valid_until: Some(day("2026-11-29")),
    }
}

pub(crate) fn offered() -> Arrangement {
    Arrangement::offer(offer(balance(100_000, 20_000)), settlement()).unwrap()
}

fn acceptance() -> Acceptance {
    Acceptance {
        at: "2026-11-22T18:00:00Z".parse().unwrap(),
        by: "debtor:2".to_owned(),
        evidence: "{}".to_owned(),
    }
}

fn active() -> Arrangement {
    let offer = offered();
    let hash = offer.terms_hash();
    offer.accept(acceptance(), day("2026-11-23"), &hash).unwrap()
}

#[test]
fn an_offer_says_what_is_paid_when_and_what_is_forgiven() {
    let offer = offered();
    assert_eq!(offer.agreed.to_pay, mxn(90_000));
    assert_eq!(
        offer.agreed.forgiven,
        [(Component::Principal, mxn(10_000)), (Component::DefaultInterest, mxn(20_000))]
    );
    let schedule: Vec<_> =
        offer.schedule.iter().map(|due| (due.due_on.to_string(), due.amount.minor())).collect();
    let expected =
        [("2026-11-30", 10_000), ("2026-12-31", 26_666), ("2027-01-31", 26_666), ("2027-02-28", 26_668)];
    assert_eq!(schedule, expected.map(|(on, minor)| (on.to_owned(), minor)));
}

#[test]
fn terms_that_make_no_arrangement_are_refused() {
    let with = |change: fn(&mut ArrangementTerms)| {
        let mut terms = settlement();
        change(&mut terms);
        Arrangement::offer(offer(balance(100_000, 20_000)), terms).unwrap_err()
    };
    assert_eq!(with(|t| t.kind = ArrangementKind::Plan), ArrangementError::PlanForgives);
    assert_eq!(with(|t| t.concession.clear()), ArrangementError::SettlementForgivesNothing);
    assert_eq!(
        with(|t| t.concession =
            vec![(Component::Principal, Discount::Percent(crate::money::Decimal::from(-5)))])
        .to_string(),
        "a discount of -5 % on Principal must lie between 0 and 100 %"
    );
    assert!(matches!(
        with(|t| t.schedule =
            ScheduleSpec::Regular { first_due_on: day("2026-12-31"), every: Frequency::MONTHLY, count: 0 }),
        ArrangementError::Plan(_)
    ));
    assert!(matches!(
        with(|t| t.schedule = ScheduleSpec::Regular {
            first_due_on: day("2026-12-31"),
            every: Frequency::MONTHLY,
            count: u32::MAX
        }),
        ArrangementError::Plan(_)
    ));
    assert_eq!(
        with(|t| t.schedule =
            ScheduleSpec::Custom { installments: vec![Due { due_on: day("2027-01-01"), amount: mxn(1) }] }),
        ArrangementError::NotTheBalance { found: mxn(1), to_pay: mxn(80_000) }
    );
    assert_eq!(with(|t| t.grace_days = 400), ArrangementError::Grace(400));
    assert_eq!(with(|t| t.cap = Cap::Total(mxn(89_999))), ArrangementError::Cap(mxn(90_000)));
    let past = Offer { offered_on: day("2026-12-05"), valid_until: None, ..offer(balance(100_000, 20_000)) };
    assert_eq!(
        Arrangement::offer(past, settlement()).unwrap_err(),
        ArrangementError::DueBeforeOffer(day("2026-11-30"), day("2026-12-05"))
    );
    let nothing = Arrangement::offer(offer(balance(0, 0)), settlement());
    assert_eq!(nothing.unwrap_err(), ArrangementError::NothingOwed);
    let credit = Arrangement::offer(offer(balance(100_000, -5_000)), settlement()).unwrap();
    assert_eq!(credit.agreed.to_pay, mxn(90_000), "what stands in the debtor's favour is no debt to arrange");
}

#[test]
fn the_terms_are_accepted_as_they_were_shown_and_in_time() {
    let on = day("2026-11-23");
    let hash = offered().terms_hash();
    assert_eq!(hash.len(), 64);
    assert_eq!(offered().accept(acceptance(), on, "00").unwrap_err(), TransitionError::OtherTerms);
    let late = offered().accept(acceptance(), day("2026-11-30"), &hash);
    assert_eq!(late.unwrap_err(), TransitionError::Expired(day("2026-11-29")));
    let mut beyond = offered();
    beyond.approval = Approval::Needed { why: vec!["principal".to_owned()] };
    let refused = beyond.clone().accept(acceptance(), on, &hash);
    assert_eq!(refused.unwrap_err(), TransitionError::NeedsApproval);
    let approved = beyond.approve("staff:boss".to_owned(), acceptance().at).unwrap();
    assert_eq!(approved.accept(acceptance(), on, &hash).unwrap().status, ArrangementStatus::Active);
    let twice = active().accept(acceptance(), on, &hash);
    assert_eq!(
        twice.unwrap_err(),
        TransitionError::Wrong { from: ArrangementStatus::Active, to: ArrangementStatus::Accepted }
    );
    let mut other = offered();
    other.agreed.to_pay = mxn(1);
    assert_ne!(other.terms_hash(), hash);
}

#[test]
fn payments_fill_instalments_in_order_and_grace_is_given() {
    use InstallmentState::{Due, Missed, Paid, Upcoming};
    let plan = active();
    let on = |paid, text| plan.progress(mxn(paid), day(text)).unwrap();
    let states =
        |progress: &Progress| progress.installments.iter().map(|part| part.state).collect::<Vec<_>>();
    assert_eq!(states(&on(10_000, "2026-12-31")), [Paid, Due, Upcoming, Upcoming]);
    assert_eq!(states(&on(36_665, "2027-01-03")), [Paid, Due, Upcoming, Upcoming], "within the grace");
    assert_eq!(states(&on(36_665, "2027-01-04")), [Paid, Missed, Upcoming, Upcoming], "one cent short");
    assert_eq!(states(&on(50_000, "2027-01-04")), [Paid, Paid, Upcoming, Upcoming]);
    assert_eq!(on(36_665, "2027-01-04").overdue, mxn(1));
    assert!(on(36_666, "2027-01-04").is_kept() && !on(36_665, "2027-01-01").is_kept());
    assert!(on(90_000, "2026-12-01").is_complete() && !on(89_999, "2026-12-01").is_complete());
    assert_eq!(on(99_000, "2026-12-01").left, mxn(0));
}

#[test]
fn every_step_asks_for_its_reason() {
    let on = day("2027-01-04");
    let short = active().progress(mxn(36_665), on).unwrap();
    let paid = active().progress(mxn(90_000), on).unwrap();
    let broken = active().break_off(&short, on).unwrap();
    assert_eq!(broken.status, ArrangementStatus::Broken);
    assert_eq!(broken.ending.as_ref().unwrap().why, "missed:2:2026-12-31");
    assert_eq!(active().break_off(&paid, on).unwrap_err(), TransitionError::NothingMissed);
    assert_eq!(active().complete(&short, on).unwrap_err(), TransitionError::NotPaid);
    let done = active().complete(&paid, on).unwrap();
    assert_eq!(done.clone().reopen().unwrap().status, ArrangementStatus::Active);
    for ended in [broken, done, active().cancel(on, "asked".to_owned()).unwrap()] {
        assert!(ended.clone().cancel(on, String::new()).is_err());
        assert!(ended.clone().break_off(&short, on).is_err() && ended.clone().complete(&paid, on).is_err());
        assert!(ended.clone().revise(Vec::new()).is_err() && ended.expire(on).is_err());
    }
    assert_eq!(offered().expire(day("2026-11-29")).unwrap_err(), TransitionError::StillValid);
    assert_eq!(offered().expire(day("2026-11-30")).unwrap().status, ArrangementStatus::Expired);
}

#[test]
fn one_that_waits_for_its_down_payment_begins_with_it() {
    let terms = ArrangementTerms { activation: Activation::OnDownPayment, ..settlement() };
    let offer = Arrangement::offer(offer(balance(100_000, 20_000)), terms).unwrap();
    let hash = offer.terms_hash();
    let accepted = offer.accept(acceptance(), day("2026-11-23"), &hash).unwrap();
    assert_eq!(accepted.status, ArrangementStatus::Accepted);
    let on = day("2026-11-24");
    let short = accepted.progress(mxn(9_999), on).unwrap();
    assert_eq!(accepted.clone().activate(&short).unwrap_err(), TransitionError::NotPaid);
    let there = accepted.progress(mxn(10_000), on).unwrap();
    assert_eq!(accepted.activate(&there).unwrap().status, ArrangementStatus::Active);
}

#[test]
fn terms_go_through_json_unchanged() {
    let terms = settlement();
    let text = serde_json::to_string(&terms).unwrap();
    assert_eq!(serde_json::from_str::<ArrangementTerms>(&text).unwrap(), terms);
}
