//! Seeded chance: everything random in the demo book comes from one stream.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::ids::uuid_v7;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

/// A stream of random choices, the same for the same seed on every machine.
pub struct Dice(ChaCha8Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A whole number from `low` to `high`, both included; `low` when they cross.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        if low >= high { low } else { self.0.random_range(low..=high) }
    }

    /// True in `percent` of cases.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.range(1, 100) <= percent
    }

    /// One of a list, which must not be empty.
    pub fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        from.choose(&mut self.0).copied().unwrap_or_default()
    }

    /// One of a list, as often as its weight says.
    pub fn weighted<T: Copy + Default>(&mut self, from: &[(i64, T)]) -> T {
        let total = from.iter().map(|(weight, _)| weight).sum();
        let mut left = self.range(1, total);
        for (weight, item) in from {
            left -= weight;
            if left <= 0 {
                return *item;
            }
        }
        T::default()
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.0);
    }

    /// A version 7 id made at `at`.
    pub fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let mut random = [0; 10];
        self.0.fill_bytes(&mut random);
        uuid_v7(at, random)
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// A moment of a working day, 9:00 to 18:00 in the middle of the Americas.
    pub fn working_hour(&mut self, on: NaiveDate) -> DateTime<Utc> {
        let seconds = self.range(15 * 3_600, 24 * 3_600 - 1);
        on.and_time(chrono::NaiveTime::MIN).and_utc() + Duration::seconds(seconds)
    }
}

/// `minor` times `basis_points` / 10,000, to whole `step`s.
pub fn share(minor: i64, basis_points: i64, step: i64) -> i64 {
    let exact = i128::from(minor) * i128::from(basis_points) / 10_000;
    i64::try_from(exact).unwrap_or(0) / step * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_tells_the_same_story() {
        let story = |seed| {
            let mut dice = Dice::new(seed);
            (0..50).map(|_| dice.range(0, 1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(story(7), story(7));
        assert_ne!(story(7), story(8));
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(1);
        let heads = (0..1_000).filter(|_| dice.weighted(&[(90, 1), (10, 2)]) == 1).count();
        assert!((850..950).contains(&heads), "{heads}");
        assert_eq!(share(1_000_099, 1_600, 100), 160_000);
    }
}
