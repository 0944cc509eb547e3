//! Identifiers in ascending order, for many rows at once.

use chrono::{DateTime, Utc};
use domain::ids::uuid_v7;
use uuid::Uuid;

use crate::Services;

/// Version 7 UUIDs of one moment, each greater than the one before: RFC 9562, section 6.2,
/// method 2 (monotonic random). Indexes then grow at their end.
pub struct Ids {
    at: DateTime<Utc>,
    random: [u8; 10],
    /// The last seven bytes as a number; its top bit is free at the start, so that billions of
    /// steps fit.
    tail: u64,
}

/// Bits of `tail` that are random at the start.
const START_BITS: u64 = (1 << 55) - 1;

impl Ids {
    pub fn new(services: &Services) -> Self {
        let mut random = [0; 10];
        services.entropy.fill(&mut random);
        let mut start = [0; 8];
        services.entropy.fill(&mut start);
        Self { at: services.now(), random, tail: u64::from_be_bytes(start) & START_BITS }
    }

    /// The next one, between one and sixteen million steps on.
    pub fn next(&mut self, services: &Services) -> Uuid {
        let mut step = [0; 4];
        if let Some(low) = step.get_mut(1..) {
            services.entropy.fill(low);
        }
        self.tail += u64::from(u32::from_be_bytes(step)) + 1;
        for (slot, byte) in self.random.iter_mut().skip(3).zip(self.tail.to_be_bytes().into_iter().skip(1)) {
            *slot = byte;
        }
        uuid_v7(self.at, self.random)
    }
}
