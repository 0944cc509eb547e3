//! Texts seen before, without keeping them.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// First lines of a file's external ids, by a hash of 96 bits: two different ids of a million
/// meet with a chance of one in 10^17, and then the file is refused, never misread.
#[derive(Default)]
pub struct Seen(HashMap<Key, u32>);

/// Kept in 32-bit parts: with its line an entry fits in 16 bytes.
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
struct Key([u32; 3]);

impl Seen {
    /// The line on which `id` stood first; remembers `line` when this is the first.
    pub fn first_line(&mut self, id: &str, line: u64) -> Option<u64> {
        let (first, second) = (hash64(id), hash64(&("second", id)));
        #[expect(clippy::cast_possible_truncation, reason = "a hash is cut into parts")]
        let key = Key([first as u32, (first >> 32) as u32, second as u32]);
        if let Some(first) = self.0.get(&key) {
            Some(u64::from(*first))
        } else {
            self.0.insert(key, u32::try_from(line).unwrap_or(u32::MAX));
            None
        }
    }
}

/// A hash that is the same in every run.
pub fn hash64<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_told() {
        let mut seen = Seen::default();
        for n in 0..20_000_u64 {
            assert_eq!(seen.first_line(&format!("A{n}"), n + 2), None);
        }
        assert_eq!(seen.first_line("A19999", 7), Some(20_001));
        assert_eq!(seen.first_line("A0", 7), Some(2));
    }
}
