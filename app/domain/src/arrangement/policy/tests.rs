use uuid::Uuid;

use super::*;
use crate::account::Balance;
use crate::arrangement::lifecycle::{ArrangementTerms, Offer};
use crate::arrangement::schedule::Frequency;
use crate::arrangement::{
    Activation, ArrangementKind, Cap, Consequence, Discount, Prepayment, ScheduleSpec, WhenForgiven,
};
use crate::ids::{AccountId, ArrangementId, PartyId};

fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::MXN)
}

fn offer(principal_pct: i64, count: u32, grace_days: u16) -> Arrangement {
    let terms = ArrangementTerms {
        kind: ArrangementKind::Settlement,
        schedule: ScheduleSpec::Regular {
            first_due_on: "2026-12-22".parse().unwrap(),
            every: Frequency::MONTHLY,
            count,
        },
        down_payment: None,
        concession: vec![
            (Component::DefaultInterest, Discount::Percent(Decimal::from(50))),
            (Component::Principal, Discount::Percent(Decimal::from(principal_pct))),
        ],
        when_forgiven: WhenForgiven::OnCompletion,
        cap: Cap::Agreed,
        grace_days,
        on_breach: Consequence::default(),
        prepayment: Prepayment::Next,
        activation: Activation::OnAcceptance,
        min_installment: None,
    };
    let owed = Balance::zero(Currency::MXN).with(Component::Principal, mxn(100_001)).unwrap();
    let offer = Offer {
        id: ArrangementId(Uuid::from_u128(1)),
        debtor_id: PartyId(Uuid::from_u128(2)),
        debts: vec![(
            AccountId(Uuid::from_u128(3)),
            owed.with(Component::DefaultInterest, mxn(3_333)).unwrap(),
        )],
        offered_on: "2026-11-22".parse().unwrap(),
        offered_by: "staff:x".to_owned(),
        valid_until: None,
    };
    Arrangement::offer(offer, terms).unwrap()
}

fn subject(total: i64) -> OfferSubject {
    OfferSubject {
        creditors: vec![CreditorId(Uuid::from_u128(9))],
        stage: Stage::Late,
        days_past_due: 45,
        total: mxn(total),
    }
}

#[test]
fn each_level_has_its_limits() {
    let policy = OfferPolicy::standard();
    let beyond = |level, offer: &Arrangement| policy.beyond(level, &subject(103_334), offer).unwrap();
    let modest = offer(0, 12, 5);
    assert_eq!(beyond(OfferLevel::Agent, &modest), [], "half of 3,333 rounds up and is within 50 %");
    let with_principal = offer(20, 12, 5);
    assert_eq!(
        beyond(OfferLevel::Agent, &with_principal),
        [BeyondLimit::Discount {
            component: Component::Principal,
            given: mxn(20_000),
            most_pct: Decimal::ZERO
        }]
    );
    assert_eq!(beyond(OfferLevel::Supervisor, &with_principal), []);
    let long = offer(30, 25, 16);
    assert_eq!(beyond(OfferLevel::Supervisor, &long).len(), 3, "discount, months and grace");
    assert_eq!(beyond(OfferLevel::Manager, &long), []);
    assert_eq!(beyond(OfferLevel::Manager, &offer(90, 1, 0)).len(), 1);
}

#[test]
fn the_first_rule_that_fits_holds() {
    let mut policy = OfferPolicy::standard();
    let mut small = policy.rules[0].clone();
    small.name = "small debts".to_owned();
    small.when = OfferCondition {
        stages: vec![Stage::Late],
        days_from: Some(31),
        total_to: Some(mxn(200_000)),
        ..OfferCondition::default()
    };
    small.agent.min_installment = vec![mxn(20_000)];
    small.agent.min_down_payment_pct = Some(Decimal::from(25));
    policy.rules.insert(0, small);
    assert_eq!(policy.rule(&subject(200_000)).unwrap().name, "small debts");
    assert_eq!(policy.rule(&subject(200_001)).unwrap().name, "standard");
    let dollars = OfferSubject { total: Money::from_minor(1, Currency::USD), ..subject(1) };
    assert_eq!(policy.rule(&dollars).unwrap().name, "standard", "amounts of other currencies do not compare");
    let beyond = policy.beyond(OfferLevel::Agent, &subject(103_334), &offer(0, 12, 0)).unwrap();
    assert!(
        matches!(beyond[..], [BeyondLimit::Installment { .. }, BeyondLimit::DownPayment { .. }]),
        "{beyond:?}"
    );
    policy.rules.truncate(1);
    let none = policy.beyond(OfferLevel::Manager, &subject(900_000), &offer(0, 12, 0)).unwrap();
    assert_eq!(none, [BeyondLimit::NoRule]);
}

#[test]
fn the_policy_goes_through_json() {
    let policy = OfferPolicy::standard();
    let text = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<OfferPolicy>(&text).unwrap(), policy);
}
