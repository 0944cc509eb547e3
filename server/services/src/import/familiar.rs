//! Which keys the database may know, so that it is asked about few.

use std::collections::HashSet;

use super::seen::hash64;

/// More keys than this are not loaded but asked about, batch by batch.
pub const KEYS_LOADED: u64 = 200_000;

/// A file with fewer rows asks about each of its keys.
pub const SMALL_FILE: u64 = 5_000;

/// Keys by a hash; two that meet only cost a question.
#[derive(Debug)]
pub enum Familiar {
    /// Any key may be known.
    Any,
    /// Only these.
    Hashes(HashSet<u64>),
}

impl Familiar {
    /// Knows nothing yet.
    pub fn none() -> Self {
        Self::Hashes(HashSet::new())
    }

    /// From all keys there are, loaded up to one more than [`KEYS_LOADED`].
    pub fn of(keys: Vec<String>) -> Self {
        if keys.len() as u64 > KEYS_LOADED {
            return Self::Any;
        }
        Self::Hashes(keys.iter().map(|key| hash64(key.as_str())).collect())
    }

    pub fn may_know(&self, key: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Hashes(hashes) => hashes.contains(&hash64(key)),
        }
    }

    pub fn remember(&mut self, key: &str) {
        if let Self::Hashes(hashes) = self {
            hashes.insert(hash64(key));
        }
    }
}
