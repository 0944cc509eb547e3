//! Whether people fell into groups as they were meant to.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::real;

/// Below this chance something is wrong with the assignment, not only with luck: one false alarm
/// in a thousand experiments.
pub const UNLIKELY: f64 = 0.001;

/// How likely a split at least as far from the shares is by chance (Pearson's chi-squared); none
/// where a group expects fewer than five people.
pub fn split_chance(groups: &[(i64, u32)]) -> Option<f64> {
    let people: i64 = groups.iter().map(|(count, _)| count).sum();
    let shares: i64 = groups.iter().map(|(_, share)| i64::from(*share)).sum();
    if groups.len() < 2 || shares == 0 {
        return None;
    }
    let mut distance = 0.0;
    for (count, share) in groups {
        let expected = real(people) * f64::from(*share) / real(shares);
        if expected < 5.0 {
            return None;
        }
        distance += (real(*count) - expected).powi(2) / expected;
    }
    let free = f64::from(u32::try_from(groups.len() - 1).ok()?);
    Some(ChiSquared::new(free).ok()?.sf(distance))
}
