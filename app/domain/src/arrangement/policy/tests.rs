use uuid::Uuid;

use super::*;
use crate::account::{Balance, Stage};
use crate::arrangement::lifecycle::{ArrangementTerms, Offer};
use crate::arrangement::schedule::Frequency;
use crate::arrangement::{
    Activation, ArrangementKind, Cap, Consequence, Discount, Prepayment, ScheduleSpec, WhenForgiven,
};
use crate::ids::CreditorId;
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
        products: vec![Some("Tarjeta".to_owned())],
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

#[test]
fn a_rule_says_why_it_does_not_fit() {
    let misses = |when: OfferCondition| when.misses(&subject(100));
    assert_eq!(misses(OfferCondition::default()), []);
    let named = |products: &[&str]| OfferCondition {
        products: products.iter().map(|name| (*name).to_owned()).collect(),
        ..OfferCondition::default()
    };
    assert_eq!(misses(named(&["préstamo", " TARJETA "])), []);
    assert_eq!(misses(named(&["préstamo"])), [Miss::Product]);
    let far = OfferCondition {
        stages: vec![Stage::Early],
        days_from: Some(90),
        total_from: Some(mxn(101)),
        ..OfferCondition::default()
    };
    assert_eq!(
        misses(far),
        [
            Miss::Stage(Stage::Late),
            Miss::TooEarly { days: 45, from: 90 },
            Miss::TooSmall { total: mxn(100), from: mxn(101) }
        ]
    );
    let dollars = Money::from_minor(1, Currency::USD);
    let other = OfferCondition { total_to: Some(dollars), ..OfferCondition::default() };
    assert_eq!(misses(other), [Miss::Currency]);
}

#[test]
fn a_policy_that_cannot_hold_names_rule_and_fault() {
    let fault = |change: &dyn Fn(&mut OfferPolicy)| {
        let mut policy = OfferPolicy::standard();
        change(&mut policy);
        policy.check().map_err(|error| (error.at, error.rule, *error.fault))
    };
    assert_eq!(fault(&|_| {}), Ok(()));
    assert!(matches!(fault(&|policy| policy.rules.clear()), Err((0, _, PolicyFault::Rules))));
    let twice = fault(&|policy| policy.rules.push(policy.rules[0].clone()));
    assert_eq!(twice, Err((1, "standard".to_owned(), PolicyFault::Name)));
    let days = fault(&|policy| {
        policy.rules[0].when.days_from = Some(9);
        policy.rules[0].when.days_to = Some(8);
    });
    assert!(matches!(days, Err((0, _, PolicyFault::Days { from: 9, to: 8 }))));
    let percent = fault(&|policy| {
        policy.rules[0].agent.discount_pct.insert(Component::Tax, Decimal::from(101));
    });
    assert!(matches!(percent, Err((_, _, PolicyFault::Percent { level: OfferLevel::Agent, .. }))));
    let menu = fault(&|policy| policy.rules[0].published.offers[1].grace_days = 99);
    assert!(matches!(menu, Err((_, _, PolicyFault::Menu(_)))));
    let changes = fault(&|policy| policy.rules[0].changes.moves = 99);
    assert!(matches!(changes, Err((_, _, PolicyFault::Changes))));
}

#[test]
fn a_policy_saved_before_debtors_could_change_plans_has_the_defaults() {
    let mut value = serde_json::to_value(OfferPolicy::standard()).unwrap();
    value["rules"][0].as_object_mut().unwrap().remove("changes");
    value["rules"][0]["when"].as_object_mut().unwrap().remove("products");
    assert_eq!(serde_json::from_value::<OfferPolicy>(value).unwrap(), OfferPolicy::standard());
}
