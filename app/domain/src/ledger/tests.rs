//! The journal against its own definition, on random histories.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::account::{Balance, Component};
use crate::ids::{AccountId, EntryId};
use crate::interest::{Grace, GraceMode, InterestTerms, Method};
use crate::money::{Currency, DayCount, Decimal, Money, Rounding};

const CURRENCY: Currency = Currency::MXN;

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + Days::new(offset)
}

fn at(seconds: i64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::seconds(seconds)
}

fn pesos(minor: i64) -> Money {
    Money::from_minor(minor, CURRENCY)
}

/// Two versions: a rate that changes, with tax and grace.
fn terms() -> AccountTerms {
    let line = |pct: &str| AccrualLine {
        component: Component::DefaultInterest,
        after_due: true,
        interest: InterestTerms {
            grace: Some(Grace { days: 5, mode: GraceMode::Excluded }),
            vat_pct: Some("16".parse().unwrap()),
            ..InterestTerms::constant(pct.parse().unwrap(), Method::Simple(DayCount::Act360)).unwrap()
        },
    };
    AccountTerms {
        due_on: day(10),
        rounding: Rounding::HalfUp,
        versions: vec![
            TermsVersion { from: day(0), accruals: vec![line("36")], order: None },
            TermsVersion {
                from: day(60),
                accruals: vec![line("24.5")],
                order: Some(AllocationOrder::INTEREST_COSTS_PRINCIPAL),
            },
        ],
        default_order: AllocationOrder::COSTS_INTEREST_PRINCIPAL,
    }
}

/// A journal as the product keeps it: each fact is learnt by itself, and only differences posted.
#[derive(Default)]
struct Kept {
    journal: Vec<Entry>,
    clock: i64,
}

impl Kept {
    fn opened() -> Self {
        let mut book = Self::default();
        let owed = Balance::zero(CURRENCY)
            .with(Component::Principal, pesos(1_000_000))
            .unwrap()
            .with(Component::CollectionCost, pesos(5_000))
            .unwrap();
        book.learn("opening", 0, FactKind::Opening { owed });
        book
    }

    fn learn(&mut self, source: &str, on: u64, what: FactKind) {
        self.clock += 1;
        let mut history = History::of(&self.journal).unwrap();
        history.learn(Fact {
            source: source.to_owned(),
            effective_on: day(on),
            recorded_at: at(self.clock),
            what,
        });
        if replay(CURRENCY, &terms(), &history.facts, day(4_000)).unwrap().changes(source) {
            self.post(&history);
        }
    }

    fn take_back(&mut self, source: &str) {
        self.clock += 1;
        let mut history = History::of(&self.journal).unwrap();
        history.forget(source);
        self.post(&history);
    }

    fn post(&mut self, history: &History) {
        let replay = replay(CURRENCY, &terms(), &history.facts, day(4_000)).unwrap();
        let mut next = self.journal.len() as u128;
        let mut next_id = || {
            next += 1;
            EntryId(Uuid::from_u128(next))
        };
        let cause = EntryId(Uuid::from_u128(1 << 64 | u128::from(self.clock.unsigned_abs())));
        let account = AccountId(Uuid::from_u128(1));
        let new =
            reconcile(account, CURRENCY, history, &replay, cause, at(self.clock), &mut next_id).unwrap();
        self.journal.extend(new);
    }

    /// The balance as of a day, as known at an instant: the sum of a part of the journal.
    fn balance(&self, as_of: NaiveDate, known_at: DateTime<Utc>) -> Balance {
        let known = self.journal.iter().filter(|e| e.effective_on <= as_of && e.recorded_at <= known_at);
        known.fold(Balance::zero(CURRENCY), |balance, entry| entry.apply(balance).unwrap())
    }

    /// The same by its definition: a replay of the facts known then.
    fn replayed(&self, as_of: NaiveDate, known_at: DateTime<Utc>) -> Replay {
        let known: Vec<_> = self.journal.iter().filter(|e| e.recorded_at <= known_at).cloned().collect();
        replay(CURRENCY, &terms(), &History::of(&known).unwrap().facts, as_of).unwrap()
    }

    fn trial_balance(&self) -> BTreeMap<Book, i64> {
        let mut sums = BTreeMap::new();
        for posting in self.journal.iter().flat_map(Entry::postings) {
            *sums.entry(posting.book).or_default() += posting.amount.minor();
        }
        sums.retain(|_, sum| *sum != 0);
        sums
    }
}

#[derive(Clone, Debug)]
enum Step {
    Learn(u64, FactKind),
    /// Takes back the nth of the facts learnt so far.
    TakeBack(usize),
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let designated = prop::collection::vec(prop::sample::select(Component::ALL.to_vec()), 0..3);
    let payment = (1..400_000_i64, designated).prop_map(|(minor, designated)| FactKind::Payment {
        amount: pesos(minor),
        method: PaymentMethod::BankTransfer,
        designated,
    });
    let charge = (1..20_000_i64, any::<bool>()).prop_map(|(minor, only_while_owed)| FactKind::Charge {
        component: Component::LateCharge,
        amount: pesos(minor),
        only_while_owed,
        beneficiary: Beneficiary::Agency,
    });
    let forgiveness = (1..100_000_i64).prop_map(|minor| FactKind::Forgiveness {
        parts: vec![(Component::DefaultInterest, pesos(minor)), (Component::Principal, pesos(minor / 2))],
    });
    let back = (1..400_000_i64, 0..6_u8, any::<bool>()).prop_map(|(minor, of, taken)| FactKind::MoneyBack {
        amount: pesos(minor),
        method: PaymentMethod::BankTransfer,
        of: format!("fact:{of}"),
        why: if taken { MoneyBack::Chargeback } else { MoneyBack::Refund },
    });
    let again = (1..200_000_i64, 0..6_u8).prop_map(|(minor, of)| FactKind::MoneyAgain {
        amount: pesos(minor),
        method: PaymentMethod::BankTransfer,
        of: format!("fact:{of}"),
    });
    let what = prop_oneof![
        6 => payment, 2 => back, 1 => again, 2 => charge, 1 => forgiveness, 1 => Just(FactKind::ChargeOff),
    ];
    let step = prop_oneof![
        8 => (0..400_u64, what).prop_map(|(on, what)| Step::Learn(on, what)),
        1 => (0..40_usize).prop_map(Step::TakeBack),
    ];
    prop::collection::vec(step, 1..most)
}

fn walk(steps: &[Step]) -> Kept {
    let mut book = Kept::opened();
    let mut learnt: Vec<String> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Learn(on, what) => {
                let source = format!("fact:{number}");
                book.learn(&source, *on, what.clone());
                learnt.push(source);
            }
            Step::TakeBack(nth) if *nth < learnt.len() => book.take_back(&learnt.remove(*nth)),
            Step::TakeBack(_) => {}
        }
    }
    book
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_journal_balances_and_is_what_a_full_replay_gives(steps in steps(6)) {
        let book = walk(&steps);
        prop_assert_eq!(book.trial_balance().values().sum::<i64>(), 0);
        let full = book.replayed(day(4_000), at(i64::from(i32::MAX)));
        prop_assert_eq!(book.balance(day(4_000), at(i64::from(i32::MAX))), full.posted);
        // Nothing is left to post.
        let history = History::of(&book.journal).unwrap();
        let none = reconcile(
            AccountId(Uuid::nil()), CURRENCY, &history, &full, EntryId(Uuid::nil()), at(0), &mut || EntryId(Uuid::nil()),
        ).unwrap();
        prop_assert_eq!(none, vec![]);
    }

    #[test]
    fn a_balance_at_two_times_is_a_replay_of_the_prefix(
        steps in steps(6), as_of in 0..450_u64, known in 0..12_i64,
    ) {
        let book = walk(&steps);
        let (as_of, known_at) = (day(as_of), at(known));
        prop_assert_eq!(book.balance(as_of, known_at), book.replayed(as_of, known_at).posted);
    }

    #[test]
    fn taking_a_fact_back_restores_the_books(steps in steps(6), on in 0..400_u64, minor in 1..2_000_000_i64) {
        let mut book = walk(&steps);
        let before = book.trial_balance();
        book.learn("late", on, FactKind::Payment { amount: pesos(minor), method: PaymentMethod::OfficeCash, designated: vec![] });
        book.take_back("late");
        prop_assert_eq!(book.trial_balance(), before);
    }

    #[test]
    fn the_order_in_which_facts_are_learnt_does_not_matter(steps in steps(6)) {
        let facts: Vec<_> = steps.iter().filter_map(|step| match step {
            Step::Learn(on, what) => Some((*on, what.clone())),
            Step::TakeBack(_) => None,
        }).collect();
        // One fact a day, so that the day alone gives the order.
        let mut days: Vec<_> = facts.iter().map(|(on, _)| *on).collect();
        days.sort_unstable();
        days.dedup();
        prop_assume!(days.len() == facts.len());
        let learn = |facts: &mut dyn Iterator<Item = &(u64, FactKind)>| {
            let mut book = Kept::opened();
            for (on, what) in facts {
                book.learn(&format!("fact:{on}"), *on, what.clone());
            }
            book.trial_balance()
        };
        prop_assert_eq!(learn(&mut facts.iter()), learn(&mut facts.iter().rev()));
    }
}

fn paid(minor: i64) -> FactKind {
    FactKind::Payment { amount: pesos(minor), method: PaymentMethod::Gateway, designated: vec![] }
}

fn back(minor: i64, why: MoneyBack) -> FactKind {
    FactKind::MoneyBack { amount: pesos(minor), method: PaymentMethod::Gateway, of: "pay".to_owned(), why }
}

#[test]
fn money_back_is_owed_again_from_its_day_the_last_covered_first() {
    let mut book = Kept::opened();
    // 5,000 of costs, then 3,000 of principal; no interest before day 15.
    book.learn("pay", 5, paid(8_000));
    book.learn("refund", 12, back(4_000, MoneyBack::Refund));
    let owed = book.balance(day(12), at(99));
    assert_eq!(owed.of(Component::Principal), pesos(1_000_000));
    assert_eq!(owed.of(Component::CollectionCost), pesos(1_000));
    // What came before is as it was.
    assert_eq!(book.balance(day(11), at(99)).total_minor(), 997_000);
    let sums = book.trial_balance();
    assert_eq!(sums[&Book::Cash(CashBook::GatewayClearing)], 4_000);
    assert!(!sums.contains_key(&Book::Unapplied));
    // More than the payment holds is not put on the debt.
    book.learn("too much", 13, back(9_000, MoneyBack::Chargeback));
    assert_eq!(book.balance(day(13), at(99)).total_minor(), 1_005_000);
    assert_eq!(book.trial_balance()[&Book::Unapplied], 5_000);
}

#[test]
fn money_back_from_an_overpayment_takes_what_was_left_over_first() {
    let mut book = Kept::opened();
    book.learn("pay", 5, paid(1_006_000));
    book.learn("refund", 6, back(1_000, MoneyBack::Refund));
    assert_eq!(book.balance(day(6), at(99)).total_minor(), 0);
    book.learn("taken", 7, back(1_005_000, MoneyBack::Chargeback));
    assert_eq!(book.balance(day(7), at(99)).total_minor(), 1_005_000);
    assert!(!book.trial_balance().contains_key(&Book::Unapplied));
}

fn again(minor: i64) -> FactKind {
    FactKind::MoneyAgain { amount: pesos(minor), method: PaymentMethod::Gateway, of: "pay".to_owned() }
}

#[test]
fn money_that_came_again_can_go_back_once_more() {
    let mut book = Kept::opened();
    book.learn("pay", 5, paid(8_000));
    book.learn("refund", 6, back(4_000, MoneyBack::Refund));
    book.learn("refund failed", 7, again(4_000));
    assert_eq!(book.balance(day(7), at(99)).total_minor(), 997_000);
    // The bank takes all of it: the whole debt is owed, and nothing is left over anywhere.
    book.learn("dispute", 8, back(8_000, MoneyBack::Chargeback));
    assert_eq!(book.balance(day(8), at(99)).total_minor(), 1_005_000);
    assert!(!book.trial_balance().contains_key(&Book::Unapplied));
    book.learn("won", 9, again(8_000));
    book.learn("refund of the rest", 10, back(8_000, MoneyBack::Refund));
    assert_eq!(book.balance(day(10), at(99)).total_minor(), 1_005_000);
    assert!(!book.trial_balance().contains_key(&Book::Unapplied));
}

#[test]
fn a_payment_story_ends_the_same_in_every_order() {
    let story = [
        ("pay", 20, paid(600_000)),
        ("fee", 20, FactKind::GatewayFee { amount: pesos(21_900) }),
        ("refund", 30, back(100_000, MoneyBack::Refund)),
        ("dispute", 45, back(500_000, MoneyBack::Chargeback)),
        ("won", 70, again(500_000)),
    ];
    let mut ends = Vec::new();
    for first in 0..story.len() {
        for second in 0..story.len() {
            let mut order: Vec<_> = story.iter().collect();
            order.swap(0, first);
            order.swap(1, second);
            let mut book = Kept::opened();
            for (source, on, what) in order {
                book.learn(source, *on, what.clone());
            }
            ends.push((book.trial_balance(), book.balance(day(90), at(99))));
        }
    }
    assert!(ends.iter().all(|end| *end == ends[0]));
    assert_eq!(ends[0].0[&Book::GatewayFees], 21_900);
}

#[test]
fn interest_is_rounded_once_however_often_it_is_taken() {
    let pay = |book: &mut Kept, source: &str, on| {
        book.learn(
            source,
            on,
            FactKind::Payment { amount: pesos(1), method: PaymentMethod::Gateway, designated: vec![] },
        );
    };
    let mut seldom = Kept::opened();
    let mut often = Kept::opened();
    for on in 16..40 {
        pay(&mut often, &format!("p:{on}"), on);
    }
    for number in 0..24 {
        pay(&mut seldom, &format!("p:{number}"), 39);
    }
    // Cents paid go to costs, so the principal is the same all along.
    assert_eq!(often.trial_balance(), seldom.trial_balance());
    let interest = seldom.balance(day(40), at(99)).of(Component::DefaultInterest);
    // 10,000.00 × 36 % × (39 − 15) / 360.
    assert_eq!(interest, pesos(24_000));
    assert_eq!(seldom.balance(day(40), at(99)).of(Component::Tax), pesos(3_840));
}

#[test]
fn a_payment_that_turns_out_to_be_early_takes_interest_and_late_charges_away() {
    let mut book = Kept::opened();
    let charge = FactKind::Charge {
        component: Component::LateCharge,
        amount: pesos(15_000),
        only_while_owed: true,
        beneficiary: Beneficiary::Creditor,
    };
    book.learn("charge:late", 30, charge);
    book.learn(
        "p:1",
        40,
        FactKind::Payment { amount: pesos(100), method: PaymentMethod::Gateway, designated: vec![] },
    );
    assert!(book.balance(day(40), at(99)).of(Component::DefaultInterest).is_positive());
    book.learn(
        "p:0",
        5,
        FactKind::Payment {
            amount: pesos(1_005_000),
            method: PaymentMethod::BankTransfer,
            designated: vec![],
        },
    );
    let now = book.balance(day(40), at(99));
    assert_eq!(now, Balance::zero(CURRENCY));
    assert_eq!(book.trial_balance().get(&Book::Unapplied), Some(&-100));
    // What we said on day 40 before we knew stays readable.
    assert!(book.balance(day(40), at(3)).of(Component::LateCharge).is_positive());
}

#[test]
fn a_charge_off_moves_the_balance_and_payments_follow_it() {
    let mut book = Kept::opened();
    book.learn("off", 20, FactKind::ChargeOff);
    book.learn(
        "p",
        21,
        FactKind::Payment { amount: pesos(50_000), method: PaymentMethod::Gateway, designated: vec![] },
    );
    let books = book.trial_balance();
    assert!(books.keys().all(|book| !matches!(book, Book::Debt(_))));
    assert!(books.contains_key(&Book::Memorandum(Component::Principal)));
}

#[test]
fn too_much_is_an_error() {
    let owed = Balance::zero(CURRENCY).with(Component::Principal, pesos(i64::MAX)).unwrap();
    let opening = |source: &str| Fact {
        source: source.to_owned(),
        effective_on: day(0),
        recorded_at: at(0),
        what: FactKind::Opening { owed },
    };
    let twice = [opening("a"), opening("b")];
    assert!(replay(CURRENCY, &terms(), &twice, day(1)).is_err());
    assert!(replay(CURRENCY, &terms(), &[opening("a")], day(1)).is_ok());
    // So much interest that no balance can hold it.
    assert!(replay(CURRENCY, &terms(), &[opening("a")], day(40_000)).is_err());
    let rate = InterestTerms::constant(Decimal::from(1_000_000), Method::Simple(DayCount::Act360)).unwrap();
    let mut wild = terms();
    wild.versions[1].accruals[0].interest = rate;
    assert!(replay(CURRENCY, &wild, &[opening("a")], day(4_000)).is_err());
}
