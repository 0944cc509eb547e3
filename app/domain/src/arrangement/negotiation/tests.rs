//! Negotiation against its promises, on random policies.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use super::*;
use crate::account::{Balance, Component, Stage};
use crate::arrangement::schedule::Frequency;
use crate::arrangement::{
    Arrangement, Offer, OfferCondition, OfferLevel, OfferLimits, OfferPolicy, OfferRule, OfferSubject,
};
use crate::ids::{AccountId, ArrangementId, CreditorId, PartyId};
use crate::money::{Currency, Decimal, Money};

const CURRENCY: Currency = Currency::MXN;
const EVERY: [Frequency; 5] =
    [Frequency::MONTHLY, Frequency::BIWEEKLY, Frequency::Weeks(1), Frequency::Days(10), Frequency::Months(2)];

fn today() -> NaiveDate {
    "2026-11-27".parse().unwrap()
}

fn pesos(minor: i64) -> Money {
    Money::from_minor(minor, CURRENCY)
}

fn percents(dice: &mut ChaCha8Rng, most: i64) -> BTreeMap<Component, Decimal> {
    let mut percents = BTreeMap::new();
    for component in Component::ALL {
        if dice.random_bool(0.5) {
            percents.insert(*component, Decimal::from(dice.random_range(0..=most)));
        }
    }
    percents
}

fn offer(dice: &mut ChaCha8Rng, name: usize) -> PublishedOffer {
    let every = (0..dice.random_range(1..3)).map(|_| EVERY[dice.random_range(0..EVERY.len())]).collect();
    let least = dice.random_bool(0.4).then(|| pesos(dice.random_range(1..60_000)));
    PublishedOffer {
        name: format!("offer {name}"),
        discount_pct: percents(dice, 100),
        most_payments: dice.random_range(1..30),
        every,
        first_pct: Decimal::from(if dice.random_bool(0.5) { 0 } else { dice.random_range(0..=100) }),
        first_within_days: dice.random_range(0..90),
        least_payment: least.into_iter().collect(),
        grace_days: dice.random_range(0..30),
        valid_days: dice.random_range(0..30),
    }
}

fn limits(dice: &mut ChaCha8Rng) -> OfferLimits {
    OfferLimits {
        discount_pct: percents(dice, 100),
        max_months: dice.random_range(0..60),
        min_installment: dice
            .random_bool(0.3)
            .then(|| pesos(dice.random_range(1..40_000)))
            .into_iter()
            .collect(),
        min_down_payment_pct: dice.random_bool(0.3).then(|| Decimal::from(dice.random_range(0..60))),
        max_grace_days: dice.random_range(0..40),
    }
}

/// A policy whose menu could be published.
fn policy(dice: &mut ChaCha8Rng) -> OfferPolicy {
    let manager = dice.random_bool(0.4).then(|| limits(dice));
    let offers = (0..dice.random_range(0..5)).map(|name| offer(dice, name));
    let mut published = Menu { offers: offers.collect() };
    published.offers.retain(|offer| Menu { offers: vec![offer.clone()] }.check(manager.as_ref()).is_ok());
    let rule = OfferRule {
        name: "random".to_owned(),
        when: OfferCondition::default(),
        agent: limits(dice),
        supervisor: limits(dice),
        manager,
        published,
        changes: crate::arrangement::ChangeLimits::default(),
    };
    OfferPolicy { rules: vec![rule] }
}

fn debt(dice: &mut ChaCha8Rng) -> Balance {
    let mut debt =
        Balance::zero(CURRENCY).with(Component::Principal, pesos(dice.random_range(1..900_000))).unwrap();
    for component in Component::ALL.iter().skip(1) {
        if dice.random_bool(0.5) {
            debt = debt.with(*component, pesos(dice.random_range(0..200_000))).unwrap();
        }
    }
    debt
}

fn proposal(dice: &mut ChaCha8Rng, debt: &Balance) -> Proposal {
    let owed = debt.total_minor();
    if dice.random_bool(0.5) {
        // What somebody proposes who would really pay.
        return Proposal {
            total: dice.random_bool(0.5).then(|| pesos(dice.random_range(owed / 2 + 1..=owed + 1))),
            first: None,
            first_on: today() + Days::new(dice.random_range(0..15)),
            payments: dice.random_range(1..6),
            every: EVERY[dice.random_range(0..2)],
            is_all_they_can: false,
        };
    }
    let total = dice.random_bool(0.7).then(|| dice.random_range(1..=owed + owed / 4));
    let first = dice.random_bool(0.5).then(|| dice.random_range(1..=total.unwrap_or(owed)));
    Proposal {
        total: total.map(pesos),
        first: first.map(pesos),
        first_on: today() + Days::new(dice.random_range(0..120)),
        payments: dice.random_range(1..40),
        every: EVERY[dice.random_range(0..EVERY.len())],
        is_all_they_can: dice.random_bool(0.1),
    }
}

/// The proposal that a deal answers to.
fn as_proposal(deal: &Deal, every: Frequency) -> Proposal {
    let down = deal.terms.down_payment.map(|_| deal.schedule[0].amount);
    Proposal {
        total: Some(deal.agreed.to_pay),
        first: down,
        first_on: deal.schedule[0].due_on,
        payments: u32::try_from(deal.schedule.len()).unwrap(),
        every,
        is_all_they_can: false,
    }
}

fn every(deal: &Deal) -> Frequency {
    deal.terms.frequency()
}

fn subject(debt: &Balance) -> OfferSubject {
    OfferSubject {
        creditors: vec![CreditorId(Uuid::from_u128(9))],
        products: vec![None],
        stage: Stage::Late,
        days_past_due: 90,
        total: pesos(debt.total_minor()),
    }
}

/// The arrangement that is made of a deal.
fn arranged(deal: &Deal, debt: &Balance) -> Arrangement {
    let offer = Offer {
        id: ArrangementId(Uuid::from_u128(1)),
        debtor_id: PartyId(Uuid::from_u128(2)),
        debts: vec![(AccountId(Uuid::from_u128(3)), *debt)],
        offered_on: today(),
        offered_by: "debtor:x".to_owned(),
        valid_until: Some(deal.valid_until),
    };
    Arrangement::offer(offer, deal.terms.clone()).unwrap()
}

/// What every deal is, by the menu and by what a manager may agree.
fn assert_within(deal: &Deal, policy: &OfferPolicy, debt: &Balance, case: &dyn Fn() -> String) {
    let rule = &policy.rules[0];
    let offer = rule.published.offers.iter().find(|offer| offer.name == deal.offer).unwrap();
    let sum: i64 = deal.schedule.iter().map(|due| due.amount.minor()).sum();
    assert_eq!(sum, deal.agreed.to_pay.minor(), "{}", case());
    let forgiven: i64 = deal.agreed.forgiven.iter().map(|(_, part)| part.minor()).sum();
    assert_eq!(sum + forgiven, debt.total_minor(), "nothing is added and nothing is lost: {}", case());
    // By component: never more asked than is owed, never more forgiven than there is.
    for component in Component::ALL {
        let gave = deal.agreed.forgiven.iter().find(|(named, _)| named == component);
        let gave = gave.map_or(0, |(_, part)| part.minor());
        assert_eq!(deal.agreed.debt.of(*component), debt.of(*component), "{}", case());
        assert!((0..=debt.of(*component).minor()).contains(&gave), "{component}: {}", case());
    }
    // Interest of the terms that grows while the deal is kept never raises it.
    let mut later = *debt;
    for component in [Component::Interest, Component::DefaultInterest, Component::LateCharge] {
        later = later.add(component, pesos(debt.of(Component::Principal).minor() / 7 + 1)).unwrap();
    }
    let grown = crate::arrangement::price(&deal.terms, &deal.agreed, &later).unwrap();
    assert_eq!(grown.to_pay, deal.agreed.to_pay, "a deal adds no interest: {}", case());
    assert!(deal.schedule.len() <= offer.most_payments as usize, "{}", case());
    let latest = today() + Days::new(offer.first_within_days.into());
    assert!(deal.schedule[0].due_on >= today() && deal.schedule[0].due_on <= latest, "{}", case());
    assert!(deal.schedule.is_sorted_by(|a, b| a.due_on < b.due_on), "{}", case());
    if let (Some(least), Some((_, regular))) = (offer.least(CURRENCY), deal.schedule.split_last()) {
        assert!(regular.iter().all(|due| due.amount >= least), "{}", case());
    }
    for (component, part) in &deal.agreed.forgiven {
        let most = Decimal::from_money(debt.of(*component)).mul(offer.discount_pct[component]).unwrap();
        let most =
            most.div(Decimal::from(100)).unwrap().to_money(CURRENCY, crate::money::Rounding::Up).unwrap();
        assert!(*part <= most, "{}", case());
    }
    let beyond = policy.beyond(OfferLevel::Manager, &subject(debt), &arranged(deal, debt)).unwrap();
    assert!(beyond.is_empty(), "{beyond:?}: {}", case());
}

/// A quarter of a hundred thousand random policies, debts and proposals.
fn every_deal_is_within_policy(seed: u64) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut seen = [0_u32; 3];
    for number in 0..25_000 {
        let (policy, debt) = (policy(&mut dice), debt(&mut dice));
        assert_eq!(policy.check(), Ok(()));
        let proposal = proposal(&mut dice, &debt);
        let menu = &policy.rules[0].published;
        let case = || format!("case {number}: {proposal:?} of {debt:?} under {menu:?}");
        match negotiate(menu, &debt, &proposal, today()).unwrap() {
            Decision::Accepted { deal } => {
                seen[0] += 1;
                assert_within(&deal, &policy, &debt, &case);
                assert!(proposal.total.is_none_or(|total| total >= deal.agreed.to_pay), "{}", case());
                assert_eq!(deal.schedule[0].due_on, proposal.first_on, "{}", case());
            }
            Decision::Countered { deals, reasons } => {
                seen[1] += 1;
                assert!(!deals.is_empty() && deals.len() <= 3 && !reasons.is_empty(), "{}", case());
                for (at, deal) in deals.iter().enumerate() {
                    let equal = |other: &Deal| other.agreed == deal.agreed && other.schedule == deal.schedule;
                    assert!(!deals[..at].iter().any(equal), "told twice: {}", case());
                }
                for deal in &deals {
                    assert_within(deal, &policy, &debt, &case);
                    let again = as_proposal(deal, every(deal));
                    let answer = negotiate(menu, &debt, &again, today()).unwrap();
                    let Decision::Accepted { deal: taken } = answer else {
                        panic!("a counter-offer is not taken back: {deal:?} {answer:?} {}", case())
                    };
                    assert!(taken.agreed.to_pay <= deal.agreed.to_pay, "{}", case());
                }
            }
            Decision::Referred { reasons } => {
                seen[2] += 1;
                assert_eq!(reasons.len(), 1, "{}", case());
            }
        }
    }
    assert!(seen.iter().all(|times| *times > 2_000), "every answer is met often: {seen:?}");
}

#[test]
fn every_deal_is_within_policy_1() {
    every_deal_is_within_policy(1);
}

#[test]
fn every_deal_is_within_policy_2() {
    every_deal_is_within_policy(2);
}

#[test]
fn every_deal_is_within_policy_3() {
    every_deal_is_within_policy(3);
}

#[test]
fn every_deal_is_within_policy_4() {
    every_deal_is_within_policy(4);
}

/// What a bot learns: every answer to its questions.
fn probe(policy: &OfferPolicy, debt: &Balance, seed: u64) -> Vec<Decision> {
    let menu = &policy.rule(&subject(debt)).unwrap().published;
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let (mut low, mut high) = (1, debt.total_minor());
    let mut learnt = Vec::new();
    for attempt in 0..1_000 {
        let mut asked = proposal(&mut dice, debt);
        if attempt % 2 == 0 {
            // Bisects for the least total that is taken.
            let middle = low + (high - low) / 2;
            asked =
                Proposal { total: Some(pesos(middle)), first: None, payments: 1, first_on: today(), ..asked };
        }
        let answer = negotiate(menu, debt, &asked, today()).unwrap();
        if attempt % 2 == 0 {
            let middle = asked.total.unwrap().minor();
            if matches!(answer, Decision::Accepted { .. }) {
                high = middle;
            } else {
                low = middle.min(high - 1).max(1);
            }
        }
        learnt.push(answer);
    }
    learnt
}

#[test]
fn a_bot_that_probes_learns_the_menu_and_nothing_else() {
    let mut dice = ChaCha8Rng::seed_from_u64(7);
    for seed in 0..8 {
        let debt = debt(&mut dice);
        let known = policy(&mut dice);
        let mut other = known.clone();
        // All that is not published is different; what a machine may agree stays within it.
        other.rules[0].agent = limits(&mut dice);
        other.rules[0].supervisor = limits(&mut dice);
        other.rules[0].manager = None;
        assert_eq!(probe(&known, &debt, seed), probe(&other, &debt, seed));
        // Every amount that an answer holds is that of a published offer.
        let menu = &known.rules[0].published;
        let prices: Vec<_> = menu.offers.iter().filter_map(|offer| offer.price(&debt).unwrap()).collect();
        for answer in probe(&known, &debt, seed) {
            let deals = match answer {
                Decision::Accepted { deal } => vec![deal],
                Decision::Countered { deals, .. } => deals,
                Decision::Referred { .. } => Vec::new(),
            };
            for deal in deals {
                assert!(prices.iter().any(|(_, agreed)| *agreed == deal.agreed));
            }
        }
    }
}

#[test]
fn asking_changes_nothing() {
    let mut dice = ChaCha8Rng::seed_from_u64(99);
    let (policy, debt) = (OfferPolicy::standard(), debt(&mut dice));
    assert_eq!(policy.check(), Ok(()));
    let menu = &policy.rules[0].published;
    let asked: Vec<_> = (0..50).map(|_| proposal(&mut dice, &debt)).collect();
    let answer = |one: &Proposal| negotiate(menu, &debt, one, today()).unwrap();
    let forwards: Vec<_> = asked.iter().map(answer).collect();
    let mut backwards: Vec<_> = asked.iter().rev().map(answer).collect();
    backwards.reverse();
    assert_eq!(forwards, backwards);
    assert_eq!(offers(menu, &debt, today()).unwrap().len(), 3);
}

fn balance(principal: i64, interest: i64) -> Balance {
    let debt = Balance::zero(CURRENCY).with(Component::Principal, pesos(principal)).unwrap();
    debt.with(Component::DefaultInterest, pesos(interest)).unwrap()
}

fn plain(total: Option<i64>, payments: u32) -> Proposal {
    Proposal {
        total: total.map(pesos),
        first: None,
        first_on: "2026-12-05".parse().unwrap(),
        payments,
        every: Frequency::MONTHLY,
        is_all_they_can: false,
    }
}

#[test]
fn who_offers_more_than_is_asked_pays_what_is_asked() {
    let menu = &OfferPolicy::standard().rules[0].published;
    // 1,000.00 and 200.00 of interest, of which a single payment gives up half.
    let answer = negotiate(menu, &balance(100_000, 20_000), &plain(Some(119_000), 1), today()).unwrap();
    let Decision::Accepted { deal } = answer else { panic!("{answer:?}") };
    assert_eq!((deal.offer.as_str(), deal.agreed.to_pay), ("single", pesos(110_000)));
    assert_eq!(deal.schedule.len(), 1);
}

#[test]
fn a_counter_keeps_what_was_asked_for_where_it_can() {
    let menu = &OfferPolicy::standard().rules[0].published;
    let answer = negotiate(menu, &balance(100_000, 20_000), &plain(Some(90_000), 6), today()).unwrap();
    let Decision::Countered { deals, reasons } = answer else { panic!("{answer:?}") };
    assert_eq!(reasons, [Reason::Total { proposed: pesos(90_000), least: pesos(120_000) }]);
    // Six payments, as asked for; then the cheaper ones with fewer.
    let told: Vec<_> = deals
        .iter()
        .map(|deal| (deal.offer.as_str(), deal.schedule.len(), deal.agreed.to_pay.minor()))
        .collect();
    assert_eq!(told, [("year", 6, 120_000), ("single", 1, 110_000), ("quarter", 3, 114_000)]);
    assert!(deals.iter().all(|deal| deal.schedule[0].due_on == "2026-12-05".parse().unwrap()));
    let all = Proposal { is_all_they_can: true, ..plain(Some(90_000), 6) };
    let answer = negotiate(menu, &balance(100_000, 20_000), &all, today()).unwrap();
    assert_eq!(answer, Decision::Referred { reasons: vec![Reason::AllTheyCan] });
}

#[test]
fn a_household_gets_what_it_can_pay() {
    let menu = &OfferPolicy::standard().rules[0].published;
    let household = |income, expenses| Affordability { income: pesos(income), expenses: pesos(expenses) };
    let ask = |household: &Affordability| {
        affordable(menu, &balance(100_000, 20_000), household, "2026-12-05".parse().unwrap(), today())
            .unwrap()
    };
    let Decision::Countered { deals, .. } = ask(&household(900_000, 860_000)) else { panic!() };
    // 200.00 a month: only the year fits.
    assert_eq!(deals.iter().map(|deal| deal.offer.as_str()).collect::<Vec<_>>(), ["year"]);
    assert!(deals[0].schedule.iter().all(|due| due.amount <= pesos(20_000)));
    assert_eq!(ask(&household(900_000, 899_000)), Decision::Referred { reasons: vec![Reason::AllTheyCan] });
    assert_eq!(ask(&household(900_000, 900_001)), Decision::Referred { reasons: vec![Reason::NothingLeft] });
}

#[test]
fn what_makes_no_sense_is_an_error() {
    let menu = &OfferPolicy::standard().rules[0].published;
    let debt = balance(100_000, 20_000);
    let ask = |proposal: Proposal| negotiate(menu, &debt, &proposal, today());
    let on = |day: &str| Proposal { first_on: day.parse().unwrap(), ..plain(None, 3) };
    assert!(matches!(ask(plain(None, 0)), Err(ProposalError::Payments(0))));
    assert!(matches!(ask(plain(None, u32::MAX)), Err(ProposalError::Payments(_))));
    assert!(matches!(ask(plain(Some(0), 1)), Err(ProposalError::Amount(_))));
    assert!(matches!(ask(plain(Some(-5), 1)), Err(ProposalError::Amount(_))));
    assert!(matches!(ask(on("2026-11-26")), Err(ProposalError::Past { .. })));
    assert!(matches!(ask(on("0001-01-01")), Err(ProposalError::Past { .. } | ProposalError::Plan(_))));
    assert!(ask(on("9999-12-31")).is_err());
    let dollars = Proposal { total: Some(Money::from_minor(5, Currency::USD)), ..plain(None, 1) };
    assert!(matches!(ask(dollars), Err(ProposalError::Amount(_))));
    let empty = Proposal { every: Frequency::Days(0), ..plain(None, 2) };
    assert!(matches!(ask(empty), Err(ProposalError::Plan(_))));
    let nothing = negotiate(menu, &Balance::zero(CURRENCY), &plain(None, 1), today());
    assert_eq!(nothing, Err(ProposalError::NothingOwed));
    let none = negotiate(&Menu::default(), &debt, &plain(None, 1), today()).unwrap();
    assert_eq!(none, Decision::Referred { reasons: vec![Reason::NoOffers] });
    // A cent in twelve parts is one payment.
    let cent = negotiate(menu, &balance(1, 0), &plain(None, 12), today()).unwrap();
    assert!(matches!(cent, Decision::Accepted { deal } if deal.schedule.len() == 1));
}

#[test]
fn a_menu_beyond_a_managers_limits_is_not_published() {
    let standard = OfferPolicy::standard();
    let manager = standard.rules[0].manager.clone().unwrap();
    let with = |change: &dyn Fn(&mut PublishedOffer)| {
        let mut menu = standard.rules[0].published.clone();
        change(&mut menu.offers[2]);
        menu.check(Some(&manager))
    };
    assert_eq!(with(&|_| {}), Ok(()));
    let percent = |offer: &mut PublishedOffer, pct: i64| {
        offer.discount_pct.insert(Component::Principal, Decimal::from(pct));
    };
    assert!(matches!(with(&|offer| percent(offer, 81)), Err(MenuError::Discount { .. })));
    assert!(matches!(with(&|offer| percent(offer, 101)), Err(MenuError::Percent { .. })));
    assert!(matches!(with(&|offer| offer.most_payments = 0), Err(MenuError::Payments { .. })));
    assert!(matches!(with(&|offer| offer.most_payments = 61), Err(MenuError::Long { .. })));
    assert!(matches!(with(&|offer| offer.every = vec![]), Err(MenuError::Frequency { .. })));
    assert!(matches!(with(&|offer| offer.grace_days = 31), Err(MenuError::Grace { .. })));
    assert!(matches!(with(&|offer| offer.name = "single".to_owned()), Err(MenuError::Name(_))));
}

#[test]
fn what_was_asked_is_offered_within_limits_where_it_can_be() {
    let mut dice = ChaCha8Rng::seed_from_u64(31);
    let mut within = 0;
    for _ in 0..5_000 {
        let (policy, debt) = (policy(&mut dice), debt(&mut dice));
        let asked = proposal(&mut dice, &debt);
        let limits = &policy.rules[0].supervisor;
        let terms = as_asked(&debt, &asked, Some(limits)).unwrap();
        let offer = Offer {
            id: ArrangementId(Uuid::from_u128(1)),
            debtor_id: PartyId(Uuid::from_u128(2)),
            debts: vec![(AccountId(Uuid::from_u128(3)), debt)],
            offered_on: today(),
            offered_by: "staff:x".to_owned(),
            valid_until: None,
        };
        // More parts than units make no plan.
        let Ok(made) = Arrangement::offer(offer, terms) else { continue };
        let to_pay = asked.total.map_or(debt.total_minor(), |total| total.minor().min(debt.total_minor()));
        assert_eq!(made.agreed.to_pay.minor(), to_pay);
        assert_eq!(made.schedule.first().unwrap().due_on, asked.first_on);
        let most: i64 = Component::ALL
            .iter()
            .map(|part| {
                let pct = limits.discount_pct.get(part).copied().unwrap_or(Decimal::ZERO);
                let share = Decimal::from_money(debt.of(*part)).mul(pct).unwrap().div(Decimal::from(100));
                share.unwrap().to_money(CURRENCY, crate::money::Rounding::Down).unwrap().minor()
            })
            .sum();
        let beyond = policy.beyond(OfferLevel::Supervisor, &subject(&debt), &made).unwrap();
        let discount =
            beyond.iter().any(|limit| matches!(limit, crate::arrangement::BeyondLimit::Discount { .. }));
        assert_eq!(discount, debt.total_minor() - to_pay > most, "{asked:?} of {debt:?}");
        within += u32::from(!discount);
    }
    assert!(within > 500, "{within}");
}
