//! Intervals hold what they promise, on synthetic books whose truth is known.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "synthetic amounts are rounded"
)]

use inference::{Coming, NoForecast, Past, Sums, TooLittle, UNLIKELY, compare, forecast, split_chance};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rand_distr::{Beta, Distribution, LogNormal};

const BOOKS: usize = 2_000;

fn chance(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// The true mean of the amounts below.
fn mean_amount(log_mean: f64) -> f64 {
    (log_mean + 0.9_f64.powi(2) / 2.0).exp()
}

/// A person: one to three debts, a readiness of their own that all of them share, skewed amounts.
fn person(rate: f64, log_mean: f64, rng: &mut ChaCha20Rng) -> (i64, i64, i64) {
    let debts = match rng.random_range(0..10) {
        0 => 3,
        1..=2 => 2,
        _ => 1,
    };
    let ready = Beta::new(rate * 4.0, (1.0 - rate) * 4.0).unwrap().sample(rng);
    let amounts = LogNormal::new(log_mean, 0.9).unwrap();
    let (mut paid, mut money) = (0, 0);
    for _ in 0..debts {
        if rng.random_bool(ready) {
            paid += 1;
            money += amounts.sample(rng).round() as i64;
        }
    }
    (debts, paid, money)
}

/// Books of two groups, 70 to 30, with these chances to pay: how often the interval of the paid share
/// covers the truth and how often that of the money does, in per cent; and how often each tells a
/// difference.
fn books(people: usize, champion: f64, challenger: f64, seed: u64) -> [f64; 4] {
    let mut rng = chance(seed);
    let log_mean = 10.0;
    let truth = (challenger - champion, (challenger - champion) * mean_amount(log_mean));
    let (mut covered, mut told, mut money_books) = ([0; 2], [0; 2], 0);
    for _ in 0..BOOKS {
        let (mut share, mut money) = ([Sums::default(); 2], [Sums::default(); 2]);
        for _ in 0..people {
            let arm = usize::from(rng.random_range(0..100) >= 70);
            let rate = if arm == 0 { champion } else { challenger };
            let (debts, paid, brought) = person(rate, log_mean, &mut rng);
            share[arm].add(debts, paid);
            money[arm].add(debts, brought);
        }
        let found = compare(&share[0], &share[1]).unwrap();
        covered[0] += usize::from(found.low <= truth.0 && truth.0 <= found.high);
        told[0] += usize::from(found.is_told());
        if let Ok(found) = compare(&money[0], &money[1]) {
            money_books += 1;
            covered[1] += usize::from(found.low <= truth.1 && truth.1 <= found.high);
            told[1] += usize::from(found.is_told());
        }
    }
    assert!(money_books * 10 > BOOKS * 9, "money was told in {money_books} books only");
    let share = |count: usize| 100.0 * count as f64 / BOOKS as f64;
    let of_money = |count: usize| 100.0 * count as f64 / money_books as f64;
    [share(covered[0]), of_money(covered[1]), share(told[0]), of_money(told[1])]
}

#[test]
fn a_planted_effect_is_covered() {
    let [share, money, told, _] = books(2_000, 0.20, 0.28, 1);
    assert!((93.5..=96.5).contains(&share), "share: {share} %");
    assert!((93.5..=96.5).contains(&money), "money: {money} %");
    assert!(told > 80.0, "told in {told} %");
}

#[test]
fn no_effect_is_a_false_alarm_in_five_of_a_hundred() {
    let [share, money, false_share, false_money] = books(2_000, 0.20, 0.20, 2);
    assert!((93.5..=96.5).contains(&share), "share: {share} %");
    assert!((93.5..=96.5).contains(&money), "money: {money} %");
    assert!((3.5..=6.5).contains(&false_share), "{false_share} %");
    assert!((3.5..=6.5).contains(&false_money), "{false_money} %");
}

#[test]
fn too_little_is_said_not_computed() {
    let mut few = Sums::default();
    (0..99).for_each(|index| few.add(1, index % 2));
    let mut many = few;
    many.add(1, 1);
    assert_eq!(compare(&few, &many), Err(TooLittle::People { wanted: 100 }));
    assert!(compare(&many, &many).is_ok());
    let mut same = Sums::default();
    (0..200).for_each(|_| same.add(1, 1));
    assert_eq!(compare(&same, &same), Err(TooLittle::NoSpread));
    // One payment that outweighs all others.
    let mut one = Sums::default();
    (0..200).for_each(|index| one.add(1, if index == 0 { 1_000_000 } else { 10 + index % 7 }));
    let mut plain = Sums::default();
    (0..200).for_each(|index| plain.add(1, 10 + index % 7));
    assert_eq!(compare(&plain, &one), Err(TooLittle::Lopsided));
}

#[test]
fn a_wrong_split_is_found_and_a_right_one_is_not() {
    let mut rng = chance(3);
    let mut alarms = 0;
    for _ in 0..BOOKS {
        let first = (0..1_000).filter(|_| rng.random_range(0..100) < 70).count() as i64;
        let p = split_chance(&[(first, 70), (1_000 - first, 30)]).unwrap();
        alarms += usize::from(p < UNLIKELY);
    }
    assert!(alarms < 10, "{alarms} of {BOOKS}");
    assert!(split_chance(&[(5_200, 50), (4_800, 50)]).unwrap() < UNLIKELY);
    assert_eq!(split_chance(&[(2, 50), (3, 50)]), None);
}

/// People of one time: two stages, wide balances, contacted or not; who owes little pays sooner.
fn time(people: usize, rng: &mut ChaCha20Rng) -> Vec<Past> {
    let balances = LogNormal::new(12.0, 0.8).unwrap();
    let parts = Beta::new(2.0, 3.0).unwrap();
    (0..people)
        .map(|_| {
            let stage = rng.random_range(2..4_u8);
            let owed: f64 = balances.sample(rng);
            let contacted = rng.random_bool(0.6);
            let rate = 0.18 + if stage == 2 { 0.12 } else { 0.0 } + if contacted { 0.1 } else { 0.0 };
            let rate = if owed < 160_000.0 { rate + 0.08 } else { rate };
            let part: f64 = parts.sample(rng);
            let paid = if rng.random_bool(rate) { (owed * part).ceil() as i64 } else { 0 };
            Past { stage, owed: owed as i64, contacted, paid }
        })
        .collect()
}

#[test]
fn what_comes_in_lies_in_the_interval() {
    let mut rng = chance(4);
    let (mut payers, mut money, mut books) = (0, 0, 0);
    let mut low_wide = 0.0;
    for book in 0..BOOKS / 2 {
        let history = time(1_200, &mut rng);
        let future = time(500, &mut rng);
        let coming: Vec<_> = future
            .iter()
            .map(|past| Coming { stage: past.stage, owed: past.owed, contacted: past.contacted })
            .collect();
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&(book as u64).to_le_bytes());
        let found = forecast(&history, &coming, seed).unwrap();
        let paid = future.iter().filter(|past| past.paid > 0).count() as f64;
        let brought: i64 = future.iter().map(|past| past.paid).sum();
        books += 1;
        payers += usize::from(found.payers.low <= paid && paid <= found.payers.high);
        money += usize::from(found.money.low <= brought as f64 && brought as f64 <= found.money.high);
        low_wide += (found.money.high - found.money.low) / found.money.middle;
    }
    let share = |count: usize| 100.0 * count as f64 / books as f64;
    assert!((93.5..=96.5).contains(&share(payers)), "payers: {} %", share(payers));
    assert!((93.5..=96.5).contains(&share(money)), "money: {} %", share(money));
    assert!(low_wide / (books as f64) < 0.8, "the interval says something");
}

#[test]
fn too_little_history_is_no_forecast() {
    let mut rng = chance(5);
    let history = time(60, &mut rng);
    let coming = [Coming { stage: 2, owed: 1_000, contacted: true }];
    assert!(matches!(
        forecast(&history, &coming, [0; 32]),
        Err(NoForecast::TooLittle { contacted: true, .. })
    ));
    assert_eq!(forecast(&history, &[], [0; 32]), Err(NoForecast::Nobody));
}
