use std::collections::{HashMap, HashSet};

use domain::account::{Balance, PromiseStatus, Stage};
use domain::money::Currency;
use domain::party::ContactKind;

use super::*;

fn plan(accounts: u32, seed: u64) -> DemoPlan {
    DemoPlan { accounts, seed, as_of: "2026-11-20".parse().unwrap() }
}

#[test]
fn the_same_seed_and_date_give_the_same_book() {
    let fingerprint = |plan| build(plan).fingerprint().unwrap();
    assert_eq!(fingerprint(plan(120, 1)), fingerprint(plan(120, 1)));
    assert_ne!(fingerprint(plan(120, 1)), fingerprint(plan(120, 2)));
    let later = DemoPlan { as_of: "2026-11-21".parse().unwrap(), ..plan(120, 1) };
    assert_ne!(fingerprint(plan(120, 1)), fingerprint(later));
}

#[test]
fn balances_are_what_the_entries_say() {
    let book = build(plan(400, 5));
    let mut balances: HashMap<_, Balance> = HashMap::new();
    for entry in &book.entries {
        let before = balances.get(&entry.account_id).copied().unwrap_or(Balance::zero(entry.currency()));
        balances.insert(entry.account_id, entry.apply(before).unwrap());
    }
    assert_eq!(book.accounts.len(), 400);
    for demo in &book.accounts {
        assert_eq!(balances[&demo.account.id], demo.balance, "{}", demo.account.external_id);
        assert!(demo.balance.components().all(|(_, amount)| !amount.is_negative()));
    }
}

#[test]
fn nothing_happens_before_placement_or_after_the_date() {
    let book = build(plan(400, 6));
    let opened: HashMap<_, _> = book
        .entries
        .iter()
        .filter(|entry| entry.source.starts_with("import:"))
        .map(|entry| (entry.account_id, entry.effective_on))
        .collect();
    assert_eq!(opened.len(), 400);
    for entry in &book.entries {
        assert!(entry.effective_on < book.as_of && entry.effective_on >= opened[&entry.account_id]);
        assert!(entry.recorded_at < book.made_at);
    }
    for activity in &book.activities {
        let on = activity.at.date_naive();
        assert!(on < book.as_of && on >= opened[&activity.account_id]);
    }
    for promise in &book.promises {
        assert!(promise.taken_at.date_naive() <= promise.due_on);
        assert_eq!(promise.status == PromiseStatus::Open, promise.due_on > book.as_of);
        assert!(promise.amount.is_positive());
    }
}

#[test]
fn the_spread_is_believable() {
    let book = build(plan(2_000, 7));
    let mut stages: HashMap<Stage, usize> = HashMap::new();
    for demo in &book.accounts {
        *stages.entry(demo.account.stage(&demo.balance, book.as_of)).or_default() += 1;
    }
    for (stage, least, most) in [
        (Stage::Settled, 40, 160),
        (Stage::PreDelinquency, 120, 300),
        (Stage::Early, 450, 720),
        (Stage::Late, 380, 640),
        (Stage::Residual, 280, 500),
        (Stage::ChargedOff, 120, 300),
    ] {
        let count = stages.get(&stage).copied().unwrap_or(0);
        assert!((least..=most).contains(&count), "{stage}: {count}");
    }
    let currencies: HashSet<_> = book.accounts.iter().map(|a| a.account.currency).collect();
    assert_eq!(currencies, HashSet::from([Currency::MXN, Currency::COP]));
    assert!(book.payments.len() > 1_000 && book.plans.len() > 20 && book.activities.len() > 1_500);
    for status in [PromiseStatus::Open, PromiseStatus::Kept, PromiseStatus::Broken] {
        let count = book.promises.iter().filter(|promise| promise.status == status).count();
        assert!(count > 50, "{status}: {count}");
    }
}

#[test]
fn names_and_documents_hardly_repeat() {
    let book = build(plan(1_000, 8));
    let documents: HashSet<_> = book.parties.iter().map(|party| &party.document).collect();
    assert_eq!(documents.len(), book.parties.len());
    let external: HashSet<_> = book.accounts.iter().map(|a| &a.account.external_id).collect();
    assert_eq!(external.len(), 1_000);
}

#[test]
fn plans_add_up_to_the_debt() {
    let book = build(plan(2_000, 9));
    for payment_plan in &book.plans {
        let demo = book.accounts.iter().find(|a| a.account.id == payment_plan.account_id).unwrap();
        let sum: i64 = payment_plan.installments.iter().map(|(_, amount)| amount.minor()).sum();
        assert_eq!(sum, demo.balance.total_minor());
        assert!(
            payment_plan.installments.iter().all(|(due, amount)| *due > book.as_of && amount.is_positive())
        );
    }
}

#[test]
fn each_collector_has_a_day_of_stops_with_places() {
    for accounts in [200, 1_000] {
        let book = build(plan(accounts, 1));
        let placed: HashSet<_> = book
            .contact_points
            .iter()
            .filter(|point| point.kind == ContactKind::Address && point.latitude.is_some())
            .map(|point| point.party_id)
            .collect();
        let debtor_of: HashMap<_, _> =
            book.accounts.iter().map(|a| (a.account.id, a.account.debtor_id)).collect();
        for login in ["cobrador1", "cobrador2"] {
            let user = book.staff.iter().find(|user| user.login == login).unwrap();
            let today: Vec<_> = book
                .assignments
                .iter()
                .filter(|stop| stop.user_id == user.id && stop.on_date == book.as_of)
                .collect();
            assert!((12..=15).contains(&today.len()), "{accounts} {login}: {}", today.len());
            assert!(today.iter().map(|stop| stop.position).eq(1..=i32::try_from(today.len()).unwrap()));
            assert!(today.iter().all(|stop| placed.contains(&debtor_of[&stop.account_id])));
        }
    }
}

#[test]
fn known_debtors_are_there_and_owe() {
    let book = build(plan(10, 1));
    assert_eq!(book.accounts.len(), 10);
    let known = &book.known_debtors[0];
    let party = book.parties.iter().find(|party| party.document.as_ref() == Some(&known.document)).unwrap();
    let owed: i64 = book
        .accounts
        .iter()
        .filter(|a| a.account.debtor_id == party.id)
        .map(|a| a.balance.total_minor())
        .sum();
    assert!(owed > 0);
    assert_eq!(build(plan(1, 1)).accounts.len(), 1);
    assert_eq!(build(plan(0, 1)).accounts.len(), 0);
}

#[test]
fn the_evening_in_mexico_is_not_tomorrow() {
    let evening = "2026-11-21T03:30:00Z".parse().unwrap();
    assert_eq!(DemoPlan::today(evening).to_string(), "2026-11-20");
}

#[test]
fn passwords_are_long_enough_for_sign_in() {
    assert!(PASSWORD.chars().count() >= 10);
}
