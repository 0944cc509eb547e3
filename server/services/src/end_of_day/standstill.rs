//! Time and chance for work that may be done twice: both stand still.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use sha2::{Digest, Sha256};

use crate::Services;
use crate::clock::{Clock, Entropy};

struct StoppedClock(DateTime<Utc>);

impl Clock for StoppedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// Bytes that follow from a name: the same name, the same bytes.
struct NamedEntropy(Mutex<ChaCha20Rng>);

impl Entropy for NamedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

impl Services {
    /// These use cases at a stopped clock, with ids that follow from `name`: what is done with
    /// them leaves the same rows whenever it is done. The name must say the organization and what
    /// the work is, so that no other work has it.
    pub(super) fn at_standstill(&self, at: DateTime<Utc>, name: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in name {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let rng = ChaCha20Rng::from_seed(hash.finalize().into());
        Self {
            clock: Arc::new(StoppedClock(at)),
            entropy: Arc::new(NamedEntropy(Mutex::new(rng))),
            ..self.clone()
        }
    }
}
