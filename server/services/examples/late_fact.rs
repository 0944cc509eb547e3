//! Benchmark: a payment dated to the start of an account with 2,400 days of interest and 2,000
//! facts. Prints how long the replay takes in memory, and the whole posting on SQLite.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a measurement reads the machine's clock")]

use std::time::Instant;

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::account::{Balance, Component};
use domain::ids::{AccountId, EntryId};
use domain::interest::{InterestTerms, Method};
use domain::ledger::{
    AccountTerms, AccrualLine, AllocationOrder, Entry, Fact, FactKind, History, PaymentMethod, TermsVersion,
    reconcile, replay,
};
use domain::money::{Currency, DayCount, Money, Rounding};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CURRENCY: Currency = Currency::MXN;
const DAYS: u64 = 2_400;
const FACTS: u64 = 2_000;

fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + Days::new(n)
}

fn at(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + n, 0).unwrap()
}

fn fact(source: String, on: u64, recorded: i64, what: FactKind) -> Fact {
    Fact { source, effective_on: day(on), recorded_at: at(recorded), what }
}

fn payment(minor: i64) -> FactKind {
    FactKind::Payment {
        amount: Money::from_minor(minor, CURRENCY),
        method: PaymentMethod::BankTransfer,
        designated: vec![],
    }
}

/// What the journal says when `history` is brought up to date, and how long that took.
fn settle(terms: &AccountTerms, history: &History, cause: u128) -> Vec<Entry> {
    let replay = replay(CURRENCY, terms, &history.facts, day(DAYS)).unwrap();
    let mut next = cause << 64;
    let mut next_id = || {
        next += 1;
        EntryId(Uuid::from_u128(next))
    };
    let account = AccountId(Uuid::from_u128(1));
    let at = at(i64::try_from(cause).unwrap());
    reconcile(account, CURRENCY, history, &replay, EntryId(Uuid::from_u128(cause)), at, &mut next_id).unwrap()
}

fn main() {
    let interest = InterestTerms::constant("36".parse().unwrap(), Method::Simple(DayCount::Act360)).unwrap();
    let line = AccrualLine { component: Component::DefaultInterest, after_due: true, interest };
    let order = AllocationOrder::COSTS_INTEREST_PRINCIPAL;
    let version = TermsVersion { from: day(0), accruals: vec![line], order: None };
    let terms = AccountTerms {
        due_on: day(0),
        rounding: Rounding::HalfUp,
        versions: vec![version],
        default_order: order,
    };
    let owed =
        Balance::zero(CURRENCY).with(Component::Principal, Money::from_minor(500_000_000, CURRENCY)).unwrap();
    let mut history = History::default();
    history.learn(fact("opening".to_owned(), 0, 0, FactKind::Opening { owed }));
    for n in 1..FACTS {
        let on = n * DAYS / FACTS;
        history.learn(fact(format!("p:{n}"), on, i64::try_from(n).unwrap(), payment(600_000)));
    }
    let journal = settle(&terms, &history, 1 << 20);
    let mut late = History::of(&journal).unwrap();
    let started = Instant::now();
    late.learn(fact("late".to_owned(), 1, 9_999_999, payment(50_000_000)));
    let moved = settle(&terms, &late, 2 << 20);
    let took = started.elapsed();
    let mut whole = journal;
    whole.extend(moved.iter().cloned());
    let sum = whole.iter().try_fold(Balance::zero(CURRENCY), |balance, entry| entry.apply(balance)).unwrap();
    let full = replay(CURRENCY, &terms, &late.facts, day(DAYS)).unwrap().posted;
    assert_eq!(sum, full, "the journal is what a full recomputation gives");
    println!(
        "{{\"days\":{DAYS},\"facts\":{FACTS},\"entries_moved\":{},\"milliseconds\":{:.1},\"equal_to_the_cent\":true}}",
        moved.len(),
        took.as_secs_f64() * 1_000.0
    );
}
