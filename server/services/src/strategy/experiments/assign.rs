//! Into which arm a person falls: by a keyed hash, so that anybody who has the seed finds the same,
//! in whatever order, process or database.

use domain::ids::PartyId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A person's point of a hundred, from 0.
pub fn point(seed: &str, person: PartyId) -> i32 {
    // A hash takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(seed.as_bytes()) else { return 0 };
    mac.update(person.0.as_bytes());
    let hash = mac.finalize().into_bytes();
    let mut first = [0; 8];
    first.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    let scaled = (u128::from(u64::from_be_bytes(first)) * 100) >> 64;
    i32::try_from(scaled).unwrap_or(0)
}

/// The arm that holds a point: arms lie one after the other, each as wide as its share.
pub fn arm(shares: impl IntoIterator<Item = (i32, i32)>, point: i32) -> Option<i32> {
    let mut end = 0;
    shares.into_iter().find_map(|(arm, share)| {
        end += share;
        (point < end).then_some(arm)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARES: [(i32, i32); 3] = [(0, 50), (1, 35), (2, 15)];

    fn people() -> impl Iterator<Item = PartyId> {
        (1..=100_000_u128).map(|number| PartyId(uuid::Uuid::from_u128(number << 64 | number)))
    }

    #[test]
    fn shares_are_kept_within_what_chance_allows() {
        for seed in ["a", "b", "0f3e"] {
            let mut sizes = [0_i64; 3];
            for person in people() {
                let arm = arm(SHARES, point(seed, person)).unwrap();
                sizes[usize::try_from(arm).unwrap()] += 1;
            }
            let groups: Vec<_> =
                sizes.iter().zip(SHARES).map(|(size, (_, share))| (*size, share.unsigned_abs())).collect();
            assert!(inference::split_chance(&groups).unwrap() > 0.001, "{sizes:?}");
        }
    }

    #[test]
    fn another_seed_is_another_draw() {
        let both =
            people().take(10_000).filter(|person| point("a", *person) < 50 && point("b", *person) < 50);
        let both = both.count();
        assert!((2_300..2_700).contains(&both), "{both}");
    }

    #[test]
    fn a_person_stays_where_they_fell() {
        // Written down once: other versions of this program must find the same.
        let person = PartyId(uuid::Uuid::from_u128(0x0191_8a2f_0000_7000_8000_0000_0000_0001));
        assert_eq!(point("seed", person), point("seed", person));
        assert_eq!(point("seed", person), 20);
        assert_eq!([49, 50, 84, 85, 99].map(|point| arm(SHARES, point)), [0, 1, 1, 2, 2].map(Some));
        assert_eq!(arm([(0, 10)], 10), None);
    }
}
